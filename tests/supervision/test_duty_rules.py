"""Clocks of duties as values: hours, working days on a calendar with holidays, titles that are alike."""

from datetime import date, datetime, timedelta

import pytest

from minxin.core.working_time import OFFICE_ZONE, WorkingCalendar
from minxin.supervision.packs import library
from minxin.supervision.rules.duties import (
    Clock,
    Duties,
    Matter,
    Opinion,
    Question,
    Rate,
    Relay,
    Request,
    Standing,
    rate_of,
)
from minxin.supervision.rules.packs import Limit, Unit
from minxin.supervision.rules.relaying import Published, alike, bare_link, first_relay, likeness

AT = datetime(2026, 11, 24, 10, 0, tzinfo=OFFICE_ZONE)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# The National Day week of 2026 as a calendar of its own: 1 to 7 October free, 10 October worked.
OCTOBER = WorkingCalendar(
    holidays=frozenset(date(2026, 10, day) for day in range(1, 8)),
    make_up_days=frozenset({date(2026, 10, 10)}),
    known_years=frozenset({2026}),
)


def days(amount: int, matter: Matter) -> Limit:
    return Limit(amount, Unit.WORKING_DAYS, matter)


def due(request: Request, limit: Limit, calendar: WorkingCalendar = OCTOBER) -> date:
    clock = request.clock(limit, calendar, AT)
    assert clock is not None
    return clock.due_at.astimezone(OFFICE_ZONE).date()


def test_a_clock_met_at_its_very_moment_is_met_in_time() -> None:
    assert Clock(AT).standing(AT) is Standing.RUNNING
    assert Clock(AT).standing(AT + timedelta(microseconds=1)) is Standing.LATE
    assert Clock(AT, AT).standing(AT + 9 * DAY) is Standing.IN_TIME
    assert Clock(AT, AT + timedelta(microseconds=1)).standing(AT + 9 * DAY) is Standing.TOO_LATE


@pytest.mark.parametrize(
    ("is_grave", "matter", "runs"),
    [
        (True, Matter.FIRST_WORD, True),
        (True, Matter.PRESS, True),
        (True, Matter.RESPONSE, False),
        (False, Matter.FIRST_WORD, False),
        (False, Matter.PRESS, False),
        (False, Matter.RESPONSE, True),
    ],
)
def test_which_clock_runs_for_which_event(is_grave: bool, matter: Matter, runs: bool) -> None:
    event = Opinion("o", "水管爆裂", is_grave, AT, press_at=AT + HOUR)
    clock = event.clock(Limit(5, Unit.HOURS, matter))
    assert (clock is not None) == runs
    if clock is not None:
        assert clock.due_at == AT + 5 * HOUR
        assert clock.done_at == (AT + HOUR if matter is Matter.PRESS else None)


def test_working_days_leave_holidays_out_and_count_make_up_days() -> None:
    request = Request("d", "2026-1", date(2026, 9, 28))
    # 29, 30 September, 8, 9 and the worked Saturday 10 October.
    assert due(request, days(5, Matter.REPLY)) == date(2026, 10, 10)
    assert due(request, days(5, Matter.REPLY), WorkingCalendar()) == date(2026, 10, 5)
    clock = request.clock(days(5, Matter.REPLY), OCTOBER, AT)
    assert clock is not None
    assert not clock.is_provisional
    next_year = Request("d", "2026-2", date(2026, 12, 28)).clock(
        days(20, Matter.REPLY), OCTOBER, AT
    )
    assert next_year is not None
    assert next_year.is_provisional


def test_the_last_day_lasts_until_its_end() -> None:
    request = Request("d", "2026-1", date(2026, 11, 2), replied_on=date(2026, 11, 30))
    clock = request.clock(days(20, Matter.REPLY), OCTOBER, AT)
    assert clock is not None
    assert clock.due_at.astimezone(OFFICE_ZONE).date() == date(2026, 11, 30)
    assert clock.standing(AT + 30 * DAY) is Standing.IN_TIME


def test_an_extension_counts_when_it_was_approved_in_time() -> None:
    early = Request(
        "d", "1", date(2026, 11, 2), extended_on=date(2026, 11, 30),
        extended_until=date(2026, 12, 10),
    )  # fmt: skip
    assert early.clock(days(20, Matter.REPLY), OCTOBER, AT) is None
    assert due(early, days(40, Matter.EXTENDED)) == date(2026, 12, 10)  # what was told is earlier
    late = Request("d", "1", date(2026, 11, 2), extended_on=date(2026, 12, 1))
    assert due(late, days(20, Matter.REPLY)) == date(2026, 11, 30)
    assert due(late, days(40, Matter.EXTENDED)) == date(2026, 12, 28)
    assert (
        Request("d", "1", date(2026, 11, 2)).clock(days(40, Matter.EXTENDED), OCTOBER, AT) is None
    )


