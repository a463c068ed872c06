"""Official Chinese text in its units: sentences, list items and table rows, each with its offsets.

A stop inside a bracket, or inside a quotation of one sentence, ends nothing; a quotation of several
sentences is cut like any text. `（一）`, `1.`, `第三条` and the like begin an item where a unit may begin;
`下列材料：` stays the head of the items that follow. A gap between two Chinese characters is a line end, for
that is what is left of one in texts taken from pages.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

_NUMERAL = "一二三四五六七八九十百零〇○两"
_DIGIT = "0-9\uff10-\uff19"
# What begins an item, the broadest first; the place in this table is only a name of the level.
_MARKERS = (
    re.compile(rf"第[{_NUMERAL}{_DIGIT}]{{1,6}}[编章节]"),
    re.compile(rf"第[{_NUMERAL}{_DIGIT}]{{1,6}}条(?:之[{_NUMERAL}])?"),
    re.compile(rf"[{_NUMERAL}]{{1,3}}、"),
    re.compile(rf"[（(][{_NUMERAL}]{{1,3}}[）)]、?"),
    re.compile(rf"[{_DIGIT}]{{1,2}}(?:[.．](?![{_DIGIT}])|、)"),
    re.compile(rf"[（(][{_DIGIT}]{{1,2}}[）)]、?|[{_DIGIT}]{{1,2}}[）)]"),
    re.compile(r"[①-⑳]"),
    re.compile(r"[-•●·■◆★*](?=\s*[\u3400-\u9fff])"),
)
_STOPS = "。！？!?…"
_CLOSERS = "”’」』》）)】〕"
_PAIRS = {"（": "）", "(": ")", "【": "】", "〔": "〕", "《": "》"}
_QUOTES = {"“": "”", "「": "」", "『": "』"}
_LONGEST_BRACKET = 120
_LONGEST_QUOTE = 400
_LINE_END = re.compile(r"\s*\n\s*")
_GAP = re.compile(
    r"(?<=[\u3000-\u9fff\uff01-\uff5e”’…])[ \t\u3000\xa0]+|[ \t\u3000\xa0]+(?=[\u3400-\u9fff])"
)
# An article's number, behind which there is a gap and then its words.
_NUMBERED = re.compile(rf"第[{_NUMERAL}{_DIGIT}]{{1,6}}[编章节条](?:之[{_NUMERAL}])?\Z")
_CELLS = re.compile(r"[|\t]")


class Shape(StrEnum):
    """What a unit is in the text."""

    SENTENCE = "sentence"
    ITEM = "item"
    ROW = "row"
    HEADING = "heading"


@dataclass(frozen=True, slots=True)
class Unit:
    """`text[start:end]`; `head` is the place of the unit that introduces it, -1 for none."""

    start: int
    end: int
    shape: Shape
    head: int = -1


def cut_units(text: str) -> list[Unit]:
    """The units of a text in order. They do not overlap, begin and end with a visible character, and
    only white space is outside them."""
    heads = _Heads()
    units: list[Unit] = []
    header = -1
    for begin, end in _lines(text):
        line = text[begin:end]
        if len(_CELLS.findall(line)) >= 2:
            header = len(units) if header < 0 else header
            head = header if header < len(units) else heads.head()
            units.append(Unit(begin, end, Shape.ROW, head))
            continue
        header = -1
        for start, stop in _sentences(text, begin, end):
            level = _level(text, start)
            is_heading = (
                stop == end
                and text[stop - 1] not in "。！？!?；;，,、：:”）)"
                and stop - start <= 60
            )
            shape = Shape.ITEM if level >= 0 else Shape.SENTENCE
            if is_heading and (level >= 0 or stop - start <= 40):
                shape = Shape.HEADING
            head = heads.take(
                level,
                len(units),
                is_first=bool(_FIRST.match(text, start)),
                introduces=text[stop - 1] in "：:",
            )
            units.append(Unit(start, stop, shape, head))
    return units


def marker(text: str, start: int = 0) -> str:
    """The numbering with which an item begins (`（一）`, `第三条`), empty for none."""
    found = _marker(text, start)
    return text[start : found[1]] if found else ""


def clauses(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The clauses of a unit, stops included: cut after `，；：。` outside brackets."""
    found: list[tuple[int, int]] = []
    first = start
    depth = 0
    for at in range(start, end):
        sign = text[at]
        if sign in "（(":
            depth += 1
        elif sign in "）)":
            depth = max(depth - 1, 0)
        elif sign in "，；：。！？!?;:" or sign.isspace():
            is_number = sign in ":," and at + 1 < end and text[at + 1].isascii()
            if (depth == 0 or at - first > _LONGEST_BRACKET) and not is_number:
                found.append((first, at + 1))
                first = at + 1
    if first < end:
        found.append((first, end))
    return [(begin, stop) for begin, stop in found if text[begin:stop].strip()]


