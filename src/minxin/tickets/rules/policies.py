"""How an agency's tickets are handled: its own decision, else that of the nearest agency above. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from minxin.tickets.rules.asking_again import CLOSES_AFTER, REOPEN_WITHIN
from minxin.tickets.rules.malicious import APPEAL_BOUNDS, APPEAL_DAYS, MARK_BOUNDS, MARK_DAYS
from minxin.tickets.rules.survey import LONGEST_DELAY


@dataclass(frozen=True, slots=True)
class Policy:
    """What holds for an agency. The defaults are ours, no rule behind them.

    `needs_review`: another person reads a reply before it goes. `calls_back`: who left a number is called
    after an answer. `closes_after_days`: an answer of which the citizen says nothing counts as accepted
    after so many days. `survey_after_days`: so many days after closing the citizen is asked independently;
    0: never. `malicious_days`: so long a mark 恶意 holds; `appeal_days`: so long its citizen may appeal.
    """

    needs_review: bool = False
    calls_back: bool = False
    closes_after_days: int = CLOSES_AFTER.days
    survey_after_days: int = 0
    malicious_days: int = MARK_DAYS
    appeal_days: int = APPEAL_DAYS


SHORTEST_SILENCE, LONGEST_SILENCE = 1, REOPEN_WITHIN.days
# Least and most of the rules that are days.
BOUNDS: Mapping[str, tuple[int, int]] = {
    "closes_after_days": (SHORTEST_SILENCE, LONGEST_SILENCE),
    "survey_after_days": (0, LONGEST_DELAY),
    "malicious_days": MARK_BOUNDS,
    "appeal_days": APPEAL_BOUNDS,
}


DEFAULTS = Policy()
NAMES = tuple(each.name for each in fields(Policy))


def effective(decided: Iterable[tuple[str, Mapping[str, Any]]], path: str) -> dict[str, Any]:
    """For each of `NAMES` that somebody decided: the path of who did, nearest to `path`, and its value.

    `decided`: paths of agencies, each with its own values, None where it decided nothing; paths that do
    not lead to `path` say nothing.
    """
    found: dict[str, Any] = {}
    for where, values in sorted(decided, key=lambda each: len(each[0])):
        if not path.startswith(where):
            continue
        found |= {name: (where, values[name]) for name in NAMES if values.get(name) is not None}
    return found


def policy(decided: Iterable[tuple[str, Mapping[str, Any]]], path: str) -> Policy:
    """What holds at a path."""
    return Policy(**{name: value for name, (_where, value) in effective(decided, path).items()})
