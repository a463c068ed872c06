"""What the indicators of duties have in common: clocks that ran out, as facts of one hit."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from minxin.core.working_time import OFFICE_ZONE
from minxin.supervision.indicators.base import Hit, Subject
from minxin.supervision.rules.duties import ACCUSES_NOBODY, Clock, Matter, Standing
from minxin.supervision.rules.packs import Limit

# How long a missed clock is told of; longer than the quarter that an inspection is about.
TOLD_FOR = timedelta(days=130)


def missed(
    subject: Subject, limit: Limit, clocks: Iterable[tuple[str, str, Clock | None]]
) -> Hit | None:
    """A hit of (key, title, clock) that was missed, unless a person has decided about it."""
    at = subject.duties.at
    if at is None or (limit.matter and Matter(limit.matter) in ACCUSES_NOBODY):
        return None
    late = [
        (key, title, clock)
        for key, title, clock in clocks
        if clock is not None
        and key not in subject.duties.ignoring
        and clock.due_at > at - TOLD_FOR
        and clock.is_missed(at)
    ]
    if not late:
        return None
    late.sort(key=lambda each: (each[2].due_at, each[0]))
    _key, title, clock = late[0]
    return Hit(
        {
            "title": title, "count": len(late), "limit": limit.amount, "due": minute(clock.due_at),
            "open": sum(each[2].standing(at) is Standing.LATE for each in late),
            "keys": sorted(each[0] for each in late),
        }
    )  # fmt: skip


def minute(moment: datetime) -> str:
    """A moment as facts keep it, in the office's zone."""
    return f"{moment.astimezone(OFFICE_ZONE):%Y-%m-%d %H:%M}"
