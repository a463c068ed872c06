"""When an agency works: hours from a day on, those of the nearest agency above, half days."""

from datetime import date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from minxin.agencies import actions, queries
from minxin.agencies.calendars import Calendars, week_hours
from minxin.agencies.models import Agency, AuditEntry, CalendarDay, WorkingHours
from minxin.core.errors import NotFound, Refused
from minxin.core.working_time import OFFICE_HOURS, DayHours, Shift, Span, Unit, due
from minxin.tickets.actions import file
from tests.support.city import SETUP, City

DAY = [["09:00", "12:00"], ["14:00", "18:00"]]
WINTER = [["08:30", "12:00"], ["13:30", "17:30"]]
SHORT = [["09:00", "13:00"]]
SOON = date(2026, 12, 1)


def opening(agency: Agency | None, day: date) -> time:
    hours = queries.working_calendar(agency).hours_on(day)
    assert hours is not None
    return hours.morning.opens


def test_hours_hold_from_their_day_on_and_for_the_branch(city: City, now: datetime) -> None:
    actions.keep_hours(SOON, [WINTER] * 7, agency=city.police, actor=SETUP, now=now)
    assert opening(city.station, SOON) == time(8, 30)
    assert opening(city.station, SOON - timedelta(days=1)) == OFFICE_HOURS.morning.opens
    assert opening(city.water, SOON) == OFFICE_HOURS.morning.opens


def test_the_nearest_hours_win_whoever_changes_later(city: City, now: datetime) -> None:
    actions.keep_hours(date(2026, 1, 1), [SHORT] * 7, agency=city.station, actor=SETUP, now=now)
    actions.keep_hours(date(2026, 7, 1), [WINTER] * 7, agency=city.police, actor=SETUP, now=now)
    actions.keep_hours(date(2026, 9, 1), [DAY] * 7, actor=SETUP, now=now)
    assert queries.working_calendar(city.station).hours_on(SOON) == DayHours(
        Shift(time(9), time(13))
    )
    assert opening(city.police, SOON) == time(8, 30)


def test_an_empty_week_gives_the_hours_above_back(city: City, now: datetime) -> None:
    actions.keep_hours(date(2026, 1, 1), [WINTER] * 7, agency=city.police, actor=SETUP, now=now)
    actions.keep_hours(date(2026, 2, 2), [SHORT] * 7, agency=city.station, actor=SETUP, now=now)
    actions.keep_hours(SOON, [], agency=city.station, actor=SETUP, now=now)
    assert opening(city.station, date(2026, 11, 30)) == time(9)
    assert opening(city.station, SOON) == time(8, 30)
    actions.keep_hours(SOON, [], agency=city.police, actor=SETUP, now=now)
    assert opening(city.station, SOON) == OFFICE_HOURS.morning.opens


def test_days_of_the_week_differ(city: City, now: datetime) -> None:
    week = [DAY, DAY, DAY, DAY, SHORT, DAY, DAY]
    actions.keep_hours(date(2026, 11, 1), week, agency=city.police, actor=SETUP, now=now)
    span = Span(1, Unit.WORKING_DAYS)
    calendar = queries.working_calendar(city.police)
    assert due(now, span, calendar).at.time() == time(18)  # Wednesday
    assert due(now + timedelta(days=2), span, calendar).at.time() == time(13)  # Friday


def test_a_half_day_ends_with_its_morning_and_counts_as_a_day(city: City, now: datetime) -> None:
    actions.set_calendar_day(
        date(2026, 11, 25), is_working=True, is_half=True, agency=city.police, actor=SETUP, now=now
    )
    calendar = queries.working_calendar(city.station)
    assert due(now, Span(1, Unit.WORKING_DAYS), calendar).at.time() == time(12)
    assert due(now, Span(2, Unit.WORKING_DAYS), calendar).at.date() == date(2026, 11, 26)
    actions.set_calendar_day(
        date(2026, 11, 25), is_working=True, agency=city.station, actor=SETUP, now=now
    )
    whole = queries.working_calendar(city.station)
    assert due(now, Span(1, Unit.WORKING_DAYS), whole).at.time() == time(18)


