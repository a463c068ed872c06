"""A sheet of patrol records on its way: uploaded, matched, compared, confirmed."""

from datetime import date, datetime

from minxin.accounts.actions import confirm_sheet, start_sheet
from minxin.accounts.importing.titles import find_titles, guess, titles_key, titles_of
from minxin.agencies.models import Agency, Staff
from minxin.core.uploads import read_upload
from minxin.supervision import patrolling
from minxin.supervision.actions.patrols import match_patrol
from minxin.supervision.models import PatrolImport
from minxin.supervision.patrol_sheets import COLUMNS

TITLES = ("账号", "平台", "最近更新日期", "标题", "链接", "查看时间", "查看人")


def brought(
    content: bytes,
    *,
    agency: Agency,
    actor: Staff,
    now: datetime,
    name: str = "巡查.csv",
    seen_on: date | None = None,
    seen_by: str = "",
    sheet: int = 0,
) -> PatrolImport:
    """Uploaded, its columns matched by the guess, compared."""
    read = read_upload(name, content, most_rows=30)
    sheets = [{"name": each.name, "rows": each.rows} for each in read]
    job = start_sheet(
        PatrolImport, name, content, sheets=sheets, agency=agency, actor=actor, now=now
    )
    rows = read[sheet].rows
    row, height = find_titles(rows, COLUMNS)
    titles = titles_of(rows, row, height)
    under = [[line[at] for line in rows[row:] if at < len(line)] for at in range(len(titles))]
    match_patrol(
        job, sheet=sheet, header_row=row, header_rows=height, titles=titles,
        columns=guess(titles, under, remembered={}, columns=COLUMNS),
        key=titles_key(titles, of="patrol"), default_seen_on=seen_on, default_seen_by=seen_by,
        actor=actor, now=now,
    )  # fmt: skip
    patrolling.work(job.pk, clock=lambda: now)
    job.refresh_from_db()
    return job


def written(job: PatrolImport, *, now: datetime) -> None:
    """Confirmed and done."""
    confirm_sheet(job, actor=job.started_by, now=now)
    patrolling.work(job.pk, clock=lambda: now)
    job.refresh_from_db()
