"""What citizens say is recorded in groups, once, and read back with what was answered."""

import json
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from msgspec.structs import replace

from minxin.citizens.actions import unfollow
from minxin.citizens.models import Citizen
from minxin.conversations.actions import (
    Answer,
    Answered,
    DialogueState,
    KnownKeys,
    ReplyRecord,
    erase_text,
    record_batch,
)
from minxin.conversations.models import Dialogue, Message
from minxin.conversations.recording import delivery_name
from minxin.core.actors import System
from tests.conversations.conftest import said
from tests.support.city import City
from tests.support.databases import own_database
from tests.support.inbox import follow_inbox

pytestmark = pytest.mark.django_db


def test_a_batch_keeps_its_order(city: City, now: datetime) -> None:
    batch = [said(city, f"第{n}句", n, now, openid=f"o{n % 3}") for n in range(1, 8)]
    results = record_batch(batch, now=now)
    assert [Message.objects.get(pk=each.message_id).text for each in results] == [
        each.text for each in batch
    ]
    assert all(each.is_new and each.reply is None for each in results)


def test_a_push_twice_in_one_batch_is_recorded_once(city: City, now: datetime) -> None:
    twice = said(city, "您好", 1, now)
    first, second = record_batch([twice, twice], now=now)
    assert first.message_id == second.message_id
    assert (first.is_new, second.is_new) == (True, False)
    assert Message.objects.count() == 1
    follow_inbox(now)
    follow_inbox(now)
    assert Dialogue.objects.get().unread == 1


def test_a_repeat_brings_back_what_was_answered(city: City, now: datetime) -> None:
    (first,) = record_batch([said(city, "您好", 1, now)], now=now)
    reply = ReplyRecord(first.message_id, city.xiaolin.pk, json.dumps({"text": "在"}))
    record_batch([], [reply], now=now)
    (again,) = record_batch([said(city, "您好", 1, now)], now=now)
    assert (again.is_new, again.message_id) == (False, first.message_id)
    assert json.loads(again.reply or "") == {"text": "在"}


def test_the_same_number_at_two_accounts_is_two_messages(city: City, now: datetime) -> None:
    from minxin.accounts import actions as accounts

    other = accounts.register(
        agency=city.water, name="云溪水务", kind="service", actor=System("test"), now=now
    )
    mine = said(city, "您好", 1, now)
    theirs = replace(mine, account_id=other.pk, citizen_key="f" * 32, openid="oOther")
    first, second = record_batch([mine, theirs], now=now)
    assert first.is_new
    assert second.is_new
    assert first.message_id != second.message_id


def test_nothing_is_half_written(city: City, now: datetime) -> None:
    good = said(city, "您好", 1, now)
    bad = replace(said(city, "您好", 2, now), account_id=None)
    with pytest.raises(Exception, match=r"(?i)null"):
        record_batch([good, bad], now=now)
    assert Message.objects.count() == 0
    assert Dialogue.objects.count() == 0


def test_what_is_remembered_is_read_with_the_next_message(city: City, now: datetime) -> None:
    (first,) = record_batch([said(city, "我要反映", 1, now)], now=now)
    kept = ReplyRecord(first.message_id, city.xiaolin.pk, "{}", json.dumps({"step": "what"}))
    (second,) = record_batch([said(city, "路灯不亮", 2, now)], [kept], now=now)
    assert second.dialogue.form == {"step": "what"}
    gone = ReplyRecord(second.message_id, city.xiaolin.pk, "{}", "null")
    (third,) = record_batch([said(city, "谢谢", 3, now)], [gone], now=now)
    assert third.dialogue.form is None


def test_the_inbox_line_follows_words_and_not_events(city: City, now: datetime) -> None:
    record_batch([said(city, "水" * 300, 1, now)], now=now)
    later = now + timedelta(minutes=1)
    record_batch([said(city, "[打开菜单链接]", 2, later, kind="MenuViewed")], now=later)
    follow_inbox(later)
    dialogue = Dialogue.objects.get()
    assert dialogue.last_text == "水" * 200
    assert dialogue.unread == 1
    assert dialogue.last_citizen_message_at == now
    assert dialogue.last_message_at == later


def test_who_was_erased_and_comes_back_is_met_again(city: City, now: datetime) -> None:
    known = KnownKeys()
    record_batch([said(city, "您好", 1, now)], known=known, now=now)
    assert city.xiaolin.pk in known
    later = now + timedelta(minutes=1)
    leaves = said(city, "", 2, later, kind="Unfollowed", meeting="unfollowed")
    record_batch([leaves], known=known, now=later)
    assert city.xiaolin.pk not in known
    assert unfollow(city.xiaolin.pk, at=later, actor=System("test"), now=later)
    erase_text(city.xiaolin.pk)
    assert Citizen.objects.get(pk=city.xiaolin.pk).openid is None
    back = now + timedelta(minutes=2)
    (met,) = record_batch(
        [said(city, "[关注]", 3, back, kind="Followed", meeting="followed")], known=known, now=back
    )
    assert met.has_followed_before
    assert Citizen.objects.get(pk=city.xiaolin.pk).openid is not None


def test_a_batch_costs_few_queries_however_large(city: City, now: datetime) -> None:
    known = KnownKeys()
    people = [f"o{n}" for n in range(40)]
    first = [said(city, "您好", n, now, openid=each) for n, each in enumerate(people)]
    results = record_batch(first, known=known, now=now)
    replies = [
        ReplyRecord(result.message_id, each.citizen_key, '{"text":"在"}')
        for result, each in zip(results, first, strict=True)
    ]
    second = [said(city, "再问", 100 + n, now, openid=each) for n, each in enumerate(people)]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        record_batch(second, replies, known=known, now=now)
    statements = [q["sql"] for q in queries if "SAVEPOINT" not in q["sql"]]
    assert len(statements) <= 4
    assert Message.objects.filter(reply='{"text":"在"}').count() == 40


