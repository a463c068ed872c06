"""A simulator and an account server of our own, both in the test's event loop."""

import asyncio
import os
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from aiohttp import web
from playwright.async_api import Browser, async_playwright
from starlette.applications import Starlette

from minxin.simulator import create_app
from minxin.wechat import (
    CallbackRefused,
    CallbackSecrets,
    Mode,
    Opened,
    PassiveReply,
    Text,
    TextReply,
    open_callback,
    seal_reply,
    verify_url,
)
from tests.support.serving import free_port, stop, wait_for

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
Answer = Callable[[Opened], Awaitable[PassiveReply | bytes | None]]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
APP_ID, TOKEN, AES_KEY = (
    "wx00000000000000c1",
    "tokenOfTheTest",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
)


async def echo(opened: Opened) -> PassiveReply | None:
    """Says back what was said."""
    match opened.inbound:
        case Text(content=content):
            return TextReply(f"你说：{content}")
    return None


T = TypeVar("T")


class AccountServer:
    """The account's own server: verifies, opens, answers; keeps what it was pushed."""

    def __init__(self) -> None:
        self.secrets = CallbackSecrets(APP_ID, TOKEN, AES_KEY, Mode.SAFE)
        self.answer: Answer = echo
        self.delays: list[float] = []
        self.statuses: list[int] = []
        self.pushed: list[Opened] = []
        self.queries: list[dict[str, str]] = []
        self.bodies: list[bytes] = []
        self.refused: list[CallbackRefused] = []
        self.url = ""
        self.remotes: list[str | None] = []
        self.site: web.TCPSite | None = None

    async def get(self, request: web.Request) -> web.Response:
        try:
            return web.Response(text=verify_url(request.query, self.secrets, now=time.time()))
        except CallbackRefused as error:
            return web.Response(status=error.status)

    async def newest(self, cls: type[T], **said: object) -> T:
        """The newest push, once it is one of this kind that says this: it travels while the phone draws."""
        for _ in range(250):
            found = self.pushed[-1].inbound if self.pushed else None
            if isinstance(found, cls) and all(getattr(found, key) == said[key] for key in said):
                return found
            await asyncio.sleep(0.02)
        raise AssertionError(f"no {cls.__name__} {said} came, but {found}")

    async def stop(self) -> None:
        """Listen no more."""
        assert self.site is not None
        await self.site.stop()

    async def post(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.queries.append(dict(request.query))
        self.remotes.append(request.remote)
        self.bodies.append(body)
        if self.statuses:
            return web.Response(status=self.statuses.pop(0))
        try:
            opened = open_callback(request.query, body, self.secrets, now=time.time())
        except CallbackRefused as error:
            self.refused.append(error)
            return web.Response(status=error.status)
        self.pushed.append(opened)
        if self.delays:
            await asyncio.sleep(self.delays.pop(0))
        reply = await self.answer(opened)
        if isinstance(reply, bytes):
            return web.Response(body=reply)
        if reply is None:
            return web.Response(text="success")
        return web.Response(body=seal_reply(reply, opened, self.secrets, now=time.time()))


@pytest.fixture
async def server() -> AsyncIterator[AccountServer]:
    """An account server that listens on a port of its own."""
    one = AccountServer()
    application = web.Application()
    application.router.add_get("/callback", one.get)
    application.router.add_post("/callback", one.post)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    one.site = site
    port = runner.addresses[0][1]
    one.url = f"http://127.0.0.1:{port}/callback"
    yield one
    await runner.cleanup()


@pytest.fixture
def app(tmp_path: Path) -> Starlette:
    """In a hurry: half a second instead of five."""
    return create_app(tmp_path, push_limit=0.5, retry_pause=0.05)


class Simulator:
    """The simulator's HTTP, and its words for what tests do all the time."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.http = client

    async def get(self, path: str, **query: Any) -> Any:
        return (await self.http.get(path, params=query)).json()

    async def post(self, path: str, payload: Any, **query: Any) -> Any:
        response = await self.http.post(path, json=payload, params=query)
        return response.json() if response.content else None

    async def account(self, server: AccountServer | None = None, **more: Any) -> dict[str, Any]:
        payload = {"app_id": APP_ID, "secret": "s" * 32, "token": TOKEN, "aes_key": AES_KEY, **more}
        if server is not None:
            payload["callback_url"] = server.url
        response = await self.http.post("/sim/accounts", json=payload)
        assert response.status_code in {200, 201}, response.text
        found: dict[str, Any] = response.json()
        return found

    async def follow(self, nickname: str = "小林", **more: Any) -> str:
        found = await self.post("/sim/followers", {"app_id": APP_ID, "nickname": nickname, **more})
        return str(found["openid"])

    async def say(self, openid: str, text: str, **more: Any) -> Any:
        return await self.post(
            "/sim/say", {"app_id": APP_ID, "openid": openid, "text": text, **more}
        )

    async def seen(self, openid: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await self.get("/sim/seen", app_id=APP_ID, openid=openid)
        return found

    async def token(self) -> str:
        query = {"grant_type": "client_credential", "appid": APP_ID, "secret": "s" * 32}
        return str((await self.get("/cgi-bin/token", **query))["access_token"])

    async def later(self, seconds: float) -> None:
        """Let time pass; what is due happens before this returns."""
        await self.post("/sim/clock", {"advance_s": seconds})

    async def call(self, token: str, path: str, payload: Any = None, **query: Any) -> Any:
        """One call of WeChat's API: POST with a payload, GET without."""
        if payload is None:
            return await self.get(f"/cgi-bin/{path}", access_token=token, **query)
        return await self.post(f"/cgi-bin/{path}", payload, access_token=token, **query)

    async def upload(
        self, token: str, path: str, body: bytes, name: str = "封面.png", **query: Any
    ) -> Any:
        """A file in the form's `media`."""
        response = await self.http.post(
            f"/cgi-bin/{path}",
            params={"access_token": token, **query},
            files={"media": (name, body)},
        )
        return response.json()

    async def draft(self, token: str, *titles: str, **more: Any) -> str:
        """A draft with one article per title; its media_id."""
        cover = await self.upload(token, "material/add_material", PNG, type="image")
        articles = [
            {
                "title": title,
                "content": f"<p>{title}的正文</p>",
                "thumb_media_id": cover["media_id"],
                **more,
            }
            for title in titles
        ]
        found = await self.call(token, "draft/add", {"articles": articles})
        assert "media_id" in found, found
        return str(found["media_id"])

    async def send(self, token: str, openid: str, text: str = "您好") -> int:
        """A customer-service message; its errcode."""
        payload = {"touser": openid, "msgtype": "text", "text": {"content": text}}
        found = await self.post("/cgi-bin/message/custom/send", payload, access_token=token)
        return int(found["errcode"])


@pytest.fixture
async def simulator(app: Starlette) -> AsyncIterator[Simulator]:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8100"
    ) as client:
        yield Simulator(client)
    await app.state.world.close()


@pytest.fixture
async def live(tmp_path: Path) -> AsyncIterator[Simulator]:
    """A simulator in a process of its own, as `minxin simulator` runs it."""
    port = free_port()
    code = (
        "import sys; from pathlib import Path; from minxin.simulator import serve; "
        "serve(Path(sys.argv[1]), port=int(sys.argv[2]))"
    )
    process = subprocess.Popen(  # noqa: ASYNC220  (it starts once, before anything waits)
        [sys.executable, "-c", code, str(tmp_path), str(port)],
        env={**os.environ, "PYTHONPATH": "src"},
        start_new_session=True,
    )
    base = f"http://127.0.0.1:{port}"
    await asyncio.to_thread(wait_for, f"{base}/sim/clock", 20.0, process)
    async with httpx.AsyncClient(base_url=base, trust_env=False, timeout=20) as client:
        yield Simulator(client)
    stop(process)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        one = await playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        yield one
        await one.close()
