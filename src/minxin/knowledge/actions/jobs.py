"""A sheet as a job: who may start, confirm, stop it, and how a worker holds it.

A worker claims the row by compare-and-set and proves with every step that it still holds it. The
step's rows, its audit and its numbers are one transaction, so a worker that dies in the middle loses
at most the step it had not finished, and who takes over repeats nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePath

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F, Q
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minxin.agencies import audit
from minxin.agencies.actions import notify_staff
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.core import jobs
from minxin.core.errors import Refused
from minxin.core.jobs import LEASE, ClaimLost
from minxin.knowledge.actions.imports import CHUNK, Row, write_chunk
from minxin.knowledge.models import ImportFault, ImportJob

Status = ImportJob.Status
MOVING = (Status.CHECKING, Status.WAITING, Status.RUNNING)
KEPT = timedelta(days=7)  # a sheet nobody confirmed, or that was stopped, stays so long
_FAULTS_AT_ONCE = 500


def start_import(
    file_name: str, content: bytes, *, agency: Agency, actor: Staff, now: datetime
) -> ImportJob:
    """Keep an uploaded sheet; a worker checks it next."""
    ensure_may(actor, Permission.EDIT_KNOWLEDGE, agency)
    name = PurePath(file_name.replace("\0", "")).name
    job = ImportJob(
        agency=agency,
        started_by=actor,
        file_name=name[-200:],
        created_at=now,
        due_at=now + LEASE,
    )
    # The name a person gave the file never becomes a path of ours.
    kept = f"{get_random_string(20)}{PurePath(name).suffix.lower()[:5]}"
    job.file.save(kept, ContentFile(content), save=False)
    with transaction.atomic():
        job.save(force_insert=True)
        audit.record(
            actor, "import.uploaded", job, now=now, agency=agency, after={"bytes": len(content)}
        )
    return job


def claim_import(job_id: int, *, token: str, now: datetime) -> ImportJob | None:
    """Take a job that nobody holds, or whose holder has not been heard of; None when it is not to be
    had. One that waits to be written is running from now on."""
    if not jobs.claim(ImportJob, job_id, token=token, now=now, also=[Status.CHECKING]):
        return None
    return ImportJob.objects.select_related("agency", "started_by").get(pk=job_id)


def _hold(job: ImportJob, token: str, now: datetime) -> None:
    """Prove that the job is still ours, and be heard of."""
    if not jobs.held(job, token).update(due_at=now + LEASE):
        raise ClaimLost


@dataclass(frozen=True, slots=True)
class Check:
    """What checking a sheet found: rows fit to be written after the one `reached`, of them how many
    would update an entry, and (row, column, message) of what is wrong."""

    fit: int
    updates: int
    faults: Sequence[tuple[int, str, str]]
    preview: Sequence[tuple[str, str]] = ()


def keep_check(job: ImportJob, found: Check, *, token: str, now: datetime) -> None:
    """Note what a check found, after the rows already written. A job that was only to be checked waits
    for a person then; one that is running goes on."""
    while numbers := list(
        job.faults.filter(row__gt=job.reached).values_list("pk", flat=True)[:_FAULTS_AT_ONCE]
    ):
        with transaction.atomic():
            _hold(job, token, now)
            ImportFault.objects.filter(pk__in=numbers).delete()
    fresh = [each for each in found.faults if each[0] > job.reached]
    for at in range(0, len(fresh), _FAULTS_AT_ONCE):
        with transaction.atomic():
            _hold(job, token, now)
            ImportFault.objects.bulk_create(
                ImportFault(job=job, row=row, column=column[:40], message=message[:300])
                for row, column, message in fresh[at : at + _FAULTS_AT_ONCE]
            )
    numbers_now = {
        "refused": job.faults.values("row").distinct().count(),
        "total": job.done + found.fit,
    }
    if job.status == Status.CHECKING:
        numbers_now |= {"expected_updates": found.updates}
    with transaction.atomic():
        if not jobs.held(job, token).update(**numbers_now):
            raise ClaimLost
        if job.status == Status.CHECKING:
            there = ImportJob.objects.filter(pk=job.pk)
            there.update(
                status=Status.CHECKED, claimed_by="", preview=[list(row) for row in found.preview]
            )
            there.exclude(stop_requested_at=None).update(status=Status.STOPPED, finished_at=now)
    job.refresh_from_db()


def confirm_import(job: ImportJob, *, actor: Staff, now: datetime) -> None:
    """Let a checked sheet be written; only who uploaded it, with her own rights."""
    _ensure_own(job, actor)
    with transaction.atomic():
        ready = ImportJob.objects.filter(pk=job.pk, status=Status.CHECKED, total__gt=0)
        moved = ready.exclude(file="").update(
            status=Status.WAITING, claimed_by="", due_at=now + LEASE
        )
        if not moved:
            raise Refused(_("这份表格现在不能导入，请刷新页面看看它的状态。"))
        audit.record(
            actor,
            "import.confirmed",
            job,
            now=now,
            agency=job.agency,
            after={"rows": job.total, "refused": job.refused},
        )
    job.refresh_from_db()


def resume_import(job: ImportJob, *, actor: Staff, now: datetime) -> None:
    """Go on with a job that was stopped or broke off, after the last row that was written; one that
    was stopped before it was checked is checked first."""
    _ensure_own(job, actor)
    was_checked = job.total or job.refused
    with transaction.atomic():
        moved = (
            ImportJob.objects.filter(pk=job.pk, status__in=[Status.STOPPED, Status.FAILED])
            .exclude(file="")
            .update(
                status=Status.WAITING if was_checked else Status.CHECKING,
                claimed_by="",
                due_at=now + LEASE,
                stop_requested_at=None,
                finished_at=None,
                note="",
            )
        )
        if not moved:
            raise Refused(_("这份表格现在不能继续导入。"))
        audit.record(
            actor, "import.resumed", job, now=now, agency=job.agency, after={"done": job.done}
        )
    job.refresh_from_db()


def stop_import(job: ImportJob, *, actor: Staff, now: datetime) -> None:
    """Ask a job to stop: at once when nobody works at it, else after the step in hand."""
    ensure_may(actor, Permission.EDIT_KNOWLEDGE, job.agency)
    with transaction.atomic():
        there = ImportJob.objects.filter(pk=job.pk)
        idle = there.filter(Q(claimed_by="") | Q(due_at__lte=now))
        ended = idle.filter(
            status__in=[Status.CHECKING, Status.CHECKED, Status.WAITING, Status.RUNNING]
        ).update(status=Status.STOPPED, claimed_by="", finished_at=now, stop_requested_at=now)
        moving = [Status.CHECKING, Status.RUNNING]
        if not ended and not there.filter(status__in=moving).update(stop_requested_at=now):
            raise Refused(_("这份表格的导入已经结束，不用停止。"))
        audit.record(
            actor, "import.stopped", job, now=now, agency=job.agency, after={"done": job.done}
        )
    job.refresh_from_db()


def _ensure_own(job: ImportJob, actor: Staff) -> None:
    ensure_may(actor, Permission.EDIT_KNOWLEDGE, job.agency)
    if actor != job.started_by:
        raise Refused(_("只有上传这份表格的人能导入它。"))


def advance_import(
    job: ImportJob, rows: Sequence[Row], *, reached: int, token: str, now: datetime
) -> bool:
    """Write the next few rows for a holder; False when somebody has asked to stop.

    Rows, audit and numbers are one transaction: all of it happened or nothing.
    """
    with transaction.atomic():
        _hold(job, token, now)
        taken = write_chunk(rows, actor=job.started_by, now=now)
        ImportJob.objects.filter(pk=job.pk).update(
            reached=reached,
            created=F("created") + taken.created,
            updated=F("updated") + taken.updated,
            unchanged=F("unchanged") + taken.unchanged,
        )
    job.refresh_from_db()
    return job.stop_requested_at is None


def end_import(job: ImportJob, status: str, *, note: str = "", token: str, now: datetime) -> None:
    """The holder lays the job down: done, stopped, unreadable or failed, with words for a person. Who
    uploaded a long sheet is told."""
    with transaction.atomic():
        ended = jobs.held(job, token).update(
            status=status, claimed_by="", finished_at=now, note=note[:300]
        )
        if not ended:
            raise ClaimLost
        # Nobody waits before the page for so many; who stopped it knows.
        if job.total > CHUNK and status != Status.STOPPED:
            words = gettext_noop(
                "“%(name)s”导入结束：新增 %(new)s 条，更新 %(old)s 条，%(bad)s 行有误"
            ) % {
                "name": job.file_name[-60:],
                "new": job.created,
                "old": job.updated,
                "bad": job.refused,
            }
            link = f"/console/knowledge/imports/{job.pk}/"
            notify_staff([job.started_by], kind="import", text=words, link=link, now=now)
        after = {"status": status, "created": job.created, "updated": job.updated}
        audit.record(job.started_by, "import.ended", job, now=now, agency=job.agency, after=after)
    job.refresh_from_db()
    if status in {Status.DONE, Status.UNREADABLE}:
        _forget_file(job)


def release_stalled(*, now: datetime) -> list[int]:
    """The jobs that should be moving and that nobody has been heard of at: free from now on."""
    return jobs.release_stalled(ImportJob, MOVING, now=now)


def forget_imports(*, now: datetime) -> int:
    """Remove the sheets that lie about: never confirmed, stopped or broken off a week ago."""
    ended = [Status.CHECKED, Status.STOPPED, Status.FAILED, Status.UNREADABLE]
    old = ImportJob.objects.filter(status__in=ended, created_at__lt=now - KEPT).exclude(file="")
    found = list(old)
    for job in found:
        _forget_file(job)
    return len(found)


def _forget_file(job: ImportJob) -> None:
    name = job.file.name or ""
    storage = job.file.storage
    ImportJob.objects.filter(pk=job.pk, file=name).update(file="")
    job.file = ""
    storage.delete(name)
