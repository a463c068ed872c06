"""A retrieval index in memory: Tantivy fed with our own tokens.

Candidates come from BM25 over character bigrams plus half the BM25 over words. Among the best of
them a long text is judged again by its best window of `WINDOW` characters: an answer stands in one
place, not scattered over ten pages.
"""

import functools
import math
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

import tantivy

from minxin.text.segmentation import bigrams, normal, words

WORD_WEIGHT = 0.5
WINDOW_WEIGHT = 0.6
WINDOW = 160
RERANKED = 10
# A token that stands in more than this share of the texts tells little and costs most.
COMMON = 0.08
LARGE = 2_000
_SHORT = 240  # characters: a shorter text is its own window


@dataclass(frozen=True, slots=True)
class Hit:
    """A text that matches; a higher score is better, scores of two questions do not compare."""

    id: int
    score: float


class Index:
    """Texts by number. One writer at a time; searches go on beside it and see what was committed."""

    def __init__(self) -> None:
        builder = tantivy.SchemaBuilder()
        builder.add_integer_field("id", stored=False, indexed=True, fast=True)
        builder.add_text_field("grams", tokenizer_name="ours", index_option="freq")
        builder.add_text_field("words", tokenizer_name="ours", index_option="freq")
        builder.add_text_field("chars", tokenizer_name="ours", index_option="basic")
        self._schema = builder.build()
        self._index = tantivy.Index(self._schema)
        analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        self._index.register_tokenizer("ours", analyzer)
        self._writer = self._index.writer(heap_size=32_000_000, num_threads=1)
        self._writing = threading.Lock()
        self._texts: dict[int, str] = {}
        self._fresh()

    def _fresh(self) -> None:
        self._index.reload()
        self._searcher = self._index.searcher()
        self._idf = functools.lru_cache(maxsize=50_000)(self._compute_idf)
        self._word_idf = functools.lru_cache(maxsize=50_000)(self._compute_word_idf)
        self._frequency = functools.lru_cache(maxsize=50_000)(self._searcher.doc_freq)

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def put(self, id: int, text: str) -> None:
        """Add a text or replace the one with this number; seen after `commit`."""
        with self._writing:
            if id in self._texts:
                self._writer.delete_documents_by_term("id", id)
            document = tantivy.Document()
            document.add_integer("id", id)
            document.add_text("grams", " ".join(bigrams(text)))
            document.add_text("words", " ".join(words(text)))
            if len(text) < _SHORT:  # single characters tell questions apart, not documents
                document.add_text("chars", " ".join(dict.fromkeys("".join(words(text)))))
            self._writer.add_document(document)
            self._texts[id] = normal(text)

    def remove(self, id: int) -> None:
        """Take a text out; seen after `commit`."""
        with self._writing:
            if self._texts.pop(id, None) is not None:
                self._writer.delete_documents_by_term("id", id)

    def commit(self) -> None:
        """Let searches see what was put and removed."""
        with self._writing:
            self._writer.commit()
            self._fresh()

    def build(self, texts: Iterable[tuple[int, str]]) -> None:
        """Put many, then commit."""
        for id, text in texts:
            self.put(id, text)
        self.commit()

    def search(self, question: str, limit: int = 10) -> list[Hit]:
        """The best matches, best first; none when nothing of the question is known."""
        grams = self._telling("grams", bigrams(question))
        term = tantivy.Query.term_query
        clauses = [
            (tantivy.Occur.Should, term(self._schema, "grams", gram, "freq")) for gram in grams
        ]
        clauses += [
            (
                tantivy.Occur.Should,
                tantivy.Query.boost_query(term(self._schema, "words", word, "freq"), WORD_WEIGHT),
            )
            for word in self._telling("words", words(question))
        ]
        if not clauses:
            return []
        searcher = self._searcher
        wanted = max(limit, RERANKED)
        found = searcher.search(tantivy.Query.boolean_query(clauses), wanted, count=False).hits
        if not found:
            return []
        ids = cast("list[int]", searcher.fast_field_values("id", [address for _, address in found]))
        hits = [
            Hit(id, score + self._window_bonus(id, grams))
            for (score, _), id in zip(found, ids, strict=True)
        ]
        hits.sort(key=lambda hit: (-hit.score, hit.id))
        return hits[:limit]

    def _telling(self, field: str, tokens: Iterable[str]) -> list[str]:
        """The tokens worth searching for: in a large index not the common ones, unless all are."""
        unique = list(dict.fromkeys(tokens))
        number = self._searcher.num_docs
        if number < LARGE or len(unique) < 4:
            return unique
        rare = [each for each in unique if self._frequency(field, each) <= COMMON * number]
        return rare if len(rare) >= 3 else unique

    def _compute_idf(self, gram: str) -> float:
        number = self._searcher.num_docs
        frequency = self._searcher.doc_freq("grams", gram)
        return math.log(1 + (number - frequency + 0.5) / (frequency + 0.5))

    def _compute_word_idf(self, word: str) -> float:
        number = self._searcher.num_docs
        frequency = self._searcher.doc_freq("words" if len(word) > 1 else "chars", word)
        value = math.log(1 + (number - frequency + 0.5) / (frequency + 0.5))
        return value if len(word) > 1 else 0.5 * value

    def idf(self, gram: str) -> float:
        """How much a bigram tells: BM25's inverse document frequency among the committed texts."""
        return self._idf(gram)

    def idf_of_token(self, token: str) -> float:
        """How much a word or a single character tells, by the words field; at least a little."""
        return max(self._word_idf(token), 0.1)

    def _window_bonus(self, id: int, grams: Iterable[str]) -> float:
        text = self._texts.get(id, "")
        if len(text) < _SHORT:
            return WINDOW_WEIGHT * sum(self._idf(gram) for gram in grams if gram in text)
        places: list[tuple[int, str]] = []
        for gram in grams:
            at = text.find(gram)
            while at >= 0:
                places.append((at, gram))
                at = text.find(gram, at + 1)
        places.sort()
        best = total = 0.0
        inside: dict[str, int] = {}
        first = 0
        for at, gram in places:
            if not inside.get(gram):
                total += self._idf(gram)
            inside[gram] = inside.get(gram, 0) + 1
            while places[first][0] < at - WINDOW:
                gone = places[first][1]
                inside[gone] -= 1
                if not inside[gone]:
                    total -= self._idf(gone)
                first += 1
            best = max(best, total)
        return WINDOW_WEIGHT * best
