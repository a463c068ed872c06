"""How an agency's tickets are handled: its own decision, else that of the nearest agency above. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Policy:
    """What holds for an agency. The defaults are ours, no rule behind them.

    `needs_review`: another person reads a reply before it goes.
    """

    needs_review: bool = False


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
