"""The deadline ledger as people read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from minxin.tickets.models import LedgerEntry, Ticket
from minxin.tickets.rules import ledger


@dataclass(frozen=True, slots=True)
class Ledger:
    """A ticket's entries, the newest first, and its two timers; None where one has not begun."""

    entries: Sequence[LedgerEntry]
    from_dispatch: ledger.Timer | None
    from_signing: ledger.Timer | None


def ledger_rows(ticket: Ticket) -> list[ledger.Row]:
    """What the rules count with, in the order of entry."""
    rows = ticket.ledger.order_by("id").values_list("at", "kind")
    return [ledger.Row(at, ledger.Kind(kind)) for at, kind in rows]


def ledger_of(ticket: Ticket, *, now: datetime, is_public_only: bool) -> Ledger:
    """All a reader may see. The timers count every entry, whoever reads."""
    entries = list(ticket.ledger.select_related("agency").order_by("-id"))
    rows = [ledger.Row(each.at, ledger.Kind(each.kind)) for each in reversed(entries)]
    shown = [each for each in entries if each.is_public] if is_public_only else entries
    return Ledger(shown, ledger.dispatch_timer(rows, now), ledger.signing_timer(rows, now))
