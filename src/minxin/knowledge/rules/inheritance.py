"""Whose words are told from which account: one's own first, then upward; what a lower unit adds or says otherwise.

Pure. A place is where an account stands: its region and the path of its agency in the tree; an empty path stands nowhere.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Protocol

from minxin.knowledge.rules.answers import Answer, area_of

ADDS, INSTEAD = "adds", "instead"
MOST_ADDED = 2  # additions told with one answer: a message has little room
DEEPEST = 8
FAR = 1_000


class Known(Protocol):
    """What is asked about entries while one is told in a place."""

    def upper(self, answer: Answer) -> Answer | None:
        """The entry that an entry adds to or narrows, if it may be given here."""

    def lowers(self, answer: Answer) -> Sequence[Answer]:
        """The entries that add to or narrow one, those that may be given here."""

    def path(self, agency_id: int) -> str:
        """Where an agency stands in the tree; empty when that is not known."""


def parent_of(path: str) -> str:
    """The path of the agency above; empty above a root."""
    above = path.rstrip("/").rpartition("/")[0]
    return f"{above}/" if above else ""


def is_above(upper: str, lower: str) -> bool:
    """Whether an agency's words are inherited by another: it is above it in the tree, or stands directly under an
    agency that is (the city's bureau above the district's)."""
    if not upper or not lower or upper == lower:
        return False
    if lower.startswith(upper):
        return True
    over, under = parent_of(upper), parent_of(lower)
    return bool(over) and under != over and under.startswith(over)


def distance(path: str, other: str) -> int:
    """How far an entry's agency is from an account's: steps up to the nearest agency above both, that agency itself
    before what else is below it. Own is 0."""
    if not path or not other:
        return FAR
    steps, above = 0, path
    while above:
        if other.startswith(above):
            return 2 * steps + (other != above)
        steps, above = steps + 1, parent_of(above)
    return FAR


def is_inside(region: str, other: str) -> bool:
    """Whether a region is a part of another, and not all of it; no region is everywhere."""
    if not region:
        return False
    return not other or (
        area_of(region) != area_of(other) and area_of(region).startswith(area_of(other))
    )


def applies(lower: Answer, upper: Answer, path: str, owner: str) -> bool:
    """Whether a lower unit's words stand beside or before the upper one's where an account is (`path`): within the region
    they are for, where that is a part of the upper one's, and otherwise in the accounts of their owner and below it."""
    if upper.is_binding or not lower.narrowing:
        return False
    if is_inside(lower.region_code, upper.region_code):
        return True  # that they hold in the account's region is asked of every entry
    return bool(owner) and path.startswith(owner)


def told_here(answer: Answer, path: str, known: Known) -> Answer | None:
    """An entry as an account tells it: what the nearest unit says instead, with what nearer ones add; None where it is a
    lower unit's own word that does not hold here and the upper one may not be given."""
    first = answer
    for _ in range(DEEPEST):
        if not first.narrowing:
            break
        upper = known.upper(first)
        if upper is None:
            owner = known.path(first.agency_id)
            stands = first.narrowing == INSTEAD and (
                bool(first.region_code) or (bool(owner) and path.startswith(owner))
            )
            if not stands:
                return None
            break
        first = upper
    said = first
    for _ in range(DEEPEST):
        others = _nearest_first(
            (each for each in known.lowers(said) if each.narrowing == INSTEAD), said, path, known
        )
        if not others:
            break
        said = others[0]
    added = _nearest_first(
        (each for each in known.lowers(said) if each.narrowing == ADDS), said, path, known
    )
    return replace(said, additions=tuple(reversed(added[:MOST_ADDED]))) if added else said


def _nearest_first(some: Iterable[Answer], upper: Answer, path: str, known: Known) -> list[Answer]:
    holding = [each for each in some if applies(each, upper, path, known.path(each.agency_id))]
    return sorted(
        holding,
        key=lambda each: (
            distance(path, known.path(each.agency_id)),
            -len(area_of(each.region_code)) if each.region_code else 0,
            each.entry_id,
        ),
    )


def before_others(answer: Answer, path: str, owner: str) -> tuple[bool, int]:
    """By what answers to the same question are ordered: what is marked as the same for all below its owner's
    superior comes first, then the nearest."""
    binds = answer.is_binding and bool(owner) and path.startswith(parent_of(owner) or owner)
    return (not binds, distance(path, owner))


def own_first(answers: Sequence[Answer], path: str, path_of: Callable[[int], str]) -> list[Answer]:
    """Of entries that answer the same question for the same people, those of the nearest agency alone, in their
    order; all of them where the account stands nowhere."""
    if len(answers) < 2 or not path:
        return list(answers)
    rank = {id(each): before_others(each, path, path_of(each.agency_id)) for each in answers}
    best: dict[str, tuple[bool, int]] = {}
    for each in answers:
        best[each.audience] = min(best.get(each.audience, rank[id(each)]), rank[id(each)])
    return [each for each in answers if rank[id(each)] == best[each.audience]]


def said_of(
    answer: str, source: str, number: str, valid: str, region: str, *, is_out: bool, binds: bool
) -> str:
    """What an entry says as its narrowers have looked at it: any change of this is put before them."""
    lines = [answer.strip(), f"来源：《{source.strip('《》')}》{number}", f"有效期：{valid}"]
    if region:
        lines.append(f"适用区划：{region}")
    if is_out:
        lines.append("（已不再发布）")
    if binds:
        lines.append("（统一口径，下级不另作补充或口径）")
    return "\n".join(lines)
