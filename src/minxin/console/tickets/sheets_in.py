"""Tickets of another system, brought in by a sheet in the field names of GB/T 39046 table 10."""

from collections.abc import Mapping
from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from minxin.accounts.importing import titles
from minxin.accounts.models import RowState
from minxin.agencies.models import Staff
from minxin.agencies.rules import Permission
from minxin.console import sheets
from minxin.console.base import allowed
from minxin.console.lists import ListPage, Search, Table, choices_of, listed
from minxin.console.sheet_import_forms import ColumnsForm
from minxin.console.sheet_import_lists import SheetFilter, SheetTable
from minxin.console.sheet_imports import SheetPages
from minxin.tickets import ticket_importing as importing
from minxin.tickets.actions import ticket_imports as actions
from minxin.tickets.models import ImportedTicket, TicketImport
from minxin.tickets.queries import ticket_imports as queries
from minxin.tickets.rules import gbt39046
from minxin.tickets.ticket_sheets import COLUMNS, without_names

FILE = Permission.FILE_TICKETS
READ = Permission.READ_TICKETS


class TicketColumnsForm(ColumnsForm):
    """Which column is which field of table 10."""

    columns = COLUMNS
    default_platform = None  # type: ignore[assignment]
    level_coding = forms.ChoiceField(
        label=gettext_lazy("评价等级的编码"), required=False,
        choices=[("", gettext_lazy("表格里没有评价等级")), *TicketImport.Coding.choices],
        help_text=gettext_lazy("写等级名称的不受影响；写数字的，两种标准方向相反，请向对方核实。"),
    )  # fmt: skip


class TicketPages(SheetPages):
    """A sheet of tickets."""

    model = TicketImport
    permission = FILE
    name = "ticket_import"
    new_route = "tickets/import/"
    route = "tickets/imports/"
    of = "tickets"
    columns_form = TicketColumnsForm
    remembered = ()
    small_write = 5
    upload_template = "console/ticket_import.html"
    one_template = "console/ticket_import_one.html"
    state_template = "console/parts/ticket_import_state.html"
    words: Mapping[str, Any] = {
        "heading": gettext_lazy("导入工单"),
        "compare": gettext_lazy("与已有工单比对"),
        "file_help": gettext_lazy("xlsx、xls、ods 或 CSV，最多 5000 行、20 MB。列名和列的次序不限。"),
        "agency": gettext_lazy("登记到哪个单位"),
        "agency_help": gettext_lazy("工单归这个单位或它的下级办理；同一单位的表格里，外部编号相同的是同一件。"),
        "of": gettext_lazy("外部编号"),
        "shown": gettext_lazy("会写入的行"),
    }  # fmt: skip

    def jobs(self, staff: Staff) -> Any:
        return queries.ticket_imports(staff)

    def job(self, staff: Staff, number: int) -> Any:
        return queries.ticket_import_for(staff, number)

    def match(self, job: Any, plan: dict[str, Any], given: Mapping[str, Any]) -> None:
        actions.match_tickets(job, **plan, level_coding=given["level_coding"])

    def work(self, number: int) -> None:
        importing.work(number)

    def wake(self, job: Any) -> None:
        importing.wake(job)

    def samples(self, rows: list[list[str]]) -> list[list[str]]:
        """Whom the sheet names, and their words, are not kept to choose columns by."""
        row, height = titles.find_titles(rows, COLUMNS)
        names = titles.titles_of(rows, row, height)
        none: list[tuple[str, ...]] = [()] * len(names)
        guessed = titles.guess(names, none, remembered={}, columns=COLUMNS)
        return without_names(rows, guessed, row)

    def back(self) -> tuple[str, Any]:
        return reverse("console:ticket_exchange"), gettext_lazy("工单交换")

    def more(self, job: Any) -> dict[str, Any]:
        return self.told(job, queries.imported_rows_of(job), "new", "history", "changed")


@require_safe
@allowed(FILE)
def template(request: HttpRequest, shape: str) -> HttpResponse:
    """A sheet to fill in: the titles of one shape of table 10 and what we add."""
    names = [*gbt39046.SHAPES[shape]]
    name = _("咨询工单表.xlsx") if shape == "consult" else _("投诉工单表.xlsx")
    return sheets.book_of(names, [], name)


