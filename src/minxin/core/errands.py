"""What has to be told to somebody outside, as rows: claimed by compare-and-set, told outside any transaction,
and noted. The same for every room that has such rows.

A row has `status` (`waiting`, `sending` and what else the room knows), `attempts`, `due_at`, `claim`,
`claimed_at` and `error`. What a killed process left in hand waits again: it may have been told.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Model, QuerySet

WAITING, SENDING = "waiting", "sending"


def _rows(model: type[Model]) -> QuerySet[Any]:
    return model._default_manager.all()


def claim(row: Model, by: str, now: datetime) -> bool:
    """Take a row in hand, unless somebody was faster; committed before anything is told."""
    taken = _rows(type(row)).filter(pk=row.pk, status=WAITING, due_at__lte=now)
    if not taken.update(status=SENDING, claim=by, claimed_at=now, attempts=F("attempts") + 1):
        return False
    row.refresh_from_db(fields=["status", "claim", "claimed_at", "attempts"])
    return True


def settle(model: type[Model], *, lease: timedelta, now: datetime) -> int:
    """What a process that died left in hand waits again; how many."""
    left = _rows(model).filter(status=SENDING, claimed_at__lt=now - lease)
    return int(left.update(status=WAITING, claim="", claimed_at=None, due_at=now))


def end(row: Any, status: str, error: str, **fields: object) -> bool:
    """Note what came of an attempt, unless the row is no longer ours."""
    mine = _rows(type(row)).filter(pk=row.pk, status=SENDING, claim=row.claim)
    return bool(mine.update(status=status, error=error[:300], claim="", claimed_at=None, **fields))
