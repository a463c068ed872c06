"""What speaks for a run of clauses as the answer to a question, in numbers between 0 and 1 or so.

`features` is the one place where a run is looked at; `WEIGHTS` says what each number is worth.
"""

import math
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from minxin.text.answers.cutting import Shape, Unit, clauses, cut_units
from minxin.text.answers.questions import SIGNS, Kind, Question

LONGEST = 400  # characters of a run
MOST_UNITS = 6  # sentences a run may touch
TRIED = 5  # sentences around which runs are tried, per question
REACH = 3  # sentences on either side of one of these in which a run may begin

SHORT = frozenset({Kind.HOW_MUCH, Kind.HOW_MANY, Kind.WHEN, Kind.HOW_LONG, Kind.CONTACT, Kind.WHO})
LENGTHS = (6, 48, 96, 192)


def folded(text: str) -> str:
    """Half width and lower case, every character in its place: offsets stay what they are."""
    if text.isascii():
        return text.lower()
    return "".join(map(_folded, text))


def _folded(sign: str) -> str:
    if "\u3400" <= sign <= "\u9fff":
        return sign
    plain = unicodedata.normalize("NFKC", sign).lower()
    return plain if len(plain) == 1 else sign


@dataclass(frozen=True, slots=True)
class Clause:
    """`start` and `end` in the passage's text, and the place of its unit."""

    start: int
    end: int
    unit: int


class Text:
    """A passage read once: units, clauses, and the text as it is compared. Independent of questions."""

    __slots__ = ("clauses", "first", "folded", "text", "title", "units")

    def __init__(self, text: str, title: str = "") -> None:
        self.text = text
        self.title = folded(title)
        self.folded = folded(text)
        self.units: list[Unit] = cut_units(text)
        self.clauses: list[Clause] = []
        self.first: list[int] = []  # of each unit, the place of its first clause
        for place, unit in enumerate(self.units):
            self.first.append(len(self.clauses))
            for start, end in clauses(text, unit.start, unit.end):
                self.clauses.append(Clause(start, end, place))
        self.first.append(len(self.clauses))


class Asked:
    """A question beside some texts: which of its bigrams stand where, and what they weigh."""

    def __init__(self, question: Question, texts: list[Text]) -> None:
        self.question = question
        self.masks = [self._masks(text) for text in texts]
        number = sum(len(masks) for masks in self.masks) or 1
        self._weight: list[float] = []
        for place in range(len(question.grams)):
            bit = 1 << place
            found = sum(bool(mask & bit) for masks in self.masks for mask in masks)
            self._weight.append(
                math.log(1 + (number - found + 0.5) / (found + 0.5)) if found else 0.0
            )
        seen = [weight for weight in self._weight if weight]
        # What stands nowhere weighs as much as what stands once: it lowers every share alike.
        unknown = max(seen, default=1.0)
        self._weight = [weight or unknown for weight in self._weight]
        self.total = sum(self._weight) or 1.0
        self._shares: dict[int, float] = {}

    def _masks(self, text: Text) -> list[int]:
        said, grams = text.folded, self.question.grams
        masks = [0] * len(text.clauses)
        starts = [clause.start for clause in text.clauses]
        for place, gram in enumerate(grams):
            at = said.find(gram)
            while at >= 0:
                masks[max(_last_before(starts, at), 0)] |= 1 << place
                at = said.find(gram, at + 1)
        return masks

    def mask_of(self, words: str) -> int:
        """Which bigrams of the question stand in some words."""
        return sum(1 << place for place, gram in enumerate(self.question.grams) if gram in words)

    def share(self, mask: int) -> float:
        """What share of the question's weight a mask stands for, 0 to 1."""
        found = self._shares.get(mask)
        if found is None:
            weight = self._weight
            total = sum(weight[place] for place in range(mask.bit_length()) if mask >> place & 1)
            found = self._shares[mask] = total / self.total
        return found


def _last_before(starts: list[int], at: int) -> int:
    low, high = 0, len(starts)
    while low < high:
        middle = (low + high) // 2
        if starts[middle] <= at:
            low = middle + 1
        else:
            high = middle
    return low - 1


@dataclass(frozen=True, slots=True)
class Run:
    """Clauses `first` to `last` (both in it) of the text at `place`."""

    place: int
    first: int
    last: int


def runs(asked: Asked, texts: list[Text]) -> Iterator[tuple[Run, tuple[float, ...]]]:
    """Every run that is tried, with its features."""
    scored: list[tuple[float, int, int]] = []
    contexts: list[list[tuple[int, int]]] = []
    for place, text in enumerate(texts):
        context = _contexts(asked, text, asked.masks[place])
        contexts.append(context)
        for unit, (own, around) in enumerate(context):
            value = asked.share(own) + 0.5 * asked.share(around & ~own)
            scored.append((value - 0.02 * place, place, unit))
    scored.sort(key=lambda each: (-each[0], each[1], each[2]))
    tried: set[tuple[int, int]] = set()
    for _, place, unit in scored[:TRIED]:
        text = texts[place]
        for each in range(max(unit - 1, 0), min(unit + REACH, len(text.units))):
            if (place, each) not in tried:
                tried.add((place, each))
                yield from _from_unit(asked, text, place, each, contexts[place])


