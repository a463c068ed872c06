"""Entries as the account that is asked tells them: in its own words first, then upward. Reads no database."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from minxin.knowledge.rules import MARGIN, SURE, Answer
from minxin.knowledge.rules.inheritance import before_others, own_first, told_here

if TYPE_CHECKING:
    from minxin.knowledge.index.entries import Entries

_SAME_MATTER = 0.7  # two entries ask for the same from this share of common weight on


@dataclass(frozen=True, slots=True)
class Here:
    """Where and when it is asked: entries as the account that stands there tells them."""

    entries: "Entries"
    on: date
    region: str
    at: str

    def upper(self, answer: Answer) -> Answer | None:
        return self.entries.given(answer.overrides, self.on, self.region)

    def lowers(self, answer: Answer) -> list[Answer]:
        numbers = self.entries.lower.get(answer.entry_id, ())
        return self.entries.all_given(numbers, self.on, self.region)

    def path(self, agency_id: int) -> str:
        return self.entries.tables.path_of(agency_id)

    def told(self, answers: list[Answer]) -> list[Answer]:
        """Entries that answer the same, as they are told here: each once, of the nearest agency."""
        if self.entries.lower:
            found = [told for each in answers if (told := told_here(each, self.at, self))]
            answers = list({each.entry_id: each for each in found}.values())
        return own_first(answers, self.at, self.path)

    def settled(self, ranked: list[tuple[float, Answer]]) -> list[tuple[float, Answer]]:
        """The same of entries with their likeness, the best first. Where two ask for the same and are about as like
        what was asked, the nearer agency's stands alone."""
        if self.entries.lower:
            found: dict[int, tuple[float, Answer]] = {}
            for value, each in ranked:
                if (told := told_here(each, self.at, self)) is not None:
                    found.setdefault(told.entry_id, (value, told))
            ranked = list(found.values())
        if len(ranked) < 2 or not self.at or ranked[0][0] < SURE:
            return ranked
        near = [each for each in ranked if each[0] >= SURE and ranked[0][0] - each[0] < MARGIN]
        gone = set()
        for _, one in near:
            for _, other in near:
                if (
                    one.audience == other.audience
                    and self._order(one) < self._order(other)
                    and self._are_alike(one, other)
                ):
                    gone.add(other.entry_id)
        if not gone:
            return ranked
        best = ranked[0][0]
        kept = [each for each in ranked if each[1].entry_id not in gone]
        # What stands for a better one is as sure as that was.
        return [(best, kept[0][1]), *kept[1:]] if ranked[0][1].entry_id in gone else kept

    def _order(self, answer: Answer) -> tuple[bool, int]:
        return before_others(answer, self.at, self.path(answer.agency_id))

    def _are_alike(self, one: Answer, other: Answer) -> bool:
        """Whether two entries ask for the same: a way of one and a way of the other share most of what they weigh."""
        entries = self.entries
        return any(
            a == b or entries.weigh(a & b) >= _SAME_MATTER * entries.weigh(a | b)
            for a in entries.ways_of(one.entry_id)
            for b in entries.ways_of(other.entry_id)
            if a & b
        )
