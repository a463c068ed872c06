"""Citation or silence: a sentence that stands in no passage cannot be part of an answer.

`AnswerBundle` checks itself when it is made, whoever makes it and however: what reaches a citizen as an
answer is made of bundles, so nothing that a passage does not contain can get there. Only white space and
the width of characters may differ, for these are lost and gained on the way through files and phones.
"""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache


class Uncited(ValueError):
    """A sentence that no passage contains; the message names the sentence, never a way round."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of the city's own words. `title` names its document and is read for its words only: it is
    not part of what may be said."""

    id: str
    text: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, item or row and where it stands: `passage.text[start:end]`."""

    passage_id: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class AnswerBundle:
    """Sentences with the passages in which they stand; it cannot be made of any others.

    Raises `Uncited` for no sentence at all, for an empty one, for one whose passage is not given, and for
    one that its passage does not contain.
    """

    sentences: tuple[Sentence, ...]
    passages: tuple[Passage, ...]

    def __post_init__(self) -> None:
        texts = {passage.id: passage.text for passage in self.passages}
        if not self.sentences or len(texts) != len(self.passages):
            raise Uncited("an answer needs a sentence, and passages of different names")
        for sentence in self.sentences:
            if not is_cited(sentence.text, texts.get(sentence.passage_id)):
                raise Uncited(f"no passage contains: {sentence.text[:60]!r}")

    @property
    def text(self) -> str:
        """What is said: the sentences, each item, row and gap on a line of its own."""
        said = ""
        before: Sentence | None = None
        for sentence in self.sentences:
            is_next = before is not None and before.end == sentence.start
            if before is not None and not (is_next and said[-1:] in "。！？!?…”"):
                said += "\n"
            said += sentence.text.strip()
            before = sentence
        return said


def is_cited(sentence: str, passage: str | None) -> bool:
    """Whether a passage contains a sentence but for white space and the width of characters."""
    said = level(sentence)
    return bool(said) and passage is not None and said in _level(passage)


def of_itself(id: str, text: str) -> AnswerBundle:
    """An entry's answer: it is its own passage."""
    return AnswerBundle((Sentence(id, 0, len(text), text),), (Passage(id, text),))


def level(text: str) -> str:
    """A text without white space, every character in its common width and case as it is."""
    return "".join(unicodedata.normalize("NFKC", text).split())


_level = lru_cache(maxsize=1024)(level)
