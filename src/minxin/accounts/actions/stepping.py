"""Taking the steps of a filing, and letting the register follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minxin.accounts.actions.arising import note, run_clock
from minxin.accounts.actions.filing_parts import (
    ensure_may_take,
    keepers_of,
    locked_filing,
    needed,
    notify_of,
    reviewers_of,
)
from minxin.accounts.actions.register import update
from minxin.accounts.actions.standing import change_status, close, transfer
from minxin.accounts.models import Account, Filing, LifecycleFiling, Status
from minxin.accounts.queries.lifecycle import blocked_by, reviewer_agency, today_of
from minxin.accounts.rules.lifecycle import HAPPENS_AT, Act, Kind, Step, after
from minxin.accounts.wording import OBSTACLES
from minxin.agencies import audit
from minxin.agencies.models import Agency, Staff
from minxin.core.actors import Actor, System
from minxin.core.errors import Refused

TO_REVIEW = gettext_noop("“%(account)s”的%(kind)s已签字，请审核")
APPROVED = gettext_noop("“%(account)s”的%(kind)s已审核同意，请继续办理")


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTaken:
    """What was done. `person` signed, `number` is what the national system gave, `url` the notice's."""

    on: date
    person: str = ""
    number: str = ""
    url: str = ""
    words: str = ""


@transaction.atomic
def take_step(
    filing: LifecycleFiling, step: Step, taken: StepTaken, *, actor: Actor, now: datetime
) -> LifecycleFiling:
    """Do what a filing waits for. `step` is the one the person saw.

    Signing and all that follows the approval is the unit's, the approval the office's above it, and
    never of who signed for the unit. On the platform step a planned account goes into use, a change is
    made, an account is cancelled; the approval of a closing makes the account 关停中, and it has to
    update as before until it is cancelled. The last step writes the filing number into the register.
    Raises `NotFound` for who may not, `Refused` in words for what is missing or not in its turn.
    """
    row = locked_filing(filing)
    if row.step != step:
        raise Refused(_("这一步已经办过了，请看最新进度。"))
    if isinstance(actor, Staff):
        ensure_may_take(actor, row)
    if taken.on > today_of(now):
        raise Refused(_("日期不能晚于今天。"), field="on")
    why = blocked_by(row)
    if why is not None:
        raise Refused(str(OBSTACLES[why]))
    before = row.step
    fields = _TAKES[step](row, taken, actor)
    kind = Kind(row.kind)
    if HAPPENS_AT[kind] is step and row.happened_on is None:
        fields += run_clock(row, taken.on)
    row.save(update_fields=fields)
    _carry_out(row, step, taken, actor, now)
    row.step = after([Step(each) for each in row.steps], step).value
    row.ended_at = now if row.step == Step.DONE else None
    row.save(update_fields=["step", "ended_at"])
    words = "，".join(each for each in (taken.person, taken.number, taken.url, taken.words) if each)
    note(row, Act(step.value), on=taken.on, words=words, actor=actor, now=now)
    audit.record(
        actor, "lifecycle.stepped", row, before={"step": before}, after={"step": row.step},
        reason=taken.words, now=now,
    )  # fmt: skip
    _tell(row, step, now)
    return row


def _tell(row: LifecycleFiling, step: Step, now: datetime) -> None:
    if step is Step.SIGN:
        notify_of(row, TO_REVIEW, reviewers_of(row), now)
    elif step is Step.APPROVE:
        notify_of(row, APPROVED, keepers_of(row.account.agency), now)


# What each step asks and does -------------------------------------------------------------------


def _sign(row: LifecycleFiling, taken: StepTaken, actor: Actor) -> list[str]:
    if not row.reason:
        row.reason = needed(taken.words, "words", _("请写明事由。"), 1000)
    row.signed_by_leader = needed(taken.person, "person", _("请填写签字的单位负责人。"), 40)
    row.signed_on = taken.on
    row.signer = actor if isinstance(actor, Staff) else None
    return ["reason", "signed_by_leader", "signed_on", "signer"]


def _approve(row: LifecycleFiling, taken: StepTaken, actor: Actor) -> list[str]:
    row.approved_on, row.approval = taken.on, taken.words.strip()[:300]
    row.approver_unit = str(reviewer_agency(row.account.agency))[:120]
    return ["approved_on", "approval", "approver_unit"]


