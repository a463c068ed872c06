"""Server-sent events for the console: "something changed, look again", never the thing itself.

One poller per process asks the database four times a second whether anything was said, and once a second
for everything else, while anybody listens: a hundred open pages cost what one costs, and no listener holds
a thread. Who may hear what is `console.live`'s.
"""

import asyncio
import contextlib
import json
from typing import Any

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

GLANCE = 0.25
INTERVAL = 1.0
HEARTBEAT = 20.0

HEADERS = [
    ("content-type", "text/event-stream; charset=utf-8"),
    ("cache-control", "no-store"),
    ("x-accel-buffering", "no"),
]


def _look(glimpsed: object, latest: dict[str, int]) -> tuple[object, dict[str, int]]:
    """What a glance sees now, and how every topic stands when that is something else than before."""
    from minxin.console.live import changes, glance

    close_old_connections()
    try:
        seen = glance()
        return seen, latest if seen == glimpsed else changes()
    finally:
        close_old_connections()


def _topics_of(cookies: str) -> frozenset[str] | None:
    """What the holder of the session cookie may hear of; None for nobody."""
    from http.cookies import CookieError, SimpleCookie

    from minxin.console.live import listener

    try:
        morsel = SimpleCookie(cookies).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return None
    if morsel is None:
        return None
    close_old_connections()
    try:
        return listener(morsel.value, now=timezone.now())
    finally:
        close_old_connections()


class Events:
    """Answers `/console/events`."""

    def __init__(self) -> None:
        self._latest: dict[str, int] = {}
        self._bells: set[asyncio.Event] = set()
        self._poller: asyncio.Task[None] | None = None
        self._is_over = False

    def stop(self) -> None:
        """End the poller and every listener: an open stream would hold the server's end up."""
        self._is_over = True
        if self._poller is not None:
            self._poller.cancel()
        for bell in self._bells:
            bell.set()

    async def __call__(self, scope: Any, proto: Any) -> None:
        cookies = scope.headers.get("cookie") or ""
        topics = await asyncio.to_thread(_topics_of, cookies)
        if topics is None:
            proto.response_empty(403, [])
            return
        transport = proto.response_stream(200, HEADERS)
        bell = asyncio.Event()
        self._bells.add(bell)
        if self._poller is None or self._poller.done():
            self._poller = asyncio.create_task(self._poll())
        gone = asyncio.ensure_future(proto.client_disconnect())
        gone.add_done_callback(lambda _: bell.set())
        try:
            await transport.send_str("retry: 3000\n\n")
            await self._tell(transport, bell, gone, cookies, topics)
        except Exception as error:
            if type(error).__name__ not in {"RSGIProtocolClosed", "RSGIProtocolError"}:
                raise
        finally:
            self._bells.discard(bell)
            gone.cancel()

    async def _tell(
        self,
        transport: Any,
        bell: asyncio.Event,
        gone: "asyncio.Future[Any]",
        cookies: str,
        topics: frozenset[str],
    ) -> None:
        """Say which of a listener's topics changed; ask again now and then whether she still may hear."""
        loop = asyncio.get_running_loop()
        told: dict[str, int] = {}
        asked_at = loop.time()
        while not (gone.done() or self._is_over):
            if loop.time() - asked_at >= HEARTBEAT:
                asked_at = loop.time()
                with contextlib.suppress(DatabaseError):  # away for now: ask the next time
                    still = await asyncio.to_thread(_topics_of, cookies)
                    if still is None:
                        return
                    topics = still
            latest = self._latest
            changed = sorted(name for name in topics if latest.get(name) != told.get(name))
            if changed:
                told = dict(latest)
                await transport.send_str(f"event: change\ndata: {json.dumps(changed)}\n\n")
            try:
                await asyncio.wait_for(bell.wait(), HEARTBEAT)
                bell.clear()
            except TimeoutError:
                await transport.send_str(": still here\n\n")

    async def _poll(self) -> None:
        loop = asyncio.get_running_loop()
        seen: object = None
        looked_at = 0.0
        while self._bells:
            with contextlib.suppress(DatabaseError):  # away for now: the next look will tell
                if loop.time() - looked_at >= INTERVAL:
                    seen, looked_at = None, loop.time()
                seen, latest = await asyncio.to_thread(_look, seen, self._latest)
                if latest != self._latest:
                    self._latest = latest
                    for bell in self._bells:
                        bell.set()
            await asyncio.sleep(GLANCE)
