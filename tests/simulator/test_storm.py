"""Crowds and storms: many followers, many pushes, every answer counted as what it was."""

import asyncio
import time
from typing import Any

import pytest
from aiohttp import web

from minxin.simulator.lean_http import Broken, Pool
from minxin.wechat import (
    CallbackSecrets,
    Mode,
    Opened,
    PassiveReply,
    Text,
    TextReply,
    seal_reply,
)
from tests.simulator.conftest import APP_ID, AccountServer, Simulator


async def test_a_crowd_follows_in_one_call(simulator: Simulator, server: AccountServer) -> None:
    await simulator.account(server)
    made = await simulator.post("/sim/crowds", {"app_id": APP_ID, "count": 12_345})
    assert made["made"] == 12_345
    token = await simulator.token()
    page = await simulator.call(token, "user/get")
    assert (page["total"], page["count"]) == (12_345, 10_000)
    rest = await simulator.call(token, "user/get", next_openid=page["next_openid"])
    assert rest["count"] == 2345
    assert len({*page["data"]["openid"], *rest["data"]["openid"]}) == 12_345
    assert all(len(openid) == 28 for openid in rest["data"]["openid"])
    assert server.pushed == []
    found = await simulator.say(rest["data"]["openid"][0], "您好")
    assert found["status"] == "answered"


async def _storm(simulator: Simulator, **more: Any) -> Any:
    asked = {"accounts": 1, "followers": 50, "rate": 200, "seconds": 0.4, **more}
    begun = await simulator.http.post("/sim/storm", json=asked)
    assert begun.status_code == 202, begun.text
    for _ in range(400):
        report = await simulator.get("/sim/storm")
        if report["state"] in {"over", "refused"}:
            return report
        await asyncio.sleep(0.02)
    raise AssertionError("the storm does not end")


async def test_answers_are_counted_as_what_they_were(
    simulator: Simulator, server: AccountServer
) -> None:
    number = 0

    async def mixed(opened: Opened) -> PassiveReply | bytes | None:
        nonlocal number
        number += 1
        match number % 4:
            case 0:
                return b"not a reply"
            case 1:
                return None
        return TextReply("好")

    await simulator.account(server)
    server.answer = mixed
    report = await _storm(simulator)
    assert report["state"] == "over"
    assert report["done"] == report["pushed"] == number
    assert 50 <= number <= 90
    assert abs(report["wrong"] - number / 4) <= 1
    assert abs(report["empty"] - number / 4) <= 1
    assert report["answered"] == number - report["wrong"] - report["empty"]
    assert 0 < report["p50_ms"] <= report["p99_ms"] <= report["longest_ms"]
    assert await simulator.get("/sim/citizens", limit=1)
    assert not [one for one in server.pushed if not isinstance(one.inbound, Text)]


async def test_a_reply_to_somebody_else_is_wrong(
    simulator: Simulator, server: AccountServer
) -> None:
    async def to_another(opened: Opened) -> PassiveReply | bytes | None:
        other = Opened(
            Text(
                account=opened.inbound.account, openid="oSomebodyElse", created_at=1,
                message_id=1, content="",
            ),
            opened.format, opened.is_encrypted, opened.nonce, opened.timestamp,
        )  # fmt: skip
        return seal_reply(TextReply("您的诉求编号"), other, server.secrets, now=time.time())

    await simulator.account(server)
    server.answer = to_another
    report = await _storm(simulator, rate=50)
    assert report["wrong"] == report["pushed"] > 0
    openid = await simulator.follow(silent=True)
    found = await simulator.say(openid, "进度")
    assert (found["status"], found["reply"]) == ("failed", None)


async def test_what_is_late_is_tried_again(simulator: Simulator, server: AccountServer) -> None:
    await simulator.account(server)
    server.delays = [0.8, 0.8]  # of half a second
    report = await _storm(simulator, rate=10)
    assert report["retried"] >= 1
    assert report["answered"] == report["pushed"]
    assert report["longest_ms"] > 500


async def test_one_storm_at_a_time_and_it_can_be_ended(
    simulator: Simulator, server: AccountServer
) -> None:
    await simulator.account(server)
    assert (await simulator.http.get("/sim/storm")).status_code == 404
    asked = {"accounts": 1, "followers": 5, "rate": 20, "seconds": 600}
    await simulator.post("/sim/storm", asked)
    assert (await simulator.http.post("/sim/storm", json=asked)).status_code == 409
    await asyncio.sleep(0.2)
    await simulator.http.delete("/sim/storm")
    for _ in range(100):
        report = await simulator.get("/sim/storm")
        if report["state"] == "over":
            break
        await asyncio.sleep(0.02)
    assert report["lasted_seconds"] < 60
    assert report["done"] == report["pushed"]


async def test_a_storm_takes_the_accounts_there_are_or_makes_the_missing(
    simulator: Simulator, server: AccountServer
) -> None:
    assert (await _storm(simulator))["state"] == "refused"  # nobody has a callback
    await simulator.account(server)
    report = await _storm(simulator, accounts=3)
    assert (report["state"], report["accounts"]) == ("over", 1)
    more = {"callback_url": server.url, "token": server.secrets.token, "mode": "plain"}
    server.secrets = CallbackSecrets(APP_ID, server.secrets.token, None, Mode.PLAIN)
    await simulator.post("/sim/accounts", {"app_id": APP_ID, "mode": "plain"})
    report = await _storm(simulator, accounts=3, **more)
    assert (report["state"], report["accounts"], report["wrong"]) == ("over", 3, 0)
    assert len({one.inbound.account for one in server.pushed}) == 3


@pytest.mark.parametrize("way", ["length", "chunked", "closed"])
async def test_the_cheap_way_reads_every_kind_of_answer(way: str) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        text = f"{request.query['n']}:{await request.text()}".encode()
        if way == "length":
            return web.Response(body=text)
        response = web.StreamResponse()
        if way == "chunked":
            response.enable_chunked_encoding()
        else:
            response.force_close()
        await response.prepare(request)
        for at in range(len(text)):
            await response.write(text[at : at + 1])
        await response.write_eof()
        return response

    application = web.Application()
    application.router.add_post("/x", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    pool = Pool()
    for number in range(3):
        found = await pool.post(f"{base}/x?n={number}", "您好".encode(), "text/xml")
        assert found == (200, f"{number}:您好".encode())
    missing = await pool.post(f"{base}/nowhere", b"", "text/xml")
    assert missing[0] == 404
    await runner.cleanup()
    with pytest.raises(OSError):
        await pool.post(f"{base}/x?n=9", b"", "text/xml")
    pool.close()


async def test_what_is_no_http_is_no_answer() -> None:
    async def rude(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.write(b"220 mail ready\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(rude, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(Broken):
        await Pool().post(f"http://127.0.0.1:{port}/", b"", "text/xml")
    server.close()
