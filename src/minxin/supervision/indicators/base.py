"""What an indicator is, and what it may look at."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from minxin.supervision.rules.clock import Verdict
from minxin.supervision.rules.duties import Duties
from minxin.supervision.rules.packs import Bound, Pack


@dataclass(frozen=True, slots=True)
class Found:
    """Places in kept texts: that wait for a person, and that one confirmed and that are not put right."""

    waiting: int = 0
    confirmed: int = 0


@dataclass(frozen=True, slots=True)
class Content:
    """What looking back knows of an account: how many texts are kept, for which indicators a list has
    been looked through, and what was found, by the indicator. Without kept texts, or without a list of
    the kind, nobody looked."""

    items: int = 0
    looked: frozenset[str] = frozenset()
    found: Mapping[str, Found] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Subject:
    """An account as indicators see it. `verdict`: the update clock's, of the packs that hold here.
    `filing_number` is empty for none, and None where the register does not describe the account.
    `holder`: whom the platform certified, empty where nobody said; `host`: the agency it belongs to.
    `was_closed`: one of the same host, platform and name was cancelled. `content`: what looking back
    found; `duties`: what it owes."""

    bound: Bound
    is_verified: bool = True
    others_on_platform: int = 0
    filing_number: str | None = None
    holder: str = ""
    host: str = ""
    was_closed: bool = False
    verdict: Verdict | None = None
    content: Content = field(default_factory=Content)
    duties: Duties = field(default_factory=Duties)


@dataclass(frozen=True, slots=True)
class Hit:
    """Something to be confirmed by a person. `facts` fill the indicator's sentence; `facts["keys"]`
    names what is owed, where an indicator speaks of several things."""

    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Indicator:
    """One thing that is looked at. `sentence` is said of an account that it hits.

    `counts_days`: the update clock's. `counts_keys`: it speaks of several things that are owed, each
    decided once. `has_own_queue`: its hits are decided place by place where looking back lists them
    (`actions.hits`), with the kept text as evidence; no candidate of the account is made beside them.
    `nearest_only`: of several rules the one nearest to the region speaks alone, for the others would say
    the same of the same things; a proposal does not stand beside a local rule.
    """

    name: str
    words: Any
    sentence: Any
    judge: Callable[[Subject, Pack], Hit | None]
    counts_days: bool = False
    counts_keys: bool = False
    has_own_queue: bool = False
    nearest_only: bool = False

    def weighed(self, held: tuple[Pack, ...]) -> tuple[Pack, ...]:
        """Of the rules that hold, the nearest first, those that speak."""
        return held[:1] if self.nearest_only else held
