"""How a ticket stands on the ladder 提醒, 催办, 督办."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import QuerySet

from minxin.agencies.models import Staff
from minxin.core.errors import NotFound
from minxin.core.working_time import Span, Unit, WorkingCalendar
from minxin.tickets.models import LadderRung, LadderStep, Ticket
from minxin.tickets.queries.reading import ticket_for
from minxin.tickets.rules import OPEN, ladder, ledger


def rung_of(row: LadderRung) -> ladder.Rung:
    """A line as the rules count with it."""
    audience = {
        ladder.Audience.HANDLER: row.tells_handler,
        ladder.Audience.HEAD: row.tells_head,
        ladder.Audience.SUPERVISOR: row.tells_supervisor,
    }
    return ladder.Rung(
        row.key, ladder.Step(row.step), ladder.Anchor(row.anchor), row.is_before,
        Span(row.amount, Unit(row.unit)), frozenset(each for each, told in audience.items() if told),
        row.has_notice, row.level, row.basis,
    )  # fmt: skip


def row_of(rung: ladder.Rung) -> LadderRung:
    """A line as it would be kept, not saved."""
    tells = rung.tells
    return LadderRung(
        key=rung.key, step=rung.step.value, anchor=rung.anchor.value, is_before=rung.is_before,
        amount=rung.offset.amount, unit=rung.offset.unit.value,
        tells_handler=ladder.Audience.HANDLER in tells, tells_head=ladder.Audience.HEAD in tells,
        tells_supervisor=ladder.Audience.SUPERVISOR in tells, has_notice=rung.has_notice,
        level=rung.level, basis=rung.basis,
    )  # fmt: skip


def ladder_rows() -> list[LadderRung]:
    """The table as it is kept; where nobody has kept one, the shipped one, its rows not saved."""
    return list(LadderRung.objects.all()) or [row_of(each) for each in ladder.LADDER]


def rungs() -> tuple[ladder.Rung, ...]:
    """The lines in force."""
    return tuple(rung_of(row) for row in ladder_rows() if row.is_active)


def term_of(
    ticket: Ticket,
    rows: Sequence[tuple[int, ledger.Row]],
    done: Mapping[str, datetime],
    calendar: WorkingCalendar,
) -> ladder.Term | None:
    """What a ticket's ladder stands on now, from its ledger (ids with rows, in order) and what was done in
    this term; None while nothing is owed: answered, merged into another, or the clock stopped."""
    if ticket.status not in OPEN or ticket.stopped_at is not None:
        return None
    plain = [row for _number, row in rows]
    place = ladder.term_row(plain)
    if place is None:
        return None
    begun = plain[place]
    is_signed = ledger.signed_at(plain) is not None
    return ladder.Term(
        {
            ladder.Anchor.DUE: ticket.due_at,
            ladder.Anchor.SIGN: None if is_signed else ticket.sign_due_at,
        },
        done,
        ladder.after_transfer(begun.at, calendar) if begun.kind is ledger.Kind.TRANSFER else None,
    )


def rows_with_ids(ticket: Ticket) -> list[tuple[int, ledger.Row]]:
    """A ticket's ledger as `term_of` takes it."""
    rows = ticket.ledger.order_by("id").values_list("id", "at", "kind")
    return [(number, ledger.Row(at, ledger.Kind(kind))) for number, at, kind in rows]


def done_in(ticket: Ticket, rows: Sequence[tuple[int, ledger.Row]]) -> dict[str, datetime]:
    """What was done since the present term began."""
    place = ladder.term_row([row for _number, row in rows])
    if place is None:
        return {}
    return dict(ticket.ladder_steps.filter(term=rows[place][0]).values_list("key", "at"))


def planned_for(
    ticket: Ticket, calendar: WorkingCalendar, *, now: datetime, steps: Sequence[ladder.Rung]
) -> ladder.Planned | None:
    """The next step for one ticket as it stands; None when none is to come."""
    rows = rows_with_ids(ticket)
    term = term_of(ticket, rows, done_in(ticket, rows), calendar)
    return ladder.next_rung(steps, term, calendar, now) if term else None


def to_escalate(now: datetime) -> QuerySet[Ticket]:
    """The tickets whose ladder is to be looked at, those that wait longest first, through the index
    `ticket_by_escalation`."""
    return Ticket.objects.filter(escalate_at__lte=now).order_by("escalate_at", "id")


def ladder_steps_of(ticket: Ticket) -> QuerySet[LadderStep]:
    """What was done, the newest first."""
    return ticket.ladder_steps.select_related("agency", "issuer", "proposed_by").order_by("-id")


def urging_for(staff: Staff, number: str, step_id: int) -> LadderStep:
    """A step with its notice, of a ticket this person may read; raises `NotFound`."""
    ticket = ticket_for(staff, number)
    found = ladder_steps_of(ticket).exclude(number="").filter(pk=step_id).first()
    if found is None:
        raise NotFound
    return found
