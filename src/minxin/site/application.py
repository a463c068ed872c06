"""The root application: one RSGI callable under Granian.

`/wechat/` goes straight to the gateway, events and health are answered here, everything else goes
to Django through the bridge. `MINXIN_WEB_ONLY` (gateway or site) leaves the other half out.
"""

import asyncio
import os
import signal
from collections.abc import Awaitable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minxin.site.settings")
django.setup(set_prefix=False)

from django.core.wsgi import get_wsgi_application  # noqa: E402

from minxin.gateway.application import Gateway  # noqa: E402
from minxin.site.bridge import Bridge  # noqa: E402
from minxin.site.events import Events  # noqa: E402
from minxin.site.health import Health  # noqa: E402
from minxin.site.warming import warm  # noqa: E402

NOT_FOUND = [("content-type", "text/plain; charset=utf-8")]


class Application:
    """Routes a request by its first letters."""

    def __init__(self, only: str = "") -> None:
        if only in {"", "site"}:
            warm()
        self._gateway = Gateway() if only in {"", "gateway"} else None
        self._bridge = Bridge(get_wsgi_application()) if only in {"", "site"} else None
        self._events = Events()
        self._health = Health(self._gateway)

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        # The server has handlers of its own on the loop, which a signal reaches by the wake-up
        # descriptor in any case; ours runs beside them and ends the open streams.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(self._events.stop))
        if self._gateway is not None:
            self._gateway.start(loop)

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._events.stop()
        if self._bridge is not None:
            self._bridge.close()
        if self._gateway is not None:
            self._gateway.stop()

    def __rsgi__(self, scope: Any, proto: Any) -> Awaitable[None]:
        # Not a coroutine itself: each one around the gateway's costs a message half a microsecond.
        path = scope.path
        if path[:8] == "/wechat/" and self._gateway is not None:
            return self._gateway(scope, proto, path)
        return self._elsewhere(scope, proto, path)

    async def _elsewhere(self, scope: Any, proto: Any, path: str) -> None:
        if path in {"/healthz", "/readyz", "/metrics"}:
            await self._health(scope, proto)
        elif self._bridge is None or scope.proto != "http":
            proto.response_str(404, NOT_FOUND, "not here\n")
        elif path == "/console/events":
            await self._events(scope, proto)
        else:
            await self._bridge(scope, proto)


app = Application(only=os.environ.get("MINXIN_WEB_ONLY", ""))
