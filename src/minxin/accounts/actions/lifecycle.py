"""Filing the opening, change, closing and cancelling of an account: begun, amended, returned, withdrawn.

国办发〔2018〕123号 asks that the four are filed with the supervising unit (分级备案). The steps between, and any
number of days, are local practice and come from the presets (`minxin.accounts.filing_presets`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minxin.accounts.actions.arising import end, note, start
from minxin.accounts.actions.filing_parts import (
    ensure_may_take,
    keepers_of,
    locked_filing,
    needed,
    notify_of,
)
from minxin.accounts.actions.standing import change_status
from minxin.accounts.models import Account, LifecycleFiling, Status
from minxin.accounts.queries.lifecycle import (
    ENDED,
    is_draft,
    may_keep,
    may_withdraw,
    obstacles,
    today_of,
    wanted_steps,
)
from minxin.accounts.rules.lifecycle import Act, Kind, Step
from minxin.accounts.wording import OBSTACLES
from minxin.agencies import audit
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.core.actors import Actor, System
from minxin.core.errors import NotFound, Refused

LONGEST_ANNOUNCEMENT = 3000
RETURNED = gettext_noop("“%(account)s”的%(kind)s被退回，请修改后再报")


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingTold:
    """What a unit says of what it files. Of a change at least one of `name`, `agency`, `other`;
    `successor`: where people go when the account is closed."""

    reason: str
    name: str = ""
    agency: Agency | None = None
    other: str = ""
    successor: str = ""


@transaction.atomic
def begin_filing(
    account: Account, kind: Kind, told: FilingTold, *, actor: Actor, now: datetime
) -> LifecycleFiling:
    """Begin a filing before the thing is done: it is carried out by its step on the platform.

    Raises `Refused` where the account's life does not allow it, or something is missing.
    """
    ensure_may(actor, Permission.EDIT_ACCOUNTS, account.agency)
    row = Account.objects.select_for_update().get(pk=account.pk)
    why = obstacles(row)[kind]
    if why is not None:
        raise Refused(str(OBSTACLES[why]))
    changes = _told(row, kind, told, actor)
    is_running = kind is Kind.OPEN and row.status != Status.PLANNED
    return start(
        row, kind, changes=changes, reason=told.reason, successor=told.successor.strip(),
        is_event=False, happened_on=None if not is_running else today_of(now), actor=actor, now=now,
    )  # fmt: skip


@transaction.atomic
def amend_filing(filing: LifecycleFiling, told: FilingTold, *, actor: Actor, now: datetime) -> None:
    """Say it otherwise, while it is a draft. What has happened in the register stays as it happened."""
    row = locked_filing(filing)
    ensure_may(actor, Permission.EDIT_ACCOUNTS, row.account.agency)
    if not is_draft(row):
        raise Refused(_("已经签字上报，不能再修改。需要修改的，请主管单位退回。"))
    kind = Kind(row.kind)
    before = {"reason": row.reason, "changes": row.changes, "successor": row.successor}
    if row.happened_on is None:
        row.changes = _told(row.account, kind, told, actor)
        row.steps = [each.value for each in wanted_steps(row.account, kind, row.changes)]
    elif not told.reason.strip():
        raise Refused(_("请写明事由。"), field="reason")
    row.reason, row.successor = told.reason.strip()[:1000], told.successor.strip()
    now_said = {"reason": row.reason, "changes": row.changes, "successor": row.successor}
    if before == now_said:
        return
    row.save(update_fields=["reason", "changes", "steps", "successor"])
    note(row, Act.AMEND, actor=actor, now=now)
    audit.record(actor, "lifecycle.amended", row, before=before, after=now_said, now=now)


@transaction.atomic
def keep_announcement(filing: LifecycleFiling, text: str, *, actor: Actor, now: datetime) -> None:
    """Keep the words of the notice (公告) as the unit will publish it; blank means the usual words."""
    row = locked_filing(filing)
    ensure_may(actor, Permission.EDIT_ACCOUNTS, row.account.agency)
    text = text.replace("\r\n", "\n").strip()
    if len(text) > LONGEST_ANNOUNCEMENT:
        raise Refused(_("最多写 %(most)s 个字。") % {"most": LONGEST_ANNOUNCEMENT}, field="text")
    if row.announced_on is not None:
        raise Refused(_("公告已经发布，正文不能再改。"), field="text")
    if text == row.announcement:
        return
    before, row.announcement = row.announcement, text
    row.save(update_fields=["announcement"])
    audit.record(
        actor, "lifecycle.announcement_kept", row,
        before={"announcement": before}, after={"announcement": text}, now=now,
    )  # fmt: skip


@transaction.atomic
def return_filing(filing: LifecycleFiling, *, reason: str, actor: Actor, now: datetime) -> None:
    """Give it back to the unit, with what is missing; it has to be signed anew."""
    row = locked_filing(filing)
    if row.step != Step.APPROVE:
        raise Refused(_("只有待审核的备案可以退回。"))
    if isinstance(actor, Staff):
        ensure_may_take(actor, row)
    reason = _reason(reason)
    row.step, row.signed_by_leader, row.signed_on, row.signer = Step.SIGN.value, "", None, None
    row.save(update_fields=["step", "signed_by_leader", "signed_on", "signer"])
    note(row, Act.RETURN, words=reason, actor=actor, now=now)
    audit.record(actor, "lifecycle.returned", row, reason=reason, now=now)
    notify_of(row, RETURNED, keepers_of(row.account.agency), now)


@transaction.atomic
def withdraw_filing(filing: LifecycleFiling, *, reason: str, actor: Actor, now: datetime) -> None:
    """Withdraw it. What has already happened only the office may call not to be filed.

    An account whose closing was approved and is withdrawn before it was announced is in use again.
    """
    row = locked_filing(filing)
    if row.step in ENDED:
        raise Refused(_("这项备案已经结束。"))
    if isinstance(actor, Staff) and not may_withdraw(actor, row):
        if may_keep(actor, row):
            raise Refused(_("事情已经发生，应当备案。不需要备案的，请主管单位撤回。"))
        raise NotFound
    reason = _reason(reason)
    end(row, Act.WITHDRAW, Step.WITHDRAWN, words=reason, actor=actor, now=now)
    audit.record(actor, "lifecycle.withdrawn", row, reason=reason, now=now)
    if row.kind == Kind.CLOSE and row.account.status == Status.CLOSING and not row.is_event:
        change_status(row.account, Status.ACTIVE, reason=reason, actor=System("lifecycle"), now=now)


# Parts -----------------------------------------------------------------------------------------


def _told(
    account: Account, kind: Kind, told: FilingTold, actor: Actor
) -> dict[str, dict[str, Any]]:
    """What is to change, from what was said. Raises `Refused` for what is missing."""
    if not told.reason.strip():
        raise Refused(_("请写明事由。"), field="reason")
    if len(told.reason) > 1000 or len(told.successor) > 200:
        raise Refused(_("写得太长：事由最多1000字，去向最多200字。"), field="reason")
    if kind is not Kind.CHANGE:
        return {}
    changes: dict[str, dict[str, Any]] = {}
    name = told.name.strip()
    if name and name != account.name:
        if len(name) > 80:
            raise Refused(_("最多写 %(most)s 个字。") % {"most": 80}, field="name")
        changes["name"] = {"before": account.name, "after": name}
    if told.agency is not None and told.agency.pk != account.agency_id:
        ensure_may(actor, Permission.READ_AGENCIES, told.agency)
        changes["agency"] = {
            "before": str(account.agency), "after": str(told.agency),
            "before_id": account.agency_id, "after_id": told.agency.pk,
        }  # fmt: skip
    if told.other.strip():
        changes["other"] = {"before": "", "after": told.other.strip()[:500]}
    if not changes:
        raise Refused(_("请至少写明一项变更。"), field="name")
    return changes


def _reason(reason: str) -> str:
    return needed(reason, "reason", _("请写明理由。"), 500)
