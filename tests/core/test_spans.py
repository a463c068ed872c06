"""Hours, half days and spans in every unit: by hand, and against a walk of every minute."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from minxin.core.working_time import (
    OFFICE_HOURS,
    OFFICE_ZONE,
    DayHours,
    Due,
    HoursSince,
    Shift,
    Span,
    Unit,
    WorkingCalendar,
    add_working_days,
    due,
    statutory_calendar,
    working_days_between,
    working_minutes_between,
)
from tests.core import timed

MONDAY = date(2026, 11, 23)
SUMMER = DayHours(Shift(time(8, 30), time(11, 30)), Shift(time(15), time(18)))
KNOWN = frozenset({2026})
NAIVE = datetime.combine(MONDAY, time(11))


def at(day: int, hour: int, minute: int = 0, *, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=OFFICE_ZONE)


@pytest.mark.parametrize("kind", timed.KINDS)
def test_a_walk_of_every_minute_says_the_same(kind: str) -> None:
    sorts, wrong = timed.compare(kind, 2000, seed=7)
    assert not wrong
    assert len(sorts) == (1 if kind in {Unit.HOURS, Unit.DAYS} else 2)
    assert min(sorts.values()) > 200


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        (at(23, 10), 30, at(23, 10, 30)),
        (at(23, 11, 50), 10, at(23, 12)),  # used up at the break, not after it
        (at(23, 11, 50), 11, at(23, 14, 1)),
        (at(23, 12, 30), 0, at(23, 14)),
        (at(23, 18), 0, at(23, 18)),
        (at(23, 18), 1, at(24, 9, 1)),
        (at(23, 9), 420, at(23, 18)),
        (at(27, 17, 30), 60, at(30, 9, 30)),  # over a weekend
        (at(28, 10), 1, at(30, 9, 1)),  # begun on a Saturday
    ],
)
def test_working_minutes_stand_still_outside_the_hours(
    start: datetime, minutes: int, end: datetime
) -> None:
    calendar = WorkingCalendar(known_years=KNOWN)
    assert due(start, Span(minutes, Unit.WORKING_MINUTES), calendar) == Due(end, False)
    assert working_minutes_between(start, end, calendar) == minutes
    assert working_minutes_between(end, start, calendar) == -minutes


def test_seconds_are_not_lost() -> None:
    start = at(23, 11, 59) + timedelta(seconds=30)
    found = due(start, Span(1, Unit.WORKING_MINUTES), WorkingCalendar())
    assert found.at == at(23, 14) + timedelta(seconds=30)


def test_hours_hold_from_their_day_on_and_the_latest_wins() -> None:
    week = (SUMMER,) * 7
    calendar = WorkingCalendar(
        hours=(
            HoursSince(date(2026, 11, 26), (OFFICE_HOURS,) * 7),
            HoursSince(date(2026, 11, 25), week),
        )
    )
    assert [calendar.hours_on(date(2026, 11, day)) for day in (24, 25, 26, 28)] == [
        OFFICE_HOURS, SUMMER, OFFICE_HOURS, None,
    ]  # fmt: skip
    assert due(at(24, 17), Span(2, Unit.WORKING_HOURS), calendar).at == at(25, 9, 30)


def test_a_half_day_is_a_working_day_that_ends_at_noon() -> None:
    calendar = WorkingCalendar(known_years=KNOWN, half_days=frozenset({MONDAY, date(2026, 11, 28)}))
    friday = at(20, 10)
    assert due(friday, Span(1, Unit.WORKING_DAYS), calendar).at == at(23, 12)
    assert due(friday, Span(2, Unit.WORKING_DAYS), calendar).at == at(24, 18)
    assert due(at(23, 11, 30), Span(1, Unit.WORKING_HOURS), calendar).at == at(24, 9, 30)
    assert calendar.hours_on(date(2026, 11, 28)) is None  # a free day stays free


def test_days_decided_otherwise_leave_hours_and_half_days() -> None:
    calendar = WorkingCalendar(
        hours=(HoursSince(MONDAY, (SUMMER,) * 7),), half_days=frozenset({date(2026, 11, 28)})
    ).changed_by({date(2026, 11, 28): True})
    assert calendar.hours_on(date(2026, 11, 28)) == SUMMER.only_morning()


def test_calendar_time_runs_through_nights_and_holidays() -> None:
    calendar = statutory_calendar()
    assert due(at(30, 17, month=9), Span(24, Unit.HOURS), calendar) == Due(
        at(1, 17, month=10), False
    )
    assert due(at(30, 17, month=9), Span(7, Unit.DAYS), calendar) == Due(at(7, 17, month=10), False)


@pytest.mark.parametrize("unit", Unit)
def test_a_year_without_a_notice_is_provisional_in_working_time_only(unit: Unit) -> None:
    start = datetime(2090, 9, 29, 10, tzinfo=UTC)
    found = due(start, Span(2, unit), statutory_calendar())
    assert found.is_provisional == (unit not in {Unit.HOURS, Unit.DAYS})
    assert found.at > start


@pytest.mark.parametrize("unit", Unit)
def test_a_naive_moment_or_a_negative_amount_is_refused(unit: Unit) -> None:
    with pytest.raises(ValueError, match="aware"):
        due(NAIVE, Span(1, unit), WorkingCalendar())
    with pytest.raises(ValueError, match="negative"):
        Span(-1, unit)


def test_minutes_between_refuse_a_naive_moment() -> None:
    with pytest.raises(ValueError, match="aware"):
        working_minutes_between(at(23, 10), NAIVE, WorkingCalendar())


def test_hours_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="end after"):
        Shift(time(9), time(9))
    with pytest.raises(ValueError, match="whole minutes"):
        Shift(time(9), time(12, 0, 1))
    with pytest.raises(ValueError, match="afternoon"):
        DayHours(Shift(time(9), time(14)), Shift(time(13, 59), time(18)))
    with pytest.raises(ValueError, match="seven"):
        HoursSince(MONDAY, (OFFICE_HOURS,) * 6)


# Typed by hand from what the notices of 国务院办公厅 announced: the last working day before a long
# holiday, and the working days that follow it, weekends worked included.
AFTER_HOLIDAYS = {
    2004: ("2004-09-30", "2004-10-08", "2004-10-09", "2004-10-10"),
    2005: ("2005-02-08", "2005-02-16", "2005-02-17"),
    2006: ("2006-01-28", "2006-02-05", "2006-02-06"),
    2007: ("2007-02-17", "2007-02-25", "2007-02-26"),
    2008: ("2008-02-05", "2008-02-13", "2008-02-14"),
    2009: ("2009-09-30", "2009-10-09", "2009-10-10", "2009-10-12"),
    2010: ("2010-02-12", "2010-02-20", "2010-02-21", "2010-02-22"),
    2011: ("2011-02-01", "2011-02-09", "2011-02-10", "2011-02-11", "2011-02-12"),
    2012: ("2012-09-29", "2012-10-08", "2012-10-09"),
    2013: ("2013-02-08", "2013-02-16", "2013-02-17", "2013-02-18"),
    2014: ("2014-01-30", "2014-02-07", "2014-02-08", "2014-02-10"),
    2015: ("2015-09-02", "2015-09-06", "2015-09-07"),
    2016: ("2016-02-06", "2016-02-14", "2016-02-15"),
    2017: ("2017-09-30", "2017-10-09", "2017-10-10"),
    2018: ("2018-02-14", "2018-02-22", "2018-02-23", "2018-02-24", "2018-02-26"),
    2019: ("2019-04-30", "2019-05-05", "2019-05-06"),
    2020: ("2020-01-23", "2020-02-03", "2020-02-04"),
    2021: ("2021-09-30", "2021-10-08", "2021-10-09", "2021-10-11"),
    2022: ("2022-09-30", "2022-10-08", "2022-10-09", "2022-10-10"),
    2023: ("2023-09-28", "2023-10-07", "2023-10-08", "2023-10-09"),
    2024: ("2024-02-09", "2024-02-18", "2024-02-19"),
    2025: ("2025-09-30", "2025-10-09", "2025-10-10", "2025-10-11", "2025-10-13"),
    2026: ("2026-02-14", "2026-02-24", "2026-02-25"),
}


def test_every_year_the_package_knows_is_checked_by_hand() -> None:
    assert statutory_calendar().known_years == set(AFTER_HOLIDAYS)


@pytest.mark.parametrize("year", AFTER_HOLIDAYS)
def test_after_the_long_holidays_of_every_year(year: int) -> None:
    last, *following = map(date.fromisoformat, AFTER_HOLIDAYS[year])
    calendar, noon = statutory_calendar(), datetime.combine(last, time(12), OFFICE_ZONE)
    assert calendar.is_working(last)
    for amount, day in enumerate(following, start=1):
        found = due(noon, Span(amount, Unit.WORKING_DAYS), calendar)
        assert found == Due(datetime.combine(day, time(18), OFFICE_ZONE), False)
        assert found == add_working_days(noon, amount, calendar)
        assert working_days_between(noon, found.at, calendar) == amount
    evening = datetime.combine(last, time(17, 30), OFFICE_ZONE)
    reopened = due(evening, Span(31, Unit.WORKING_MINUTES), calendar)
    assert reopened.at == datetime.combine(following[0], time(9, 1), OFFICE_ZONE)
