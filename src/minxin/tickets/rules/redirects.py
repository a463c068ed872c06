"""What is not for this channel, and which channel is the right one. Pure.

国办发〔2020〕53号 names what 12345 does not take in and asks that a citizen be told the reason and the right
channel. Which words hint at one is ours; they only propose, a person decides.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

# National short numbers (110, 12388): others are local and do not belong into a table for everybody.
_SHORT_NUMBER = re.compile(r"1\d{2}|1\d{4}")
MOST = 3


@dataclass(frozen=True, slots=True)
class Hint:
    """Words of a text that hint at a channel."""

    code: str
    said: tuple[str, ...]


def is_short_number(phone: str) -> bool:
    """Whether a telephone number is a national short one, of three or five digits."""
    return _SHORT_NUMBER.fullmatch(phone) is not None


def split(words: str) -> tuple[str, ...]:
    """The words of a list as people type it, with any comma between them."""
    parts = re.split(r"[,，、;；\s]+", words)
    return tuple(dict.fromkeys(part for part in parts if part))


def hints(text: str, channels: Iterable[tuple[str, str]]) -> list[Hint]:
    """The channels, as (code, words), whose words stand in a text: those with most characters first, in
    the order of the table where they are equal, at most `MOST`."""
    found = []
    for code, words in channels:
        said = tuple(word for word in split(words) if word in text)
        if said:
            found.append(Hint(code, said))
    found.sort(key=lambda hint: -sum(len(word) for word in hint.said))
    return found[:MOST]
