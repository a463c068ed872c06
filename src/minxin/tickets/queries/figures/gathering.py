"""From a ticket and what happened to it to the row that figures count."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Count, Max, Min
from django.utils import timezone

from minxin.agencies.models import AuditEntry
from minxin.tickets.models import (
    Application,
    CallBack,
    LedgerEntry,
    Rating,
    Ticket,
    TicketEvent,
    TicketFacts,
)
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
CLOSED = frozenset({Ticket.Status.CLOSED, Ticket.Status.ARCHIVED})
CLEAR = frozenset({CallBack.Resolved.YES, CallBack.Resolved.PARTLY, CallBack.Resolved.NO})
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
    called = {
        each.ticket_id: each
        for each in CallBack.objects.filter(
            ticket__in=numbers, status=CallBack.Status.DONE, called_at__isnull=False
        ).order_by("round")
    }
    rows = Ticket.objects.filter(pk__in=numbers).defer("text", "answer")
    return [
        _facts(
            each, responded.get(each.pk), reopened.get(each.pk), rated.get(each.pk),
            returned.get(each.pk, 0), reminded.get(each.pk, 0), called.get(each.pk),
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
    called: CallBack | None,
) -> TicketFacts:
    is_answered = ticket.status in OVER
    level, rated_at = _level(rated, called)
    said_last, is_solved = _voice(rated, reopened, called)
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
        is_confidential=ticket.is_confidential,
        is_moved=ticket.status == Ticket.Status.MOVED,
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
        is_solved=is_solved,
    )  # fmt: skip


def _level(
    rated: tuple[str, datetime] | None, called: CallBack | None
) -> tuple[str, datetime | None]:
    """How content she was the last time she said so, by herself or when she was called back."""
    found = [rated] if rated else []
    if called is not None and called.level and called.called_at is not None:
        found.append((called.level, called.called_at))
    return max(found, key=lambda each: each[1]) if found else ("", None)


def _voice(
    rated: tuple[str, datetime] | None, reopened: datetime | None, called: CallBack | None
) -> tuple[datetime | None, bool]:
    """When she last said clearly whether it is solved, and what: by a rating, by asking again, or when she
    was called back. Partly solved is not solved; who could not say said nothing clear."""
    voices: list[tuple[datetime, int, bool]] = []
    if reopened is not None:
        voices.append((reopened, 0, False))
    if rated is not None:
        voices.append((rated[1], 1, rated[0] not in DISSATISFIED))
    if called is not None and called.called_at is not None and called.resolved in CLEAR:
        voices.append((called.called_at, 2, called.resolved == CallBack.Resolved.YES))
    if not voices:
        return None, False
    at, _order, is_solved = max(voices)
    return at, is_solved


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
