"""A long job as a row, held by whoever works at it: the same for every room that has such jobs.

The row has `status` (`waiting`, `running` and what else the room knows), `claimed_by`, empty for nobody,
and `due_at`: until then its holder counts as alive. A row that counts `interruptions` is told of each time
that a running job changes hands. A task only wakes the row; waking twice does no harm.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, Model, Q, QuerySet

LEASE = timedelta(seconds=60)  # who has not been heard of for so long has lost the job
WAITING, RUNNING = "waiting", "running"


Job = TypeVar("Job", bound=Model)


class ClaimLost(Exception):
    """Somebody else has the job, or it has ended: whoever holds it no more writes nothing."""


def claim(
    model: type[Model],
    number: int,
    *,
    token: str,
    now: datetime,
    lease: timedelta = LEASE,
    also: Collection[str] = (),
) -> bool:
    """Take a job that nobody holds, or whose holder has not been heard of; whether it was to be had.

    One that waits is running from now on; one in a state of `also` stays in it.
    """
    rows: QuerySet[Any] = model._default_manager.filter(pk=number)
    free = rows.filter(Q(claimed_by="") | Q(due_at__lte=now))
    mine: dict[str, Any] = {"claimed_by": token, "due_at": now + lease}
    again = {"interruptions": F("interruptions") + 1} if _counts(model) else {}
    return bool(
        free.filter(status=RUNNING).update(**mine, **again)
        or free.filter(status__in=also).update(**mine)
        or free.filter(status=WAITING).update(**mine, status=RUNNING)
    )


def _counts(model: type[Model]) -> bool:
    try:
        model._meta.get_field("interruptions")
    except FieldDoesNotExist:
        return False
    return True


def held(job: Job, token: str) -> QuerySet[Job]:
    """The job, while this holder has it in the state she took it in."""
    rows: QuerySet[Job] = type(job)._default_manager.filter(
        pk=job.pk,
        claimed_by=token,
        status=job.status,  # type: ignore[attr-defined]
    )
    return rows


def release_stalled(
    model: type[Model],
    moving: Collection[str],
    *,
    now: datetime,
    lease: timedelta = LEASE,
    most: int | None = None,
) -> list[int]:
    """The jobs that should be moving and that nobody has been heard of at: free from now on. The longest
    due first, `most` of them."""
    late: QuerySet[Any] = model._default_manager.filter(status__in=moving, due_at__lte=now)
    return [
        number
        for number in list(late.order_by("due_at", "pk").values_list("pk", flat=True)[:most])
        if late.filter(pk=number).update(claimed_by="", due_at=now + lease)
    ]
