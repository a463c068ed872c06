"""Patrol records brought in as a sheet: matched, compared, written with grade D, taken back as a whole.

A record tells that something was published; that nothing newer was there it does not tell (its source is
silent on nothing). So it can make an account fresh or its sources contradictory, never stale.
"""

import hashlib
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

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
from minxin.accounts.models import Account, Platform, RowState
from minxin.agencies import audit
from minxin.agencies.models import Staff
from minxin.core.breath import breathe
from minxin.core.errors import Refused
from minxin.supervision.actions.standing import evaluate
from minxin.supervision.models import PatrolImport, PatrolRow, Trace
from minxin.supervision.packs import library
from minxin.supervision.patrol_sheets import NAMED, Line, last_moment
from minxin.supervision.queries import supervised
from minxin.supervision.queries.patrols import Told, said_against
from minxin.supervision.rules.sources import Kind, Source

Outcome = PatrolRow.Outcome
CHUNK = 20  # lines in one transaction
KEPT = timedelta(days=90)  # lines that were not written stay so long


def match_patrol(
    job: PatrolImport,
    *,
    sheet: int,
    header_row: int,
    header_rows: int,
    titles: Sequence[str],
    columns: Sequence[str],
    key: str,
    default_platform: str = "",
    default_seen_on: date | None = None,
    default_seen_by: str = "",
    actor: Staff,
    now: datetime,
) -> None:
    """Say which column is which field, and what holds for lines that do not say. Raises `Refused`."""
    ensure_own(job, actor)
    ensure_chosen(columns, NAMED, {"newest_on": _("请指出哪一列是最近更新日期。")})
    if not {"name", "original_id", "number", "platform_number"} & set(columns):
        raise Refused(_("请指出哪一列是账号，或者原始ID、备案号。"), field="name")
    if default_platform and default_platform not in Platform.values:
        raise Refused(_("请选择平台。"), field="default_platform")
    if default_seen_on is not None and last_moment(default_seen_on - timedelta(days=1)) > now:
        raise Refused(_("查看日期不能晚于今天。"), field="default_seen_on")
    defaults = {"default_platform": default_platform}
    plan = {
        "sheet": sheet,
        "header_row": header_row,
        "header_rows": header_rows,
        "columns": list(columns),
        "default_seen_on": default_seen_on,
        "default_seen_by": default_seen_by.strip()[:60],
        **defaults,
    }
    fields = {title: name for title, name in zip(titles, columns, strict=True) if title}
    rematch_sheet(job, plan, key=key, fields=fields, defaults=defaults, actor=actor, now=now)


def item_number(newest_on: date, title: str, link: str) -> str:
    """The number that an item has among patrol records: the same item seen twice is one."""
    said = f"{title}\n{link}".encode()
    return f"patrol-{newest_on:%Y%m%d}-{hashlib.sha256(said).hexdigest()[:16]}"


def keep_patrol_comparison(
    job: PatrolImport, lines: Sequence[Line], *, blank: int, token: str, now: datetime
) -> None:
    """Note what was read, in place of what was read before; a person decides next."""
    forget_rows(job, (PatrolRow,), token=token, now=now)
    good = [each for each in lines if not each.faults]
    known = _recorded({each.account for each in good if each.account})
    told = [
        Told(each.account, each.newest_on, _counts_as(each.newest_on, each.seen_at), each.seen_at)
        for each in good
        if each.account and each.newest_on and each.seen_at
    ]
    notes = dict(
        zip((each.row for each in good), said_against(told, library(), now=now), strict=True)
    )
    rows = [_row(job, each, known, notes.get(each.row, "")) for each in lines]
    for at in range(0, len(rows), AT_ONCE):
        with transaction.atomic():
            hold(job, token, now)
            PatrolRow.objects.bulk_create(rows[at : at + AT_ONCE])
        breathe()
    fields = {"found_new": Outcome.NEW, "found_same": Outcome.SAME, "found_wrong": Outcome.WRONG,
              "found_contradictions": Outcome.CONTRADICTS}  # fmt: skip
    counts = {name: sum(row.outcome == kind for row in rows) for name, kind in fields.items()}
    keep_found(job, counts | {"found_blank": blank}, token=token, now=now)


def _row(job: PatrolImport, line: Line, known: Collection[tuple[int, str]], note: str) -> PatrolRow:
    row = PatrolRow(
        job=job, row=line.row, name=line.name, platform=line.platform, account_id=line.account,
        newest_on=line.newest_on, title=line.title, link=line.link, seen_at=line.seen_at,
        is_seen_day_only=line.is_seen_day_only, seen_by=line.seen_by,
        faults=[list(each) for each in line.faults], note=note[:300], outcome=Outcome.NEW,
    )  # fmt: skip
    if line.faults or line.newest_on is None:
        row.outcome = Outcome.WRONG
    elif (line.account or 0, item_number(line.newest_on, line.title, line.link)) in known:
        row.outcome, row.note = Outcome.SAME, ""
    elif note:
        row.outcome = Outcome.CONTRADICTS
    return row


