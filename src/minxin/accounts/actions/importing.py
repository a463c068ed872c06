"""A sheet for the register: how its columns are matched, what its comparison found, what is accepted."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from minxin.accounts.actions.sheet_jobs import (
    AT_ONCE,
    MOVING,
    Status,
    ensure_chosen,
    ensure_own,
    forget_rows,
    forget_sheet_files,
    hold,
    keep_found,
    rematch_sheet,
)
from minxin.accounts.importing.columns import NAMED
from minxin.accounts.importing.shapes import Comparison
from minxin.accounts.models import ImportedRow, Kind, Platform, RegisterImport, RowFault
from minxin.agencies import audit
from minxin.agencies.models import Staff
from minxin.core.breath import breathe
from minxin.core.errors import Refused

State = ImportedRow.State
UNDO_KEPT = timedelta(days=90)  # what an undo needs stays so long


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
    ensure_own(job, actor)
    ensure_chosen(columns, NAMED, {"name": _("请指出哪一列是账号名称。")})
    if default_platform and default_platform not in Platform.values:
        raise Refused(_("请选择平台。"), field="default_platform")
    if default_kind and default_kind not in Kind.values:
        raise Refused(_("请选择公众号或服务号。"), field="default_kind")
    defaults = {"default_platform": default_platform, "default_kind": default_kind}
    plan = {
        "sheet": sheet,
        "header_row": header_row,
        "header_rows": header_rows,
        "columns": list(columns),
        **defaults,
    }
    fields = {title: name for title, name in zip(titles, columns, strict=True) if title}
    rematch_sheet(job, plan, key=key, fields=fields, defaults=defaults, actor=actor, now=now)


def keep_comparison(job: RegisterImport, found: Comparison, *, token: str, now: datetime) -> None:
    """Note what a comparison found, in place of what one before found; a person decides next."""
    forget_rows(job, (ImportedRow, RowFault), token=token, now=now)
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
    for at in range(0, max(len(rows), len(faults)), AT_ONCE):
        with transaction.atomic():
            hold(job, token, now)
            ImportedRow.objects.bulk_create(rows[at : at + AT_ONCE])
            RowFault.objects.bulk_create(faults[at : at + AT_ONCE])
        breathe()
    fields = {"new": "found_new", "changed": "found_changed", "same": "found_same",
              "conflict": "found_conflicts", "wrong": "found_wrong"}  # fmt: skip
    counts = {
        field: sum(row.outcome == name for row in found.rows) for name, field in fields.items()
    }
    counts["found_missing"] = len(found.missing)
    keep_found(job, counts, token=token, now=now)


def accept_row(row: ImportedRow, *, actor: Staff, now: datetime) -> None:
    """Let a row that contradicts the register be written as the sheet says: renamed, or handed over."""
    ensure_own(row.job, actor)
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


def forget_register_imports(*, now: datetime) -> int:
    """Remove the sheets that lie about for a week, and after 90 days what only an undo needs."""
    old = forget_sheet_files(RegisterImport, now=now)
    still = RegisterImport.objects.exclude(status__in=MOVING)
    for job in still.filter(created_at__lt=now - UNDO_KEPT):
        while numbers := list(job.rows.values_list("pk", flat=True)[: 5 * AT_ONCE]):
            ImportedRow.objects.filter(pk__in=numbers).delete()
            breathe()
        job.faults.all().delete()
        RegisterImport.objects.filter(pk=job.pk).update(sheets=[])
    return old
