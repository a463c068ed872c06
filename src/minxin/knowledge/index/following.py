"""Following the rows an index is made of, in a thread of its own."""

import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import DatabaseError, close_old_connections

log = logging.getLogger("minxin.knowledge")

PAUSE = 0.5
# Changes commit out of order on PostgreSQL: this many before the last are looked at again.
OVERLAP = 500

# An index is built beside the event loop, under the same interpreter lock: who builds works this long, then lets
# the others have all of it; and while one builds, a thread that wants the lock gets it sooner than by default (5 ms).
WORK, REST = 0.002, 0.002
HANDED_OVER_AFTER = 0.0005


class Pauses:
    """Rests in between: `breathe` after each piece of work, however small."""

    def __init__(self) -> None:
        self._since = time.monotonic()

    def breathe(self) -> None:
        """Rest when enough was done since the last time."""
        if time.monotonic() - self._since >= WORK:
            time.sleep(REST)
            self._since = time.monotonic()


_building = threading.Lock()
_builders = {"number": 0, "interval": 0.0}


@contextmanager
def attentively() -> Iterator[Pauses]:
    """Build while others work: the lock is handed over soon until the last builder is done."""
    with _building:
        if not _builders["number"]:
            _builders["interval"] = sys.getswitchinterval()
            sys.setswitchinterval(HANDED_OVER_AFTER)
        _builders["number"] += 1
    try:
        yield Pauses()
    finally:
        with _building:
            _builders["number"] -= 1
            if not _builders["number"]:
                sys.setswitchinterval(_builders["interval"])


def follow(name: str, step: Callable[[], object], stop: threading.Event) -> None:
    """Take a step every half second until `stop`: build, then take in changes. A database that is away is
    asked again. `name`: of what, for the log."""
    while not stop.is_set():
        close_old_connections()
        try:
            step()
        except DatabaseError as error:
            log.warning("the %s cannot read the database: %s", name, type(error).__name__)
        except Exception:  # a thread that dies would leave what is old standing for ever
            log.exception("the %s could not take in a change", name)
        finally:
            close_old_connections()
        stop.wait(PAUSE)


def in_thread(name: str, step: Callable[[], object], stop: threading.Event) -> threading.Thread:
    """`follow` in a thread of its own, which does not keep the process alive."""
    thread = threading.Thread(target=follow, args=(name, step, stop), daemon=True, name=name)
    thread.start()
    return thread
