"""The one index of a process whose pages look answers up: the portal's and the console's."""

import functools
import threading
import time

from minxin.knowledge.index.live import LiveIndex

# A page may be so many seconds behind an edit: suggestions come with every key.
BEHIND = 1.0
_building = threading.Lock()
_looked: list[float] = [0.0]


@functools.cache
def index() -> LiveIndex:
    """Built when first asked, then only changes are read."""
    return LiveIndex()


def fresh_index() -> LiveIndex:
    """The index with all that changed until now."""
    live = index()
    with _building:
        if live.is_ready:
            live.refresh()
        else:
            live.build()
        _looked[0] = time.monotonic()
    return live


def recent_index() -> LiveIndex:
    """The index as it was at most `BEHIND` ago; nobody waits for another who looks for changes."""
    live = index()
    if not live.is_ready or time.monotonic() - _looked[0] > BEHIND:
        return fresh_index()
    return live
