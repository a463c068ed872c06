"""The outgoing queue at the transport: in order, retried, held, never sent twice."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import httpx
import pytest

from minxin import wechat
from minxin.accounts import actions as accounts
from minxin.accounts.metering import MeteredTransport
from minxin.conversations import actions, queue
from minxin.conversations.contents import MenuContent, TextContent
from minxin.conversations.courier import deliver
from minxin.conversations.models import Message, Outgoing
from minxin.conversations.queue import settle_abandoned
from minxin.conversations.rules import LEASE, pause_before
from minxin.core.actors import System
from minxin.core.errors import NotFound, Refused
from tests.support.city import APP_ID, OPENID, City

pytestmark = pytest.mark.django_db
MACHINE = System("test")


class WeChat:
    """WeChat at the transport: answers what it is told to, remembers what it was sent."""

    def __init__(self, *answers: dict[str, object] | Exception) -> None:
        self.sent: list[dict[str, object]] = []
        self._answers = list(answers)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/cgi-bin/stable_token":
            return httpx.Response(200, json={"access_token": "t", "expires_in": 7200})
        self.sent.append(json.loads(request.content))
        answer = self._answers.pop(0) if self._answers else {"errcode": 0, "errmsg": "ok"}
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(200, json=answer)

    def client(self, account: object = None) -> wechat.Client:
        return wechat.Client(
            APP_ID,
            "s" * 32,
            store=wechat.MemoryTokenStore(),
            transport=httpx.MockTransport(self),
        )


def due(now: datetime, limit: int) -> list[int]:
    """Numbers of what may be sent now."""
    return [number for lane in queue.lanes() for number in queue.due(lane, limit, now)]


def put(city: City, text: str, now: datetime, key: str = "k1") -> Outgoing:
    row = actions.send(city.xiaolin, TextContent(text), key=key, actor=MACHINE, now=now)
    assert row is not None
    return row


def send(row: Outgoing, there: WeChat, now: datetime) -> Outgoing:
    assert deliver(row.pk, clock=lambda: now, client_of=there.client)
    row.refresh_from_db()
    return row


def test_a_message_arrives_and_is_marked(city: City, now: datetime) -> None:
    there = WeChat()
    row = send(put(city, "您的诉求已答复。", now), there, now)
    assert row.status == "sent"
    assert row.sent_at == now
    assert there.sent == [
        {"touser": OPENID, "msgtype": "text", "text": {"content": "您的诉求已答复。"}}
    ]


def test_the_same_key_is_put_in_once(city: City, now: datetime) -> None:
    assert put(city, "一", now).pk == put(city, "二", now).pk
    assert Message.objects.count() == 1


def test_choices_travel_as_a_menu(city: City, now: datetime) -> None:
    there = WeChat()
    content = MenuContent("满意吗", (("rate:1", "满意"), ("rate:2", "不满意")), "谢谢")
    row = actions.send(city.xiaolin, content, key="k", actor=MACHINE, now=now)
    assert row is not None
    send(row, there, now)
    assert there.sent[0]["msgtype"] == "msgmenu"
    assert row.message is not None
    assert row.message.text == "满意吗\n· 满意\n· 不满意\n谢谢"


def test_two_workers_send_a_message_once(city: City, now: datetime) -> None:
    row, there = put(city, "您好", now), WeChat()
    assert deliver(row.pk, clock=lambda: now, client_of=there.client)
    assert not deliver(row.pk, clock=lambda: now, client_of=there.client)
    assert len(there.sent) == 1


def test_a_busy_wechat_is_asked_again_later(city: City, now: datetime) -> None:
    there = WeChat({"errcode": -1, "errmsg": "system error"})
    row = send(put(city, "您好", now), there, now)
    assert row.status == "waiting"
    assert row.attempts == 1
    assert row.due_at > now
    assert due(now, 10) == []
    assert due(row.due_at, 10) == [row.pk]
    assert send(row, there, row.due_at).status == "sent"


def test_an_unreachable_wechat_is_asked_again_later(city: City, now: datetime) -> None:
    row = send(put(city, "您好", now), WeChat(httpx.ConnectError("refused")), now)
    assert row.status == "waiting"
    assert "连不上微信" in row.error


def test_an_unknown_outcome_is_not_sent_again_by_itself(city: City, now: datetime) -> None:
    row = send(put(city, "您好", now), WeChat(httpx.ReadTimeout("no answer")), now)
    assert row.status == "unsure"
    assert "不能确定" in row.error
    assert due(now + timedelta(days=1), 10) == []


def test_what_a_dead_worker_had_in_hand_is_left_to_a_person(city: City, now: datetime) -> None:
    row = put(city, "您好", now)
    Outgoing.objects.filter(pk=row.pk).update(status="sending", claimed_at=now)
    assert settle_abandoned(now=now + LEASE / 2) == 0
    assert settle_abandoned(now=now + LEASE * 2) == 1
    row.refresh_from_db()
    assert row.status == "unsure"


def test_beyond_the_window_a_message_waits_until_she_speaks(city: City, now: datetime) -> None:
    there = WeChat({"errcode": 45015, "errmsg": "response out of time limit"})
    row = send(put(city, "您好", now), there, now)
    assert (row.status, row.error_code) == ("held", 45015)
    assert row.error
    assert due(now + timedelta(days=9), 10) == []
    later = now + timedelta(days=2)
    assert actions.release_held({city.xiaolin.pk: now - timedelta(hours=1)}, now=later) == 0
    assert actions.release_held({city.xiaolin.pk: later}, now=later) == 1
    row.refresh_from_db()
    assert send(row, there, later).status == "sent"


def test_a_refusal_is_explained_in_chinese(city: City, now: datetime) -> None:
    row = send(put(city, "您好", now), WeChat({"errcode": 48002, "errmsg": "user block"}), now)
    assert (row.status, row.error_code) == ("failed", 48002)
    assert any("一" <= letter <= "鿿" for letter in row.error)


def test_an_account_without_credentials_fails_and_the_worker_lives(
    city: City, now: datetime
) -> None:
    def nobody(account: object) -> wechat.Client:
        raise NotFound("这个账号没有登记AppID和AppSecret，无法调用微信接口。")

    row = put(city, "您好", now)
    assert deliver(row.pk, clock=lambda: now, client_of=nobody)
    row.refresh_from_db()
    assert row.status == "failed"
    assert "AppSecret" in row.error


def test_an_error_of_ours_is_noted_and_the_worker_lives(city: City, now: datetime) -> None:
    def broken(account: object) -> wechat.Client:
        raise ZeroDivisionError

    row = put(city, "您好", now)
    assert deliver(row.pk, clock=lambda: now, client_of=broken)
    row.refresh_from_db()
    assert row.status == "unsure"


def test_she_reads_them_in_the_order_of_writing(city: City, now: datetime) -> None:
    first = put(city, "第一条", now, "k1")
    second = put(city, "第二条", now, "k2")
    assert due(now, 10) == [first.pk]
    send(first, WeChat({"errcode": -1, "errmsg": "system error"}), now)
    assert due(now, 10) == []
    first.refresh_from_db()
    send(first, WeChat(), first.due_at)
    assert due(now, 10) == [second.pk]


def test_nobody_writes_to_one_who_left(city: City, now: datetime) -> None:
    row = put(city, "您好", now)
    city.xiaolin.openid = None
    city.xiaolin.save()
    there = WeChat()
    assert send(row, there, now).status == "cancelled"
    assert there.sent == []
    assert actions.send(city.xiaolin, TextContent("x"), key="z", actor=MACHINE, now=now) is None


def test_only_who_may_sends_again(city: City, now: datetime) -> None:
    row = send(put(city, "您好", now), WeChat({"errcode": 48002, "errmsg": "user block"}), now)
    with pytest.raises(NotFound):
        actions.retry_outgoing(row, actor=city.outsider, now=now)
    row.refresh_from_db()
    assert row.status == "failed"
    actions.retry_outgoing(row, actor=city.operator, now=now)
    assert send(row, WeChat(), now).status == "sent"
    with pytest.raises(Refused):
        actions.retry_outgoing(row, actor=city.operator, now=now)


def test_pauses_grow_to_ten_minutes_and_are_spread() -> None:
    pauses = [pause_before(attempt, 0.5).total_seconds() for attempt in range(1, 16)]
    assert pauses[:4] == [2, 4, 8, 16]
    assert pauses == sorted(pauses)
    assert pauses[-1] == 600
    assert pause_before(5, 0.0) < pause_before(5, 1.0)


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_we_talk(city: City, now: datetime) -> None:
    from django.db import connection

    row = put(city, "您好", now)
    seen: list[tuple[bool, str]] = []

    class Watching(WeChat):
        def __call__(self, request: httpx.Request) -> httpx.Response:
            status = Outgoing.objects.get(pk=row.pk).status
            seen.append((connection.in_atomic_block, status))
            return super().__call__(request)

    send(row, Watching(), now)
    assert seen
    assert all(each == (False, "sending") for each in seen)


@pytest.mark.parametrize("act", [actions.retry_outgoing, actions.cancel_outgoing])
def test_a_second_click_does_not_undo_what_was_sent_meanwhile(
    city: City, now: datetime, act: Callable[..., None]
) -> None:
    actions.send(city.xiaolin, TextContent("您好"), key="twice", actor=MACHINE, now=now)
    Outgoing.objects.update(status=Outgoing.Status.UNSURE)
    opened_before = Outgoing.objects.get()
    Outgoing.objects.update(status=Outgoing.Status.SENT)
    with pytest.raises(Refused):
        act(opened_before, actor=city.operator, now=now)
    assert Outgoing.objects.get().status == Outgoing.Status.SENT


def test_a_spent_budget_puts_a_message_off_and_costs_no_attempt(city: City, now: datetime) -> None:
    budget = accounts.Budget.CUSTOM_MESSAGE
    accounts.take(city.account.pk, budget, wanted=500_000, is_urgent=False, now=now)
    there = WeChat()

    def metered(account: object) -> wechat.Client:
        inner = httpx.MockTransport(there)
        transport = MeteredTransport(city.account.pk, inner, clock=now.timestamp)
        store = wechat.MemoryTokenStore()
        return wechat.Client(APP_ID, "s" * 32, store=store, transport=transport)

    row = put(city, "您好", now)
    assert deliver(row.pk, clock=lambda: now, client_of=metered)
    row.refresh_from_db()
    assert there.sent == []
    assert (row.status, row.attempts) == (Outgoing.Status.WAITING, 0)
    assert row.due_at == now.replace(day=25, hour=0)
    assert "紧急通知" in row.error
