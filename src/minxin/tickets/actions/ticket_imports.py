"""A sheet of tickets: matched, compared with what is here, filed row by row, taken back where nobody has
begun. The same number of the same agency's sheets is kept once, however often it comes."""

from collections.abc import Mapping, Sequence
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
from minxin.agencies.models import Staff
from minxin.core.breath import breathe
from minxin.core.errors import NotFound, Refused
from minxin.text import mask
from minxin.tickets.actions.exchange import partner_of, recall, take_in, tell_anew
from minxin.tickets.actions.wrongdoing import refuse_wrongdoing
from minxin.tickets.exchanging import Taken, read_table
from minxin.tickets.models import ExchangeRecord, ImportedTicket, Ticket, TicketImport
from minxin.tickets.queries.exchange import told_anew
from minxin.tickets.rules import gbt39046
from minxin.tickets.rules.levels import Coding
from minxin.tickets.ticket_sheets import NAMED, SheetTicket

Outcome = ImportedTicket.Outcome
CHUNK = 3  # tickets in one transaction: filing one takes some milliseconds, and others wait


def match_tickets(
    job: TicketImport,
    *,
    sheet: int,
    header_row: int,
    header_rows: int,
    titles: Sequence[str],
    columns: Sequence[str],
    key: str,
    level_coding: str,
    actor: Staff,
    now: datetime,
) -> None:
    """Say which column is which field of table 10, and in which direction its levels run."""
    ensure_own(job, actor)
    ensure_chosen(columns, NAMED, {"内容": _("请指出哪一列是内容。")})
    if not {gbt39046.THEIR_NUMBER, "咨询编码", gbt39046.NUMBER} & set(columns):
        words = _("请指出哪一列是外部编号：没有编号就认不出重复的行。")
        raise Refused(words, field=gbt39046.THEIR_NUMBER)
    if gbt39046.LEVEL in columns and level_coding not in TicketImport.Coding.values:
        words = _("有评价等级的，请选择等级编码的方向：两种标准方向相反。")
        raise Refused(words, field="level_coding")
    plan = {
        "sheet": sheet, "header_row": header_row, "header_rows": header_rows,
        "columns": list(columns), "level_coding": level_coding,
    }  # fmt: skip
    fields = {title: name for title, name in zip(titles, columns, strict=True) if title}
    rematch_sheet(job, plan, key=key, fields=fields, defaults={}, actor=actor, now=now)


def keep_comparison(
    job: TicketImport, lines: Sequence[SheetTicket], *, token: str, now: datetime
) -> None:
    """Note what each row would do, in place of what was read before; a person decides next."""
    forget_rows(job, (ImportedTicket,), token=token, now=now)
    seen: dict[str, int] = {}
    counts = dict.fromkeys(Outcome.values, 0)
    for at in range(0, len(lines), AT_ONCE):
        rows = _compared(job, lines[at : at + AT_ONCE], seen)
        for row in rows:
            counts[row.outcome] += 1
        with transaction.atomic():
            hold(job, token, now)
            ImportedTicket.objects.bulk_create(rows)
        breathe()
    found = {f"found_{name}": count for name, count in counts.items()}
    keep_found(job, found, token=token, now=now)


def _compared(
    job: TicketImport, lines: Sequence[SheetTicket], seen: dict[str, int]
) -> list[ImportedTicket]:
    numbers = [line.number for line in lines if line.taken]
    known = {
        record.their_number: record
        for record in ExchangeRecord.objects.filter(
            partner=partner_of(job.started_by, job.agency), their_number__in=numbers
        )
        .select_related("ticket")
        .prefetch_related("ticket__ratings")
    }
    return [_one(job, line, known.get(line.number), seen) for line in lines]


def _one(
    job: TicketImport, line: SheetTicket, record: ExchangeRecord | None, seen: dict[str, int]
) -> ImportedTicket:
    row = ImportedTicket(job=job, row=line.row, name=line.number[:80])
    taken = line.taken
    if taken is not None:
        _look_closer(line, taken, record, seen)
    row.faults = [list(each) for each in line.faults]
    row.outcome = Outcome.WRONG
    if taken is None or line.faults:
        return row
    row.nature, row.brief = taken.nature, mask(" ".join(taken.text.split()))[:60]
    row.outcome, row.note = _outcome(taken, record)
    row.ticket = record.ticket if record else None
    return row


