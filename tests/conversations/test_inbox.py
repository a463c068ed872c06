"""What staff do in a conversation, and what an outsider cannot."""

import json
from datetime import datetime, timedelta

import pytest

from minxin.agencies.actions import add_staff
from minxin.agencies.models import AuditEntry, Staff
from minxin.agencies.rules import Permission, Role
from minxin.conversations import actions, queries
from minxin.conversations.actions import ReplyRecord, record_batch
from minxin.conversations.models import Dialogue, Message, Outgoing
from minxin.conversations.queries import messages_of
from minxin.core.errors import NotFound, Refused
from tests.conversations.conftest import said
from tests.support.city import PASSWORD, SETUP, City
from tests.support.inbox import follow_inbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def dialogue(city: City, now: datetime) -> Dialogue:
    (first,) = record_batch([said(city, "身份证丢了怎么补", 1, now)], now=now)
    follow_inbox(now)
    words = json.dumps({"text": '1. <a href="weixin://bizmsgmenu?x">补办身份证</a>'})
    record_batch([], [ReplyRecord(first.message_id, city.xiaolin.pk, words)], now=now)
    return Dialogue.objects.select_related("account__agency", "citizen").get()


def test_the_inbox_shows_ones_own_branch_only(
    city: City, dialogue: Dialogue, now: datetime
) -> None:
    assert list(queries.inbox(city.wang, now=now)) == [dialogue]
    assert list(queries.inbox(city.outsider, now=now)) == []
    with pytest.raises(NotFound):
        queries.dialogue_for(city.outsider, Permission.READ_CONVERSATIONS, dialogue.pk)


def test_who_waits_for_a_person_stands_first(city: City, dialogue: Dialogue, now: datetime) -> None:
    later = now + timedelta(minutes=5)
    record_batch([said(city, "在吗", 2, later, openid="oLater")], now=later)
    follow_inbox(later)
    assert queries.inbox(city.wang, now=later)[0].pk != dialogue.pk
    actions.ask_for_person(dialogue.pk, now=later)
    assert queries.inbox(city.wang, now=later)[0].pk == dialogue.pk
    assert queries.waiting(city.wang) == 1
    assert queries.waiting(city.outsider) == 0


def test_a_thread_reads_as_she_saw_it(city: City, dialogue: Dialogue, now: datetime) -> None:
    actions.answer_as_staff(dialogue, "请带户口簿。", key="a1", actor=city.wang, now=now)
    lines = queries.thread(dialogue)
    assert [(each.sender, each.text) for each in lines] == [
        ("citizen", "身份证丢了怎么补"),
        ("machine", "1. 补办身份证"),
        ("staff", "请带户口簿。"),
    ]
    assert lines[-1].staff_name == "王芳"
    assert lines[-1].status == "waiting"


def test_an_answer_is_queued_audited_and_silences_the_machine(
    city: City, dialogue: Dialogue, now: datetime
) -> None:
    actions.ask_for_person(dialogue.pk, now=now)
    dialogue.refresh_from_db()
    actions.answer_as_staff(dialogue, " 请带户口簿。 ", key="a1", actor=city.wang, now=now)
    dialogue.refresh_from_db()
    assert (dialogue.attended_by, dialogue.unread, dialogue.wants_person_at) == (city.wang, 0, None)
    assert Outgoing.objects.get().content == {"kind": "text", "text": "请带户口簿。"}
    assert AuditEntry.objects.latest("id").verb == "dialogue.answered"
    (next_,) = record_batch([said(city, "好的", 9, now)], now=now)
    assert next_.dialogue.is_attended


def test_an_answer_sent_twice_is_sent_once(city: City, dialogue: Dialogue, now: datetime) -> None:
    for _ in range(2):
        actions.answer_as_staff(dialogue, "请带户口簿。", key="a1", actor=city.wang, now=now)
    assert Outgoing.objects.count() == 1


