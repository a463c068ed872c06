"""Sheets of a register as text, and the way one takes: uploaded, matched, compared, confirmed."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from minxin.accounts import actions
from minxin.accounts.importing.titles import find_titles, guess, titles_key, titles_of
from minxin.accounts.models import RegisterImport
from minxin.accounts.tasks.importing import work
from minxin.agencies.models import Agency, Staff
from minxin.core.uploads import read_upload

TITLES = ("账号名称", "平台", "类型", "主办单位", "备案号", "认证到期", "责任人")


def as_csv(rows: Sequence[Sequence[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def uploaded(
    content: bytes, *, agency: Agency, actor: Staff, now: datetime, name: str = "台账.csv"
) -> RegisterImport:
    sheets = [
        {"name": sheet.name, "rows": sheet.rows}
        for sheet in read_upload(name, content, most_rows=30)
    ]
    return actions.start_sheet(
        RegisterImport, name, content, sheets=sheets, agency=agency, actor=actor, now=now
    )


def matched(job: RegisterImport, *, now: datetime, sheet: int = 0, **defaults: str) -> None:
    """Match the columns as the guess says, and let the worker compare."""
    rows = job.sheets[sheet]["rows"]
    row, height = find_titles(rows)
    titles = titles_of(rows, row, height)
    under = [[line[at] for line in rows[row:] if at < len(line)] for at in range(len(titles))]
    actions.match_columns(
        job, sheet=sheet, header_row=row, header_rows=height, titles=titles,
        columns=guess(titles, under, remembered={}), key=titles_key(titles),
        actor=job.started_by, now=now, **defaults,
    )  # fmt: skip
    work(job.pk, clock=lambda: now)
    job.refresh_from_db()


def compared(
    rows: Sequence[Sequence[object]],
    *,
    agency: Agency,
    actor: Staff,
    now: datetime,
    name: str = "台账.csv",
    **defaults: Any,
) -> RegisterImport:
    job = uploaded(as_csv(rows), agency=agency, actor=actor, now=now, name=name)
    matched(job, now=now, **defaults)
    return job


def written(job: RegisterImport, *, now: datetime) -> None:
    actions.confirm_sheet(job, actor=job.started_by, now=now)
    work(job.pk, clock=lambda: now)
    job.refresh_from_db()


def counts(job: RegisterImport) -> Mapping[str, int]:
    """How many rows of each kind the comparison found; those that are none are left out."""
    found = {
        "new": job.found_new, "changed": job.found_changed, "same": job.found_same,
        "conflict": job.found_conflicts, "wrong": job.found_wrong, "missing": job.found_missing,
    }  # fmt: skip
    return {name: count for name, count in found.items() if count}
