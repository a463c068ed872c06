"""A draft as it grows: pieces one after another, filled from the phrases of a preset."""

from __future__ import annotations

from itertools import count

from minxin.reports.layout.blocks import Span, numbered
from minxin.reports.rules.drafts import Piece
from minxin.reports.rules.presets import Preset

Values = dict[str, "Span | tuple[Span, ...]"]


class Draft:
    """Pieces as they come, each with a number of its own."""

    def __init__(self, preset: Preset) -> None:
        self.preset, self._numbers = preset, count(1)
        self.pieces: list[Piece] = []

    def add(self, kind: str, spans: tuple[Span, ...], level: int = 1) -> None:
        self.pieces.append(Piece(f"p{next(self._numbers)}", kind, spans, level))

    def figure(
        self, spans: tuple[Span, ...], *, part: str, label: str, grade: str, note: str, of: str
    ) -> None:
        """A line of the table of a thing: what is known, how far it is believed, from where."""
        number = f"p{next(self._numbers)}"
        self.pieces.append(
            Piece(number, "figure", spans, label=label, part=part, grade=grade, note=note, of=of)
        )

    def say(self, phrase: str, values: Values) -> tuple[Span, ...]:
        return self.preset.fill(phrase, values)

    def head(self, level: int, number: int, spans: tuple[Span, ...]) -> None:
        self.add("heading", (Span(numbered(level, number)), *spans), level)