@pytest.mark.parametrize("text", ["", "  \n", "长" * 601])
def test_an_answer_that_cannot_be_sent_changes_nothing(
    city: City, dialogue: Dialogue, now: datetime, text: str
) -> None:
    with pytest.raises(Refused) as refused:
        actions.answer_as_staff(dialogue, text, key="a1", actor=city.wang, now=now)
    assert refused.value.field == "text"
    assert Outgoing.objects.count() == 0
    dialogue.refresh_from_db()
    assert dialogue.attended_by is None


def test_an_outsider_can_do_nothing(city: City, dialogue: Dialogue, now: datetime) -> None:
    audited = AuditEntry.objects.count()
    for act in (
        lambda: actions.answer_as_staff(dialogue, "您好", key="x", actor=city.outsider, now=now),
        lambda: actions.attend(dialogue, actor=city.outsider, now=now),
        lambda: actions.hand_back(dialogue, actor=city.outsider, now=now),
    ):
        with pytest.raises(NotFound):
            act()
    dialogue.refresh_from_db()
    assert dialogue.attended_by is None
    assert Message.objects.filter(sender="staff").count() == 0
    assert AuditEntry.objects.count() == audited


def test_a_colleague_does_not_talk_into_it_until_it_is_idle(
    city: City, dialogue: Dialogue, now: datetime
) -> None:
    colleague = add_staff(
        username="liyan",
        name="李燕",
        agency=city.police,
        role=Role.AGENT,
        password=PASSWORD,
        actor=SETUP,
        now=now,
    )
    actions.attend(dialogue, actor=city.wang, now=now)
    with pytest.raises(Refused, match="王芳"):
        actions.answer_as_staff(dialogue, "您好", key="b", actor=colleague, now=now)
    later = now + timedelta(minutes=31)
    assert actions.answer_as_staff(dialogue, "您好", key="b", actor=colleague, now=later)
    assert dialogue.attended_by == colleague


def test_a_conversation_left_alone_is_handed_back(
    city: City, dialogue: Dialogue, now: datetime
) -> None:
    actions.attend(dialogue, actor=city.wang, now=now)
    later = now + timedelta(minutes=31)
    assert actions.hand_back_idle(now=now + timedelta(minutes=29)) == 0
    assert actions.hand_back_idle(now=later) == 1
    dialogue.refresh_from_db()
    assert dialogue.attended_by is None


def test_the_window_and_its_count(city: City, dialogue: Dialogue, now: datetime) -> None:
    assert queries.window_left(dialogue, now=now) == (now + timedelta(hours=48), 5)
    actions.answer_as_staff(dialogue, "一", key="1", actor=city.wang, now=now)
    assert queries.window_left(dialogue, now=now) == (now + timedelta(hours=48), 4)
    assert queries.window_left(dialogue, now=now + timedelta(hours=48)) == (None, 0)


def test_every_change_is_told(city: City, dialogue: Dialogue, now: datetime) -> None:
    seen = [(queries.latest_change(), queries.latest_words())]

    def changed() -> bool:
        seen.append((queries.latest_change(), queries.latest_words()))
        return seen[-1] != seen[-2]

    assert not changed()
    record_batch([said(city, "还有", 5, now)], now=now)
    assert changed()
    actions.ask_for_person(dialogue.pk, now=now)
    assert changed()
    dialogue.refresh_from_db()
    actions.attend(dialogue, actor=city.wang, now=now)
    assert changed()
    outgoing = actions.answer_as_staff(dialogue, "好", key="c", actor=city.wang, now=now)
    assert changed()
    Outgoing.objects.filter(pk=outgoing.pk).update(status="sent")
    assert changed()
    dialogue.refresh_from_db()
    actions.hand_back(dialogue, actor=city.wang, now=now)
    assert changed()


def test_a_thread_is_found_by_the_index(city: City) -> None:
    plan = messages_of(city.xiaolin.pk).order_by("-id").explain()
    assert "message_by_citizen_key" in plan
    assert "TEMP B-TREE" not in plan


