"""The courier: lanes, urgent rows behind a batch, other ways, bad rows, a killed worker."""

import hashlib
import hmac
import http.server
import json
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from minxin.accounts import actions as accounts
from minxin.accounts.budgets import Budget
from minxin.accounts.models import AccountBudget
from minxin.citizens.actions import keep_contact
from minxin.citizens.rules import CONSENT_VERSION
from minxin.conversations import actions, queue
from minxin.conversations.contents import (
    Content,
    MassContent,
    SmsContent,
    SubscriptionContent,
    TemplateContent,
    TextContent,
    content_as_json,
    content_from_json,
)
from minxin.conversations.courier import HANDS, KEPT_FREE, Courier, deliver
from minxin.conversations.models import Dialogue, Message, Outgoing, Sender
from minxin.conversations.rules import LEASE, TEMPLATE_KNOWN, Priority
from minxin.core.actors import System
from tests.conversations.test_outgoing import WeChat
from tests.support.city import City

pytestmark = pytest.mark.django_db
MACHINE = System("test")
TEMPLATE = TemplateContent("tpl", {"thing1": "路灯修复"})


def put(city: City, content: Content, key: str, now: datetime, **more: Any) -> Outgoing:
    row = actions.send(city.xiaolin, content, key=key, actor=MACHINE, now=now, **more)
    assert row is not None
    return row


def send(row: Outgoing, there: WeChat, now: datetime) -> Outgoing:
    assert deliver(row.pk, clock=lambda: now, client_of=there.client)
    row.refresh_from_db()
    return row


def bulk(city: City, count: int, now: datetime) -> None:
    Outgoing.objects.bulk_create(
        Outgoing(
            key=f"bulk:{number}", account=city.account, channel="mass", priority=Priority.BULK,
            content=content_as_json(MassContent("text", str(number))), due_at=now, created_at=now,
        )
        for number in range(count)
    )  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        TEMPLATE,
        SubscriptionContent("tpl", {"thing1": "x"}, "pages/a"),
        MassContent("mpnews", "media", "标题", 3),
        SmsContent("您好"),
    ],
)
def test_a_content_comes_back_from_its_row(content: Content) -> None:
    assert content_from_json(json.loads(json.dumps(content_as_json(content)))) == content


def test_a_turn_takes_what_is_urgent_first_and_leaves_hands_free(city: City, now: datetime) -> None:
    bulk(city, 50, now)
    courier = Courier(clock=lambda: now)
    assert len(courier.turn()) == HANDS - KEPT_FREE
    urgent = put(city, TextContent("暴雨红色预警"), "u", now, priority=Priority.URGENT)
    courier._looked = float("-inf")
    taken = courier.turn()
    assert [one.row.pk for one in taken] == [urgent.pk]
    assert Outgoing.objects.filter(status="sending").count() == HANDS - KEPT_FREE + 1


def test_lanes_are_found_without_their_rows(city: City, now: datetime) -> None:
    bulk(city, 30, now)
    put(city, TextContent("您好"), "a", now)
    put(city, TEMPLATE, "b", now, not_before=now + timedelta(hours=1))
    lanes = queue.lanes()
    assert [(str(one.channel), one.priority) for one in lanes] == [
        ("custom", 1), ("mass", 2), ("template", 1),
    ]  # fmt: skip
    assert lanes[2].due_at == now + timedelta(hours=1)
    assert queue.due(lanes[2], 5, now) == []


def test_no_statement_of_a_turn_reads_a_whole_lane(city: City, now: datetime) -> None:
    """SQLite, which knows nothing of how the table is filled, must not look rows up by their status."""
    if connection.vendor != "sqlite":
        pytest.skip("about SQLite's plans")
    bulk(city, 60, now)
    courier = Courier(clock=lambda: now)
    with CaptureQueriesContext(connection) as asked:
        going = courier.turn()
        for one in going:
            courier._ended.append(queue.Outcome(one.row.pk, "sent", {"wechat_id": "1"}))
        courier.turn()
    plans = []
    for statement in asked.captured_queries:
        if "conversations_outgoing" in statement["sql"]:
            with connection.cursor() as cursor:
                cursor.execute("EXPLAIN QUERY PLAN " + statement["sql"].replace("%", "%%"))
                plans += [row[3] for row in cursor.fetchall()]
    assert any("INTEGER PRIMARY KEY" in plan for plan in plans)
    # `settle_abandoned` looks for what is being sent, which never is more than there are hands.
    whole = [plan for plan in plans if plan.endswith("outgoing_by_lane (status=?)")]
    assert len(whole) <= 5, plans
    assert not [plan for plan in plans if plan.startswith("SCAN conversations_outgoing")]


