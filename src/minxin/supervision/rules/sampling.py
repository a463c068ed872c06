"""A sample of accounts by strata, drawn from a kept seed: who has the seed and the list draws it again.

Not by a random generator of a programming language, which may change with its version: an account's
place is the SHA-256 of seed and number, and the first ones of each stratum are taken. So anybody can
check a sample with any tool, and a larger sample holds the smaller one.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

Stratum = tuple[str, ...]


class Method(StrEnum):
    """How many of a stratum are drawn."""

    WHOLE = "whole"
    PROPORTIONAL = "proportional"
    SHARE = "share"


@dataclass(frozen=True, slots=True)
class Member:
    """One account of the list that is drawn from."""

    number: int
    stratum: Stratum = ()


@dataclass(frozen=True, slots=True)
class Design:
    """How a sample is drawn. `size`: of all strata together (PROPORTIONAL); `percent`: of each (SHARE)."""

    method: Method
    size: int = 0
    percent: int = 0

    def __post_init__(self) -> None:
        if self.method is Method.PROPORTIONAL and self.size < 1:
            raise ValueError("a sample has at least one account")
        if self.method is Method.SHARE and not 1 <= self.percent <= 100:
            raise ValueError("a share is 1 to 100 percent")


def sizes_of(members: Sequence[Member]) -> dict[Stratum, int]:
    """How many accounts each stratum has, the strata sorted."""
    found: dict[Stratum, int] = {}
    for each in members:
        found[each.stratum] = found.get(each.stratum, 0) + 1
    return dict(sorted(found.items()))


def allocate(sizes: Mapping[Stratum, int], design: Design) -> dict[Stratum, int]:
    """How many are drawn of each stratum: at least one of each, never more than there are.

    PROPORTIONAL keeps to `size` by the largest remainders; with fewer places than strata there is one
    of each, which is more than asked. SHARE rounds up in each stratum.
    """
    sizes = dict(sorted(sizes.items()))
    match design.method:
        case Method.WHOLE:
            return dict(sizes)
        case Method.SHARE:
            return {key: -(-count * design.percent // 100) for key, count in sizes.items()}
    total = sum(sizes.values())
    wanted = min(max(design.size, len(sizes)), total)
    if not total:
        return {}
    given = {key: max(1, count * wanted // total) for key, count in sizes.items()}
    # Exact remainders as whole numbers: no rounding decides who is drawn.
    order = sorted(sizes, key=lambda key: (-(sizes[key] * wanted - given[key] * total), key))
    while (missing := wanted - sum(given.values())) != 0:
        if missing > 0:
            changing = [key for key in order if given[key] < sizes[key]]
        else:
            changing = [key for key in reversed(order) if given[key] > 1]
        for key in changing[: abs(missing)]:
            given[key] += 1 if missing > 0 else -1
    return given


def place_of(seed: str, number: int, purpose: str = "sample") -> str:
    """Where an account stands in the order of a seed: SHA-256 of `purpose:seed:number`, hexadecimal."""
    return hashlib.sha256(f"{purpose}:{seed}:{number}".encode()).hexdigest()


def draw(members: Sequence[Member], design: Design, seed: str) -> tuple[int, ...]:
    """The numbers of the accounts that are drawn, sorted. The order of `members` does not matter."""
    given = allocate(sizes_of(members), design)
    strata: dict[Stratum, list[int]] = {}
    for each in members:
        strata.setdefault(each.stratum, []).append(each.number)
    drawn = [
        number
        for key, numbers in strata.items()
        for number in sorted(numbers, key=lambda one: place_of(seed, one))[: given[key]]
    ]
    return tuple(sorted(drawn))


def second_look(numbers: Sequence[int], percent: int, seed: str) -> frozenset[int]:
    """Which of the drawn accounts get a second look whatever was found: a share, rounded up."""
    many = -(-len(numbers) * percent // 100)
    return frozenset(sorted(numbers, key=lambda one: place_of(seed, one, "second"))[:many])
