"""The access token of an account, or of a third-party platform, as a row that all processes share."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connections, router
from django.db.models import Q

from minxin.accounts.models import AccessToken, Account, Lease, PlatformToken, ThirdPartyPlatform
from minxin.wechat import Token, WeChatUnreachable

LEASE = 15.0  # seconds; a call to WeChat takes at most 5
PATIENCE = 20.0  # longer than the lease: whoever waits sees the lease of a dead holder end
_PAUSE = 0.05


class RowTokenStore:
    """The `TokenStore` of `minxin.wechat` over the `AccessToken` row (with `of_platforms`, over the
    `PlatformToken` row); SQLite and PostgreSQL alike.

    A renewal is single-flight among all threads and processes: the one who gets the lease (an
    UPDATE that matches only a free or expired one) talks to WeChat, the others wait for the row to
    change. No transaction is open meanwhile; a lease whose holder died ends by itself.

    `remembered`: for so many seconds a token is given again without a look at the row, for who calls
    hundreds of times a second. One that was replaced meanwhile is refused once and renewed from the row.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.time,
        lease: float = LEASE,
        patience: float = PATIENCE,
        of_platforms: bool = False,
        remembered: float = 0.0,
    ) -> None:
        self._rows: Any = (PlatformToken if of_platforms else AccessToken)._default_manager
        self._owners: Any = (ThirdPartyPlatform if of_platforms else Account)._default_manager
        self._owner = "platform" if of_platforms else "account"
        self._clock = clock
        self._lease = lease
        self._patience = patience
        self._remembered = remembered
        self._known: dict[str, tuple[float, Token]] = {}

    def get(self, app_id: str) -> Token | None:
        """The token kept for the account, valid or not."""
        known = self._known.get(app_id)
        if known is not None and self._clock() - known[0] < self._remembered:
            return known[1]
        row = self._rows.filter(**{f"{self._owner}__app_id": app_id}).first()
        token = _token_of(row) if row else None
        if token is not None and self._remembered:
            self._known[app_id] = (self._clock(), token)
        return token

    def renew(self, app_id: str, stale: Token | None, fetch: Callable[[], Token]) -> Token:
        """The token after `stale`: the stored one when somebody was faster, else fetched and kept.

        What `fetch` raises goes to who fetched; the others then try themselves, one by one. Raises
        `WeChatUnreachable` when nobody finished within the patience of the store.
        """
        _ensure_no_transaction()
        self._known.pop(app_id, None)
        owner_id = self._row_for(app_id)
        me = secrets.token_hex(16)
        began = time.monotonic()
        while True:
            if self._take(owner_id, me):
                try:
                    # Read again under the lease: somebody may have finished just before.
                    return self._newer(owner_id, stale) or self._keep(owner_id, me, fetch())
                finally:
                    self._release(owner_id, me)
            found = self._newer(owner_id, stale)
            if found is not None:
                return found
            if time.monotonic() - began > self._patience:
                raise WeChatUnreachable(
                    "nobody could renew the access token", may_have_happened=False
                )
            time.sleep(_PAUSE)

    def _row_for(self, app_id: str) -> int:
        owner_id: int = self._owners.values_list("pk", flat=True).get(app_id=app_id)
        if not self._rows.filter(pk=owner_id).exists():
            row = self._rows.model(**{f"{self._owner}_id": owner_id})
            self._rows.bulk_create([row], ignore_conflicts=True)
        return owner_id

    def _take(self, owner_id: int, me: str) -> bool:
        now = self._now()
        free = Q(held_by="") | Q(held_until__lte=now) | Q(held_until=None)
        until = now + timedelta(seconds=self._lease)
        return bool(self._rows.filter(free, pk=owner_id).update(held_by=me, held_until=until))

    def _release(self, owner_id: int, me: str) -> None:
        self._rows.filter(pk=owner_id, held_by=me).update(held_by="", held_until=None)

    def _newer(self, owner_id: int, stale: Token | None) -> Token | None:
        found = _token_of(self._rows.get(pk=owner_id))
        if found is None or found == stale or not found.is_valid(self._clock()):
            return None
        return found

    def _keep(self, owner_id: int, me: str, token: Token) -> Token:
        """Store a fetched token; whoever lost the lease meanwhile stores nothing.

        Returns it as `get` will: to the microsecond, so that `stale` can be compared with it.
        """
        ends = datetime.fromtimestamp(token.expires_at, UTC)
        self._rows.filter(pk=owner_id, held_by=me).update(value=token.value, expires_at=ends)
        return Token(token.value, ends.timestamp())

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)


def _token_of(row: Lease) -> Token | None:
    if row.value is None or row.expires_at is None:
        return None
    return Token(row.value, row.expires_at.timestamp())


def _ensure_no_transaction() -> None:
    """A transaction held open while WeChat answers would hold up every other writer.

    The transaction that a test case wraps around itself does not count.
    """
    connection = connections[router.db_for_write(AccessToken)]
    blocks = [
        block for block in connection.atomic_blocks if not getattr(block, "_from_testcase", False)
    ]
    if blocks:
        raise RuntimeError("do not call WeChat inside a transaction")