def test_who_asks_for_a_person_is_in_the_inbox_at_once(city: City, now: datetime) -> None:
    record_batch([said(city, "人工", 1, now, openid="oFirstWords")], now=now)
    newcomer = Dialogue.objects.get()
    actions.ask_for_person(newcomer.pk, now=now)
    assert [each.pk for each in queries.inbox(city.wang, now=now)] == [newcomer.pk]


def _colleague(city: City, now: datetime) -> Staff:
    return add_staff(
        username="liyan",
        name="李燕",
        agency=city.police,
        role=Role.AGENT,
        password=PASSWORD,
        actor=SETUP,
        now=now,
    )


def test_the_second_to_answer_is_told_before_it_goes(
    city: City, dialogue: Dialogue, now: datetime
) -> None:
    liyan, seen = _colleague(city, now), queries.newest_line(dialogue)
    actions.answer_as_staff(dialogue, "请带户口簿。", key="a", actor=city.wang, now=now, seen=seen)
    actions.hand_back(dialogue, actor=city.wang, now=now)
    with pytest.raises(Refused, match="王芳刚刚已经答复"):
        actions.answer_as_staff(dialogue, "带户口簿", key="b", actor=liyan, now=now, seen=seen)
    assert Outgoing.objects.count() == 1
    seen = queries.newest_line(dialogue)
    assert actions.answer_as_staff(dialogue, "补充", key="b", actor=liyan, now=now, seen=seen)


def test_a_page_opened_before_a_colleague_took_it_does_not_answer(
    city: City, dialogue: Dialogue, now: datetime
) -> None:
    before = Dialogue.objects.select_related("account__agency", "citizen").get()
    actions.attend(dialogue, actor=city.wang, now=now)
    with pytest.raises(Refused, match="王芳"):
        actions.answer_as_staff(before, "您好", key="b", actor=_colleague(city, now), now=now)


def test_after_five_messages_it_is_refused_or_waits(
    city: City, dialogue: Dialogue, now: datetime
) -> None:
    later = now + timedelta(minutes=2)
    for number in range(5):
        actions.answer_as_staff(dialogue, "好", key=f"k{number}", actor=city.wang, now=later)
    with pytest.raises(Refused, match="48 小时"):
        actions.answer_as_staff(dialogue, "六", key="k5", actor=city.wang, now=later)
    assert actions.answer_as_staff(dialogue, "好", key="k4", actor=city.wang, now=later)
    assert Outgoing.objects.count() == 5
    assert actions.answer_as_staff(
        dialogue, "六", key="k5", actor=city.wang, now=later, may_wait=True
    )


def test_after_48_hours_it_is_refused_until_she_does_something(
    city: City, dialogue: Dialogue, now: datetime
) -> None:
    later = now + timedelta(hours=48)
    assert queries.is_window_closed(dialogue, now=later)
    with pytest.raises(Refused, match="48 小时"):
        actions.answer_as_staff(dialogue, "好", key="k", actor=city.wang, now=later)
    record_batch([said(city, "", 7, later, kind="MenuClicked")], now=later)
    assert not queries.is_window_closed(dialogue, now=later)


def test_given_to_a_colleague_and_put_back(city: City, dialogue: Dialogue, now: datetime) -> None:
    liyan = _colleague(city, now)
    assert queries.colleagues(dialogue, besides=liyan) != []
    actions.give(dialogue, liyan, actor=city.wang, now=now)
    assert Dialogue.objects.get().attended_by == liyan
    with pytest.raises(Refused):
        actions.give(dialogue, city.outsider, actor=city.wang, now=now)
    actions.release(dialogue, actor=liyan, now=now)
    assert queries.waiting(city.wang) == 1
    assert AuditEntry.objects.latest("id").verb == "dialogue.released"
    with pytest.raises(Refused, match="没有人接待"):
        actions.release(dialogue, actor=liyan, now=now)
    with pytest.raises(NotFound):
        actions.give(dialogue, liyan, actor=city.outsider, now=now)
