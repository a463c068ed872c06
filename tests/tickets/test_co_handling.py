"""Main and co-handlers: each with her own task, one answer for the citizen, never before all are back."""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from minxin.agencies.models import AuditEntry, StaffNotice
from minxin.conversations.models import Outgoing
from minxin.core.errors import NotFound, Refused
from minxin.tickets import actions, queries
from minxin.tickets.models import CoTask, Ticket
from minxin.tickets.rules.co_handling import CO_OPEN, CO_TRANSITIONS, CoVerb
from tests.support.city import City, build_city
from tests.tickets.test_states import dispatcher

ASKED = "请查明水管归属并抢修"
ANSWER = "水管已经修好，今晚恢复供水，电话见官网。"


@pytest.fixture
def city(db: None, now: datetime) -> City:
    return build_city(now)


def in_hand(city: City, now: datetime, key: str = "k") -> Ticket:
    ticket = actions.file(
        text="人行道塌陷，下面水管在漏水，电话13800138000", place="东桥路12号", citizen=city.xiaolin,
        account=city.account, source="portal", key=key, actor=city.xiaolin, now=now,
    )  # fmt: skip
    actions.accept(ticket, actor=city.wang, now=now)
    return ticket


def asked(city: City, ticket: Ticket, now: datetime, days: int = 1) -> CoTask:
    return actions.name_co_handler(
        ticket, city.water, asked=ASKED, working_days=days, actor=city.wang, now=now
    )


ACTS: dict[CoVerb, Callable[[City, CoTask, datetime], None]] = {
    CoVerb.SIGN: lambda city, task, now: actions.sign_co_task(task, actor=city.outsider, now=now),
    CoVerb.ANSWER: lambda city, task, now: actions.answer_co_task(
        task, "已查明并抢修完毕", actor=city.outsider, now=now
    ),
    CoVerb.RETURN: lambda city, task, now: actions.return_co_task(
        task, "水管属于小区", actor=city.outsider, now=now
    ),
    CoVerb.RECALL: lambda city, task, now: actions.recall_co_task(
        task, "已经自行查明", actor=city.wang, now=now
    ),
}
WAYS = {
    "assigned": (), "signed": (CoVerb.SIGN,), "answered": (CoVerb.ANSWER,),
    "returned": (CoVerb.RETURN,), "recalled": (CoVerb.RECALL,),
}  # fmt: skip


@pytest.mark.parametrize("verb", list(CoVerb))
@pytest.mark.parametrize("state", list(WAYS))
def test_every_act_in_every_state(state: str, verb: CoVerb, city: City, now: datetime) -> None:
    assert set(WAYS) == set(CoTask.Status.values)
    task = asked(city, in_hand(city, now), now)
    for each in WAYS[state]:
        ACTS[each](city, task, now)
    task.refresh_from_db()
    assert task.status == state
    sources, leads_to = CO_TRANSITIONS[verb]
    audited = AuditEntry.objects.count()
    if state in sources:
        ACTS[verb](city, task, now)
        assert CoTask.objects.get().status == leads_to
        assert AuditEntry.objects.count() == audited + 1
        return
    with pytest.raises(Refused, match="刷新"):
        ACTS[verb](city, task, now)
    assert (CoTask.objects.get().status, AuditEntry.objects.count()) == (state, audited)


def test_the_reference_says_what_the_table_says() -> None:
    text = Path("docs/reference/ticket-states.md").read_text(encoding="utf-8")
    told = {
        CoVerb(verb): (frozenset(sources.split(", ")), goes)
        for verb, sources, goes in re.findall(
            r"^\| `(co_\w+)` \| [^|]+ \| ([a-z, ]+) \| (\w+) \|", text, re.M
        )
        if verb in set(CoVerb)
    }
    assert told == dict(CO_TRANSITIONS)


