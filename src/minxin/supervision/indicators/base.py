"""What an indicator is, and what it may look at."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from minxin.supervision.rules.clock import Verdict
from minxin.supervision.rules.packs import Bound, Pack


@dataclass(frozen=True, slots=True)
class Subject:
    """An account as indicators see it. `verdict`: the update clock's, of the packs that hold here.
    `filing_number` is empty for none, and None where the register does not describe the account.
    `holder`: whom the platform certified, empty where nobody said; `host`: the agency it belongs to.
    `was_closed`: one of the same host, platform and name was cancelled."""

    bound: Bound
    is_verified: bool = True
    others_on_platform: int = 0
    filing_number: str | None = None
    holder: str = ""
    host: str = ""
    was_closed: bool = False
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """Something to be confirmed by a person. `facts` fill the indicator's sentence."""

    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Indicator:
    """One thing that is looked at. `sentence` is said of an account that it hits."""

    name: str
    words: Any
    sentence: Any
    judge: Callable[[Subject, Pack], Hit | None]
    counts_days: bool = False
