"""What moves beside a ticket's due time whenever its clock does."""

from datetime import datetime

from minxin.agencies.queries import working_calendar
from minxin.core.working_time import before, due
from minxin.tickets import queries
from minxin.tickets.models import Ticket
from minxin.tickets.rules.ledger import Kind

_GIVEN = frozenset({Kind.START, Kind.TRANSFER})
_MOVED = frozenset({Kind.START, Kind.TRANSFER, Kind.EXTENSION, Kind.RESUME})
_FIELDS = ("sign_due_at", "yellow_at", "red_at", "escalate_at")


def reckon(ticket: Ticket, kind: Kind, *, now: datetime) -> None:
    """After an entry of the ledger: by when the agency that has the ticket now signs, counted from when it
    got it; when the lights turn before the due time; and when the ladder is to be looked at next. By the
    limits, the ladder and the calendar of today."""
    if kind in (Kind.STOP, Kind.END):
        ticket.escalate_at = None
        if kind is Kind.END:
            ticket.yellow_at = ticket.red_at = None
    else:
        _reckon(ticket, kind, now)
    ticket.save(update_fields=_FIELDS)


def _reckon(ticket: Ticket, kind: Kind, now: datetime) -> None:
    calendar = working_calendar(ticket.agency)
    if kind in _MOVED:
        limits = queries.limits_of_ticket(ticket)
        if kind in _GIVEN:
            ticket.sign_due_at = due(now, limits.sign, calendar).at if limits.sign else None
        ticket.yellow_at = before(ticket.due_at, limits.yellow, calendar) if limits.yellow else None
        ticket.red_at = before(ticket.due_at, limits.red, calendar) if limits.red else None
    planned = queries.planned_for(ticket, calendar, now=now, steps=queries.rungs())
    ticket.escalate_at = planned.at if planned else None
