"""Where a long title breaks.

GB/T 9704-2012 7.3.1: a title stands centred on one or several lines; a break keeps the sense of words
whole, the lines stand in good measure, as a trapezium (each longer than the one above, or each shorter)
or a rhomb (the longest in the middle). Words are cut by the dictionary of `minxin.text`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from minxin.reports.layout import measures as m
from minxin.reports.layout.blocks import printable
from minxin.text import cut

# So many characters of 2号 stand on a line of an upright page, and of one that lies across.
UPRIGHT = int(m.WIDE * m.POINTS_A_MM / m.TITLE)
ACROSS = int((m.PAGE[1] - m.TOP - m.BOTTOM + 20) * m.POINTS_A_MM / m.TITLE)
MOST_LINES = 5  # what is longer is no title

_OPENING, _CLOSING = "《〈“‘（(【〔", "》〉”’）)】〕，。、；：！？,.;:!?%"
# What leans on the word before it: no line begins with it. What leans on the one after: none ends with it.
_LEANS_BACK = frozenset("的了等们着过之性年月日号个次期届")
_LEANS_ON = frozenset(("关于", "以及", *"对在从向为由将把被第和与及暨并各全本的"))
_COUNTED = re.compile(r"(\d+|[一二三四五六七八九十]+|第[一二三四五六七八九十\d]+)\Z")
_TOGETHER = re.compile(
    r"政务新媒体|政务公众号|政务公开|政府网站|人民政府办公室"
    r"|\d+年(?:第[一二三四]季度|[上下]半年|\d+月(?:\d+日)?)?|第[一二三四五六七八九十]+[季届次号期条]度?|\d+[年月日号个]"
)


def width(text: str) -> float:
    """In characters: what is not Chinese takes half of one."""
    return sum(0.5 if char.isascii() else 1.0 for char in text)


def lines_of(title: str, wide: int = UPRIGHT) -> tuple[str, ...]:
    """The lines of a title. Breaks that a person set stay; what is longer than a line is broken further.

    >>> lines_of("关于印发工作方案的通知")
    ('关于印发工作方案的通知',)
    >>> lines_of("云溪市人民政府办公室关于2026年第四季度全市政务新媒体检查情况的通报")
    ('云溪市人民政府办公室关于2026年第四季度', '全市政务新媒体检查情况的通报')
    """
    return _lines(printable(title), wide)


@lru_cache(maxsize=256)
def _lines(title: str, wide: int) -> tuple[str, ...]:
    given = [line.strip() for line in title.split("\n") if line.strip()]
    if all(width(line) <= wide for line in given):
        return tuple(given)
    text, forced, gaps, at = "".join(given), [], {}, 0
    for line in given:
        parts = _parts(line)
        for before, after in pairwise(parts):
            at += len(before)
            gaps[at] = _price(text[:at], text[at:], before, after)
        at += len(parts[-1])
        forced.append(at)
    return _best(text, frozenset(forced[:-1]), gaps, wide)


def _parts(line: str) -> list[str]:
    """Words; a year with its quarter, or a number with its measure, is one."""
    parts, at = [], 0
    for each in _TOGETHER.finditer(line):
        parts += cut(line[at : each.start()])
        parts.append(each[0])
        at = each.end()
    return [each for each in [*parts, *cut(line[at:])] if each]


def _price(head: str, tail: str, before: str, after: str) -> float:
    """What a break between two words costs: nothing before 关于 and after 的, all inside brackets."""
    if tail[0] in _CLOSING or head[-1] in _OPENING:
        return 1000.0
    inside = sum(head.count(each) for each in "《〈“（") - sum(
        head.count(each) for each in "》〉”）"
    )
    price = 40.0 * max(inside, 0)
    if after in _LEANS_BACK or (before in _LEANS_ON and before != "的") or _COUNTED.search(before):
        return price + 60.0
    if after == "关于":
        return price - 4.0
    if head[-1] in "》”、":
        return price
    return price + (2.0 if before == "的" else 6.0)


def _best(
    text: str, forced: frozenset[int], gaps: Mapping[int, float], wide: int
) -> tuple[str, ...]:
    """The cheapest of all ways with the fewest lines, or one more; by characters where none fits."""
    fewest = max(-(-int(width(text) * 2) // (wide * 2)), len(forced) + 1)
    places = [at for at in sorted({*gaps, *forced}) if gaps.get(at, 0.0) < 1000.0 or at in forced]
    found: tuple[float, tuple[str, ...]] | None = None
    for lines in range(fewest, min(fewest + 1, MOST_LINES) + 1):
        for cuts in _ways(text, 0, places, forced, lines, wide):
            made = tuple(text[a:b] for a, b in zip((0, *cuts), (*cuts, len(text)), strict=True))
            cost = sum(gaps.get(at, 0.0) for at in cuts if at not in forced)
            cost += _shape([width(each) for each in made]) + 8.0 * (lines - fewest)
            if found is None or cost < found[0]:
                found = (cost, made)
    return found[1] if found else _by_characters(text, wide)


def _ways(
    text: str, at: int, places: Sequence[int], forced: frozenset[int], lines: int, wide: int
) -> Iterator[tuple[int, ...]]:
    """All ways to cut the rest of the text into so many lines that fit, at the places allowed."""
    if width(text[at:]) > lines * wide:
        return
    ahead = [each for each in places if each > at]
    if lines == 1:
        if not forced & set(ahead):
            yield ()
        return
    for place in ahead:
        if width(text[at:place]) > wide:
            return
        for rest in _ways(text, place, places, forced, lines - 1, wide):
            yield (place, *rest)
        if place in forced:
            return


def _shape(wides: list[float]) -> float:
    """What a shape costs: an hourglass much, a box some, lines of very different length by their gap."""
    steps = [b - a for a, b in pairwise(wides)]
    falls = [at for at, step in enumerate(steps) if step < 0]
    rises = [at for at, step in enumerate(steps) if step > 0]
    hourglass = bool(falls and rises and falls[0] < rises[-1])
    shortest, longest = min(wides), max(wides)
    cost = 30.0 if hourglass else 0.0
    cost += 6.0 if longest - shortest < 1 else 0.0
    cost += 10.0 * max(0.0, longest / 3 - shortest)
    return cost + (longest - shortest) * 0.8


def _by_characters(text: str, wide: int) -> tuple[str, ...]:
    made, line = [], ""
    for char in text:
        if line and width(line + char) > wide:
            made.append(line)
            line = ""
        line += char
    return (*made, line)
