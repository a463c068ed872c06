"""Tickets as sheets in the field names of GB/T 39046: tables 10 (two shapes) and 11."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from minxin.agencies import audit
from minxin.agencies.calendars import Calendars
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import agencies_for, may, permissions_of
from minxin.agencies.rules import Permission
from minxin.citizens.actions import reveal_to_partner
from minxin.citizens.queries import masked_contact
from minxin.console import sheets
from minxin.console.base import allowed, sight, staff_of
from minxin.console.lists import MOST_ROWS
from minxin.tickets import actions
from minxin.tickets.models import Ticket, TicketImport
from minxin.tickets.queries import exchange as queries
from minxin.tickets.queries import ticket_imports as imports
from minxin.tickets.rules import gbt39046
from minxin.tickets.rules.levels import Coding

READ = Permission.READ_TICKETS
MOST_NAMED = 2_000  # rows of one sheet that name people
DAYS = 30
FETCHED = 200  # rows read at once
TABLES = (
    ("complaint", gettext_lazy("表10 投诉（含求助、举报）")),
    ("consult", gettext_lazy("表10 咨询（含建议）")),
    ("supervision", gettext_lazy("表11 督办")),
)


class OutForm(forms.Form):
    """Which tickets, in which table, with whom they name or without."""

    table = forms.ChoiceField(label=gettext_lazy("表"), choices=TABLES)
    since = forms.DateField(
        label=gettext_lazy("从"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    until = forms.DateField(
        label=gettext_lazy("到"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=gettext_lazy("按提交日期，起止两天都算；督办按发出日期。"),
    )  # fmt: skip
    unit = forms.ModelChoiceField(
        label=gettext_lazy("承办单位"), queryset=Agency.objects.none(), required=False,
        empty_label=gettext_lazy("全部"),
    )  # fmt: skip
    coding = forms.ChoiceField(
        label=gettext_lazy("评价等级的编码"), choices=TicketImport.Coding.choices,
        help_text=gettext_lazy("两种标准方向相反，按接收方的写。"),
    )  # fmt: skip
    shape = forms.ChoiceField(
        label=gettext_lazy("格式"), choices=(("xlsx", "XLSX"), ("csv", "CSV"))
    )
    contact = forms.BooleanField(
        label=gettext_lazy("带市民姓名、电话和未遮盖的内容"), required=False,
        help_text=gettext_lazy("不选时姓名、电话和正文中的个人信息都遮盖。选了的，逐件记入审计，一次最多 2000 件。"),
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("理由"), required=False, max_length=200,
        help_text=gettext_lazy("带个人信息时必填，例如接收单位和文号；记入审计。"),
    )  # fmt: skip

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = agencies_for(staff, READ)  # type: ignore[attr-defined]
        if Permission.REVEAL_CITIZENS not in permissions_of(staff):
            del self.fields["contact"], self.fields["reason"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until and until < since:
            self.add_error("until", _("结束的一天早于开始的一天。"))
        if given.get("contact") and len(given.get("reason", "").strip()) < 2:
            self.add_error("reason", _("请填写带个人信息的理由，理由会记入审计。"))
        return given


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a sheet is made of."""

    table: str
    since: datetime
    until: datetime
    unit: Agency | None
    coding: Coding
    reason: str  # nothing: nobody is named

    @property
    def names(self) -> Sequence[str]:
        if self.table == "supervision":
            return gbt39046.SUPERVISION
        return gbt39046.SHAPES[self.table]


@require_http_methods(["GET", "POST"])
@allowed(READ)
def exchange(request: HttpRequest) -> HttpResponse:
    """What goes out as a sheet, and the way in."""
    staff, today = sight(request), timezone.localdate()
    start = {"since": today - timedelta(days=DAYS - 1), "until": today, "table": "complaint"}
    sent = request.POST if request.method == "POST" else None
    form = OutForm(sent, staff=staff, initial=start)
    if request.method == "POST" and form.is_valid():
        answer = _sheet(request, staff, form)
        if answer is not None:
            return answer
    can_file = Permission.FILE_TICKETS in permissions_of(staff)
    context = {
        "form": form,
        "title": _("工单交换"),
        "back": reverse("console:tickets"),
        "can_file": can_file,
        "recent": imports.ticket_imports(staff)[:5] if can_file else [],
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "console/ticket_exchange.html", context, status=status)


