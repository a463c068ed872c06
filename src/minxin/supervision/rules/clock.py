"""The update clock: what may be said of an account at a moment, and what may not.

Never a false 不合格. That there was no update is claimed only for a time in which sources that would
have seen one were really asked, without a gap, for every kind of item. So two silences are told
apart: the apparent one, from the last known item to now, which warns; and the proven one, to the end
of what was looked at, which alone makes a candidate for a violation, counted by the exact moment. A
candidate becomes a violation when a named person confirms it (ADR 14).

Source of the 14 days: 国办秘函〔2019〕19号; the steps before them are ours (the packs say so).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from minxin.supervision.rules.sources import SOURCES, Grade, Kind, Source

SHANGHAI = ZoneInfo("Asia/Shanghai")  # days are counted here, wherever this machine stands
SKEW = timedelta(minutes=10)  # how far clocks may differ before a time counts as future
MATCH = timedelta(hours=36)  # how far apart two sources may date the same item
LAG = timedelta(days=3)  # how old a look may be and still allow a warning


class Level(StrEnum):
    """What the clock says."""

    FRESH = "fresh"
    NOTICE = "notice"
    REMINDER = "reminder"
    ALARM = "alarm"
    RED = "red"
    OVERDUE = "overdue"
    ZOMBIE = "zombie"
    UNKNOWN = "unknown"
    CONTRADICTORY = "contradictory"
    EXEMPT = "exempt"


ACCUSES = frozenset({Level.OVERDUE, Level.ZOMBIE})


# From good to bad; what is not known, or does not apply, is neither.
LADDER = (
    Level.FRESH, Level.NOTICE, Level.REMINDER, Level.ALARM, Level.RED, Level.OVERDUE, Level.ZOMBIE,
)  # fmt: skip


_STEPS = {each.value: step for step, each in enumerate(LADDER)}


def is_worse(level: str, before: str) -> bool:
    """Whether a level is more pressing than the one before; never for what is not on the ladder."""
    return level in _STEPS and before in _STEPS and _STEPS[level] > _STEPS[before]


class Why(StrEnum):
    """Why it says so; `wording.py` has the sentences."""

    NOT_BOUND = "not_bound"
    CLOCK_SET_BACK = "clock_set_back"
    NEVER_LOOKED = "never_looked"
    LOOK_TOO_OLD = "look_too_old"
    LOOK_HAS_GAP = "look_has_gap"
    LOOK_TOO_SHORT = "look_too_short"
    RECENT_ITEM = "recent_item"
    SILENT_DAYS = "silent_days"
    WAITS_FOR_LOOK = "waits_for_look"
    LIMIT_PASSED = "limit_passed"
    NO_ITEM_FOUND = "no_item_found"
    DISPUTED_ITEM = "disputed_item"
    FUTURE_ITEM = "future_item"


@dataclass(frozen=True, slots=True)
class Seen:
    """One item that an account published, according to one source."""

    at: datetime
    source: Source
    kind: Kind
    key: str = ""

    @property
    def grade(self) -> Grade:
        return SOURCES[self.source].grade


@dataclass(frozen=True, slots=True)
class Looked:
    """A source was asked, successfully, about everything from `since` to `until`; at `asked_at`."""

    source: Source
    since: datetime
    until: datetime
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Limit:
    """So many days without an item, and what is then said. `pack` names the rule."""

    days: int
    pack: str
    level: Level = Level.OVERDUE


@dataclass(frozen=True, slots=True)
class Rule:
    """The steps of the warnings, by calendar days, and the limits, by the exact moment."""

    steps: tuple[tuple[Level, int], ...]
    limits: tuple[Limit, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What may be said at a moment.

    `silent_since` is the last item, or where the look began that found none; `proven_until` the end of
    what was looked at. `due_at`: when the nearest limit is or was reached; `next_at`: when the level
    changes next if nothing comes.
    """

    level: Level
    at: datetime
    why: tuple[Why, ...]
    last: Seen | None = None
    silent_since: datetime | None = None
    proven_until: datetime | None = None
    days: int | None = None
    elapsed: timedelta | None = None
    proven: timedelta = timedelta(0)
    due_at: datetime | None = None
    next_at: datetime | None = None
    passed: tuple[Limit, ...] = ()
    disputed: tuple[Seen, ...] = ()
    future: tuple[Seen, ...] = ()


