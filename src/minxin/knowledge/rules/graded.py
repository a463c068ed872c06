"""What a graded set says: shares with their intervals, agreement of two people, the draw. Pure."""

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

_Z = 1.959963984540054  # 95 %
FEWEST = 100  # given answers; below nothing is published (ours, no rule behind it)
WRONG_ALLOWED = 0.01


def wilson(part: int, whole: int) -> tuple[float, float]:
    """Between what a share lies with 95 % confidence (Wilson 1927, score interval), both ends 0 to 1; (0, 1) for
    no rows. ValueError for a part that is none of them.

    >>> tuple(round(each, 3) for each in wilson(8, 10))
    (0.49, 0.943)
    """
    if not 0 <= part <= whole:
        raise ValueError("a part of the rows")
    if whole == 0:
        return 0.0, 1.0
    share, square = part / whole, _Z * _Z
    middle = share + square / (2 * whole)
    spread = _Z * math.sqrt(share * (1 - share) / whole + square / (4 * whole * whole))
    base = 1 + square / whole
    low, high = (middle - spread) / base, (middle + spread) / base
    return max(0.0, min(share, low)), min(1.0, max(share, high))


def kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Cohen's kappa (1960) of two people's verdicts, unweighted: (observed - chance) / (1 - chance), chance from
    how often each said each. None for no pairs, and where both always said one and the same thing."""
    if not pairs:
        return None
    count = len(pairs)
    first = Counter(one for one, _ in pairs)
    second = Counter(other for _, other in pairs)
    chance = sum(first[each] * second[each] for each in first) / (count * count)
    if chance >= 1:
        return None
    same = sum(one == other for one, other in pairs) / count
    return (same - chance) / (1 - chance)


def draw(texts: Iterable[str], size: int, seed: str) -> list[str]:
    """So many of the different texts, by a kept seed: the first in the order of the SHA-256 of seed and text, as
    anybody can draw them again."""
    ranked = sorted(set(texts), key=lambda each: hashlib.sha256(f"{seed}:{each}".encode()).digest())
    return ranked[:size]


def needed_for(wrong: int = 0, allowed: float = WRONG_ALLOWED) -> int:
    """How many answers have to be graded until so many wrong ones leave the upper end of the interval at `allowed`.

    >>> needed_for(0)
    381
    """
    low, high = wrong + 1, 10_000_000
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if wilson(wrong, middle)[1] <= allowed else (middle + 1, high)
    return low


@dataclass(frozen=True, slots=True)
class Accuracy:
    """What was graded. `given`: answers given; `right`, `partly` and `bad` (wrong, or no answer was due) of these;
    `silent`: nothing was answered, `missed` of these wrongly."""

    given: int
    right: int
    partly: int
    bad: int
    silent: int
    missed: int

    @property
    def is_enough(self) -> bool:
        """Whether so many answers were graded that the share may be told."""
        return self.given >= FEWEST

    @property
    def share(self) -> float:
        """Right answers of those given, 0 to 1."""
        return self.right / self.given if self.given else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Between what the share of right answers lies."""
        return wilson(self.right, self.given)

    @property
    def bad_interval(self) -> tuple[float, float]:
        """Between what the share of wrong answers lies."""
        return wilson(self.bad, self.given)

    @property
    def coverage(self) -> float:
        """Of all questions those that were answered, 0 to 1."""
        whole = self.given + self.silent
        return self.given / whole if whole else 0.0

    @property
    def may_quote(self) -> bool:
        """Whether at most one in a hundred wrong is shown: by the upper end, not by luck."""
        return self.given > 0 and self.bad_interval[1] <= WRONG_ALLOWED


def accuracy_of(rows: Iterable[tuple[bool, str]]) -> Accuracy:
    """Of (was answered, verdict); those without a verdict are not counted."""
    return accuracy_from(Counter(rows))


def accuracy_from(counted: Mapping[tuple[bool, str], int]) -> Accuracy:
    """The same, of how many there are of each."""
    said = Counter({row: count for row, count in counted.items() if row[1]})
    given = sum(count for (answered, _), count in said.items() if answered)
    silent = sum(said.values()) - given
    return Accuracy(
        given=given,
        right=said[True, "right"],
        partly=said[True, "partly"],
        bad=said[True, "wrong"] + said[True, "silent"],
        silent=silent,
        missed=said[False, "wrong"],
    )
