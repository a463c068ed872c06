"""The independent survey: asked when, answered once by her alone, told only together with enough others."""

import itertools
from datetime import date, datetime, timedelta

import pytest
from django.conf import LazySettings
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from minxin.agencies.models import AuditEntry
from minxin.conversations.models import Outgoing
from minxin.core.errors import AlreadyDone, NotFound, Refused
from minxin.tickets import actions, queries
from minxin.tickets.actions.notices import use_notice
from minxin.tickets.models import CallBack, NoticeGrant, Survey, Ticket
from minxin.tickets.rules.figures import LEVELS
from minxin.tickets.rules.notices import GRANT_FOR, template_for
from minxin.tickets.rules.survey import (
    FEWEST,
    Heard,
    quarter_of,
    quarters_until,
    sum_of_told,
    to_tell,
)
from tests.support.city import SETUP, City, build_city

DAY = timedelta(days=1)
WORTHS = dict(zip(LEVELS, (1.0, 1.0, 0.5, 0.0, 0.0), strict=True))
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


def notices(city: City, settings: LazySettings) -> None:
    settings.MINXIN_SURVEY_TEMPLATE = f"other=tpl-2, {city.account.app_id}=tpl-1"


def test_who_agreed_gets_one_notice_that_falls_back_to_words(
    city: City, now: datetime, settings: LazySettings
) -> None:
    notices(city, settings)
    ticket = closed(city, now)
    for _ in range(2):
        actions.agree_to_notice(ticket, actor=city.xiaolin, now=now)
    assert NoticeGrant.objects.get().agreed_at == now
    assert AuditEntry.objects.filter(verb="ticket.notice_agreed").count() == 1
    ask(now + 3 * DAY)
    sent = Outgoing.objects.get(key=f"ticket:{ticket.pk}:survey:0")
    assert (sent.channel, sent.content["template"]) == ("subscription", "tpl-1")
    assert sent.otherwise[0]["kind"] == "text"
    assert NoticeGrant.objects.get().used_at == now + 3 * DAY
    assert use_notice(ticket, now=now + 3 * DAY) == ""  # once
    with pytest.raises(Refused):  # the survey is on its way
        actions.agree_to_notice(ticket, actor=city.xiaolin, now=now + 4 * DAY)


@pytest.mark.parametrize("why", ["never", "taken back", "too old", "discreet"])
def test_without_a_word_that_holds_it_is_said_in_the_conversation(
    why: str, city: City, now: datetime, settings: LazySettings
) -> None:
    notices(city, settings)
    ticket = closed(city, now)
    if why != "never":
        actions.agree_to_notice(ticket, actor=city.xiaolin, now=now)
    if why == "taken back":
        for _ in range(2):
            actions.take_notice_back(ticket, actor=city.xiaolin, now=now)
        assert AuditEntry.objects.filter(verb="ticket.notice_taken_back").count() == 1
    if why == "too old":
        NoticeGrant.objects.update(agreed_at=now - GRANT_FOR)
    if why == "discreet":
        Ticket.objects.update(is_confidential=True)
    assert ask(now + 3 * DAY) == 1
    sent = Outgoing.objects.latest("pk")
    assert sent.channel == "custom"
    assert NoticeGrant.objects.filter(used_at__isnull=False).count() == 0


def test_only_she_agrees_and_only_where_there_is_something_to_agree_to(
    city: City, now: datetime, settings: LazySettings
) -> None:
    ticket = closed(city, now)
    assert queries.notice_offer(ticket, now=now) is None  # no template
    notices(city, settings)
    for stranger in (city.wang, city.outsider):
        with pytest.raises(NotFound):
            actions.agree_to_notice(ticket, actor=stranger, now=now)
        with pytest.raises(NotFound):
            actions.take_notice_back(ticket, actor=stranger, now=now)
    offer = queries.notice_offer(ticket, now=now)
    assert offer is not None
    assert (offer.days, offer.template, offer.is_agreed) == (3, "tpl-1", False)
    assert queries.notice_offer(ticket, now=now + 60 * DAY) is None
    actions.keep_policy(city.police, {"survey_after_days": 0}, actor=SETUP, now=now)
    with pytest.raises(Refused):
        actions.agree_to_notice(ticket, actor=city.xiaolin, now=now)
    assert not NoticeGrant.objects.exists()