def test_no_answer_before_all_are_back(city: City, now: datetime) -> None:
    ticket = in_hand(city, now)
    task = asked(city, ticket, now)
    sent = Outgoing.objects.count()
    with pytest.raises(Refused, match="水务局"):
        actions.answer(ticket, ANSWER, link="http://x", actor=city.wang, now=now)
    assert (Ticket.objects.get().status, Outgoing.objects.count()) == ("accepted", sent)
    actions.answer_co_task(task, "已查明并抢修完毕", actor=city.outsider, now=now)
    assert Outgoing.objects.count() == sent  # for the main unit, not for her
    assert not ticket.events.filter(verb="co_handled", is_public=True).exists()
    actions.answer(ticket, ANSWER, link="http://x", actor=city.wang, now=now)
    assert Ticket.objects.get().status == "answered"


def test_who_may_not(city: City, now: datetime) -> None:
    ticket = in_hand(city, now)
    for stranger in (city.outsider, city.zhao, city.administrator):
        with pytest.raises(NotFound):
            actions.name_co_handler(
                ticket, city.water, asked=ASKED, working_days=1, actor=stranger, now=now
            )
    task = asked(city, ticket, now)
    for verb in (CoVerb.SIGN, CoVerb.ANSWER, CoVerb.RETURN):
        acts = {
            CoVerb.SIGN: lambda: actions.sign_co_task(task, actor=city.wang, now=now),
            CoVerb.ANSWER: lambda: actions.answer_co_task(
                task, "办好了。", actor=city.wang, now=now
            ),
            CoVerb.RETURN: lambda: actions.return_co_task(
                task, "不归我们", actor=city.wang, now=now
            ),
        }
        with pytest.raises(NotFound):
            acts[verb]()
    with pytest.raises(NotFound):
        actions.recall_co_task(task, "已经查明", actor=city.outsider, now=now)
    # Being asked for a part opens nothing else of the ticket.
    with pytest.raises(NotFound):
        queries.ticket_for(city.outsider, ticket.number)
    with pytest.raises(NotFound):
        queries.co_task_for(city.wang, task.pk)
    assert queries.co_task_for(city.outsider, task.pk) == task
    assert CoTask.objects.get().status == "assigned"


def test_what_is_asked_has_its_own_due_time_not_after_the_tickets(
    city: City, now: datetime
) -> None:
    ticket = in_hand(city, now)
    with pytest.raises(Refused) as refusal:
        asked(city, ticket, now, days=20)
    assert refusal.value.field == "working_days"
    task = asked(city, ticket, now, days=2)
    assert now < task.due_at <= ticket.due_at
    for given, field in (
        ({"agency": city.water}, "agency"), ({"agency": city.police}, "agency"),
        ({"agency": city.station, "asked": " "}, "asked"),
        ({"agency": city.station, "working_days": 0}, "working_days"),
    ):  # fmt: skip
        whole = {"asked": ASKED, "working_days": 1, **given}
        with pytest.raises(Refused) as refusal:
            actions.name_co_handler(
                ticket, whole.pop("agency"), **whole, actor=dispatcher(city), now=now
            )
        assert refusal.value.field == field
    assert StaffNotice.objects.filter(staff=city.outsider, text__contains="请协办").exists()


def test_it_is_hers_only_while_it_is_open(city: City, now: datetime) -> None:
    task = asked(city, in_hand(city, now), now)
    assert queries.is_hers(task)
    ACTS[CoVerb.RETURN](city, task, now)
    assert not queries.is_hers(CoTask.objects.select_related("ticket").get())
    again = asked(city, task.ticket, now)  # asked anew after a return
    Ticket.objects.update(is_confidential=True)
    again.ticket.refresh_from_db()
    assert not queries.is_hers(again)
    with pytest.raises(Refused, match="知情人"):
        actions.name_co_handler(
            again.ticket, city.station, asked=ASKED, working_days=1, actor=city.wang, now=now
        )


def test_what_is_open_when_the_ticket_ends_is_taken_back(city: City, now: datetime) -> None:
    ticket = in_hand(city, now)
    task = asked(city, ticket, now)
    actions.withdraw(ticket, "", actor=city.xiaolin, now=now)
    task.refresh_from_db()
    assert (task.status, task.status in CO_OPEN) == ("recalled", False)
    assert StaffNotice.objects.filter(staff=city.outsider, text__contains="已收回").exists()