def _recorded(accounts: Collection[int]) -> set[tuple[int, str]]:
    """What patrols recorded of these accounts by now: account and number of the item."""
    found: set[tuple[int, str]] = set()
    numbers = sorted(accounts)
    for at in range(0, len(numbers), 5 * AT_ONCE):
        rows = Trace.objects.filter(
            account__in=numbers[at : at + 5 * AT_ONCE], source=Source.PATROL.value
        )
        found |= set(rows.values_list("account_id", "external_id"))
    return found


def _counts_as(newest_on: date, seen_at: datetime) -> datetime:
    """Known by its day: its last moment, but not after somebody saw it."""
    return min(last_moment(newest_on), seen_at)


def leave_out(row: PatrolRow, *, actor: Staff, now: datetime) -> None:
    """Let a line of a compared sheet not be written."""
    ensure_own(row.job, actor)
    with transaction.atomic():
        there = row.job.writable().filter(
            pk=row.pk, state=RowState.PENDING, job__status=PatrolImport.Status.CHECKED
        )
        if not there.update(state=RowState.KEPT, note=_("上传人选择不写入。")):
            raise Refused(_("这一行现在不能改。"))
        audit.record(
            actor, "import.row_left_out", row.job, now=now, agency=row.job.agency,
            after={"row": row.row, "name": row.name},
        )  # fmt: skip
    row.refresh_from_db()


# Writing and taking back -----------------------------------------------------------------------


def advance_patrol(
    job: PatrolImport, rows: Sequence[PatrolRow], *, token: str, now: datetime
) -> bool:
    """Write the next few lines for a holder and evaluate their accounts; False when somebody has asked
    to stop."""
    with transaction.atomic():
        hold(job, token, now)
        accounts = _within_reach(job, rows)
        taken = _recorded(accounts)
        for row in rows:
            row.trace = _trace_of(row, accounts, taken, now)
        Trace.objects.bulk_create(each.trace for each in rows if each.trace)
        _save(rows)
    _weigh_again(accounts, now)
    return _goes_on(job)


def _within_reach(job: PatrolImport, rows: Sequence[PatrolRow]) -> set[int]:
    """The accounts of these lines that are still supervised by who brought them in."""
    seen = Account.objects.visible_to(job.started_by, job.permission).exclude(status="closed")
    here = seen.filter(agency__path__startswith=job.agency.path)
    return set(here.filter(pk__in=[row.account_id for row in rows]).values_list("pk", flat=True))


def _trace_of(
    row: PatrolRow, accounts: Collection[int], taken: set[tuple[int, str]], now: datetime
) -> Trace | None:
    """What a line tells, to be kept; None where it is not, with the reason in the line."""
    account = row.account_id
    if account not in accounts or not (account and row.newest_on and row.seen_at):
        row.state, row.note = RowState.KEPT, _("账号已注销、已移出或不在您的监管范围，没有写入。")
        return None
    mark = (account, item_number(row.newest_on, row.title, row.link))
    if mark in taken:
        row.state, row.note = RowState.KEPT, _("这条更新已有巡查记录。")
        return None
    taken.add(mark)
    row.state = RowState.WRITTEN
    return Trace(
        account_id=account, source=Source.PATROL.value, kind=Kind.PUSHED.value,
        published_at=_counts_as(row.newest_on, row.seen_at), is_day_only=True, title=row.title,
        url=row.link, external_id=mark[1], recorded_at=now,
    )  # fmt: skip


def undo_patrol_rows(
    job: PatrolImport, rows: Sequence[PatrolRow], *, token: str, now: datetime
) -> bool:
    """Take the next few lines back for a holder; False when somebody has asked to stop."""
    with transaction.atomic():
        hold(job, token, now)
        Trace.objects.filter(
            pk__in=[row.trace_id for row in rows if row.trace_id], source=Source.PATROL.value
        ).delete()
        for row in rows:
            is_there = row.trace_id is not None
            row.trace = None
            row.state = RowState.UNDONE if is_there else RowState.LEFT
            row.note = "" if is_there else _("写入的记录已经不在。")
        _save(rows)
    _weigh_again({row.account_id for row in rows if row.account_id}, now)
    return _goes_on(job)


def _save(rows: Sequence[PatrolRow]) -> None:
    PatrolRow.objects.bulk_update(rows, ["state", "note", "trace"])


def _weigh_again(accounts: Collection[int], now: datetime) -> None:
    evaluate(supervised().filter(pk__in=accounts), now=now)


def _goes_on(job: PatrolImport) -> bool:
    job.refresh_from_db(fields=["stop_requested_at", "status"])
    return job.stop_requested_at is None


# What time does --------------------------------------------------------------------------------


def forget_patrols(*, now: datetime) -> int:
    """Remove the sheets that lie about for a week, and after 90 days the lines that were not written;
    those that were stay as the record behind what was written."""
    old = forget_sheet_files(PatrolImport, now=now)
    ended = PatrolImport.objects.exclude(status__in=MOVING).filter(created_at__lt=now - KEPT)
    lines = PatrolRow.objects.filter(job__in=ended).exclude(state=RowState.WRITTEN)
    while numbers := list(lines.values_list("pk", flat=True)[: 5 * AT_ONCE]):
        PatrolRow.objects.filter(pk__in=numbers).delete()
        breathe()
    ended.exclude(sheets=[]).update(sheets=[])
    return old
