"""What the gateway promises, on the real server: killed, starved and lied to."""

import json
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from minxin import wechat
from tests.support.city import APP_ID
from tests.support.databases import EITHER_DATABASE, OwnDatabase, own_database
from tests.support.pushing import SECRETS, Load, push, text_push, wait_until_answered, words
from tests.support.serving import granian, kill

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("guarantees")]

APPLICATION = "minxin.site.application:app"
BUILD = """
from datetime import datetime, UTC
from tests.support.city import build_city
from tests.support.entries import entry
now = datetime.now(UTC)
city = build_city(now)
entry(city.police, "居民身份证丢失后怎样补办", "本人到任一派出所即可补办。", variants=("身份证丢了怎么补",), now=now)
"""
RECORDED = """
import json
from minxin.conversations.models import Message
print(json.dumps(list(Message.objects.exclude(delivery=None).values_list("delivery", flat=True))))
"""


@pytest.fixture(params=EITHER_DATABASE)
def database(request: pytest.FixtureRequest) -> Iterator[OwnDatabase]:
    with own_database(request.param) as database:
        database.run(BUILD)
        yield database


@pytest.fixture
def sqlite() -> Iterator[OwnDatabase]:
    with own_database("sqlite") as database:
        database.run(BUILD)
        yield database


def recorded(database: OwnDatabase) -> list[str]:
    found: list[str] = json.loads(database.run(RECORDED))
    return found


def name_of(number: int) -> str:
    from minxin.conversations.recording import delivery_name

    return delivery_name(f"m:{number}")


def test_what_was_acknowledged_is_on_disk_after_kill_9(database: OwnDatabase) -> None:
    acknowledged: dict[int, str] = {}
    for round_ in range(3):
        with granian(APPLICATION, **database.env) as (base, process):
            wait_until_answered(base)
            load = Load(base, first=1_000_000_000 * (round_ + 1)).start()
            time.sleep(1.2)
            kill(process)
            load.stop()
        assert len(load.acknowledged) > 50
        acknowledged |= load.acknowledged
    found = recorded(database)
    assert len(found) == len(set(found))
    assert {name_of(number) for number in acknowledged} - set(found) == set()
    with granian(APPLICATION, **database.env) as (base, _):
        wait_until_answered(base)
        for number in list(acknowledged)[:: max(len(acknowledged) // 20, 1)]:
            again = push(base, text_push("身份证丢了怎么补", number, "oLane0-0"))
            assert words(again) == acknowledged[number]
    assert len(recorded(database)) >= len(found)


def test_a_repeat_at_two_gateways_is_recorded_once_and_hears_the_same(
    database: OwnDatabase,
) -> None:
    with (
        granian(APPLICATION, **database.env) as (first, _),
        granian(APPLICATION, **database.env) as (second, _),
    ):
        wait_until_answered(first)
        wait_until_answered(second)
        numbers = range(5_000_000, 5_000_060)

        def deliver(number: int) -> tuple[str, str]:
            inbound = text_push("身份证丢了怎么补", number, f"oTwin{number % 7}")
            with ThreadPoolExecutor(2) as pool:
                answers = list(pool.map(lambda base: push(base, inbound), (first, second)))
            return words(answers[0]), words(answers[1])

        with ThreadPoolExecutor(6) as pool:
            heard = list(pool.map(deliver, numbers))
    assert all("来源：" in one and one == other for one, other in heard)
    found = recorded(database)
    assert [found.count(name_of(number)) for number in numbers] == [1] * len(numbers)


def test_a_ticket_confirmed_at_two_gateways_is_filed_once(sqlite: OwnDatabase) -> None:
    with (
        granian(APPLICATION, **sqlite.env) as (first, _),
        granian(APPLICATION, **sqlite.env) as (second, _),
    ):
        wait_until_answered(first)
        wait_until_answered(second)
        assert "哪里" in words(push(first, text_push("我要反映：小区停水三天没人管", 11, "oFiler")))
        assert "核对" in words(push(first, text_push("青禾路12号", 12, "oFiler")))
        push(first, text_push("嗯", 13, "oFiler"))  # the dialogue's memory is on disk by now
        confirm = text_push("确认", 14, "oFiler")
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda base: push(base, confirm), (first, second)))
        said = {words(answer) for answer in answers}
    count = sqlite.run("from minxin.tickets.models import Ticket; print(Ticket.objects.count())")
    assert count == "1"
    assert len(said) == 1
    assert "编号" in said.pop()


def test_a_locked_database_acknowledges_nothing_and_recovers(sqlite: OwnDatabase) -> None:
    path = sqlite.env["MINXIN_DATABASE_URL"].removeprefix("sqlite://")
    with granian(APPLICATION, **sqlite.env) as (base, _):
        wait_until_answered(base)
        before = len(recorded(sqlite))
        with sqlite3.connect(path, isolation_level=None) as blocker:
            blocker.execute("BEGIN EXCLUSIVE")
            began = time.monotonic()
            answer = push(base, text_push("身份证丢了怎么补", 21))
            assert answer.status_code == 500
            assert time.monotonic() - began < 5.0
            blocker.execute("ROLLBACK")
        until = time.monotonic() + 20
        while time.monotonic() < until and push(base, text_push("谢谢", 22)).status_code != 200:
            time.sleep(0.2)
        assert "来源：" in words(push(base, text_push("身份证丢了怎么补", 21)))
        assert len(recorded(sqlite)) == before + 2


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with own_database("sqlite") as database:
        database.run(BUILD)
        with granian(APPLICATION, **database.env) as (base, _):
            wait_until_answered(base)
            yield base


def test_a_wrong_signature_is_forbidden(base: str) -> None:
    wrong = wechat.CallbackSecrets(APP_ID, "another", "k" * 43)
    assert push(base, text_push("您好", 31), secrets=wrong).status_code == 403


def test_a_stale_push_is_forbidden(base: str) -> None:
    assert push(base, text_push("您好", 32), at=time.time() - 3600).status_code == 403


def test_an_unknown_account_is_not_found(base: str) -> None:
    assert push(base, text_push("您好", 33), app_id="wx0000000000000000").status_code == 404
    assert httpx.get(f"{base}/wechat/nothing").status_code == 404


def test_an_oversized_push_is_refused(base: str) -> None:
    body = b"<xml>" + b"a" * wechat.MAX_BODY + b"</xml>"
    answer = httpx.post(f"{base}/wechat/{APP_ID}/callback", content=body)
    assert answer.status_code == 413


def test_the_address_is_verified(base: str) -> None:
    query = wechat.sign_verification(SECRETS, echostr="5417", now=time.time(), nonce="n")
    answer = httpx.get(f"{base}/wechat/{APP_ID}/callback", params=query)
    assert (answer.status_code, answer.text) == (200, "5417")
    answer = httpx.get(f"{base}/wechat/{APP_ID}/callback", params={**query, "nonce": "m"})
    assert answer.status_code == 403


def test_an_answer_comes_within_a_second(base: str) -> None:
    began = time.monotonic()
    assert "来源：" in words(push(base, text_push("身份证丢了怎么补", 41)))
    assert time.monotonic() - began < 1


def test_health_readiness_and_metrics(base: str) -> None:
    assert httpx.get(f"{base}/healthz").text == "ok\n"
    assert "minxin_gateway_recorded_total" in httpx.get(f"{base}/metrics").text
    waiting = httpx.get(f"{base}/readyz").json()["waiting_for"]
    assert all(fault.startswith("database: migrations") for fault in waiting)
