"""Call-backs: who is called when, what follows from what she says, what time alone does afterwards."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minxin.agencies.actions import add_staff
from minxin.agencies.models import AuditEntry, Staff, StaffNotice
from minxin.agencies.rules import Role
from minxin.citizens.actions import keep_contact
from minxin.citizens.rules import CONSENT_VERSION
from minxin.conversations.models import Outgoing
from minxin.core.errors import NotFound, Refused
from minxin.tickets import actions, queries
from minxin.tickets.models import CallBack, Rating, Ticket
from minxin.tickets.rules import DISSATISFIED, MOST_REOPENINGS, REOPEN_WITHIN
from minxin.tickets.rules.calling_back import (
    MOST_CALLS,
    Outcome,
    Reached,
    Resolved,
    is_over_after,
    possible_outcomes,
)
from tests.support.city import PASSWORD, SETUP, City, build_city

LINK = "http://x"
GOOD = {"resolved": "yes", "level": "satisfied", "outcome": "closed"}
BAD = {"resolved": "no", "level": "dissatisfied"}
DAY = timedelta(days=1)


@pytest.fixture
def city(db: None, now: datetime) -> City:
    made = build_city(now)
    actions.keep_policy(made.police, {"calls_back": True}, actor=SETUP, now=now)
    keep_contact(
        made.xiaolin, real_name="林小", phone="13800138000", consent_version=CONSENT_VERSION,
        actor=made.xiaolin, now=now,
    )  # fmt: skip
    return made


@pytest.fixture
def caller(city: City, now: datetime) -> Staff:
    """A colleague who answered nothing."""
    return add_staff(
        username="xiaqing", name="夏晴", agency=city.root, role=Role.AGENT, password=PASSWORD,
        must_change_password=False, actor=SETUP, now=now,
    )  # fmt: skip


def answered(city: City, now: datetime, key: str = "k1") -> Ticket:
    ticket = actions.file(
        text="东桥路口的路灯坏了三天没有人修", citizen=city.xiaolin, account=city.account,
        source="portal", key=key, actor=city.xiaolin, now=now,
    )  # fmt: skip
    actions.accept(ticket, actor=city.wang, now=now)
    actions.answer(ticket, "已经修好，谢谢提醒。", link=LINK, actor=city.wang, now=now)
    return ticket


def test_she_is_to_be_called_by_the_next_working_day(
    city: City, caller: Staff, now: datetime
) -> None:
    ticket = answered(city, now)
    row = CallBack.objects.get()
    closing = (now + DAY).replace(hour=18, minute=0)  # of the office, on Wednesday
    assert (row.status, row.round, row.due_at) == ("waiting", 0, closing)
    assert queries.call_backs_due(caller, now=now).count() == 0
    assert queries.call_backs_due(caller, now=now + DAY).get().ticket == ticket
    assert not queries.call_backs_waiting(city.outsider).exists()


def test_who_left_no_number_or_is_anonymous_is_not_called(city: City, now: datetime) -> None:
    ticket = actions.file(
        text="东桥路口的路灯坏了三天没有人修", citizen=city.xiaolin, account=city.account,
        source="portal", key="k1", actor=city.xiaolin, now=now,
    )  # fmt: skip
    actions.accept(ticket, actor=city.wang, now=now)
    Ticket.objects.update(is_anonymous=True)
    fresh = Ticket.objects.get()
    actions.answer(fresh, "已经修好，谢谢提醒。", link=LINK, actor=city.wang, now=now)
    type(city.xiaolin).objects.filter(pk=city.xiaolin.pk).update(phone=None)
    city.xiaolin.refresh_from_db()
    answered(city, now, "k2")
    assert not CallBack.objects.exists()


def test_solved_and_content_closes(city: City, caller: Staff, now: datetime) -> None:
    ticket = answered(city, now)
    actions.keep_call_back(ticket, **GOOD, words="修得快", actor=caller, now=now + DAY)
    assert (ticket.status, ticket.closed_at) == ("closed", now + DAY)
    assert [each.verb for each in queries.steps(ticket, is_public_only=True)][:2] == [
        "closed",
        "answered",
    ]
    with pytest.raises(Refused, match="结果"):
        actions.keep_call_back(ticket, **GOOD, actor=caller, now=now + DAY)


def test_redo_starts_anew_with_a_reason_and_takes_nothing_from_her(
    city: City, caller: Staff, now: datetime
) -> None:
    ticket = answered(city, now)
    promised, later = ticket.promised_at, now + DAY
    with pytest.raises(Refused) as refusal:
        actions.keep_call_back(ticket, **BAD, outcome="redo", actor=caller, now=later)
    assert refusal.value.field == "reason"
    actions.keep_call_back(
        ticket, **BAD, outcome="redo", reason="只换了一盏，另外两盏没有换", link=LINK, actor=caller,
        now=later,
    )  # fmt: skip
    assert (ticket.status, ticket.answered_at, ticket.promised_at) == ("assigned", None, promised)
    assert ticket.due_at > later
    assert [str(each.kind) for each in queries.ledger_rows(ticket)] == ["start", "end", "start"]
    public = queries.steps(ticket, is_public_only=True)
    assert (public[0].verb, public[0].text) == ("redone", "")
    assert Outgoing.objects.filter(key=f"ticket:{ticket.pk}:redo:1").count() == 1
    assert StaffNotice.objects.filter(staff=city.wang, text__contains="重办").exists()
    entry = AuditEntry.objects.get(verb="ticket.redone")
    assert entry.reason == "只换了一盏，另外两盏没有换"
    actions.answer(ticket, "另外两盏也换好了。", link=LINK, actor=city.wang, now=later)
    assert CallBack.objects.filter(status="waiting", round=1).count() == 1
    for _ in range(MOST_REOPENINGS):  # her own times are still hers
        actions.reopen(ticket, "还是不亮，请再看看。", actor=city.xiaolin, now=later)
        actions.answer(ticket, "又看过一次。", link=LINK, actor=city.wang, now=later)
    with pytest.raises(Refused, match="人工"):
        actions.reopen(ticket, "还是不亮，请再看看。", actor=city.xiaolin, now=later)


def test_redo_may_go_to_another_agency(city: City, caller: Staff, now: datetime) -> None:
    ticket = answered(city, now)
    actions.keep_call_back(
        ticket, **BAD, outcome="redo", reason="应由派出所去现场", agency=city.station, link=LINK,
        actor=caller, now=now + DAY,
    )  # fmt: skip
    assert ticket.agency == city.station
    assert ticket.ledger.order_by("id").last().kind == "transfer"  # type: ignore[union-attr]


def test_discontent_that_is_nobodys_fault_is_recorded(
    city: City, caller: Staff, now: datetime
) -> None:
    ticket = answered(city, now)
    actions.keep_call_back(
        ticket, **BAD, outcome="recorded", reason="要求的赔偿没有法律依据", actor=caller, now=now
    )
    assert ticket.status == "closed"
    assert CallBack.objects.get().reason == "要求的赔偿没有法律依据"


def test_she_is_called_three_times_at_most(city: City, caller: Staff, now: datetime) -> None:
    ticket = answered(city, now)
    for number in range(MOST_CALLS):
        row = actions.note_call(
            ticket, reached="no_answer", actor=caller, now=now + (number + 1) * DAY
        )
    assert (row.status, row.calls) == ("missed", MOST_CALLS)
    assert ticket.status == "answered"  # silence closes it


def test_who_wrote_the_answer_does_not_ask_how_it_was(
    city: City, caller: Staff, now: datetime
) -> None:
    ticket = answered(city, now)
    with pytest.raises(Refused, match="其他人"):
        actions.keep_call_back(ticket, **GOOD, actor=city.wang, now=now)
    with pytest.raises(Refused, match="其他人"):
        actions.redo(ticket, reason="再看一次现场", link=LINK, actor=city.wang, now=now)
    for stranger in (city.outsider, city.zhao, city.administrator):
        with pytest.raises(NotFound):
            actions.keep_call_back(ticket, **GOOD, actor=stranger, now=now)
    assert CallBack.objects.get().status == "waiting"


def test_her_own_word_comes_first(city: City, caller: Staff, now: datetime) -> None:
    content, angry = answered(city, now), answered(city, now, "k2")
    actions.rate(content, "satisfied", actor=city.xiaolin, now=now)
    actions.rate(angry, "dissatisfied", actor=city.xiaolin, now=now)
    assert queries.call_backs_waiting(caller).get().ticket == angry
    actions.reopen(angry, "还是不亮，请再看看。", actor=city.xiaolin, now=now)
    assert not queries.call_backs_waiting(caller).exists()


@given(st.sampled_from([each.value for each in Resolved]), st.sampled_from(Rating.Level.values))
def test_what_may_follow(resolved: str, level: str) -> None:
    possible = possible_outcomes(resolved, level)
    failed = resolved == "no" or level in DISSATISFIED
    assert possible
    assert (Outcome.CLOSED in possible) is not failed
    assert (Outcome.REDO in possible) is (failed or resolved == "partly")


@given(st.sampled_from([each.value for each in Reached]), st.integers(1, 9))
def test_nobody_is_called_for_ever(reached: str, calls: int) -> None:
    assert is_over_after(reached, calls) is (
        calls >= MOST_CALLS or reached in {"wrong_number", "declined"}
    )


def test_the_words_of_rules_and_tables_are_the_same() -> None:
    assert {each.value for each in Reached} == set(CallBack.Reached.values)
    assert {each.value for each in Resolved} == set(CallBack.Resolved.values)
    assert {each.value for each in Outcome} == set(CallBack.Outcome.values)


# Time alone -----------------------------------------------------------------------------------


def test_silence_closes_after_as_many_days_as_the_agency_waits(city: City, now: datetime) -> None:
    ticket = answered(city, now)
    actions.keep_policy(city.police, {"closes_after_days": 3}, actor=SETUP, now=now)
    assert actions.close_silently_accepted(now=now + 3 * DAY) == 0
    Ticket.objects.update(agency=city.water)  # where nobody decided: seven
    assert actions.close_silently_accepted(now=now + 4 * DAY) == 0
    Ticket.objects.update(agency=city.station)  # below the police
    assert actions.close_silently_accepted(now=now + 4 * DAY) == 1
    ticket.refresh_from_db()
    assert ticket.status == "closed"
    with pytest.raises(Refused, match="天数"):
        actions.keep_policy(city.police, {"closes_after_days": 0}, actor=SETUP, now=now)


def test_what_is_closed_is_archived_once_it_can_be_asked_again_no_more(
    city: City, now: datetime
) -> None:
    ticket = answered(city, now)
    actions.close(ticket, actor=city.wang, now=now)
    assert actions.archive_closed(now=now + REOPEN_WITHIN) == 0
    late = now + REOPEN_WITHIN + timedelta(seconds=1)
    assert actions.archive_closed(now=late) == 1
    assert actions.archive_closed(now=late) == 0
    ticket.refresh_from_db()
    assert (ticket.status, ticket.archived_at) == ("archived", late)
    assert queries.shown_status_label(ticket) == "已办结"
    assert CallBack.objects.get().status == "lapsed"
    before = list(Ticket.objects.values())
    with pytest.raises(Refused, match="归档"):
        actions.classify(ticket, category=None, nature="help", actor=SETUP, now=late)
    with pytest.raises(Refused, match="归档"):
        actions.rate(ticket, "satisfied", actor=city.xiaolin, now=late)
    assert not queries.can_be_reopened(ticket, now=late)
    assert list(Ticket.objects.values()) == before
    assert AuditEntry.objects.filter(verb="ticket.archived").count() == 1