# The lists ------------------------------------------------------------------------------------


class JobFilter(SheetFilter):
    """Filters of the sheets."""

    class Meta:
        model = TicketImport
        fields = ("status",)


class JobTable(SheetTable):
    """The sheets with what was found in them."""

    found_new = tables.Column(verbose_name=gettext_lazy("新登记"))
    found_history = tables.Column(verbose_name=gettext_lazy("已答复的留存"))
    found_changed = tables.Column(verbose_name=gettext_lazy("更新"))
    found_wrong = tables.Column(verbose_name=gettext_lazy("有误"))


class JobsPage(ListPage):
    """The sheets of tickets of my agencies."""

    permission = FILE
    title = gettext_lazy("工单导入记录")
    empty = gettext_lazy("还没有导入过工单。")
    table_class = JobTable
    filterset_class = JobFilter
    buttons = ((gettext_lazy("导入工单"), "console:ticket_import_new", FILE),)
    back = (gettext_lazy("工单交换"), "console:ticket_exchange")

    def rows(self, staff: Staff) -> QuerySet[TicketImport]:
        return queries.ticket_imports(staff)


class RowFilter(Search):
    """Filters of the lines."""

    searched = ("name", "ticket__number", "note")
    outcome = django_filters.ChoiceFilter(
        label=gettext_lazy("比对结果"), choices=choices_of(ImportedTicket.Outcome)
    )
    state = django_filters.ChoiceFilter(label=gettext_lazy("处理"), choices=choices_of(RowState))

    class Meta:
        model = ImportedTicket
        fields = ("outcome", "state")


class RowTable(Table):
    """What each line would do or did, and what is wrong with it."""

    row = tables.Column(verbose_name=gettext_lazy("行"))
    name = tables.Column(verbose_name=gettext_lazy("外部编号"))
    nature = tables.Column(verbose_name=gettext_lazy("性质"))
    brief = tables.Column(verbose_name=gettext_lazy("内容"), orderable=False)
    outcome = tables.Column(
        verbose_name=gettext_lazy("比对结果"), accessor="get_outcome_display", order_by="outcome"
    )
    ticket = tables.Column(verbose_name=gettext_lazy("工单"), accessor="ticket__number")
    told = tables.Column(
        verbose_name=gettext_lazy("说明"), accessor="pk", orderable=False, empty_values=()
    )

    def render_nature(self, value: str) -> str:
        return gbt39046.NATURES.get(value, value)

    def render_ticket(self, value: str) -> str:
        return format_html('<a href="{}">{}</a>', reverse("console:ticket", args=[value]), value)

    def render_told(self, record: ImportedTicket) -> str:
        faults = [
            f"{column}“{text}”：{words}" if text else f"{column}：{words}"
            for column, text, words in record.faults
        ]
        said = "；".join([*faults, *([record.note] if record.note else [])])
        if record.state == "pending":
            return said or "—"
        state = record.get_state_display()
        return _("%(state)s：%(note)s") % {"state": state, "note": said} if said else state

    class Meta(Table.Meta):
        order_by = "row"


class RowsPage(ListPage):
    """All lines of one sheet."""

    permission = FILE
    title = gettext_lazy("工单导入的行")
    empty = gettext_lazy("表格里没有工单。")
    table_class = RowTable
    filterset_class = RowFilter
    back = (gettext_lazy("返回这次导入"), "console:ticket_import")

    def rows(self, staff: Staff) -> QuerySet[ImportedTicket]:
        return queries.imported_rows_of(queries.ticket_import_for(staff, self.kwargs["number"]))


urlpatterns = [
    path(
        "tickets/import/consult.xlsx", template, {"shape": "consult"}, name="ticket_sheet_consult"
    ),
    path(
        "tickets/import/complaint.xlsx",
        template,
        {"shape": "complaint"},
        name="ticket_sheet_complaint",
    ),
    listed("tickets/imports/", JobsPage, "ticket_imports"),
    *TicketPages().urls(),
    listed("tickets/imports/<int:number>/rows/", RowsPage, "ticket_import_rows"),
]
