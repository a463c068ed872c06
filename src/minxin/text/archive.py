"""A full-text index on disk of what was said: Tantivy fed with character bigrams.

A phrase of bigrams is the words themselves, so what is found is what stands there, two-character words
too; nothing is ranked, the newest comes first. Derived data: who removes the folder has it made anew.
One process at a time writes (the caller sees to it); searches go on beside it and see what was saved.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

import tantivy

from minxin.text.segmentation import bigrams, normal

_MARK = "mark"
_HEAP = 32_000_000


@dataclass(frozen=True, slots=True)
class Said:
    """One text by number: who it belongs to, where it was said, when (seconds since 1970)."""

    id: int
    owner: str
    source: int
    at: int
    text: str


def too_short(words: str) -> list[str]:
    """The words that cannot be looked for: single Chinese characters, and signs alone."""
    return [
        word
        for word in words.split()
        if not (grams := bigrams(word)) or (len(grams) == 1 and len(grams[0]) < 2)
    ]


class Archive:
    """The index in a folder; an empty one when there is none yet."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        builder = tantivy.SchemaBuilder()
        builder.add_integer_field("id", stored=True, indexed=True, fast=True)
        builder.add_integer_field("source", indexed=True)
        builder.add_integer_field("at", indexed=True, fast=True)
        builder.add_text_field("owner", tokenizer_name="raw", index_option="basic")
        builder.add_text_field("grams", tokenizer_name="ours", index_option="position")
        self._schema = builder.build()
        self._folder = folder
        self._index = tantivy.Index(self._schema, path=str(folder), reuse=True)
        analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        self._index.register_tokenizer("ours", analyzer)

    @property
    def mark(self) -> int:
        """The number up to which everything was put in; 0 for an empty index."""
        try:
            return int((self._folder / _MARK).read_text())
        except (FileNotFoundError, ValueError):
            return 0

    def keep(self, said: Iterable[Said], *, forget: Collection[str] = (), mark: int) -> None:
        """Put texts in, then take out all that belongs to some owners, and save; once it is saved, the mark
        moves. What is put in again (killed in between) replaces what was there."""
        writer = self._index.writer(heap_size=_HEAP, num_threads=1)
        for each in said:
            writer.delete_documents_by_term("id", each.id)
            document = tantivy.Document()
            document.add_integer("id", each.id)
            document.add_integer("source", each.source)
            document.add_integer("at", each.at)
            document.add_text("owner", each.owner)
            document.add_text("grams", " ".join(bigrams(each.text)))
            writer.add_document(document)
        for owner in forget:
            writer.delete_documents_by_term("owner", owner)
        writer.commit()
        writer.wait_merging_threads()
        fresh = self._folder / f".{_MARK}"
        fresh.write_text(str(mark))
        os.replace(fresh, self._folder / _MARK)

    def search(
        self,
        words: str,
        *,
        sources: Collection[int],
        owners: Collection[str] | None = None,
        since: int | None = None,
        until: int | None = None,
        limit: int,
        offset: int = 0,
    ) -> tuple[int, list[int]]:
        """(how many, the numbers of some) of the texts in which every word stands, the newest first; of
        these sources only, and where `owners` is given, of these owners only. `until` is not included."""
        phrases = [grams for word in words.split() if (grams := bigrams(word))]
        if not phrases or not sources or (owners is not None and not owners):
            return 0, []
        query, schema = tantivy.Query, self._schema
        parts = [
            query.phrase_query(schema, "grams", list(grams))
            if len(grams) > 1
            else query.term_query(schema, "grams", grams[0], index_option="basic")
            for grams in phrases
        ]
        parts.append(query.term_set_query(schema, "source", list(sources)))
        if owners is not None:
            parts.append(query.term_set_query(schema, "owner", list(owners)))
        if since is not None or until is not None:
            first = 0 if since is None else since
            last = 2**62 if until is None else until
            parts.append(
                query.range_query(schema, "at", tantivy.FieldType.Integer, first, last, True, False)
            )
        whole = query.boolean_query([(tantivy.Occur.Must, part) for part in parts])
        self._index.reload()
        searcher = self._index.searcher()
        found = searcher.search(
            whole, limit=limit, count=True, order_by_field="id", order=tantivy.Order.Desc,
            offset=offset,
        )  # fmt: skip
        ids = [int(searcher.doc(address)["id"][0]) for _, address in found.hits]
        return int(getattr(found, "count", 0) or 0), ids  # not in its stubs


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a text, and whether it is what was looked for."""

    text: str
    is_found: bool


def snippet(text: str, words: str, *, around: int = 30, most: int = 140) -> list[Piece]:
    """The part of a text around the first place where one of the words stands, in pieces."""
    plain = normal(text)
    if len(plain) != len(text):  # a sign that stands for several: places do not compare
        plain = text.lower()
    wanted = [re.escape(normal(word)) for word in words.split()]
    places = (
        list(re.finditer("|".join(sorted(wanted, key=len, reverse=True)), plain)) if wanted else []
    )
    first = max(places[0].start() - around, 0) if places else 0
    last = min(first + most, len(text))
    pieces = [Piece("……", False)] if first else []
    at = first
    for place in places:
        if place.start() < at or place.end() > last:
            continue
        if place.start() > at:
            pieces.append(Piece(text[at : place.start()], False))
        pieces.append(Piece(text[place.start() : place.end()], True))
        at = place.end()
    pieces.append(Piece(text[at:last] + ("……" if last < len(text) else ""), False))
    return [piece for piece in pieces if piece.text]
