"""The sentences that answer a question, found in passages that were found for it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from minxin.text.answers.citing import AnswerBundle, Passage, Sentence
from minxin.text.answers.cutting import Shape
from minxin.text.answers.questions import Kind, read_question
from minxin.text.answers.weighing import NAMES, Asked, Run, Text, runs
from minxin.text.answers.weights import CONFIDENCE, WEIGHTS

RANK = 0.25  # what a passage is behind the one found before it; not learned, a round number
MOST_ITEMS = 8  # of a list that a colon introduces
_TITLE_CUES = 3  # steps from an item to the heads that are shown with it


@dataclass(frozen=True, slots=True)
class Weighing:
    """What each number of `NAMES` is worth, and what the confidence is made of."""

    runs: tuple[float, ...]
    confidence: tuple[float, ...]


SHIPPED = Weighing(tuple(WEIGHTS.get(name, 0.0) for name in NAMES), CONFIDENCE)


@dataclass(frozen=True, slots=True)
class Found:
    """An answer as it was found: whole sentences in `bundle`; `start` and `end` of its core in the text
    of passage `passage_id`; `confidence` from 0 to 1; `signs` are what the confidence was computed of."""

    bundle: AnswerBundle
    passage_id: str
    start: int
    end: int
    kind: Kind
    confidence: float
    signs: tuple[float, ...] = field(repr=False)

    @property
    def core(self) -> str:
        """The clauses that answer, without the rest of their sentences."""
        text = next(each.text for each in self.bundle.passages if each.id == self.passage_id)
        return text[self.start : self.end].strip(" \t\n　，；。,;")


def extract(
    question: str, passages: Sequence[Passage], *, weighing: Weighing = SHIPPED
) -> Found | None:
    """The sentences that answer best, with how surely; None when no word of the question stands anywhere.

    `passages` come best first; their order counts a little. Reading them is remembered, so the same
    passage costs once.
    """
    texts = [_read(passage.text, passage.title) for passage in passages]
    asked = Asked(read_question(question), texts)
    tried = list(runs(asked, texts))
    if not tried or not any(any(masks) for masks in asked.masks):
        return None
    values = [
        sum(map(float.__mul__, weighing.runs, numbers)) - RANK * each.place
        for each, numbers in tried
    ]
    place = max(range(len(values)), key=lambda each: (values[each], -each))
    run = tried[place][0]
    signs = _signs(tried, values, place, texts)
    confidence = 1 / (1 + math.exp(-sum(map(float.__mul__, weighing.confidence, signs))))
    text, passage = texts[run.place], passages[run.place]
    sentences = tuple(
        Sentence(passage.id, begin, end, text.text[begin:end]) for begin, end in _whole(text, run)
    )
    return Found(
        AnswerBundle(sentences, (passage,)),
        passage.id,
        text.clauses[run.first].start,
        text.clauses[run.last].end,
        asked.question.kind,
        confidence,
        signs,
    )


@lru_cache(maxsize=2048)
def _read(text: str, title: str) -> Text:
    return Text(text, title)


_AT: Mapping[str, int] = {name: place for place, name in enumerate(NAMES)}


def _signs(
    tried: Sequence[tuple[Run, tuple[float, ...]]],
    values: Sequence[float],
    best: int,
    texts: Sequence[Text],
) -> tuple[float, ...]:
    """What the confidence rests on: a constant; how much of all that speaks for any run speaks for the
    sentence of the best one; how much of the question its surroundings hold, and its own sentence; how
    good it is; whether it has the sign of what was asked for; the rank of its passage."""
    run, numbers = tried[best]
    top = values[best]
    unit = texts[run.place].clauses[run.first].unit
    mine = total = 0.0
    for (each, _), value in zip(tried, values, strict=True):
        mass = math.exp(value - top)
        total += mass
        if each.place == run.place and texts[each.place].clauses[each.first].unit == unit:
            mine += mass
    known = 1.0 - numbers[_AT["unseen"]]
    return (
        1.0,
        mine / total,
        known,
        numbers[_AT["unit"]],
        numbers[_AT["inside"]] + numbers[_AT["before"]],
        numbers[_AT["sign"]],
        top / 10,
        float(run.place > 0),
    )


def _whole(text: Text, run: Run) -> list[tuple[int, int]]:
    """The units that a run touches, with the heads of items and rows before them and, after a head that
    ends with a colon, its items."""
    first, last = text.clauses[run.first].unit, text.clauses[run.last].unit
    chosen = set(range(first, last + 1))
    at, steps = first, 0
    while steps < _TITLE_CUES and text.units[at].shape in (Shape.ITEM, Shape.ROW):
        at = text.units[at].head
        if at < 0 or text.units[at].end - text.units[at].start > 120:
            break
        chosen.add(at)
        steps += 1
    end = text.units[last]
    if text.text[end.end - 1] in "：:" or end.shape is Shape.HEADING:
        under = [place for place, unit in enumerate(text.units) if unit.head == last]
        chosen.update(under[:MOST_ITEMS] or [last + 1])
    return [
        (text.units[place].start, text.units[place].end)
        for place in sorted(chosen)
        if place < len(text.units)
    ]
