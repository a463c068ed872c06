"""Where an account stands in its life, and whose it is. Each is an event that has to be filed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from minxin.accounts.actions.arising import arise, call_off
from minxin.accounts.actions.saving import save_account
from minxin.accounts.models import AccessToken, Account, Authorization, LifecycleFiling, Status
from minxin.accounts.rules.lifecycle import Kind, Step
from minxin.agencies import audit
from minxin.agencies.models import Agency
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.core.actors import Actor
from minxin.core.errors import Refused


@transaction.atomic
def transfer(account: Account, agency: Agency, *, reason: str, actor: Actor, now: datetime) -> None:
    """Give an account another host (主办单位); who does it keeps both.

    国办发〔2018〕123号: changes are filed. That a new host is also announced to the public is said by local
    rules (舟山市, article 6), so whether the filing has that step is the region's preset's.
    """
    ensure_may(actor, Permission.EDIT_ACCOUNTS, account.agency)
    ensure_may(actor, Permission.EDIT_ACCOUNTS, agency)
    old, account.agency = account.agency, agency
    if old.pk == agency.pk:
        return
    before = str(old)
    save_account(account, ["agency"], now)
    moved = {
        "before": before, "after": str(agency), "before_id": old.pk, "after_id": agency.pk,
    }  # fmt: skip
    arise(account, Kind.CHANGE, changes={"agency": moved}, actor=actor, now=now)
    audit.record(
        actor,
        "account.transferred",
        account,
        before=before,
        after=str(agency),
        reason=reason,
        now=now,
    )


@transaction.atomic
def change_status(
    account: Account, status: str, *, reason: str, actor: Actor, now: datetime
) -> None:
    """Move an account along its life; a closed one stays closed (`close`).

    One that goes into use has to be filed (开设备案), one that begins to close too (关停备案). When closing
    is called off, its filing is withdrawn; where it was filed already, that it goes on is a change.
    """
    ensure_may(actor, Permission.EDIT_ACCOUNTS, account.agency)
    if status not in Status.values or status == Status.CLOSED:
        raise Refused(_("请选择状态。"), field="status")
    if account.status == Status.CLOSED:
        raise Refused(_("账号已注销。重新开设须另行备案登记。"), field="status")
    before, account.status = account.status, status
    if before == status:
        return
    save_account(account, ["status"], now)
    _file_status(account, before, status, reason, actor, now)
    audit.record(
        actor,
        "account.status_changed",
        account,
        before=before,
        after=status,
        reason=reason,
        now=now,
    )


@transaction.atomic
def close(account: Account, *, reason: str, actor: Actor, now: datetime) -> None:
    """Cancel an account (注销): it stays in the register, hears nothing, and its credentials go.

    国办发〔2018〕123号: closing and cancelling are filed (注销备案); a reason is required. That the closing
    stands first is asked by the filing's own steps (`actions.lifecycle`), not here: a platform may have
    cancelled an account without asking anybody, and the register has to say so.
    """
    ensure_may(actor, Permission.EDIT_ACCOUNTS, account.agency)
    if not reason.strip():
        raise Refused(_("请填写注销的原因。"), field="reason")
    if account.status == Status.CLOSED:
        return
    before = account.status
    account.status = Status.CLOSED
    account.secret = account.token = account.aes_key = None
    save_account(account, ["status", "secret", "token", "aes_key"], now)
    AccessToken.objects.filter(account=account).delete()
    Authorization.objects.filter(account=account).update(
        code=None, code_at=None, refresh_token=None, former_refresh_token=None, revoked_at=now
    )
    if before == Status.PLANNED:
        call_off(account, Kind.OPEN, actor=actor, now=now)
    else:
        arise(account, Kind.CANCEL, reason=reason, actor=actor, now=now)
    audit.record(
        actor,
        "account.closed",
        account,
        before=before,
        after=Status.CLOSED.value,
        reason=reason,
        now=now,
    )


def _file_status(
    account: Account, before: str, status: str, reason: str, actor: Actor, now: datetime
) -> None:
    if status == Status.CLOSING:
        arise(account, Kind.CLOSE, reason=reason, actor=actor, now=now)
    elif before == Status.PLANNED:
        arise(account, Kind.OPEN, reason=reason, actor=actor, now=now)
    elif before == Status.CLOSING:
        call_off(account, Kind.CLOSE, actor=actor, now=now)
        call_off(account, Kind.CANCEL, actor=actor, now=now)
        closed = LifecycleFiling.objects.filter(account=account, kind=Kind.CLOSE.value)
        if closed.filter(step=Step.DONE.value).exists():
            moved = {"before": before, "after": status}
            arise(account, Kind.CHANGE, changes={"status": moved}, actor=actor, now=now)
