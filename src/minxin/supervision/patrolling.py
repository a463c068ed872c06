"""What a worker does with a sheet of patrol records."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from minxin.accounts.actions import release_stalled_sheets
from minxin.accounts.queries.imports import register_of
from minxin.accounts.tasks.sheet_jobs import Clock, Steps, lines_of, work_on
from minxin.agencies.queries import may
from minxin.core.errors import NotFound
from minxin.supervision.actions import patrols
from minxin.supervision.models import PatrolImport
from minxin.supervision.patrol_sheets import MOST_LINES, PatrolPlan, read_lines


@task()
def work_patrol_import(job_id: int) -> None:
    """The task queue's way in."""
    work(job_id)


def wake(job: PatrolImport) -> None:
    """Tell a worker that a job waits; when that is lost, `wake_stalled` tells again."""
    work_patrol_import.enqueue(job.pk)


def wake_stalled(*, now: datetime) -> int:
    """Wake every job that should be moving and is not; how many."""
    found = release_stalled_sheets(PatrolImport, now=now)
    for number in found:
        work_patrol_import.enqueue(number)
    return len(found)


def work(job_id: int, *, clock: Clock = timezone.now) -> None:
    """Compare, write or take back one job as far as it goes; nothing when somebody else has it."""
    work_on(PatrolImport, job_id, _STEPS, clock=clock)


def _compare(job: PatrolImport, token: str, now: datetime) -> None:
    words = _("一次最多导入 5000 行，请拆分后分批导入。")
    lines = lines_of(job, most=MOST_LINES, refused=words)
    plan = PatrolPlan(
        columns=tuple(job.columns),
        host=job.agency_id,
        platform=job.default_platform,
        seen_on=job.default_seen_on,
        seen_by=job.default_seen_by,
    )
    register = register_of(job.started_by, job.agency, job.permission)
    found, blank = read_lines(lines, register, plan, now=now)
    patrols.keep_patrol_comparison(job, found, blank=blank, token=token, now=now)


def _ensure(job: PatrolImport, waiting: Any) -> None:
    if not may(job.started_by, job.permission, job.agency):
        raise NotFound


_STEPS = Steps(
    _compare, _ensure, patrols.advance_patrol, patrols.CHUNK, patrols.undo_patrol_rows,
    patrols.CHUNK,
)  # fmt: skip
