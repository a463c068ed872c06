"""Which texts of different agencies are compared, without comparing each with each. Holds texts in memory.

Entries meet by the rarest word of a way of asking; sentences with a fact by their near duplicates without it
(`text.NearDuplicates`). Each looks at no more than `COMMON` ways, or `MOST` sentences.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from minxin.knowledge.comparing import (
    SHORTEST,
    Difference,
    Text,
    compare,
    may_be_compared,
    same_matter,
    sentence_differs,
    words_asked,
)
from minxin.knowledge.rules.saying import Sentence, half, sentences_of
from minxin.text import NearDuplicates

COMMON = 400  # a word that more ways of asking have leads to the first so many
MOST = 30  # sentences that one is compared with
CHUNK = 100
_GAP = "\u3000"


@dataclass(frozen=True, slots=True)
class Side:
    """One text that is given as current: whose, what it is (`entry:12`), and for a document which passage."""

    place: str
    agency_id: int
    text: Text
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Two sides that say otherwise."""

    one: Side
    other: Side
    differences: tuple[Difference, ...]


def find(
    entries: Iterable[Side], passages: Iterable[Side], breathe: Callable[[], None] = lambda: None
) -> Iterator[Found]:
    """Every pair that says otherwise, each once; of two documents the pair of passages that was met first."""
    known = list(entries)
    yield from _among_entries(known, breathe)
    yield from _among_sentences(known, passages, breathe)


def _among_entries(sides: list[Side], breathe: Callable[[], None]) -> Iterator[Found]:
    ways: list[tuple[int, frozenset[str]]] = []
    by_word: dict[str, list[int]] = defaultdict(list)
    for number, side in enumerate(sides):
        for words in {words_asked(way) for way in side.text.ways}:
            for word in words:
                by_word[word].append(len(ways))
            ways.append((number, words))
    seen: set[tuple[int, int]] = set()
    for at, (number, words) in enumerate(ways):
        if not words:
            continue
        rarest = min(words, key=lambda word: (len(by_word[word]), word))
        for other_at in by_word[rarest][:COMMON]:
            other, theirs = ways[other_at]
            pair = (min(number, other), max(number, other))
            if pair in seen or sides[number].agency_id == sides[other].agency_id:
                continue
            if not words <= theirs:
                continue
            seen.add(pair)
            one, two = sides[pair[0]], sides[pair[1]]
            if found := compare(one.text, two.text):
                yield Found(one, two, found)
        if at % CHUNK == CHUNK - 1:
            breathe()


def _among_sentences(
    entries: list[Side], passages: Iterable[Side], breathe: Callable[[], None]
) -> Iterator[Found]:
    said: list[tuple[Side, Sentence]] = []
    for number, side in enumerate(passages):
        said += [(side, each) for each in sentences_of(side.text.text) if _is_telling(each)]
        if number % CHUNK == CHUNK - 1:
            breathe()
    if not said:
        return
    first_of_entries = len(said)
    for side in entries:
        said += [(side, each) for each in sentences_of(side.text.text) if _is_telling(each)]
    alike = NearDuplicates()
    alike.add((at, masked(each)) for at, (_side, each) in enumerate(said))
    seen: set[tuple[str, str]] = set()
    for at, (side, sentence) in enumerate(said):
        for other_at in alike.candidates(masked(sentence), MOST):
            other, theirs = said[other_at]
            if other_at >= at or other_at >= first_of_entries or other.agency_id == side.agency_id:
                continue
            pair = (other.place, side.place)
            if pair in seen or not may_be_compared(side.text, other.text):
                continue
            found = sentence_differs(theirs, sentence)
            if found and same_matter(other.text, side.text):
                seen.add(pair)
                yield Found(other, side, tuple(found))
        if at % CHUNK == CHUNK - 1:
            breathe()


def _is_telling(sentence: Sentence) -> bool:
    return bool(sentence.facts) and len(sentence.skeleton) >= SHORTEST


def masked(sentence: Sentence) -> str:
    """A sentence without its facts."""
    text = half(sentence.text)
    for fact in sentence.facts:
        start, end = fact.start - sentence.start, fact.end - sentence.start
        text = text[:start] + _GAP * (end - start) + text[end:]
    return text
