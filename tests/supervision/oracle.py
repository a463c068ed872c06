"""The update clock told again, slowly and otherwise: hour by hour, without a thought of speed.

Nothing of `rules.clock` is used but the names of its answers. A history lives on a grid of six hours;
slot number `n` is the moment `n * 6` hours after the beginning, and a look covers whole slots.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))
HOURS = 6
BEGIN = datetime(2026, 1, 1, 0, 0, tzinfo=CHINA)
# Written down once more, so that a slip in the table of sources is found too: grade, what silence tells.
ABOUT = {
    "mass_event": ("A", ()),
    "publish_event": ("A", ()),
    "published_list": ("A", ("published",)),
    "article_figures": ("A", ("pushed", "published")),
    "own_publishing": ("A", ()),
    "inspector": ("B", ("pushed", "published")),
    "self_report": ("C", ()),
    "patrol": ("D", ()),
}
NAMES = tuple(ABOUT)
LADDERS = (
    ((("notice", 5), ("reminder", 7), ("alarm", 10), ("red", 13)), 14),
    ((("notice", 3), ("reminder", 4), ("alarm", 5), ("red", 6)), 7),
    ((("notice", 4), ("reminder", 6), ("alarm", 8), ("red", 9)), 10),
)


@dataclass(frozen=True, slots=True)
class Item:
    slot: int
    source: str
    kind: str


@dataclass(frozen=True, slots=True)
class Look:
    source: str
    first: int
    last: int  # covers what lies between slot `first` and slot `last`
    asked: int


@dataclass(frozen=True, slots=True)
class History:
    items: tuple[Item, ...]
    looks: tuple[Look, ...]
    at: int
    steps: tuple[tuple[str, int], ...]
    limits: tuple[tuple[int, str], ...]  # days, what is then said


def moment(slot: int) -> datetime:
    return BEGIN + timedelta(hours=slot * HOURS)


def plant(lot: random.Random) -> History:
    """A history: mostly a month long, sometimes four; sources that come and go, and err."""
    per_day = 24 // HOURS
    length = lot.choice((20, 30, 30, 40, 120)) * per_day
    at = length + lot.randrange(per_day)
    items = []
    days_ago = lot.choice((0, 0, 3, 5, 6, 8, 11, 13, 13.5, 14, 16, length / per_day - 1))
    end = at - int(days_ago * per_day)
    for _ in range(lot.choice((0, 0, 1, 1, 2, 3, 6))):
        slot = lot.randrange(max(end, 1))
        kind = lot.choice(("pushed", "published"))
        for source in lot.sample(NAMES, lot.choice((1, 1, 2, 3))):
            items.append(Item(max(slot + lot.choice((0, 0, 0, 1, -3)), 0), source, kind))
    if lot.random() < 0.05:
        items.append(Item(at + lot.randrange(1, 40), lot.choice(NAMES), "pushed"))
    looks = []
    for source in lot.sample(
        ("article_figures", "published_list", "inspector"), lot.choice((0, 1, 1, 2, 3))
    ):
        first = lot.choice((0, 0, 0, lot.randrange(at)))
        while first < at and len(looks) < 12:
            last = lot.choice((at, at - per_day, at - 2, lot.randrange(first, at) + 1))
            if last > first:
                looks.append(Look(source, first, last, min(last, at)))
            first = max(last, first) + lot.choice((0, 0, 2, 9))
            if lot.random() < 0.5:
                break
    if lot.random() < 0.02:
        looks.append(Look("article_figures", 0, at, at + 3))
    steps, limit = lot.choice(LADDERS)
    limits: tuple[tuple[int, str], ...] = ((limit, "overdue"), (14, "overdue"), (90, "zombie"))
    return History(tuple(items), tuple(looks), at, steps, limits[lot.choice((0, 0, 1)) :])


def say(history: History) -> str:
    """What may be said at the end of a history."""
    at = history.at
    if any(look.asked > at for look in history.looks):
        return "unknown"
    past = [item for item in history.items if item.slot <= at]
    with_all = _say(history, past)
    accuses = ("overdue", "zombie")
    if with_all in accuses:
        return "contradictory" if len(past) < len(history.items) else with_all
    believed = [item for item in past if not _doubted(item, past, history.looks)]
    if len(believed) < len(past) and _say(history, believed) in accuses:
        return "contradictory"
    return with_all


def _say(history: History, items: list[Item]) -> str:
    at = history.at
    last = max((item.slot for item in items), default=None)
    seen_until = at
    while seen_until > 0 and not _was_watched(history, seen_until):
        seen_until -= 1
    if last is None and seen_until == 0:
        return "unknown"
    # Walk back through watched time until it breaks off or an item is met.
    quiet = seen_until
    while quiet > 0 and _was_watched(history, quiet) and (last is None or quiet > last):
        quiet -= 1
    watched_from = seen_until
    while watched_from > 0 and _was_watched(history, watched_from):
        watched_from -= 1
    proven_hours = (seen_until - quiet) * HOURS
    if last is not None and last >= seen_until:
        proven_hours = 0
    newest = seen_until if last is None else max(last, seen_until)
    is_stale_look = (at - newest) * HOURS > 72
    reached = [say for days, say in sorted(history.limits) if proven_hours >= days * 24]
    if reached and not is_stale_look:
        return reached[-1]
    if last is None:
        return "unknown"
    midnights = (moment(at).date() - moment(last).date()).days
    step = "fresh"
    for name, days in history.steps:
        if midnights >= days:
            step = name
    if step == "fresh":
        return step
    if seen_until == 0 or is_stale_look or last < watched_from:
        return "unknown"
    return step


def _was_watched(history: History, slot: int) -> bool:
    """Whether the six hours that end at a slot were looked at for both kinds of items."""
    return all(
        any(
            kind in ABOUT[look.source][1] and look.first < slot <= look.last
            for look in history.looks
        )
        for kind in ("pushed", "published")
    )


def _doubted(item: Item, items: list[Item], looks: tuple[Look, ...]) -> bool:
    for look in looks:
        grade, kinds = ABOUT[look.source]
        if look.source == item.source or item.kind not in kinds:
            continue
        if ABOUT[item.source][0] <= grade:
            continue  # no worse than the one that missed it
        if not (look.first <= item.slot and item.slot * HOURS <= look.last * HOURS - 36):
            continue
        near = [
            other
            for other in items
            if other.source != item.source
            and abs(other.slot - item.slot) * HOURS <= 36
            and ABOUT[other.source][0] <= grade
        ]
        if not near:
            return True
    return False
