"""What figures of tickets are counted from, and what may be said of few. Pure.

No national document fixes how these rates are computed, and no official weights of satisfaction are known:
the definitions are ours from published practice, each printed in docs/reference/ticket-figures.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt

# States that take a ticket out of every rate: nobody was to answer it any more. It still was received.
# `ended`: two people found it malicious; an appeal upheld takes it back to where it stood.
NOT_VALID = frozenset({"withdrawn", "declined", "moved", "ended"})
# Rating levels in the order in which their weights are set.
LEVELS = ("very_satisfied", "satisfied", "fairly_satisfied", "dissatisfied", "very_dissatisfied")
# What a citizen hears of first: somebody took her request in, signed for it, or answered.
RESPONSES = ("accepted", "signed", "answered")
# Upper ends of the bands of age, in working days; the last band is open.
AGE_BANDS = (2, 5, 10, 15)
_Z = 1.959963984540054  # 95 %


def interval(part: float, whole: int) -> tuple[float, float]:
    """Between what a share lies with 95 % confidence (Wilson 1927), both ends 0 to 1.

    A weighted part is no more spread than a plain one of the same share, so the interval is never too
    narrow for it. Raises ValueError for no rows.

    >>> tuple(round(each, 3) for each in interval(8, 10))
    (0.49, 0.943)
    """
    if whole <= 0 or not 0 <= part <= whole:
        raise ValueError("a share of rows that are there")
    share, square = part / whole, _Z * _Z
    middle = share + square / (2 * whole)
    spread = _Z * sqrt(share * (1 - share) / whole + square / (4 * whole * whole))
    base = 1 + square / whole
    # The share lies inside however floats are rounded.
    return max(0.0, min(share, (middle - spread) / base)), min(
        1.0, max(share, (middle + spread) / base)
    )


@dataclass(frozen=True, slots=True)
class Tally:
    """What one figure counts: `rows` of `whole` rows, worth `worth` (the same unless they are weighted)."""

    rows: int = 0
    whole: int = 0
    worth: float = 0.0

    def __add__(self, other: Tally) -> Tally:
        """The same figure of two groups that share no row."""
        return Tally(self.rows + other.rows, self.whole + other.whole, self.worth + other.worth)

    @property
    def share(self) -> float | None:
        """0 to 1; None of nothing."""
        return self.worth / self.whole if self.whole else None

    @property
    def between(self) -> tuple[float, float] | None:
        """The 95 % interval of the share; None of nothing."""
        return interval(self.worth, self.whole) if self.whole else None

    def is_small(self, least: int) -> bool:
        """Whether there are too few rows to be set beside others; none at all is no small number."""
        return 0 < self.whole < least


@dataclass(frozen=True, slots=True)
class Period:
    """Whole local days, both ends counted. Raises ValueError for an end before its beginning."""

    since: date
    until: date

    def __post_init__(self) -> None:
        if self.until < self.since:
            raise ValueError("a period ends after it began")

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1

    @property
    def before(self) -> Period:
        """The period of the same length just before."""
        last = self.since - timedelta(days=1)
        return Period(last - timedelta(days=self.days - 1), last)


def band_of(age: int) -> int:
    """Which band of `AGE_BANDS` an age in working days belongs to; the number of bands is one more."""
    return next((at for at, most in enumerate(AGE_BANDS) if age <= most), len(AGE_BANDS))


def weeks_of(period: Period) -> list[date]:
    """The Mondays of the weeks a period touches, the first one where the period begins later in it."""
    first = period.since - timedelta(days=period.since.weekday())
    return [first + timedelta(days=7 * at) for at in range((period.until - first).days // 7 + 1)]


def in_order(rows: Iterable[tuple[str, Tally]], least: int) -> list[tuple[str, Tally]]:
    """Names by their share, the highest first; those with too few rows, or none, follow by name: they are
    not ranked."""
    every = list(rows)
    big = [each for each in every if each[1].whole and not each[1].is_small(least)]
    big.sort(key=lambda each: (-(each[1].share or 0), each[0]))
    return big + sorted((each for each in every if each not in big), key=lambda each: each[0])


def worth_of(level: str, weights: Sequence[float]) -> float:
    """What a rating counts, by the weights in the order of `LEVELS`."""
    return weights[LEVELS.index(level)]
