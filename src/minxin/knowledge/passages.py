"""The passages of documents of one process: found for a question and quoted.

Derived from rows and follows them as `knowledge.index` does for entries. It is asked in threads of the
dialogue only, never on the writer's: searching and reading cost milliseconds.
"""

import functools
import logging
import threading
from datetime import date
from itertools import groupby
from pathlib import Path

from minxin.knowledge import queries
from minxin.knowledge.index.following import OVERLAP, attentively, in_thread
from minxin.knowledge.rules import QUESTION_LIMIT, is_for_region
from minxin.knowledge.rules.quotes import Block, Quote, blocks_of, quote
from minxin.knowledge.shelves import NotBuilt, Shelf, built_apart
from minxin.text import bare, normal

log = logging.getLogger("minxin.knowledge")
READ = 4  # blocks that are read for a question
SOUGHT = 40  # and that are looked at for them: many may be expired or of another place
_AT_ONCE = 200
# When more documents than this changed, all are read anew, where another process can do it.
MANY = 20


class PassageIndex:
    """Finds the sentences of documents in force that answer a question.

    `apart`: a folder under which another process builds the whole; without one it is built here.
    """

    def __init__(self, *, apart: Path | None = None) -> None:
        self._apart = apart
        self._last = 0
        self._seen: set[int] = set()
        self._is_built = False
        self._changing = threading.Lock()
        self._stand(Shelf())

    def __len__(self) -> int:
        return len(self._shelf.blocks)

    def _stand(self, shelf: Shelf) -> None:
        """From now on this shelf is asked; what was remembered of the one before is forgotten."""
        remembered = functools.lru_cache(maxsize=4096)(functools.partial(_quote, shelf))
        self._shelf, self._remembered = shelf, remembered

    def build(self) -> None:
        """Read everything; then only changes are read."""
        with self._changing:
            last = queries.last_document_change()
            seen = {number for number, _ in queries.document_changes_after(last - OVERLAP)}
            self._build()
            self._last, self._seen, self._is_built = last, seen, True

    def _build(self) -> None:
        """Everything anew, beside what is there; it takes its place in one step."""
        self._stand(self._built_apart() or _built_here())

    def _built_apart(self) -> Shelf | None:
        if self._apart is None:
            return None
        try:
            return built_apart(self._apart)
        except NotBuilt as error:
            log.warning("the passages are read in this process: %s", error)
            return None

    def refresh(self) -> bool:
        """Take in what changed since; True when something did."""
        with self._changing:
            since = self._last - OVERLAP
            count, last = queries.newest_document_changes(since)
            if count == len(self._seen) and last <= self._last:
                return False
            changes = queries.document_changes_after(since)
            fresh = sorted({document for number, document in changes if number not in self._seen})
            if self._apart is not None and len(fresh) > MANY:
                self._build()
            else:
                _take_in(self._shelf, fresh)
                self._stand(self._shelf)
            self._last = max([self._last, *(number for number, _ in changes)])
            self._seen = {number for number, _ in changes if number > self._last - OVERLAP}
            return bool(fresh)

    def start(self, stop: threading.Event) -> threading.Thread:
        """Build, then take in changes until `stop`, in a thread of its own."""
        return in_thread("passages", self._step, stop)

    def _step(self) -> None:
        if self._is_built:
            self.refresh()
        else:
            self.build()

    def quote(self, question: str, *, on: date, region: str = "") -> Quote | None:
        """The sentences that answer, of documents that hold on this day in this region; None when that
        is not sure. Reads memory, and files that are mapped, only."""
        plain = bare(normal(question.strip()[:QUESTION_LIMIT]))
        return self._remembered(plain, on, region) if len(self._shelf.blocks) else None


def _built_here() -> Shelf:
    shelf = Shelf()
    _read_into(shelf, None, [])
    return shelf


def _take_in(shelf: Shelf, documents: list[int]) -> None:
    """Read these documents again."""
    for at in range(0, len(documents), _AT_ONCE):
        some = documents[at : at + _AT_ONCE]
        _read_into(shelf, some, some)


def _read_into(shelf: Shelf, documents: list[int] | None, gone: list[int]) -> None:
    """Read these documents (all for None) in the place of what is there of `gone`: a document that is read anew is
    found by its old passages until its new ones stand, and stays as it was when the database goes away meanwhile."""
    fresh: list[tuple[int, list[Block]]] = []
    passages = queries.indexed_passages(documents)
    with attentively() as pauses:
        for document, some in groupby(passages, key=lambda each: each.document_id):
            blocks: list[Block] = []
            for block in blocks_of(some):
                blocks.append(block)
                pauses.breathe()
            fresh.append((document, blocks))
        old = [number for document in gone for number in shelf.leave(document)]
        for document, blocks in fresh:
            shelf.put(document, blocks, pauses.breathe)
        shelf.commit(old)


def _quote(shelf: Shelf, question: str, on: date, region: str) -> Quote | None:
    found: list[Block] = []
    for hit in shelf.index.search(question, SOUGHT):
        block = shelf.blocks.get(hit.id)
        if block is None:
            continue  # replaced between the search and now
        first = block.first
        if first.valid.holds(on) and is_for_region(first.region_code, region):
            found.append(block)
            if len(found) == READ:
                break
    return quote(question, found)
