"""Sentences that must not wait: phrases looked for in what somebody said, but not where they stand inside
other words (想死你了, 杀虫剂). No learning, no weights: what was heard is always a phrase of the list.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import ahocorasick_rs

from minxin.text.segmentation import normal
from minxin.text.traditional import simplified

# So many characters may stand for "…" in a phrase, none of them the end of a sentence.
GAP = 10
_ENDS = frozenset("。!?;\n")
_DOTS = re.compile(r"…+|\.{3,}|⋯+")


@dataclass(frozen=True, slots=True)
class AlarmSet:
    """What is heard as `label`: phrases, and phrases inside which nothing counts. "…" in one stands for up to
    `GAP` characters of the same sentence."""

    label: str
    phrases: tuple[str, ...]
    exceptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard, and by which words of the text (folded)."""

    label: str
    said: str


@dataclass(frozen=True, slots=True)
class _Phrase:
    place: int  # of its set
    is_exception: bool
    rest: tuple[str, ...]


class Alarms:
    """Several sets, compiled. Of two that are heard the earlier set is told."""

    def __init__(self, sets: Sequence[AlarmSet]) -> None:
        self._labels = [each.label for each in sets]
        heads: dict[str, list[_Phrase]] = {}
        for place, each in enumerate(sets):
            for is_exception, lines in ((False, each.phrases), (True, each.exceptions)):
                for line in lines:
                    parts = parts_of(line)
                    if parts:
                        phrase = _Phrase(place, is_exception, parts[1:])
                        heads.setdefault(parts[0], []).append(phrase)
        self._heads = list(heads)
        self._of = list(heads.values())
        self._automaton = ahocorasick_rs.AhoCorasick(
            self._heads,
            implementation=ahocorasick_rs.Implementation.ContiguousNFA,
            store_patterns=False,
        )

    def find(self, text: str) -> Heard | None:
        """What a text says of danger; None for nearly all texts, after one pass over it."""
        if not self._heads:
            return None
        text = folded(text)
        raw = self._automaton.find_matches_as_indexes(text, overlapping=True)
        if not raw:
            return None
        said: list[tuple[int, int, int]] = []
        barred: list[tuple[int, int, int]] = []
        for number, start, end in raw:
            for phrase in self._of[number]:
                last = _ends_at(text, end, phrase.rest)
                if last is not None:
                    (barred if phrase.is_exception else said).append((phrase.place, start, last))
        heard = [
            each
            for each in said
            if not any(
                place == each[0] and start < each[2] and each[1] < end
                for place, start, end in barred
            )
        ]
        if not heard:
            return None
        place, start, end = min(heard)
        return Heard(self._labels[place], text[start:end])


def folded(text: str) -> str:
    """One spelling: width, case, traditional characters; without spaces."""
    text = simplified(normal(text))
    return "".join(text.split(" ")) if " " in text else text


def parts_of(line: str) -> tuple[str, ...]:
    """A phrase as it is looked for: folded, cut at its dots; empty for a line without words."""
    return tuple(part for part in map(folded, _DOTS.split(line.strip())) if part)


def _ends_at(text: str, end: int, rest: Iterable[str]) -> int | None:
    """Where the last part of a phrase ends, the head having ended at `end`; None when it is not there."""
    for part in rest:
        at = text.find(part, end, end + GAP + len(part))
        if at < 0 or not _ENDS.isdisjoint(text[end:at]):
            return None
        end = at + len(part)
    return end
