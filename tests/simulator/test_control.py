"""The control API: accounts, sentences for wrong calls, the clock, restarts, documents."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from minxin.simulator import create_app
from minxin.simulator.openapi import OPERATIONS
from tests.simulator.conftest import APP_ID, TOKEN, AccountServer, Simulator


async def test_an_account_is_made_up_and_its_credentials_told_once(simulator: Simulator) -> None:
    made = await simulator.post("/sim/accounts", {"name": "云溪发布"})
    assert made["app_id"].startswith("wx")
    assert len(made["aes_key"]) == 43
    assert {"secret", "token"} <= set(made)
    again = await simulator.post("/sim/accounts", {"app_id": made["app_id"], "name": "云溪"})
    assert not {"secret", "token", "aes_key"} & set(again)
    listed = await simulator.get("/sim/accounts")
    assert [one["name"] for one in listed] == ["云溪"]
    assert not {"secret", "token", "aes_key"} & set(listed[0])
    assert {"app_id", "name", "kind", "verified", "principal", "callback_url", "mode"} <= set(
        listed[0]
    )


async def test_the_main_account_comes_first(simulator: Simulator) -> None:
    await simulator.post("/sim/accounts", {"name": "云溪公安"})
    await simulator.post("/sim/accounts", {"name": "云溪发布", "main": True})
    assert [one["name"] for one in await simulator.get("/sim/accounts")] == ["云溪发布", "云溪公安"]


async def test_avatars_of_one_city_can_be_told_apart(simulator: Simulator) -> None:
    main = await simulator.post("/sim/accounts", {"name": "云溪发布"})
    for name in ("云溪公安", "健康云溪"):
        await simulator.post("/sim/accounts", {"name": name})
    await simulator.post("/sim/accounts", {"app_id": main["app_id"], "name": "云溪发布"})
    letters = [one["letter"] for one in await simulator.get("/sim/accounts")]
    assert letters == ["云", "公", "健"]


async def test_a_history_made_elsewhere_keeps_its_openids(
    simulator: Simulator, server: AccountServer
) -> None:
    await simulator.account(server)
    openid = "oYx" + "0" * 25
    assert await simulator.follow("老周", openid=openid, silent=True) == openid
    assert await simulator.follow("老周", openid=openid, silent=True) == openid
    assert len(await simulator.get("/sim/citizens")) == 1
    assert server.pushed == []
    assert (await simulator.say(openid, "在吗"))["status"] == "answered"


async def test_a_callback_is_verified_and_kept_only_then(
    simulator: Simulator, server: AccountServer
) -> None:
    made = await simulator.account(server)
    assert made["callback_verified"] is True
    wrong = await simulator.http.post("/sim/accounts", json={"app_id": APP_ID, "token": "another"})
    assert wrong.status_code == 409
    assert "signature" in wrong.json()["error"]
    down = await simulator.http.post(
        "/sim/accounts", json={"app_id": APP_ID, "callback_url": "http://127.0.0.1:9/callback"}
    )
    assert down.status_code == 409
    assert "was not reached" in down.json()["error"]
    missing = await simulator.http.post(
        "/sim/accounts", json={"app_id": APP_ID, "callback_url": server.url + "/nowhere"}
    )
    assert "HTTP 404" in missing.json()["error"]
    assert (await simulator.get("/sim/accounts"))[0]["callback_url"] == server.url
    openid = await simulator.follow(silent=True)
    assert (await simulator.say(openid, "在吗"))["status"] == "answered"  # the token is still good


@pytest.mark.parametrize(
    ("path", "payload", "status", "words"),
    [
        ("/sim/accounts", {"mode": "secret"}, 400, "mode"),
        ("/sim/accounts", {"colour": "red"}, 400, "colour"),
        ("/sim/accounts", {"principal": "king"}, 400, "one of enterprise, government"),
        ("/sim/accounts", {"naem": "云溪"}, 400, "naem"),
        ("/sim/followers", {"nickname": "小林"}, 400, "app_id"),
        ("/sim/followers", {"app_id": "wxnone", "nickname": "小林"}, 404, "wxnone"),
        ("/sim/followers", {"app_id": APP_ID}, 409, "nickname, citizen or openid"),
        ("/sim/followers", {"app_id": APP_ID, "citizen": 99}, 404, "no citizen 99"),
        ("/sim/say", {"app_id": APP_ID, "openid": "o1", "text": "在吗"}, 404, "knows no openid"),
        ("/sim/faults", {"endpoint": "callback", "kind": "flood"}, 400, "one of bad_json, delay"),
        ("/sim/faults", {"endpoint": "token", "kind": "drop"}, 400, "endpoint"),
        ("/sim/faults", {"endpoint": "/cgi-bin/token", "kind": "lost_push"}, 409, "callback"),
        ("/sim/faults", {"endpoint": "callback", "kind": "error"}, 409, "an API path"),
        ("/sim/faults", {"endpoint": "*", "kind": "drop", "probability": 2}, 400, "probability"),
        ("/sim/faults", {"endpoint": "*", "kind": "drop", "times": 0}, 400, "times"),
        ("/sim/clock", {"set": "tomorrow"}, 409, "ISO"),
        ("/sim/nothing", {}, 404, "/sim/docs"),
    ],
)
async def test_a_wrong_call_gets_a_sentence(
    simulator: Simulator, path: str, payload: dict[str, Any], status: int, words: str
) -> None:
    await simulator.account()
    response = await simulator.http.post(path, json=payload)
    assert response.status_code == status
    assert words in response.json()["error"]


@pytest.mark.parametrize("body", [b"{half", b"[]", b"\xff\xfe", b"null", b""])
async def test_a_body_that_is_no_object_is_refused(simulator: Simulator, body: bytes) -> None:
    headers = {"content-type": "application/json"}
    response = await simulator.http.post("/sim/accounts", content=body, headers=headers)
    assert response.status_code == 400
    assert response.json()["error"]


async def test_a_form_of_another_site_changes_nothing(simulator: Simulator) -> None:
    headers = {"content-type": "text/plain"}
    response = await simulator.http.post("/sim/accounts", content=b"{}", headers=headers)
    assert response.status_code == 415
    assert await simulator.get("/sim/accounts") == []


@pytest.mark.parametrize("text", ["", "   ", "\n"])
async def test_nothing_empty_is_sent(
    simulator: Simulator, server: AccountServer, text: str
) -> None:
    await simulator.account(server)
    openid = await simulator.follow(silent=True)
    response = await simulator.http.post(
        "/sim/say", json={"app_id": APP_ID, "openid": openid, "text": text}
    )
    assert response.status_code == 409
    assert server.pushed == []
    assert await simulator.seen(openid) == []


async def test_every_kind_of_message_is_pushed(simulator: Simulator, server: AccountServer) -> None:
    await simulator.account(server)
    openid = await simulator.follow(silent=True)
    messages: list[dict[str, Any]] = [
        {"type": "image", "picture_url": "http://127.0.0.1/a.png"},
        {"type": "voice", "recognition": "你好"},
        {"type": "video"},
        {"type": "shortvideo"},
        {"type": "location", "latitude": 30.1, "longitude": 120.2, "label": "云溪市政务服务中心"},
        {"type": "link", "title": "标题", "url": "http://127.0.0.1/a"},
    ]
    for message in messages:
        payload = {"app_id": APP_ID, "openid": openid, "message": message}
        assert (await simulator.post("/sim/say", payload))["status"] == "accepted"
    pushed = [type(one.inbound).__name__.lower() for one in server.pushed]
    assert pushed == [message["type"] for message in messages]
    assert [one["type"] for one in await simulator.seen(openid)] == pushed


async def test_the_clock_can_be_set_stopped_sped_up_and_let_go(simulator: Simulator) -> None:
    stopped = await simulator.post("/sim/clock", {"set": "2026-12-01T09:00:00", "frozen": True})
    assert stopped["text"] == "2026-12-01T09:00:00+08:00"
    assert (await simulator.get("/sim/clock"))["now"] == stopped["now"]
    fast = await simulator.post("/sim/clock", {"frozen": False, "rate": 3600})
    await asyncio.sleep(0.05)
    assert (await simulator.get("/sim/clock"))["now"] - fast["now"] > 100
    free = await simulator.post("/sim/clock", {"reset": True})
    assert free["is_wall_time"] is True
    assert abs(free["now"] - time.time()) < 2


async def test_everything_is_there_after_a_restart(
    simulator: Simulator, server: AccountServer, tmp_path: Path
) -> None:
    await simulator.account(server)
    openid, token = await simulator.follow(), await simulator.token()
    await simulator.say(openid, "记住我")
    await simulator.post("/sim/faults", {"endpoint": "*", "kind": "drop", "times": 2})
    await simulator.post("/sim/clock", {"advance_s": 3600})
    before = await simulator.seen(openid)
    app = create_app(tmp_path)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8100"
    ) as client:
        again = Simulator(client)
        assert await again.seen(openid) == before
        assert (await again.get("/sim/faults"))[0]["times"] == 2
        assert (await again.get("/sim/clock"))["now"] > time.time() + 3500
        await client.delete("/sim/faults")
        assert await again.send(token, openid) == 0
        assert (await again.say(openid, "还记得吗"))["status"] == "answered"
    await app.state.world.close()


async def test_a_phone_knows_its_chats_and_what_is_unread(
    simulator: Simulator, server: AccountServer
) -> None:
    await simulator.account(server)
    openid = await simulator.follow(silent=True)
    await simulator.say(openid, "在吗")
    phone = await simulator.get("/sim/chats", citizen=1)
    assert phone["me"]["nickname"] == "小林"
    assert [(chat["unread"], chat["last"]["text"]) for chat in phone["chats"]] == [
        (1, "你说：在吗")
    ]
    await simulator.post("/sim/read", {"citizen": 1, "app_id": APP_ID})
    assert (await simulator.get("/sim/chats", citizen=1))["chats"][0]["unread"] == 0
    await simulator.post("/sim/unfollow", {"app_id": APP_ID, "openid": openid})
    assert (await simulator.get("/sim/chats", citizen=1))["chats"] == []


async def test_the_log_of_exchanges_tells_no_secret(
    simulator: Simulator, server: AccountServer
) -> None:
    await simulator.account(server)
    openid, token = await simulator.follow(), await simulator.token()
    await simulator.send(token, openid)
    response = await simulator.http.get("/sim/exchanges")
    names = [one["name"] for one in response.json()]
    assert names == ["/cgi-bin/message/custom/send", "/cgi-bin/token", "subscribe"]
    assert token not in response.text
    assert TOKEN not in response.text
    assert "s" * 32 not in response.text


async def test_the_api_document_names_every_route(simulator: Simulator) -> None:
    document = await simulator.get("/sim/openapi.json")
    app_paths = {
        (method.upper(), path) for path, methods in document["paths"].items() for method in methods
    }
    assert app_paths == _served()
    assert len(OPERATIONS) == len(app_paths)
    for reference in _references(document):
        assert reference.removeprefix("#/components/schemas/") in document["components"]["schemas"]
    page = await simulator.http.get("/sim/docs")
    assert page.status_code == 200
    assert "http://" not in page.text.replace("http://*", "")
    assert "<script" not in page.text


def _served() -> set[tuple[str, str]]:
    from starlette.routing import Mount, Route

    from minxin.simulator.application import _routes as routes

    found = set()
    for mount in routes():
        if not isinstance(mount, Mount) or mount.path != "/sim":
            continue
        for route in mount.routes:
            assert isinstance(route, Route)
            path = "/sim" + route.path.replace(":int", "")
            if path in {"/sim/openapi.json", "/sim/docs"}:
                continue
            found |= {(method, path) for method in (route.methods or ()) if method != "HEAD"}
    return found


def _references(value: Any) -> list[str]:
    if isinstance(value, dict):
        inside = [found for one in value.values() for found in _references(one)]
        return [*inside, value["$ref"]] if isinstance(value.get("$ref"), str) else inside
    if isinstance(value, list):
        return [found for one in value for found in _references(one)]
    return []


async def test_pages_carry_a_strict_policy(simulator: Simulator) -> None:
    for path in ("/phone", "/sim/docs"):
        page = await simulator.http.get(path)
        policy = page.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "<style" not in page.text
        assert "style=" not in page.text


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_one_process_ends_cleanly_while_streams_are_open(
    tmp_path: Path, number: signal.Signals
) -> None:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    code = (
        "import sys; from pathlib import Path; from minxin.simulator import serve; "
        f"serve(Path(sys.argv[1]), port={port})"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": "src"},
        stderr=subprocess.PIPE,
    )
    base = f"http://127.0.0.1:{port}"
    for _ in range(100):
        try:
            httpx.get(f"{base}/sim/clock", trust_env=False)
            break
        except httpx.TransportError:
            time.sleep(0.1)
    with httpx.stream("GET", f"{base}/sim/stream", trust_env=False) as stream:
        lines = stream.iter_lines()
        assert next(lines).startswith("retry")
        process.send_signal(number)
        began = time.monotonic()
        _, said = process.communicate(timeout=10)
    assert time.monotonic() - began < 5
    assert process.returncode == 0
    assert b"panic" not in said
    assert b"Traceback" not in said