def test_what_is_urgent_does_not_wait_for_her_earlier_bulk_message(
    city: City, now: datetime
) -> None:
    put(city, TEMPLATE, "slow", now, priority=Priority.BULK)
    first = put(city, TEMPLATE, "urgent", now, priority=Priority.URGENT)
    assert next(queue.due(lane, 5, now) for lane in queue.lanes()) == [first.pk]


def test_a_damaged_row_fails_and_the_others_go(city: City, now: datetime) -> None:
    bad = put(city, TextContent("一"), "bad", now)
    Outgoing.objects.filter(pk=bad.pk).update(content={"kind": "nonsense"})
    good = put(city, TEMPLATE, "good", now)
    assert send(bad, WeChat(), now).status == "failed"
    assert "损坏" in bad.error
    there = WeChat({"errcode": 0, "errmsg": "ok", "msgid": 77})
    assert send(good, there, now).status == "sent"
    assert good.wechat_id == "77"


def test_a_citizen_whose_data_is_damaged_does_not_hold_up_the_others(
    city: City, now: datetime
) -> None:
    put(city, TEMPLATE, "hers", now)
    bulk(city, 1, now)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE citizens_citizen SET openid = 'a1.nonsense'")
    taken = Courier(clock=lambda: now).turn()
    assert [one.row.key for one in taken] == ["bulk:0"]
    row = Outgoing.objects.get(key="hers")
    assert row.status == "failed"
    assert "无法读取" in row.error


def test_beyond_her_window_nobody_is_asked_until_she_speaks(city: City, now: datetime) -> None:
    spoke = now - timedelta(hours=49)
    Message.objects.create(
        account=city.account, citizen=city.xiaolin, sender=Sender.CITIZEN, kind="Text", text="在吗",
        said_at=spoke, recorded_at=spoke,
    )  # fmt: skip
    Dialogue.objects.create(
        citizen=city.xiaolin, account=city.account, last_citizen_message_at=spoke
    )
    row = put(city, TextContent("您好"), "late", now)
    assert Courier(clock=lambda: now).turn() == []
    row.refresh_from_db()
    assert (row.status, row.attempts) == ("held", 0)
    assert actions.release_held({city.xiaolin.pk: spoke}, now=now) == 0
    assert actions.release_held({city.xiaolin.pk: now}, now=now) == 1


def test_five_messages_are_sent_since_she_spoke_and_the_sixth_is_held(
    city: City, now: datetime
) -> None:
    spoke = now - timedelta(hours=1)
    Message.objects.create(
        account=city.account, citizen=city.xiaolin, sender=Sender.CITIZEN, kind="Text", text="在吗",
        said_at=spoke, recorded_at=spoke,
    )  # fmt: skip
    Dialogue.objects.create(
        citizen=city.xiaolin, account=city.account, last_citizen_message_at=spoke
    )
    for number in range(5):
        assert (
            send(put(city, TextContent("您好"), f"k{number}", now), WeChat(), now).status == "sent"
        )
    row = put(city, TextContent("您好"), "sixth", now)
    assert Courier(clock=lambda: now).turn() == []
    row.refresh_from_db()
    assert row.status == "held"


def test_a_closed_way_gives_place_to_the_next(city: City, now: datetime) -> None:
    row = put(city, TextContent("您好"), "k", now, otherwise=[TEMPLATE])
    send(row, WeChat({"errcode": 45015, "errmsg": "out of time"}), now)
    assert (row.status, row.channel, row.error_code) == ("waiting", "template", 45015)
    there = WeChat({"errcode": 0, "errmsg": "ok", "msgid": 5})
    assert send(row, there, now).status == "sent"
    assert there.sent[0]["template_id"] == "tpl"


def test_after_the_latest_time_it_is_given_up(city: City, now: datetime) -> None:
    row = put(city, TEMPLATE, "k", now, window_ends_at=now + timedelta(hours=1))
    there = WeChat()
    assert send(row, there, now + timedelta(hours=2)).status == "cancelled"
    assert there.sent == []


def test_where_wechat_knows_a_repeat_it_is_sent_again_with_the_same_id(
    city: City, now: datetime
) -> None:
    import httpx

    row = put(city, TEMPLATE, "k", now)
    first = WeChat(httpx.ReadTimeout("no answer"))
    assert send(row, first, now).status == "waiting"
    second = WeChat({"errcode": 0, "errmsg": "ok", "msgid": 5})
    assert send(row, second, row.due_at).status == "sent"
    assert first.sent[0]["client_msg_id"] == second.sent[0]["client_msg_id"]


