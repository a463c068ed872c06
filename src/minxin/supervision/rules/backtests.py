"""Back-testing: what a new rule would have said of the days gone by, beside what the present ones say.

With hindsight: every day is judged with what is known today, so that a lost event of last month does
not count against the new rule.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from minxin.supervision.rules.clock import ACCUSES, Level, Looked, Rule, Seen, judge, midnight


class Change(StrEnum):
    """What the new rule changes for an account."""

    ADDED = "added"  # accused under the new rule only
    REMOVED = "removed"  # accused under the present ones only
    SHIFTED = "shifted"  # accused under both, on other days
    STEPS = "steps"  # other warnings, the same accusations


@dataclass(frozen=True, slots=True)
class Difference:
    """How one account would have fared differently, in days of the stretch.

    `more`: days accused under the new rule only; `less`: under the present ones only; `other`: days
    with another level that is no accusation. `before` and `after` are the levels on `first_on`.
    """

    change: Change
    first_on: date
    last_on: date
    more: int
    less: int
    other: int
    before: str
    after: str


def days_between(since: date, until: date) -> tuple[date, ...]:
    """All days from `since` to `until`, both included."""
    return tuple(since + timedelta(days=number) for number in range((until - since).days + 1))


def last_quarter(today: date) -> tuple[date, date]:
    """First and last day of the calendar quarter before the one of `today`."""
    first = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
    last = first - timedelta(days=1)
    return date(last.year, last.month - 2, 1), last


def replay(
    seen: Sequence[Seen],
    looked: Sequence[Looked],
    rule_on: Callable[[date], Rule | None],
    days: Sequence[date],
    *,
    now: datetime,
) -> tuple[Level, ...]:
    """The level at the end of each day, with what is known at `now`."""
    return tuple(
        judge(seen, looked, rule_on(day), at=midnight(day + timedelta(days=1)), now=now).level
        for day in days
    )


def compare(
    days: Sequence[date], before: Sequence[Level], after: Sequence[Level]
) -> Difference | None:
    """How two readings of the same days differ; None when they do not."""
    differing = [
        (day, old, new) for day, old, new in zip(days, before, after, strict=True) if old != new
    ]
    if not differing:
        return None
    more = sum(new in ACCUSES and old not in ACCUSES for _day, old, new in differing)
    less = sum(old in ACCUSES and new not in ACCUSES for _day, old, new in differing)
    if more and not any(level in ACCUSES for level in before):
        change = Change.ADDED
    elif less and not any(level in ACCUSES for level in after):
        change = Change.REMOVED
    elif more or less:
        change = Change.SHIFTED
    else:
        change = Change.STEPS
    first, last = differing[0], differing[-1]
    return Difference(
        change, first[0], last[0], more, less, len(differing) - more - less,
        first[1].value, first[2].value,
    )  # fmt: skip


def compare_hits(day: date, *, before: bool, after: bool) -> Difference | None:
    """The same for what only the register tells: it keeps no past, so one day stands for all."""
    if before == after:
        return None
    change = Change.ADDED if after else Change.REMOVED
    said = ("none", "hit") if after else ("hit", "none")
    return Difference(change, day, day, int(after), int(before), 0, *said)
