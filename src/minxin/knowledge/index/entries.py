"""Entries in memory as they are compared with a question. Reads no database."""

import functools
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import TypeVar

from minxin.knowledge.index.known import KEYS, Known, known_by, words_of, written_in
from minxin.knowledge.rules import (
    MARGIN,
    NEAR,
    NEAR_QUESTIONS,
    SURE,
    Answer,
    Lookup,
    Near,
    is_for_region,
    is_held,
    is_in_force,
    is_near,
    is_sure,
    similarity,
    weight_of,
)
from minxin.knowledge.rules.choices import by_audience, by_question, by_region, is_below
from minxin.knowledge.synonyms import GROUPS, Table, Tables, tokens
from minxin.text import Index, Slips, bigrams, cut, fold, normal

# Ways of asking that are compared with the question; more when too few of them may be given.
CANDIDATES = 10
MORE_CANDIDATES = 120
TERMS = 8  # of a question's bigrams, the rarest, by which candidates are found
LONG = 12  # of more bigrams every other one is enough: together they still hold every character
_REMEMBERED_WORDS = 200_000  # citizens' words are without end, memory is not


_Key = TypeVar("_Key")


def _put_in(table: dict[_Key, tuple[int, ...]], key: _Key, entry_id: int) -> None:
    table[key] = tuple(sorted({*table.get(key, ()), entry_id}))


def _take_out(table: dict[_Key, tuple[int, ...]], key: _Key, entry_id: int) -> None:
    others = tuple(id for id in table.get(key, ()) if id != entry_id)
    if others:
        table[key] = others
    else:
        table.pop(key, None)


class _Memory:
    """What may be remembered until the next commit: weights, sums of weights, whole lookups."""

    __slots__ = ("lookup", "sums", "weight")

    def __init__(self, entries: "Entries") -> None:
        self.weight: dict[str, float] = {}
        self.sums: dict[frozenset[str], float] = {}
        self.lookup = functools.lru_cache(maxsize=16_384)(entries.look_up)


