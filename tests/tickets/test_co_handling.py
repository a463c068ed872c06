"""Main and co-handlers: each with her own task, one answer for the citizen, never before all are back."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from PIL import Image

from minxin.agencies.actions import add_staff
from minxin.agencies.models import AuditEntry, Staff, StaffNotice
from minxin.agencies.rules import Role
from minxin.conversations.models import Outgoing
from minxin.core.errors import NotFound, Refused
from minxin.tickets import actions, queries
from minxin.tickets.actions import co_escalating
from minxin.tickets.models import Attachment, CoTask, Ticket
from minxin.tickets.rules.co_handling import CO_OPEN, CO_TRANSITIONS, CoVerb
from minxin.tickets.rules.ladder import Step
from tests.support.city import PASSWORD, SETUP, City, build_city
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


def test_an_urgent_or_overdue_ticket_has_co_handlers_too(city: City, now: datetime) -> None:
    soon = in_hand(city, now)
    Ticket.objects.update(due_at=now + timedelta(hours=1))
    assert asked(city, soon, now).due_at == now + timedelta(hours=1)
    with pytest.raises(Refused):
        actions.name_co_handler(
            soon, city.station, asked=ASKED, working_days=2, actor=city.wang, now=now
        )
    late = in_hand(city, now, "late")
    Ticket.objects.filter(pk=late.pk).update(due_at=now - timedelta(days=2))
    assert asked(city, late, now, days=2).due_at > now + timedelta(days=1)


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


def test_its_due_time_is_reminded_of_and_urged_once(city: City, now: datetime) -> None:
    task = asked(city, in_hand(city, now), now)
    head = add_staff(
        username="head", name="周强", agency=city.water, role=Role.REVIEWER, password=PASSWORD,
        must_change_password=False, actor=SETUP, now=now,
    )  # fmt: skip
    StaffNotice.objects.all().delete()

    def told(staff: Staff, word: str) -> int:
        return StaffNotice.objects.filter(staff=staff, text__startswith=word).count()

    assert actions.escalate_co_tasks(now=task.due_at - timedelta(days=4)) == 0
    for _each in range(2):  # two clocks, a restart
        actions.escalate_co_tasks(now=task.due_at - timedelta(minutes=1))
    assert (told(city.outsider, "提醒"), told(head, "提醒")) == (1, 0)
    late = task.due_at + timedelta(days=4)
    stale = CoTask.objects.select_related("agency", "ticket__agency").get()
    for _each in range(2):
        actions.escalate_co_tasks(now=late)
    assert not co_escalating._taken(stale, Step.URGE, late)  # read before another process took it
    assert (told(city.outsider, "催办"), told(head, "催办")) == (1, 1)
    assert told(city.wang, f"工单 {task.ticket.number} 的协办任务超期") == 1
    steps = AuditEntry.objects.filter(verb="co_task.escalated").order_by("pk")
    assert [each.after["step"] for each in steps] == ["remind", "urge"]


def test_what_is_answered_is_not_urged(city: City, now: datetime) -> None:
    task = asked(city, in_hand(city, now), now)
    actions.answer_co_task(task, "已查明并抢修完毕", actor=city.outsider, now=now)
    assert actions.escalate_co_tasks(now=task.due_at + timedelta(days=9)) == 0
    again = asked(city, task.ticket, now)
    actions.escalate_co_tasks(now=again.due_at + timedelta(days=9))
    again.refresh_from_db()
    assert (again.reminded_at, again.urged_at is not None) == (
        None,
        True,
    )  # no reminder of what is late


def test_pictures_are_hers_while_the_task_is(
    city: City, now: datetime, settings: LazySettings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    out = BytesIO()
    Image.new("RGB", (40, 30), "green").save(out, "JPEG")
    kept = actions.keep_picture(out.getvalue(), actor=city.xiaolin, now=now)
    ticket = in_hand(city, now)
    Attachment.objects.filter(pk=kept.pk).update(ticket=ticket)
    task = asked(city, ticket, now)
    assert queries.co_picture_for(city.outsider, task.pk, kept.code) == kept
    for stranger in (city.zhao, city.auditor, city.administrator):
        with pytest.raises(NotFound):
            queries.co_picture_for(stranger, task.pk, kept.code)
    with pytest.raises(NotFound):
        queries.co_picture_for(city.outsider, task.pk, "x" * 20)
    actions.note_co_reading(task, actor=city.outsider, now=now)
    actions.note_co_reading(task, actor=city.outsider, now=now)
    entry = AuditEntry.objects.get(verb="ticket.read")
    assert (entry.actor_id, entry.subject_id) == (city.outsider.actor_id, str(ticket.pk))
    actions.answer_co_task(task, "已查明并抢修完毕", actor=city.outsider, now=now)
    with pytest.raises(NotFound):
        queries.co_picture_for(city.outsider, task.pk, kept.code)
