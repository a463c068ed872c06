"""What a person decides about a message that did not arrive: once more, or not at all."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.models import Staff
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.conversations.models import Outgoing
from minxin.core.errors import Refused


@transaction.atomic
def retry_outgoing(outgoing: Outgoing, *, actor: Staff, now: datetime) -> None:
    """Send once more what failed, was held or is unsure, because a person decided so."""
    ensure_may(actor, Permission.RETRY_OUTGOING, outgoing.account.agency)
    _see_as_it_is_now(outgoing)
    if outgoing.status not in {
        Outgoing.Status.FAILED,
        Outgoing.Status.UNSURE,
        Outgoing.Status.HELD,
    }:
        raise Refused(_("这条消息正在发送或已经送达，不需要重发。"))
    before = outgoing.status
    outgoing.status, outgoing.due_at, outgoing.attempts = Outgoing.Status.WAITING, now, 0
    outgoing.error, outgoing.error_code, outgoing.uncertain_at = "", None, None
    if (
        before == Outgoing.Status.FAILED
    ):  # a new one for WeChat too; what is unsure stays the same one
        outgoing.resends += 1
        outgoing.wechat_id = None
    fields = [
        "status", "due_at", "attempts", "error", "error_code", "uncertain_at", "resends", "wechat_id",
    ]  # fmt: skip
    outgoing.save(update_fields=fields)
    audit.record(
        actor,
        "outgoing.retried",
        outgoing,
        now=now,
        agency=outgoing.account.agency,
        before={"status": before},
    )


@transaction.atomic
def cancel_outgoing(outgoing: Outgoing, *, actor: Staff, now: datetime) -> None:
    """Give up a message that was not delivered."""
    ensure_may(actor, Permission.RETRY_OUTGOING, outgoing.account.agency)
    _see_as_it_is_now(outgoing)
    if outgoing.status in {Outgoing.Status.SENT, Outgoing.Status.SENDING}:
        raise Refused(_("这条消息正在发送或已经送达，不能取消。"))
    before, outgoing.status = outgoing.status, Outgoing.Status.CANCELLED
    outgoing.save(update_fields=["status"])
    audit.record(
        actor,
        "outgoing.cancelled",
        outgoing,
        now=now,
        agency=outgoing.account.agency,
        before={"status": before},
    )


def _see_as_it_is_now(outgoing: Outgoing) -> None:
    """Lock the row and read its state: since the page was opened it may have been sent."""
    outgoing.refresh_from_db(fields=["status"], from_queryset=Outgoing.objects.select_for_update())
