"""What is listened for, compiled for each region, and what is told then. Reads no database."""

from collections.abc import Sequence
from dataclasses import dataclass

from minxin.conversations.rules.safety import HotlineRow, SafetyRow, holding
from minxin.text import Alarms, AlarmSet


@dataclass(frozen=True, slots=True)
class Danger:
    """What was heard: its name, by which words, what is said first, and the numbers as (name, number)."""

    code: str
    name: str
    said: str
    words: str
    hotlines: tuple[tuple[str, str], ...]


class SafetyNet:
    """All rows as they are now; another one takes its place when they change."""

    def __init__(
        self, rules: Sequence[SafetyRow] = (), hotlines: Sequence[HotlineRow] = ()
    ) -> None:
        self._rules = tuple(rules)
        self._hotlines = tuple(hotlines)
        self._of: dict[str, tuple[Alarms, dict[str, Danger]]] = {}

    def heard(self, text: str, region: str) -> Danger | None:
        """The danger a text tells of, with the numbers of a region; a set without any number that holds there
        is silent: nothing would help."""
        found = self._of.get(region)
        if found is None:
            found = self._of[region] = self._compiled(region)
        alarms, dangers = found
        heard = alarms.find(text)
        if heard is None:
            return None
        danger = dangers[heard.label]
        return Danger(danger.code, danger.name, heard.said, danger.words, danger.hotlines)

    def _compiled(self, region: str) -> tuple[Alarms, dict[str, Danger]]:
        numbers = {row.code: (row.name, row.number) for row in holding(self._hotlines, region)}
        sets, dangers = [], {}
        for row in holding(self._rules, region):
            told = tuple(numbers[code] for code in row.hotlines if code in numbers)
            if told:
                sets.append(AlarmSet(row.code, row.phrases, row.exceptions))
                dangers[row.code] = Danger(row.code, row.name, "", row.words, told)
        return Alarms(sets), dangers
