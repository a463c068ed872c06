"""The passages of documents of one process, in memory: found for a question and quoted.

Derived from rows and follows them as `knowledge.index` does for entries. It is asked in threads of the
dialogue only, never on the writer's: searching and reading cost milliseconds.
"""

import functools
import threading
from collections import defaultdict
from datetime import date
from itertools import groupby

from minxin.knowledge import queries
from minxin.knowledge.index.following import OVERLAP, attentively, in_thread
from minxin.knowledge.rules import QUESTION_LIMIT, is_for_region
from minxin.knowledge.rules.quotes import Block, Quote, blocks_of, quote
from minxin.text import Index, bare, normal

READ = 4  # blocks that are read for a question
SOUGHT = 40  # and that are looked at for them: many may be expired or of another place
_AT_ONCE = 200


class PassageIndex:
    """Finds the sentences of documents in force that answer a question."""

    def __init__(self) -> None:
        self._index = Index()
        self._blocks: dict[int, Block] = {}
        self._of: dict[int, list[int]] = defaultdict(list)
        self._next = 1
        self._last = 0
        self._seen: set[int] = set()
        self._is_built = False
        self._changing = threading.Lock()
        self._forget()

    def __len__(self) -> int:
        return len(self._blocks)

    def _forget(self) -> None:
        self._remembered = functools.lru_cache(maxsize=4096)(self._quote)

    def build(self) -> None:
        """Read everything; then only changes are read."""
        with self._changing:
            last = queries.last_document_change()
            seen = {number for number, _ in queries.document_changes_after(last - OVERLAP)}
            fresh = self._read(None)
            self._swap(list(self._of), fresh)
            self._last, self._seen, self._is_built = last, seen, True

    def refresh(self) -> bool:
        """Take in what changed since; True when something did."""
        with self._changing:
            since = self._last - OVERLAP
            count, last = queries.newest_document_changes(since)
            if count == len(self._seen) and last <= self._last:
                return False
            changes = queries.document_changes_after(since)
            fresh = sorted({document for number, document in changes if number not in self._seen})
            for at in range(0, len(fresh), _AT_ONCE):
                some = fresh[at : at + _AT_ONCE]
                self._swap(some, self._read(some))
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

    def _read(self, documents: list[int] | None) -> dict[int, list[Block]]:
        found: dict[int, list[Block]] = defaultdict(list)
        passages = queries.indexed_passages(documents)
        with attentively() as pauses:
            for document, some in groupby(passages, key=lambda each: each.document_id):
                for block in blocks_of(some):
                    found[document].append(block)
                    pauses.breathe()
        return found

    def _swap(self, documents: list[int], fresh: dict[int, list[Block]]) -> None:
        """Put what was read in the place of what these documents had: in one step for whoever asks, so a document
        that is read anew is found by its old passages until its new ones stand."""
        old = [number for document in documents for number in self._of.get(document, ())]
        placed: dict[int, list[int]] = defaultdict(list)
        with attentively() as pauses:
            for document, blocks in fresh.items():
                for block in blocks:
                    number, self._next = self._next, self._next + 1
                    self._blocks[number] = block
                    self._index.put(number, f"{block.first.title}\n{block.text}")
                    placed[document].append(number)
                    pauses.breathe()
        for number in old:
            self._index.remove(number)
        self._index.commit()
        for document in documents:
            self._of.pop(document, None)
        self._of.update(placed)
        for number in old:
            self._blocks.pop(number, None)
        self._forget()

    def quote(self, question: str, *, on: date, region: str = "") -> Quote | None:
        """The sentences that answer, of documents that hold on this day in this region; None when that
        is not sure. Reads memory only."""
        plain = bare(normal(question.strip()[:QUESTION_LIMIT]))
        return self._remembered(plain, on, region) if self._blocks else None

    def _quote(self, question: str, on: date, region: str) -> Quote | None:
        found: list[Block] = []
        for hit in self._index.search(question, SOUGHT):
            block = self._blocks.get(hit.id)
            if block is None:
                continue  # replaced between the search and now
            first = block.first
            if first.valid.holds(on) and is_for_region(first.region_code, region):
                found.append(block)
                if len(found) == READ:
                    break
        return quote(question, found)
