"""What `minxin bench notify` runs in processes of their own: the simulator's side, the worker, the loop."""

import asyncio
import json
import os
import sqlite3
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import httpx

from minxin.cli.bench.rooms import one_account
from minxin.simulator.lean_http import Pool

APP_ID, SECRET = "wx0000000000000001", "0" * 32
WORDS = "您反映的路灯不亮已经修好，请您看看是否满意。"
AT_ONCE, CHUNK = 32, 5000


class Simulator:
    """One account and its followers on a simulator; what they got is read from its own file."""

    def __init__(self, base: str, home: str, followers: int) -> None:
        self.base, self._file = base, Path(home) / "simulator.sqlite3"
        self._http = httpx.Client(base_url=base, timeout=300)
        account = {
            "app_id": APP_ID, "secret": SECRET, "name": "云溪政务", "kind": "service",
            "verified": True, "principal": "government",
        }  # fmt: skip
        account["quotas"] = {
            "/cgi-bin/message/custom/send": 0, "/cgi-bin/message/template/send": 0,
        }  # fmt: skip
        self._http.post("/sim/accounts", json=account).raise_for_status()
        self._http.post(
            "/sim/crowds", json={"app_id": APP_ID, "count": followers}
        ).raise_for_status()

    def openids(self) -> list[str]:
        """All followers."""
        return [row[0] for row in self._rows("SELECT openid FROM followers ORDER BY citizen")]

    def speak(self, openids: Sequence[str]) -> None:
        """Each says something: five messages may follow."""

        async def say() -> None:
            pool, waiting = Pool(), iter(openids)

            async def one_by_one() -> None:
                for openid in waiting:
                    body = json.dumps({"app_id": APP_ID, "openid": openid, "text": "在吗"})
                    status, answer = await pool.post(f"{self.base}/sim/say", body.encode(), "application/json")  # fmt: skip
                    if status >= 300:
                        sys.exit(f"/sim/say: {answer.decode()}")

            await asyncio.gather(*(one_by_one() for _ in range(AT_ONCE)))
            pool.close()

        asyncio.run(say())

    def template(self) -> str:
        """A template that the account may use."""
        asked = {
            "template_id_short": "40001",
            "keyword_name_list": ["办理事项", "当前状态", "更新时间"],
        }
        params = {"access_token": self.token()}
        answer = self._http.post("/cgi-bin/template/api_add_template", params=params, json=asked)
        return str(answer.json()["template_id"])

    def token(self) -> str:
        """A token as a client of its own has it."""
        asked = {"grant_type": "client_credential", "appid": APP_ID, "secret": SECRET}
        return str(self._http.post("/cgi-bin/stable_token", json=asked).json()["access_token"])

    def got(self) -> Counter[str]:
        """How many messages of the account each has got."""
        rows = self._rows(
            "SELECT openid, count(*) FROM messages WHERE sender = 'account' GROUP BY 1"
        )
        return Counter(dict(rows))

    def _rows(self, query: str) -> list[Any]:
        with sqlite3.connect(f"file:{self._file}?mode=ro", uri=True) as database:
            return database.execute(query).fetchall()


# In processes with Django ------------------------------------------------------------------------


def seed(openids: str) -> None:
    """The account, its agency, and a citizen for each follower."""
    from minxin.citizens.identity import key_of
    from minxin.citizens.models import Citizen

    now = datetime.now(UTC)
    account = one_account(APP_ID, secret=SECRET, token="t" * 16, aes_key="a" * 43)
    people = (
        Citizen(
            key=key_of(APP_ID, openid), account=account, openid=openid, first_seen_at=now,
            followed_at=now,
        )
        for openid in json.loads(openids)
    )  # fmt: skip
    while chunk := list(islice(people, CHUNK)):
        Citizen.objects.bulk_create(chunk)


def put(name: str, openids: str) -> None:
    """A customer-service message to each of these citizens."""
    from minxin.conversations.contents import TextContent

    _put(name, openids, TextContent(WORDS), 1)


def put_bulk(openids: str, template_id: str) -> None:
    """A template message of a batch to each of these citizens."""
    from minxin.conversations.contents import TemplateContent

    data = {"thing1": "路灯修复", "phrase2": "已办结", "time3": "2026年11月26日 10:00"}
    _put("bulk", openids, TemplateContent(template_id, data), 2)


