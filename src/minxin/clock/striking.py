"""Runs the schedule: one thread, one entry at a time, a failure told and tried at the next turn."""

import logging
import threading
from datetime import datetime

from django.db import close_old_connections
from django.utils import timezone

from minxin.clock.schedule import SCHEDULE, Entry

log = logging.getLogger("minxin.clock")
PAUSE = 1.0


def run_schedule(stop: threading.Event, entries: tuple[Entry, ...] = SCHEDULE) -> None:
    """Strike what is due until `stop` is set."""
    last: dict[str, datetime] = {}
    while not stop.is_set():
        strike_due(entries, last, timezone.localtime())
        stop.wait(PAUSE)


def strike_due(entries: tuple[Entry, ...], last: dict[str, datetime], now: datetime) -> list[str]:
    """Run every entry that is due at `now` and note it in `last`; returns the names that ran."""
    struck = []
    for entry in entries:
        if entry.when.next_after(last.get(entry.name), now) > now:
            continue
        last[entry.name] = now
        close_old_connections()
        try:
            entry.action(now)
            struck.append(entry.name)
        except Exception:
            log.exception("the schedule's entry %s failed", entry.name)
        finally:
            close_old_connections()
    return struck
