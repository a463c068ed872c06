"""Following the rows an index is made of, in a thread of its own."""

import logging
import threading
from collections.abc import Callable

from django.db import DatabaseError, close_old_connections

log = logging.getLogger("minxin.knowledge")

PAUSE = 0.5
# Changes commit out of order on PostgreSQL: this many before the last are looked at again.
OVERLAP = 500


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