def _put(name: str, openids: str, content: Any, priority: int) -> None:
    from minxin.accounts.models import Account
    from minxin.citizens.identity import key_of
    from minxin.conversations.contents import channel_of, content_as_json
    from minxin.conversations.models import Outgoing

    now, account = datetime.now(UTC), Account.objects.get(app_id=APP_ID)
    keys = [key_of(APP_ID, openid) for openid in json.loads(openids)]
    rows: Iterator[Outgoing] = (
        Outgoing(
            key=f"{name}:{key}", account=account, citizen_id=key, content=content_as_json(content),
            channel=channel_of(content), priority=priority, due_at=now, created_at=now,
        )
        for key in keys
    )  # fmt: skip
    while chunk := list(islice(rows, CHUNK)):
        Outgoing.objects.bulk_create(chunk)


def work() -> None:
    """One worker: until its queue is empty (MINXIN_BENCH_UNTIL_EMPTY), or until it is told to stop."""
    import signal

    from minxin.conversations.courier import Courier
    from minxin.conversations.models import Outgoing

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    courier = Courier()
    thread = threading.Thread(target=courier.run, args=(stop,))
    began, used = time.monotonic(), time.process_time()
    thread.start()
    until_empty = bool(os.environ.get("MINXIN_BENCH_UNTIL_EMPTY"))
    under_way = Outgoing.objects.filter(status__in=["waiting", "sending"])
    while not stop.wait(0.1):
        if until_empty and not under_way.exists():
            stop.set()
    ended, spent = time.monotonic(), time.process_time() - used
    thread.join()
    left = Outgoing.objects.exclude(status__in=["sent", "unsure", "cancelled"]).count()
    print(json.dumps({"seconds": ended - began, "cpu_seconds": spent, "not_sent": left}))


def loop() -> None:
    """wechatpy, one message after the other."""
    from wechatpy import WeChatClient

    told = json.loads(sys.stdin.read())
    client = WeChatClient(APP_ID, SECRET)
    client.API_BASE_URL = f"{told['base']}/cgi-bin/"
    client.session.set(f"{APP_ID}_access_token", told["token"], 7200)
    began, used = time.monotonic(), time.process_time()
    for openid in told["openids"]:
        client.message.send_text(openid, WORDS)
    spent = time.process_time() - used
    print(json.dumps({"seconds": time.monotonic() - began, "cpu_seconds": spent}))


def urgent(openids: str, pause: float) -> str:
    """Put urgent messages behind the batch; how long each took, and how the batch went meanwhile."""
    from minxin.citizens.identity import key_of
    from minxin.citizens.models import Citizen
    from minxin.conversations.actions import send
    from minxin.conversations.contents import TextContent
    from minxin.conversations.models import Outgoing
    from minxin.conversations.rules import Priority
    from minxin.core.actors import System

    batch = Outgoing.objects.filter(priority=Priority.BULK, status="sent")
    before, began = batch.count(), time.monotonic()
    keys = [key_of(APP_ID, openid) for openid in json.loads(openids)]
    people = list(Citizen.objects.filter(pk__in=keys))
    for number, citizen in enumerate(people):
        send(
            citizen, TextContent("暴雨红色预警，请勿外出。"), key=f"urgent:{number}",
            actor=System("bench"), now=datetime.now(UTC), priority=Priority.URGENT,
        )  # fmt: skip
        time.sleep(pause)
    rate = (batch.count() - before) / (time.monotonic() - began)
    time.sleep(1)
    rows = Outgoing.objects.filter(key__startswith="urgent:")
    seconds = [
        round((row.sent_at - row.created_at).total_seconds(), 3) if row.sent_at else 99.0
        for row in rows
    ]
    left = Outgoing.objects.filter(priority=Priority.BULK, status="waiting").count()
    return json.dumps({"seconds": seconds, "bulk_per_second": rate, "bulk_left": left})


def drop_bulk() -> None:
    """The batch is given up."""
    from minxin.conversations.models import Outgoing

    Outgoing.objects.filter(key__startswith="bulk:").delete()


def settle() -> None:
    """What the killed worker had in hand, as if a minute had passed."""
    from minxin.conversations.queue import settle_abandoned

    settle_abandoned(now=datetime.now(UTC) + timedelta(minutes=2))


def rows(name: str) -> str:
    """openid -> status of the messages put as `name`."""
    from minxin.conversations.models import Outgoing

    found = Outgoing.objects.filter(key__startswith=f"{name}:").select_related("citizen")
    return json.dumps({row.citizen.openid: row.status for row in found if row.citizen})
