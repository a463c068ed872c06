"""Words typed by their sound: 落胡 is 落户, 居主证 is 居住证.

A word is put right only where it is no word at all: what the dictionary or the texts know stays as it is.
"""

import functools
import itertools
from collections.abc import Iterable
from importlib import resources

import rjieba

from minxin.text.segmentation import FORM, HAN

SHORTEST, LONGEST = 2, 6
_MOST_READINGS = 8  # of a word whose characters are read in several ways
# Single characters that stand between words in any question: never taken for a slip.
_BETWEEN = frozenset("不没有无在是的了吗呢要想能会可以到去来从为对和与或及把被让给这那我你他她它您就都也还又只上下里外前后中内"
                     "大小多少几个一二三四五六七八九十年月日天时分号元")  # fmt: skip
# What many cannot hear apart, longest first: zh and z, ch and c, sh and s; l and n; the endings ng and n.
_ALIKE = (("zh", "z"), ("ch", "c"), ("sh", "s"))


@functools.cache
def _readings() -> dict[str, tuple[str, ...]]:
    """How a character is read: toneless, what sounds alike as one."""
    found: dict[str, tuple[str, ...]] = {}
    lines = resources.files("minxin.text.retrieval").joinpath("readings.txt")
    for line in lines.read_text(encoding="utf-8").splitlines():
        syllable, _, characters = line.partition(" ")
        sound = _sound(syllable)
        for character in characters:
            found[character] = tuple(dict.fromkeys((*found.get(character, ()), sound)))
    return found


def _sound(syllable: str) -> str:
    for wide, plain in _ALIKE:
        if syllable.startswith(wide):
            syllable = plain + syllable[len(wide) :]
    if syllable.startswith("l"):
        syllable = "n" + syllable[1:]
    return syllable[:-1] if syllable.endswith("ng") else syllable


def sounds(word: str) -> list[str]:
    """The ways a word may be read, at most `_MOST_READINGS`; none when a character has no reading."""
    table = _readings()
    each = [table.get(character, ()) for character in word]
    return [" ".join(one) for one in itertools.islice(itertools.product(*each), _MOST_READINGS)]


class Slips:
    """The known words, by their sound. Words are only added; others may read beside it."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        self._known: set[str] = set()
        self._by_sound: dict[str, tuple[str, ...]] = {}
        self.learn(words)

    def learn(self, words: Iterable[str]) -> None:
        """Take in words of two to six Chinese characters; others are left out."""
        for word in words:
            is_word = SHORTEST <= len(word) <= LONGEST and all(each >= HAN for each in word)
            if not is_word or word in self._known:
                continue
            self._known.add(word)
            for sound in sounds(word):
                self._by_sound[sound] = (*self._by_sound.get(sound, ()), word)

    def corrected(self, text: str) -> str:
        """The text with what is no word, but sounds like one that is known, put right; the text itself
        when there is nothing, or more than one word it could be. `text` as `normal` makes it."""
        loose = self._loose(text)
        if not loose:
            return text
        at, parts = 0, []
        while at < len(text):
            found = self._at(text, at, loose)
            parts.append(found or text[at])
            at += len(found) or 1
        return "".join(parts)

    def _at(self, text: str, at: int, loose: frozenset[int]) -> str:
        """The known word meant by what begins here, the longest; empty where there is none."""
        for length in range(min(LONGEST, len(text) - at), SHORTEST - 1, -1):
            part = text[at : at + length]
            if part in self._known:
                return part
            if loose.isdisjoint(range(at, at + length)):
                continue
            meant = {
                word
                for sound in sounds(part)
                for word in self._by_sound.get(sound, ())
                if self._is_slip(part, word, at, loose)
            }
            if len(meant) == 1:
                return meant.pop()
        return ""

    @staticmethod
    def _is_slip(part: str, word: str, at: int, loose: frozenset[int]) -> bool:
        wrong = [number for number, each in enumerate(part) if each != word[number]]
        return len(wrong) < len(part) and all(at + number in loose for number in wrong)

    @staticmethod
    def _loose(text: str) -> frozenset[int]:
        """Where Chinese characters stand that belong to no word of the dictionary and are not said between
        words."""
        loose: set[int] = set()
        at = 0
        for word in rjieba.cut(text.encode("utf-8", "ignore").decode(), False):
            if len(word) == 1 and word >= HAN and word not in _BETWEEN and word not in FORM:
                loose.add(at)
            at += len(word)
        return frozenset(loose)
