"""Reads of the working calendar: days and hours, the nearest agency first. `agencies.queries` shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time

from django.db.models import Q, QuerySet

from minxin.agencies.models import Agency, CalendarDay, Staff, WorkingHours
from minxin.agencies.rules import Permission, ancestor_paths
from minxin.agencies.scope import paths_of
from minxin.core.once import is_keeping, once
from minxin.core.working_time import (
    OFFICE_HOURS,
    DayHours,
    HoursSince,
    Shift,
    WorkingCalendar,
    statutory_calendar,
    years_announced_by,
)

Week = Sequence[Sequence[Sequence[str]]]


def day_hours(shifts: Sequence[Sequence[str]]) -> DayHours:
    """The hours of a day as they are kept. Raises ValueError for what are none."""
    made = [Shift(*(time.fromisoformat(at) for at in shift)) for shift in shifts]
    return DayHours(made[0], made[1] if len(made) > 1 else None)


def week_hours(week: Week) -> tuple[DayHours, ...]:
    """The seven days of a week as they are kept."""
    return tuple(day_hours(shifts) for shifts in week)


@dataclass(frozen=True, slots=True)
class _Day:
    on: date
    is_working: bool
    is_half: bool


class Calendars:
    """The calendars of many agencies, read in two queries, each made once. Keep it for one page or run."""

    def __init__(self, concerned: Q | None = None) -> None:
        """`concerned` narrows the rows that are read; without it, all are."""
        wanted = Q() if concerned is None else concerned
        self._days: dict[str, list[_Day]] = {}
        for row in CalendarDay.objects.filter(wanted).select_related("agency"):
            place = row.agency.path if row.agency else ""
            self._days.setdefault(place, []).append(_Day(row.on, row.is_working, row.is_half))
        self._hours: dict[str, list[WorkingHours]] = {}
        for kept in WorkingHours.objects.filter(wanted).select_related("agency").order_by("since"):
            place = kept.agency.path if kept.agency else ""
            self._hours.setdefault(place, []).append(kept)
        self._made: dict[str, WorkingCalendar] = {}

    def of(self, agency: Agency | None = None) -> WorkingCalendar:
        """The calendar of an agency; of everybody for None."""
        path = agency.path if agency else ""
        if path not in self._made:
            self._made[path] = self._make(_places(path))
        return self._made[path]

    def hours_in_force(self, agency: Agency | None, on: date) -> WorkingHours | None:
        """The row that says when an agency works on a day: its own, or the nearest above; None where
        nobody has set hours and the default of ours holds."""
        for place in reversed(_places(agency.path if agency else "")):
            rows = [each for each in self._hours.get(place, ()) if each.since <= on]
            if rows and rows[-1].week:
                return rows[-1]
        return None

    def _make(self, places: Sequence[str]) -> WorkingCalendar:
        calendar = statutory_calendar()
        halves: dict[date, bool] = {}
        for place in places:
            days = self._days.get(place)
            if not days:
                continue
            changed = {each.on: each.is_working for each in days}
            known = () if place else years_announced_by(changed)
            calendar = calendar.changed_by(changed, known_years=known)
            halves |= {each.on: each.is_working and each.is_half for each in days}
        return replace(
            calendar,
            hours=self._timeline(places),
            half_days=frozenset(on for on, is_half in halves.items() if is_half),
        )

    def _timeline(self, places: Sequence[str]) -> tuple[HoursSince, ...]:
        """At every day on which any row begins, the hours of the nearest agency that has some."""
        begins = sorted({row.since for place in places for row in self._hours.get(place, ())})
        timeline: list[HoursSince] = []
        for since in begins:
            for place in reversed(places):
                rows = [each for each in self._hours.get(place, ()) if each.since <= since]
                if rows and rows[-1].week:
                    timeline.append(HoursSince(since, week_hours(rows[-1].week)))
                    break
            else:
                if timeline:
                    timeline.append(HoursSince(since, (OFFICE_HOURS,) * 7))
        return tuple(timeline)


def calendars_at_hand() -> Calendars:
    """The calendars of all agencies, read once while a page is read."""
    return once("calendars", Calendars)


def _places(path: str) -> tuple[str, ...]:
    """Where rows may stand that concern an agency, the farthest first; "" is everybody."""
    return ("", *ancestor_paths(path)) if path else ("",)


def working_calendar(agency: Agency | None = None) -> WorkingCalendar:
    """The statutory calendar with the days and hours of this installation.

    What is set for everybody comes first, then what the agencies above set, then its own: the nearest
    wins. A year is known when the package or the days set for everybody carry its notice.
    """
    if is_keeping():
        return calendars_at_hand().of(agency)
    concerned = Q(agency=None)
    if agency is not None:
        concerned |= Q(agency__path__in=ancestor_paths(agency.path))
    return Calendars(concerned).of(agency)


def calendar_days_of(agency: Agency | None) -> QuerySet[CalendarDay]:
    """The days changed for this agency itself; for None, those changed for everybody."""
    return CalendarDay.objects.filter(agency=agency)


def calendar_days_for(staff: Staff) -> QuerySet[CalendarDay]:
    """The days changed for everybody and for the agencies whose calendar a person keeps."""
    mine = Q(agency=None)
    for path in paths_of(staff, Permission.EDIT_SETTINGS):
        mine |= Q(agency__path__startswith=path)
    return CalendarDay.objects.filter(mine).select_related("agency")


def hours_of(agency: Agency | None) -> QuerySet[WorkingHours]:
    """The hours set for this agency itself, or for everybody, the latest first."""
    return WorkingHours.objects.filter(agency=agency).select_related("agency", "kept_by")
