"""Rule packs as values: one rule, its source, whom it binds, how sure it is that it is a rule."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any


class Certainty(StrEnum):
    """Whose rule it is. A local rule is never told as a national one; ours is told as a proposal."""

    NATIONAL = "national"
    LOCAL = "local"
    PROPOSED = "proposed"


class Severity(StrEnum):
    """What a confirmed case means: the account fails, a serious problem, a small one."""

    VETO = "veto"
    MAJOR = "major"
    MINOR = "minor"


class Step(StrEnum):
    """The warnings before a limit, from mild to pressing."""

    NOTICE = "notice"
    REMINDER = "reminder"
    ALARM = "alarm"
    RED = "red"


class Unit(StrEnum):
    """What the limit of a duty is counted in; its name in a pack's file."""

    HOURS = "hours"
    WORKING_DAYS = "working_days"
    PERCENT = "percent"


@dataclass(frozen=True, slots=True)
class Limit:
    """How much a duty allows, and which of an indicator's clocks (`rules.duties.MATTERS`) it is for."""

    amount: int
    unit: Unit
    matter: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """An example inside a pack's file: what is given, what the rule must say."""

    title: str
    given: Mapping[str, Any]
    expect: str


@dataclass(frozen=True, slots=True)
class Pack:
    """One rule as data. `days` and `ladder` are empty for rules that count no days of silence; `limit`
    is what a duty allows. `is_confirmed`: False for one whose source nobody has read yet; it holds
    nowhere until a file of the installation says that somebody has.

    `regions` are beginnings of GB/T 2260 codes, none: everywhere. `binds` are affiliations.
    `binds_suspended`: an account whose updates were suspended still has to update.
    """

    id: str
    title: str
    version: str
    indicator: str
    severity: Severity
    certainty: Certainty
    document: str
    article: str
    binds: frozenset[str]
    evidence: tuple[str, ...]
    regions: tuple[str, ...] = ()
    platforms: frozenset[str] = frozenset()
    effective_from: date | None = None
    effective_until: date | None = None
    days: int | None = None
    limit: Limit | None = None
    is_confirmed: bool = True
    ladder: tuple[tuple[Step, int], ...] = ()
    binds_suspended: bool = True
    note: str = ""
    cases: tuple[Case, ...] = ()

    def reach(self, region_code: str) -> int | None:
        """How closely the pack fits a region: digits that match, 0 for a rule of all; None if not."""
        if not self.regions:
            return 0
        fitting = [len(each) for each in self.regions if region_code.startswith(each)]
        return max(fitting, default=None)

    def holds_on(self, day: date) -> bool:
        """Whether the rule is in force on a day."""
        return (
            self.is_confirmed
            and (self.effective_from is None or self.effective_from <= day)
            and (self.effective_until is None or day <= self.effective_until)
        )


# What an account may be and still have to update. One that is being closed has to, until it is gone.
BOUND_STATUSES = frozenset({"active", "closing", "suspended"})


@dataclass(frozen=True, slots=True)
class Bound:
    """What decides whether a pack binds an account."""

    affiliation: str
    status: str
    platform: str
    region_code: str


def binds(pack: Pack, account: Bound) -> bool:
    """Whether the pack says anything about the account, wherever it is."""
    if account.status not in BOUND_STATUSES or account.affiliation not in pack.binds:
        return False
    if account.status == "suspended" and not pack.binds_suspended:
        return False
    return not pack.platforms or account.platform in pack.platforms


def applicable(packs: Iterable[Pack], account: Bound, *, on: date) -> tuple[Pack, ...]:
    """The packs of one indicator that hold for an account, the nearest to its region first.

    A local rule does not lift the national one: both are told.
    """
    found = [
        (reach, pack)
        for pack in packs
        if pack.holds_on(on)
        and binds(pack, account)
        and (reach := pack.reach(account.region_code)) is not None
    ]
    found.sort(key=lambda each: (-each[0], each[1].id))
    return tuple(pack for _reach, pack in found)


def is_fallback(found: Sequence[Pack]) -> bool:
    """Whether a region has no rule of its own, so that the rule of all holds; said on the page."""
    return bool(found) and not found[0].regions
