"""Server-sent events for the console: "something changed, look again", never the thing itself.

One poller per process asks the database once a second while anybody listens, so a hundred open
inboxes cost what one costs, and no listener holds a thread.
"""

import asyncio
import contextlib
import json
from typing import Any

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.http import HttpRequest
from django.utils.module_loading import import_string

INTERVAL = 1.0
HEARTBEAT = 20.0

HEADERS = [
    ("content-type", "text/event-stream; charset=utf-8"),
    ("cache-control", "no-store"),
    ("x-accel-buffering", "no"),
]

# What is watched: a name for the browser and the cheap query that tells a change.
WATCHED = {
    "messages": "minxin.conversations.queries.latest_change",
    "tickets": "minxin.tickets.queries.latest_change",
}


def _look() -> dict[str, int]:
    close_old_connections()
    try:
        return {name: int(import_string(path)()) for name, path in WATCHED.items()}
    finally:
        close_old_connections()


def _is_signed_in(cookies: str) -> bool:
    """Whether the session cookie belongs to active staff; asked once, when a listener arrives."""
    from http.cookies import CookieError, SimpleCookie

    from django.contrib.auth import get_user
    from django.contrib.sessions.backends.db import SessionStore

    close_old_connections()
    try:
        morsel = SimpleCookie(cookies).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return False
    if morsel is None:
        return False
    request = HttpRequest()
    request.session = SessionStore(morsel.value)
    try:
        staff = get_user(request)
        return bool(staff.is_authenticated and staff.is_active)
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
        if not await asyncio.to_thread(_is_signed_in, cookies):
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
            await self._tell(transport, bell, gone)
        except Exception as error:
            if type(error).__name__ not in {"RSGIProtocolClosed", "RSGIProtocolError"}:
                raise
        finally:
            self._bells.discard(bell)
            gone.cancel()

    async def _tell(self, transport: Any, bell: asyncio.Event, gone: "asyncio.Future[Any]") -> None:
        told: dict[str, int] = {}
        while not (gone.done() or self._is_over):
            if told != self._latest:
                told = dict(self._latest)
                await transport.send_str(f"event: change\ndata: {json.dumps(told)}\n\n")
            try:
                await asyncio.wait_for(bell.wait(), HEARTBEAT)
                bell.clear()
            except TimeoutError:
                await transport.send_str(": still here\n\n")

    async def _poll(self) -> None:
        while self._bells:
            with contextlib.suppress(DatabaseError):  # away for now: the next look will tell
                latest = await asyncio.to_thread(_look)
                if latest != self._latest:
                    self._latest = latest
                    for bell in self._bells:
                        bell.set()
            await asyncio.sleep(INTERVAL)
