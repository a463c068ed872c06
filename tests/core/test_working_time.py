"""Working days, checked by hand and against an oracle that shares no code with the arithmetic."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minxin.core.working_time import (
    OFFICE_ZONE,
    WorkingCalendar,
    add_working_days,
    statutory_calendar,
    working_days_between,
    working_days_since,
    years_announced_by,
)

# From 国务院办公厅关于2026年部分节假日安排的通知, typed by hand: the free weekdays and worked weekends of
# Spring Festival (15 to 23 February) and National Day (1 to 7 October).
FREE_2026 = {
    *(date(2026, 1, day) for day in (1, 2, 3)),
    *(date(2026, 2, day) for day in range(15, 24)),
    *(date(2026, 10, day) for day in range(1, 8)),
}
WORKED_2026 = {
    date(2026, 1, 4),
    date(2026, 2, 14),
    date(2026, 2, 28),
    date(2026, 9, 20),
    date(2026, 10, 10),
}
BY_HAND = WorkingCalendar(
    holidays=frozenset(FREE_2026),
    make_up_days=frozenset(WORKED_2026),
    known_years=frozenset({2026}),
)


def at(month: int, day: int, hour: int = 10, *, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=OFFICE_ZONE)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (at(11, 24), 1, date(2026, 11, 25)),
        (at(11, 24), 5, date(2026, 12, 1)),  # over a plain weekend
        (at(11, 27), 1, date(2026, 11, 30)),  # Friday to Monday
        (at(11, 28), 1, date(2026, 11, 30)),  # filed on a Saturday
        (at(11, 24), 0, date(2026, 11, 24)),
        (at(11, 28), 0, date(2026, 11, 30)),  # a Saturday is no office day
        (at(9, 30), 1, date(2026, 10, 8)),  # over National Day
        (at(9, 30), 2, date(2026, 10, 9)),
        (at(9, 30), 3, date(2026, 10, 10)),  # a Saturday that is worked
        (at(9, 30), 4, date(2026, 10, 12)),
        (at(10, 3), 3, date(2026, 10, 10)),  # filed in the holidays
        (at(2, 13), 1, date(2026, 2, 14)),  # the worked Saturday before Spring Festival
        (at(2, 13), 2, date(2026, 2, 24)),
        (at(2, 27), 1, date(2026, 2, 28)),  # and the one after
    ],
)
def test_the_due_day_is_the_nth_working_day_after_the_day_of_filing(
    start: datetime, days: int, due: date
) -> None:
    found = add_working_days(start, days, BY_HAND)
    assert found.at == datetime.combine(due, time(18), OFFICE_ZONE)
    assert not found.is_provisional
    assert add_working_days(start, days, statutory_calendar()) == found  # the package agrees


def test_a_late_hour_in_another_zone_counts_as_the_office_day() -> None:
    start = datetime(2026, 11, 24, 17, 30, tzinfo=UTC)  # half past one on the 25th in Yunxi
    assert add_working_days(start, 1, BY_HAND).at.date() == date(2026, 11, 26)


def test_offices_may_close_at_another_hour() -> None:
    due = add_working_days(at(11, 24), 1, BY_HAND, closes_at=time(17, 30))
    assert due.at == datetime(2026, 11, 25, 17, 30, tzinfo=OFFICE_ZONE)


def test_a_date_counted_into_a_year_without_a_notice_is_provisional() -> None:
    assert not add_working_days(at(12, 29), 2, BY_HAND).is_provisional  # 31 December
    into_next_year = add_working_days(at(12, 30), 3, BY_HAND)
    assert into_next_year.is_provisional
    # 31 December, then 1 January: a Friday that nobody has declared free yet, then Monday
    assert into_next_year.at.date() == date(2027, 1, 4)


def test_the_year_after_the_last_notice_follows_the_week_and_never_raises() -> None:
    assert BY_HAND.known_until == date(2026, 12, 31)
    assert WorkingCalendar().known_until is None
    tuesday = at(5, 6, year=2031)
    for calendar in (BY_HAND, WorkingCalendar(), statutory_calendar()):
        due = add_working_days(tuesday, 10, calendar)
        assert due.is_provisional
        assert due.at.date() == date(2031, 5, 20)


def test_a_day_decided_here_is_no_longer_provisional() -> None:
    free = {date(2027, 1, 1): False}
    calendar = BY_HAND.changed_by(free)
    assert not calendar.is_provisional(date(2027, 1, 1))
    assert calendar.is_provisional(date(2027, 1, 2))
    assert add_working_days(at(12, 31), 1, calendar).at.date() == date(2027, 1, 4)


def test_a_day_decided_here_wins_over_the_notice_both_ways() -> None:
    calendar = BY_HAND.changed_by({date(2026, 10, 10): False, date(2026, 10, 1): True})
    assert not calendar.is_working(date(2026, 10, 10))
    assert calendar.is_working(date(2026, 10, 1))
    back = calendar.changed_by({date(2026, 10, 10): True, date(2026, 10, 1): False})
    assert back.is_working(date(2026, 10, 10))
    assert not back.is_working(date(2026, 10, 1))


def test_only_a_whole_notice_makes_a_year_known() -> None:
    closing_day = {date(2027, 5, 1): False}
    notice = {date(2027, 1, 1): False, date(2027, 5, 1): False, date(2027, 10, 1): False}
    assert years_announced_by(closing_day) == frozenset()
    assert years_announced_by(notice) == {2027}
    assert years_announced_by({**notice, date(2027, 10, 1): True}) == frozenset()


def test_naive_moments_and_negative_days_are_errors_of_the_program() -> None:
    with pytest.raises(ValueError):
        add_working_days(datetime(2026, 11, 24), 1, BY_HAND)  # noqa: DTZ001
    with pytest.raises(ValueError):
        add_working_days(at(11, 24), -1, BY_HAND)
    with pytest.raises(ValueError):
        working_days_between(datetime(2026, 11, 24), at(11, 25), BY_HAND)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("start", "end", "left"),
    [
        (at(11, 24, 8), at(11, 24, 18), 0),
        (at(11, 24), at(11, 26, 18), 2),
        (at(11, 27), at(11, 30, 18), 1),
        (at(11, 26), at(11, 24, 18), -2),
        (at(11, 30), at(11, 27, 18), -1),
        (at(9, 30), at(10, 10, 18), 3),
    ],
)
def test_days_left_are_working_days(start: datetime, end: datetime, left: int) -> None:
    assert working_days_between(start, end, BY_HAND) == left


# The oracle: every day of four years in one list, marked by hand-made lists only.
_ALL = [date(2025, 1, 1) + timedelta(days=offset) for offset in range(4 * 365)]
days_in_two_years = st.integers(0, 2 * 365).map(lambda offset: _ALL[offset])


@given(
    day=days_in_two_years,
    days=st.integers(1, 60),
    free=st.sets(st.sampled_from(_ALL), max_size=40),
    worked=st.sets(st.sampled_from(_ALL), max_size=20),
)
def test_the_arithmetic_agrees_with_a_list_of_all_days(
    day: date, days: int, free: set[date], worked: set[date]
) -> None:
    calendar = WorkingCalendar(frozenset(free), frozenset(worked), frozenset({2025, 2026}))
    office_days = [
        each
        for each in _ALL
        if each in worked or (each not in free and each.strftime("%a") not in ("Sat", "Sun"))
    ]
    later = [each for each in office_days if each > day]
    expected = later[days - 1]
    start = datetime.combine(day, time(9), OFFICE_ZONE)
    due = add_working_days(start, days, calendar)
    assert due.at.date() == expected
    assert due.is_provisional == (expected.year > 2026)
    assert working_days_between(start, due.at, calendar) == days
    assert working_days_between(due.at, start, calendar) == -len(
        [each for each in office_days if day < each <= expected]
    )


@given(st.dates(date(2024, 1, 1), date(2027, 12, 31)), st.integers(-3, 500))
def test_days_since_are_those_between_for_every_day(last: date, span: int) -> None:
    first, calendar = last - timedelta(days=span), statutory_calendar()
    found = working_days_since(first, last, calendar)
    assert len(found) == max(0, span + 1)
    end = datetime.combine(last, time(12), OFFICE_ZONE)
    for day in list(found)[::29]:
        noon = datetime.combine(day, time(12), OFFICE_ZONE)
        assert found[day] == working_days_between(noon, end, calendar)