class Entries:
    """Finds the answer to a question among the entries in force. One thread changes it; others ask
    beside it."""

    def __init__(self, tables: Tables | None = None) -> None:
        self.tables = tables or Tables()
        self._index = Index()
        self._known: dict[int, Known] = {}
        # Entries by all that one of their ways of asking says: those that match a question exactly.
        self._same: dict[frozenset[str] | str, tuple[int, ...]] = {}
        # And by the very words of one: nothing needs to be compared then.
        self._said: dict[str, tuple[int, ...]] = {}
        self._frequency: Counter[str] = Counter()
        self._number = 0
        self._slips = Slips(word for group in GROUPS for word in group.split())
        self._memory = _Memory(self)

    def __len__(self) -> int:
        return len(self._known)

    def ids(self) -> frozenset[int]:
        """The numbers of all entries."""
        return frozenset(self._known)

    def remembered(self, question: str, on: date, region: str, table: Table) -> Lookup:
        """As `look_up`, out of memory where it can be."""
        if len(self._memory.weight) > _REMEMBERED_WORDS:
            self._memory = _Memory(self)
        return self._memory.lookup(question, on, region, table)

    def put(self, answer: Answer, ways: tuple[str, ...]) -> None:
        """Take an entry in, or replace it; found by its words after `commit`."""
        for way in ways:
            self._slips.learn(cut(normal(way)))
        self._place(known_by(answer, ways, self.tables.of(answer.agency_id)))

    def _place(self, known: Known) -> None:
        entry_id, texts = known.answer.entry_id, known.texts
        before = self._known.get(entry_id)
        for number, text in enumerate(texts):
            self._index.put(entry_id * KEYS + number, text)
        if before is not None:
            for number in range(len(texts), len(before.ways)):
                self._index.remove(entry_id * KEYS + number)
        self._known[entry_id] = known  # in one step: a lookup meets the old or the new
        self._count(entry_id, before, known)

    def read_by(self, tables: Tables, breathe: Callable[[], None]) -> int:
        """Read entries and questions by other tables from now on; how many entries read otherwise by them. Those
        alone are made anew, beside what answers, and put in together, then committed."""
        fresh: list[Known] = []
        for known in list(self._known.values()):
            agency_id = known.answer.agency_id
            before, after = self.tables.of(agency_id), tables.of(agency_id)
            if any(before.written(text) != after.written(text) for text in written_in(known)):
                fresh.append(known_by(known.answer, known.asked, after))
            breathe()
        for known in fresh:
            self._place(known)
            breathe()
        self.tables = tables
        self.commit()
        return len(fresh)

    def drop(self, entry_id: int) -> None:
        """Take an entry out; nothing when it is not there."""
        before = self._known.pop(entry_id, None)
        if before is not None:
            for number in range(len(before.ways)):
                self._index.remove(entry_id * KEYS + number)
            self._count(entry_id, before, None)

    def _count(self, entry_id: int, before: Known | None, after: Known | None) -> None:
        if before is not None:
            self._number -= len(before.ways)
            for way in before.ways:
                self._frequency.subtract(way)
            for key in before.sayings():
                _take_out(self._same, key, entry_id)
            for said in before.said:
                _take_out(self._said, said, entry_id)
        if after is not None:
            self._number += len(after.ways)
            for way in after.ways:
                self._frequency.update(way)
            for key in after.sayings():
                _put_in(self._same, key, entry_id)
            for said in after.said:
                _put_in(self._said, said, entry_id)

    def commit(self) -> None:
        """Let lookups see what was put in and taken out, and forget what was remembered."""
        self._index.commit()
        self._frequency = +self._frequency  # without those that are gone
        self._memory = _Memory(self)

    def look_up(self, question: str, on: date, region: str, table: Table) -> Lookup:
        """The answer to a normalised question without greetings, in the words of an agency's table;
        nothing remembered: what the memory is filled by.

        When the words as they are find no answer, they are read once more in simplified characters and
        with what was typed by its sound put right.
        """
        found = self._found(question, on, region, table)
        if found.answer is not None or found.choices or found.held is not None:
            return found
        simple = fold(question)
        read = self._slips.corrected(simple)
        if read == question:
            return found
        again = self._found(read, on, region, table)
        if again.answer is None and not again.choices and (found.near or not again.near):
            return found
        return replace(again, corrected=read if read != simple else "")

    def _found(self, question: str, on: date, region: str, table: Table) -> Lookup:
        """As `look_up`, of the words as they are."""
        said = self._said.get(question, ())
        given = self._all_given(said, on, region)
        if len(given) == 1:
            return Lookup(given[0], 1.0, ())
        text = table.asked(question)
        asked = tokens(text)
        same = self._same.get(asked or "".join(bigrams(text)), ())
        given = self._all_given(same, on, region)
        if given:
            one, choices = by_audience(given, question)
            if choices:
                return Lookup(None, 1.0, (), choices=choices)
            return Lookup(one or self._closest(given, text), 1.0, ())
        if same:
            one, choices = by_region(self._all_below(same, on, region), question)
            if one or choices:
                return Lookup(one, 1.0, (), choices=choices)
        held = [answer for id in (*said, *same) if (answer := self._held(id, on, region))]
        if held:
            return Lookup(None, 1.0, (), held=self._closest(held, text))
        grams = bigrams(text)
        if len(grams) > LONG:
            grams = grams[::2]
        ranked, below, barred, are_hidden = self._ranked(asked, grams, on, region, CANDIDATES)
        if are_hidden and len(ranked) <= NEAR_QUESTIONS:
            ranked, below, barred, _ = self._ranked(asked, grams, on, region, MORE_CANDIDATES)
        likeness, first_barred = barred
        waiting = self._held(first_barred, on, region)
        if waiting and is_sure(likeness, ranked[0][0] if ranked else 0.0):
            return Lookup(None, round(likeness, 4), (), held=waiting)
        asking = self._asked_back(ranked, below, likeness, question)
        if asking is not None:
            return asking
        if not ranked:
            return Lookup(None, 0.0, ())
        confidence, first = ranked[0]
        best: Answer | None = None
        second = ranked[1][0] if len(ranked) > 1 else 0.0
        if is_sure(confidence, second, 1.0 if same else likeness):
            best = first
            del ranked[0]
        near = [
            Near(answer.entry_id, answer.question)
            for value, answer in ranked[:NEAR_QUESTIONS]
            if value >= NEAR and self._is_near(asked, answer.entry_id)
        ]
        return Lookup(best, round(confidence, 4), tuple(near))

    def suggest(self, typed: str, on: date, region: str, table: Table) -> list[Near]:
        """Entries that share letters with what was typed so far, half a word as it may be."""
        text = table.asked(typed)
        grams = bigrams(text)[:LONG]
        ranked, _, _, _ = self._ranked(tokens(text), grams, on, region, CANDIDATES)
        found = [Near(answer.entry_id, answer.question) for _, answer in ranked]
        return sorted(found, key=lambda each: typed not in each.question)

    def _asked_back(
        self,
        ranked: list[tuple[float, Answer]],
        below: list[tuple[float, Answer]],
        barred: float,
        question: str,
    ) -> Lookup | None:
        """What is asked back where two fit about equally well, or the one that the question itself names; None
        where nothing is to be asked."""
        best = ranked[0][0] if ranked else 0.0
        equal = [answer for value, answer in ranked if value >= SURE and best - value < MARGIN]
        if below and below[0][0] >= SURE and below[0][0] - best >= MARGIN:
            top = below[0][0]
            parts = [each for value, each in below if value >= SURE and top - value < MARGIN]
            one, choices = by_region(parts, question)
            if one or choices:
                return Lookup(one, round(top, 4), (), choices=choices)
        if len(equal) < 2:
            return None
        one, choices = by_audience(equal, question)
        if one or choices:
            return Lookup(one, round(best, 4), (), choices=choices)
        if is_sure(best, ranked[1][0], barred) or barred > best:
            return None
        near = tuple(Near(each.entry_id, each.question) for each in equal[:NEAR_QUESTIONS])
        return Lookup(None, round(best, 4), near, choices=by_question(equal))

    def _ranked(
        self, asked: frozenset[str], grams: list[str], on: date, region: str, limit: int
    ) -> tuple[list[tuple[float, Answer]], list[tuple[float, Answer]], tuple[float, int], bool]:
        """The best entries that may be given, at most one more than near questions are offered, each
        with its likeness from 0 to 1; those of parts of the region; likeness and number of the best before them
        that may not; and whether
        such, or many ways of asking for one entry, may have kept others out of the candidates."""
        known_by_id, sums, weight = self._known, self._memory.sums, self._memory.weight
        of_asked = self._sum(asked, weight)
        asked_words = words_of(asked)
        of_words = self._sum(asked_words, weight)
        weight_of_token = weight.__getitem__
        found = self._index.candidates(grams, limit, TERMS)
        scored: dict[int, float] = {}
        covered: dict[int, float] = {}
        for place, key in enumerate(found):
            entry_id, number = divmod(key, KEYS)
            known = known_by_id.get(entry_id)
            if known is None or number >= len(known.ways):
                continue  # replaced between the search and now
            way = known.ways[number]
            of_known = sums.get(way)
            if of_known is None:
                of_known = sums[way] = self._sum(way, weight)
            shared = sum(map(weight_of_token, asked & way))
            if entry_id not in covered:
                words = asked_words & known.about
                covered[entry_id] = sum(map(weight_of_token, words)) / of_words if words else 0.0
            # Of two that are alike, the one the index prefers.
            value = similarity(shared, of_asked, of_known, covered[entry_id]) - 0.0001 * place
            if value > scored.get(entry_id, 0.0):
                scored[entry_id] = value
        ranked: list[tuple[float, Answer]] = []
        below: list[tuple[float, Answer]] = []
        barred = (0.0, 0)
        for minus, entry_id in sorted([(-value, id) for id, value in scored.items()]):
            answer = self._given(entry_id, on, region)
            if answer is None:
                barred = max(barred, (-minus, entry_id))
                if (part := self._below(entry_id, on, region)) is not None:
                    below.append((-minus, part))
            else:
                ranked.append((-minus, answer))
                if len(ranked) > NEAR_QUESTIONS:
                    break
        are_hidden = len(found) == limit and (barred[0] > 0 or len(covered) <= NEAR_QUESTIONS)
        return ranked, below, barred, are_hidden

    def _is_near(self, asked: frozenset[str], entry_id: int) -> bool:
        """Whether one way of asking for an entry meets the question in what it is about."""
        known, weight = self._known.get(entry_id), self._memory.weight
        of_asked = self._sum(asked, weight)
        return known is not None and any(
            is_near(asked & way, self._sum(asked & way, weight) / of_asked)
            for way in known.ways
            if asked & way
        )

    def _given(self, entry_id: int, on: date, region: str) -> Answer | None:
        """The answer of an entry if it may be given on a day in a region."""
        known = self._known.get(entry_id)
        if known is None:
            return None
        answer = known.answer
        is_current = is_in_force(answer.valid_from, answer.valid_until, on)
        is_current = is_current and not is_held(answer, on)
        return answer if is_current and is_for_region(answer.region_code, region) else None

    def _held(self, entry_id: int, on: date, region: str) -> Answer | None:
        """The answer of an entry that would be given, had its source not ended."""
        known = self._known.get(entry_id)
        if known is None or not is_held(known.answer, on):
            return None
        answer = known.answer
        is_current = is_in_force(answer.valid_from, answer.valid_until, on)
        return answer if is_current and is_for_region(answer.region_code, region) else None

    def answer(self, entry_id: int, on: date, region: str) -> Answer | None:
        """An entry by its number, if it may be given on a day in a region or in a part of it."""
        return self._given(entry_id, on, region) or self._below(entry_id, on, region)

    def _below(self, entry_id: int, on: date, region: str) -> Answer | None:
        """The answer of an entry in force that holds in a part of the region alone."""
        known = self._known.get(entry_id)
        if known is None or not is_below(known.answer.region_code, region):
            return None
        answer = known.answer
        is_current = is_in_force(answer.valid_from, answer.valid_until, on)
        return answer if is_current and not is_held(answer, on) else None

    def _all_below(self, ids: tuple[int, ...], on: date, region: str) -> list[Answer]:
        return [answer for id in ids if (answer := self._below(id, on, region))]

    def _all_given(self, ids: tuple[int, ...], on: date, region: str) -> list[Answer]:
        return [answer for id in ids if (answer := self._given(id, on, region))]

    def _closest(self, answers: list[Answer], text: str) -> Answer:
        """Of entries that say the same, the one that asks for it in the same form: where, how, when."""
        if len(answers) == 1:
            return answers[0]
        asked = set(bigrams(text))

        def likeness(answer: Answer) -> float:
            known = self._known.get(answer.entry_id)
            ways = [set(bigrams(each)) for each in known.texts] if known else []
            return max((len(asked & way) / (len(asked | way) or 1) for way in ways), default=0.0)

        return max(answers, key=likeness)

    def _sum(self, some: frozenset[str], weight: dict[str, float]) -> float:
        """The weights of some tokens; each is kept in `weight`."""
        for token in some:
            if token not in weight:
                weight[token] = weight_of(token, self._frequency[token], self._number)
        return sum(map(weight.__getitem__, some))
