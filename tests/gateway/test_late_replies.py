"""What takes too long is acknowledged in time and delivered by customer-service message, once."""

import asyncio
import time
from datetime import datetime

import pytest

from minxin import wechat
from minxin.accounts.queries import callback_accounts
from minxin.conversations.actions import DialogueState
from minxin.conversations.contents import MenuContent
from minxin.conversations.models import Outgoing
from minxin.gateway import wording
from minxin.gateway.application import Gateway
from minxin.gateway.slow import send_later, tell_late
from minxin.gateway.turn import InThread, Say, Turn
from minxin.knowledge.rules import Choice, Lookup, Near
from tests.support.city import APP_ID, OPENID, build_city

pytestmark = pytest.mark.django_db(transaction=True)


def make_turn(now: datetime) -> Turn:
    city = build_city(now)
    inbound = wechat.Text(
        account="gh_city", openid=OPENID, created_at=1, message_id=1, content="确认"
    )
    account = callback_accounts()[APP_ID]
    return Turn(account, DialogueState(), inbound, 7, city.xiaolin.pk, False, now)


async def test_what_takes_too_long_is_delivered_later(now: datetime) -> None:
    turn = await asyncio.to_thread(make_turn, now)
    gateway = Gateway()
    gateway.start(asyncio.get_running_loop())

    def slow() -> Say:
        time.sleep(0.3)
        return Say("已经提交，编号 KX-7K4M-9RTC。")

    def sent() -> list[Outgoing]:
        return list(Outgoing.objects.all())

    try:
        began = time.monotonic()
        assert await gateway._in_thread(turn, InThread(slow), 0.05) == ""
        assert time.monotonic() - began < 0.25
        until = time.monotonic() + 5
        while not (rows := await asyncio.to_thread(sent)):
            assert time.monotonic() < until, "it was never delivered"
            await asyncio.sleep(0.05)
    finally:
        gateway.stop()
    assert [(row.key, row.content["text"]) for row in rows] == [
        ("later:7", "已经提交，编号 KX-7K4M-9RTC。")
    ]


async def test_what_is_in_time_is_said_at_once(now: datetime) -> None:
    turn = await asyncio.to_thread(make_turn, now)
    gateway = Gateway()
    gateway.start(asyncio.get_running_loop())
    try:
        said = await gateway._in_thread(turn, InThread(lambda: Say("好的")), 2.0)
    finally:
        gateway.stop()
    assert said == "好的"
    assert await asyncio.to_thread(Outgoing.objects.count) == 0


def test_a_late_reply_is_put_in_once(now: datetime) -> None:
    turn = make_turn(now)
    send_later(turn, "好的")
    send_later(turn, "好的")
    assert Outgoing.objects.count() == 1


def test_choices_that_come_late_are_a_menu(now: datetime) -> None:
    turn = make_turn(now)
    found = Lookup(None, 0.3, (Near(4, "身份证丢了怎么补"), Near(9, "户口本丢了怎么补")))
    tell_late(turn, Say(wording.unknown_words(found), menu=wording.unknown_menu(found)))
    sent = Outgoing.objects.get().content
    assert sent["kind"] == "menu"
    assert sent["items"] == [
        ["near:4", "身份证丢了怎么补"],
        ["near:9", "户口本丢了怎么补"],
        ["submit", "提交"],
        ["person", "人工"],
    ]
    assert "您想问的是不是" in sent["head"]
    assert "<a" not in str(sent)
    asked = wording.ask_back_menu([Choice(3, "个人", "audience"), Choice(5, "企业", "audience")])
    assert asked == MenuContent(
        "不同情况答案不一样，您是哪一种？",
        (("choice:3", "个人"), ("choice:5", "企业")),
        wording.ASK_BACK_ELSE,
    )
