"""Out of hours: when somebody is there again, told once a night, where the account does so."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minxin.agencies.models import AuditEntry
from minxin.conversations import actions, queries
from minxin.conversations.actions import record_batch
from minxin.conversations.rules.hours import hours_said, opening_said, opens_again
from minxin.core.errors import NotFound
from minxin.core.working_time import OFFICE_HOURS, OFFICE_ZONE, WorkingCalendar
from minxin.gateway import wording
from tests.conversations.conftest import said
from tests.support.city import City

FIRST, LAST = datetime.fromisoformat("2026-01-01"), datetime.fromisoformat("2026-12-01")
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 1))


@given(
    st.datetimes(FIRST, LAST),
    st.frozensets(DAYS, max_size=30),
    st.frozensets(DAYS, max_size=10),
    st.frozensets(DAYS, max_size=10),
)
def test_the_next_opening_is_that_of_a_walk_by_minutes(
    moment: datetime, free: frozenset[date], worked: frozenset[date], halves: frozenset[date]
) -> None:
    calendar = WorkingCalendar(
        holidays=free, make_up_days=worked, known_years=frozenset({2026}), half_days=halves
    )
    now = moment.replace(second=0, microsecond=0, tzinfo=OFFICE_ZONE)

    def is_open(at: datetime) -> bool:
        hours = calendar.hours_on(at.date())
        return hours is not None and any(
            shift.opens <= at.time() < shift.closes for shift in hours.shifts
        )

    found = opens_again(now, calendar)
    if found is None:
        assert is_open(now)
        return
    assert is_open(found)
    at = now
    while at < found:
        assert not is_open(at)
        at += timedelta(minutes=15) if at.minute % 15 == 0 else timedelta(minutes=1)


def test_a_calendar_without_working_days_never_opens() -> None:
    days = frozenset(date(2026, 1, 1) + timedelta(days=n) for n in range(100))
    calendar = WorkingCalendar(holidays=days, known_years=frozenset({2026}))
    now = datetime(2026, 1, 2, 10, tzinfo=OFFICE_ZONE)
    assert opens_again(now, calendar) is None


def test_how_it_is_said() -> None:
    assert hours_said(OFFICE_HOURS) == "9:00—12:00、14:00—18:00"
    today = date(2026, 11, 27)  # a Friday

    def words(day: date) -> str:
        return opening_said(datetime.combine(day, time(9), OFFICE_ZONE), today)

    assert words(today) == "今天9:00"
    assert words(today + timedelta(days=1)) == "明天9:00"
    assert words(today + timedelta(days=3)) == "11月30日（周一）9:00"


EVENING = datetime(2026, 11, 26, 20, 0, tzinfo=OFFICE_ZONE)


@pytest.mark.django_db
def test_told_once_a_night_and_anew_the_next(city: City, now: datetime) -> None:
    record_batch([said(city, "在吗", 1, now)], now=now)

    def told(at: datetime) -> bool:
        key = city.xiaolin.pk
        return actions.tell_out_of_hours(key, account_id=city.account.pk, now=at)[1]

    assert told(EVENING)
    assert not told(EVENING + timedelta(hours=3))
    assert not told(EVENING.replace(day=27, hour=10))
    assert told(EVENING.replace(day=27))
    office, _ = actions.tell_out_of_hours(
        city.xiaolin.pk, account_id=city.account.pk, now=EVENING.replace(day=28)
    )
    words = wording.away_words(office, date(2026, 11, 28))
    assert "工作人员11月30日（周一）9:00上班后在这里答复您" in words
    open_now = queries.office_of(city.account, now=EVENING.replace(hour=10))
    assert "今天的工作时间：9:00—12:00、14:00—18:00。" in wording.person_words(open_now)


@pytest.mark.django_db
def test_an_account_that_does_not_tell(city: City, now: datetime) -> None:
    record_batch([said(city, "在吗", 1, now)], now=now)
    for who in (city.wang, city.outsider):
        with pytest.raises(NotFound):
            actions.set_out_of_hours(city.account, is_told=False, actor=who, now=now)
    actions.set_out_of_hours(city.account, is_told=False, actor=city.operator, now=now)
    actions.set_out_of_hours(city.account, is_told=False, actor=city.operator, now=now)
    assert AuditEntry.objects.filter(verb="account.out_of_hours_set").count() == 1
    told = actions.tell_out_of_hours(city.xiaolin.pk, account_id=city.account.pk, now=EVENING)
    assert told[1] is False
