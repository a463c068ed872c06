"""The independent survey: when it is asked, and from how many answers on it is told. Pure; the numbers are ours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

# Fewer answers of a group than this are told to nobody: who answered what could be guessed.
FEWEST = 5
# A survey waits so long for its answer; and what was closed longer ago than this is not asked of any more.
ANSWER_WITHIN = timedelta(days=30)
ASK_UNTIL = timedelta(days=14)
LONGEST_DELAY = 30


@dataclass(frozen=True, slots=True)
class Answers:
    """What the citizens of a group said: how many were asked, how many answered, of these by word. The two
    dictionaries are empty while fewer than `FEWEST` answered."""

    asked: int
    answered: int
    resolved: dict[str, int]
    levels: dict[str, int]

    @property
    def is_told(self) -> bool:
        return bool(self.levels)


def told(asked: int, said: Sequence[tuple[str, str]]) -> Answers:
    """The answers (resolved, level) of a group, counted; only how many while they are too few."""
    if len(said) < FEWEST:
        return Answers(asked, len(said), {}, {})
    resolved: dict[str, int] = {}
    levels: dict[str, int] = {}
    for one, level in said:
        resolved[one] = resolved.get(one, 0) + 1
        levels[level] = levels.get(level, 0) + 1
    return Answers(asked, len(said), resolved, levels)
