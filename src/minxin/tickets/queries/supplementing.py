"""What a citizen is asked for while her ticket's clock stands still."""

from datetime import datetime

from django.utils.translation import gettext as _

from minxin.tickets.models import LedgerEntry, Ticket
from minxin.tickets.rules import ledger


def asked_of_citizen(ticket: Ticket) -> LedgerEntry | None:
    """The entry that stopped the clock for her, its `reason` in words; None when nothing is asked of her."""
    if ticket.stopped_at is None:
        return None
    last = ticket.ledger.filter(kind=ledger.Kind.STOP).order_by("-id").first()
    return last if last and last.stop_reason == ledger.StopReason.CITIZEN else None


def why_no_more_time(ticket: Ticket, *, now: datetime) -> str:
    """Why she may not ask for more time, said to her; "" when she may."""
    if asked_of_citizen(ticket) is None or ticket.supplement_by is None:
        return _("现在没有需要您补充的内容。")
    if ticket.has_more_time:
        return _("已经延长过一次，请在约定的时间前补充。")
    if ticket.supplement_by < now:
        return _("约定的补充时间已经过了，现在仍可以补充内容。")
    return ""
