"""A ticket's life: promises kept, states guarded, outsiders refused."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minxin.agencies.actions import set_calendar_day
from minxin.agencies.models import AuditEntry
from minxin.conversations.models import Outgoing
from minxin.core.actors import System
from minxin.core.errors import NotFound, Refused
from minxin.core.ids import normal_ticket_number
from minxin.core.working_time import Span, Unit
from minxin.tickets import actions, queries, rules
from minxin.tickets.models import Rating, Ticket, TicketEvent
from minxin.tickets.rules import Verb
from minxin.tickets.rules.states import STOOD
from tests.support.city import City, build_city

SYSTEM = System("test")


@pytest.fixture
def city(db: None, now: datetime) -> City:
    return build_city(now)


def filed(city: City, now: datetime, key: str = "k1", text: str = "路灯坏了三天没有人修") -> Ticket:
    return actions.file(
        text=text, citizen=city.xiaolin, account=city.account, source="portal", key=key,
        actor=city.xiaolin, now=now,
    )  # fmt: skip


def answered(city: City, now: datetime) -> Ticket:
    ticket = filed(city, now)
    actions.accept(ticket, actor=city.wang, now=now)
    actions.answer(ticket, "已经修好，谢谢提醒。", link="http://x", actor=city.wang, now=now)
    return ticket


def test_a_key_files_once(city: City, now: datetime) -> None:
    assert filed(city, now) == filed(city, now)
    assert Ticket.objects.count() == 1


def test_the_number_can_be_read_aloud_and_checked(city: City, now: datetime) -> None:
    number = filed(city, now).number
    assert normal_ticket_number(f"我的编号是 {number.lower().replace('-', ' ')} 谢谢") == number


def test_the_promise_counts_working_days_and_never_moves(city: City, now: datetime) -> None:
    for nature, days in (("consult", 3), ("help", 5)):
        actions.keep_preset(
            code="p", name="示例", source="", region_code="", nature=nature, limit=Span(days, Unit.WORKING_DAYS),
            is_active=True, actor=SYSTEM, now=now,
        )  # fmt: skip
    ticket = filed(city, now)  # Tuesday the 24th, 求助: five working days
    assert ticket.nature == "help"
    assert ticket.due_at.astimezone(now.tzinfo).date() == date(2026, 12, 1)
    assert not ticket.is_due_provisional
    set_calendar_day(date(2026, 11, 26), is_working=False, note="停工", actor=SYSTEM, now=now)
    ticket.refresh_from_db()
    assert ticket.due_at.astimezone(now.tzinfo).date() == date(2026, 12, 1)
    later = filed(city, now, key="k2")
    assert later.due_at.astimezone(now.tzinfo).date() == date(2026, 12, 2)


def test_a_promise_into_next_year_is_provisional(city: City, now: datetime) -> None:
    late = now.replace(month=12, day=30)
    assert filed(city, late).is_due_provisional


def test_an_answer_goes_out_once_with_choices_to_rate(city: City, now: datetime) -> None:
    ticket = answered(city, now)
    outgoing = Outgoing.objects.get()
    assert outgoing.content["kind"] == "menu"
    assert ticket.number in outgoing.content["head"]
    with pytest.raises(Refused):
        actions.answer(ticket, "再答一次看看。", link="http://x", actor=city.wang, now=now)
    assert Outgoing.objects.count() == 1


def test_who_is_content_closes_and_rates_once(city: City, now: datetime) -> None:
    ticket = answered(city, now)
    actions.rate(ticket, "satisfied", actor=city.xiaolin, now=now)
    assert ticket.status == "closed"
    with pytest.raises(Refused):
        actions.rate(ticket, "dissatisfied", actor=city.xiaolin, now=now)
    assert Rating.objects.count() == 1


def test_who_is_not_content_asks_again_within_fifteen_days(city: City, now: datetime) -> None:
    ticket = answered(city, now)
    actions.rate(ticket, "dissatisfied", actor=city.xiaolin, now=now)
    with pytest.raises(Refused):
        actions.reopen(
            ticket, "还是不亮，请再看看。", actor=city.xiaolin, now=now + timedelta(days=16)
        )
    actions.reopen(ticket, "还是不亮，请再看看。", actor=city.xiaolin, now=now + timedelta(days=2))
    assert ticket.status == "reopened"
    assert ticket.due_at > now + timedelta(days=5)
    actions.answer(
        ticket, "已更换灯头。", link="http://x", actor=city.wang, now=now + timedelta(days=3)
    )
    actions.rate(ticket, "very_satisfied", actor=city.xiaolin, now=now + timedelta(days=3))
    assert Rating.objects.count() == 2


def test_an_outsider_sees_nothing_and_changes_nothing(city: City, now: datetime) -> None:
    ticket = filed(city, now)
    before = (
        Ticket.objects.values().get(),
        TicketEvent.objects.count(),
        AuditEntry.objects.count(),
    )
    assert not queries.tickets_visible_to(city.outsider).exists()
    with pytest.raises(NotFound):
        queries.ticket_for(city.outsider, ticket.number)
    acts = (
        lambda: actions.accept(ticket, actor=city.outsider, now=now),
        lambda: actions.assign(ticket, city.water, reason="", actor=city.outsider, now=now),
        lambda: actions.answer(ticket, "不归我管。", link="", actor=city.outsider, now=now),
        lambda: actions.note(ticket, "记一笔", actor=city.outsider, now=now),
        lambda: actions.classify(
            ticket, category=None, nature="help", actor=city.outsider, now=now
        ),
        lambda: actions.rate(ticket, "satisfied", actor=city.outsider, now=now),
    )
    for act in acts:
        with pytest.raises(NotFound):
            act()
    assert before == (
        Ticket.objects.values().get(),
        TicketEvent.objects.count(),
        AuditEntry.objects.count(),
    )


def test_a_ticket_handed_over_is_the_other_agencys(city: City, now: datetime) -> None:
    ticket = filed(city, now)
    due = ticket.due_at
    actions.assign(ticket, city.water, reason="水务职责", actor=city.wang, now=now)
    assert ticket.due_at == due
    assert queries.ticket_for(city.outsider, ticket.number).agency == city.water
    with pytest.raises(NotFound):
        queries.ticket_for(city.wang, ticket.number)
    public = queries.steps(ticket, is_public_only=True)
    assert all("水务职责" not in step.text for step in public)


def test_another_citizens_number_is_not_found(city: City, now: datetime) -> None:
    from minxin.citizens.actions import Meeting, meet_many
    from minxin.citizens.identity import key_of
    from minxin.citizens.models import Citizen

    ticket = filed(city, now)
    key = key_of("wx0123456789abcdef", "oOther")
    meet_many([Meeting(key, city.account.pk, "oOther", now)], now=now)
    with pytest.raises(NotFound):
        queries.by_number_for_citizen(ticket.number, Citizen.objects.get(pk=key))
    with pytest.raises(NotFound):
        queries.by_number_for_citizen("XX-0000-0000", city.xiaolin)


def test_reading_a_ticket_is_audited_once_a_day(city: City, now: datetime) -> None:
    ticket = filed(city, now)
    for hours in (0, 2, 5):
        actions.note_reading(ticket, actor=city.wang, now=now + timedelta(hours=hours))
    assert AuditEntry.objects.filter(verb="ticket.read").count() == 1
    actions.note_reading(ticket, actor=city.wang, now=now + timedelta(days=1))
    assert AuditEntry.objects.filter(verb="ticket.read").count() == 2


def test_private_data_is_masked_in_lists(city: City, now: datetime) -> None:
    ticket = filed(city, now, text="请联系我13800138000，路灯坏了")
    assert "13800138000" not in queries.in_brief(ticket)
    assert "13800138000" in ticket.text


@given(st.lists(st.sampled_from(list(Verb)), max_size=20))
def test_no_walk_leaves_the_table(verbs: list[Verb]) -> None:
    state = stood = "submitted"
    for verb in verbs:
        if verb is Verb.FILE:
            continue
        if rules.may_follow(state, verb):
            after = rules.state_after(state, verb)
            if verb is Verb.END:
                stood = state
            state = stood if after == STOOD else after
        assert state in Ticket.Status.values
    if state in {"closed", "withdrawn"}:
        assert not rules.may_follow(state, Verb.ANSWER)


@pytest.mark.parametrize(
    ("left", "is_past", "words"),
    [(3, False, "还剩 3 个工作日"), (0, False, "今天到期"), (0, True, "已超期 1 个工作日"),
     (-2, True, "已超期 2 个工作日")],
)  # fmt: skip
def test_deadlines_are_said_in_words(left: int, is_past: bool, words: str) -> None:
    assert rules.deadline_words(left, is_past) == words


@pytest.mark.parametrize(
    ("text", "nature"),
    [("投诉商家不退款", "complaint"), ("请问怎么办理居住证", "consult"), ("举报有人造假", "report"),
     ("建议增加公交班次", "suggestion"), ("水管漏水没人修", "help")],
)  # fmt: skip
def test_the_nature_is_guessed_from_the_words(text: str, nature: str) -> None:
    assert rules.guess_nature(text) == nature
