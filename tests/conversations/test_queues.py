"""The queues of the inbox: who stands in which, what the numbers say, what closing ends."""

from datetime import datetime, timedelta

import pytest
from django.db.models import Max

from minxin.agencies.models import AuditEntry
from minxin.conversations import actions, queries
from minxin.conversations.actions import record_batch
from minxin.conversations.models import Dialogue, Message
from minxin.conversations.rules import STILL_WAITED_FOR, Queue
from minxin.core.errors import NotFound, Refused
from tests.conversations.conftest import said
from tests.support.city import City
from tests.support.inbox import follow_inbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def dialogue(city: City, now: datetime) -> Dialogue:
    record_batch([said(city, "身份证丢了怎么补", 1, now)], now=now)
    follow_inbox(now)
    return Dialogue.objects.select_related("account__agency", "citizen").get()


def standing(city: City, now: datetime) -> set[str]:
    """The queues in which 王芳 finds the conversation; the numbers beside them agree."""
    found = queries.inbox(city.wang, now=now)
    home = [city.police.pk]
    queues = {
        queue.value
        for queue in Queue
        if queries.in_queue(found, queue, staff=city.wang, agencies=home, now=now).exists()
    }
    counts = queries.queue_counts(city.wang, agencies=home, now=now)
    for name in ("waiting", "mine", "agency", "citizen"):
        assert getattr(counts, name) == (name in queues), name
    assert sum(each.open for each in counts.branches) == ("agency" in queues)
    return queues


def test_a_conversation_goes_from_queue_to_queue(
    city: City, dialogue: Dialogue, now: datetime
) -> None:
    assert standing(city, now) == {"all", "unread"}
    actions.ask_for_person(dialogue.pk, now=now)
    assert standing(city, now) == {"all", "unread", "waiting", "agency"}
    dialogue.refresh_from_db()
    actions.answer_as_staff(dialogue, "请带户口簿。", key="a", actor=city.wang, now=now)
    assert standing(city, now) == {"all", "mine", "agency", "citizen"}
    record_batch([said(city, "几天能好", 2, now + timedelta(minutes=1))], now=now)
    follow_inbox(now)
    assert standing(city, now) == {"all", "unread", "mine", "agency"}
    later = now + timedelta(minutes=40)
    actions.hand_back_idle(now=later)
    assert standing(city, later) == {"all", "unread", "agency"}
    assert standing(city, now + STILL_WAITED_FOR + timedelta(hours=1)) == {"all", "unread"}


def test_what_the_machine_answers_is_not_open(
    city: City, dialogue: Dialogue, now: datetime
) -> None:
    counts = queries.queue_counts(city.wang, agencies=[city.police.pk], now=now)
    assert counts == queries.Counts(0, 0, 0, 0, ())
    outside = queries.queue_counts(city.outsider, agencies=[city.water.pk], now=now)
    assert outside == counts


def test_closed_until_she_speaks_again(city: City, dialogue: Dialogue, now: datetime) -> None:
    actions.answer_as_staff(dialogue, "请带户口簿。", key="a", actor=city.wang, now=now)
    actions.close(dialogue, actor=city.wang, now=now)
    assert standing(city, now) == {"closed"}
    assert AuditEntry.objects.latest("id").verb == "dialogue.closed"
    with pytest.raises(Refused):
        actions.close(dialogue, actor=city.wang, now=now)
    record_batch([said(city, "还有一件事", 3, now + timedelta(hours=1))], now=now)
    follow_inbox(now)
    assert standing(city, now) == {"all", "unread"}


def test_taking_a_closed_one_opens_it(city: City, dialogue: Dialogue, now: datetime) -> None:
    actions.close(dialogue, actor=city.wang, now=now)
    actions.attend(dialogue, actor=city.wang, now=now)
    assert standing(city, now) == {"all", "mine", "agency"}


def test_nobody_closes_over_what_was_not_read_or_a_colleagues_head(
    city: City, dialogue: Dialogue, now: datetime
) -> None:
    seen = Message.objects.aggregate(last=Max("id"))["last"]
    record_batch([said(city, "等等，还有", 4, now)], now=now)
    with pytest.raises(Refused, match="又说了话"):
        actions.close(dialogue, seen=seen, actor=city.wang, now=now)
    with pytest.raises(NotFound):
        actions.close(dialogue, actor=city.outsider, now=now)
    Dialogue.objects.update(attended_by=city.zhao, attended_at=now)
    with pytest.raises(Refused, match="赵明"):
        actions.close(dialogue, actor=city.wang, now=now)
    dialogue.refresh_from_db()
    assert dialogue.closed_at is None
