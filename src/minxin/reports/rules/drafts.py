"""A draft: pieces of text that people edit, each remembering what was generated, and what of the
numbers no longer agrees with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from minxin.reports.layout.blocks import Span


@dataclass(frozen=True, slots=True)
class Piece:
    """One editable piece. `kind`: title, number, to, heading, text, field, figure or sign.

    `spans` are what was generated: texts with the keys of the figures they print. A field has a label,
    a width in columns of a form and room for lines; a figure is a line of the table of a thing (`of`),
    with the part it belongs to, how far it is believed and from where it is.
    """

    id: str
    kind: str
    spans: tuple[Span, ...]
    level: int = 1
    label: str = ""
    width: int = 3
    lines: int = 1
    part: str = ""
    grade: str = ""
    note: str = ""
    of: str = ""

    @property
    def text(self) -> str:
        return "".join(span.text for span in self.spans)


def piece_to_json(piece: Piece) -> dict[str, Any]:
    """Plain values."""
    return {
        "id": piece.id, "kind": piece.kind, "level": piece.level, "label": piece.label,
        "width": piece.width, "lines": piece.lines, "part": piece.part, "grade": piece.grade,
        "note": piece.note, "of": piece.of,
        "spans": [[span.text, span.ref] for span in piece.spans],
    }  # fmt: skip


def piece_from_json(kept: Mapping[str, Any]) -> Piece:
    """The piece again."""
    spans = tuple(Span(text, ref) for text, ref in kept["spans"])
    return Piece(**{**kept, "spans": spans})


# Numbers --------------------------------------------------------------------------------------

_NUMBER = re.compile(r"\d+(?:\.\d+)?%?")
_NUMERAL = re.compile("[一二三四五六七八九十百千万两零]+(?=[个家条项篇户件])")
_WIDE = str.maketrans("０１２３４５６７８９．％", "0123456789.%")


@dataclass(frozen=True, slots=True)
class Doubt:
    """A number of an edited text that does not agree: as written, and as it was found (or empty)."""

    piece: str
    written: str
    found: str

    @property
    def sentence(self) -> str:
        if self.found:
            return f"稿中写“{self.written}”，起草时的数据是“{self.found}”。"
        return f"稿中的“{self.written}”在起草时的数据里没有对应的数字。"


@dataclass(frozen=True, slots=True)
class _Token:
    value: str
    begin: int
    end: int
    ref: str = ""


def _tokens(text: str) -> list[_Token]:
    plain = text.translate(_WIDE)
    return [_Token(each[0], *each.span()) for each in _NUMBER.finditer(plain)]


def _generated(spans: Iterable[Span]) -> list[_Token]:
    """The numbers of the generated text; those inside a figure carry its key."""
    found, at = [], 0
    for span in spans:
        for each in _tokens(span.text):
            found.append(_Token(each.value, at + each.begin, at + each.end, span.ref))
        at += len(span.text)
    return found


def read(piece: Piece, text: str) -> tuple[tuple[Span, ...], tuple[Doubt, ...]]:
    """The edited text in spans: its numbers linked to the figures they print, or in doubt.

    The numbers of both texts are laid beside each other in order, so a swap is noticed; a number that
    was taken out is no doubt. Chinese numerals before a measure word are read by nobody, so they are
    pointed out too. What a person writes where nothing was known contradicts nothing.
    """
    if piece.kind == "figure" and not piece.text:
        return (Span(text),), ()
    before, after = _generated(piece.spans), _tokens(text)
    refs: dict[int, str] = {}
    doubts: dict[int, Doubt] = {}
    matcher = SequenceMatcher(
        a=[each.value for each in before], b=[each.value for each in after], autojunk=False
    )
    for how, a0, a1, b0, b1 in matcher.get_opcodes():
        for step, at in enumerate(range(b0, b1)):
            if how == "equal":
                refs[at] = before[a0 + step].ref
            else:
                stood = before[a0 + step].value if a0 + step < a1 else ""
                doubts[at] = Doubt(piece.id, after[at].value, stood)
    known = set(_NUMERAL.findall(piece.text))
    words = [word for word in _NUMERAL.findall(text) if word not in known]
    every = (*doubts.values(), *(Doubt(piece.id, word, "") for word in words))
    return _spans(text, after, refs, doubts), every


def _spans(
    text: str, tokens: Sequence[_Token], refs: Mapping[int, str], doubts: Mapping[int, Doubt]
) -> tuple[Span, ...]:
    spans, at = [], 0
    for place, token in enumerate(tokens):
        if token.begin > at:
            spans.append(Span(text[at : token.begin]))
        doubt = doubts[place].sentence if place in doubts else ""
        spans.append(Span(text[token.begin : token.end], refs.get(place, ""), doubt))
        at = token.end
    if at < len(text) or not spans:
        spans.append(Span(text[at:]))
    return tuple(spans)


def doubts_of(pieces: Iterable[Piece], texts: Mapping[str, str]) -> tuple[Doubt, ...]:
    """All that is in doubt in an edited draft."""
    return tuple(
        doubt for piece in pieces if piece.id in texts for doubt in read(piece, texts[piece.id])[1]
    )
