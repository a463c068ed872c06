"""Access tokens of an application: kept between calls, renewed by one caller at a time."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Token:
    """An access token and the Unix time in seconds at which it ends."""

    value: str = field(repr=False)
    expires_at: float

    def is_valid(self, now: float) -> bool:
        """Whether a call that starts now can use it."""
        return self.expires_at > now


class TokenStore(Protocol):
    """Where the token of one application lives."""

    def get(self) -> Token | None:
        """The token kept, valid or not."""

    def renew(self, stale: Token | None, fetch: Callable[[], Token]) -> Token:
        """The token after `stale`: the kept one when somebody was faster, else fetched and kept."""


class MemoryTokenStore:
    """The token of one application in one process."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._token: Token | None = None
        self._lock = threading.Lock()
        self._clock = clock

    def get(self) -> Token | None:
        return self._token

    def renew(self, stale: Token | None, fetch: Callable[[], Token]) -> Token:
        with self._lock:
            kept = self._token
            if kept is not None and kept != stale and kept.is_valid(self._clock()):
                return kept
            self._token = fetch()
            return self._token
