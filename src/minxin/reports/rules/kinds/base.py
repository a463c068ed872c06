"""What a kind of document is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from minxin.reports.layout.blocks import Block
from minxin.reports.layout.xlsx import Sheet
from minxin.reports.rules.drafts import Piece
from minxin.reports.rules.figures import Figure
from minxin.reports.rules.presets import Preset, Wording


@dataclass(frozen=True, slots=True)
class PaperKind:
    """How one kind of document follows from its facts.

    `read` makes the facts again of what was kept; every other function takes them. `sheets` takes the
    pieces and the texts as they were last saved too: a table that people fill in is theirs.
    """

    name: str
    wording: Wording
    read: Callable[[Mapping[str, Any]], Any]
    figures: Callable[[Any], dict[str, Figure]]
    attachments: Callable[[Any, Preset], tuple[str, ...]]
    annexes: Callable[[Any, Preset], tuple[Block, ...]]
    sheets: Callable[[Any, Preset, Sequence[Piece], Mapping[str, str]], tuple[Sheet, ...]]
