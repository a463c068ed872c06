"""What a worker does with an uploaded sheet. The job's own row says what is to be done; a task only
wakes it, and waking twice does no harm."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Max
from django.utils import timezone, translation
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django_tasks import task

from minxin.agencies.queries import agencies_for
from minxin.agencies.rules import Permission
from minxin.core.breath import breathe
from minxin.core.errors import NotFound, Refused
from minxin.core.jobs import ClaimLost
from minxin.knowledge import actions
from minxin.knowledge.actions import CHUNK
from minxin.knowledge.actions.jobs import Check
from minxin.knowledge.importing import Sheet, read_rows, read_sheet
from minxin.knowledge.models import DocumentImport, ImportJob, IndexChange

log = logging.getLogger("minxin.imports")
Status = ImportJob.Status
PREVIEW = 10
# Far above the overlap in which an index counts the newest changes: it must not see them vanish.
NEWEST_CHANGES_KEPT = 20_000
_CHANGES_AT_ONCE = 500


@task()
def work_import(job_id: int) -> None:
    """The task queue's way in."""
    work(job_id)


def wake(job: ImportJob) -> None:
    """Tell a worker that a job waits; when that is lost, `wake_stalled` tells again."""
    work_import.enqueue(job.pk)


def wake_stalled(*, now: datetime) -> int:
    """Wake every job that should be moving and is not; how many."""
    found = actions.release_stalled(now=now)
    for number in found:
        work_import.enqueue(number)
    papers = actions.release_stalled_documents(now=now)
    for number in papers:
        work_document_import.enqueue(number)
    return len(found) + len(papers)


def work(job_id: int, *, clock: Callable[[], datetime] = timezone.now) -> None:
    """Check or write one job as far as it goes; nothing when somebody else has it."""
    token = get_random_string(16)
    job = actions.claim_import(job_id, token=token, now=clock())
    if job is None:
        return
    with translation.override(job.started_by.language or settings.LANGUAGE_CODE):
        try:
            _work(job, token, clock)
        except ClaimLost:
            log.info("import %s was taken over or ended by somebody else", job.pk)
        except DatabaseError:
            raise  # the claim runs out, and the job is woken again
        except Exception as error:
            _give_up(job, token, error, clock())


def _work(job: ImportJob, token: str, clock: Callable[[], datetime]) -> None:
    sheet = _read(job)
    todo = [
        (number, row)
        for number, row in zip(sheet.numbers, sheet.rows, strict=True)
        if number > job.reached
    ]
    is_check = job.status == Status.CHECKING
    found = Check(
        fit=len(todo),
        updates=sheet.updates,
        faults=[(each.row, each.column, each.message) for each in sheet.errors],
        preview=[(draft.question, str(agency)) for _number, (agency, draft) in todo[:PREVIEW]],
    )
    actions.keep_check(job, found, token=token, now=clock())
    if is_check:
        return
    actions.ensure_importable([row for _number, row in todo], actor=job.started_by)
    for at in range(0, len(todo), CHUNK):
        if job.stop_requested_at is not None:
            break
        step = todo[at : at + CHUNK]
        rows = [row for _number, row in step]
        actions.advance_import(job, rows, reached=step[-1][0], token=token, now=clock())
        if at + CHUNK < len(todo):
            breathe()
    is_whole = job.done >= job.total
    actions.end_import(job, Status.DONE if is_whole else Status.STOPPED, token=token, now=clock())


def _read(job: ImportJob) -> Sheet:
    with job.file.open("rb") as file:
        cells = read_sheet(job.file_name, file.read())
    own = agencies_for(job.started_by, Permission.EDIT_KNOWLEDGE)
    return read_rows(cells, own, job.agency)


def _give_up(job: ImportJob, token: str, error: Exception, now: datetime) -> None:
    """Lay the job down with words that say what is and what is not."""
    is_check = job.status == Status.CHECKING
    match error:
        case NotFound():
            note = _("上传人已没有维护这些知识的权限，其余的行没有导入。")
        case Refused():
            note = error.message
        case FileNotFoundError():
            note = _("上传的文件已不在，请重新上传。")
        case _:
            log.error("import %s", job.pk, exc_info=error)
            note = _("处理时程序出错，已导入的行保留，其余的没有导入。可以再试一次。")
    status = Status.UNREADABLE if is_check and isinstance(error, Refused) else Status.FAILED
    try:
        actions.end_import(job, status, note=note, token=token, now=now)
    except ClaimLost:
        log.info("import %s was ended by somebody else", job.pk)


def forget_superseded_changes(*, newest_kept: int = NEWEST_CHANGES_KEPT) -> int:
    """Remove changes of entries that have a later change; how many. Never one of the newest.

    Safe for an index however far it is behind: an entry's last change stays for ever, and it reads
    the entry as it stands then. So at most one row per entry and the newest remain.
    """
    last = IndexChange.objects.aggregate(last=Max("id"))["last"] or 0
    old = IndexChange.objects.filter(id__lte=last - newest_kept)
    if not old.exists():
        return 0
    latest = dict(IndexChange.objects.values_list("entry_id").annotate(Max("id")).order_by())
    needless = [
        number for number, entry in old.values_list("id", "entry_id") if latest[entry] > number
    ]
    for at in range(0, len(needless), _CHANGES_AT_ONCE):
        IndexChange.objects.filter(id__in=needless[at : at + _CHANGES_AT_ONCE]).delete()
        breathe()
    return len(needless)


@task()
def work_document_import(job_id: int) -> None:
    """The task queue's way in to an import of documents; its readers are loaded by the worker alone."""
    from minxin.knowledge.taking.work import work as take

    take(job_id)


def wake_documents(job: DocumentImport) -> None:
    """Tell a worker that an import of documents waits; `wake_stalled` tells again."""
    work_document_import.enqueue(job.pk)