def test_but_not_when_wechat_may_have_forgotten_it(city: City, now: datetime) -> None:
    row = put(city, TEMPLATE, "k", now)
    Outgoing.objects.filter(pk=row.pk).update(uncertain_at=now)
    there = WeChat()
    assert send(row, there, now + TEMPLATE_KNOWN).status == "unsure"
    assert there.sent == []


def test_a_mass_message_that_was_sent_before_counts_as_sent(city: City, now: datetime) -> None:
    bulk(city, 1, now)
    row = Outgoing.objects.get()
    assert (
        send(row, WeChat({"errcode": 45065, "errmsg": "clientmsgid exist"}), now).status == "sent"
    )


def test_a_spent_quota_costs_no_attempt_and_pauses_the_lane(city: City, now: datetime) -> None:
    row = put(city, TEMPLATE, "k", now)
    send(row, WeChat({"errcode": 45009, "errmsg": "reach max api daily quota limit"}), now)
    assert (row.status, row.attempts) == ("waiting", 0)
    assert row.due_at > now


def test_a_dead_workers_rows_go_again_only_where_a_repeat_is_known(
    city: City, now: datetime
) -> None:
    put(city, TextContent("您好"), "custom", now)
    put(city, TEMPLATE, "template", now)
    assert len(Courier(clock=lambda: now).turn()) == 2
    assert queue.settle_abandoned(now=now + LEASE * 2) == 2
    assert dict(Outgoing.objects.values_list("key", "status")) == {
        "custom": "unsure", "template": "waiting",
    }  # fmt: skip
    assert Outgoing.objects.get(key="template").uncertain_at == now


# Text messages -----------------------------------------------------------------------------------


@pytest.fixture
def gateway(settings: Any) -> Iterator[list[dict[str, Any]]]:
    """A gateway of the city's: checks the signature, remembers what came; answers `statuses`."""
    came: list[dict[str, Any]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            signed = self.headers["x-minxin-time"].encode() + b"." + body
            good = hmac.new(b"k" * 16, signed, hashlib.sha256).hexdigest()
            told = json.loads(body)
            is_good = hmac.compare_digest(good, self.headers["x-minxin-signature"])
            came.append(told)
            status = 403 if not is_good else 503 if len(came) == 1 else 200
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Silent."""

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    settings.MINXIN_SMS_URL = f"http://127.0.0.1:{server.server_port}/"
    settings.MINXIN_SMS_KEY = "k" * 16
    yield came
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_text_message_goes_to_who_agreed(
    city: City, now: datetime, gateway: list[dict[str, Any]]
) -> None:
    keep_contact(
        city.xiaolin, real_name="", phone="13800138000", consent_version=CONSENT_VERSION,
        actor=city.xiaolin, now=now, agrees_to_texts=True,
    )  # fmt: skip
    row = put(city, SmsContent("您的诉求已答复"), "k", now)
    assert send(row, WeChat(), now).status == "waiting"  # it was busy
    assert send(row, WeChat(), row.due_at).status == "sent"
    assert [one["phone"] for one in gateway] == ["13800138000"] * 2
    assert gateway[0]["id"] == gateway[1]["id"]


def test_no_text_message_without_consent(
    city: City, now: datetime, gateway: list[dict[str, Any]]
) -> None:
    keep_contact(
        city.xiaolin, real_name="", phone="13800138000", consent_version=CONSENT_VERSION,
        actor=city.xiaolin, now=now,
    )  # fmt: skip
    row = send(put(city, SmsContent("您的诉求已答复"), "k", now), WeChat(), now)
    assert row.status == "failed"
    assert "同意" in row.error
    assert gateway == []


# The account's ledger ----------------------------------------------------------------------------


def spent(city: City, budget: Budget) -> int:
    return sum(AccountBudget.objects.filter(budget=budget).values_list("spent", flat=True))


def test_a_turn_reserves_what_it_sends(city: City, now: datetime) -> None:
    put(city, TEMPLATE, "k", now)
    assert len(Courier(clock=lambda: now).turn()) == 1
    assert spent(city, Budget.TEMPLATE_MESSAGE) == 1


def test_where_the_ledger_grants_nothing_one_row_asks_and_the_lane_pauses(
    city: City, now: datetime
) -> None:
    accounts.note_limit(city.account.pk, Budget.TEMPLATE_MESSAGE, now)
    put(city, TEMPLATE, "a", now)
    courier = Courier(clock=lambda: now)
    assert [one.budget for one in courier.turn()] == [None]
    put(city, SubscriptionContent("tpl", {}), "b", now)
    courier._looked = float("-inf")
    assert [one.row.key for one in courier.turn()] == ["b"]
    assert spent(city, Budget.TEMPLATE_MESSAGE) == 0
