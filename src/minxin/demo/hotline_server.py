"""The simulated 12345 platform as a server on the loopback."""

import asyncio
import signal
import threading
from pathlib import Path
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server.embed import Server
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from minxin.demo.handing import RECEIVER
from minxin.demo.hotline import STATES, Hotline, call_back, page


def application(hotline: Hotline, callback_url: str) -> Starlette:
    """Its interface and its page; each change is told to `callback_url`."""

    def tell(told: dict[str, Any]) -> None:
        for _time in range(2 if hotline.faults.says_twice else 1):
            call_back(hotline, callback_url, told)

    async def interface(request: Request) -> Response:
        query = request.url.query
        path = request.url.path + (f"?{query}" if query else "")
        body = await request.body()
        status, said = await run_in_threadpool(
            hotline.answer, request.method, path, dict(request.headers), body
        )
        return JSONResponse(said, status)

    async def hears(request: Request) -> Response:
        """What webhooks tell of tickets: taken, and nothing done about it."""
        return Response(status_code=204)

    async def shown(request: Request) -> Response:
        return HTMLResponse(page(hotline))

    async def press(request: Request) -> Response:
        form = await request.form()
        state, ours = str(form.get("state", "")), str(form.get("ours", ""))
        if state in STATES and hotline.row(ours) is not None:
            text = str(form.get("reply", "")).strip()[:1000]
            is_answer = state in {"replied", "closed", "refused"}
            reply = (text or "已办理。") if is_answer and state != "closed" else text
            told = hotline.press(ours, state, reply=reply, note="" if is_answer else text)
            threading.Thread(target=tell, args=[told], daemon=True).start()
        return RedirectResponse("/", 303)

    async def faults(request: Request) -> Response:
        form = await request.form()
        for name in ("is_down", "loses_acks", "says_twice", "lies"):
            setattr(hotline.faults, name, name in form)
        text = str(form.get("slow_s", "0"))
        hotline.faults.slow_s = min(float(text), 60) if text.replace(".", "", 1).isdecimal() else 0
        return RedirectResponse("/", 303)

    return Starlette(
        routes=[
            Route("/", shown),
            Route(RECEIVER, hears, methods=["POST"]),
            Route("/press", press, methods=["POST"]),
            Route("/faults", faults, methods=["POST"]),
            Route("/{rest:path}", interface, methods=["GET", "POST"]),
        ]
    )


def serve(home: Path, port: int, *, secret: str, callback_url: str) -> None:
    """Serve it on 127.0.0.1 until SIGINT or SIGTERM."""
    app = application(Hotline(home / "hotline.sqlite3", secret), callback_url)
    asyncio.run(_serve(app, port))


async def _serve(app: Starlette, port: int) -> None:
    server = Server(
        app,
        address="127.0.0.1",
        port=port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        websockets=False,
        log_level=LogLevels.error,
    )
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    serving = loop.create_task(server.serve())
    waiting = loop.create_task(stop.wait())
    await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if not serving.done():
        server.stop()  # type: ignore[no-untyped-call]
    await asyncio.wait({serving}, timeout=3)
