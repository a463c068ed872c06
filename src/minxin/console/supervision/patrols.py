"""Bringing in patrol records: the sheets, one sheet, its lines, the template to fill in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from minxin.accounts.importing.values import in_words
from minxin.accounts.models import Account, Platform, RowState
from minxin.agencies.models import Staff
from minxin.agencies.rules import Permission
from minxin.console import sheets
from minxin.console.base import allowed, staff_of
from minxin.console.bulk import Bulk
from minxin.console.lists import ListPage, Search, Table, choices_of, listed
from minxin.console.sheet_import_forms import ColumnsForm
from minxin.console.sheet_import_lists import SheetFilter, SheetTable
from minxin.console.sheet_imports import SHOWN, SheetPages
from minxin.console.supervision.listing import day_said
from minxin.supervision import patrolling
from minxin.supervision.actions import patrols as actions
from minxin.supervision.models import PatrolImport, PatrolRow
from minxin.supervision.patrol_sheets import COLUMNS
from minxin.supervision.queries import patrols as queries

P = Permission.CONFIRM_CANDIDATES


class PatrolColumnsForm(ColumnsForm):
    """Which column is what of a patrol record."""

    columns = COLUMNS
    default_seen_on = forms.DateField(
        label=gettext_lazy("没有写查看时间的行，查看日期是"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("不填时，没有写查看时间的行算有误。"),
    )  # fmt: skip
    default_seen_by = forms.CharField(
        label=gettext_lazy("没有写查看人的行，查看人是"), required=False, max_length=60,
        help_text=gettext_lazy("写实际查看的人或巡查单位；不填时，没有写查看人的行算有误。"),
    )  # fmt: skip


class PatrolPages(SheetPages):
    """A sheet of patrol records."""

    model = PatrolImport
    permission = P
    name = "patrol_import"
    new_route = "supervision/patrols/import/"
    route = "supervision/patrols/"
    of = "patrol"
    columns_form = PatrolColumnsForm
    upload_template = "console/patrol_import.html"
    one_template = "console/patrol_import_one.html"
    state_template = "console/parts/patrol_import_state.html"
    words: Mapping[str, Any] = {
        "heading": gettext_lazy("导入巡查记录"),
        "compare": gettext_lazy("核对"),
        "file_help": gettext_lazy("xlsx、xls、ods 或 CSV，最多 5000 行、20 MB。列名和列的次序不限。"),
        "agency": gettext_lazy("巡查的是哪个单位的账号"),
        "agency_help": gettext_lazy("只与这个单位及下级单位的账号核对；范围之外的账号逐行说明，不会写入。"),
        "of": gettext_lazy("账号"),
        "shown": gettext_lazy("新记录"),
    }  # fmt: skip

    def jobs(self, staff: Staff) -> Any:
        return queries.patrol_imports(staff)

    def job(self, staff: Staff, number: int) -> Any:
        return queries.patrol_import_for(staff, number)

    def match(self, job: Any, plan: dict[str, Any], given: Mapping[str, Any]) -> None:
        defaults = {name: given[name] for name in PatrolColumnsForm.base_fields}
        actions.match_patrol(job, **plan, **defaults)

    def work(self, number: int) -> None:
        patrolling.work(number)

    def wake(self, job: Any) -> None:
        patrolling.wake(job)

    def back(self) -> tuple[str, Any]:
        return reverse("console:supervision"), gettext_lazy("更新预警清单")

    def more(self, job: Any) -> dict[str, Any]:
        rows = queries.patrol_rows_of(job)
        doubtful = rows.none() if job.is_moving else rows.filter(outcome="contradicts")
        return {**self.told(job, rows, "new"), "doubtful": doubtful[:SHOWN]}


@require_safe
@allowed(P)
def template(request: HttpRequest) -> HttpResponse:
    """A sheet to fill in, with one line for each account that this person supervises."""
    rows = queries.patrolled(staff_of(request))
    name = _("巡查记录表-%(day)s.xlsx") % {"day": f"{timezone.localdate():%Y%m%d}"}
    return sheets.as_book(TemplateTable(rows), name)


class TemplateTable(tables.Table):  # type: ignore[misc]
    """What stands in the template: who the account is, and room for what was seen."""

    name = tables.Column(verbose_name=gettext_lazy("账号"))
    platform = tables.Column(
        verbose_name=gettext_lazy("平台"), accessor="get_platform_display", orderable=False
    )
    agency = tables.Column(verbose_name=gettext_lazy("主办单位"), accessor="agency__name")
    number = tables.Column(verbose_name=gettext_lazy("备案号"), accessor="filing__number")
    newest_on = tables.Column(verbose_name=gettext_lazy("最近更新日期"), accessor="nothing")
    title = tables.Column(verbose_name=gettext_lazy("标题"), accessor="nothing")
    link = tables.Column(verbose_name=gettext_lazy("链接"), accessor="nothing")
    seen_at = tables.Column(verbose_name=gettext_lazy("查看时间"), accessor="nothing")
    seen_by = tables.Column(verbose_name=gettext_lazy("查看人"), accessor="nothing")

    class Meta:
        model = Account
        fields = ("name", "platform", "agency", "number")
        sequence = (
            "name", "platform", "agency", "number", "newest_on", "title", "link", "seen_at", "seen_by",
        )  # fmt: skip


# The sheets ------------------------------------------------------------------------------------


class JobFilter(SheetFilter):
    """Filters of the sheets."""

    class Meta:
        model = PatrolImport
        fields = ("status",)


class JobTable(SheetTable):
    """The sheets with what was found in them."""

    found_new = tables.Column(verbose_name=gettext_lazy("新记录"))
    found_wrong = tables.Column(verbose_name=gettext_lazy("有误"))


class JobsPage(ListPage):
    """The patrol sheets of the branches a person supervises."""

    permission = P
    title = gettext_lazy("巡查记录导入")
    empty = gettext_lazy("还没有导入过巡查记录。")
    empty_hint = gettext_lazy("下载巡查记录表，填好后导入；外包巡查单位交来的表格也可以直接导入。")
    table_class = JobTable
    filterset_class = JobFilter
    buttons = (
        (gettext_lazy("导入巡查记录"), "console:patrol_import_new", P),
        (gettext_lazy("下载巡查记录表"), "console:patrol_template", P),
    )
    back = (gettext_lazy("更新预警清单"), "console:supervision")

    def rows(self, staff: Staff) -> QuerySet[PatrolImport]:
        return queries.patrol_imports(staff)


# The lines of one ------------------------------------------------------------------------------


class RowFilter(Search):
    """Filters of the lines."""

    searched = ("name", "title", "seen_by", "note")
    outcome = django_filters.ChoiceFilter(
        label=gettext_lazy("核对结果"), choices=choices_of(PatrolRow.Outcome)
    )
    state = django_filters.ChoiceFilter(label=gettext_lazy("处理"), choices=choices_of(RowState))
    platform = django_filters.ChoiceFilter(label=gettext_lazy("平台"), choices=choices_of(Platform))

    class Meta:
        model = PatrolRow
        fields = ("outcome", "state", "platform")


class RowTable(Table):
    """What each line says, and what is wrong with it."""

    row = tables.Column(verbose_name=gettext_lazy("行"))
    name = tables.Column(verbose_name=gettext_lazy("账号"))
    newest_on = tables.DateColumn(verbose_name=gettext_lazy("最近更新日期"), format="Y-m-d")
    seen_at = tables.Column(verbose_name=gettext_lazy("查看时间"))
    seen_by = tables.Column(verbose_name=gettext_lazy("查看人"))
    outcome = tables.Column(
        verbose_name=gettext_lazy("核对结果"), accessor="get_outcome_display", order_by="outcome"
    )
    told = tables.Column(
        verbose_name=gettext_lazy("说明"), accessor="pk", orderable=False, empty_values=()
    )

    def render_name(self, record: PatrolRow) -> str:
        if not record.platform:
            return record.name or "—"
        return f"{record.name}（{in_words('platform', record.platform)}）"

    def render_seen_at(self, record: PatrolRow) -> str:
        return day_said(record.seen_at, is_day_only=record.is_seen_day_only)

    def render_told(self, record: PatrolRow) -> str:
        faults = [
            f"{column}“{text}”：{words}" if text else words for column, text, words in record.faults
        ]
        said = "；".join([*faults, *([record.note] if record.note else [])])
        if record.state != "pending":
            state = record.get_state_display()
            said = _("%(state)s：%(note)s") % {"state": state, "note": said} if said else state
        return said or "—"

    class Meta(Table.Meta):
        order_by = "id"


class RowSheet(RowTable):
    """As the page, with what was seen."""

    title = tables.Column(verbose_name=gettext_lazy("标题"))
    link = tables.Column(verbose_name=gettext_lazy("链接"))

    class Meta(RowTable.Meta):
        pass


def _why_not(row: PatrolRow, staff: Staff) -> str:
    if row.job.started_by_id != staff.pk:
        return _("只有上传这份表格的人能处理它。")
    if row.job.status != "checked" or row.state != "pending":
        return _("这份表格已经不在待确认状态。")
    if row.outcome not in {"new", "contradicts"}:
        return _("这一行本来就不会写入。")
    return ""


def _leave_out(row: PatrolRow, staff: Staff, given: dict[str, Any], now: datetime) -> None:
    actions.leave_out(row, actor=staff, now=now)


LEAVE_OUT = Bulk(
    name="leave_out",
    label=gettext_lazy("不写入"),
    title=gettext_lazy("%(count)s 行不写入"),
    done=gettext_lazy("%(count)s 行不会写入。"),
    permission=P,
    why_not=_why_not,
    act=_leave_out,
    said=lambda row: f"{row.row} · {row.name}",
)


class RowsPage(ListPage):
    """All lines of one sheet."""

    permission = P
    title = gettext_lazy("巡查记录")
    empty = gettext_lazy("表格里没有填写过的行。")
    table_class = RowTable
    sheet_class = RowSheet
    filterset_class = RowFilter
    bulks = (LEAVE_OUT,)
    back = (gettext_lazy("返回这次导入"), "console:patrol_import")

    def rows(self, staff: Staff) -> QuerySet[PatrolRow]:
        job = queries.patrol_import_for(staff, self.kwargs["number"])
        return queries.patrol_rows_of(job).select_related("job")


urlpatterns = [
    path("supervision/patrols/template/", template, name="patrol_template"),
    listed("supervision/patrols/", JobsPage, "patrol_imports"),
    *PatrolPages().urls(),
    listed("supervision/patrols/<int:number>/rows/", RowsPage, "patrol_import_rows"),
]
