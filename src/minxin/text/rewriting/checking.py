"""A rewriting holds nothing that its sources do not hold, or it cannot be made.

A source is a sentence of the extractive answer: what a model may say is what would be said without it. Each
sentence names its sources and is compared with these alone. On doubt it is refused: then the sentences go out
as they stand in the document, which is never wrong.

A sentence is cut at its punctuation and after each number. A piece belongs to the clauses of its sources (one to
three that follow one another) that hold most of its words, the fewest; there its numbers must stand, in their
order, with their unit and bound: a number that stands in the source beside another word is not its number. What
negates is counted in both. Every word must stand in the source or say nothing by itself (`meaning.HELPING`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from minxin.text.answers.citing import AnswerBundle, Passage, Uncited
from minxin.text.rewriting.facts import Fact, facts, latin, levelled, titles
from minxin.text.rewriting.meaning import HELPING, MAY, MUST, limits, modes, negations
from minxin.text.segmentation import HAN, bigrams, cut

LONGEST_SENTENCE = 200  # characters
MOST_SENTENCES = 20
LONGEST = 600  # bytes of UTF-8: what fits a message beside its source and the ways on
TOGETHER = 0.5  # of a clause's pairs of characters stand together in the source, too
LEFT = 0.4  # of the pairs of each source sentence come back somewhere
WINDOW = 3
_CLAUSE = re.compile(r"[^，。；：、！？,;:!?]+")
_UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ue000-\uf8ff<>`\\]"
)
_DENIED = re.compile("[不未没勿]")
SAID_FREELY = HELPING | MUST | MAY
_FORMATTED = re.compile(r"[*_#|{}\[\]]")


class Fault(StrEnum):
    """Why a rewriting was refused."""

    SHAPE = "shape"  # signs that are no text: line breaks, tags, what nobody sees
    UNCITED = "uncited"
    UNKNOWN_SOURCE = "unknown_source"
    TOO_LONG = "too_long"
    NUMBER = "number"
    LINK = "link"
    TITLE = "title"
    WORD = "word"
    NEGATION = "negation"
    MODE = "mode"  # must or may, where the source does not say so
    LIMIT = "limit"  # only, except: lost
    LEFT_OUT = "left_out"


class Unfaithful(Uncited):
    """A sentence that its sources do not hold. `fault` says why, `detail` names the words."""

    def __init__(self, fault: Fault, detail: str = "") -> None:
        super().__init__(f"{fault}: {detail[:80]!r}")
        self.fault = fault
        self.detail = detail[:200]


@dataclass(frozen=True, slots=True)
class Source:
    """A sentence of the extractive answer as a model is given it: `id` like `s1`."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Worded:
    """A sentence of a rewriting and the ids of its sources."""

    text: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rewriting:
    """Sentences that say what `sources` say; it cannot be made of any others. `title` is the document's: the
    one name of a document that may be said although no sentence holds it.

    Raises `Unfaithful`.
    """

    sentences: tuple[Worded, ...]
    sources: tuple[Source, ...]
    title: str = ""
    of: AnswerBundle | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if not self.sentences:
            raise Unfaithful(Fault.UNCITED)
        if (
            len(self.sentences) > MOST_SENTENCES
            or len(self.text.encode()) > LONGEST
            or any(len(each.text) > LONGEST_SENTENCE for each in self.sentences)
        ):
            raise Unfaithful(Fault.TOO_LONG)
        known = {each.id: levelled(each.text) for each in self.sources}
        for each in self.sentences:
            _check(each, known, levelled(self.title))
        _check_whole(
            levelled("。".join(each.text for each in self.sentences)), list(known.values())
        )

    @property
    def text(self) -> str:
        """What is said."""
        return "\n".join(each.text.strip() for each in self.sentences)

    def passages(self) -> tuple[Passage, ...]:
        """The passages it rests on; none where it was made without them."""
        return self.of.passages if self.of is not None else ()


