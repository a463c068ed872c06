"""The independent survey: asked when, answered once by her alone, told only together with enough others."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minxin.agencies.models import AuditEntry
from minxin.conversations.models import Outgoing
from minxin.core.errors import AlreadyDone, NotFound, Refused
from minxin.tickets import actions, queries
from minxin.tickets.models import Survey, Ticket
from minxin.tickets.rules.survey import FEWEST, told
from tests.support.city import SETUP, City, build_city

DAY = timedelta(days=1)
GOOD = {"resolved": "yes", "level": "satisfied"}


@pytest.fixture
def city(db: None, now: datetime) -> City:
    made = build_city(now)
    actions.keep_policy(made.police, {"survey_after_days": 3}, actor=SETUP, now=now)
    return made


def closed(city: City, now: datetime, key: str = "k1") -> Ticket:
    ticket = actions.file(
        text="东桥路口的路灯坏了没有人修", citizen=city.xiaolin, account=city.account,
        source="portal", key=key, actor=city.xiaolin, now=now,
    )  # fmt: skip
    actions.accept(ticket, actor=city.wang, now=now)
    actions.answer(ticket, "已经修好，谢谢提醒。", link="http://x", actor=city.wang, now=now)
    actions.close(ticket, actor=city.wang, now=now)
    return ticket


def ask(now: datetime) -> int:
    return actions.ask_surveys(lambda ticket: f"http://x/{ticket.number}/survey", now=now)


def test_asked_once_as_many_days_after_closing_as_was_decided(city: City, now: datetime) -> None:
    ticket = closed(city, now)
    assert ask(now + 3 * DAY - timedelta(seconds=1)) == 0
    assert ask(now + 3 * DAY) == 1
    assert ask(now + 3 * DAY) == ask(now + 4 * DAY) == 0
    sent = Outgoing.objects.get(key=f"ticket:{ticket.pk}:survey:0")
    assert "/survey" in sent.content["text"]
    assert AuditEntry.objects.filter(verb="ticket.surveyed").count() == 1


@pytest.mark.parametrize("days", [None, 0])
def test_nobody_is_asked_where_it_is_off_and_nothing_old(
    days: int | None, city: City, now: datetime
) -> None:
    closed(city, now)
    actions.keep_policy(city.police, {"survey_after_days": days}, actor=SETUP, now=now)
    assert ask(now + 5 * DAY) == 0
    actions.keep_policy(city.police, {"survey_after_days": 3}, actor=SETUP, now=now)
    assert ask(now + 40 * DAY) == 0
    with pytest.raises(Refused, match="天数"):
        actions.keep_policy(city.police, {"survey_after_days": 31}, actor=SETUP, now=now)


def test_a_notice_by_template_falls_back_to_words(
    city: City, now: datetime, settings: pytest.FixtureRequest
) -> None:
    settings.MINXIN_SURVEY_TEMPLATE = "tpl-1"  # type: ignore[attr-defined]
    ticket = closed(city, now)
    ask(now + 3 * DAY)
    sent = Outgoing.objects.get(key=f"ticket:{ticket.pk}:survey:0")
    assert (sent.channel, sent.content["template"]) == ("subscription", "tpl-1")
    assert sent.otherwise[0]["kind"] == "text"


def test_she_answers_once_and_the_audit_does_not_say_what(city: City, now: datetime) -> None:
    ticket, later = closed(city, now), now + 3 * DAY
    with pytest.raises(Refused, match="过期"):
        actions.answer_survey(ticket, **GOOD, actor=city.xiaolin, now=later)
    ask(later)
    for wrong in ({"resolved": "", "level": "satisfied"}, {"resolved": "yes", "level": "9"}):
        with pytest.raises(Refused):
            actions.answer_survey(ticket, **wrong, actor=city.xiaolin, now=later)
    for stranger in (city.wang, city.outsider):
        with pytest.raises(NotFound):
            actions.answer_survey(ticket, **GOOD, actor=stranger, now=later)
    actions.answer_survey(ticket, **GOOD, words="修得快", actor=city.xiaolin, now=later)
    with pytest.raises(AlreadyDone):
        actions.answer_survey(ticket, **GOOD, actor=city.xiaolin, now=later)
    entry = AuditEntry.objects.get(verb="ticket.survey_answered")
    assert "satisfied" not in str((entry.before, entry.after, entry.reason))
    assert not any("修得快" in step.text for step in queries.steps(ticket, is_public_only=False))
    assert ticket.status == "closed"  # nothing of the ticket moves by it


def test_few_answers_are_told_to_nobody(city: City, now: datetime) -> None:
    later = now + 3 * DAY
    tickets = [closed(city, now, f"k{number}") for number in range(FEWEST)]
    ask(later)
    span = {"since": later - DAY, "until": later + DAY}
    for ticket in tickets[:-1]:
        actions.answer_survey(ticket, **GOOD, actor=city.xiaolin, now=later)
    few = queries.survey_answers(city.police, **span)
    assert (few.asked, few.answered, few.is_told, few.levels) == (FEWEST, FEWEST - 1, False, {})
    actions.answer_survey(tickets[-1], **GOOD, actor=city.xiaolin, now=later)
    both = queries.survey_answers_by_agency([city.root, city.water], **span)
    assert both[city.root.pk].levels == {"satisfied": FEWEST}
    assert both[city.water.pk].asked == 0
    assert Survey.objects.count() == FEWEST


words = st.tuples(st.sampled_from(["yes", "no"]), st.sampled_from(["satisfied", "dissatisfied"]))


@given(st.lists(words, max_size=12))
def test_what_is_told_is_the_count(said: list[tuple[str, str]]) -> None:
    found = told(20, said)
    assert found.answered == len(said)
    assert found.is_told is (len(said) >= FEWEST)
    if found.is_told:
        assert found.levels == dict(Counter(level for _one, level in said))
        assert sum(found.resolved.values()) == len(said)
