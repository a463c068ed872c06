"""What moves beside a ticket's due time whenever its clock does."""

from datetime import datetime

from minxin.agencies.queries import working_calendar
from minxin.core.working_time import before, due
from minxin.tickets import queries
from minxin.tickets.models import Ticket
from minxin.tickets.rules.ledger import Kind

_GIVEN = frozenset({Kind.START, Kind.TRANSFER})
_MOVED = frozenset({Kind.START, Kind.TRANSFER, Kind.EXTENSION, Kind.RESUME})


def reckon(ticket: Ticket, kind: Kind, *, now: datetime) -> None:
    """After an entry of the ledger: by when the agency that has the ticket now signs, counted from when it
    got it, and when the lights turn before the due time; by the limits and the calendar of today."""
    if kind is Kind.END:
        ticket.yellow_at = ticket.red_at = None
        ticket.save(update_fields=["yellow_at", "red_at"])
        return
    if kind not in _MOVED:
        return
    limits = queries.limits_of_ticket(ticket)
    if not (limits.sign or limits.yellow or ticket.sign_due_at or ticket.yellow_at):
        return
    calendar = working_calendar(ticket.agency)
    if kind in _GIVEN:
        ticket.sign_due_at = due(now, limits.sign, calendar).at if limits.sign else None
    ticket.yellow_at = before(ticket.due_at, limits.yellow, calendar) if limits.yellow else None
    ticket.red_at = before(ticket.due_at, limits.red, calendar) if limits.red else None
    ticket.save(update_fields=["sign_due_at", "yellow_at", "red_at"])