@given(st.text("wx=,1 ", max_size=30), st.sampled_from(["wx1", "", "x"]))
def test_an_account_uses_its_own_template_or_the_common_one(setting: str, app_id: str) -> None:
    found = template_for(setting, app_id)
    assert found == "" or found in setting
    assert "," not in found
    assert template_for(f"{setting},wx9=t", "wx9") in {"t", template_for(setting, "wx9")}
    assert template_for("t", app_id) == "t"


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


def test_what_is_heard_stands_by_agency_and_quarter(city: City, now: datetime) -> None:
    later = now + 3 * DAY
    quarter = quarter_of(timezone.localdate(later))
    tickets = [closed(city, now, f"k{number}") for number in range(FEWEST)]
    ask(later)
    for ticket in tickets[:-1]:
        actions.answer_survey(ticket, **GOOD, actor=city.xiaolin, now=later)
    CallBack.objects.create(
        ticket=tickets[0], round=0, due_at=now, status=CallBack.Status.DONE, resolved="no"
    )
    path = city.police.path
    heard = queries.heard_in(city.wang, quarter)
    assert heard == {path: Heard(FEWEST, {("yes", "satisfied"): FEWEST - 1}, {("yes", "no"): 1})}
    assert not to_tell(heard[path], WORTHS).is_told
    actions.answer_survey(tickets[-1], **GOOD, actor=city.xiaolin, now=later)
    told = to_tell(queries.heard_in(city.wang, quarter)[path], WORTHS)
    assert (told.solved, told.clear, told.worth, told.rated) == (FEWEST, FEWEST, FEWEST, FEWEST)
    assert (told.same, told.both) == (0, 0)  # one pair alone would be one person
    assert queries.heard_in(city.wang, quarter.previous) == {}
    assert queries.heard_in(city.outsider, quarter) == {}  # of another agency
    assert Survey.objects.count() == FEWEST


resolved = st.sampled_from(["yes", "partly", "no", "unsure"])
said = st.dictionaries(st.tuples(resolved, st.sampled_from(LEVELS)), st.integers(1, 6), max_size=8)
beside = st.dictionaries(st.tuples(resolved, resolved), st.integers(1, 6), max_size=5)
groups = st.lists(st.builds(Heard, st.integers(60, 90), said, beside), max_size=5)


@given(groups)
def test_a_group_too_small_is_in_no_sum(groups: list[Heard]) -> None:
    told = [to_tell(each, WORTHS) for each in groups]
    whole = sum_of_told(told)
    large = [each for each in groups if sum(each.said.values()) >= FEWEST]
    assert whole.asked == sum(each.asked for each in groups)
    assert whole.answered == sum(sum(each.said.values()) for each in groups)
    by_hand = [
        (one, level)
        for each in large
        for (one, level), many in each.said.items()
        for _ in range(many)
    ]
    assert whole.rated == len(by_hand)
    assert whole.worth == sum(WORTHS[level] for _one, level in by_hand)
    assert whole.solved == sum(one == "yes" for one, _level in by_hand)
    assert whole.clear == sum(one != "unsure" for one, _level in by_hand)
    for each, heard in zip(told, groups, strict=True):
        both = sum(heard.beside.values())
        assert each.both == (both if each.answered >= FEWEST and both >= FEWEST else 0)
        assert each.same <= each.both


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)))
def test_quarters_follow_each_other_and_share_no_day(day: date) -> None:
    found = quarters_until(day, 6)
    assert found[0].first <= day < found[0].following.first
    for newer, older in itertools.pairwise(found):
        assert older.following == newer
        assert newer.previous == older
        assert older.following.first == newer.first
    assert not found[0].is_over(day)
    assert found[-1].is_over(day)
