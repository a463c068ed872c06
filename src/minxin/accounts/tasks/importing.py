"""What a worker does with a sheet for the register. The job's own row says what is to be done; a task
only wakes it, and waking twice does no harm."""

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django_tasks import task

from minxin.accounts import actions
from minxin.accounts.importing.comparing import Plan, compare
from minxin.accounts.models import ImportedRow, RegisterImport
from minxin.accounts.queries.imports import register_of
from minxin.agencies.queries import agencies_for
from minxin.agencies.rules import Permission
from minxin.core.breath import breathe
from minxin.core.errors import NotFound, Refused
from minxin.core.jobs import ClaimLost
from minxin.core.uploads import read_upload

log = logging.getLogger("minxin.imports")
Status = RegisterImport.Status
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
    found = actions.release_stalled_register_imports(now=now)
    for number in found:
        work_register_import.enqueue(number)
    return len(found)


def work(job_id: int, *, clock: Callable[[], datetime] = timezone.now) -> None:
    """Compare, write or take back one job as far as it goes; nothing when somebody else has it."""
    token = get_random_string(16)
    job = actions.claim_register_import(job_id, token=token, now=clock())
    if job is None:
        return
    with translation.override(job.started_by.language or settings.LANGUAGE_CODE):
        try:
            match job.status:
                case Status.CHECKING:
                    _compare(job, token, clock)
                case Status.UNDOING:
                    _undo(job, token, clock)
                case _:
                    _write(job, token, clock)
        except ClaimLost:
            log.info("register import %s was taken over or ended by somebody else", job.pk)
        except DatabaseError:
            raise  # the claim runs out, and the job is woken again
        except Exception as error:
            _give_up(job, token, error, clock())


def _compare(job: RegisterImport, token: str, clock: Callable[[], datetime]) -> None:
    with job.file.open("rb") as file:
        content = file.read()
    most = MAX_ROWS + job.header_row
    rows = read_upload(job.file_name, content, most_rows=most + 1, sheet=job.sheet)[0].rows
    if len(rows) > most:
        raise Refused(_("一次最多导入 2 万行，请拆分后分批导入。"), field="file")
    register = register_of(job.started_by, job.agency)
    plan = Plan(
        columns=tuple(job.columns),
        host=job.agency_id,
        platform=job.default_platform,
        kind=job.default_kind,
    )
    lines = enumerate(rows[job.header_row :], start=job.header_row + 1)
    actions.keep_comparison(job, compare(lines, register, plan), token=token, now=clock())


def _write(job: RegisterImport, token: str, clock: Callable[[], datetime]) -> None:
    waiting = actions.writable(job).filter(state="pending").order_by("id")
    own = set(agencies_for(job.started_by, Permission.EDIT_ACCOUNTS).values_list("pk", flat=True))
    if set(waiting.values_list("host", flat=True).distinct().order_by()) - own:
        raise NotFound
    for rows in _chunks(waiting, actions.CHUNK):
        if not actions.advance_register_import(job, rows, token=token, now=clock()):
            break
        breathe()
    is_whole = not waiting.exists()
    status = Status.DONE if is_whole else Status.STOPPED
    actions.end_register_import(job, status, token=token, now=clock())


def _undo(job: RegisterImport, token: str, clock: Callable[[], datetime]) -> None:
    written = ImportedRow.objects.filter(job=job, state="written").order_by("-id")
    for rows in _chunks(written, actions.CHUNK_UNDONE):
        if not actions.undo_rows(job, rows, token=token, now=clock()):
            break
        breathe()
    status = Status.UNDO_STOPPED if written.exists() else Status.UNDONE
    actions.end_register_import(job, status, token=token, now=clock())


def _chunks(rows: QuerySet[ImportedRow], size: int) -> Iterator[Sequence[ImportedRow]]:
    """The rows in their order; each chunk is read when its turn comes, by what the one before left."""
    while chunk := list(rows[:size]):
        yield chunk


def _give_up(job: RegisterImport, token: str, error: Exception, now: datetime) -> None:
    """Lay the job down with words that say what is and what is not."""
    match error:
        case NotFound():
            note = _("上传人已没有维护这些账号的权限，其余的行没有导入。")
        case Refused():
            note = error.message
        case FileNotFoundError():
            note = _("上传的文件已不在，请重新上传。")
        case _:
            log.error("register import %s", job.pk, exc_info=error)
            note = _("处理时程序出错，已写入的行保留，其余的没有写入。可以再试一次。")
    try:
        actions.end_register_import(job, Status.FAILED, note=note, token=token, now=now)
    except ClaimLost:
        log.info("register import %s was ended by somebody else", job.pk)
