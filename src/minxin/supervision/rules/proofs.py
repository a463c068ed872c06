"""What this system can say by itself about whether a problem is gone."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

LINK = re.compile(r"https?://[^\s<>\"']{4,490}")  # what may be kept as the address of evidence


class LinkFailure(StrEnum):
    """Why an address did not answer."""

    BAD_ADDRESS = "bad_address"
    NO_SUCH_NAME = "no_such_name"
    NOT_PUBLIC = "not_public"
    UNREACHABLE = "unreachable"
    TOO_SLOW = "too_slow"
    BAD_CERTIFICATE = "bad_certificate"
    TOO_MANY_REDIRECTS = "too_many_redirects"


class ProofKind(StrEnum):
    """What was looked at, and how it came out."""

    NEWER_ITEM = "newer_item"
    REPORTED_ITEM = "reported_item"
    NO_NEWER_ITEM = "no_newer_item"
    NO_LONGER_HIT = "no_longer_hit"
    STILL_HIT = "still_hit"
    LINK_GONE = "link_gone"
    LINK_THERE = "link_there"
    LINK_OPENS = "link_opens"
    LINK_DEAD = "link_dead"
    LINK_UNSEEN = "link_unseen"
    ACCOUNT_GONE = "account_gone"
    CANNOT_TELL = "cannot_tell"


_HOLDS: Mapping[ProofKind, bool] = {
    ProofKind.NEWER_ITEM: True,
    ProofKind.NO_LONGER_HIT: True,
    ProofKind.LINK_GONE: True,
    ProofKind.LINK_OPENS: True,
    ProofKind.ACCOUNT_GONE: True,
    ProofKind.NO_NEWER_ITEM: False,
    ProofKind.STILL_HIT: False,
    ProofKind.LINK_THERE: False,
    ProofKind.LINK_DEAD: False,
}


MISSING = frozenset({404, 410})  # the page itself says that it is not there


def kind_of_link(status: int | None) -> ProofKind:
    """What an answer proves. No answer, or one that turns a machine away, may lie at our own end."""
    if status is None or (status >= 400 and status not in MISSING):
        return ProofKind.LINK_UNSEEN
    return ProofKind.LINK_DEAD if status in MISSING else ProofKind.LINK_OPENS


@dataclass(frozen=True, slots=True)
class Proof:
    """`holds`: the problem is gone, it is not, or (None) the system cannot tell. `facts` fill the
    sentence."""

    kind: ProofKind
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def holds(self) -> bool | None:
        return _HOLDS.get(self.kind)
