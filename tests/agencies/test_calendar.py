"""The working calendar of an installation: the statutory one, changed for everybody or a branch."""

from datetime import date, datetime

import pytest
from django.db import IntegrityError, transaction

from minxin.agencies import actions, queries
from minxin.agencies.models import AuditEntry, CalendarDay
from minxin.core.errors import NotFound, Refused
from minxin.core.working_time import add_working_days
from tests.support.city import SETUP, City

FLOOD = date(2026, 11, 25)
NOTICE_2027 = {
    "holidays": [date(2027, 1, 1), date(2027, 5, 1), date(2027, 10, 1), date(2027, 10, 4)],
    "make_up_days": [date(2027, 10, 9)],
}


def test_the_nearest_decision_wins(city: City, now: datetime) -> None:
    actions.set_calendar_day(FLOOD, is_working=False, actor=city.administrator, now=now)
    actions.set_calendar_day(FLOOD, is_working=True, agency=city.police, actor=SETUP, now=now)
    actions.set_calendar_day(FLOOD, is_working=False, agency=city.station, actor=SETUP, now=now)
    assert not queries.working_calendar().is_working(FLOOD)
    assert not queries.working_calendar(city.water).is_working(FLOOD)
    assert queries.working_calendar(city.police).is_working(FLOOD)
    assert not queries.working_calendar(city.station).is_working(FLOOD)


def test_a_promise_counts_by_the_agency_s_own_calendar(city: City, now: datetime) -> None:
    actions.set_calendar_day(FLOOD, is_working=False, agency=city.police, actor=SETUP, now=now)
    due = {
        agency.code: add_working_days(now, 1, queries.working_calendar(agency)).at.date()
        for agency in (city.police, city.station, city.water)
    }
    assert due == {
        "police": date(2026, 11, 26),
        "station": date(2026, 11, 26),
        "water": FLOOD,
    }


def test_a_day_is_changed_and_given_back(city: City, now: datetime) -> None:
    actions.set_calendar_day(FLOOD, is_working=False, note="暴雨", actor=SETUP, now=now)
    day = actions.set_calendar_day(FLOOD, is_working=True, note="误报", actor=SETUP, now=now)
    assert CalendarDay.objects.count() == 1
    assert AuditEntry.objects.latest("id").before == {
        "on": "2026-11-25",
        "is_working": False,
        "note": "暴雨",
    }
    actions.clear_calendar_day(day, actor=SETUP, now=now)
    assert not CalendarDay.objects.exists()


def test_the_database_refuses_two_rows_for_one_day(city: City) -> None:
    CalendarDay.objects.create(on=FLOOD, is_working=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarDay.objects.create(on=FLOOD, is_working=False)
    CalendarDay.objects.create(on=FLOOD, is_working=True, agency=city.police)
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarDay.objects.create(on=FLOOD, is_working=True, agency=city.police)


def test_next_year_s_notice_ends_the_provisional_dates(city: City, now: datetime) -> None:
    start = now.replace(month=12, day=31)
    assert add_working_days(start, 1, queries.working_calendar()).is_provisional
    actions.enter_holiday_notice(
        2027, **NOTICE_2027, source="国办发明电〔2026〕0号", actor=city.administrator, now=now
    )
    due = add_working_days(start, 1, queries.working_calendar(city.station))
    assert not due.is_provisional
    assert due.at.date() == date(2027, 1, 4)
    calendar = queries.working_calendar()
    assert calendar.is_working(date(2027, 10, 9))
    assert not calendar.is_working(date(2027, 10, 4))


def test_a_notice_entered_again_replaces_the_first(city: City, now: datetime) -> None:
    for _ in range(2):
        actions.enter_holiday_notice(2027, **NOTICE_2027, source="一", actor=SETUP, now=now)
    assert CalendarDay.objects.count() == 5


def test_a_notice_without_its_fixed_holidays_or_of_another_year_is_refused(
    city: City, now: datetime
) -> None:
    with pytest.raises(Refused, match="元旦"):
        actions.enter_holiday_notice(
            2027, holidays=[date(2027, 1, 1)], make_up_days=[], source="一", actor=SETUP, now=now
        )
    with pytest.raises(Refused, match="不属于"):
        actions.enter_holiday_notice(2028, **NOTICE_2027, source="一", actor=SETUP, now=now)
    assert not CalendarDay.objects.exists()


def test_who_keeps_no_settings_changes_no_day(city: City, now: datetime) -> None:
    entries = AuditEntry.objects.count()
    for person in (city.wang, city.outsider, city.auditor, city.operator):
        for agency in (None, city.police):
            with pytest.raises(NotFound):
                actions.set_calendar_day(
                    FLOOD, is_working=False, agency=agency, actor=person, now=now
                )
        with pytest.raises(NotFound):
            actions.enter_holiday_notice(2027, **NOTICE_2027, source="一", actor=person, now=now)
    assert not CalendarDay.objects.exists()
    assert AuditEntry.objects.count() == entries
