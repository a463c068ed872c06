"""What a change does to a graded set: which answers change, better or worse, and where a threshold should lie. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from minxin.knowledge.rules.answers import Answer, Lookup
from minxin.knowledge.rules.graded import FEWEST, WRONG_ALLOWED, wilson
from minxin.knowledge.rules.thresholds import LEAST, at_least


@dataclass(frozen=True, slots=True)
class Judged:
    """A question with what was answered when it was graded and what was said of that: `verdict` as in
    `models.Verdict`. `answer` empty: nothing was answered, `entry_id` 0 then."""

    number: int
    text: str
    entry_id: int
    answer: str
    verdict: str
    is_drawn: bool = True


class Worth(IntEnum):
    """How good it is what a question hears. Silence where an answer is due is better than a wrong one."""

    WRONG = 0
    MISSED = 1
    PARTLY = 2
    RIGHT = 3


def worth_of(judged: Judged, found: Lookup) -> Worth | None:
    """How good what was found is by what people said; None where nobody has graded it."""
    heard = found.answer
    if heard is None:
        if not judged.answer:
            return Worth.RIGHT if judged.verdict == "right" else Worth.MISSED
        return Worth.RIGHT if judged.verdict == "silent" else Worth.MISSED
    if judged.answer and heard.entry_id == judged.entry_id and heard.text == judged.answer:
        return {"right": Worth.RIGHT, "partly": Worth.PARTLY}.get(judged.verdict, Worth.WRONG)
    is_due = judged.verdict != ("silent" if judged.answer else "right")
    return None if is_due else Worth.WRONG


class Kind(StrEnum):
    """What a change does to one question."""

    WORSE = "worse"
    BETTER = "better"
    UNKNOWN = "unknown"  # another answer, which nobody has graded
    EQUAL = "equal"  # another one, as good


@dataclass(frozen=True, slots=True)
class Difference:
    """A question that hears something else; `is_silenced`, `is_new`: from an answer to none, and the other way."""

    number: int
    text: str
    now: Lookup
    then: Lookup
    kind: Kind

    @property
    def is_silenced(self) -> bool:
        return self.now.answer is not None and self.then.answer is None

    @property
    def is_new(self) -> bool:
        return self.now.answer is None and self.then.answer is not None


@dataclass(frozen=True, slots=True)
class Trial:
    """A set run as it is now and as it would be: of `size` questions those that differ, the worse first."""

    size: int
    differences: tuple[Difference, ...] = field(default=())

    def count(self, kind: Kind) -> int:
        return sum(each.kind is kind for each in self.differences)

    @property
    def worse(self) -> int:
        return self.count(Kind.WORSE)

    @property
    def better(self) -> int:
        return self.count(Kind.BETTER)

    @property
    def unknown(self) -> int:
        return self.count(Kind.UNKNOWN)

    @property
    def silenced(self) -> int:
        return sum(each.is_silenced for each in self.differences)

    @property
    def new(self) -> int:
        return sum(each.is_new for each in self.differences)

    @property
    def is_small(self) -> bool:
        """Whether so few questions were run that no difference says little."""
        return self.size < FEWEST


_ORDER = tuple(Kind)


def trial_of(rows: Iterable[tuple[Judged, Lookup, Lookup]]) -> Trial:
    """Of each question with what it hears now and would hear then."""
    size, found = 0, []
    for judged, now, then in rows:
        size += 1
        if not _is_same(now, then):
            kind = _kind(worth_of(judged, now), worth_of(judged, then))
            found.append(Difference(judged.number, judged.text, now, then, kind))
    return Trial(
        size, tuple(sorted(found, key=lambda each: (_ORDER.index(each.kind), each.number)))
    )


def _is_same(now: Lookup, then: Lookup) -> bool:
    return now.answer == then.answer and now.choices == then.choices and now.held == then.held


def _kind(now: Worth | None, then: Worth | None) -> Kind:
    if now is None or then is None:
        return Kind.UNKNOWN
    if now == then:
        return Kind.EQUAL
    return Kind.BETTER if then > now else Kind.WORSE


def graded_lookup(judged: Judged) -> Lookup:
    """What a question heard when it was graded, as far as that was kept."""
    if not judged.answer:
        return Lookup(None, 0.0, ())
    heard = Answer(judged.entry_id, 0, "", judged.answer, "", "", "", "", "", None, None)
    return Lookup(heard, 1.0, ())


def drift_of(rows: Iterable[tuple[Judged, Lookup]]) -> Trial:
    """What hears something else than when it was graded: `now` of a difference is what was graded, `then` what is
    heard today."""
    size, found = 0, []
    for judged, today in rows:
        size += 1
        if not as_graded(judged, today):
            before = graded_lookup(judged)
            kind = _kind(worth_of(judged, before), worth_of(judged, today))
            found.append(Difference(judged.number, judged.text, before, today, kind))
    return Trial(
        size, tuple(sorted(found, key=lambda each: (_ORDER.index(each.kind), each.number)))
    )


def as_graded(judged: Judged, found: Lookup) -> bool:
    """Whether a question hears what it heard when it was graded."""
    heard = found.answer
    if heard is None:
        return not judged.answer
    return heard.entry_id == judged.entry_id and heard.text == judged.answer


@dataclass(frozen=True, slots=True)
class Point:
    """A threshold: of `asked` graded questions `given` would be answered, `right` of them rightly, `bad` wrongly."""

    sure: float
    asked: int
    given: int
    right: int
    bad: int

    @property
    def coverage(self) -> float:
        return self.given / self.asked if self.asked else 0.0

    @property
    def bad_share(self) -> float:
        return self.bad / self.given if self.given else 0.0

    @property
    def bad_interval(self) -> tuple[float, float]:
        return wilson(self.bad, self.given)

    @property
    def is_within(self) -> bool:
        """Whether at most one in a hundred of those given is wrong, of enough of them."""
        return self.given >= FEWEST and self.bad_share <= WRONG_ALLOWED

    @property
    def is_shown(self) -> bool:
        """Whether that holds by the upper end of the interval too."""
        return self.given > 0 and self.bad_interval[1] <= WRONG_ALLOWED


# What is offered; in between is no evidence that would tell two apart.
STEPS = (LEAST, *(step / 100 for step in (*range(50, 100, 5), 99) if step / 100 > LEAST))


@dataclass(frozen=True, slots=True)
class Curve:
    """Coverage against wrongness: a point for each step. `ungraded`: questions that hear an answer now that nobody has
    graded, in no point."""

    points: tuple[Point, ...]
    ungraded: int

    @property
    def advised(self) -> Point | None:
        """The lowest threshold with at most one wrong in a hundred; None where the set shows none."""
        return next((each for each in self.points if each.is_within), None)


def curve_of(rows: Sequence[tuple[Judged, Lookup]], steps: Sequence[float] = STEPS) -> Curve:
    """Of the drawn questions with what the index finds for each before any threshold of the city's own."""
    drawn = [(judged, found) for judged, found in rows if judged.is_drawn]
    known = [(judged, found) for judged, found in drawn if worth_of(judged, found) is not None]
    points = []
    for sure in steps:
        given = [
            worth for judged, found in known if (worth := _given(judged, found, sure)) is not None
        ]
        right, bad = given.count(Worth.RIGHT), given.count(Worth.WRONG)
        points.append(Point(sure, len(known), len(given), right, bad))
    return Curve(tuple(points), len(drawn) - len(known))


def _given(judged: Judged, found: Lookup, sure: float) -> Worth | None:
    kept = at_least(found, sure)
    return worth_of(judged, kept) if kept.answer is not None else None
