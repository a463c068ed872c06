"""After she unfollowed: not a word of hers in any column of any table, and no way back to her."""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from minxin.citizens.actions import keep_contact, keep_nickname, set_region
from minxin.citizens.rules import CONSENT_VERSION
from minxin.conversations import actions as conversations
from minxin.conversations import courier
from minxin.conversations.contents import TextContent
from minxin.conversations.models import Outgoing
from minxin.core.actors import System
from minxin.gateway import consequences
from tests.support.city import APP_ID, OPENID, City
from tests.support.dialogue import Phone

pytestmark = pytest.mark.django_db

HERS = ("雪球走丢了", "林小雨", "13800138000", "小雨点", OPENID)
# A ticket stays under its own retention, unlinked; what nobody knew is counted masked, by nobody.
MAY_STAY = {"tickets_ticket", "tickets_ticketevent", "knowledge_unansweredquestion"}
SETUP = System("test")


def _everything() -> list[tuple[str, str, str]]:
    """(table, column, text) of every value of every table, JSON and encrypted text opened."""
    found = []
    for model in apps.get_models():
        names = [field.attname for field in model._meta.concrete_fields]
        for values in model._base_manager.values_list(*names):
            for name, value in zip(names, values, strict=True):
                if value not in (None, ""):
                    found.append((model._meta.db_table, name, str(value)))
    return found


def _raw_rows() -> str:
    """What stands in the database itself, without any field's help."""
    with connection.cursor() as cursor:
        words = []
        for table in connection.introspection.table_names(cursor):
            if table not in MAY_STAY:
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
                words += [str(row) for row in cursor.fetchall()]
    return "\n".join(words)


def _holding(words: tuple[str, ...]) -> set[str]:
    return {
        f"{table}.{column}"
        for table, column, text in _everything()
        if table not in MAY_STAY and any(word in text for word in words)
    }


def _follow_up(phone: Phone) -> None:
    phone.settle()
    for each in consequences.CONSEQUENCES:
        while consequences.follow_up(each, now=phone.now + timedelta(minutes=1)):
            pass


def _live(phone: Phone, city: City) -> None:
    """She says all kinds of things, and things are written to her."""
    me, now = city.xiaolin, phone.now
    keep_contact(
        me, real_name="林小雨", phone="13800138000", consent_version=CONSENT_VERSION, actor=me,
        now=now,
    )  # fmt: skip
    keep_nickname(me, "小雨点", actor=me, now=now)
    set_region(me, "990101", actor=me, now=now)
    phone.say("我要反映：我家的猫雪球走丢了，电话13800138000")
    phone.say("青禾路12号院")
    phone.say("确认")
    phone.say("我要反映：雪球走丢了第二次")  # a form that is never finished
    phone.say("人工")
    _follow_up(phone)
    for number, status in enumerate(Outgoing.Status.values):
        content = TextContent(f"雪球走丢了，{status}")
        conversations.send(me, content, key=f"test:{number}", actor=SETUP, now=now)
        Outgoing.objects.filter(key=f"test:{number}").update(status=status)


def test_before_she_leaves_her_words_are_there(phone: Phone, city: City) -> None:
    _live(phone, city)
    places = _holding(HERS)
    assert {
        "citizens_citizen.openid",
        "citizens_citizen.phone",
        "citizens_citizen.nickname",
    } <= places
    assert any(place.startswith("conversations_message.") for place in places)
    assert any(place.startswith("conversations_outgoing.") for place in places)
    assert any(place.startswith("conversations_dialogue.") for place in places)


def test_after_she_left_nothing_of_hers_is_anywhere(phone: Phone, city: City) -> None:
    _live(phone, city)
    phone.unfollow()
    _follow_up(phone)
    assert _holding(HERS) == set()
    raw = _raw_rows()
    assert [word for word in HERS if word in raw] == []
    assert OPENID not in "".join(text for _, _, text in _everything())  # not even beside a ticket
    waiting = Outgoing.objects.exclude(status=Outgoing.Status.SENT)
    assert set(waiting.values_list("status", flat=True)) == {Outgoing.Status.CANCELLED}


def test_a_message_that_was_on_its_way_stays_cancelled_and_empty(phone: Phone, city: City) -> None:
    """She unfollows while the worker waits for WeChat."""
    me, now = city.xiaolin, phone.now
    conversations.send(me, TextContent("雪球找到了"), key="late", actor=SETUP, now=now)
    row = Outgoing.objects.get(key="late")

    class Slow:
        def call(self, call: Any, *, retries: int) -> None:
            phone.unfollow()
            _follow_up(phone)

    def client_of(account: Any) -> Any:
        return Slow()

    assert courier.deliver(row.pk, clock=lambda: now + timedelta(hours=1), client_of=client_of)
    row.refresh_from_db()
    assert row.status == Outgoing.Status.CANCELLED
    assert _holding(("雪球找到了",)) == set()
    assert APP_ID
