"""What accounts published, by days and months: several sources tell of one item, so none is counted twice.

Of a day and a kind, the best believed sources that tell of it are asked, and of those the one that tells
most: what one of them missed another saw, and a unit's own word never adds to what an interface counted.
An interface names each item once; people write down the newest one whenever they look, so that of theirs
the same title, or none, is the same item. An item that two sources date on different days counts on both. Pure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from minxin.supervision.rules.clock import Looked, both_looked_at, day_of, midnight
from minxin.supervision.rules.sources import SOURCES, Grade, Kind, Source

MONTHS = 12  # a page shows this one and as many before it as make a year
DAY = timedelta(days=1)
MOST = 32_767  # of one kind and day: what a figure can hold


@dataclass(frozen=True, slots=True)
class Figure:
    """One account on one day. `grade`: of the least believed source that it takes a number from; empty
    where nothing was published."""

    day: date
    pushed: int
    published: int
    grade: str


BY_INTERFACES = frozenset(
    each.value for each, about in SOURCES.items() if about.grade is Grade.INTERFACE
)
Told = tuple[datetime, str, str, str, str]


def figures_of(told: Iterable[Told], days: Iterable[date] | None = None) -> list[Figure]:
    """The days of one account, from what was told of it: moment, source, kind, title, and what the item is
    called in its source. Only those of `days` where they are given, a day of them without an item as
    zeros."""
    wanted = None if days is None else set(days)
    items: dict[tuple[date, str, str], set[str]] = {}
    for at, source, kind, title, name in told:
        day = day_of(at)
        if wanted is None or day in wanted:
            what = name if source in BY_INTERFACES else title
            items.setdefault((day, kind, source), set()).add(what)
    best: dict[tuple[date, str], tuple[str, int]] = {}
    for (day, kind, source), names in items.items():
        grade, many = SOURCES[Source(source)].grade.value, len(names)
        before = best.get((day, kind))
        if before is None or (grade, -many) < (before[0], -before[1]):
            best[day, kind] = (grade, min(many, MOST))
    found = {day for day, _kind in best} if wanted is None else wanted
    return [_figure(day, best) for day in sorted(found)]


def _figure(day: date, best: dict[tuple[date, str], tuple[str, int]]) -> Figure:
    kinds = [best.get((day, kind.value), ("", 0)) for kind in (Kind.PUSHED, Kind.PUBLISHED)]
    return Figure(day, kinds[0][1], kinds[1][1], max(grade for grade, _many in kinds))


@dataclass(frozen=True, slots=True)
class Month:
    """One month of an account. `days` have items; `seen_days` were looked at from beginning to end for
    every kind of item, so that a day of them without items is known to have none; `ended_days` are over.
    `grade`: the least believed of its days, empty without items."""

    first: date
    pushed: int
    published: int
    days: int
    seen_days: int
    ended_days: int
    grade: str

    @property
    def items(self) -> int:
        return self.pushed + self.published


@dataclass(frozen=True, slots=True)
class AreaMonth:
    """One month of an area. `accounts`: how many published anything."""

    first: date
    pushed: int = 0
    published: int = 0
    accounts: int = 0

    @property
    def items(self) -> int:
        return self.pushed + self.published


def first_of(day: date, months: int = 0) -> date:
    """The first day of its month, or of the one so many months later (earlier, if negative)."""
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def months_of(
    figures: Sequence[Figure], looked: Iterable[Looked], *, now: datetime
) -> tuple[Month, ...]:
    """A year of one account up to this month, the oldest first."""
    today = day_of(now)
    seen = _seen_days(looked, now)
    found = []
    for back in range(MONTHS - 1, -1, -1):
        first, following = first_of(today, -back), first_of(today, 1 - back)
        mine = [each for each in figures if first <= each.day < following]
        active = [each for each in mine if each.pushed or each.published]
        found.append(
            Month(
                first,
                sum(each.pushed for each in mine),
                sum(each.published for each in mine),
                len(active),
                sum(first <= day < following for day in seen),
                (min(following, today) - first).days,
                max((each.grade for each in active), default=""),
            )
        )
    return tuple(found)


def _seen_days(looked: Iterable[Looked], now: datetime) -> set[date]:
    """The whole days, before today, of which every kind of item would be known."""
    oldest, today = first_of(day_of(now), 1 - MONTHS), day_of(now)
    found = set()
    for since, until in both_looked_at(looked, now):
        day = max(day_of(since), oldest)
        if midnight(day) < since:
            day += DAY
        while day < today and midnight(day + DAY) <= until:
            found.add(day)
            day += DAY
    return found