def _contexts(asked: Asked, text: Text, masks: list[int]) -> list[tuple[int, int]]:
    """For each unit what it says of the question itself, and what its heads, its neighbour before it and
    the title say besides."""
    title = asked.mask_of(text.title)
    own: list[int] = []
    for place in range(len(text.units)):
        mask = 0
        for clause in range(text.first[place], text.first[place + 1]):
            mask |= masks[clause]
        own.append(mask)
    found = []
    for place, unit in enumerate(text.units):
        around = title | (own[place - 1] if place else 0) | (own[0] if place else 0)
        head, steps = unit.head, 0
        while head >= 0 and steps < 4:
            around |= own[head]
            head, steps = text.units[head].head, steps + 1
        found.append((own[place], around))
    return found


def _from_unit(
    asked: Asked, text: Text, place: int, unit: int, context: list[tuple[int, int]]
) -> Iterator[tuple[Run, tuple[float, ...]]]:
    count = len(text.clauses)
    for first in range(text.first[unit], text.first[unit + 1]):
        mask = 0
        begin = text.clauses[first].start
        for last in range(first, count):
            clause = text.clauses[last]
            is_long = last > first and clause.end - begin > LONGEST
            if is_long or clause.unit - unit >= MOST_UNITS:
                break
            mask |= asked.masks[place][last]
            run = Run(place, first, last)
            yield run, features(asked, text, run, mask, context)


# Verbs after which a text says what somebody decided or said.
_TELLS = ("表示", "要求", "指出", "强调", "明确", "规定", "介绍", "获悉")
NAMES = (
    "inside", "before", "around", "unit", "first_clause", "last_clause", "unseen",
    "sign", "no_sign_short", "starts_unit", "ends_unit", "starts_text", "after_colon", "after_question",
    "heading_last", "units", "same_units", "place", "begins_item", "next_is_item", "tells", "asks",
    "short_long", "short_log", "how_log", "inside_log", "after_matched",
    *(f"up_to_{limit}" for limit in LENGTHS),
)  # fmt: skip


def features(
    asked: Asked, text: Text, run: Run, mask: int, context: list[tuple[int, int]]
) -> tuple[float, ...]:
    """The numbers of a run, in the order of `NAMES`; `mask` is what it says of the question."""
    masks = asked.masks[run.place]
    first, last = text.clauses[run.first], text.clauses[run.last]
    unit = text.units[first.unit]
    words = text.folded[first.start : last.end]
    length = len(words)
    kind = asked.question.kind
    own, around = context[first.unit]
    before = 0
    for at in range(max(run.first - 2, text.first[first.unit]), run.first):
        before |= masks[at]
    starts_unit = first.start == unit.start
    previous = text.units[first.unit - 1] if first.unit else None
    if starts_unit and previous is not None:
        before = context[first.unit - 1][0]
    inside = asked.share(mask)
    is_short = kind in SHORT
    sign = SIGNS.get(kind)
    has_sign = bool(sign.search(words)) if sign else False
    ends_unit = last.end == text.units[last.unit].end
    units = last.unit - first.unit + 1
    ahead = text.folded[max(first.start - 4, 0) : first.start].strip()
    following = text.units[last.unit + 1] if last.unit + 1 < len(text.units) else None
    level = math.log(length / 20)
    after_question = previous is not None and starts_unit and text.text[previous.end - 1] in "？?"
    matched = asked.share(before & ~mask)
    return (
        inside,
        matched,
        asked.share(around & ~mask & ~before),
        asked.share(own),
        asked.share(masks[run.first]),
        asked.share(masks[run.last]) if run.last > run.first else 0.0,
        1.0 - asked.share(mask | around | before | own),
        float(has_sign),
        float(is_short and not has_sign),
        float(starts_unit),
        float(ends_unit),
        float(first.start == 0),
        float(ahead[-1:] in (":", "：")),
        float(after_question) * (0.3 + matched),
        float(text.units[last.unit].shape is Shape.HEADING),
        float(units - 1),
        float(units > 1 and not (starts_unit and ends_unit)),
        first.start / len(text.text),
        float(unit.shape is Shape.ITEM and starts_unit),
        float(ends_unit and following is not None and following.shape is not Shape.SENTENCE),
        float(any(word in ahead for word in _TELLS)),
        float(words.rstrip()[-1:] in "?？"),
        float(is_short) * max(level, 0.0),
        float(is_short) * max(-level, 0.0),
        float(kind in (Kind.HOW, Kind.WHAT)) * level,
        inside * level,
        matched * max(inside - matched, 0.0),
        *[float(length <= limit) for limit in LENGTHS],
    )  # fmt: skip
