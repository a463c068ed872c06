"""When comments are asked for, and what may not stand in a public reply. Pure."""

from datetime import datetime, timedelta

from minxin.text import find_private

# WeChat, 留言管理: no quota is printed for these calls, so the intervals are ours: an article is talked
# about in its first day.
LOOKS = (
    (timedelta(days=1), timedelta(minutes=2)),
    (timedelta(days=7), timedelta(minutes=15)),
    (timedelta(days=30), timedelta(hours=6)),
)
# Ours, as no limit of WeChat's for a reply was found on a current page.
LONGEST_REPLY = 600


def next_look(published_at: datetime, now: datetime) -> datetime | None:
    """When to ask again for an article's comments; None when it is thirty days old."""
    age = now - published_at
    for young, pause in LOOKS:
        if age < young:
            return now + pause
    return None


def private_in(text: str) -> list[str]:
    """What a reply that everybody reads must not carry: the numbers found in it, in their order."""
    return [text[each.start : each.end] for each in find_private(text)]
