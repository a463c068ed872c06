"""Access tokens: one per account, renewed by one caller at a time."""

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
    """Where tokens live. The renewal must be single-flight among all that share the store."""

    def get(self, app_id: str) -> Token | None:
        """The token kept for the account, valid or not."""

    def renew(self, app_id: str, stale: Token | None, fetch: Callable[[], Token]) -> Token:
        """The token after `stale`: the stored one when somebody was faster, else fetched and kept.

        `stale` is the token that was refused or has ended; the one who finds another, valid one
        stored must not fetch.
        """


class MemoryTokenStore:
    """Tokens of one process."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._tokens: dict[str, Token] = {}
        self._lock = threading.Lock()
        self._clock = clock

    def get(self, app_id: str) -> Token | None:
        return self._tokens.get(app_id)

    def renew(self, app_id: str, stale: Token | None, fetch: Callable[[], Token]) -> Token:
        with self._lock:
            current = self._tokens.get(app_id)
            if current is not None and current != stale and current.is_valid(self._clock()):
                return current
            token = self._tokens[app_id] = fetch()
            return token
