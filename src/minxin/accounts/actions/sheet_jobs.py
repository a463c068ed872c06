"""A sheet on its way into tables as a job: who may start, confirm, stop and undo it, how a worker holds
it. The same for every kind of `SheetImport`.

A worker claims the row by compare-and-set and proves with every step that it still holds it: one that
dies loses at most the step it had not finished."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any, TypeVar

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minxin.accounts.models import ColumnMemory, RowState, SheetImport
from minxin.agencies import audit
from minxin.agencies.actions import notify_staff
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import ensure_may
from minxin.core import jobs
from minxin.core.breath import breathe
from minxin.core.crypto import seal_bytes
from minxin.core.errors import Refused
from minxin.core.jobs import LEASE, ClaimLost, held

Status = SheetImport.Status
MOVING = (Status.CHECKING, Status.WAITING, Status.RUNNING, Status.UNDOING)
FILE_KEPT = timedelta(days=7)  # a sheet nobody confirmed, or that was stopped, stays so long
AT_ONCE = 100  # rows of a comparison kept in one transaction
Sheet = TypeVar("Sheet", bound=SheetImport)


def _all(job: Sheet) -> QuerySet[Sheet]:
    return _all_of(type(job)).filter(pk=job.pk)


def _all_of(model: type[Sheet]) -> QuerySet[Sheet]:
    rows: QuerySet[Sheet] = model._default_manager.all()
    return rows


def start_sheet(
    model: type[Sheet],
    file_name: str,
    content: bytes,
    *,
    sheets: Sequence[Mapping[str, Any]],
    agency: Agency,
    actor: Staff,
    now: datetime,
) -> Sheet:
    """Keep an uploaded sheet for an agency and all below it; `sheets` are the first rows of each,
    `{name, rows}`, to choose and match columns by."""
    ensure_may(actor, model.permission, agency)
    if not any(any(map(str.strip, row)) for sheet in sheets for row in sheet["rows"]):
        raise Refused(_("表格是空的。"), field="file")
    name = PurePath(file_name.replace("\0", "")).name
    job = model(
        agency=agency,
        started_by=actor,
        file_name=name[-200:],
        sheets=[dict(sheet) for sheet in sheets],
        created_at=now,
        due_at=now + LEASE,
    )
    # The name a person gave the file never becomes a path of ours.
    kept = f"{get_random_string(20)}{PurePath(name).suffix.lower()[:5]}"
    held_bytes = seal_bytes(content) if model.is_sealed else content
    job.file.save(kept, ContentFile(held_bytes), save=False)
    with transaction.atomic():
        job.save(force_insert=True)
        audit.record(
            actor, "import.uploaded", job, now=now, agency=agency, after={"bytes": len(content)}
        )
    return job


def rematch_sheet(
    job: SheetImport,
    plan: Mapping[str, Any],
    *,
    key: str,
    fields: Mapping[str, str],
    defaults: Mapping[str, str],
    actor: Staff,
    now: datetime,
) -> None:
    """Let a sheet be compared by a new `plan` (fields of the job); the agency remembers for sheets with
    the same titles (`key`) the field of each title and the defaults.

    Also a sheet that was compared before, as long as nothing was written.
    """
    with transaction.atomic():
        again = _all(job).filter(status__in=[Status.MAPPING, Status.CHECKED]).exclude(file="")
        moved = again.update(
            **plan, status=Status.CHECKING, claimed_by="", due_at=now + LEASE, note="",
            stop_requested_at=None,
        )  # fmt: skip
        if not moved:
            raise Refused(_("这份表格已经不能再改列的对应，请刷新页面看看它的状态。"))
        ColumnMemory.objects.update_or_create(
            agency=job.agency,
            titles_key=key,
            defaults={"fields": dict(fields), **defaults, "kept_at": now},
        )
        audit.record(actor, "import.matched", job, now=now, agency=job.agency, after=dict(plan))
    job.refresh_from_db()


def ensure_chosen(
    columns: Sequence[str], named: Mapping[str, Any], needed: Mapping[str, str]
) -> None:
    """Refuse fields that are none, a field for two columns, and what is needed and lacks: the field and
    the sentence that asks for it."""
    chosen = [name for name in columns if name]
    if unknown := next((name for name in chosen if name not in named), None):
        raise Refused(_("没有“%(name)s”这一项。") % {"name": unknown})
    if twice := next((name for name in chosen if chosen.count(name) > 1), None):
        words = _("“%(name)s”对应了两列，请只留一列。")
        raise Refused(words % {"name": named[twice].title}, field=twice)
    if lacks := next((name for name in needed if name not in chosen), None):
        raise Refused(needed[lacks], field=lacks)


# The worker's hold -----------------------------------------------------------------------------


def claim_sheet(model: type[Sheet], job_id: int, *, token: str, now: datetime) -> Sheet | None:
    """Take a job that nobody holds, or whose holder has not been heard of; None when it is not to be
    had. One that waits to be written is running from now on."""
    also = [Status.CHECKING, Status.UNDOING]
    if not jobs.claim(model, job_id, token=token, now=now, also=also):
        return None
    return _all_of(model).select_related("agency", "started_by").get(pk=job_id)


def hold(job: SheetImport, token: str, now: datetime) -> None:
    """Prove that the job is still ours, and be heard of. Raises `ClaimLost`."""
    if not held(job, token).update(due_at=now + LEASE):
        raise ClaimLost


def forget_rows(
    job: SheetImport, models: Iterable[type[Model]], *, token: str, now: datetime
) -> None:
    """Let a holder remove what a comparison before found."""
    for model in models:
        rows: QuerySet[Any] = model._default_manager.filter(job=job)
        while numbers := list(rows.values_list("pk", flat=True)[: 5 * AT_ONCE]):
            with transaction.atomic():
                hold(job, token, now)
                rows.filter(pk__in=numbers).delete()


def keep_found(job: SheetImport, counts: Mapping[str, int], *, token: str, now: datetime) -> None:
    """Note how much a comparison found (fields of the job); a person decides next."""
    with transaction.atomic():
        moved = held(job, token).update(status=Status.CHECKED, claimed_by="", **counts)
        if not moved:
            raise ClaimLost
        stopped = _all(job).exclude(stop_requested_at=None)
        stopped.update(status=Status.MAPPING, stop_requested_at=None)
    job.refresh_from_db()


def end_sheet(job: SheetImport, status: str, *, note: str = "", token: str, now: datetime) -> None:
    """The holder lays the job down, with words for a person. Who uploaded a long sheet is told."""
    rows = job.all_rows()
    counts = {state: rows.filter(state=state).count() for state in ("written", "kept", "undone")}
    with transaction.atomic():
        ended = held(job, token).update(
            status=status, claimed_by="", finished_at=now, note=note[:300], stop_requested_at=None
        )
        if not ended:
            raise ClaimLost
        if counts["written"] + counts["undone"] > 50 and status in {Status.DONE, Status.UNDONE}:
            is_done = status == Status.DONE
            words = (
                gettext_noop("表格“%(name)s”导入结束：写入 %(count)s 行")
                if is_done
                else gettext_noop("表格“%(name)s”的导入已撤销：%(count)s 行")
            ) % {
                "name": job.file_name[-60:],
                "count": counts["written"] if is_done else counts["undone"],
            }
            link = f"{job.address}{job.pk}/"
            notify_staff([job.started_by], kind="import", text=words, link=link, now=now)
        after = {"status": status, **counts}
        audit.record(job.started_by, "import.ended", job, now=now, agency=job.agency, after=after)
    job.refresh_from_db()
    if status in {Status.DONE, Status.UNDONE}:
        forget_file(job)


# What a person says ----------------------------------------------------------------------------


def confirm_sheet(job: SheetImport, *, actor: Staff, now: datetime) -> None:
    """Let a compared sheet be written; only who uploaded it, with her own rights."""
    ensure_own(job, actor)
    with transaction.atomic():
        count = job.writable().count()
        if not count:
            raise Refused(_("没有需要写入的行。"))
        ready = _all(job).filter(status=Status.CHECKED)
        if not ready.update(status=Status.WAITING, claimed_by="", due_at=now + LEASE):
            raise Refused(_("这份表格现在不能导入，请刷新页面看看它的状态。"))
        after = {"rows": count, "new": job.found_new}
        audit.record(actor, "import.confirmed", job, now=now, agency=job.agency, after=after)
    job.refresh_from_db()


def resume_sheet(job: SheetImport, *, actor: Staff, now: datetime) -> None:
    """Go on with a job that was stopped or broke off; what was written stays, and is not repeated. One
    that broke off before it was compared is compared again."""
    ensure_own(job, actor)
    is_compared = job.all_rows().exclude(outcome="missing").exists()
    with transaction.atomic():
        broken = _all(job).filter(status__in=[Status.STOPPED, Status.FAILED])
        if not is_compared:
            broken = broken.exclude(file="")
        moved = broken.update(
            status=Status.WAITING if is_compared else Status.CHECKING, claimed_by="",
            due_at=now + LEASE, stop_requested_at=None, finished_at=None, note="",
        )  # fmt: skip
        if not moved:
            raise Refused(_("这份表格现在不能继续导入。"))
        audit.record(actor, "import.resumed", job, now=now, agency=job.agency)
    job.refresh_from_db()


def undo_sheet(job: SheetImport, *, actor: Staff, now: datetime) -> None:
    """Take back all that a job wrote. What somebody changed or used since stays as it is, and is told."""
    ensure_own(job, actor)
    with transaction.atomic():
        count = job.all_rows().filter(state=RowState.WRITTEN).count()
        ended = [Status.DONE, Status.STOPPED, Status.FAILED, Status.UNDO_STOPPED]
        there = _all(job).filter(status__in=ended)
        if not count or not there.update(
            status=Status.UNDOING, claimed_by="", due_at=now + LEASE, note="", finished_at=None,
            stop_requested_at=None,
        ):  # fmt: skip
            raise Refused(_("这次导入现在不能撤销。"))
        audit.record(actor, "import.undone", job, now=now, agency=job.agency, after={"rows": count})
    job.refresh_from_db()


def stop_sheet(job: SheetImport, *, actor: Staff, now: datetime) -> None:
    """Ask a job to stop: at once when nobody works at it, else after the step in hand."""
    ensure_may(actor, job.permission, job.agency)
    stops = {
        Status.CHECKING: Status.MAPPING,
        Status.WAITING: Status.STOPPED,
        Status.RUNNING: Status.STOPPED,
        Status.UNDOING: Status.UNDO_STOPPED,
    }
    with transaction.atomic():
        idle = _all(job).filter(Q(claimed_by="") | Q(due_at__lte=now))
        ended = any(
            idle.filter(status=moving).update(status=still, claimed_by="", finished_at=now)
            for moving, still in stops.items()
        )
        if not ended and not _all(job).filter(status__in=stops).update(stop_requested_at=now):
            raise Refused(_("这份表格的导入已经结束，不用停止。"))
        audit.record(actor, "import.stopped", job, now=now, agency=job.agency)
    job.refresh_from_db()


def ensure_own(job: SheetImport, actor: Staff) -> None:
    """Only who uploaded a sheet handles it, while she may."""
    ensure_may(actor, job.permission, job.agency)
    if actor != job.started_by:
        raise Refused(_("只有上传这份表格的人能处理它。"))


# What time does --------------------------------------------------------------------------------


def release_stalled_sheets(model: type[SheetImport], *, now: datetime) -> list[int]:
    """The jobs that should be moving and that nobody has been heard of at: free from now on."""
    return jobs.release_stalled(model, MOVING, now=now)


def forget_sheet_files(model: type[SheetImport], *, now: datetime) -> int:
    """Remove the sheets that lie about for a week; how many."""
    still = _all_of(model).exclude(status__in=MOVING)
    old = list(still.filter(created_at__lt=now - FILE_KEPT).exclude(file=""))
    for job in old:
        forget_file(job)
        breathe()
    return len(old)


def forget_file(job: SheetImport) -> None:
    """Remove what was uploaded, once."""
    name = job.file.name or ""
    if not name:
        return
    storage = job.file.storage
    _all(job).filter(file=name).update(file="")
    job.file = ""
    storage.delete(name)
