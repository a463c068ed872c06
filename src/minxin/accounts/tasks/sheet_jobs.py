"""What a worker does with a sheet on its way into tables, whatever it is made of it. The job's own row
says what is to be done; a task only wakes it, and waking twice does no harm."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.conf import settings
from django.db import DatabaseError
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from minxin.accounts import actions
from minxin.accounts.models import SheetImport
from minxin.core.breath import breathe
from minxin.core.crypto import unseal_bytes
from minxin.core.errors import NotFound, Refused
from minxin.core.jobs import ClaimLost
from minxin.core.uploads import read_upload

log = logging.getLogger("minxin.imports")
Status = SheetImport.Status
Clock = Callable[[], datetime]
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Steps:
    """What is done with one kind of sheet: compare it; write its next rows and take them back, so many
    at a time. The latter are False when somebody has asked to stop.

    `ensure` raises `NotFound` when who uploaded it may no more write what waits."""

    compare: Callable[[Any, str, datetime], None]
    ensure: Callable[[Any, QuerySet[Any]], None]
    write: Callable[..., bool]
    write_at_once: int
    undo: Callable[..., bool]
    undo_at_once: int


def work_on(
    model: type[SheetImport], job_id: int, steps: Steps, *, clock: Clock = timezone.now
) -> None:
    """Compare, write or take back one job as far as it goes; nothing when somebody else has it."""
    token = get_random_string(16)
    job = actions.claim_sheet(model, job_id, token=token, now=clock())
    if job is None:
        return
    with translation.override(job.started_by.language or settings.LANGUAGE_CODE):
        try:
            match job.status:
                case Status.CHECKING:
                    steps.compare(job, token, clock())
                case Status.UNDOING:
                    _undo(job, steps, token, clock)
                case _:
                    _write(job, steps, token, clock)
        except ClaimLost:
            log.info("%r was taken over or ended by somebody else", job)
        except DatabaseError:
            raise  # the claim runs out, and the job is woken again
        except Exception as error:
            _give_up(job, token, error, clock())


def lines_of(job: SheetImport, *, most: int, refused: str) -> list[tuple[int, list[str]]]:
    """The numbered rows below the titles of the chosen sheet; `Refused` with these words when there are
    more than `most`."""
    with job.file.open("rb") as file:
        content = file.read()
    if job.is_sealed:
        content = unseal_bytes(content)
    last = most + job.header_row
    rows = read_upload(job.file_name, content, most_rows=last + 1, sheet=job.sheet)[0].rows
    if len(rows) > last:
        raise Refused(refused, field="file")
    return list(enumerate(rows[job.header_row :], start=job.header_row + 1))


def _write(job: SheetImport, steps: Steps, token: str, clock: Clock) -> None:
    waiting = job.writable().filter(state="pending").order_by("id")
    steps.ensure(job, waiting)
    for rows in chunks(waiting, steps.write_at_once):
        if not steps.write(job, rows, token=token, now=clock()):
            break
        breathe()
    status = Status.STOPPED if waiting.exists() else Status.DONE
    actions.end_sheet(job, status, token=token, now=clock())


def _undo(job: SheetImport, steps: Steps, token: str, clock: Clock) -> None:
    written = job.all_rows().filter(state="written").order_by("-id")
    for rows in chunks(written, steps.undo_at_once):
        if not steps.undo(job, rows, token=token, now=clock()):
            break
        breathe()
    status = Status.UNDO_STOPPED if written.exists() else Status.UNDONE
    actions.end_sheet(job, status, token=token, now=clock())


def chunks(rows: QuerySet[Any], size: int) -> Iterator[Sequence[Any]]:
    """The rows in their order; each chunk is read when its turn comes, by what the one before left."""
    while chunk := list(rows[:size]):
        yield chunk


def _give_up(job: SheetImport, token: str, error: Exception, now: datetime) -> None:
    """Lay the job down with words that say what is and what is not."""
    match error:
        case NotFound():
            note = _("上传人已没有导入的权限，其余的行没有导入。")
        case Refused():
            note = error.message
        case FileNotFoundError():
            note = _("上传的文件已不在，请重新上传。")
        case _:
            log.error("%r", job, exc_info=error)
            note = _("处理时程序出错，已写入的行保留，其余的没有写入。可以再试一次。")
    try:
        actions.end_sheet(job, Status.FAILED, note=note, token=token, now=now)
    except ClaimLost:
        log.info("%r was ended by somebody else", job)
