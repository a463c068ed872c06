"""Keeping what figures count: derived rows, made anew for whatever something was done to."""

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from minxin.agencies.models import Agency
from minxin.conversations.actions import move_cursor
from minxin.conversations.models import Cursor
from minxin.conversations.queries import position_of
from minxin.core.breath import breathe
from minxin.core.folders import alone
from minxin.tickets.models import FactsMonth, TicketFacts
from minxin.tickets.queries import figures
from minxin.tickets.queries.figures import Terms
from minxin.tickets.queries.figures.counting import month_values
from minxin.tickets.queries.figures.gathering import (
    FIELDS,
    changed_tickets,
    facts_of,
    is_as_kept,
    reminded_tickets,
    tickets_after,
)
from minxin.tickets.queries.figures.months import (
    is_settled,
    mark_of,
    month_of,
    shapes_of,
    touched_months,
)
from minxin.tickets.queries.neighbours import index_folder

AUDITED, REMINDED, MONTHS = "ticket_facts", "ticket_facts_reminded", "ticket_facts_months"
AT_ONCE = 500
MONTHS_BACK = 25  # a year and the one before it


def keep_facts(*, now: datetime) -> bool:
    """Bring the rows up to date for some of what happened since; whether there is nothing more (or
    somebody else is at it).

    Rows first, then the bookmark: killed in between, the same rows are made again.
    """
    with alone(index_folder(), "facts") as is_alone:
        return _kept(now) if is_alone else True


def _kept(now: datetime) -> bool:
    changed, upto = changed_tickets(position_of(AUDITED), AT_ONCE)
    reminded, told = reminded_tickets(position_of(REMINDED), AT_ONCE, now=now)
    write_facts(sorted({*changed, *reminded}))
    is_done = True
    for name, position in ((AUDITED, upto), (REMINDED, told)):
        if position > position_of(name):
            move_cursor(name, position)
            is_done = False
    if is_done:
        keep_months(now=now)
    return is_done


def facts_are_behind(*, now: datetime) -> bool:
    """Whether something was done that the rows do not show yet. What concerns no ticket is stepped over."""
    changed, upto = changed_tickets(position_of(AUDITED), AT_ONCE)
    if upto > position_of(AUDITED) and not changed:
        move_cursor(AUDITED, upto)
    return bool(changed or reminded_tickets(position_of(REMINDED), 1, now=now)[0])


def write_facts(numbers: Sequence[int]) -> None:
    """Make the rows of these tickets as they should be."""
    for begin in range(0, len(numbers), AT_ONCE):
        rows = facts_of(numbers[begin : begin + AT_ONCE])  # outside the lock of the write
        known = [each.pk for each in rows]
        with transaction.atomic():
            forget_months(known)
            TicketFacts.objects.bulk_create(
                rows, update_conflicts=True, unique_fields=["ticket"], update_fields=FIELDS
            )
            forget_months(known)
        breathe()


def forget_months(numbers: Sequence[int]) -> None:
    """Before rows of these tickets change or go, and after: the months in which they stand are to be counted
    anew. In the transaction of the change."""
    months = touched_months(numbers)
    if not months:
        return
    # First the change is made known, which waits for who is writing months; then what she wrote goes too.
    if not Cursor.objects.filter(name=MONTHS).update(position=F("position") + 1):
        Cursor.objects.get_or_create(name=MONTHS, defaults={"position": 1})
    for month, agencies in months.items():
        FactsMonth.objects.filter(month=month, agency__in=agencies).delete()


def keep_months(*, now: datetime) -> int:
    """Count the months of the last two years that are over and not counted; how many pairs of month and agency.

    A month is counted outside any lock. When a row changed meanwhile nothing of it is kept, and the next
    turn counts it again.
    """
    terms, made, months = figures.terms(now), 0, []
    month = month_of(timezone.localtime(now).date())
    for _turn in range(MONTHS_BACK):
        month = month_of(month - timedelta(days=1))
        if is_settled(month, terms):
            months.append(month)
    agencies = set(Agency.objects.values_list("pk", flat=True))
    there: dict[date, set[int]] = {each: set() for each in months}
    kept = FactsMonth.objects.filter(month__in=months, mark=mark_of(terms))
    for agency, month in kept.values_list("agency", "month"):
        there[month].add(agency)
    for month in months:
        if wanted := sorted(agencies - there[month]):
            made += _keep_month(month, wanted, terms)
    return made


def _keep_month(month: date, wanted: Sequence[int], terms: Terms) -> int:
    Cursor.objects.get_or_create(name=MONTHS)
    seen = position_of(MONTHS)
    sums, shapes = month_values(wanted, month, terms), shapes_of(wanted, month)
    with transaction.atomic():
        if Cursor.objects.select_for_update().get(name=MONTHS).position != seen:
            return 0
        FactsMonth.objects.filter(month=month, agency__in=wanted).delete()
        FactsMonth.objects.bulk_create(
            FactsMonth(
                agency_id=each, month=month, mark=mark_of(terms), sums=json.dumps(sums[each]),
                shape=json.dumps(shapes[each], ensure_ascii=False),
            )
            for each in wanted
        )  # fmt: skip
    breathe()
    return len(wanted)


def check_months(*, now: datetime) -> int:
    """Make sure of every month that is kept; how many were not as they should be, and are gone."""
    terms, wrong = figures.terms(now), 0
    for month in sorted(set(FactsMonth.objects.values_list("month", flat=True))):
        rows = list(FactsMonth.objects.filter(month=month, mark=mark_of(terms)))
        numbers = [each.agency_id for each in rows]
        sums, shapes = month_values(numbers, month, terms), shapes_of(numbers, month)
        bad = [
            each.pk
            for each in rows
            if json.loads(each.sums) != sums[each.agency_id]
            or json.loads(each.shape) != shapes[each.agency_id]
        ]
        wrong += FactsMonth.objects.filter(pk__in=bad).delete()[0]
        breathe()
    return wrong


def check_facts() -> int:
    """Make sure of every row, whoever forgot to audit what; how many were not as they should be."""
    wrong, at = 0, 0
    while numbers := tickets_after(at, AT_ONCE):
        kept = TicketFacts.objects.in_bulk(numbers)
        bad = [
            each.pk
            for each in facts_of(numbers)
            if each.pk not in kept or not is_as_kept(each, kept[each.pk])
        ]
        write_facts(bad)
        wrong, at = wrong + len(bad), numbers[-1]
        breathe()
    return wrong
