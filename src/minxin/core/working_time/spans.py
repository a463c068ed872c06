"""What is due when, in working minutes, working days or calendar time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from minxin.core.working_time.days import OFFICE_ZONE, Due, WorkingCalendar, add_working_days

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_NOTHING = timedelta()


class Unit(StrEnum):
    """In what a time limit is counted."""

    WORKING_MINUTES = "working_minutes"
    WORKING_HOURS = "working_hours"
    WORKING_DAYS = "working_days"
    HOURS = "hours"
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class Span:
    """A time limit: so many of a unit. Raises ValueError for a negative amount."""

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.amount < 0:
            raise ValueError("amount must not be negative")


def due(
    start: datetime, span: Span, calendar: WorkingCalendar, *, zone: ZoneInfo = OFFICE_ZONE
) -> Due:
    """When a span that begins at `start` has run out, in `zone`.

    Working minutes and hours run only within working hours: a span that is used up at the close of
    a shift ends there, not at the next opening; with 0 it is `start` itself, or the next opening
    when `start` lies outside the hours. Working days end at the close of the n-th working day after
    the day of `start`, as with `add_working_days`, but by that day's own hours. Hours are elapsed
    time; days end at the same time of day. Both run through nights and holidays and are never
    provisional. Working time is provisional when any day it was counted over is.
    Raises ValueError for a naive `start`, nothing else within the years of `datetime`.
    """
    if start.tzinfo is None:
        raise ValueError("start must be aware")
    match span.unit:
        case Unit.WORKING_MINUTES:
            return _after_working(start, timedelta(minutes=span.amount), calendar, zone)
        case Unit.WORKING_HOURS:
            return _after_working(start, timedelta(hours=span.amount), calendar, zone)
        case Unit.WORKING_DAYS:
            counted = add_working_days(start, span.amount, calendar, zone=zone)
            return _at_the_close(counted, calendar, zone)
        case Unit.HOURS:
            elapsed = start.astimezone(UTC) + timedelta(hours=span.amount)
            return Due(elapsed.astimezone(zone), is_provisional=False)
        case Unit.DAYS:
            return Due(start.astimezone(zone) + span.amount * _DAY, is_provisional=False)


def before(
    end: datetime, span: Span, calendar: WorkingCalendar, *, zone: ZoneInfo = OFFICE_ZONE
) -> datetime:
    """The last moment at which a span is still left until `end`, in `zone`: the reverse of `due`.

    Working minutes and hours are counted backwards within working hours; with 0 it is `end` itself, or the
    last close before it. n working days before is the opening of the n-th working day before the day of
    `end`, with 0 that of the day itself or of the last one worked before: who is told then has the whole
    day. Hours and days run through nights and holidays.
    Raises ValueError for a naive `end`, nothing else within the years of `datetime`.
    """
    if end.tzinfo is None:
        raise ValueError("end must be aware")
    match span.unit:
        case Unit.WORKING_MINUTES:
            return _before_working(end, timedelta(minutes=span.amount), calendar, zone)
        case Unit.WORKING_HOURS:
            return _before_working(end, timedelta(hours=span.amount), calendar, zone)
        case Unit.WORKING_DAYS:
            return _opening(end.astimezone(zone).date(), -span.amount, calendar, zone)
        case Unit.HOURS:
            return (end.astimezone(UTC) - timedelta(hours=span.amount)).astimezone(zone)
        case Unit.DAYS:
            return end.astimezone(zone) - span.amount * _DAY


def opening_after(
    start: datetime, span: Span, calendar: WorkingCalendar, *, zone: ZoneInfo = OFFICE_ZONE
) -> datetime:
    """As `due`, but working days end when the last of them opens: when something is done that day.

    With 0 working days it is the opening of the day of `start`, or of the next one worked.
    """
    if span.unit is not Unit.WORKING_DAYS:
        return due(start, span, calendar, zone=zone).at
    if start.tzinfo is None:
        raise ValueError("start must be aware")
    day = add_working_days(start, span.amount, calendar, zone=zone).at.date()
    return _opening(day, 0, calendar, zone)


def working_minutes_between(
    start: datetime, end: datetime, calendar: WorkingCalendar, *, zone: ZoneInfo = OFFICE_ZONE
) -> int:
    """How many whole minutes are worked from `start` to `end`; negative when `end` lies before.

    The reverse of `due`: from t to where n working minutes after t end there are n.
    Raises ValueError for a naive moment.
    """
    if start.tzinfo is None or end.tzinfo is None:
        raise ValueError("both moments must be aware")
    if end < start:
        return -working_minutes_between(end, start, calendar, zone=zone)
    day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    worked = _NOTHING
    while day <= last:
        for opens, closes in _shifts_on(day, calendar, zone):
            worked += max(min(closes, end) - max(opens, start), _NOTHING)
        day += _DAY
    return worked // _MINUTE


def _shifts_on(
    day: date, calendar: WorkingCalendar, zone: ZoneInfo
) -> Iterator[tuple[datetime, datetime]]:
    hours = calendar.hours_on(day)
    for shift in hours.shifts if hours else ():
        # In UTC, for within one zone Python subtracts what clocks show, not what has elapsed.
        yield (
            datetime.combine(day, shift.opens, zone).astimezone(UTC),
            datetime.combine(day, shift.closes, zone).astimezone(UTC),
        )


def _after_working(
    start: datetime, left: timedelta, calendar: WorkingCalendar, zone: ZoneInfo
) -> Due:
    begun, day = start.astimezone(UTC), start.astimezone(zone).date()
    is_provisional = False
    while True:
        is_provisional = is_provisional or calendar.is_provisional(day)
        for opens, closes in _shifts_on(day, calendar, zone):
            if closes < begun:
                continue
            since = max(opens, begun)
            if left <= closes - since:
                return Due((since + left).astimezone(zone), is_provisional)
            left -= closes - since
        day += _DAY


def _before_working(
    end: datetime, left: timedelta, calendar: WorkingCalendar, zone: ZoneInfo
) -> datetime:
    ends, day = end.astimezone(UTC), end.astimezone(zone).date()
    while True:
        for opens, closes in reversed(list(_shifts_on(day, calendar, zone))):
            if opens > ends:
                continue
            until = min(closes, ends)
            if left <= until - opens:
                return (until - left).astimezone(zone)
            left -= until - opens
        day -= _DAY


def _opening(day: date, days: int, calendar: WorkingCalendar, zone: ZoneInfo) -> datetime:
    """When the working day opens that lies so many (0 or less) before a day."""
    while not calendar.is_working(day):
        day -= _DAY
    while days < 0:
        day -= _DAY
        days += calendar.is_working(day)
    (opens, _closes), *_rest = _shifts_on(day, calendar, zone)
    return opens.astimezone(zone)


def _at_the_close(counted: Due, calendar: WorkingCalendar, zone: ZoneInfo) -> Due:
    *_, (_, closes) = _shifts_on(counted.at.date(), calendar, zone)
    return Due(closes.astimezone(zone), counted.is_provisional)
