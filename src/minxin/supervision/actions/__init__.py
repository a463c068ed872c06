"""All writes of the room."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from minxin.supervision.actions.area import keep_area
from minxin.supervision.actions.deciding import Fresh, confirm, dismiss
from minxin.supervision.actions.records import (
    LARGEST,
    is_still_whole,
    keep_evidence,
    record_seen,
)
from minxin.supervision.actions.reminding import remind
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
    "Fresh",
    "Item",
    "confirm",
    "dismiss",
    "evaluate",
    "is_still_whole",
    "keep_area",
    "keep_evidence",
    "keep_look",
    "keep_traces",
    "note_events",
    "note_failure",
    "record_seen",
    "remind",
]


def note_events(rows: Sequence[Mapping[str, Any]], *, now: datetime) -> int:
    """Keep what WeChat's events among message rows say was published; how many. The accounts that
    published are evaluated at once."""
    items = items_of_events(rows)
    if items:
        keep_traces(items, now=now)
        evaluate(supervised().filter(pk__in={each.account_id for each in items}), now=now)
    return len(items)
