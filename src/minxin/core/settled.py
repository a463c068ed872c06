"""Up to which number a table of rows is complete: who reads it by a cursor skips nothing below.

Numbers are given when a row is written and seen when its transaction ends: a row that took longer appears
below one that was read. On SQLite there is one writer, so numbers come in their order.
"""

import time

from django.db import connections, models

PATIENCE = 1.0  # seconds for those who are writing just now; their transactions last milliseconds
_PAUSE = 0.01
_LAST = "SELECT COALESCE(MAX(id), 0) FROM {table}"
# Who writes to a table holds this lock from before a number is given until its transaction has ended.
_WRITERS = (
    "SELECT virtualtransaction FROM pg_locks WHERE locktype = 'relation' AND granted"
    " AND mode = 'RowExclusiveLock' AND relation = %s::regclass"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND pid IS DISTINCT FROM pg_backend_pid()"
)


def settled_up_to(
    model: type[models.Model], *, patience: float = PATIENCE, using: str = "default"
) -> int | None:
    """The number up to which all rows that will ever be there are there; None when somebody who may yet
    add one below it has been writing for longer than `patience` seconds.

    The last number is read first: who took one below it was writing then, and when all of these have ended,
    nothing is added below. Who began later takes higher numbers. Not inside a transaction that repeats its
    reads.
    """
    connection = connections[using]
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(_LAST.format(table=table))
        last = int(cursor.fetchone()[0])
        if connection.vendor != "postgresql":
            return last
        until, first = time.monotonic() + patience, True
        waiting: set[str] = set()
        while True:
            cursor.execute(_WRITERS, [table])
            writing = {row[0] for row in cursor.fetchall()}
            waiting = writing if first else waiting & writing
            first = False
            if not waiting:
                return last
            if time.monotonic() >= until:
                return None
            time.sleep(_PAUSE)
