"""What a worker does with a sheet of tickets."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from minxin.accounts.actions import release_stalled_sheets
from minxin.accounts.tasks.sheet_jobs import Clock, Steps, lines_of, work_on
from minxin.agencies.queries import ensure_may
from minxin.core.errors import NotFound, Refused
from minxin.tickets.actions import ticket_imports as actions
from minxin.tickets.models import ImportedTicket, TicketImport
from minxin.tickets.queries.exchange import account_of
from minxin.tickets.rules.levels import Coding
from minxin.tickets.ticket_sheets import MOST_LINES, read_row, said_rows


@task()
def work_ticket_import(job_id: int) -> None:
    """The task queue's way in."""
    work(job_id)


def wake(job: TicketImport) -> None:
    """Tell a worker that a job waits; when that is lost, `wake_stalled` tells again."""
    work_ticket_import.enqueue(job.pk)


def wake_stalled(*, now: datetime) -> int:
    """Wake every job that should be moving and is not; how many."""
    found = release_stalled_sheets(TicketImport, now=now)
    for number in found:
        work_ticket_import.enqueue(number)
    return len(found)


def work(job_id: int, *, clock: Clock = timezone.now) -> None:
    """Compare, file or take back one job as far as it goes; nothing when somebody else has it."""
    read: dict[int, dict[str, str]] = {}  # the sheet is opened once for all its rows

    def write(
        job: TicketImport, rows: Sequence[ImportedTicket], *, token: str, now: datetime
    ) -> bool:
        if not read:
            read.update(_rows_of(job))
        return actions.file_rows(job, rows, read, token=token, now=now)

    steps = Steps(_compare, _ensure, write, actions.CHUNK, actions.recall_rows, actions.CHUNK)
    work_on(TicketImport, job_id, steps, clock=clock)


def _rows_of(job: TicketImport) -> dict[int, dict[str, str]]:
    words = _("一次最多导入 5000 行，请拆分后分批导入。")
    return dict(said_rows(lines_of(job, most=MOST_LINES, refused=words), job.columns))


def _compare(job: TicketImport, token: str, now: datetime) -> None:
    rows = _rows_of(job)
    if not rows:
        raise Refused(_("表格里没有工单。"), field="file")
    try:
        account_of(job.agency)
    except NotFound:
        words = _("这个单位和它的上级都还没有登记账号，工单没有归属。请先登记一个账号。")
        raise Refused(words, field="agency") from None
    coding = Coding(job.level_coding or Coding.GBT39046)
    found = [read_row(number, row, coding=coding, now=now) for number, row in rows.items()]
    actions.keep_comparison(job, found, token=token, now=now)


def _ensure(job: TicketImport, waiting: Any) -> None:
    ensure_may(job.started_by, job.permission, job.agency)