def _look_closer(
    line: SheetTicket, taken: Taken, record: ExchangeRecord | None, seen: dict[str, int]
) -> None:
    earlier = seen.setdefault(taken.their_number, line.row)
    if earlier != line.row:
        words = _("与第 %(row)s 行的外部编号相同。") % {"row": earlier}
        line.wrong(gbt39046.THEIR_NUMBER, taken.their_number, words)
    if record is None:
        try:
            refuse_wrongdoing(f"{taken.text}\n{taken.answer}")
        except Refused as refusal:
            line.wrong("内容", "", refusal.message)
        return
    try:
        told_anew(record, taken)
    except Refused as refusal:
        line.wrong(refusal.field, "", refusal.message)


def _outcome(taken: Taken, record: ExchangeRecord | None) -> tuple[str, str]:
    if record is None:
        return (Outcome.HISTORY if taken.answer else Outcome.NEW), ""
    changed = told_anew(record, taken)
    if changed:
        return Outcome.CHANGED, _("更新：%(fields)s") % {"fields": "、".join(changed)}
    return Outcome.SAME, ""


def file_rows(
    job: TicketImport,
    rows: Sequence[ImportedTicket],
    read: Mapping[int, Mapping[str, str]],
    *,
    token: str,
    now: datetime,
) -> bool:
    """File the next few rows for a holder, each by itself; False when somebody has asked to stop."""
    with transaction.atomic():
        hold(job, token, now)
        for row in rows:
            try:
                with transaction.atomic():
                    row.ticket = _filed(job, row, read.get(row.row, {}), now)
                row.state = RowState.WRITTEN
            except Refused as refusal:
                row.state, row.note = RowState.KEPT, refusal.message[:300]
        _save(rows)
    return _goes_on(job)


def _filed(
    job: TicketImport, row: ImportedTicket, said: Mapping[str, str], now: datetime
) -> Ticket:
    coding = Coding(job.level_coding or Coding.GBT39046)
    taken = read_table(said, coding=coding, now=now)
    if taken.their_number != row.name:
        raise Refused(_("这一行在比对之后变了，没有写入。"))
    if row.outcome == Outcome.CHANGED and row.ticket is not None:
        return tell_anew(row.ticket, taken, agency=job.agency, actor=job.started_by, now=now)
    ticket, is_new = take_in(taken, agency=job.agency, actor=job.started_by, now=now)
    if not is_new:
        raise Refused(_("这个编号在比对之后已由另一份表格登记，没有重复登记。"))
    return ticket


def recall_rows(
    job: TicketImport, rows: Sequence[ImportedTicket], *, token: str, now: datetime
) -> bool:
    """Take the next few tickets back for a holder: those that were filed and that nobody has touched. What
    is history, or was told anew, is put right by a corrected sheet."""
    with transaction.atomic():
        hold(job, token, now)
        for row in rows:
            row.state = RowState.LEFT
            if row.outcome != Outcome.NEW or row.ticket is None:
                row.note = _("已答复的留存和更新不撤销；有误的，改好表格再导入一次即更正。")
                continue
            try:
                with transaction.atomic():
                    recall(row.ticket, agency=job.agency, actor=job.started_by, now=now)
                row.state, row.note = RowState.UNDONE, ""
            except (Refused, NotFound) as error:
                words = error.message if isinstance(error, Refused) else ""
                row.note = (words or _("已有人办理，没有撤销。"))[:300]
        _save(rows)
    return _goes_on(job)


def _save(rows: Sequence[ImportedTicket]) -> None:
    ImportedTicket.objects.bulk_update(rows, ["state", "note", "ticket"])


def _goes_on(job: TicketImport) -> bool:
    job.refresh_from_db(fields=["stop_requested_at", "status"])
    return job.stop_requested_at is None


def forget_ticket_imports(*, now: datetime) -> int:
    """Remove the sheets that lie about for a week, and the first rows kept to choose columns by."""
    old = forget_sheet_files(TicketImport, now=now)
    ended = TicketImport.objects.exclude(status__in=MOVING).filter(file="").exclude(sheets=[])
    ended.update(sheets=[])
    return old
