"""A sheet for the register as a job: who may start, confirm, stop and undo it, how a worker holds it.

A worker claims the row by compare-and-set and proves with every step that it still holds it: one that
dies loses at most the step it had not finished."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minxin.accounts.importing.columns import NAMED
from minxin.accounts.importing.comparing import Comparison
from minxin.accounts.models import (
    ColumnMemory,
    ImportedRow,
    Kind,
    Platform,
    RegisterImport,
    RowFault,
)
from minxin.agencies import audit
from minxin.agencies.actions import notify_staff
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.core import jobs
from minxin.core.breath import breathe
from minxin.core.errors import Refused
from minxin.core.jobs import LEASE, ClaimLost, held

Status = RegisterImport.Status
State = ImportedRow.State
MOVING = (Status.CHECKING, Status.WAITING, Status.RUNNING, Status.UNDOING)
FILE_KEPT = timedelta(days=7)  # a sheet nobody confirmed, or that was stopped, stays so long
UNDO_KEPT = timedelta(days=90)  # what an undo needs stays so long
_AT_ONCE = 100  # rows of a comparison kept in one transaction


def start_register_import(
    file_name: str,
    content: bytes,
    *,
    sheets: Sequence[Mapping[str, Any]],
    agency: Agency,
    actor: Staff,
    now: datetime,
) -> RegisterImport:
    """Keep an uploaded sheet for the register of an agency and all below it; `sheets` are the first
    rows of each, `{name, rows}`, to choose and match columns by."""
    ensure_may(actor, Permission.EDIT_ACCOUNTS, agency)
    if not any(any(map(str.strip, row)) for sheet in sheets for row in sheet["rows"]):
        raise Refused(_("表格是空的。"), field="file")
    name = PurePath(file_name.replace("\0", "")).name
    job = RegisterImport(
        agency=agency,
        started_by=actor,
        file_name=name[-200:],
        sheets=[dict(sheet) for sheet in sheets],
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


def match_columns(
    job: RegisterImport,
    *,
    sheet: int,
    header_row: int,
    header_rows: int,
    titles: Sequence[str],
    columns: Sequence[str],
    key: str,
    default_platform: str = "",
    default_kind: str = "",
    actor: Staff,
    now: datetime,
) -> None:
    """Say which column is which field; the agency remembers it for sheets with the same titles (`key`).

    The sheet is compared anew: also one that was compared before, as long as nothing was written.
    """
    _ensure_own(job, actor)
    chosen = [name for name in columns if name]
    if unknown := next((name for name in chosen if name not in NAMED), None):
        raise Refused(_("没有“%(name)s”这一项。") % {"name": unknown})
    if twice := next((name for name in chosen if chosen.count(name) > 1), None):
        words = _("“%(name)s”对应了两列，请只留一列。")
        raise Refused(words % {"name": NAMED[twice].title}, field=twice)
    if "name" not in chosen:
        raise Refused(_("请指出哪一列是账号名称。"), field="name")
    if default_platform and default_platform not in Platform.values:
        raise Refused(_("请选择平台。"), field="default_platform")
    if default_kind and default_kind not in Kind.values:
        raise Refused(_("请选择公众号或服务号。"), field="default_kind")
    plan = {
        "sheet": sheet,
        "header_row": header_row,
        "header_rows": header_rows,
        "columns": list(columns),
        "default_platform": default_platform,
        "default_kind": default_kind,
    }
    fields = {title: name for title, name in zip(titles, columns, strict=True) if title}
    with transaction.atomic():
        again = RegisterImport.objects.filter(
            pk=job.pk, status__in=[Status.MAPPING, Status.CHECKED]
        ).exclude(file="")
        moved = again.update(
            **plan, status=Status.CHECKING, claimed_by="", due_at=now + LEASE, note="",
            stop_requested_at=None,
        )  # fmt: skip
        if not moved:
            raise Refused(_("这份表格已经不能再改列的对应，请刷新页面看看它的状态。"))
        ColumnMemory.objects.update_or_create(
            agency=job.agency,
            titles_key=key,
            defaults={
                "fields": fields,
                "default_platform": default_platform,
                "default_kind": default_kind,
                "kept_at": now,
            },
        )
        audit.record(actor, "import.matched", job, now=now, agency=job.agency, after=plan)
    job.refresh_from_db()


# The worker's hold -----------------------------------------------------------------------------


def claim_register_import(job_id: int, *, token: str, now: datetime) -> RegisterImport | None:
    """Take a job that nobody holds, or whose holder has not been heard of; None when it is not to be
    had. One that waits to be written is running from now on."""
    also = [Status.CHECKING, Status.UNDOING]
    if not jobs.claim(RegisterImport, job_id, token=token, now=now, also=also):
        return None
    return RegisterImport.objects.select_related("agency", "started_by").get(pk=job_id)


def hold(job: RegisterImport, token: str, now: datetime) -> None:
    """Prove that the job is still ours, and be heard of. Raises `ClaimLost`."""
    if not held(job, token).update(due_at=now + LEASE):
        raise ClaimLost


def keep_comparison(job: RegisterImport, found: Comparison, *, token: str, now: datetime) -> None:
    """Note what a comparison found, in place of what one before found; a person decides next."""
    for model in (ImportedRow, RowFault):
        while numbers := list(
            model.objects.filter(job=job).values_list("pk", flat=True)[: 5 * _AT_ONCE]
        ):
            with transaction.atomic():
                hold(job, token, now)
                model.objects.filter(pk__in=numbers).delete()
    told = [row for row in found.rows if row.outcome != "same"]
    rows = [
        ImportedRow(
            job=job, row=row.row, outcome=row.outcome, name=row.name[:80], platform=row.platform[:20],
            host_id=row.host, account_id=row.account, before=row.before, after=row.after,
            is_acceptable=row.is_acceptable,
        )
        for row in told
    ] + [
        ImportedRow(
            job=job, row=0, outcome="missing", name=known.values["name"],
            platform=known.values["platform"], host_id=known.values["agency"], account_id=known.pk,
        )
        for known in found.missing
    ]  # fmt: skip
    faults = [
        RowFault(
            job=job, row=row.row, column=str(NAMED[fault.column].title)[:40] if fault.column else "",
            value=fault.value[:120], message=fault.message[:300], is_conflict=fault.is_conflict,
        )
        for row in told
        for fault in row.faults
    ]  # fmt: skip
    for at in range(0, max(len(rows), len(faults)), _AT_ONCE):
        with transaction.atomic():
            hold(job, token, now)
            ImportedRow.objects.bulk_create(rows[at : at + _AT_ONCE])
            RowFault.objects.bulk_create(faults[at : at + _AT_ONCE])
        breathe()
    counts = {name: sum(row.outcome == name for row in found.rows)
              for name in ("new", "changed", "same", "conflict", "wrong")}  # fmt: skip
    with transaction.atomic():
        moved = held(job, token).update(
            status=Status.CHECKED, claimed_by="", found_new=counts["new"],
            found_changed=counts["changed"], found_same=counts["same"],
            found_conflicts=counts["conflict"], found_wrong=counts["wrong"],
            found_missing=len(found.missing),
        )  # fmt: skip
        if not moved:
            raise ClaimLost
        stopped = RegisterImport.objects.filter(pk=job.pk).exclude(stop_requested_at=None)
        stopped.update(status=Status.MAPPING, stop_requested_at=None)
    job.refresh_from_db()


def end_register_import(
    job: RegisterImport, status: str, *, note: str = "", token: str, now: datetime
) -> None:
    """The holder lays the job down, with words for a person. Who uploaded a long sheet is told."""
    rows = ImportedRow.objects.filter(job=job)
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
                gettext_noop("台账“%(name)s”导入结束：写入 %(count)s 行")
                if is_done
                else gettext_noop("台账“%(name)s”的导入已撤销：%(count)s 行")
            ) % {
                "name": job.file_name[-60:],
                "count": counts["written"] if is_done else counts["undone"],
            }
            link = f"/console/accounts/imports/{job.pk}/"
            notify_staff([job.started_by], kind="import", text=words, link=link, now=now)
        after = {"status": status, **counts}
        audit.record(job.started_by, "import.ended", job, now=now, agency=job.agency, after=after)
    job.refresh_from_db()
    if status in {Status.DONE, Status.UNDONE}:
        _forget_file(job)


# What a person says ----------------------------------------------------------------------------


def accept_row(row: ImportedRow, *, actor: Staff, now: datetime) -> None:
    """Let a row that contradicts the register be written as the sheet says: renamed, or handed over."""
    _ensure_own(row.job, actor)
    with transaction.atomic():
        there = ImportedRow.objects.filter(pk=row.pk, is_acceptable=True, is_accepted=False,
                                           state=State.PENDING, job__status=Status.CHECKED)  # fmt: skip
        if not there.update(is_accepted=True):
            raise Refused(_("这一行不能按表格写入。"))
        audit.record(
            actor, "import.row_accepted", row.job, now=now, agency=row.job.agency,
            before=row.before, after={"row": row.row, **row.after},
        )  # fmt: skip
    row.refresh_from_db()


def writable(job: RegisterImport) -> QuerySet[ImportedRow]:
    """What a confirmed job writes: new, changed, and what a person accepted."""
    good = Q(outcome__in=["new", "changed"]) | Q(outcome="conflict", is_accepted=True)
    return ImportedRow.objects.filter(good, job=job)


def confirm_register_import(job: RegisterImport, *, actor: Staff, now: datetime) -> None:
    """Let a compared sheet be written; only who uploaded it, with her own rights."""
    _ensure_own(job, actor)
    with transaction.atomic():
        count = writable(job).count()
        if not count:
            raise Refused(_("没有需要写入的行。"))
        ready = RegisterImport.objects.filter(pk=job.pk, status=Status.CHECKED)
        if not ready.update(status=Status.WAITING, claimed_by="", due_at=now + LEASE):
            raise Refused(_("这份表格现在不能导入，请刷新页面看看它的状态。"))
        after = {"rows": count, "new": job.found_new, "changed": job.found_changed}
        audit.record(actor, "import.confirmed", job, now=now, agency=job.agency, after=after)
    job.refresh_from_db()


def resume_register_import(job: RegisterImport, *, actor: Staff, now: datetime) -> None:
    """Go on with a job that was stopped or broke off; what was written stays, and is not repeated. One
    that broke off before it was compared is compared again."""
    _ensure_own(job, actor)
    is_compared = ImportedRow.objects.filter(job=job).exclude(outcome="missing").exists()
    with transaction.atomic():
        broken = RegisterImport.objects.filter(
            pk=job.pk, status__in=[Status.STOPPED, Status.FAILED]
        )
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


def undo_register_import(job: RegisterImport, *, actor: Staff, now: datetime) -> None:
    """Take back all that a job wrote: former values return, new accounts go. What somebody changed
    since stays as it is, and is told."""
    _ensure_own(job, actor)
    with transaction.atomic():
        count = ImportedRow.objects.filter(job=job, state=State.WRITTEN).count()
        ended = [Status.DONE, Status.STOPPED, Status.FAILED, Status.UNDO_STOPPED]
        there = RegisterImport.objects.filter(pk=job.pk, status__in=ended)
        if not count or not there.update(
            status=Status.UNDOING, claimed_by="", due_at=now + LEASE, note="", finished_at=None,
            stop_requested_at=None,
        ):  # fmt: skip
            raise Refused(_("这次导入现在不能撤销。"))
        audit.record(actor, "import.undone", job, now=now, agency=job.agency, after={"rows": count})
    job.refresh_from_db()


def stop_register_import(job: RegisterImport, *, actor: Staff, now: datetime) -> None:
    """Ask a job to stop: at once when nobody works at it, else after the step in hand."""
    ensure_may(actor, Permission.EDIT_ACCOUNTS, job.agency)
    stops = {
        Status.CHECKING: Status.MAPPING,
        Status.WAITING: Status.STOPPED,
        Status.RUNNING: Status.STOPPED,
        Status.UNDOING: Status.UNDO_STOPPED,
    }
    with transaction.atomic():
        there = RegisterImport.objects.filter(pk=job.pk)
        idle = there.filter(Q(claimed_by="") | Q(due_at__lte=now))
        ended = any(
            idle.filter(status=moving).update(status=still, claimed_by="", finished_at=now)
            for moving, still in stops.items()
        )
        if not ended and not there.filter(status__in=stops).update(stop_requested_at=now):
            raise Refused(_("这份表格的导入已经结束，不用停止。"))
        audit.record(actor, "import.stopped", job, now=now, agency=job.agency)
    job.refresh_from_db()


def _ensure_own(job: RegisterImport, actor: Staff) -> None:
    ensure_may(actor, Permission.EDIT_ACCOUNTS, job.agency)
    if actor != job.started_by:
        raise Refused(_("只有上传这份表格的人能处理它。"))


# What time does --------------------------------------------------------------------------------


def release_stalled_register_imports(*, now: datetime) -> list[int]:
    """The jobs that should be moving and that nobody has been heard of at: free from now on."""
    return jobs.release_stalled(RegisterImport, MOVING, now=now)


def forget_register_imports(*, now: datetime) -> int:
    """Remove the sheets that lie about for a week, and after 90 days what only an undo needs."""
    still = RegisterImport.objects.exclude(status__in=MOVING)
    old = list(still.filter(created_at__lt=now - FILE_KEPT).exclude(file=""))
    for job in old:
        _forget_file(job)
    for job in still.filter(created_at__lt=now - UNDO_KEPT):
        while numbers := list(job.rows.values_list("pk", flat=True)[: 5 * _AT_ONCE]):
            ImportedRow.objects.filter(pk__in=numbers).delete()
            breathe()
        job.faults.all().delete()
        RegisterImport.objects.filter(pk=job.pk).update(sheets=[])
    return len(old)


def _forget_file(job: RegisterImport) -> None:
    name = job.file.name or ""
    if not name:
        return
    storage = job.file.storage
    RegisterImport.objects.filter(pk=job.pk, file=name).update(file="")
    job.file = ""
    storage.delete(name)
