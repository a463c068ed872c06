"""What every way to staff tells of itself, and how it says that it did not work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import httpx

from minxin.agencies.reminders import ReminderChannel
from minxin.wecom import Whose


class Later(Exception):
    """Nothing was sent: try again after a pause. Its text is for people."""


class Unsure(Exception):
    """It may have arrived and may not. Its text is for people."""


class Refusal(Exception):
    """The other side said no, for good; `whose` it is to mend."""

    def __init__(self, words: str, whose: Whose) -> None:
        super().__init__(words)
        self.words = words
        self.whose = whose


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message ready to go. `key` never changes for the same one, nor does anything else."""

    key: str
    title: str
    text: str
    link: str
    made_at: str = ""
    address: str = field(default="", repr=False)
    username: str = ""


Send = Callable[[ReminderChannel, Parcel, httpx.BaseTransport | None], None]


@dataclass(frozen=True, slots=True)
class Way:
    """One way.

    send         raises `Later`, `Unsure`, `Refusal`.
    needs        the fields of a channel that must be filled in.
    repeatable   how long the other side knows a repeat of the very same message; zero: never, so that
                 what is not known is not sent again.
    is_group     it writes to a group and not to a person.
    default_url  where it calls when nothing is said.
    """

    send: Send
    needs: frozenset[str]
    repeatable: timedelta = timedelta(0)
    is_group: bool = False
    needs_address: bool = True
    default_url: str = ""
