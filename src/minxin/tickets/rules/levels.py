"""The five levels of a rating as others write them. Codes run both ways, so none is ever guessed.

GB/T 39046-2020, A.8: 1 is 非常满意, 5 is 非常不满意. The interface used with the national platform: 5 is
非常满意, 1 is 非常不满意. Inside there are words only; which coding a partner uses is chosen per partner.
"""

from enum import StrEnum
from types import MappingProxyType

# From the best to the worst, the words of `Rating.Level`.
LEVELS = (
    "very_satisfied", "satisfied", "fairly_satisfied", "dissatisfied", "very_dissatisfied",
)  # fmt: skip
NAMES = MappingProxyType(
    dict(zip(LEVELS, ("非常满意", "满意", "基本满意", "不满意", "非常不满意"), strict=True))
)


class Coding(StrEnum):
    """In which direction the codes run."""

    GBT39046 = "gbt39046"
    NATIONAL = "national"


def code_of(level: str, coding: Coding) -> str:
    """The code of a level, "1" to "5". Raises ValueError for no level."""
    at = LEVELS.index(level)
    return str(at + 1 if coding is Coding.GBT39046 else len(LEVELS) - at)


def level_of(code: str, coding: Coding) -> str:
    """The level of a code or of the level's own name. Raises ValueError for anything else."""
    text = code.strip()
    for level, name in NAMES.items():
        if text == name:
            return level
    if text not in {"1", "2", "3", "4", "5"}:
        raise ValueError(code)
    at = int(text)
    return LEVELS[at - 1 if coding is Coding.GBT39046 else len(LEVELS) - at]
