"""Counting backwards: by hand, and against counting forwards."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from minxin.core.working_time import (
    OFFICE_ZONE,
    Span,
    Unit,
    WorkingCalendar,
    before,
    due,
    opening_after,
    statutory_calendar,
    working_minutes_between,
)
from tests.core.time_oracle import DRAWN, MINUTES_OF_A_DAY, Walk, draw
from tests.core.timed import calendar_of

PLAIN = WorkingCalendar(known_years=frozenset({2026}))
W, H, D = Unit.WORKING_MINUTES, Unit.WORKING_HOURS, Unit.WORKING_DAYS


def at(day: int, hour: int, minute: int = 0, *, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=OFFICE_ZONE)


@pytest.mark.parametrize(
    ("end", "span", "begin"),
    [
        (at(24, 18), Span(30, W), at(24, 17, 30)),
        (at(24, 14, 10), Span(20, W), at(24, 11, 50)),  # over the lunch break
        (at(24, 14), Span(0, W), at(24, 14)),
        (at(24, 13), Span(0, W), at(24, 12)),
        (at(23, 9), Span(1, W), at(20, 17, 59)),  # over a weekend
        (at(24, 18), Span(8, H), at(23, 17)),
        (at(24, 18), Span(0, D), at(24, 9)),
        (at(24, 18), Span(1, D), at(23, 9)),
        (at(23, 18), Span(1, D), at(20, 9)),
        (at(22, 10), Span(0, D), at(20, 9)),  # a Sunday
        (at(24, 10), Span(3, Unit.HOURS), at(24, 7)),
        (at(24, 10), Span(2, Unit.DAYS), at(22, 10)),
    ],
)
def test_what_is_left_begins_then(end: datetime, span: Span, begin: datetime) -> None:
    assert before(end, span, PLAIN) == begin
    assert before(end.astimezone(UTC), span, PLAIN).tzinfo is OFFICE_ZONE


def test_backwards_over_the_national_holidays() -> None:
    october = before(at(9, 18, month=10), Span(2, D), statutory_calendar())
    assert october == at(30, 9, month=9)


@pytest.mark.parametrize(
    ("start", "span", "end"),
    [
        (at(23, 18), Span(1, D), at(24, 9)),
        (at(20, 18), Span(1, D), at(23, 9)),
        (at(21, 10), Span(0, D), at(23, 9)),
        (at(23, 18), Span(30, W), at(24, 9, 30)),
        (at(23, 18), Span(24, Unit.HOURS), at(24, 18)),
    ],
)
def test_a_day_after_begins_when_its_office_opens(
    start: datetime, span: Span, end: datetime
) -> None:
    assert opening_after(start, span, PLAIN) == end


def test_a_naive_moment_is_refused() -> None:
    naive = datetime(2026, 11, 24, 10)  # noqa: DTZ001
    for unit in Unit:
        with pytest.raises(ValueError, match="aware"):
            before(naive, Span(1, unit), PLAIN)
        with pytest.raises(ValueError, match="aware"):
            opening_after(naive, Span(1, unit), PLAIN)


@pytest.mark.parametrize("unit", list(Unit))
def test_forwards_from_there_ends_where_it_began(unit: Unit) -> None:
    """1,000 random boards: what begins there is due at the end, and one minute later is too late."""
    lot = random.Random(f"backwards/{unit}")
    for _ in range(40):
        walk = Walk(draw(lot))
        calendar = calendar_of(walk.board)
        for _case in range(25):
            minute = lot.randrange(60 * MINUTES_OF_A_DAY, (DRAWN - 2) * MINUTES_OF_A_DAY)
            end = walk.reading(minute).replace(tzinfo=OFFICE_ZONE)
            span = Span(lot.choice((0, 1, lot.randrange(8))), unit)
            begin = before(end, span, calendar)
            if unit in (W, H):
                wanted = span.amount * (60 if unit is H else 1)
                assert working_minutes_between(begin, end, calendar) == wanted
                if wanted:
                    later = begin + timedelta(minutes=1)
                    assert working_minutes_between(later, end, calendar) == wanted - 1
            elif unit is D:
                hours = calendar.hours_on(begin.date())
                assert hours is not None
                assert begin.time() == hours.morning.opens
                last = due(begin, span, calendar).at.date()
                assert last <= end.date()
                assert not any(
                    calendar.is_working(last + timedelta(days=step))
                    for step in range(1, (end.date() - last).days + 1)
                )
            else:
                assert due(begin, span, calendar).at == end
