"""Decisions about quoting documents: what is read together, when a quote is sure enough, what fits. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from minxin.knowledge.rules.documents import PassageText
from minxin.text.answers import SURE, AnswerBundle, Kind, Passage, Sentence, beginning, extract
from minxin.text.answers.questions import read_question

CUT = "……"  # stands where something was left out
LONGEST_BLOCK = 1_500  # characters of passages that are read together
FEWEST_GRAMS = 2  # of a question's matter: a single word is no question to a law


@dataclass(frozen=True, slots=True)
class Block:
    """An article with its paragraphs and items, or a passage for itself: what is read as one text.
    `lines` are the passages, one after another in `text`; `starts` where each begins in it."""

    text: str
    lines: tuple[PassageText, ...]
    starts: tuple[int, ...]

    @property
    def first(self) -> PassageText:
        """The passage with which it begins; all share its document."""
        return self.lines[0]

    def line_at(self, at: int) -> PassageText:
        """The passage in which a place of `text` stands."""
        return next(
            line
            for line, start in zip(reversed(self.lines), reversed(self.starts), strict=True)
            if start <= at
        )

    def __hash__(self) -> int:
        return hash(self.lines[0])


@dataclass(frozen=True, slots=True)
class Quote:
    """Sentences of a document that answer: `bundle` cannot hold anything the document does not say.
    `passage` is where the answer itself stands, `core` its clauses, which begin at `start` of what was read, `confidence` from 0 to 1."""

    bundle: AnswerBundle
    passage: PassageText
    core: str
    start: int
    kind: Kind
    confidence: float

    def __hash__(self) -> int:
        return hash(self.passage)


def blocks_of(passages: Iterable[PassageText]) -> Iterator[Block]:
    """Passages in their order put together by article, at most `LONGEST_BLOCK` characters each; where there
    are no articles, items with what introduces them."""
    for _, some in groupby(passages, key=lambda each: (each.document_id, each.place.article)):
        waiting: list[PassageText] = []
        length = 0
        for each in some:
            belongs = bool(each.place.article or each.lead)
            if waiting and (not belongs or length + len(each.text) > LONGEST_BLOCK):
                yield _block(waiting)
                waiting, length = [], 0
            waiting.append(each)
            length += len(each.text) + 1
        if waiting:
            yield _block(waiting)


def _block(lines: Sequence[PassageText]) -> Block:
    starts, length = [], 0
    for line in lines:
        starts.append(length)
        length += len(line.text) + 1
    return Block("\n".join(line.text for line in lines), tuple(lines), tuple(starts))


def quote(question: str, blocks: Sequence[Block], *, least: float = SURE) -> Quote | None:
    """The sentences of the blocks (best first) that answer, or None when that is not sure enough."""
    if not blocks or len(read_question(question).grams) < FEWEST_GRAMS:
        return None
    passages = [
        Passage(str(place), block.text, block.first.title) for place, block in enumerate(blocks)
    ]
    found = extract(question, passages)
    if found is None or found.confidence < least:
        return None
    block = blocks[int(found.passage_id)]
    return Quote(
        found.bundle,
        block.line_at(found.start),
        found.core,
        found.start,
        found.kind,
        found.confidence,
    )


def fitting(quoted: Quote, limit: int) -> tuple[AnswerBundle, bool]:
    """The sentences around the answer itself that fit `limit` bytes of UTF-8, and whether that is all; `CUT` fits
    behind them where it is not.

    The sentence with the answer comes first; then those before it (its heads), then those after it. One
    sentence longer than the limit is cut after a clause.
    """
    bundle = quoted.bundle
    if _size(bundle.sentences) <= limit:
        return bundle, True
    limit -= len(CUT.encode())
    core = next(
        (
            place
            for place, each in enumerate(bundle.sentences)
            if each.start <= quoted.start < each.end
        ),
        0,
    )
    first = last = core
    while first > 0 and _size(bundle.sentences[first - 1 : last + 1]) <= limit:
        first -= 1
    while last + 1 < len(bundle.sentences) and _size(bundle.sentences[first : last + 2]) <= limit:
        last += 1
    kept = bundle.sentences[first : last + 1]
    if _size(kept) > limit:
        only = kept[0]
        text = only.text[: beginning(only.text, limit)]
        kept = (Sentence(only.passage_id, only.start, only.start + len(text), text),)
    return AnswerBundle(kept, bundle.passages), False


def _size(sentences: Sequence[Sentence]) -> int:
    return sum(len(each.text.encode()) + 1 for each in sentences)