def test_a_free_day_is_never_half(city: City, now: datetime) -> None:
    with pytest.raises(Refused, match="半天"):
        actions.set_calendar_day(SOON, is_working=False, is_half=True, actor=SETUP, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarDay.objects.create(on=SOON, is_working=False, is_half=True)


@pytest.mark.parametrize(
    "day", [[["12:00", "09:00"]], [["09:00", "12:00"], ["11:00", "18:00"]], [["25:00", "9"]], []]
)
def test_hours_that_are_none_are_refused_with_their_day(
    city: City, now: datetime, day: list[list[str]]
) -> None:
    with pytest.raises(Refused, match="周三"):
        actions.keep_hours(SOON, [DAY, DAY, day, DAY, DAY, DAY, DAY], actor=SETUP, now=now)
    assert not WorkingHours.objects.exists()


def test_hours_in_force_stay_and_those_ahead_can_be_taken_back(city: City, now: datetime) -> None:
    old = actions.keep_hours(now.date(), [DAY] * 7, agency=city.police, actor=SETUP, now=now)
    ahead = actions.keep_hours(SOON, [WINTER] * 7, agency=city.police, actor=SETUP, now=now)
    with pytest.raises(Refused, match="新的起始日期"):
        actions.remove_hours(old, actor=city.administrator, now=now)
    actions.remove_hours(ahead, actor=city.administrator, now=now)
    assert list(WorkingHours.objects.all()) == [old]
    verbs = AuditEntry.objects.filter(subject_kind="agencies.workinghours").values_list("verb")
    assert sorted(verbs) == [
        ("working_hours.kept",), ("working_hours.kept",), ("working_hours.removed",)
    ]  # fmt: skip


def test_who_keeps_no_settings_sets_no_hours(city: City, now: datetime) -> None:
    row = actions.keep_hours(SOON, [DAY] * 7, agency=city.police, actor=SETUP, now=now)
    for person in (city.wang, city.outsider, city.auditor, city.operator):
        for agency in (None, city.police):
            with pytest.raises(NotFound):
                actions.keep_hours(SOON, [SHORT] * 7, agency=agency, actor=person, now=now)
        with pytest.raises(NotFound):
            actions.remove_hours(row, actor=person, now=now)
    row.refresh_from_db()
    assert row.week == [DAY] * 7


def test_what_was_promised_and_what_is_owed_stay_when_the_calendar_changes(
    city: City, now: datetime
) -> None:
    ticket = file(text="路灯坏了三天没有人修", citizen=city.xiaolin, account=city.account,
                  source="portal", key="k", actor=SETUP, now=now)  # fmt: skip
    before = (ticket.promised_at, ticket.promised_words, ticket.due_at)
    actions.keep_hours(date(2026, 1, 1), [SHORT] * 7, actor=SETUP, now=now)
    for days in range(1, 8):
        on = now.date() + timedelta(days=days)
        actions.set_calendar_day(on, is_working=False, agency=city.police, actor=SETUP, now=now)
    ticket.refresh_from_db()
    assert (ticket.promised_at, ticket.promised_words, ticket.due_at) == before


def test_two_queries_are_enough_for_any_number_of_agencies(city: City, now: datetime) -> None:
    actions.keep_hours(SOON, [WINTER] * 7, agency=city.police, actor=SETUP, now=now)
    actions.set_calendar_day(SOON, is_working=False, agency=city.water, actor=SETUP, now=now)
    with CaptureQueriesContext(connection) as asked:
        calendars = Calendars()
        made = {agency: calendars.of(agency) for agency in (city.police, city.station, city.water)}
    assert len(asked) == 2
    for agency, calendar in made.items():
        with CaptureQueriesContext(connection) as asked:
            assert calendar == queries.working_calendar(agency)
        assert len(asked) == 2


LEVELS = ("root", "police", "station")


@pytest.mark.django_db
@settings(max_examples=40)
@given(
    rows=st.dictionaries(
        st.tuples(st.sampled_from((None, *LEVELS)), st.integers(0, 40)),
        st.sampled_from((DAY, WINTER, SHORT, None)),
        max_size=8,
    ),
    asked=st.integers(0, 50),
)
def test_hours_of_a_day_are_those_of_the_nearest_row_begun(
    rows: dict[tuple[str | None, int], list[list[str]] | None], asked: int
) -> None:
    """Against a search by hand, from the agency upwards."""
    first = date(2026, 1, 1)
    with transaction.atomic():
        above, agencies = None, {}
        for level in LEVELS:
            above = agencies[level] = actions.add_agency(
                code=level, name=level, parent=above, actor=SETUP,
                now=datetime.fromisoformat("2026-01-01T10:00+08:00"),
            )  # fmt: skip
        for (level, day), week in rows.items():
            WorkingHours.objects.create(
                agency=agencies[level] if level else None, since=first + timedelta(days=day),
                week=[week] * 7 if week else [], kept_at="2026-01-01T00:00Z",
            )  # fmt: skip
        on = first + timedelta(days=asked)
        wanted = OFFICE_HOURS
        for level in ("station", "police", "root", None):
            begun = [(day, week) for (where, day), week in rows.items()
                     if where == level and day <= asked]  # fmt: skip
            week = max(begun, key=lambda each: each[0])[1] if begun else None
            if week:
                wanted = week_hours([week] * 7)[0]
                break
        calendar = queries.working_calendar(agencies["station"])
        found = calendar.hours_on(on)
        assert found is None or found == wanted
        transaction.set_rollback(True)
