"""The courier when something is wrong: what is kept for urgent rows stays theirs, no hand is lost."""

import json
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from django.db import OperationalError
from django.test import override_settings

from minxin import wechat
from minxin.accounts import actions as accounts
from minxin.accounts.budgets import Budget
from minxin.accounts.metering import MeteredTransport
from minxin.accounts.models import Account
from minxin.citizens.actions import keep_contact
from minxin.citizens.rules import CONSENT_VERSION
from minxin.conversations import courier as couriers
from minxin.conversations.channels import sms
from minxin.conversations.contents import (
    MassContent,
    SmsContent,
    TextContent,
    content_as_json,
)
from minxin.conversations.courier import Courier
from minxin.conversations.models import Dialogue, Message, Outgoing, Sender
from minxin.conversations.rules import MOST_ATTEMPTS, Priority
from tests.conversations.test_courier import TEMPLATE, bulk, put, send
from tests.conversations.test_outgoing import WeChat
from tests.support.city import City

pytestmark = pytest.mark.django_db


def spend_all_but_what_is_kept(city: City, budget: Budget, now: datetime) -> None:
    accounts.take(city.account.pk, budget, wanted=10**9, is_urgent=False, now=now)


def test_bulk_that_spent_its_share_does_not_stop_what_is_urgent(city: City, now: datetime) -> None:
    spend_all_but_what_is_kept(city, Budget.TEMPLATE_MESSAGE, now)
    put(city, TEMPLATE, "bulk", now, priority=Priority.BULK)
    courier = Courier(clock=lambda: now)
    courier.turn()
    put(city, TEMPLATE, "urgent", now, priority=Priority.URGENT)
    courier._looked = float("-inf")
    assert [one.row.key for one in courier.turn()] == ["urgent"]


def test_an_urgent_mass_message_spends_what_is_kept(
    city: City, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = Outgoing.objects.create(
        key="m", account=city.account, channel="mass", priority=Priority.URGENT, due_at=now,
        content=content_as_json(MassContent("text", "暴雨红色预警", tag=1)), created_at=now,
    )  # fmt: skip
    spend_all_but_what_is_kept(city, Budget.MASS_SEND, now)
    there = WeChat({"errcode": 0, "errmsg": "ok", "msg_id": 1})

    def client_for(
        account: Account, *, has_taken: bool = False, is_urgent: bool = False
    ) -> wechat.Client:
        metered = MeteredTransport(
            account.pk, httpx.MockTransport(there), has_taken=has_taken, is_urgent=is_urgent,
            clock=now.timestamp,
        )  # fmt: skip
        store = wechat.MemoryTokenStore()
        return wechat.Client("wx", "s" * 32, store=store, transport=metered)

    monkeypatch.setattr(couriers, "client_for", client_for)
    courier = Courier(clock=lambda: now)
    (one,) = courier.turn()
    courier._deliver(one)
    _going, found = courier._done.get_nowait()
    assert (found.outcome.number, found.outcome.status) == (row.pk, "sent")


def test_what_is_put_off_to_next_week_holds_nothing_up_today(city: City, now: datetime) -> None:
    put(city, TEMPLATE, "next week", now, not_before=now + timedelta(days=7))
    put(city, TEMPLATE, "today", now)
    assert [one.row.key for one in Courier(clock=lambda: now).turn()] == ["today"]


def test_what_is_tried_again_later_keeps_its_place(city: City, now: datetime) -> None:
    first = put(city, TEMPLATE, "first", now)
    put(city, TEMPLATE, "second", now)
    later = now + timedelta(minutes=1)
    Outgoing.objects.filter(pk=first.pk).update(attempts=1, due_at=later)
    assert Courier(clock=lambda: now).turn() == []


def test_a_fault_after_the_commit_loses_no_row_and_no_hand(
    city: City, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoke = now - timedelta(hours=49)
    Message.objects.create(
        account=city.account, citizen=city.xiaolin, sender=Sender.CITIZEN, kind="Text", text="在吗",
        said_at=spoke, recorded_at=spoke,
    )  # fmt: skip
    Dialogue.objects.create(
        citizen=city.xiaolin, account=city.account, last_citizen_message_at=spoke
    )
    held = put(city, TextContent("您好"), "late", now)
    bulk(city, 5, now)
    is_locked = [True]

    def latest_act(_key: str) -> datetime:
        if is_locked.pop() if is_locked else False:
            raise OperationalError("database is locked")
        return now

    monkeypatch.setattr(couriers, "latest_act", latest_act)
    courier = Courier(clock=lambda: now)
    assert len(courier.turn()) == 5
    held.refresh_from_db()
    assert held.status == "held"
    courier.turn()  # asked again
    held.refresh_from_db()
    assert held.status == "waiting"


def test_a_way_that_cannot_be_read_is_given_up_and_the_others_go(city: City, now: datetime) -> None:
    row = put(city, TEMPLATE, "bad", now, window_ends_at=now - timedelta(minutes=1))
    Outgoing.objects.filter(pk=row.pk).update(otherwise=[{"kind": "gone"}])
    bulk(city, 3, now)
    assert len(Courier(clock=lambda: now).turn()) == 3
    row.refresh_from_db()
    assert row.status == "cancelled"


def test_whatever_goes_wrong_in_a_hand_is_an_outcome(
    city: City, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(city, TEMPLATE, "k", now)
    courier = Courier(clock=lambda: now)
    (one,) = courier.turn()

    def bursts(*_arguments: Any) -> None:
        raise RuntimeError("not foreseen")

    monkeypatch.setattr(couriers, "attempt", bursts)
    courier._deliver(one)
    assert courier._done.get_nowait()[1].outcome.status == "unsure"


def test_a_locked_database_before_it_is_sent_leaves_it_waiting(city: City, now: datetime) -> None:
    def locked(_account: Account) -> wechat.Client:
        raise OperationalError("database is locked")

    row = put(city, TEMPLATE, "k", now)
    assert couriers.deliver(row.pk, clock=lambda: now, client_of=locked)
    row.refresh_from_db()
    assert (row.status, row.uncertain_at) == ("waiting", None)


def test_a_customer_service_message_too_is_not_sent_after_its_latest_time(
    city: City, now: datetime
) -> None:
    Dialogue.objects.create(citizen=city.xiaolin, account=city.account, last_citizen_message_at=now)
    row = put(
        city, TextContent("今天12点前请回复"), "k", now, window_ends_at=now + timedelta(hours=1)
    )
    there = WeChat()
    assert send(row, there, now + timedelta(hours=2)).status == "cancelled"
    assert there.sent == []


@override_settings(MINXIN_SMS_URL="http://127.0.0.1:9/", MINXIN_SMS_KEY="k" * 16)
def test_a_text_message_that_may_have_gone_is_never_sent_under_another_id(
    city: City, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = []

    def post(self: httpx.Client, url: str, *, content: bytes, **_more: Any) -> httpx.Response:
        ids.append(json.loads(content)["id"])
        raise httpx.ReadTimeout("no answer")

    monkeypatch.setattr(sms.httpx.Client, "post", post)
    keep_contact(
        city.xiaolin, real_name="", phone="13800138000", consent_version=CONSENT_VERSION,
        actor=city.xiaolin, now=now, agrees_to_texts=True,
    )  # fmt: skip
    row = put(city, SmsContent("停水通知"), "k", now)
    Outgoing.objects.filter(pk=row.pk).update(attempts=MOST_ATTEMPTS - 1)
    assert send(row, WeChat(), now).status == "unsure"
    assert "短信网关" in row.error
    assert len(ids) == 1
