"""An entry as it is compared with a question. Reads no database."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass

from minxin.knowledge.rules import Answer
from minxin.knowledge.synonyms import Table, tokens
from minxin.text import bare, bigrams, normal

KEYS = 64  # ways of asking per entry, the standard question included
BODY = 300  # characters of an answer that are read for its words


@dataclass(frozen=True, slots=True)
class Known:
    """An entry as it is compared: its answer, its ways of asking as they were written (`asked`), in the words of
    officials and as tokens, and all words that stand anywhere in it."""

    answer: Answer
    asked: tuple[str, ...]
    said: frozenset[str]
    texts: tuple[str, ...]
    ways: tuple[frozenset[str], ...]
    about: frozenset[str]

    def sayings(self) -> set[frozenset[str] | str]:
        """What a question must be to match exactly: the same matter, or without matter the same
        letters."""
        both = zip(self.ways, self.texts, strict=True)
        return {key for way, text in both if (key := way or "".join(bigrams(text)))}


def words_of(some: frozenset[str]) -> frozenset[str]:
    """The tokens that are words, not single characters."""
    return frozenset([token for token in some if len(token) > 1])


def known_by(answer: Answer, ways: tuple[str, ...], table: Table) -> Known:
    """An entry as its agency's table reads it."""
    plain = table.written
    texts = tuple(dict.fromkeys(plain(normal(way)) for way in ways))[:KEYS]
    # Interned: the same word is one object however many entries use it.
    matter = tuple(frozenset(map(sys.intern, tokens(text))) for text in texts)
    said = frozenset(bare(normal(way)) for way in ways)
    body = tokens(plain(_body(answer)))
    about = frozenset(map(sys.intern, words_of(body.union(*matter))))
    return Known(answer, ways, said, texts, matter, about)


def _body(answer: Answer) -> str:
    return normal(answer.source_title + "。" + answer.text[:BODY])


def written_in(known: Known) -> Iterator[str]:
    """All of an entry that a table reads."""
    yield from map(normal, known.asked)
    yield _body(known.answer)
