"""What a notice tells of, as frozen values; kept as JSON with the document and never counted again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any


class Result(StrEnum):
    """What a check found of an account; UNCHECKED: on the register, but not looked at this time."""

    PASSED = "passed"
    FAILED = "failed"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True)
class AccountFact:
    """An account of the area as the campaign froze it. `id` is its row in the register."""

    id: int
    name: str
    platform: str
    unit: str
    place: str
    result: Result


@dataclass(frozen=True, slots=True)
class ProblemFact:
    """One line of the check table that does not hold. `fails`: a veto, which alone fails the account."""

    id: int
    account_id: int
    kind: str
    fails: bool
    seen: str = ""


@dataclass(frozen=True, slots=True)
class EarlierFact:
    """A problem of the period before, and whether it has been put right since (销号)."""

    id: int
    account: str
    unit: str
    kind: str
    is_closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFacts:
    """All that a notice of an inspection says.

    `area` is said before 政务新媒体 (全市), `period` after the year (第四季度, 11月). `earlier` is None
    where nothing is known of a period before. `report_by` is the last day to report what was put right.
    """

    agency: str
    area: str
    year: int
    period: str
    began_on: date
    until_on: date
    accounts: tuple[AccountFact, ...]
    problems: tuple[ProblemFact, ...] = ()
    earlier: tuple[EarlierFact, ...] | None = None
    report_by: date | None = None
    signed_on: date | None = None

    def __post_init__(self) -> None:
        known = {each.id: each for each in self.accounts}
        if len(known) != len(self.accounts):
            raise ValueError("an account stands twice in the facts")
        for each in self.problems:
            if each.account_id not in known:
                raise ValueError("a problem of an account that is not in the facts")
            if each.fails and known[each.account_id].result is not Result.FAILED:
                raise ValueError("a veto of an account that did not fail")

    @property
    def is_whole(self) -> bool:
        """Whether every account was looked at."""
        return all(each.result is not Result.UNCHECKED for each in self.accounts)


def to_json(facts: NoticeFacts) -> dict[str, Any]:
    """Plain values, days as ISO."""
    kept = asdict(facts)
    for name in ("began_on", "until_on", "report_by", "signed_on"):
        kept[name] = kept[name].isoformat() if kept[name] else None
    return kept


def from_json(kept: Mapping[str, Any]) -> NoticeFacts:
    """The facts again; raises `ValueError` or `KeyError` for what is none."""
    days = {
        name: date.fromisoformat(kept[name]) if kept[name] else None
        for name in ("began_on", "until_on", "report_by", "signed_on")
    }
    lists: dict[str, Any] = {
        "accounts": tuple(
            AccountFact(**{**each, "result": Result(each["result"])}) for each in kept["accounts"]
        ),
        "problems": tuple(ProblemFact(**each) for each in kept["problems"]),
        "earlier": None
        if kept["earlier"] is None
        else tuple(EarlierFact(**each) for each in kept["earlier"]),
    }
    return NoticeFacts(**{**kept, **days, **lists})