def judge(
    seen: Iterable[Seen],
    looked: Iterable[Looked],
    rule: Rule | None,
    *,
    at: datetime,
    now: datetime | None = None,
) -> Verdict:
    """What may be said of an account at `at`, with what is known at `now` (the same by default).

    No rule: no rule binds it. Order and repetition of what was seen and looked at do not matter.
    """
    now = at if now is None else now
    if rule is None:
        return Verdict(Level.EXEMPT, at, (Why.NOT_BOUND,))
    asked = list(looked)
    if any(each.asked_at > now + SKEW for each in asked):
        return Verdict(Level.UNKNOWN, at, (Why.CLOCK_SET_BACK,))
    known = sorted(set(seen), key=lambda each: (each.at, each.grade, each.source, each.key))
    future = tuple(each for each in known if each.at > now + SKEW)
    counted = [each for each in known if each.at <= at + SKEW]
    stretches = both_looked_at(asked, at)
    found = _judged(counted, stretches, rule, at)
    disputed = tuple(each for each in counted if _is_disputed(each, counted, asked))
    if found.level in ACCUSES:
        if future:
            return _replaced(found, Level.CONTRADICTORY, Why.FUTURE_ITEM, disputed, future)
        return _replaced(found, found.level, None, disputed, future)
    if disputed:
        without = [each for each in counted if each not in disputed]
        if _judged(without, stretches, rule, at).level in ACCUSES:
            return _replaced(found, Level.CONTRADICTORY, Why.DISPUTED_ITEM, disputed, future)
    return _replaced(found, found.level, None, disputed, future)


def _replaced(
    verdict: Verdict, level: Level, why: Why | None, disputed: tuple[Seen, ...],
    future: tuple[Seen, ...],
) -> Verdict:  # fmt: skip
    return Verdict(
        level, verdict.at, verdict.why if why is None else (why, *verdict.why), verdict.last,
        verdict.silent_since, verdict.proven_until, verdict.days, verdict.elapsed, verdict.proven,
        verdict.due_at, verdict.next_at, verdict.passed, disputed, future,
    )  # fmt: skip


def _judged(
    counted: Sequence[Seen], stretches: Sequence[tuple[datetime, datetime]], rule: Rule,
    at: datetime,
) -> Verdict:  # fmt: skip
    last = counted[-1] if counted else None
    last_at = min(last.at, at) if last else None
    if last_at is None and not stretches:
        return Verdict(Level.UNKNOWN, at, (Why.NEVER_LOOKED,))
    began, ended = stretches[-1] if stretches else (at, at)
    is_looked = bool(stretches)
    start = began if last_at is None else last_at
    proven_from = began if last_at is None else max(began, last_at)
    proven = max(ended - proven_from, timedelta(0)) if is_looked else timedelta(0)
    days = calendar_days(start, at)
    passed = tuple(
        each
        for each in sorted(rule.limits, key=lambda one: one.days)
        if proven >= timedelta(days=each.days)
    )
    step = _step(rule, days)
    is_old = at - max(ended, start) > LAG
    has_gap = last_at is not None and last_at < began
    why: tuple[Why, ...]
    if passed and not is_old:
        level, start = passed[-1].level, proven_from
        days = calendar_days(start, at)
        more = Why.NO_ITEM_FOUND if last_at is None else Why.LOOK_HAS_GAP
        why = (Why.LIMIT_PASSED, more) if has_gap or last_at is None else (Why.LIMIT_PASSED,)
    elif last_at is None and is_old:
        level, why = Level.UNKNOWN, (Why.LOOK_TOO_OLD, Why.NO_ITEM_FOUND)
    elif last_at is None:
        level, why = Level.UNKNOWN, (Why.LOOK_TOO_SHORT, Why.NO_ITEM_FOUND)
    elif step is Level.FRESH:
        level, why = Level.FRESH, (Why.RECENT_ITEM,)
    elif not is_looked:
        level, why = Level.UNKNOWN, (Why.NEVER_LOOKED,)
    elif is_old:
        level, why = Level.UNKNOWN, (Why.LOOK_TOO_OLD,)
    elif has_gap:
        level, why = Level.UNKNOWN, (Why.LOOK_HAS_GAP,)
    elif any(at - start >= timedelta(days=each.days) for each in rule.limits):
        level, why = step, (Why.WAITS_FOR_LOOK,)
    else:
        level, why = step, (Why.SILENT_DAYS,)
    nearest = min((each.days for each in rule.limits), default=None)
    return Verdict(
        level=level,
        at=at,
        why=why,
        last=last,
        silent_since=start,
        proven_until=ended if is_looked else None,
        days=days,
        elapsed=at - start,
        proven=proven,
        due_at=None if nearest is None else start + timedelta(days=nearest),
        next_at=_next(rule, start, at),
        passed=() if is_old else passed,
    )


