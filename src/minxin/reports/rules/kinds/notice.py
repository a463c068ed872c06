"""《检查情况通报》: what a signed inspection found."""

from collections.abc import Mapping, Sequence

from minxin.reports.layout.xlsx import Sheet
from minxin.reports.rules import notices
from minxin.reports.rules.drafts import Piece
from minxin.reports.rules.facts import NoticeFacts, from_json
from minxin.reports.rules.figures import figures
from minxin.reports.rules.kinds.base import PaperKind
from minxin.reports.rules.presets import Preset


def _sheets(
    facts: NoticeFacts, preset: Preset, pieces: Sequence[Piece], texts: Mapping[str, str]
) -> tuple[Sheet, ...]:
    return notices.sheets(facts, preset)


NOTICE = PaperKind(
    "notice", notices.WORDING, from_json, figures, notices.attachments, notices.annexes, _sheets
)
