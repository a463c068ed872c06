"""A retrieval index in memory: Tantivy fed with our own tokens.

Candidates come from BM25 over character bigrams and words, of the question without its form
(`question.matter_of`). The best of them are judged again by what BM25 does not see (`Evidence`).
"""

import functools
import math
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, cast

import tantivy

from minxin.text.retrieval.evidence import Evidence, Weights, in_one_place
from minxin.text.retrieval.folding import fold
from minxin.text.retrieval.layers import Layered
from minxin.text.retrieval.places import provinces
from minxin.text.retrieval.question import matter_of
from minxin.text.segmentation import FORM, bigrams, words

WORD_WEIGHT = 0.5
COVERED = 40  # candidates judged by coverage; half of them in a small index
JUDGED = 15  # and of these, in full
LEAD = 150  # characters from the beginning that say which place a text is about
WEIGHTS = Weights()
# At most this many of a long question's most telling bigrams are looked for in windows.
WINDOW_GRAMS = 24
TELLING = 0.2  # those that tell less than this share of the most telling one are left out
# In a large index a token that stands in more than this share of the texts tells little and costs
# most: it is left out of the search for candidates.
COMMON = 0.08
LARGE = 2_000
# And of a long question no more than this many of the rarest bigrams, and of the rarest words.
SEARCHED = 20


@dataclass(frozen=True, slots=True)
class Hit:
    """A text that matches; a higher score is better, scores of two questions do not compare."""

    id: int
    score: float


class Texts(Protocol):
    """Where an index keeps the texts it judges by: in memory, or in a file (`layers`)."""

    def __contains__(self, number: object) -> bool: ...
    def __setitem__(self, number: int, value: str) -> None: ...
    def get(self, number: int) -> str | None: ...
    def pop(self, number: int) -> str | None: ...


class Index:
    """Texts by number. One writer at a time; searches go on beside it and see what was committed.

    In memory; with a `folder` on disk, where another process may open it once this one has ended.
    """

    def __init__(self, folder: Path | None = None, texts: Texts | None = None) -> None:
        builder = tantivy.SchemaBuilder()
        builder.add_integer_field("id", stored=False, indexed=True, fast=True)
        builder.add_text_field("grams", tokenizer_name="ours", index_option="freq")
        builder.add_text_field("words", tokenizer_name="ours", index_option="freq")
        self._schema = builder.build()
        place = None if folder is None else str(folder)
        self._index = tantivy.Index(self._schema, path=place)
        analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        self._index.register_tokenizer("ours", analyzer)
        self._writer = self._new_writer()
        self._writing = threading.Lock()
        self._texts: Texts = Layered() if texts is None else texts
        self._leaving: set[int] = set()
        self._fresh()

    def _new_writer(self) -> tantivy.IndexWriter:
        return self._index.writer(heap_size=32_000_000, num_threads=1)

    def _fresh(self) -> None:
        self._index.reload()
        # One value, so that a search beside a commit never mixes two generations.
        self._now = _Generation(self._index.searcher())

    def __len__(self) -> int:
        return self._now.number

    def put(self, id: int, text: str) -> None:
        """Add a text or replace the one with this number; seen after `commit`."""
        text = fold(text)
        document = tantivy.Document()
        document.add_integer("id", id)
        document.add_text("grams", " ".join(bigrams(text)))
        document.add_text("words", " ".join(words(text)))
        with self._writing:
            if id in self._texts:
                self._writer.delete_documents_by_term("id", id)
            self._writer.add_document(document)
            self._texts[id] = text
            self._leaving.discard(id)

    def remove(self, id: int) -> None:
        """Take a text out; seen after `commit`."""
        with self._writing:
            if id in self._texts and id not in self._leaving:
                self._writer.delete_documents_by_term("id", id)
                self._leaving.add(id)  # until then it is found, and judged by its text

    def commit(self) -> None:
        """Let searches see what was put and removed."""
        with self._writing:
            self._writer.commit()
            self._fresh()
            self._let_go()

    def build(self, texts: Iterable[tuple[int, str]]) -> None:
        """Put many, commit, and wait until the parts are merged: then searches are at their best."""
        for id, text in texts:
            self.put(id, text)
        with self._writing:
            self._writer.commit()
            self._writer.wait_merging_threads()  # ends the writer
            self._writer = self._new_writer()
            self._fresh()
            self._let_go()

    def _let_go(self) -> None:
        for id in self._leaving:
            self._texts.pop(id)
        self._leaving.clear()

    def search(self, question: str, limit: int = 10, *, weights: Weights = WEIGHTS) -> list[Hit]:
        """The best matches, best first; none when nothing of the question is known."""
        return self.ranked(self.evidence(question, limit), limit, weights)

    @staticmethod
    def ranked(
        found: list[tuple[int, Evidence]], limit: int, weights: Weights = WEIGHTS
    ) -> list[Hit]:
        """What `evidence` found, best first. What was judged in full stays before what was not: only the
        former got more than its frequency."""
        judged = [Hit(id, weights.score(each)) for id, each in found[:JUDGED]]
        rest = [Hit(id, each.frequency + each.covered) for id, each in found[JUDGED:]]
        return [*sorted(judged, key=_best_first), *rest][:limit]

    def evidence(self, question: str, limit: int = 10) -> list[tuple[int, Evidence]]:
        """What speaks for each candidate, the first `JUDGED` of them in full; by frequency and cover,
        not yet by what `Weights.score` makes of it. For ranking, and for explaining it."""
        question = fold(question)
        matter = matter_of(question)
        now = self._now
        grams = list(dict.fromkeys(bigrams(matter)))
        asked = [word for word in dict.fromkeys(words(matter)) if word not in FORM]
        clauses = self._clauses("grams", now.telling("grams", grams), 1.0)
        clauses += self._clauses("words", now.telling("words", asked), WORD_WEIGHT)
        weighed_words = [(word, now.idf("words", word)) for word in asked]
        depth = COVERED if now.number >= LARGE else COVERED // 2
        found: list[tuple[int, Evidence]] = []
        for place, (id, score) in enumerate(now.best(clauses, max(limit, depth))):
            text = (self._texts.get(id) or "") if place < depth else ""
            covered = sum([weight for word, weight in weighed_words if word in text])
            found.append((id, Evidence(score, covered)))
        found[:depth] = sorted(
            found[:depth], key=lambda each: (-each[1].frequency - each[1].covered, each[0])
        )
        weighed = sorted([(now.idf("grams", gram), gram) for gram in grams], reverse=True)
        telling = [
            (gram, weight)
            for weight, gram in weighed[:WINDOW_GRAMS]
            if weight >= TELLING * weighed[0][0]
        ]
        named = provinces(question)
        for place, (id, each) in enumerate(found[:JUDGED]):
            text = self._texts.get(id) or ""
            together, passage = in_one_place(text, telling)
            about = provinces(text[:LEAD]) if named else named
            is_elsewhere = bool(about) and not about & named
            found[place] = (
                id,
                replace(each, together=together, passage=passage, elsewhere=is_elsewhere),
            )
        return found

    def candidates(self, grams: Iterable[str], limit: int, terms: int) -> list[int]:
        """The numbers of the best texts by BM25 over the `terms` rarest known bigrams alone.

        The cheap half of `search`, for a caller that judges short texts by itself.
        """
        now = self._now
        rarest = now.rarest("grams", grams, terms)
        return [id for id, _ in now.best(self._clauses("grams", rarest, 1.0), limit)]

    def _clauses(
        self, field: str, tokens: Iterable[str], weight: float
    ) -> list[tuple[tantivy.Occur, tantivy.Query]]:
        term, should = tantivy.Query.term_query, tantivy.Occur.Should
        if weight == 1.0:
            return [(should, term(self._schema, field, token, "freq")) for token in tokens]
        boost = tantivy.Query.boost_query
        return [
            (should, boost(term(self._schema, field, token, "freq"), weight)) for token in tokens
        ]