def _lines(text: str) -> list[tuple[int, int]]:
    """Lines without the white space around them; a row of a table stays whole, and so do an article's or an item's
    number and its first sentence."""
    found: list[tuple[int, int]] = []
    for begin, end in _between(_LINE_END, text, 0, len(text)):
        if len(_CELLS.findall(text, begin, end)) >= 2:
            found.append((begin, end))
            continue
        first = begin
        for _, stop in _between(_GAP, text, begin, end):
            found_at = _marker(text, first, stop)  # `1. 身份证`: no line ends behind the number
            is_alone = found_at is not None and found_at[1] == stop
            if is_alone or _NUMBERED.search(text, max(first, stop - 9), stop):
                continue
            found.append((first, stop))
            first = next_visible(text, stop, end)
        if first < end:
            found.append((first, end))
    trimmed = []
    for start, end in found:
        line = text[start:end]
        if line.strip():
            left = len(line) - len(line.lstrip())
            trimmed.append((start + left, start + len(line.rstrip())))
    return trimmed


def _between(gap: re.Pattern[str], text: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """What stands between the gaps of a part of a text."""
    for found in gap.finditer(text, begin, end):
        if found.start() > begin:
            yield begin, found.start()
        begin = found.end()
    if begin < end:
        yield begin, end


def next_visible(text: str, at: int, end: int) -> int:
    """The place of the next character that is no white space, `end` when there is none."""
    while at < end and text[at].isspace():
        at += 1
    return at


def _sentences(text: str, begin: int, end: int) -> list[tuple[int, int]]:
    """Cut one line after stops that end something, and before items after a colon or semicolon."""
    kept = _protected(text, begin, end)
    found: list[tuple[int, int]] = []
    start = at = begin
    while at < end:
        sign = text[at]
        if at in kept:
            at = kept[at]
            # A quotation that ends with its own stop ends the sentence, unless the sentence goes on.
            ends = text[at - 1] in "”」』" and text[at - 2] in _STOPS
            if not ends or (at < end and text[at] in "，、；：的等,;:"):
                continue
        elif sign in _STOPS:
            at += 1
            while at < end and text[at] in _STOPS + _CLOSERS:
                at += 1
        elif sign in "：:；;" and _marker(text, at + 1, end):
            at += 1
        else:
            at += 1
            continue
        if text[start:at].strip():
            found.append((start, at))
        start = at
        while start < end and text[start].isspace():
            start += 1
        at = start
    if text[start:end].strip():
        found.append((start, end))
    return found


def _protected(text: str, begin: int, end: int) -> dict[int, int]:
    """Where a bracket or a quotation of one sentence opens, and where what follows it begins."""
    found: dict[int, int] = {}
    at = begin
    while at < end:
        sign = text[at]
        closing, limit = _PAIRS.get(sign), _LONGEST_BRACKET
        if closing is None:
            closing, limit = _QUOTES.get(sign), _LONGEST_QUOTE
        if closing is None:
            at += 1
            continue
        close = text.find(closing, at + 1, min(end, at + limit))
        if close < 0:
            at += 1
            continue
        inner = text[at + 1 : close]
        stops = sum(inner.count(stop) for stop in _STOPS)
        is_one = not stops or (stops == 1 and inner[-1] in _STOPS)
        if sign in _PAIRS or is_one:
            found[at] = close + 1
            at = close + 1
        else:
            at += 1
    return found


def _marker(text: str, start: int, end: int | None = None) -> tuple[int, int] | None:
    limit = len(text) if end is None else end
    while start < limit and text[start].isspace():
        start += 1
    for level, pattern in enumerate(_MARKERS):
        if found := pattern.match(text, start, limit):
            return level, found.end()
    return None


def _level(text: str, start: int) -> int:
    found = _marker(text, start)
    return found[0] if found else -1


_COLON = -1
_FIRST = re.compile(r"[第（(]?[一1１①]")


class _Heads:
    """The units under which what follows stands: those with numbers by their level, and those that
    end with a colon."""

    def __init__(self) -> None:
        self._open: list[tuple[int, int]] = []

    def head(self) -> int:
        """The head of a unit without a number."""
        return self._open[-1][1] if self._open else -1

    def take(self, level: int, place: int, *, is_first: bool, introduces: bool) -> int:
        """The head of the unit at `place`, which may be the head of what follows."""
        if level < 0:
            if self._open and self._open[-1][0] == _COLON:
                self._open.pop()
            head = self.head()
            if introduces:
                self._open.append((_COLON, place))
            return head
        levels = [each for each, _ in self._open]
        begins_anew = is_first and levels[-1:] == [_COLON]
        if level in levels and not begins_anew:
            del self._open[len(levels) - 1 - levels[::-1].index(level) :]
        head = self.head()
        self._open.append((level, place))
        return head
