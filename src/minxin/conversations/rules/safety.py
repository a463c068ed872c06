"""Decisions about sentences that must not wait. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

# Digits, with hyphens as in 0571-12345678; nothing that a phone cannot dial.
_NUMBER = re.compile(r"\d{3,5}|0\d{2,3}-?\d{7,8}|[48]00-?\d{3}-?\d{4}|1\d{10}")
# A phrase of one character would be heard everywhere.
SHORTEST_PHRASE = 2
MOST_PHRASES = 500
LONGEST_PHRASE = 40


@dataclass(frozen=True, slots=True)
class SafetyRow:
    """A set of phrases as the gateway keeps it: `hotlines` are codes, in the order in which they are told."""

    code: str
    region_code: str
    name: str
    phrases: tuple[str, ...]
    exceptions: tuple[str, ...]
    words: str
    hotlines: tuple[str, ...]
    is_active: bool


@dataclass(frozen=True, slots=True)
class HotlineRow:
    """A number that is told."""

    code: str
    region_code: str
    name: str
    number: str
    is_active: bool


class _Regional(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def region_code(self) -> str: ...
    @property
    def is_active(self) -> bool: ...


_Row = TypeVar("_Row", bound=_Regional)


def is_number(number: str) -> bool:
    """Whether a phone can dial it: a short number, one with its area code, 400 or 800, a mobile."""
    return _NUMBER.fullmatch(number) is not None


def lines_of(text: str) -> tuple[str, ...]:
    """Phrases, one a line, each once."""
    return tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def holding(rows: Iterable[_Row], region: str) -> list[_Row]:
    """Of each code the row of the smallest area around a region; what is switched off there is left out.
    In the order of the rows."""
    chosen: dict[str, _Row] = {}
    for row in rows:
        if not region.startswith(row.region_code.rstrip("0") if row.region_code else ""):
            continue
        known = chosen.get(row.code)
        if known is None or len(row.region_code.rstrip("0")) > len(known.region_code.rstrip("0")):
            chosen[row.code] = row
    return [row for row in chosen.values() if row.is_active]