def _sheet(request: HttpRequest, staff: Staff, form: OutForm) -> HttpResponse | None:
    """The sheet; None with an error in the form when there is nothing, or too much."""
    given = form.cleaned_data
    wanted = Wanted(
        given["table"], _midnight(given["since"]), _midnight(given["until"] + timedelta(days=1)),
        given["unit"], Coding(given["coding"]),
        given.get("reason", "").strip() if given.get("contact") else "",
    )  # fmt: skip
    found = _found(staff, wanted)
    count, most = found.count(), MOST_NAMED if wanted.reason else MOST_ROWS
    if not count:
        form.add_error(None, _("这段时间里没有符合条件的内容。"))
        return None
    if count > most:
        words = _("共 %(count)s 行，一次最多导出 %(most)s 行，请缩短时间或选一个单位。")
        form.add_error(None, words % {"count": count, "most": most})
        return None
    now = timezone.now()
    audit.record(
        staff_of(request), "ticket.sheet_taken_out", str(dict(TABLES)[wanted.table]), now=now,
        after={"rows": count, "named": bool(wanted.reason), "since": str(given["since"]),
               "until": str(given["until"])},
        reason=wanted.reason,
    )  # fmt: skip
    name = f"{_('工单交换')}-{wanted.table}-{timezone.localtime(now):%Y%m%d-%H%M}.{given['shape']}"
    rows = _rows(staff_of(request), found, wanted, now)
    make = sheets.csv_of if given["shape"] == "csv" else sheets.book_of
    return make(wanted.names, rows, name)


def _found(staff: Staff, wanted: Wanted) -> Any:
    within = {"agency__path__startswith": wanted.unit.path} if wanted.unit else {}
    if wanted.table == "supervision":
        return queries.supervision_tables(staff).filter(
            at__gte=wanted.since, at__lt=wanted.until, **within
        )
    return queries.to_exchange(staff, wanted.table).filter(
        filed_at__gte=wanted.since, filed_at__lt=wanted.until, **within
    )


def _rows(staff: Staff, found: Any, wanted: Wanted, now: datetime) -> Iterator[list[str]]:
    calendars = Calendars()
    for number, row in enumerate(_fetched(found), start=1):
        if wanted.table == "supervision":
            is_open = _may_open(staff, row.ticket, wanted)
            if is_open:
                _note_reading(staff, row.ticket, wanted, now)
            table = queries.supervision_table(row, is_open=is_open)
        else:
            table = _table(staff, row, wanted, calendars, now)
        yield [sheets.cell(table[name]) for name in wanted.names]
        if number % sheets.BREATH_ROWS == 0:
            time.sleep(sheets.BREATH)


def _fetched(found: Any) -> Iterator[Any]:
    """All rows, `FETCHED` at a time, each lot read to its end: between them entries of the audit are written,
    and on SQLite a read that is still open cannot become a write once somebody else has written."""
    keys = list(found.prefetch_related(None).values_list("pk", flat=True))
    for at in range(0, len(keys), FETCHED):
        yield from list(found.filter(pk__in=keys[at : at + FETCHED]))


def _may_open(staff: Staff, ticket: Ticket, wanted: Wanted) -> bool:
    return bool(wanted.reason) and may(staff, Permission.REVEAL_CITIZENS, ticket.agency)


def _note_reading(staff: Staff, ticket: Ticket, wanted: Wanted, now: datetime) -> None:
    actions.note_read_in_full(
        ticket, reason=f"{ticket.number} {wanted.reason}", actor=staff, now=now
    )


def _table(
    staff: Staff, row: Ticket, wanted: Wanted, calendars: Calendars, now: datetime
) -> dict[str, str]:
    left = queries.contact_left(row)
    is_open = _may_open(staff, row, wanted)
    contact = masked_contact(left)
    if is_open and left is None:
        _note_reading(staff, row, wanted, now)
    elif is_open and left is not None:
        contact = reveal_to_partner(
            left, agency=row.agency, reason=f"{row.number} {wanted.reason}", actor=staff, now=now
        )
    return queries.table_of(
        row, coding=wanted.coding, contact=contact, is_open=is_open, calendars=calendars, now=now
    )


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))


urlpatterns = [path("tickets/exchange/", exchange, name="ticket_exchange")]