def test_repeats_are_found_by_the_index(city: City, now: datetime) -> None:
    plan = Message.objects.filter(
        account__in={city.account.pk}, delivery__in={"m:1", "m:2"}
    ).explain()
    assert "SCAN" not in plan.upper().replace("SCAN USING INDEX", "")


def test_an_event_is_named_without_its_openid() -> None:
    assert "oSecret" not in delivery_name("e:oSecret:1:CLICK:KEY")
    assert delivery_name("e:oSecret:1:CLICK:KEY") != delivery_name("e:oSecret:1:CLICK:OTHER")
    assert delivery_name("m:42") == "m:42"


def answering(words: str = "在", form: str | None = None) -> Answer:
    def answer(place: int, state: DialogueState, has_followed: bool) -> Answered | None:
        return Answered(words, json.dumps({"text": words, "saw": state.form}), form)

    return answer


def test_what_is_said_at_once_is_recorded_with_the_message(city: City, now: datetime) -> None:
    (first,) = record_batch([said(city, "您好", 1, now)], answer=answering(), now=now)
    assert first.answered is not None
    assert first.answered.words == "在"
    assert Message.objects.get().reply == first.answered.reply
    (again,) = record_batch([said(city, "您好", 1, now)], answer=answering("另一句"), now=now)
    assert (again.is_new, again.answered, again.reply) == (False, None, first.answered.reply)
    assert Message.objects.get().reply == first.answered.reply


def test_a_batch_with_a_repeat_answers_only_what_is_new(city: City, now: datetime) -> None:
    old, new, other = (said(city, f"第{n}句", n, now) for n in range(1, 4))
    record_batch([old], answer=answering("旧"), now=now)
    results = record_batch([old, new, new, other], answer=answering("新"), now=now)
    assert [each.is_new for each in results] == [False, True, False, True]
    told = [
        json.loads(each.reply or (each.answered and each.answered.reply) or "") for each in results
    ]
    assert [each["text"] for each in told] == ["旧", "新", "新", "新"]
    assert Message.objects.count() == 3
    follow_inbox(now)
    assert Dialogue.objects.get().unread == 3
    kept = Message.objects.order_by("id").values_list("reply", flat=True)
    assert [json.loads(each or "")["text"] for each in kept] == ["旧", "新", "新"]


def test_the_second_message_of_a_breath_sees_what_the_first_changed(
    city: City, now: datetime
) -> None:
    batch = [said(city, f"第{n}句", n, now) for n in (1, 2)]
    _, second = record_batch(batch, answer=answering(form='{"step": "what"}'), now=now)
    assert second.answered is not None
    assert json.loads(second.answered.reply)["saw"] == {"step": "what"}
    assert Dialogue.objects.get().form == {"step": "what"}
    record_batch([said(city, "取消", 3, now)], answer=answering(form="null"), now=now)
    assert Dialogue.objects.filter(form__isnull=True).exists()


def test_what_takes_work_is_worked_out_with_what_the_same_breath_left(
    city: City, now: datetime
) -> None:
    def answer(place: int, state: DialogueState, _has_followed: bool) -> Answered | None:
        return None if place else Answered("哪里？", '{"text": "哪里？"}', '{"step": "where"}')

    first, second = record_batch(
        [said(city, "投诉", 1, now), said(city, "进度", 2, now)], answer=answer, now=now
    )
    assert (first.dialogue, second.answered) == (DialogueState(), None)
    assert second.dialogue.form == {"step": "where"}


def test_what_needs_more_than_memory_is_recorded_without_words(city: City, now: datetime) -> None:
    (found,) = record_batch(
        [said(city, "进度", 1, now)], answer=lambda place, state, has_followed: None, now=now
    )
    assert found.answered is None
    assert Message.objects.get().reply is None


def test_numbers_are_those_of_the_rows(city: City, now: datetime) -> None:
    batch = [said(city, f"第{n}句", n, now, openid=f"o{n % 5}") for n in range(1, 60)]
    results = record_batch(batch, answer=answering(), now=now)
    rows = Message.objects.in_bulk([each.message_id for each in results])
    assert [rows[each.message_id].text for each in results] == [each.text for each in batch]


OVERLAPPING = """
import threading, time
from datetime import datetime, UTC
from django.db import connection, transaction
from minxin.conversations import queries
from minxin.conversations.actions import record_batch
from tests.conversations.conftest import said
from tests.support.city import build_city
now = datetime.now(UTC)
city = build_city(now)
is_numbered = threading.Event()
def record_slowly():
    with transaction.atomic():
        record_batch([said(city, "先编号，后提交", 1, now, openid="oSlow")], now=now)
        is_numbered.set()
        time.sleep(0.6)
    connection.close()
slow = threading.Thread(target=record_slowly)
slow.start()
assert is_numbered.wait(10)
record_batch([said(city, "后编号，先提交", 2, now, openid="oFast")], now=now)
without = [row["text"] for row in queries.messages_after(0, 10)]
newest = queries.newest_message()
print([without, [row["text"] for row in queries.messages_after(0, 10, newest)]])
slow.join()
"""


@pytest.mark.slow
def test_a_follower_waits_for_lower_numbers() -> None:
    with own_database("postgres") as database:
        assert database.run(OVERLAPPING).strip() == str(
            [["后编号，先提交"], ["先编号，后提交", "后编号，先提交"]]
        )
