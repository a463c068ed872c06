"""Who may ask again: whoever is not content with the answer in force, in time, not for ever."""

from datetime import UTC, datetime, timedelta

import pytest

from minxin.core.errors import Refused
from minxin.tickets import actions, queries
from minxin.tickets.models import Ticket, TicketEvent
from minxin.tickets.rules import MOST_REOPENINGS, REOPEN_WITHIN, Bar, bar_to_reopening
from tests.support.city import City, build_city

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
SECOND = timedelta(seconds=1)
REASON = "还是不亮，请再看看。"


@pytest.fixture
def city(db: None, now: datetime) -> City:
    return build_city(now)


@pytest.mark.parametrize(
    ("state", "level", "times", "waited", "bar"),
    [
        ("answered", None, 0, SECOND, None),
        ("closed", None, 0, REOPEN_WITHIN, None),  # silence closed it: she was never asked twice
        ("answered", "dissatisfied", 0, SECOND, None),
        ("answered", "very_dissatisfied", MOST_REOPENINGS - 1, SECOND, None),
        ("closed", "fairly_satisfied", 0, SECOND, None),
        ("closed", "satisfied", 0, SECOND, Bar.CONTENT),
        ("closed", "very_satisfied", 0, SECOND, Bar.CONTENT),
        ("answered", "dissatisfied", 0, REOPEN_WITHIN + SECOND, Bar.TOO_LATE),
        ("answered", None, 0, REOPEN_WITHIN + SECOND, Bar.TOO_LATE),
        ("answered", "dissatisfied", MOST_REOPENINGS, SECOND, Bar.TOO_OFTEN),
        *((state, None, 0, SECOND, Bar.IN_HAND) for state in ("submitted", "accepted", "assigned")),
        ("reopened", "dissatisfied", 1, SECOND, Bar.IN_HAND),
    ],
)
def test_who_may_ask_again(
    state: str, level: str | None, times: int, waited: timedelta, bar: Bar | None
) -> None:
    assert bar_to_reopening(state, NOON - waited, times, level, NOON) is bar


def test_without_an_answer_there_is_nothing_to_ask_again() -> None:
    assert bar_to_reopening("closed", None, 0, None, NOON) is Bar.IN_HAND


def test_whoever_is_content_is_told_to_file_anew_and_nothing_changes(
    city: City, now: datetime
) -> None:
    ticket = answered(city, now)
    actions.rate(ticket, "satisfied", actor=city.xiaolin, now=now)
    before = list(Ticket.objects.values()), TicketEvent.objects.count()
    with pytest.raises(Refused, match="评价为满意"):
        actions.reopen(ticket, REASON, actor=city.xiaolin, now=now)
    assert (list(Ticket.objects.values()), TicketEvent.objects.count()) == before


def test_a_new_answer_is_judged_by_its_own_rating(city: City, now: datetime) -> None:
    ticket = answered(city, now)
    actions.rate(ticket, "dissatisfied", actor=city.xiaolin, now=now)
    actions.reopen(ticket, REASON, actor=city.xiaolin, now=now)
    assert "正在办理" in queries.why_not_reopened(ticket, now=now)
    actions.answer(ticket, "已更换灯头。", link="http://x", actor=city.wang, now=now)
    assert queries.can_be_rated(ticket)
    assert "重新办理过 1 次" in queries.why_not_reopened(ticket, now=now)
    actions.rate(ticket, "very_satisfied", actor=city.xiaolin, now=now)
    assert "评价为满意" in queries.why_not_reopened(ticket, now=now)


def test_after_the_last_time_she_is_sent_to_a_person(city: City, now: datetime) -> None:
    ticket = answered(city, now)
    for _ in range(MOST_REOPENINGS):
        actions.reopen(ticket, REASON, actor=city.xiaolin, now=now)
        actions.answer(ticket, "又看过一次。", link="http://x", actor=city.wang, now=now)
    with pytest.raises(Refused, match="人工"):
        actions.reopen(ticket, REASON, actor=city.xiaolin, now=now)


def answered(city: City, now: datetime) -> Ticket:
    ticket = actions.file(
        text="路灯坏了三天没有人修", citizen=city.xiaolin, account=city.account,
        source="portal", key="k1", actor=city.xiaolin, now=now,
    )  # fmt: skip
    actions.accept(ticket, actor=city.wang, now=now)
    actions.answer(ticket, "已经修好。", link="http://x", actor=city.wang, now=now)
    return ticket
