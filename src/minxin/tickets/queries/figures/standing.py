"""How open tickets stand now: how old they are in working days, and what is overdue."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from minxin.agencies.models import Agency, CalendarDay
from minxin.agencies.queries import working_calendar
from minxin.core.working_time import WorkingCalendar, working_days_since
from minxin.tickets.models import TicketFacts
from minxin.tickets.rules.figures import AGE_BANDS, band_of

# Merged tickets are open as long as their lead: one matter is counted once.
STANDING = Q(is_open=True, is_valid=True, is_merged=False)


@dataclass(frozen=True, slots=True)
class Group:
    """Open tickets of an agency that were filed on one day."""

    agency: int
    filed_on: date
    count: int
    age: int


def ages(rows: QuerySet[TicketFacts], *, now: datetime) -> list[Group]:
    """Open tickets by agency and day of filing, with their age: working days since, on the calendar of the
    agency, the day of filing not counted."""
    found = list(
        rows.filter(STANDING)
        .order_by()
        .values_list("agency", "filed_on")
        .annotate(n=Count("pk"))
    )  # fmt: skip
    calendars = calendars_of({number for number, _day, _count in found})
    today = timezone.localtime(now).date()
    oldest = min((day for _number, day, _count in found), default=today)
    known: dict[int, dict[date, int]] = {}
    groups = []
    for number, day, many in found:
        calendar = calendars[number]
        if id(calendar) not in known:
            known[id(calendar)] = working_days_since(oldest, today, calendar)
        groups.append(Group(number, day, many, known[id(calendar)].get(day, 0)))
    return groups


def banded(groups: Iterable[Group]) -> list[int]:
    """How many tickets each band of `AGE_BANDS` holds, the open band last."""
    bands = [0] * (len(AGE_BANDS) + 1)
    for each in groups:
        bands[band_of(each.age)] += each.count
    return bands


def in_band(
    rows: QuerySet[TicketFacts], groups: Iterable[Group], band: int
) -> QuerySet[TicketFacts]:
    """The open tickets of one band."""
    days: dict[int, list[date]] = {}
    for each in groups:
        if band_of(each.age) == band:
            days.setdefault(each.agency, []).append(each.filed_on)
    # Age only grows with time, so the days of a band lie side by side: one range for those who share it.
    ranges: dict[tuple[date, date], list[int]] = {}
    for number, mine in days.items():
        ranges.setdefault((min(mine), max(mine)), []).append(number)
    wanted = Q()
    for span, numbers in ranges.items():
        wanted |= Q(agency__in=numbers, filed_on__range=span)
    return rows.filter(STANDING).filter(wanted) if ranges else rows.none()


def calendars_of(numbers: Iterable[int]) -> dict[int, WorkingCalendar]:
    """The calendar of each agency; agencies below the same local days share one."""
    local = set(
        CalendarDay.objects.exclude(agency=None).values_list("agency__path", flat=True).distinct()
    )
    made: dict[tuple[str, ...], WorkingCalendar] = {}
    found = {}
    for agency in Agency.objects.filter(pk__in=set(numbers)):
        key = tuple(sorted(path for path in local if agency.path.startswith(path)))
        if key not in made:
            made[key] = working_calendar(agency)
        found[agency.pk] = made[key]
    return found


def overdue_rows(rows: QuerySet[TicketFacts], *, now: datetime) -> QuerySet[TicketFacts]:
    """Open tickets whose due time has passed, the clock running; the longest overdue first."""
    late = rows.filter(STANDING, is_stopped=False, due_at__lt=now)
    return late.order_by("due_at", "pk")
