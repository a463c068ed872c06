"""Decisions about entries: which are in force, how sure an answer is. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

# An answer is given from SURE on; near questions are offered from NEAR on. Chosen on paraphrases
# written for the demo city, held-out half reported in docs/reference/bench.md.
SURE = 0.56
NEAR = 0.18
NEAR_QUESTIONS = 3
QUESTION_LIMIT = 300


@dataclass(frozen=True, slots=True)
class Answer:
    """A published entry as a citizen may hear it; always with its source."""

    entry_id: int
    agency_id: int
    question: str
    text: str
    source_title: str
    document_number: str
    source_url: str
    issuing_agency: str
    region_code: str
    valid_from: date | None
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class Near:
    """A question that is close to what was asked."""

    entry_id: int
    question: str


@dataclass(frozen=True, slots=True)
class Lookup:
    """What the index knows: an answer, or none and up to three near questions."""

    answer: Answer | None
    confidence: float
    near: tuple[Near, ...]


def is_in_force(valid_from: date | None, valid_until: date | None, on: date) -> bool:
    """Whether something holds on a day; both ends belong to it."""
    return (valid_from is None or valid_from <= on) and (valid_until is None or on <= valid_until)


def is_for_region(entry_region: str, region: str) -> bool:
    """Whether an entry holds in a region: everywhere, there, or in an area around it (GB/T 2260)."""
    return not entry_region or region.startswith(entry_region.rstrip("0") or entry_region)


def similarity(asked: Iterable[str], known: Iterable[str], weight: Callable[[str], float]) -> float:
    """How much two questions share, 0 to 1: the share of what was asked that is known counts 0.7,
    the share of what is known that was asked 0.3, both weighted by how much a token tells."""
    asked_set, known_set = set(asked), set(known)
    shared = asked_set & known_set
    if not shared:
        return 0.0
    common = sum(map(weight, shared))
    of_asked = common / sum(map(weight, asked_set))
    of_known = common / sum(map(weight, known_set))
    return 0.7 * of_asked + 0.3 * of_known
