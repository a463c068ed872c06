"""The answer index of one process: in memory, derived from rows, following every edit.

`lookup` reads no database. Another process's edits arrive through `IndexChange`: `follow` asks for
its newest number twice a second.
"""

import functools
import logging
import threading
from collections.abc import Callable
from datetime import date

from django.db import DatabaseError, close_old_connections

from minxin.knowledge import queries
from minxin.knowledge.rules import (
    NEAR,
    NEAR_QUESTIONS,
    QUESTION_LIMIT,
    SURE,
    Answer,
    Lookup,
    Near,
    is_for_region,
    is_in_force,
    similarity,
)
from minxin.text import Index, bigrams, normal, words
from minxin.text.segmentation import FORM

log = logging.getLogger("minxin.knowledge")

PAUSE = 0.5
CANDIDATES = 16
_KEYS = 64  # ways of asking per entry, the standard question included
# Changes commit out of order on PostgreSQL: this many before the last are looked at again.
_OVERLAP = 500


def tokens(text: str) -> frozenset[str]:
    """What two questions are compared by: words and characters that carry matter, not form."""
    matter = [word for word in words(text) if word not in FORM]
    return frozenset(matter) | frozenset(char for word in matter for char in word)


class LiveIndex:
    """Finds the answer to a question among the entries in force."""

    def __init__(self) -> None:
        self._index = Index()
        self._answers: dict[int, Answer] = {}
        self._keys: dict[int, tuple[frozenset[str], ...]] = {}
        self._exact: dict[str, int] = {}
        self._normals: dict[int, tuple[str, ...]] = {}
        self._last = 0
        self._seen: set[int] = set()
        self._is_built = False
        self._changing = threading.Lock()
        self._remembered = self._new_memory()

    @property
    def is_ready(self) -> bool:
        """Whether the index was built once; it stays ready while the database is away."""
        return self._is_built

    def __len__(self) -> int:
        return len(self._answers)

    def build(self) -> None:
        """Read everything; then only changes are read."""
        with self._changing:
            self._last = queries.last_change()
            for answer, ways in queries.indexed():
                self._put(answer, ways)
            self._commit()
            self._is_built = True

    def refresh(self) -> bool:
        """Take in what changed since; True when something did."""
        with self._changing:
            changes = [
                (number, entry)
                for number, entry in queries.changes_after(max(self._last - _OVERLAP, 0))
                if number > self._last or number not in self._seen
            ]
            fresh = [(n, e) for n, e in changes if n not in self._seen]
            if not fresh:
                return False
            ids = {entry for _, entry in fresh}
            found = {answer.entry_id: (answer, ways) for answer, ways in queries.indexed(ids)}
            for entry_id in ids:
                self._drop(entry_id)
                if entry_id in found:
                    self._put(*found[entry_id])
            self._commit()
            self._last = max(self._last, *(number for number, _ in fresh))
            self._seen.update(number for number, _ in fresh)
            self._seen = {number for number in self._seen if number > self._last - _OVERLAP}
            return True

    def follow(self, stop: threading.Event) -> None:
        """Build, then take in changes until `stop`; a database that is away is asked again."""
        while not stop.is_set():
            close_old_connections()
            try:
                if self._is_built:
                    self.refresh()
                else:
                    self.build()
            except DatabaseError as error:
                log.warning("the answer index cannot read the database: %s", type(error).__name__)
            finally:
                close_old_connections()
            stop.wait(PAUSE)

    def start(self, stop: threading.Event) -> threading.Thread:
        """Follow in a thread of its own."""
        thread = threading.Thread(target=self.follow, args=(stop,), daemon=True, name="index")
        thread.start()
        return thread

    def _put(self, answer: Answer, ways: tuple[str, ...]) -> None:
        ways = tuple(dict.fromkeys(ways))[:_KEYS]
        self._answers[answer.entry_id] = answer
        self._keys[answer.entry_id] = tuple(tokens(way) for way in ways)
        self._normals[answer.entry_id] = tuple("".join(bigrams(way)) for way in ways)
        for number, way in enumerate(ways):
            self._index.put(answer.entry_id * _KEYS + number, way)
        for normal_form in self._normals[answer.entry_id]:
            self._exact.setdefault(normal_form, answer.entry_id)

    def _drop(self, entry_id: int) -> None:
        if self._answers.pop(entry_id, None) is None:
            return
        for number in range(len(self._keys.pop(entry_id))):
            self._index.remove(entry_id * _KEYS + number)
        for normal_form in self._normals.pop(entry_id):
            if self._exact.get(normal_form) == entry_id:
                del self._exact[normal_form]

    def _commit(self) -> None:
        self._index.commit()
        self._remembered = self._new_memory()

    def _new_memory(self) -> Callable[[str, date, str], Lookup]:
        return functools.lru_cache(maxsize=4096)(self._look_up)

    def lookup(self, question: str, *, on: date, region: str = "") -> Lookup:
        """The answer in force on this day in this region, or near questions; reads memory only.

        An entry that has expired, is not yet in force, was retired or belongs to another region is
        neither given nor offered.
        """
        return self._remembered(normal(question.strip())[:QUESTION_LIMIT], on, region)

    def _look_up(self, question: str, on: date, region: str) -> Lookup:
        answers, keys = self._answers, self._keys
        asked = tokens(question)
        exact = self._exact.get("".join(bigrams(question)))
        scored: dict[int, float] = {}
        if exact is not None:
            scored[exact] = 1.0
        for place, hit in enumerate(self._index.search(question, CANDIDATES)):
            entry_id, number = divmod(hit.id, _KEYS)
            ways = keys.get(entry_id)
            if ways is None or number >= len(ways):
                continue  # replaced between the search and now
            value = similarity(asked, ways[number], self._index.idf_of_token)
            value -= 0.004 * place  # of two that are alike, the one the index prefers
            if value > scored.get(entry_id, 0.0):
                scored[entry_id] = value
        ranked = sorted(scored.items(), key=lambda item: (-item[1], item[0]))
        best: Answer | None = None
        confidence = 0.0
        near: list[Near] = []
        for entry_id, value in ranked:
            answer = answers.get(entry_id)
            if answer is None or not is_in_force(answer.valid_from, answer.valid_until, on):
                continue
            if not is_for_region(answer.region_code, region):
                continue
            if best is None and not near and value >= SURE:
                best, confidence = answer, min(value, 1.0)
            elif value >= NEAR and len(near) < NEAR_QUESTIONS:
                near.append(Near(entry_id, answer.question))
                confidence = confidence or value
        return Lookup(best, round(max(confidence, 0.0), 4), tuple(near))