def _best_first(hit: Hit) -> tuple[float, int]:
    return -hit.score, hit.id


class _Generation:
    """What is true of one commit: a searcher, and how frequent a token is in it."""

    __slots__ = ("_searcher", "frequency", "idf", "number")

    def __init__(self, searcher: tantivy.Searcher) -> None:
        self._searcher = searcher
        self.number = int(searcher.num_docs)
        self.frequency = functools.lru_cache(maxsize=50_000)(searcher.doc_freq)
        self.idf = functools.lru_cache(maxsize=50_000)(self._idf)

    def _idf(self, field: str, token: str) -> float:
        frequency = self.frequency(field, token)
        return inverse_frequency(frequency, self.number)

    def telling(self, field: str, tokens: Sequence[str]) -> Sequence[str]:
        """The tokens worth searching for: in a large index not the common ones, unless all are."""
        if self.number < LARGE or len(tokens) < 4:
            return tokens
        common = COMMON * self.number
        rare = [token for token in tokens if self.frequency(field, token) <= common]
        if len(rare) < 3:
            return tokens
        return rare if len(rare) <= SEARCHED else self.rarest(field, rare, SEARCHED)

    def rarest(self, field: str, tokens: Iterable[str], count: int) -> list[str]:
        """The `count` rarest of the tokens that occur at all; ties in alphabetical order."""
        known = [(self.frequency(field, token), token) for token in set(tokens)]
        return [token for frequency, token in sorted(known) if frequency][:count]

    def best(
        self, clauses: list[tuple[tantivy.Occur, tantivy.Query]], limit: int
    ) -> list[tuple[int, float]]:
        """(number, BM25) of the best texts, best first; equal scores by number."""
        if not clauses:
            return []
        query = tantivy.Query.boolean_query(clauses)
        found = self._searcher.search(query, limit, count=False).hits
        if not found:
            return []
        addresses = [address for _, address in found]
        ids = cast("list[int]", self._searcher.fast_field_values("id", addresses))
        scored = [(id, float(score)) for (score, _), id in zip(found, ids, strict=True)]
        scored.sort(key=lambda each: (-each[1], each[0]))
        return scored


def inverse_frequency(frequency: int, number: int) -> float:
    """BM25's weight of a token that stands in `frequency` of `number` texts; above 0."""
    return math.log(1 + (number - frequency + 0.5) / (frequency + 0.5))
