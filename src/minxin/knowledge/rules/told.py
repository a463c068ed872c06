"""Which part of an answer was told in the conversation, as the address of its page says it. Pure."""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

NAME = "told"
_MOST = 20  # parts
_VALUE = re.compile(r"([0-9a-f]{8})((?:\.\d{1,6}-\d{1,6}){1,20})")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of an answer; `is_told` when the conversation told it."""

    text: str
    is_told: bool
    is_first: bool = False


def query_of(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """`told=…`: places of a text, and a sum of it by which a changed one is known."""
    parts = "".join(f".{start}-{end}" for start, end in spans[:_MOST])
    return f"{NAME}={_sum(text)}{parts}"


def pieces_of(text: str, value: str) -> list[Piece]:
    """A text cut where what was told begins and ends; none when nothing was, or the text is another now."""
    found = _VALUE.fullmatch(value)
    if found is None or found[1] != _sum(text):
        return []
    pieces: list[Piece] = []
    at = 0
    for part in found[2][1:].split("."):
        start, end = map(int, part.split("-"))
        if not at <= start < end <= len(text):
            return []
        if at < start:
            pieces.append(Piece(text[at:start], is_told=False))
        is_first = not any(each.is_told for each in pieces)
        pieces.append(Piece(text[start:end], is_told=True, is_first=is_first))
        at = end
    if at < len(text):
        pieces.append(Piece(text[at:], is_told=False))
    return pieces


def _sum(text: str) -> str:
    return f"{zlib.crc32(text.encode()):08x}"
