"""The answer index of one process: in memory, derived from rows, following every edit.

`lookup` reads no database. Another process's edits arrive through `IndexChange`: `follow` asks for
its newest number twice a second. When the synonyms change, the entries that read otherwise by them are made
anew beside what answers; no row is read for that.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import islice

from minxin.knowledge import queries
from minxin.knowledge.index.entries import Entries
from minxin.knowledge.index.explaining import Explained, explain
from minxin.knowledge.index.following import OVERLAP, attentively, in_thread
from minxin.knowledge.queries.thresholds import THRESHOLDS_CHANGED, thresholds
from minxin.knowledge.rules import QUESTION_LIMIT, Answer, Lookup, Near
from minxin.knowledge.rules.thresholds import LEAST, at_least, nearest
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
        self._thresholds: Mapping[str, float] = {}
        self._sure: dict[int, float] = {}  # of each agency that was asked for
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

    def _be_sure(self) -> None:
        """Read anew from how sure on each branch answers."""
        self._thresholds, self._sure = thresholds(), {}

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
        self._be_sure()
        self.generation += 1

    def refresh(self) -> bool:
        """Take in what changed since; True when something did."""
        with self._changing:
            since = self._last - OVERLAP
            count, last = queries.newest_changes(since)
            tables = self._entries.tables
            if tables.misses:
                tables.learn(queries.agency_paths())
                self._sure = {}
                self.generation += 1  # what was answered meanwhile was read by no rules of its own
            if count == len(self._seen) and last <= self._last:
                return False
            changes = queries.changes_after(since)
            fresh = [each for each in changes if each[0] not in self._seen]
            ids = sorted({entry_id for _, entry_id in fresh})
            paths = queries.agency_paths()
            if THRESHOLDS_CHANGED in ids:
                ids.remove(THRESHOLDS_CHANGED)
                self._be_sure()
                self.generation += 1
            if queries.SYNONYMS_CHANGED in ids or tables.have_moved(paths):
                self._read_by(Tables(queries.synonym_rules(), paths))
            else:
                tables.learn(paths)  # before entries of new agencies are read by them
            self._take_in([number for number in ids if number != queries.SYNONYMS_CHANGED])
            self._sure = {}  # an agency may have come
            self._last = max([self._last, *(number for number, _ in changes)])
            self._seen = {number for number, _ in changes if number > self._last - OVERLAP}
            return bool(fresh)

    def _read_by(self, tables: Tables) -> None:
        with attentively() as pauses:
            self._entries.read_by(tables, pauses.breathe)
        self._be_sure()  # where agencies stand may have changed
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
        agency whose account is asked, and whose words come first: its own, then those of
        the agencies above it. The same question on the same rows gets the same answer.
        """
        entries = self._entries
        tables = entries.tables
        table, path = tables.of(agency_id), tables.path_of(agency_id)
        found = entries.remembered(_asked(question), on, region, table, path)
        return at_least(found, self._sure_for(agency_id)) if self._thresholds else found

    def _sure_for(self, agency_id: int) -> float:
        known = self._sure
        sure = known.get(agency_id)
        if sure is None:
            path = self._entries.tables.path_of(agency_id)
            sure = known[agency_id] = nearest(self._thresholds, path)
        return sure

    def looking(
        self,
        path: str,
        *,
        on: date,
        region: str = "",
        rule: SynonymRule | None = None,
        instead: SynonymRule | None = None,
        sure: float | None = None,
    ) -> Callable[[str], Lookup]:
        """How the accounts of the agency at a path answer, or would: with one set of synonyms added, changed or taken
        away as in `compare`, from another threshold on (0 for none beyond what is shipped). Nothing remembered;
        reads memory only."""
        entries = self._entries
        table = entries.tables.with_rule(path, rule, instead)
        least = nearest(self._thresholds, path) if sure is None else max(sure, LEAST)
        return lambda question: at_least(
            entries.look_up(_asked(question), on, region, table, path), least
        )

    def answer(
        self, entry_id: int, *, on: date, region: str = "", agency_id: int = 0
    ) -> Answer | None:
        """An entry by its number, if it may be given on this day in this region or a part of it; as an account of
        this agency tells it."""
        entries = self._entries
        return entries.answer(entry_id, on, region, entries.tables.path_of(agency_id))

    def suggest(self, typed: str, *, on: date, region: str = "", agency_id: int = 0) -> list[Near]:
        """Questions that may be given for what was typed so far, the likeliest first; reads memory only."""
        entries = self._entries
        tables = entries.tables
        table, path = tables.of(agency_id), tables.path_of(agency_id)
        return entries.suggest(_asked(typed), on, region, table, path)

    def explain(
        self, question: str, *, on: date, region: str = "", agency_id: int = 0
    ) -> Explained:
        """What `lookup` finds, and why."""
        entries, sure = self._entries, self._sure_for(agency_id)
        table, path = entries.tables.of(agency_id), entries.tables.path_of(agency_id)
        return explain(entries, _asked(question), on, region, table, path, sure)

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
            now = entries.look_up(asked, on, region, before, path)
            then = entries.look_up(asked, on, region, after, path)
            if now.answer != then.answer or now.near != then.near:
                found.append((question, now, then))
        return found


def _asked(question: str) -> str:
    return bare(normal(question.strip()[:QUESTION_LIMIT]))
