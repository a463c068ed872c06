"""Every act in every state: it moves as the table says, or is refused in Chinese and changes nothing."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from minxin.agencies.actions import add_staff
from minxin.agencies.models import AuditEntry, Staff
from minxin.agencies.rules import Role
from minxin.conversations.models import Outgoing
from minxin.core.errors import NotFound, Refused
from minxin.tickets import actions, queries, rules
from minxin.tickets.models import (
    Application,
    CallBack,
    LedgerEntry,
    OwnershipDecision,
    Redirect,
    ReplyDraft,
    Ticket,
    TicketEvent,
)
from minxin.tickets.rules import TRANSITIONS, Verb
from minxin.tickets.rules.co_handling import CoVerb
from minxin.tickets.rules.states import STOOD
from tests.support.city import PASSWORD, SETUP, City, build_city

WORDS = {"reason": "不属于本单位职责", "legal_basis": "三定规定第二条"}
LINK = "http://x"
Act = Callable[[City, Ticket, datetime], object]


@pytest.fixture
def city(db: None, now: datetime) -> City:
    return build_city(now)


def filed(city: City, now: datetime, key: str = "k1") -> Ticket:
    return actions.file(
        text="路灯坏了三天没有人修", citizen=city.xiaolin, account=city.account, source="portal",
        key=key, actor=city.xiaolin, now=now,
    )  # fmt: skip


ACTS: dict[Verb, Act] = {
    Verb.ACCEPT: lambda city, ticket, now: actions.accept(ticket, actor=city.wang, now=now),
    Verb.ASSIGN: lambda city, ticket, now: actions.assign(
        ticket, city.station, reason="", actor=dispatcher(city), now=now
    ),
    Verb.SIGN: lambda city, ticket, now: actions.sign(ticket, actor=city.wang, now=now),
    Verb.ASK_RETURN: lambda city, ticket, now: actions.ask_return(
        ticket, proper_agency=city.water, **WORDS, actor=city.wang, now=now
    ),
    Verb.GRANT_RETURN: lambda city, ticket, now: actions.grant_return(
        ticket, agency=city.station, decision="理由成立，改派", actor=dispatcher(city), now=now
    ),
    Verb.REFUSE_RETURN: lambda city, ticket, now: actions.refuse_return(
        ticket, decision="属于你单位职责", actor=dispatcher(city), now=now
    ),
    Verb.DISPUTE: lambda city, ticket, now: actions.dispute(
        ticket, proper_agency=city.water, **WORDS, actor=city.wang, now=now
    ),
    Verb.ARBITRATE: lambda city, ticket, now: actions.arbitrate(
        ticket, agency=city.station, decision="按属地由派出所办理", actor=arbiter(city), now=now
    ),
    Verb.ASK_EXTENSION: lambda city, ticket, now: actions.ask_extension(
        ticket, working_days=3, **WORDS, actor=city.wang, now=now
    ),
    Verb.GRANT_EXTENSION: lambda city, ticket, now: actions.grant_extension(
        ticket, decision="情况属实，同意", link=LINK, actor=dispatcher(city), now=now
    ),
    Verb.REFUSE_EXTENSION: lambda city, ticket, now: actions.refuse_extension(
        ticket, decision="理由不充分", actor=dispatcher(city), now=now
    ),
    Verb.STOP: lambda city, ticket, now: actions.stop_clock(
        ticket,
        stop_reason="citizen",
        reason="请市民补充照片",
        legal_basis="",
        actor=city.wang,
        now=now,
    ),
    Verb.RESUME: lambda city, ticket, now: actions.resume_clock(
        ticket, reason="", actor=city.wang, now=now
    ),
    Verb.ANSWER: lambda city, ticket, now: actions.answer(
        ticket, "已经修好，谢谢提醒。", link=LINK, actor=city.wang, now=now
    ),
    Verb.SUBMIT_REPLY: lambda city, ticket, now: actions.submit_reply(
        ticket, f"已经修好，第{ticket.reply_drafts.count() + 1}稿。", actor=city.wang, now=now
    ),
    Verb.TAKE_BACK: lambda city, ticket, now: actions.take_back_reply(
        ticket, actor=city.wang, now=now
    ),
    Verb.SEND_BACK: lambda city, ticket, now: actions.send_back(
        ticket, sha256=waiting(ticket), reason="没有写明时间", actor=city.zhao, now=now
    ),
    Verb.APPROVE_REPLY: lambda city, ticket, now: actions.pass_reply(
        ticket, sha256=waiting(ticket), link=LINK, actor=city.zhao, now=now
    ),
    Verb.CLOSE: lambda city, ticket, now: actions.close(ticket, actor=city.wang, now=now),
    Verb.CALL_BACK: lambda city, ticket, now: actions.note_call(
        ticket, reached="no_answer", actor=dispatcher(city), now=now
    ),
    Verb.REDO: lambda city, ticket, now: actions.redo(
        ticket, reason="回访时仍不亮", link=LINK, actor=dispatcher(city), now=now
    ),
    Verb.ARCHIVE: lambda city, ticket, now: actions.archive(
        ticket, actor=SETUP, now=now + timedelta(days=16)
    ),
    Verb.REOPEN: lambda city, ticket, now: actions.reopen(
        ticket, "还是不亮，请再看看。", actor=city.xiaolin, now=now
    ),
    Verb.RATE: lambda city, ticket, now: actions.rate(
        ticket, "dissatisfied", actor=city.xiaolin, now=now
    ),
    Verb.NOTE: lambda city, ticket, now: actions.note(ticket, "已联系", actor=city.wang, now=now),
    Verb.SUPPLEMENT: lambda city, ticket, now: actions.supplement(
        ticket, "灯杆编号是 12", actor=city.xiaolin, now=now
    ),
    Verb.ASK_TIME: lambda city, ticket, now: actions.ask_time(
        ticket, "在外地", actor=city.xiaolin, now=now
    ),
    Verb.WITHDRAW: lambda city, ticket, now: actions.withdraw(
        ticket, "", actor=city.xiaolin, now=now
    ),
    Verb.MERGE: lambda city, ticket, now: actions.merge(
        ticket, Ticket.objects.get(key="lead"), reason="同一处路灯", actor=city.wang, now=now
    ),
    Verb.DECLINE: lambda city, ticket, now: actions.not_accept(
        ticket,
        Redirect.objects.get(code="police"),
        reason="属于报警事项",
        link=LINK,
        actor=city.wang,
        now=now,
    ),
    Verb.OBJECT: lambda city, ticket, now: actions.object_to(
        ticket, "路灯就是归你们管的", actor=city.xiaolin, now=now
    ),
    Verb.CO_HANDLE: lambda city, ticket, now: actions.name_co_handler(
        ticket, city.water, asked="请查水管", working_days=1, actor=city.wang, now=now
    ),
    Verb.SET_APART: lambda city, ticket, now: actions.set_apart(
        ticket, reason="属于专人登记", actor=city.wang, now=now
    ),
    Verb.FLAG: lambda city, ticket, now: actions.flag(
        ticket, "confidential", reason="涉及市民隐私", actor=city.wang, now=now
    ),
    Verb.UNFLAG: lambda city, ticket, now: actions.lift_flag(
        ticket, "confidential", reason="不再需要保密", actor=city.wang, now=now
    ),
    Verb.PROPOSE_MALICIOUS: lambda city, ticket, now: actions.propose_malicious(
        ticket, reason="现场并无此事", evidence="现场记录两份", actor=city.wang, now=now
    ),
    Verb.REFUSE_MALICIOUS: lambda city, ticket, now: actions.refuse_malicious(
        ticket, decision="只是说法激烈", actor=city.zhao, now=now
    ),
    Verb.END: lambda city, ticket, now: (
        hearer(city)
        and actions.confirm_malicious(
            ticket, decision="两次核查并无此事", link=LINK, actor=city.zhao, now=now
        )
    ),
    Verb.APPEAL: lambda city, ticket, now: actions.appeal_malicious(
        ticket, "我说的是事实", actor=city.xiaolin, now=now
    ),
    Verb.RESTORE: lambda city, ticket, now: actions.uphold_appeal(
        ticket, decision="核实属实", link=LINK, actor=hearer(city), now=now
    ),
    Verb.KEEP_ENDED: lambda city, ticket, now: actions.refuse_appeal(
        ticket, decision="复核后不变", link=LINK, actor=hearer(city), now=now
    ),
    Verb.UNMERGE: lambda city, ticket, now: actions.unmerge(
        ticket, reason="不是同一处", actor=city.wang, now=now
    ),
}


def waiting(ticket: Ticket) -> str:
    """The hash of the reply that waits for review."""
    row = queries.waiting_draft(ticket)
    return row.sha256 if row else ""


def of_the_centre(city: City, username: str) -> Staff:
    """An agent of the whole city, made on first need."""
    return Staff.objects.filter(username=username).first() or add_staff(
        username=username, name="值班员", agency=city.root, role=Role.AGENT,
        password=PASSWORD, must_change_password=False, actor=SETUP, now=timezone.now(),
    )  # fmt: skip


def dispatcher(city: City) -> Staff:
    """Who dispatches and decides what agencies ask for."""
    return of_the_centre(city, "dispatcher")


def arbiter(city: City) -> Staff:
    """Who took no part in a dispute."""
    return of_the_centre(city, "arbiter")


def hearer(city: City) -> Staff:
    """Who hears appeals: she took no part before."""
    return Staff.objects.filter(username="hearer").first() or add_staff(
        username="hearer", name="黄薇", agency=city.root, role=Role.SUPERVISOR,
        password=PASSWORD, must_change_password=False, actor=SETUP, now=timezone.now(),
    )  # fmt: skip


# The acts that lead to a state, from filing on.
WAYS: dict[str, tuple[Verb, ...]] = {
    "submitted": (),
    "accepted": (Verb.ACCEPT,),
    "assigned": (Verb.ACCEPT, Verb.ASK_RETURN, Verb.REFUSE_RETURN),
    "signed": (Verb.ACCEPT, Verb.SIGN),
    "returning": (Verb.ACCEPT, Verb.ASK_RETURN),
    "disputed": (Verb.ACCEPT, Verb.ASK_RETURN, Verb.REFUSE_RETURN, Verb.DISPUTE),
    "reviewing": (Verb.ACCEPT, Verb.SUBMIT_REPLY),
    "answered": (Verb.ACCEPT, Verb.ANSWER),
    "closed": (Verb.ACCEPT, Verb.ANSWER, Verb.CLOSE),
    "archived": (Verb.ACCEPT, Verb.ANSWER, Verb.CLOSE, Verb.ARCHIVE),
    "reopened": (Verb.ACCEPT, Verb.ANSWER, Verb.REOPEN),
    "withdrawn": (Verb.WITHDRAW,),
    "declined": (Verb.DECLINE,),
    "moved": (Verb.SET_APART,),
    "ended": (Verb.PROPOSE_MALICIOUS, Verb.END),
}
# What an act needs besides its state, so that the table alone decides.
NEEDS: dict[Verb, tuple[Verb, ...]] = {
    Verb.UNFLAG: (Verb.FLAG,),
    Verb.RESUME: (Verb.STOP,),
    Verb.REFUSE_MALICIOUS: (Verb.PROPOSE_MALICIOUS,),
    Verb.END: (Verb.PROPOSE_MALICIOUS,),
    Verb.RESTORE: (Verb.APPEAL,),
    Verb.KEEP_ENDED: (Verb.APPEAL,),
    Verb.ASK_TIME: (Verb.STOP,),
    Verb.GRANT_EXTENSION: (Verb.ASK_EXTENSION,),
    Verb.REFUSE_EXTENSION: (Verb.ASK_EXTENSION,),
}


HERS = {
    Verb.RATE,
    Verb.REOPEN,
    Verb.WITHDRAW,
    Verb.OBJECT,
    Verb.SUPPLEMENT,
    Verb.ASK_TIME,
    Verb.APPEAL,
}


def brought_to(city: City, state: str, now: datetime) -> Ticket:
    ticket = filed(city, now)
    for verb in WAYS[state]:
        ACTS[verb](city, ticket, now)
    assert ticket.status == state
    return ticket


def everything() -> list[object]:
    return [
        list(model.objects.order_by("pk").values())
        for model in (
            Ticket, TicketEvent, LedgerEntry, Application, OwnershipDecision, Outgoing, AuditEntry,
            ReplyDraft, CallBack,
        )
    ]  # fmt: skip


def test_the_walk_knows_every_state_and_verb() -> None:
    assert set(WAYS) == set(Ticket.Status.values)
    assert set(ACTS) == set(TRANSITIONS) == set(Verb) - {Verb.FILE}
    assert rules.OPEN | rules.OVER | {"withdrawn", "declined", "moved", "ended"} == set(
        Ticket.Status.values
    )


@pytest.mark.parametrize("state", list(WAYS))
def test_every_act_in_every_state(state: str, city: City, now: datetime) -> None:
    dispatcher(city), arbiter(city), hearer(city), filed(city, now, "lead")
    ticket = brought_to(city, state, now)
    for verb in ACTS:
        with transaction.atomic():
            tried(verb, state, city, Ticket.objects.get(pk=ticket.pk), now)
            transaction.set_rollback(True)


def tried(verb: Verb, state: str, city: City, ticket: Ticket, now: datetime) -> None:
    sources, leads_to = TRANSITIONS[verb]
    if state in sources:
        for needed in NEEDS.get(verb, ()):
            ACTS[needed](city, ticket, now)
        if verb is Verb.CALL_BACK:
            CallBack.objects.create(ticket=ticket, round=ticket.reopened_times, due_at=now)
        if verb is Verb.UNMERGE:
            ticket.merged_into = Ticket.objects.get(key="lead")
            ticket.save(update_fields=["merged_into"])
        if verb is Verb.DISPUTE and state == "signed":
            for needed in (Verb.ASK_RETURN, Verb.REFUSE_RETURN, Verb.SIGN):
                ACTS[needed](city, ticket, now)
        ACTS[verb](city, ticket, now)
        assert Ticket.objects.get(pk=ticket.pk).status == ticket.status, verb
        expected = "submitted" if leads_to == STOOD else leads_to or state
        assert ticket.status == expected, verb
        return
    before = everything()
    with pytest.raises(Refused) as refusal:
        ACTS[verb](city, ticket, now)
    if state == "moved" and verb in HERS:
        assert isinstance(refusal.value, NotFound)  # it is nobody's any more
        return
    assert re.search(r"[\u4e00-\u9fff].*。$", refusal.value.message), verb
    assert not isinstance(refusal.value, NotFound), verb
    assert everything() == before, verb


def test_the_reference_says_what_the_table_says() -> None:
    text = Path("docs/reference/ticket-states.md").read_text(encoding="utf-8")
    told = {
        verb: (frozenset(sources.split(", ")), None if goes == "—" else goes)
        for verb, sources, goes in re.findall(
            r"^\| `(\w+)` \| [^|]+ \| ([a-z, ]+) \| (\w+|—) \|", text, re.M
        )
        if verb not in set(CoVerb)
    }
    assert told == {verb.value: row for verb, row in TRANSITIONS.items()}


def test_a_dispute_is_decided_by_a_third_person_and_kept_to_learn_from(
    city: City, now: datetime
) -> None:
    ticket = brought_to(city, "disputed", now)
    for partial in (city.wang, dispatcher(city)):
        with pytest.raises(Refused):
            actions.arbitrate(
                ticket, agency=city.water, decision="由水务局办理", actor=partial, now=now
            )
    third = arbiter(city)
    actions.arbitrate(ticket, agency=city.water, decision="由水务局办理", actor=third, now=now)
    row = queries.ownership_decisions().get()
    assert (row.agency, row.disputed_by, row.decided_by) == (city.water, city.police, third)
    assert ticket.agency == city.water
    assert ticket.ledger.order_by("id").last().kind == "transfer"  # type: ignore[union-attr]


def test_nobody_decides_what_she_asked_and_the_second_is_told(city: City, now: datetime) -> None:
    ticket = brought_to(city, "returning", now)
    arbiter(city)
    with pytest.raises(Refused, match="自己"):
        actions.refuse_return(ticket, decision="属于本单位", actor=city.wang, now=now)
    seen = Ticket.objects.get()
    actions.refuse_return(ticket, decision="属于你单位职责", actor=dispatcher(city), now=now)
    with pytest.raises(Refused, match="刷新"):
        actions.grant_return(
            seen,
            agency=city.water,
            decision="改派水务局",
            actor=arbiter(city),
            now=now,
        )
    assert Application.objects.get().status == "refused"


@pytest.mark.parametrize("empty", ["reason", "legal_basis"])
def test_a_return_says_why_and_by_what_rule_and_whose(
    empty: str, city: City, now: datetime
) -> None:
    ticket = brought_to(city, "accepted", now)
    with pytest.raises(Refused) as refusal:
        actions.ask_return(
            ticket, proper_agency=city.water, **{**WORDS, empty: " "}, actor=city.wang, now=now
        )
    assert refusal.value.field == empty
    with pytest.raises(Refused) as refusal:
        actions.ask_return(ticket, proper_agency=city.police, **WORDS, actor=city.wang, now=now)
    assert refusal.value.field == "proper_agency"
    with pytest.raises(Refused, match="裁定"):
        ACTS[Verb.DISPUTE](city, brought_to_signed(city, ticket, now), now)


def brought_to_signed(city: City, ticket: Ticket, now: datetime) -> Ticket:
    actions.sign(ticket, actor=city.wang, now=now)
    return ticket


def test_more_time_is_asked_before_the_day_and_she_is_told(city: City, now: datetime) -> None:
    ticket = brought_to(city, "signed", now)
    promised = ticket.promised_at
    late = promised + timedelta(seconds=1)
    with pytest.raises(Refused, match="已过"):
        ACTS[Verb.ASK_EXTENSION](city, ticket, late)
    ACTS[Verb.ASK_EXTENSION](city, ticket, promised - timedelta(hours=1))
    with pytest.raises(Refused, match="自己"):
        actions.grant_extension(ticket, decision="同意延期", link=LINK, actor=city.wang, now=now)
    ACTS[Verb.GRANT_EXTENSION](city, ticket, late)  # asked in time, decided after
    assert ticket.promised_at == promised
    assert ticket.due_at == promised + timedelta(days=3)  # Tuesday to Friday
    entry = ticket.ledger.get(kind="extension")
    assert (entry.reason, entry.legal_basis) == (WORDS["reason"], WORDS["legal_basis"])
    assert entry.due_at == ticket.due_at
    told = Outgoing.objects.get()
    assert ticket.number in told.content["text"]
    assert "12月4日" in told.content["text"]


def test_what_nobody_decided_lapses_with_the_answer(city: City, now: datetime) -> None:
    ticket = brought_to(city, "signed", now)
    ACTS[Verb.ASK_EXTENSION](city, ticket, now)
    ACTS[Verb.ANSWER](city, ticket, now)
    assert Application.objects.get().status == "lapsed"


def test_an_outsider_decides_nothing(city: City, now: datetime) -> None:
    ticket = brought_to(city, "returning", now)
    before = everything()
    for act in (
        lambda: actions.sign(ticket, actor=city.outsider, now=now),
        lambda: actions.grant_return(
            ticket, agency=city.water, decision="由水务局办理", actor=city.outsider, now=now
        ),
        lambda: actions.ask_extension(
            ticket, working_days=3, **WORDS, actor=city.outsider, now=now
        ),
        lambda: actions.withdraw(ticket, "", actor=city.wang, now=now),
    ):
        with pytest.raises(NotFound):
            act()
    assert everything() == before
