"""Who checks which account: evenly, and never one of her own unit."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Task:
    """An account to be checked, and the unit that hosts it."""

    number: int
    unit: int


@dataclass(frozen=True, slots=True)
class Inspector:
    """A person who checks, the units she belongs to, and what she has to do already."""

    number: int
    units: frozenset[int] = frozenset()
    load: int = 0

    def may_check(self, task: Task) -> bool:
        return task.unit not in self.units


def assign(tasks: Sequence[Task], inspectors: Sequence[Inspector]) -> dict[int, int | None]:
    """An inspector for each account, by their numbers; None where nobody may check it.

    Who has least to do gets the next one. What few may check goes first, the rest unit by unit, so
    that one person meets the accounts of a unit where that is even.
    """
    loads = {each.number: each.load for each in inspectors}
    able = {
        task.number: [each.number for each in inspectors if each.may_check(task)] for task in tasks
    }
    found: dict[int, int | None] = {}
    for task in sorted(tasks, key=lambda each: (len(able[each.number]), each.unit, each.number)):
        who = min(able[task.number], key=lambda one: (loads[one], one), default=None)
        found[task.number] = who
        if who is not None:
            loads[who] += 1
    return found