def _handle(row: LifecycleFiling, taken: StepTaken, actor: Actor) -> list[str]:
    row.handled_on = taken.on
    return ["handled_on"]


def _announce(row: LifecycleFiling, taken: StepTaken, actor: Actor) -> list[str]:
    url = needed(taken.url, "url", _("请填写公告的链接。"), 300)
    if not url.lower().startswith(("http://", "https://")):
        raise Refused(_("链接要以 http:// 或 https:// 开头。"), field="url")
    row.announcement_url, row.announced_on = url, taken.on
    return ["announcement_url", "announced_on"]


def _report(row: LifecycleFiling, taken: StepTaken, actor: Actor) -> list[str]:
    kept = Filing.objects.filter(pk=row.account_id).values_list("number", flat=True).first()
    row.number = taken.number.strip()
    if row.kind == Kind.OPEN and not (row.number or kept):
        raise Refused(_("请填写全国系统登记后的备案号。"), field="number")
    if len(row.number) > 60:
        raise Refused(_("最多写 %(most)s 个字。") % {"most": 60}, field="number")
    row.reported_on = taken.on
    return ["number", "reported_on"]


_TAKES = {
    Step.SIGN: _sign,
    Step.APPROVE: _approve,
    Step.PLATFORM: _handle,
    Step.ANNOUNCE: _announce,
    Step.REPORT: _report,
}


def _carry_out(
    row: LifecycleFiling, step: Step, taken: StepTaken, actor: Actor, now: datetime
) -> None:
    """Let the register follow. Who approves is no keeper of accounts, so the system writes for her."""
    who, account, kind = System("lifecycle"), row.account, Kind(row.kind)
    match kind, step:
        case Kind.OPEN, Step.PLATFORM:
            if account.status == Status.PLANNED:
                change_status(account, Status.ACTIVE, reason=row.reason, actor=who, now=now)
        case Kind.CHANGE, Step.PLATFORM:
            _make_changes(row, actor, now)
        case Kind.CLOSE, Step.APPROVE:
            if account.status != Status.CLOSED:
                change_status(account, Status.CLOSING, reason=row.reason, actor=who, now=now)
        case Kind.CANCEL, Step.PLATFORM:
            close(account, reason=row.reason, actor=who, now=now)
            _keep(account, {"closed_on": taken.on}, actor, now)
    if step is Step.REPORT and row.number:
        is_new = kind in {Kind.OPEN, Kind.CHANGE}
        _keep(account, {"number": row.number}, actor, now, overwrite=is_new)
    if kind is Kind.OPEN and step == row.steps[-1] and row.handled_on:
        # Not before the number: an account described without one counts as not filed.
        _keep(account, {"opened_on": row.handled_on}, actor, now)


def _make_changes(row: LifecycleFiling, actor: Actor, now: datetime) -> None:
    """Rename and hand over as filed, where the register does not say so yet."""
    account, changes = row.account, row.changes
    if "name" in changes and account.name != changes["name"]["after"]:
        update(
            account, name=changes["name"]["after"], kind=account.kind,
            is_verified=account.is_verified, principal=account.principal,
            positioning=account.positioning, region_code=account.region_code,
            original_id=account.original_id, affiliation=account.affiliation, level=account.level,
            actor=actor, now=now,
        )  # fmt: skip
    if "agency" in changes and account.agency_id != changes["agency"]["after_id"]:
        host = Agency.objects.get(pk=changes["agency"]["after_id"])
        transfer(account, host, reason=row.reason, actor=System("lifecycle"), now=now)


def _keep(
    account: Account,
    values: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    *,
    overwrite: bool = False,
) -> None:
    """Write into the register what it does not say yet."""
    kept = Filing.objects.select_for_update().filter(pk=account.pk).first()
    filing = kept or Filing(account=account)
    fresh = {
        name: value
        for name, value in values.items()
        if getattr(filing, name) != value and (overwrite or not getattr(filing, name))
    }
    if not fresh:
        return
    before = {name: getattr(filing, name) for name in fresh}
    for name, value in fresh.items():
        setattr(filing, name, value)
    filing.save(force_insert=kept is None)
    audit.record(actor, "account.filed", account, before=before, after=fresh, now=now)
