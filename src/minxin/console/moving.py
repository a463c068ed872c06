"""What every page of a long job says of its movement."""

from datetime import datetime
from typing import Any, Protocol

from django.utils import timezone


class Moving(Protocol):
    """A job of a worker: whether one has it in hand, who asked it to stop, when it should have spoken."""

    stop_requested_at: datetime | None
    due_at: datetime

    @property
    def is_moving(self) -> bool:
        """Whether it waits for a worker or is at work."""


def movement_of(job: Moving) -> dict[str, Any]:
    """`can_stop`, `is_stopping` and `is_late` of a job, for its state on a page."""
    asked = job.stop_requested_at is not None
    return {
        "can_stop": job.is_moving and not asked,
        "is_stopping": job.is_moving and asked,
        "is_late": job.is_moving and job.due_at <= timezone.now(),
    }
