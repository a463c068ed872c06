"""All writes of the room."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from minxin.supervision.actions.answering import (
    answer_finding,
    ask_extension,
    dispute,
    seen_by_the_system,
)
from minxin.supervision.actions.area import keep_area
from minxin.supervision.actions.deciding import confirm, dismiss
from minxin.supervision.actions.findings import open_finding, report_finding
from minxin.supervision.actions.linking import ask_link_look, keep_link_look
from minxin.supervision.actions.notifying import due_for, issue_notice, sign_notice
from minxin.supervision.actions.records import (
    LARGEST,
    Capture,
    Fresh,
    is_still_whole,
    keep_evidence,
    record_seen,
)
from minxin.supervision.actions.reminding import remind
from minxin.supervision.actions.reviewing import (
    accept_defence,
    close_finding,
    grant_extension,
    pass_review,
    refuse_extension,
    reject_defence,
    reopen_finding,
    return_finding,
    settle_finding,
)
from minxin.supervision.actions.standing import evaluate
from minxin.supervision.actions.traces import (
    Item,
    items_of_events,
    keep_look,
    keep_traces,
    note_failure,
)
from minxin.supervision.queries import supervised

__all__ = [
    "LARGEST",
    "Capture",
    "Fresh",
    "Item",
    "accept_defence",
    "answer_finding",
    "ask_extension",
    "ask_link_look",
    "close_finding",
    "confirm",
    "dismiss",
    "dispute",
    "due_for",
    "evaluate",
    "grant_extension",
    "is_still_whole",
    "issue_notice",
    "keep_area",
    "keep_evidence",
    "keep_link_look",
    "keep_look",
    "keep_traces",
    "note_events",
    "note_failure",
    "open_finding",
    "pass_review",
    "record_seen",
    "refuse_extension",
    "reject_defence",
    "remind",
    "reopen_finding",
    "report_finding",
    "return_finding",
    "seen_by_the_system",
    "settle_finding",
    "sign_notice",
]


def note_events(rows: Sequence[Mapping[str, Any]], *, now: datetime) -> int:
    """Keep what WeChat's events among message rows say was published; how many. The accounts that
    published are evaluated at once."""
    items = items_of_events(rows)
    if items:
        keep_traces(items, now=now)
        evaluate(supervised().filter(pk__in={each.account_id for each in items}), now=now)
    return len(items)
