"""How something stood at a moment, from how it stands now and what was changed since. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Change:
    """One change: when, and what the changed fields were before it."""

    at: datetime
    before: Mapping[str, Any]


def as_of(now: Mapping[str, Any], changes: Iterable[Change], at: datetime) -> dict[str, Any]:
    """The fields as they were at a moment: every later change taken back, the latest first."""
    then = dict(now)
    later = [each for each in changes if each.at >= at]
    for each in sorted(later, key=lambda one: one.at, reverse=True):
        then.update({name: value for name, value in each.before.items() if name in then})
    return then


def covers(
    looks: Iterable[tuple[datetime, datetime]], since: datetime, until: datetime
) -> bool:  # fmt: skip
    """Whether looks, each from a moment to another, leave no gap between two moments; no look, no."""
    reached, looks = since, tuple(looks)
    if not looks:
        return False
    for begin, end in sorted(looks):
        if begin > reached:
            return False
        reached = max(reached, end)
        if reached >= until:
            return True
    return reached >= until
