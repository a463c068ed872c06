"""How many replies people read, and what follows from what they find: single sampling by attributes. Pure.

The plans are those of GB/T 2828.1-2012 (identical with ISO 2859-1), normal inspection, general levels: the
code letters by lot size, their sample sizes, and acceptance numbers, which repeat along the diagonals of
its table 2-A and are written here once. Letters and sizes were compared with a printed chart of the
standard; that a lot at the AQL is accepted nearly always is computed, for every plan, by a test.
What counts as a fault of a reply, and which AQL a city takes, is not in that standard.
"""

import hashlib
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

LETTERS = "ABCDEFGHJKLMNPQR"
SIZES = (2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1250, 2000)
# Lots up to so many, and their letters at levels I, II, III.
_LOTS = (
    (8, "AAB"), (15, "ABC"), (25, "BCD"), (50, "CDE"), (90, "CEF"), (150, "DFG"), (280, "EGH"),
    (500, "FHJ"), (1200, "GJK"), (3200, "HKL"), (10_000, "JLM"), (35_000, "KMN"),
    (150_000, "LNP"), (500_000, "MPQ"),
)  # fmt: skip
_LARGEST = "NQR"
LEVELS = ("I", "II", "III")
# At the letter given here an AQL (in percent) accepts none; the numbers of the letters after it follow, with
# an arrow up and an arrow down between none and one.
AQLS = {"0.65": "F", "1.0": "E", "1.5": "D", "2.5": "C", "4.0": "B", "6.5": "A"}
_NUMBERS = (0, None, None, 1, 2, 3, 5, 7, 10, 14, 21)


@dataclass(frozen=True, slots=True)
class Plan:
    """So many of a lot are read; accepted with at most `accept` faulty ones. `letter` of the sample size."""

    lot: int
    letter: str
    size: int
    accept: int

    @property
    def reject(self) -> int:
        return self.accept + 1

    @property
    def is_whole(self) -> bool:
        """Whether every reply is read: the sample would be as large as the lot."""
        return self.size >= self.lot


def plan_for(lot: int, aql: str, level: str = "II") -> Plan:
    """The single sampling plan for a lot; where the table has an arrow, the plan it points to. Raises
    ValueError for an empty lot, KeyError for an AQL or level that is none of ours."""
    if lot < 1:
        raise ValueError("an empty lot has no plan")
    start = LETTERS.index(AQLS[aql])
    at = LETTERS.index(_letter(lot, level))
    step = min(max(at - start, 0), len(_NUMBERS) - 1)
    if step in (1, 2):
        step = 0 if step == 1 else 3
    accept = _NUMBERS[step]
    assert accept is not None  # noqa: S101  (arrows were followed above)
    letter = LETTERS[start + step]
    return Plan(lot, letter, min(SIZES[start + step], lot), accept)


def _letter(lot: int, level: str) -> str:
    column = {name: at for at, name in enumerate(LEVELS)}[level]
    for most, letters in _LOTS:
        if lot <= most:
            return letters[column]
    return _LARGEST[column]


def chance_of_acceptance(plan: Plan, faulty: int) -> float:
    """How likely a lot with so many faulty replies is accepted: hypergeometric, exact."""
    if not 0 <= faulty <= plan.lot:
        raise ValueError("more faulty replies than replies")
    ways = sum(
        math.comb(faulty, found) * math.comb(plan.lot - faulty, plan.size - found)
        for found in range(min(plan.accept, faulty, plan.size) + 1)
        if plan.size - found <= plan.lot - faulty
    )
    return ways / math.comb(plan.lot, plan.size)


def draw(numbers: Sequence[int], size: int, seed: str) -> list[int]:
    """So many of these, by a kept seed: the first in the order of the SHA-256 of seed and number, as anybody
    can draw them again with any tool."""
    ranked = sorted(numbers, key=lambda each: hashlib.sha256(f"{seed}:{each}".encode()).digest())
    return ranked[:size]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two people judged the same: `same` of `count`; Cohen's kappa with its 95 % percentile-bootstrap
    interval, None where both always said one and the same thing."""

    count: int
    same: int
    kappa: float | None
    low: float | None
    high: float | None


DRAWS = 1000


def agreement(pairs: Sequence[tuple[bool, bool]]) -> Agreement:
    """Of pairs of judgements, yes or no. The draws are the same each time."""
    same = sum(one == other for one, other in pairs)
    value = kappa(pairs)
    if value is None:
        return Agreement(len(pairs), same, None, None, None)
    source = random.Random(7)
    values = sorted(
        each
        for _ in range(DRAWS)
        if (each := kappa(source.choices(pairs, k=len(pairs)))) is not None
    )
    low, high = (
        values[int(len(values) * 0.025)],
        values[min(int(len(values) * 0.975), len(values) - 1)],
    )
    return Agreement(len(pairs), same, round(value, 3), round(low, 3), round(high, 3))


def kappa(pairs: Sequence[tuple[bool, bool]]) -> float | None:
    """Cohen's kappa; None where chance alone agrees always."""
    if not pairs:
        return None
    count = len(pairs)
    first = sum(one for one, _ in pairs) / count
    second = sum(other for _, other in pairs) / count
    by_chance = first * second + (1 - first) * (1 - second)
    if by_chance >= 1:
        return None
    return (sum(one == other for one, other in pairs) / count - by_chance) / (1 - by_chance)
