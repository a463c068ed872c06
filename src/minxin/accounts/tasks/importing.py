"""What a worker does with a sheet for the register."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from minxin.accounts import actions
from minxin.accounts.importing.comparing import compare
from minxin.accounts.importing.shapes import Plan
from minxin.accounts.models import ImportedRow, RegisterImport
from minxin.accounts.queries.imports import register_of
from minxin.accounts.tasks.sheet_jobs import Clock, Steps, lines_of, work_on
from minxin.agencies.queries import agencies_for
from minxin.core.errors import NotFound

MAX_ROWS = 20_000


@task()
def work_register_import(job_id: int) -> None:
    """The task queue's way in."""
    work(job_id)


def wake(job: RegisterImport) -> None:
    """Tell a worker that a job waits; when that is lost, `wake_stalled` tells again."""
    work_register_import.enqueue(job.pk)


def wake_stalled(*, now: datetime) -> int:
    """Wake every job that should be moving and is not; how many."""
    found = actions.release_stalled_sheets(RegisterImport, now=now)
    for number in found:
        work_register_import.enqueue(number)
    return len(found)


def work(job_id: int, *, clock: Clock = timezone.now) -> None:
    """Compare, write or take back one job as far as it goes; nothing when somebody else has it."""
    work_on(RegisterImport, job_id, _STEPS, clock=clock)


def _compare(job: RegisterImport, token: str, now: datetime) -> None:
    words = _("一次最多导入 2 万行，请拆分后分批导入。")
    lines = lines_of(job, most=MAX_ROWS, refused=words)
    plan = Plan(
        columns=tuple(job.columns),
        host=job.agency_id,
        platform=job.default_platform,
        kind=job.default_kind,
    )
    register = register_of(job.started_by, job.agency)
    actions.keep_comparison(job, compare(lines, register, plan), token=token, now=now)


def _ensure(job: RegisterImport, waiting: QuerySet[ImportedRow]) -> None:
    own = set(agencies_for(job.started_by, job.permission).values_list("pk", flat=True))
    if set(waiting.values_list("host", flat=True).distinct().order_by()) - own:
        raise NotFound


_STEPS = Steps(
    _compare, _ensure, actions.advance_register_import, actions.CHUNK, actions.undo_rows,
    actions.CHUNK_UNDONE,
)  # fmt: skip