def _step(rule: Rule, days: int) -> Level:
    found = Level.FRESH
    for level, least in rule.steps:
        if days >= least:
            found = level
    return found


def _next(rule: Rule, start: datetime, at: datetime) -> datetime | None:
    steps = [midnight(day_of(start) + timedelta(days=least)) for _level, least in rule.steps]
    limits = [start + timedelta(days=each.days) for each in rule.limits]
    return min((each for each in [*steps, *limits] if each > at), default=None)


def _is_disputed(item: Seen, counted: Sequence[Seen], asked: Sequence[Looked]) -> bool:
    """Whether a better source, which would have seen it, was asked and did not see it.

    An item near it that a source as good as that one saw settles it: two sources may date one item
    differently. What an interface told is never disputed: what was deleted since is missing from a
    list of what is there, and was an update all the same.
    """
    for look in asked:
        about = SOURCES[look.source]
        if look.source is item.source or item.kind not in about.silent_on:
            continue
        if about.grade >= item.grade or not look.since <= item.at <= look.until - MATCH:
            continue
        if not any(
            each.source is not item.source
            and each.grade <= about.grade
            and abs(each.at - item.at) <= MATCH
            for each in counted
        ):
            return True
    return False


# Time ----------------------------------------------------------------------------------------


def day_of(moment: datetime) -> date:
    """The day in Shanghai."""
    return moment.astimezone(SHANGHAI).date()


def midnight(day: date) -> datetime:
    """Where a day begins in Shanghai."""
    return datetime.combine(day, time(0), SHANGHAI)


def calendar_days(start: datetime, end: datetime) -> int:
    """How many midnights lie between, in Shanghai; notices count like this."""
    return max((day_of(end) - day_of(start)).days, 0)


Stretch = tuple[datetime, datetime]


def both_looked_at(asked: Iterable[Looked], at: datetime) -> list[Stretch]:
    """The stretches up to `at` in which every kind of item would have been seen, in order."""
    stretches: list[Stretch] | None = None
    looks = [each for each in asked if each.since < min(each.until, at)]
    for kind in Kind:
        own = _joined(
            (each.since, min(each.until, at))
            for each in looks
            if kind in SOURCES[each.source].silent_on
        )
        stretches = own if stretches is None else _common(stretches, own)
    return stretches or []


def _joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    found: list[Stretch] = []
    for since, until in sorted(stretches):
        if found and since <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], until))
        else:
            found.append((since, until))
    return found


def _common(left: Sequence[Stretch], right: Sequence[Stretch]) -> list[Stretch]:
    found = []
    for one in left:
        for other in right:
            since, until = max(one[0], other[0]), min(one[1], other[1])
            if since < until:
                found.append((since, until))
    return found