def _check(worded: Worded, known: dict[str, str], title: str) -> None:
    """Raises `Unfaithful` where a sentence says what its sources do not."""
    if _UNSEEN.search(worded.text) or _FORMATTED.search(worded.text):
        raise Unfaithful(Fault.SHAPE, worded.text)
    said = levelled(worded.text)
    if not said or not worded.sources:
        raise Unfaithful(Fault.UNCITED, worded.text)
    if missing := [each for each in worded.sources if each not in known]:
        raise Unfaithful(Fault.UNKNOWN_SOURCE, "、".join(missing))
    cited = [known[each] for each in dict.fromkeys(worded.sources)]
    held = "\n".join(cited)
    for name in titles(said):
        if name not in held and name not in title:
            raise Unfaithful(Fault.TITLE, name)
    for name in titles(said):
        said = said.replace(f"《{name}》", "").replace(f"〈{name}〉", "")
    spoken = set(latin(held))
    for each in latin(said):
        if each not in spoken:
            raise Unfaithful(Fault.LINK, each)
    if foreign := modes(said) - modes(held):
        raise Unfaithful(Fault.MODE, "、".join(sorted(foreign)))
    _check_words(said, held)
    clauses = [clause for text in cited for clause in _clauses(text)]
    for clause in _CLAUSE.findall(said):
        _check_clause(clause, clauses)


def _clauses(text: str) -> list[str]:
    return _CLAUSE.findall(text)


def _check_words(said: str, held: str) -> None:
    """Numbers, negations, and what obliges or allows are compared as what they mean, elsewhere."""
    for number in reversed(facts(said)):
        said = f"{said[: number.start]} {said[number.end :]}"
    for written in cut(said):
        word = _DENIED.sub("", written)
        if word in held or word in SAID_FREELY or not any(each >= HAN for each in word):
            continue
        if len(word) > 2 and all(pair in held for pair in bigrams(word)):
            continue
        raise Unfaithful(Fault.WORD, written)


def _check_clause(clause: str, clauses: Sequence[str]) -> None:
    met: set[int] = set()
    last: range | None = None
    start = 0
    numbers: list[Fact] = facts(clause)
    for number in [*numbers, None]:
        end = number.end if number else len(clause)
        piece = clause[start:end]
        start = end
        words = _pairs(piece)
        if not words and number is None:
            continue
        window = _window(words, clauses) if words else None
        if window is None:
            window = last or (_holding(number, clauses) if number else None)
        if window is None:
            continue  # helping words alone
        there = [each.said for at in window for each in facts(clauses[at])]
        if number is not None and number.said not in there:
            raise Unfaithful(Fault.NUMBER, piece)
        met.update(window)
        last = window
    in_order = [each.said for at in sorted(met) for each in facts(clauses[at])]
    at = 0
    for number in numbers:
        if number.said not in in_order[at:]:
            raise Unfaithful(Fault.NUMBER, clause)
        at = in_order.index(number.said, at) + 1
    pairs = _pairs(clause)
    held = "\n".join(clauses[at] for at in sorted(met))
    if pairs and sum(pair in held for pair in pairs) < TOGETHER * len(pairs):
        raise Unfaithful(Fault.WORD, clause)
    if negations(clause) != negations(held):
        raise Unfaithful(Fault.NEGATION, clause)


def _pairs(piece: str) -> list[str]:
    """The pairs of characters of a piece that belong to no number and no helping word."""
    bare = piece
    for number in reversed(facts(piece)):
        bare = f"{bare[: number.start]} {bare[number.end :]}"
    words = (word if word not in HELPING else " " for word in cut(bare))
    return [pair for pair in bigrams("".join(words)) if len(pair) > 1]


def _window(words: Sequence[str], clauses: Sequence[str]) -> range | None:
    """The fewest clauses that follow one another and hold most of these pairs; None where none holds any."""
    best: tuple[int, int, int] | None = None
    for length in range(1, WINDOW + 1):
        for first in range(len(clauses) - length + 1):
            text = "\n".join(clauses[first : first + length])
            value = (sum(pair in text for pair in words), -length, -first)
            if value[0] and (best is None or value > best):
                best = value
    return range(-best[2], -best[2] - best[1]) if best else None


def _holding(number: Fact, clauses: Sequence[str]) -> range | None:
    for at, clause in enumerate(clauses):
        if number.said in [each.said for each in facts(clause)]:
            return range(at, at + 1)
    return None if not clauses else range(1)


def _check_whole(said: str, sources: Sequence[str]) -> None:
    """What the answer says comes back: its numbers, its exceptions, most of each sentence."""
    here = {each.said for each in facts(said)}
    for source in sources:
        for number in facts(source):
            if number.said not in here and number.unit not in {"条", "款", "项", ""}:
                raise Unfaithful(Fault.LEFT_OUT, source)
        if limits(source) - limits(said):
            raise Unfaithful(Fault.LIMIT, source)
        pairs = [pair for pair in bigrams(source) if len(pair) > 1]
        if pairs and sum(pair in said for pair in pairs) < LEFT * len(pairs):
            raise Unfaithful(Fault.LEFT_OUT, source)
