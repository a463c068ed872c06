"""From a ticket and what happened to it to the row that figures count."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Count, Max, Min
from django.utils import timezone

from minxin.agencies.models import AuditEntry
from minxin.tickets.models import Application, LedgerEntry, Rating, Ticket, TicketEvent, TicketFacts
from minxin.tickets.queries.neighbours import SETTLED
from minxin.tickets.rules import DISSATISFIED, OPEN, OVER, Verb
from minxin.tickets.rules.figures import NOT_VALID, RESPONSES
from minxin.tickets.rules.neighbours import road_of

SUBJECT = Ticket._meta.label_lower
FIELDS = tuple(
    each.attname for each in TicketFacts._meta.concrete_fields if not each.primary_key
)  # fmt: skip
_CLOSED = (Ticket.Status.CLOSED, Ticket.Status.ARCHIVED)
_AGAIN = (Verb.REOPEN.value, Verb.REDO.value)
_DECIDED_AWAY = (Application.Kind.RETURN, Application.Kind.DISPUTE)


def facts_of(numbers: Sequence[int]) -> list[TicketFacts]:
    """The rows of some tickets as they should be now, unsaved."""
    events = TicketEvent.objects.filter(ticket__in=numbers).order_by()
    responded = dict(events.filter(verb__in=RESPONSES).values_list("ticket").annotate(at=Min("at")))
    reopened = dict(events.filter(verb__in=_AGAIN).values_list("ticket").annotate(at=Max("at")))
    returned = dict(
        Application.objects.filter(
            ticket__in=numbers, kind__in=_DECIDED_AWAY, status=Application.Status.GRANTED
        ).order_by().values_list("ticket").annotate(n=Count("pk"))
    )  # fmt: skip
    # 提醒 before a limit is between the clock and the agency, and not public: only 催办 and 督办 count.
    reminded = dict(
        LedgerEntry.objects.filter(
            ticket__in=numbers, kind=LedgerEntry.Kind.REMINDER, is_public=True
        )
        .order_by().values_list("ticket").annotate(n=Count("pk"))
    )  # fmt: skip
    rated: dict[int, tuple[str, datetime]] = {
        ticket: (level, at)
        for ticket, level, at in Rating.objects.filter(ticket__in=numbers)
        .order_by("round")
        .values_list("ticket", "level", "rated_at")
    }
    rows = Ticket.objects.filter(pk__in=numbers).defer("text", "answer")
    return [
        _facts(
            each, responded.get(each.pk), reopened.get(each.pk), rated.get(each.pk),
            returned.get(each.pk, 0), reminded.get(each.pk, 0),
        )
        for each in rows
    ]  # fmt: skip


def _facts(
    ticket: Ticket,
    responded: datetime | None,
    reopened: datetime | None,
    rated: tuple[str, datetime] | None,
    returned: int,
    reminded: int,
) -> TicketFacts:
    level, rated_at = rated or ("", None)
    is_answered = ticket.status in OVER
    said_last = max((at for at in (rated_at, reopened) if at), default=None)
    is_rating_last = rated_at is not None and (reopened is None or rated_at >= reopened)
    return TicketFacts(
        ticket_id=ticket.pk,
        agency_id=ticket.agency_id,
        category_id=ticket.category_id,
        nature=ticket.nature,
        source=ticket.source,
        place=road_of(ticket.place)[:60],
        filed_at=ticket.filed_at,
        filed_on=_day(ticket.filed_at),
        due_at=ticket.due_at,
        due_on=_day(ticket.due_at),
        is_valid=ticket.status not in NOT_VALID,
        is_merged=ticket.merged_into_id is not None,
        is_open=ticket.status in OPEN,
        is_stopped=ticket.stopped_at is not None and ticket.status in OPEN,
        is_answered=is_answered,
        was_answered=is_answered or ticket.reopened_times > 0,
        is_closed=ticket.status in _CLOSED,
        is_on_time=is_answered and ticket.answered_at is not None
        and ticket.answered_at <= ticket.due_at,
        answered_on=_day(ticket.answered_at) if is_answered and ticket.answered_at else None,
        response_minutes=max(0, int((responded - ticket.filed_at).total_seconds()) // 60)
        if responded else None,
        returned_times=returned,
        reminded_times=reminded,
        reopened_times=ticket.reopened_times,
        level=level,
        rated_on=_day(rated_at) if rated_at else None,
        voiced_on=_day(said_last) if said_last else None,
        is_solved=is_rating_last and level not in DISSATISFIED,
    )  # fmt: skip


def _day(at: datetime) -> date:
    return timezone.localtime(at).date()


def is_as_kept(row: TicketFacts, kept: TicketFacts) -> bool:
    """Whether a row says the same as the one that is kept."""
    return all(getattr(row, name) == getattr(kept, name) for name in FIELDS)


def changed_tickets(after: int, most: int) -> tuple[list[int], int]:
    """The tickets that something was done to after an audit entry, and up to which entry that is known.
    Whatever is done to a ticket is audited, and entries are appended one after the other."""
    entries = AuditEntry.objects.filter(pk__gt=after).order_by("pk")
    read = list(entries.values_list("pk", "subject_kind", "subject_id", "verb")[:most])
    found = {
        int(subject)
        for _pk, kind, subject, verb in read
        if kind == SUBJECT and verb != "ticket.read"
    }
    return sorted(found), read[-1][0] if read else after


def reminded_tickets(after: int, most: int, *, now: datetime) -> tuple[list[int], int]:
    """The same of reminders in the ledger, which the clock enters by itself."""
    rows = LedgerEntry.objects.filter(
        pk__gt=after, kind=LedgerEntry.Kind.REMINDER, at__lte=now - SETTLED
    ).order_by("pk")
    read = list(rows.values_list("pk", "ticket")[:most])
    return sorted({ticket for _pk, ticket in read}), read[-1][0] if read else after


def tickets_after(number: int, most: int) -> list[int]:
    """Some tickets after a number, in order."""
    rows = Ticket.objects.filter(pk__gt=number).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:most])