def test_a_third_party_s_time_is_left_out_only_where_a_person_confirmed_it() -> None:
    given = {"third_asked_on": date(2026, 11, 4), "third_answered_on": date(2026, 11, 11)}
    counted = Request("d", "1", date(2026, 11, 2), **given)
    assert due(counted, days(20, Matter.REPLY)) == date(2026, 11, 30)
    left_out = Request("d", "1", date(2026, 11, 2), **given, leaves_out_third_party=True)
    assert due(left_out, days(20, Matter.REPLY)) == date(2026, 12, 7)  # five working days more
    waiting = Request(
        "d", "1", date(2026, 11, 2), third_asked_on=date(2026, 11, 4), leaves_out_third_party=True
    )
    assert due(waiting, days(20, Matter.REPLY)) == date(2026, 12, 18)  # 14 so far, at `AT`
    assert due(counted, days(15, Matter.THIRD_PARTY)) == date(2026, 11, 25)


def test_a_rate_counts_what_is_due_and_what_was_done_early() -> None:
    relays = (
        Relay("a", "甲", AT - DAY, AT - 2 * DAY),
        Relay("b", "乙", AT - DAY, AT),
        Relay("c", "丙", AT - DAY),
        Relay("d", "丁", AT + DAY),
        Relay("e", "戊", AT + DAY, AT - HOUR),
    )
    rate = rate_of(relays, AT)
    assert rate == Rate(2, 4)
    assert rate.percent == 50.0
    assert rate_of((relays[3],), AT).percent is None


def test_what_is_owed_has_names_of_its_own() -> None:
    duties = Duties(
        AT, relays=(Relay("a", "", AT),), questions=(Question("q", "", AT),),
        opinions=(Opinion("o", "", False, AT),), requests=(Request("d", "", AT.date()),),
    )  # fmt: skip
    assert duties.keys() == {"a", "q", "o", "d"}


# Alike -----------------------------------------------------------------------------------------

TITLE = "国务院办公厅关于2026年部分节假日安排的通知"


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        (TITLE, True),
        (f"【转发】{TITLE}", True),
        ("转载：国务院办公厅关于２０２６年部分节假日安排的通知！", True),
        ("国务院办公厅关于2025年部分节假日安排的通知", False),
        ("云溪市2026年节假日安排", False),
        ("通知", False),
    ],
)
def test_the_same_title_however_it_is_marked(other: str, is_same: bool) -> None:
    assert (likeness(TITLE, other) == 1.0) == is_same


def test_the_year_before_is_alike_and_left_to_a_person() -> None:
    items = [
        Published(1, "国务院办公厅关于2025年部分节假日安排的通知", "", AT),
        Published(2, "食堂明日菜单公布", "", AT),
    ]
    assert first_relay(TITLE, "", items) is None
    assert [(each.number, how > 80) for each, how in alike(TITLE, items)] == [(1, True)]


def test_the_same_link_is_a_relay_and_the_earliest_counts() -> None:
    link = "https://www.gov.example/zhengce/2026/content_1.htm"
    items = [
        Published(1, "看这里", "http://www.gov.example/zhengce/2026/content_1.htm/#a", AT),
        Published(2, "放假啦", "https://mp.example/s/2", AT - DAY, names_link=True),
        Published(3, "别的", "https://mp.example/s/3", AT - 2 * DAY),
    ]
    found = first_relay(TITLE, link, items)
    assert found is not None
    assert found.number == 2
    assert first_relay(TITLE, "", items) is None
    assert first_relay(TITLE, "https://www.gov.example", items) is None  # a whole site is no item
    assert bare_link("不是网址") == ""


# What is shipped -------------------------------------------------------------------------------


def test_the_correction_of_a_request_holds_nowhere_until_somebody_has_read_its_source() -> None:
    pack = library().named("unread-disclosure-correction")
    assert pack is not None
    assert not pack.is_confirmed
    assert not pack.holds_on(AT.date())
    assert "7" not in pack.title + pack.article + pack.note  # the days are nowhere told as a fact


def test_the_hours_and_days_that_are_shipped_with_their_documents() -> None:
    found = {
        (each.limit.matter, each.limit.amount): each.document
        for each in library().packs
        if each.limit is not None and each.indicator in {"opinion.first", "disclosure.due"}
    }
    assert {key for key in found if key[0] != Matter.CORRECTION} == {
        ("first_word", 5), ("press", 24), ("response", 48), ("reply", 20), ("extended", 40),
        ("third_party", 15),
    }  # fmt: skip
    assert "〔2016〕80号" in found["first_word", 5]
    assert "〔2016〕61号" in found["response", 48]
    assert "711号" in found["reply", 20]
