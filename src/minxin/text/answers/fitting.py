"""How much of a text fits a message: cut where a sentence ends, never inside a number, a list item or a link."""

import re
from bisect import bisect_right
from collections.abc import Iterator

from minxin.text.answers.cutting import Shape, clauses, cut_units

# What is tapped, and addresses as they are typed: they end where Chinese text or a bracket goes on.
_LINK = re.compile(
    r"<a\b[^>]*>.*?</a>|<[^<>]*>|https?://[^\s<>\"'\u3000-\u9fff\uff00-\uffef]+", re.S
)
# A number with its signs and its unit: 1,000.50元, 2026年11月28日, 0511-85551234, 15个工作日, 第三条.
_NUMBER = re.compile(
    r"第?[0-9\uff10-\uff19零〇一二三四五六七八九十百千万亿两]"
    r"[0-9\uff10-\uff19零〇一二三四五六七八九十百千万亿两.,，．:：/%％~～—年月日号时分-]*"
    r"(?:个?(?:工作|自然)?[年月日天元角分周岁人次件份套条款项章号时])*"
)


def beginning(text: str, limit: int) -> int:
    """The end of the longest beginning of a text that fits `limit` bytes of UTF-8; its whole length where all of it does.

    Cut after a sentence, a whole list item or a row; a head that would introduce nothing is left out, too. Where
    not even the first of them fits: after a sentence of it, then after a clause, then between characters; at
    least one character is kept.
    """
    if len(text.encode()) <= limit:
        return len(text)
    most = len(text.encode()[:limit].decode("utf-8", "ignore"))
    links = [found.span() for found in _LINK.finditer(text)]
    for some in (_pieces(text), _sentences(text), _clauses(text)):
        ends = [end for end in some if not _is_inside(end, links)]
        fitting = ends[: bisect_right(ends, most)]
        if len(fitting) > 1 and text[fitting[-1] - 1] in "：:":
            fitting.pop()
        if fitting:
            return fitting[-1]
    whole = links + [found.span() for found in _NUMBER.finditer(text)]
    return next((at for at in range(most, 0, -1) if not _is_inside(at, whole)), max(most, 1))


def _pieces(text: str) -> list[int]:
    """Where sentences, rows and list items end; an item with all sentences of its line."""
    ends: list[int] = []
    is_item = False
    for unit in cut_units(text):
        goes_on = (
            is_item and unit.shape is Shape.SENTENCE and "\n" not in text[ends[-1] : unit.start]
        )
        is_item = goes_on or unit.shape is Shape.ITEM
        if goes_on:
            ends[-1] = unit.end
        else:
            ends.append(unit.end)
    return ends


def _sentences(text: str) -> list[int]:
    return [unit.end for unit in cut_units(text)]


def _clauses(text: str) -> list[int]:
    numbers = [found.span() for found in _NUMBER.finditer(text)]
    return [end for end in _clause_ends(text) if not _is_inside(end, numbers)]


def _clause_ends(text: str) -> Iterator[int]:
    for unit in cut_units(text):
        yield from (end for _, end in clauses(text, unit.start, unit.end))


def _is_inside(at: int, spans: list[tuple[int, int]]) -> bool:
    return any(start < at < end for start, end in spans)
