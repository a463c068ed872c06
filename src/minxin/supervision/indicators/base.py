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
class Link:
    """A link of a menu, and in one line for people what came of it."""

    target: str
    shown: str


@dataclass(frozen=True, slots=True)
class Probed:
    """The links of a menu that failed a probe so that it counts: dead or turned away, and those that
    lead elsewhere; in the order of the menu. `deaf`: how many entries the robot tried, where none
    answered in two probes running; nought where anything did."""

    dead: tuple[Link, ...] = ()
    bad: tuple[Link, ...] = ()
    deaf: int = 0


@dataclass(frozen=True, slots=True)
class Subject:
    """An account as indicators see it. `verdict`: the update clock's, of the packs that hold here.
    `filing_number` is empty for none, and None where the register does not describe the account.
    `holder`: whom the platform certified, empty where nobody said; `host`: the agency it belongs to.
    `was_closed`: one of the same host, platform and name was cancelled. `probed`: what the last probe
    saw of its menu, None when there was none lately. `content`: what looking back found; `duties`: what
    it owes."""

    bound: Bound
    is_verified: bool = True
    others_on_platform: int = 0
    filing_number: str | None = None
    holder: str = ""
    host: str = ""
    was_closed: bool = False
    verdict: Verdict | None = None
    probed: Probed | None = None
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
    `is_probed`: it stands on what the probes saw. Without a probe it says nothing, neither way; what it
    hits are links (`facts["links"]`), and a link that nobody decided about accuses anew. The SQL over all
    accounts (`figures`) knows no probes and leaves these out: steps are rows of a few accounts a day,
    not figures by day, and what they are worth was decided when they were kept.
    """

    name: str
    words: Any
    sentence: Any
    judge: Callable[[Subject, Pack], Hit | None]
    counts_days: bool = False
    is_probed: bool = False
    counts_keys: bool = False
    has_own_queue: bool = False
    nearest_only: bool = False

    def weighed(self, held: tuple[Pack, ...]) -> tuple[Pack, ...]:
        """Of the rules that hold, the nearest first, those that speak."""
        return held[:1] if self.nearest_only else held


def hit_of_links(links: tuple[Link, ...]) -> Hit | None:
    """A hit of links, for indicators that are probed; None for no link. A single one is the problem's
    own address (`url`), which the re-check opens."""
    if not links:
        return None
    targets = [each.target for each in links]
    own = {"url": targets[0]} if len(targets) == 1 else {}
    shown = "；".join(each.shown for each in links[:5])
    return Hit({"count": len(links), "shown": shown, "links": targets, **own})
