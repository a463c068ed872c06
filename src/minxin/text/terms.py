"""Many expressions looked for in a text at once: Aho-Corasick, all of them, also where they overlap."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import ahocorasick_rs


@dataclass(frozen=True, slots=True)
class Expression:
    """What is looked for. `instead` is what should stand there: where it does stand, and the wrong
    words are only a part of it, nothing is found."""

    words: str
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """An expression, by its number, and where it stands: characters from `start` up to `end`."""

    number: int
    start: int
    end: int


class Terms:
    """A list of expressions, compiled. Texts are searched as they are written: nothing is folded.

    Raises `ValueError` for an empty expression. About 50 MB of UTF-8 a second and core for 20,000
    expressions (`minxin bench lookback`).
    """

    def __init__(self, expressions: Sequence[Expression]) -> None:
        self._automaton = ahocorasick_rs.AhoCorasick(
            [each.words for each in expressions],
            implementation=ahocorasick_rs.Implementation.ContiguousNFA,
            store_patterns=False,
        )
        # Where the wrong words begin inside the right ones, for those where they are a part.
        self._right = {
            number: (each.instead, tuple(_places_in(each.instead, each.words)))
            for number, each in enumerate(expressions)
            if each.words != each.instead and each.words in each.instead
        }
        self._same = {
            number for number, each in enumerate(expressions) if each.words == each.instead
        }

    def find(self, text: str) -> list[Place]:
        """Every place, in the order of the text."""
        raw = self._automaton.find_matches_as_indexes(text, overlapping=True)
        if not raw:
            return []
        return sorted(
            (
                Place(number, start, end)
                for number, start, end in raw
                if number not in self._same and not self._is_right(number, start, text)
            ),
            key=lambda each: (each.start, each.end, each.number),
        )

    def _is_right(self, number: int, start: int, text: str) -> bool:
        if number not in self._right:
            return False
        instead, offsets = self._right[number]
        return any(
            start >= offset and text.startswith(instead, start - offset) for offset in offsets
        )


def _places_in(text: str, words: str) -> Iterator[int]:
    at = text.find(words)
    while at >= 0:
        yield at
        at = text.find(words, at + 1)
