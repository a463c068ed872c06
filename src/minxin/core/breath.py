"""How bulk work lets others write in between."""

import time

from django.db import connection

# SQLite's lock is not fair: who takes it again at once keeps everybody else out. The gateway gets
# this long between two chunks.
BREATH = 0.015


def breathe() -> None:
    """Let others write between two chunks."""
    if connection.vendor == "sqlite":
        time.sleep(BREATH)
