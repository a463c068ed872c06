"""What every way to a platform can do, and how it says that it did not work (ADR 21)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import httpx

from minxin.tickets.models import CityPlatform
from minxin.tickets.rules import LONGEST_TEXT
from minxin.tickets.rules.handing import STATES


class Later(Exception):
    """It is not known to have arrived: the same again after a pause. Its text is for people."""


class Refusal(Exception):
    """The other side said no, for good. Its text is for people."""


class BadUpdate(ValueError):
    """What the other side says of a ticket means nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One act to be told. `table` is the ticket in the field names of GB/T 39046 table 10."""

    key: str
    kind: str
    our_number: str
    their_number: str
    text: str
    level: str
    table: Mapping[str, str] = field(repr=False)
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What the other side says of one ticket. `revision` grows with every change it makes to it."""

    our_number: str
    their_number: str
    state: str
    revision: int
    reply: str = ""
    note: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an act: what the other side then said of the ticket, if it said anything."""

    update: Update | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the other side's own list of what it has from us."""

    our_number: str
    their_number: str
    state: str


class Way(Protocol):
    """One way. Every call may raise `Later`."""

    def __init__(
        self, platform: CityPlatform, transport: httpx.BaseTransport | None = None
    ) -> None: ...

    def tell(self, parcel: Parcel) -> Taken:
        """Tell one act; the same `key` is taken once by contract. Also raises `Refusal`."""

    def changes(self, cursor: str) -> tuple[Sequence[Update], str]:
        """What changed there since a cursor, and the cursor to go on from."""

    def keep(self, cursor: str) -> None:
        """All up to this cursor is kept here: the way may lay aside what it read."""

    def listing(self) -> Sequence[Listed] | None:
        """Everything it has from us, for comparing; None when there is no list to be had now."""


def read_update(said: Any) -> Update:
    """What the other side said of a ticket, checked. Raises `BadUpdate`."""
    if not isinstance(said, Mapping):
        raise BadUpdate("not an object")
    texts = {}
    for name, limit in (("our_number", 40), ("number", 80), ("state", 20), ("reply", LONGEST_TEXT),
                        ("note", 500)):  # fmt: skip
        value = said.get(name) or ""
        if not isinstance(value, str):
            raise BadUpdate(name)
        texts[name] = value.replace("\0", "").strip()
        if len(texts[name]) > limit:
            raise BadUpdate(f"{name} is too long")
    revision = said.get("revision")
    if isinstance(revision, bool) or not isinstance(revision, int) or not 0 < revision < 2**31:
        raise BadUpdate("revision")
    if texts["state"] not in STATES:
        raise BadUpdate("state")
    if not texts["our_number"]:
        raise BadUpdate("our_number")
    if texts["state"] in {"replied", "refused"} and not texts["reply"]:
        raise BadUpdate("reply")
    at = said.get("at")
    moment = None
    if at:
        try:
            moment = datetime.fromisoformat(str(at))
        except ValueError as error:
            raise BadUpdate("at") from error
        if moment.tzinfo is None:
            raise BadUpdate("at")
    return Update(
        our_number=texts["our_number"],
        their_number=texts["number"],
        state=texts["state"],
        revision=revision,
        reply=texts["reply"],
        note=texts["note"],
        at=moment,
    )
