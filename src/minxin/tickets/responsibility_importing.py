"""What a worker does with a sheet of the responsibility list."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from minxin.accounts.actions import release_stalled_sheets
from minxin.accounts.tasks.sheet_jobs import Clock, Steps, lines_of, work_on
from minxin.agencies.models import Agency
from minxin.agencies.queries import ensure_may_everywhere
from minxin.core.errors import Refused
from minxin.tickets.actions import responsibility_imports as actions
from minxin.tickets.models import Matter, ResponsibilityImport
from minxin.tickets.responsibility_sheets import MOST_LINES, Known, called, read_lines


@task()
def work_responsibility_import(job_id: int) -> None:
    """The task queue's way in."""
    work(job_id)


def wake(job: ResponsibilityImport) -> None:
    """Tell a worker that a job waits; when that is lost, `wake_stalled` tells again."""
    work_responsibility_import.enqueue(job.pk)


def wake_stalled(*, now: datetime) -> int:
    """Wake every job that should be moving and is not; how many."""
    found = release_stalled_sheets(ResponsibilityImport, now=now)
    for number in found:
        work_responsibility_import.enqueue(number)
    return len(found)


def work(job_id: int, *, clock: Clock = timezone.now) -> None:
    """Compare, write or take back one job as far as it goes; nothing when somebody else has it."""
    work_on(ResponsibilityImport, job_id, _STEPS, clock=clock)


def _compare(job: ResponsibilityImport, token: str, now: datetime) -> None:
    words = _("一次最多导入 5000 行，请拆分后分批导入。")
    lines = lines_of(job, most=MOST_LINES, refused=words)
    known = Known(
        matters=dict(Matter.objects.values_list("path", "is_active")),
        agencies=called(
            Agency.objects.values_list("pk", "code", "name", "short_name", "is_active")
        ),
        adds_matters=job.adds_matters,
    )
    found = read_lines(lines, job.columns, known)
    if not found:
        raise Refused(_("表格里没有职责。"), field="file")
    actions.keep_comparison(job, found, token=token, now=now)


def _ensure(job: ResponsibilityImport, waiting: Any) -> None:
    ensure_may_everywhere(job.started_by, job.permission)


_STEPS = Steps(_compare, _ensure, actions.advance, actions.CHUNK, actions.take_back, actions.CHUNK)
