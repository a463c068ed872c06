"""The answer index of one process: in memory, derived from rows, following every edit.

`lookup` reads no database. Another process's edits arrive through `IndexChange`: `follow` asks for
its newest number twice a second. When the synonyms change, the entries that read otherwise by them are made
anew beside what answers; no row is read for that.
"""

import threading
from collections.abc import Sequence
from datetime import date
from itertools import islice

from minxin.knowledge import queries
from minxin.knowledge.index.entries import Entries
from minxin.knowledge.index.following import OVERLAP, attentively, in_thread
from minxin.knowledge.rules import QUESTION_LIMIT, Answer, Lookup, Near
from minxin.knowledge.synonyms import SynonymRule, Tables
from minxin.knowledge.synonyms.tables import table_of
from minxin.text import bare, normal

_CHUNK = 200  # entries read and taken in at once: other threads run in between


class LiveIndex:
    """Finds the answer to a question among the entries in force."""

    def __init__(self) -> None:
        self._entries = Entries()
        self._last = 0
        self._seen: set[int] = set()
        self._is_built = False
        self._changing = threading.Lock()
        self.generation = 0  # a number that changes with the entries

    @property
    def is_ready(self) -> bool:
        """Whether the index was built once; it stays ready while the database is away."""
        return self._is_built

    def __len__(self) -> int:
        return len(self._entries)

    def build(self) -> None:
        """Read everything; then only changes are read."""
        with self._changing:
            last = queries.last_change()
            seen = {number for number, _ in queries.changes_after(last - OVERLAP)}
            self._build()
            self._last, self._seen = last, seen
            self._is_built = True

    def _build(self) -> None:
        """Everything anew, beside what is there; it takes its place in one step."""
        fresh = Entries(Tables(queries.synonym_rules(), queries.agency_paths()))
        entries = queries.indexed()
        with attentively() as pauses:
            while chunk := list(islice(entries, _CHUNK)):
                for answer, ways in chunk:
                    fresh.put(answer, ways)
                    pauses.breathe()
            fresh.commit()
        self._entries = fresh
        self.generation += 1

    def refresh(self) -> bool:
        """Take in what changed since; True when something did."""
        with self._changing:
            since = self._last - OVERLAP
            count, last = queries.newest_changes(since)
            tables = self._entries.tables
            if tables.misses:
                tables.learn(queries.agency_paths())
                self.generation += 1  # what was answered meanwhile was read by no rules of its own
            if count == len(self._seen) and last <= self._last:
                return False
            changes = queries.changes_after(since)
            fresh = [each for each in changes if each[0] not in self._seen]
            ids = sorted({entry_id for _, entry_id in fresh})
            paths = queries.agency_paths()
            if queries.SYNONYMS_CHANGED in ids or tables.have_moved(paths):
                self._read_by(Tables(queries.synonym_rules(), paths))
            else:
                tables.learn(paths)  # before entries of new agencies are read by them
            self._take_in([number for number in ids if number != queries.SYNONYMS_CHANGED])
            self._last = max([self._last, *(number for number, _ in changes)])
            self._seen = {number for number, _ in changes if number > self._last - OVERLAP}
            return bool(fresh)

    def _read_by(self, tables: Tables) -> None:
        with attentively() as pauses:
            self._entries.read_by(tables, pauses.breathe)
        self.generation += 1

    def _take_in(self, ids: list[int]) -> None:
        """Read these entries again."""
        entries = self._entries
        with attentively() as pauses:
            for at in range(0, len(ids), _CHUNK):
                chunk = ids[at : at + _CHUNK]
                found = {answer.entry_id: (answer, ways) for answer, ways in queries.indexed(chunk)}
                for entry_id in chunk:
                    if entry_id in found:
                        entries.put(*found[entry_id])
                    else:
                        entries.drop(entry_id)
                    pauses.breathe()
        if ids:
            entries.commit()
            self.generation += 1

    def start(self, stop: threading.Event) -> threading.Thread:
        """Build, then take in changes until `stop`, in a thread of its own."""
        return in_thread("answer index", self._step, stop)

    def _step(self) -> None:
        if self._is_built:
            self.refresh()
        else:
            self.build()

    def lookup(self, question: str, *, on: date, region: str = "", agency_id: int = 0) -> Lookup:
        """The answer in force on this day in this region, or near questions; reads memory only.

        An entry that has expired, is not yet in force, was retired or belongs to another region is
        neither given nor offered. `agency_id` says by whose synonyms the question is read: those of the
        agency whose account is asked. The same question on the same rows gets the same answer.
        """
        entries = self._entries
        return entries.remembered(_asked(question), on, region, entries.tables.of(agency_id))

    def answer(self, entry_id: int, *, on: date, region: str = "") -> Answer | None:
        """An entry by its number, if it may be given on this day in this region or a part of it."""
        return self._entries.answer(entry_id, on, region)

    def suggest(self, typed: str, *, on: date, region: str = "", agency_id: int = 0) -> list[Near]:
        """Questions that may be given for what was typed so far, the likeliest first; reads memory only."""
        entries = self._entries
        return entries.suggest(_asked(typed), on, region, entries.tables.of(agency_id))

    def compare(
        self,
        questions: Sequence[str],
        rule: SynonymRule | None,
        path: str,
        *,
        instead: SynonymRule | None = None,
        on: date,
        region: str = "",
    ) -> list[tuple[str, Lookup, Lookup]]:
        """What these questions hear now and what they would hear with one set of synonyms added or
        changed, or without the one that stood there (`instead`), those that would hear the same left out. Entries are read as they are now: of a set
        that holds both ways, only what it does to questions shows."""
        entries = self._entries
        mine = [each for each in entries.tables.rules if path.startswith(each.agency_path)]
        before, after = table_of(mine), entries.tables.with_rule(path, rule, instead)
        found = []
        for question in questions:
            asked = _asked(question)
            now = entries.look_up(asked, on, region, before)
            then = entries.look_up(asked, on, region, after)
            if now.answer != then.answer or now.near != then.near:
                found.append((question, now, then))
        return found


def _asked(question: str) -> str:
    return bare(normal(question.strip()[:QUESTION_LIMIT]))
