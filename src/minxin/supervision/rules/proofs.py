"""What this system can say by itself about whether a problem is gone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class ProofKind(StrEnum):
    """What was looked at, and how it came out."""

    NEWER_ITEM = "newer_item"
    REPORTED_ITEM = "reported_item"
    NO_NEWER_ITEM = "no_newer_item"
    NO_LONGER_HIT = "no_longer_hit"
    STILL_HIT = "still_hit"
    LINK_GONE = "link_gone"
    LINK_THERE = "link_there"
    ACCOUNT_GONE = "account_gone"
    CANNOT_TELL = "cannot_tell"


_HOLDS: Mapping[ProofKind, bool] = {
    ProofKind.NEWER_ITEM: True,
    ProofKind.NO_LONGER_HIT: True,
    ProofKind.LINK_GONE: True,
    ProofKind.ACCOUNT_GONE: True,
    ProofKind.NO_NEWER_ITEM: False,
    ProofKind.STILL_HIT: False,
    ProofKind.LINK_THERE: False,
}


@dataclass(frozen=True, slots=True)
class Proof:
    """`holds`: the problem is gone, it is not, or (None) the system cannot tell. `facts` fill the
    sentence."""

    kind: ProofKind
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def holds(self) -> bool | None:
        return _HOLDS.get(self.kind)
