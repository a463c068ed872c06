"""What differs between two texts of a document, so that a person can read it. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from minxin.reports.rules.drafts import Piece

# Numbers and foreign words whole, everything else a character.
_TOKEN = re.compile(r"\d+(?:\.\d+)?%?|[A-Za-z]+|\s+|.", re.DOTALL)
MOST_TOKENS = 1500  # longer texts are laid side by side by the line
ALIKE = 0.5  # what has less in common is told as taken out and put in, not as patchwork


@dataclass(frozen=True, slots=True)
class Part:
    """A run of text: `kind` is same, out (only in the earlier) or in (only in the later)."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One piece that differs, in the order of the document."""

    piece: Piece
    parts: tuple[Part, ...]


def differences(
    pieces: Sequence[Piece], before: Mapping[str, str], after: Mapping[str, str]
) -> tuple[Difference, ...]:
    """The pieces whose texts differ."""
    return tuple(
        Difference(piece, compared(before.get(piece.id, ""), after.get(piece.id, "")))
        for piece in pieces
        if before.get(piece.id, "") != after.get(piece.id, "")
    )


def compared(before: str, after: str) -> tuple[Part, ...]:
    """The two texts as one: what stayed, what went, what came.

    >>> compared("合格12个。", "合格13个。")
    (Part(kind='same', text='合格'), Part(kind='out', text='12'), Part(kind='in', text='13'), Part(kind='same', text='个。'))
    """
    old, new = _tokens(before), _tokens(after)
    matcher = SequenceMatcher(a=old, b=new, autojunk=False)
    if matcher.ratio() < ALIKE:
        return _joined(_ends_kept(old, new))
    found: list[tuple[str, str]] = []
    for how, a0, a1, b0, b1 in matcher.get_opcodes():
        if how == "equal":
            found.append(("same", "".join(old[a0:a1])))
        else:
            found += [("out", "".join(old[a0:a1])), ("in", "".join(new[b0:b1]))]
    return _joined(found)


def _ends_kept(old: Sequence[str], new: Sequence[str]) -> Iterable[tuple[str, str]]:
    """One change in the middle: what both begin and end with stays."""
    most = min(len(old), len(new))
    head = next((at for at in range(most) if old[at] != new[at]), most)
    most -= head
    tail = next((at for at in range(most) if old[-1 - at] != new[-1 - at]), most)
    yield "same", "".join(old[:head])
    yield "out", "".join(old[head : len(old) - tail])
    yield "in", "".join(new[head : len(new) - tail])
    yield "same", "".join(old[len(old) - tail :])


def _tokens(text: str) -> list[str]:
    found = _TOKEN.findall(text)
    return found if len(found) <= MOST_TOKENS else text.splitlines(keepends=True)


def _joined(found: Iterable[tuple[str, str]]) -> tuple[Part, ...]:
    return tuple(Part(kind, text) for kind, text in found if text)
