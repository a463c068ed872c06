"""All writes of the room."""

from minxin.reports.actions.drafting import (
    discard,
    draft_document,
    draft_notice,
    draft_quarter,
    draft_year,
    save_texts,
    sign,
)
from minxin.reports.actions.rendering import (
    advance_rendering,
    claim_rendering,
    end_rendering,
    release_stalled,
    request_files,
    stop_rendering,
)
from minxin.reports.actions.weekly import draft_ordered_weeks, draft_week, order_weekly

__all__ = [
    "advance_rendering",
    "claim_rendering",
    "discard",
    "draft_document",
    "draft_notice",
    "draft_ordered_weeks",
    "draft_quarter",
    "draft_week",
    "draft_year",
    "end_rendering",
    "order_weekly",
    "release_stalled",
    "request_files",
    "save_texts",
    "sign",
    "stop_rendering",
]
