"""What the worker does with messages, done now."""

from datetime import datetime

from minxin.gateway.consequences import follow_up, keep_inbox


def follow_inbox(now: datetime) -> None:
    """Bring the inbox up to date with what was said."""
    while follow_up(keep_inbox, now=now):
        pass
