"""Arithmetic of working days: pure, never raises for want of a holiday notice.

The State Council publishes the holidays and make-up working days of a year in a notice of its own
(国务院办公厅关于…年部分节假日安排的通知), usually in the November before. Until then nobody
can know them: we count Monday to Friday and say that the date is provisional.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from minxin.core.working_time.hours import OFFICE_HOURS, DayHours, HoursSince

OFFICE_ZONE = ZoneInfo("Asia/Shanghai")
OFFICE_CLOSES = time(18, 0)
_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Which days are worked, and in which hours.

    `holidays` are free days, `make_up_days` worked ones; every other day follows the week. Where
    a day stands in both, it is worked. Days of years outside `known_years` have no notice yet,
    unless `confirmed` names them: they follow the week too and are only provisional.
    `hours` are those in force from a day on, in any order; before the first, OFFICE_HOURS are.
    Of `half_days` only the morning is worked, if they are worked at all.
    """

    holidays: frozenset[date] = frozenset()
    make_up_days: frozenset[date] = frozenset()
    known_years: frozenset[int] = frozenset()
    confirmed: frozenset[date] = field(default_factory=frozenset)
    hours: tuple[HoursSince, ...] = ()
    half_days: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        """Whether offices are open on this day."""
        if day in self.make_up_days:
            return True
        return day.weekday() < _SATURDAY and day not in self.holidays

    def hours_on(self, day: date) -> DayHours | None:
        """When offices are open on this day; None when they are not.

        A half day is a working day like others: it only ends with its morning.
        """
        if not self.is_working(day):
            return None
        in_force = max(
            (each for each in self.hours if each.since <= day),
            key=lambda each: each.since,
            default=None,
        )
        hours = in_force.week[day.weekday()] if in_force else OFFICE_HOURS
        return hours.only_morning() if day in self.half_days else hours

    def is_provisional(self, day: date) -> bool:
        """Whether a notice still to come may change the answer for this day."""
        return day.year not in self.known_years and day not in self.confirmed

    @property
    def known_until(self) -> date | None:
        """The last day of the last year whose notice is out; None when there is none."""
        return date(max(self.known_years), 12, 31) if self.known_years else None

    def changed_by(
        self, days: Mapping[date, bool], *, known_years: Iterable[int] = ()
    ) -> WorkingCalendar:
        """This calendar with some days decided otherwise: True is worked, False is free.

        `known_years` are years whose notice the given days carry.
        """
        worked = frozenset(day for day, is_working in days.items() if is_working)
        free = frozenset(days) - worked
        return replace(
            self,
            holidays=(self.holidays | free) - worked,
            make_up_days=(self.make_up_days | worked) - free,
            known_years=self.known_years | frozenset(known_years),
            confirmed=self.confirmed | frozenset(days),
        )


@dataclass(frozen=True, slots=True)
class Due:
    """The moment by which something is promised, in the office's zone, and whether it may move."""

    at: datetime
    is_provisional: bool


def add_working_days(
    start: datetime,
    days: int,
    calendar: WorkingCalendar,
    *,
    closes_at: time = OFFICE_CLOSES,
    zone: ZoneInfo = OFFICE_ZONE,
) -> Due:
    """The close of the n-th working day after the day of `start`; the day itself does not count.

    `start` must be aware. With `days` 0 it is the close of the day itself if it is worked, else of
    the next working day. A due date is provisional when any day it was counted over is: a holiday
    announced later may move it. Raises ValueError for a naive start or negative days, nothing else.
    """
    if start.tzinfo is None:
        raise ValueError("start must be aware")
    if days < 0:
        raise ValueError("days must not be negative")
    day = start.astimezone(zone).date()
    left = days
    is_provisional = days == 0 and calendar.is_provisional(day)
    while left > 0 or not calendar.is_working(day):
        day += _DAY
        is_provisional = is_provisional or calendar.is_provisional(day)
        if left > 0 and calendar.is_working(day):
            left -= 1
    return Due(datetime.combine(day, closes_at, zone), is_provisional)


def working_days_between(
    start: datetime, end: datetime, calendar: WorkingCalendar, *, zone: ZoneInfo = OFFICE_ZONE
) -> int:
    """How many working days are left from the day of `start` to that of `end`.

    The first day does not count, the last does: 0 on the same day, so `add_working_days(t, n).at`
    is n away from t. Negative when `end` lies before `start`: the working days already overdue.
    """
    if start.tzinfo is None or end.tzinfo is None:
        raise ValueError("both moments must be aware")
    first, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    if last < first:
        return -working_days_between(end, start, calendar, zone=zone)
    return sum(
        calendar.is_working(first + offset * _DAY) for offset in range(1, (last - first).days + 1)
    )


def working_days_since(first: date, last: date, calendar: WorkingCalendar) -> dict[date, int]:
    """For each day from `first` to `last`, how many working days there are from it to `last`, as
    `working_days_between` counts them: the day itself not counted, `last` counted. Each day is looked at
    once, however many are asked about. Empty where `last` lies before `first`."""
    counts, found, day = 0, {}, last
    while day >= first:
        found[day] = counts
        counts += calendar.is_working(day)
        day -= _DAY
    return found


@functools.cache
def statutory_calendar() -> WorkingCalendar:
    """The national calendar as far as the installed `chinese-calendar` knows it.

    A year counts as known when the package has its National Day.
    """
    from chinese_calendar import constants

    holidays, make_up_days = frozenset(constants.holidays), frozenset(constants.workdays)
    return WorkingCalendar(
        holidays=holidays,
        make_up_days=make_up_days,
        known_years=frozenset(day.year for day in holidays if date(day.year, 10, 1) in holidays),
    )


_FIXED_HOLIDAYS = MappingProxyType({"元旦": (1, 1), "劳动节": (5, 1), "国庆节": (10, 1)})


def years_announced_by(days: Mapping[date, bool]) -> frozenset[int]:
    """The years whose whole notice these days carry, judged by the holidays that never move.

    New Year's Day, Labour Day and National Day (全国年节及纪念日放假办法) are free in every
    notice: days with all three of a year are taken for its notice, a local closing day is not.
    """
    return frozenset(
        year
        for year in {day.year for day in days}
        if all(days.get(date(year, month, dom)) is False for month, dom in _FIXED_HOLIDAYS.values())
    )
