"""A sheet of the responsibility list: matched, compared with the draft, written whole, taken back whole."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from minxin.accounts.actions.sheet_jobs import (
    AT_ONCE,
    MOVING,
    ensure_chosen,
    ensure_own,
    forget_rows,
    forget_sheet_files,
    hold,
    keep_found,
    rematch_sheet,
)
from minxin.accounts.models import RowState
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import ensure_may_everywhere
from minxin.agencies.rules import Permission
from minxin.core.breath import breathe
from minxin.core.errors import Refused
from minxin.tickets.actions.matters import matter_at
from minxin.tickets.actions.responsibilities import begin_draft, held_draft, touch
from minxin.tickets.models import (
    ImportedResponsibility,
    Matter,
    Responsibility,
    ResponsibilityImport,
)
from minxin.tickets.queries import responsibilities as listed
from minxin.tickets.responsibility_sheets import NAMED, SheetLine
from minxin.tickets.rules.responsibilities import SEPARATOR, Duty, Key

Outcome = ImportedResponsibility.Outcome
CHUNK = 50  # lines in one transaction


def match_responsibilities(
    job: ResponsibilityImport,
    *,
    sheet: int,
    header_row: int,
    header_rows: int,
    titles: Sequence[str],
    columns: Sequence[str],
    key: str,
    adds_matters: bool,
    actor: Staff,
    now: datetime,
) -> None:
    """Say which column is which field; the draft it goes into is made when there is none."""
    ensure_own(job, actor)
    ensure_may_everywhere(actor, Permission.EDIT_SETTINGS)
    ensure_chosen(columns, NAMED, {"agency": _("请指出哪一列是主办单位。")})
    if not {"matter", "level_1"} & set(columns):
        raise Refused(_("请指出哪一列是事项，或者一级分类。"), field="matter")
    draft = listed.draft_list() or begin_draft(is_copy=True, actor=actor, now=now)
    plan = {
        "sheet": sheet, "header_row": header_row, "header_rows": header_rows,
        "columns": list(columns), "adds_matters": adds_matters, "draft_id": draft.pk,
    }  # fmt: skip
    fields = {title: name for title, name in zip(titles, columns, strict=True) if title}
    rematch_sheet(job, plan, key=key, fields=fields, defaults={}, actor=actor, now=now)


def keep_comparison(
    job: ResponsibilityImport, lines: Sequence[SheetLine], *, token: str, now: datetime
) -> None:
    """Note what was read beside the draft, in place of what was read before; a person decides next."""
    forget_rows(job, (ImportedResponsibility,), token=token, now=now)
    there = listed.duties_of(job.draft)
    rows = [_compared(job, line, there.get(Key(line.matter, line.place))) for line in lines]
    for at in range(0, len(rows), AT_ONCE):
        with transaction.atomic():
            hold(job, token, now)
            ImportedResponsibility.objects.bulk_create(rows[at : at + AT_ONCE])
        breathe()
    fields = {"found_new": Outcome.NEW, "found_changed": Outcome.CHANGED,
              "found_same": Outcome.SAME, "found_wrong": Outcome.WRONG}  # fmt: skip
    counts = {name: sum(row.outcome == kind for row in rows) for name, kind in fields.items()}
    keep_found(job, counts, token=token, now=now)


def _compared(
    job: ResponsibilityImport, line: SheetLine, there: Duty | None
) -> ImportedResponsibility:
    row = ImportedResponsibility(
        job=job, row=line.row, name=line.matter, place=line.place[:60], agency_id=line.agency,
        co=line.co, basis=line.basis[:200], keywords=line.keywords[:300],
        faults=[list(each) for each in line.faults],
    )  # fmt: skip
    if line.faults or line.agency is None:
        row.outcome = Outcome.WRONG
    elif there is None:
        row.outcome = Outcome.NEW
    else:
        row.before = _plain(there)
        is_same = there == Duty(line.agency, tuple(line.co), line.basis)
        row.outcome = Outcome.SAME if is_same else Outcome.CHANGED
    return row


def _plain(duty: Duty) -> dict[str, object]:
    return {"agency": duty.agency, "co": list(duty.co), "basis": duty.basis}


def advance(
    job: ResponsibilityImport,
    rows: Sequence[ImportedResponsibility],
    *,
    token: str,
    now: datetime,
) -> bool:
    """Write the next few lines for a holder; False when somebody has asked to stop."""
    with transaction.atomic():
        hold(job, token, now)
        assert job.draft is not None  # noqa: S101  (matching the columns sees to it)
        draft = held_draft(job.draft)
        known = {matter.path: matter for matter in Matter.objects.filter(path__in=_ways(rows))}
        closed = set(
            Agency.objects.filter(pk__in=[row.agency_id for row in rows], is_active=False)
            .values_list("pk", flat=True)
        )  # fmt: skip
        for row in rows:
            _write(job, row, draft.pk, known, closed)
        touch(draft)
        _save(rows)
    return _goes_on(job)


def _ways(rows: Sequence[ImportedResponsibility]) -> set[str]:
    """The paths of the matters of lines and of all above them."""
    found = set()
    for row in rows:
        names = row.name.split(SEPARATOR)
        found |= {SEPARATOR.join(names[: at + 1]) for at in range(len(names))}
    return found


def _write(
    job: ResponsibilityImport,
    row: ImportedResponsibility,
    draft: int,
    known: dict[str, Matter],
    closed: set[int],
) -> None:
    if row.agency_id is None or row.agency_id in closed:
        row.state, row.note = RowState.KEPT, _("单位在比对之后停用，没有写入。")
        return
    if row.name not in known and not job.adds_matters:
        row.state, row.note = RowState.KEPT, _("事项在比对之后变动，没有写入。")
        return
    matter, _made = matter_at(row.name.split(SEPARATOR), origin=Matter.Origin.OWN, known=known)
    if row.keywords and row.keywords != matter.keywords:
        matter.keywords = row.keywords
        matter.save(update_fields=["keywords"])
    there = (
        Responsibility.objects.filter(version=draft, matter=matter, place=row.place)
        .prefetch_related("co_agencies")
        .first()
    )
    if (_now(there) if there else {}) != row.before:
        row.state, row.note = RowState.KEPT, _("草稿里的这一行在比对之后被人改过，没有写入。")
        return
    kept = there or Responsibility(version_id=draft, matter=matter, place=row.place)
    kept.agency_id, kept.basis = row.agency_id, row.basis
    kept.save()
    kept.co_agencies.set(row.co)
    row.state, row.written = RowState.WRITTEN, kept


def _now(row: Responsibility) -> dict[str, object]:
    co = sorted(each.pk for each in row.co_agencies.all())
    return {"agency": row.agency_id, "co": co, "basis": row.basis}


def take_back(
    job: ResponsibilityImport,
    rows: Sequence[ImportedResponsibility],
    *,
    token: str,
    now: datetime,
) -> bool:
    """Take the next few lines back for a holder; what somebody changed since stays."""
    with transaction.atomic():
        hold(job, token, now)
        assert job.draft is not None  # noqa: S101
        draft = held_draft(job.draft)
        for row in rows:
            kept = row.written
            ours = {"agency": row.agency_id, "co": row.co, "basis": row.basis}
            if kept is None or _now(kept) != ours:
                row.state, row.note = RowState.LEFT, _("导入之后被人改过，没有撤销。")
                continue
            row.written = None
            if row.before:
                kept.agency_id, kept.basis = row.before["agency"], row.before["basis"]
                kept.save()
                kept.co_agencies.set(row.before["co"])
            else:
                kept.delete()
            row.state, row.note = RowState.UNDONE, ""
        touch(draft)
        _save(rows)
    return _goes_on(job)


def _save(rows: Sequence[ImportedResponsibility]) -> None:
    ImportedResponsibility.objects.bulk_update(rows, ["state", "note", "written"])


def _goes_on(job: ResponsibilityImport) -> bool:
    job.refresh_from_db(fields=["stop_requested_at", "status"])
    return job.stop_requested_at is None


def forget_responsibility_imports(*, now: datetime) -> int:
    """Remove the sheets that lie about for a week."""
    old = forget_sheet_files(ResponsibilityImport, now=now)
    ResponsibilityImport.objects.exclude(status__in=MOVING).filter(file="").exclude(
        sheets=[]
    ).update(sheets=[])
    return old
