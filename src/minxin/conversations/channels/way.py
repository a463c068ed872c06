"""What every channel tells of itself."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from minxin.accounts.budgets import Budget
from minxin.accounts.models import Account
from minxin.conversations.contents import Content
from minxin.wechat import Client


class Later(Exception):
    """It did not go, and nothing was sent: try again after a pause. Its text is for people."""


@dataclass(frozen=True, slots=True)
class Post:
    """One message ready to go. `phone` is "" where she left none or did not agree to text messages."""

    number: int
    key: str
    account: Account
    content: Content = field(repr=False)
    now: datetime
    openid: str | None = field(default=None, repr=False)
    phone: str = field(default="", repr=False)

    @property
    def id_for_wechat(self) -> str:
        """By which the other side knows a repeat: 32 letters, the same for the same key."""
        return hashlib.sha256(self.key.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Way:
    """How one channel sends, and what its answers mean.

    send         calls the other side; returns the number by which it reports the outcome, or "".
                 Raises `WeChatError`, `WeChatUnreachable`, `Later`, or `Refused` for good.
    repeatable   how long the other side knows a repeat by its key; zero: never, so that what is
                 not known is not sent again.
    already      codes that mean: this was sent before.
    holds        codes after which it waits until she speaks again.
    closed       codes after which another channel is tried, if the row names one.
    budget       what the courier reserves of the account's ledger; None: each call takes its own.
    spent        codes that mean: no more of this today, by this account.
    """

    send: Callable[[Post, Callable[[Account], Client]], str]
    repeatable: timedelta = timedelta(0)
    already: frozenset[int] = frozenset()
    holds: frozenset[int] = frozenset()
    closed: frozenset[int] = frozenset()
    spent: frozenset[int] = frozenset({45009})
    budget: Budget | None = None
