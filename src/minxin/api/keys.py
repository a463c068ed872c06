"""Who asks: a key, shown as a bearer token; how often it may; what it may."""

import threading
import time
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils import timezone, translation
from ninja.security import HttpBearer

from minxin.agencies.actions import note_use
from minxin.agencies.queries import key_shown
from minxin.agencies.rules import Permission
from minxin.api.troubles import Trouble

MOST_KNOWN = 10_000


class Pace:
    """Requests of each key in the minute that runs, in this process. With several web processes each counts
    by itself: together they let through as many times more."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: dict[int, tuple[int, int]] = {}

    def wait(self, key: int, most: int) -> int:
        """Seconds to wait before the next request may come; 0 when this one may go on, and counts."""
        now = self._clock()
        minute, left = int(now // 60), 60 - int(now % 60)
        with self._lock:
            since, count = self._seen.get(key, (minute, 0))
            if since != minute:
                count = 0
            if count >= most:
                return left
            if len(self._seen) > MOST_KNOWN:
                self._seen.clear()
            self._seen[key] = (minute, count + 1)
        return 0


PACE = Pace()


class KeyAuth(HttpBearer):
    """`Authorization: Bearer mx_…`."""

    def __call__(self, request: HttpRequest) -> Any:
        translation.activate("zh-hans")  # what machines read is in one language
        return super().__call__(request)

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        now = timezone.now()
        key = key_shown(token)
        if key is None:
            raise Trouble("unauthorized")
        if key.revoked_at is not None:
            raise Trouble("key_revoked")
        if not key.is_good(now):
            raise Trouble("key_expired")
        if wait := PACE.wait(key.pk, key.per_minute):
            raise Trouble("too_many_requests", headers={"Retry-After": str(wait)})
        note_use(key, now=now)
        return key


def key_of(request: HttpRequest, right: Permission) -> Any:
    """The key that asks; it must have this right."""
    key = request.auth  # type: ignore[attr-defined]
    if right.value not in key.rights:
        raise Trouble("right_missing")
    return key
