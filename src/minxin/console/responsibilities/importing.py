"""Bringing in a sheet of the responsibility list: into the draft, whole or not at all."""

from collections.abc import Mapping
from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from minxin.accounts.models import RowState
from minxin.agencies.models import Agency, Staff
from minxin.console import sheets
from minxin.console.base import allowed
from minxin.console.lists import ListPage, Search, Table, choices_of, listed
from minxin.console.responsibilities.listing import EDIT
from minxin.console.sheet_import_forms import ColumnsForm
from minxin.console.sheet_import_lists import SheetFilter, SheetTable
from minxin.console.sheet_imports import SheetPages
from minxin.tickets import responsibility_importing as importing
from minxin.tickets.actions import responsibility_imports as actions
from minxin.tickets.models import ImportedResponsibility, Matter, ResponsibilityImport
from minxin.tickets.queries import responsibilities as queries
from minxin.tickets.responsibility_sheets import COLUMNS


class ResponsibilityColumnsForm(ColumnsForm):
    """Which column is what of the list."""

    columns = COLUMNS
    default_platform = None  # type: ignore[assignment]
    adds_matters = forms.BooleanField(
        label=gettext_lazy("没有登记的事项自动增加"), required=False,
        help_text=gettext_lazy("不选时，事项没有登记的行算有误。"),
    )  # fmt: skip


class ResponsibilityPages(SheetPages):
    """A sheet of the list."""

    model = ResponsibilityImport
    permission = EDIT
    name = "responsibility_import"
    new_route = "responsibilities/import/"
    route = "responsibilities/imports/"
    of = "responsibilities"
    columns_form = ResponsibilityColumnsForm
    remembered = ()
    upload_template = "console/responsibility_import.html"
    one_template = "console/responsibility_import_one.html"
    state_template = "console/parts/responsibility_import_state.html"
    words: Mapping[str, Any] = {
        "heading": gettext_lazy("导入职责清单"),
        "compare": gettext_lazy("与草稿比对"),
        "file_help": gettext_lazy("xlsx、xls、ods 或 CSV，最多 5000 行、20 MB。列名和列的次序不限。"),
        "agency": gettext_lazy("导入单位"),
        "agency_help": gettext_lazy("清单全市共用；这里只记下是哪个单位导入的。"),
        "of": gettext_lazy("事项"),
        "shown": gettext_lazy("新增和变更"),
    }  # fmt: skip

    def jobs(self, staff: Staff) -> Any:
        return queries.responsibility_imports(staff)

    def job(self, staff: Staff, number: int) -> Any:
        return queries.responsibility_import_for(staff, number)

    def match(self, job: Any, plan: dict[str, Any], given: Mapping[str, Any]) -> None:
        actions.match_responsibilities(job, **plan, adds_matters=given["adds_matters"])

    def work(self, number: int) -> None:
        importing.work(number)

    def wake(self, job: Any) -> None:
        importing.wake(job)

    def back(self) -> tuple[str, Any]:
        return reverse("console:responsibilities"), gettext_lazy("职责清单")

    def more(self, job: Any) -> dict[str, Any]:
        return self.told(job, queries.imported_rows_of(job), "new", "changed")


class TemplateTable(tables.Table):  # type: ignore[misc]
    """What stands in the template: the matters, and room for who handles them."""

    matter = tables.Column(verbose_name=gettext_lazy("事项"), accessor="path")
    place = tables.Column(verbose_name=gettext_lazy("地点"), accessor="nothing")
    agency = tables.Column(verbose_name=gettext_lazy("主办单位"), accessor="nothing")
    co = tables.Column(verbose_name=gettext_lazy("协办单位"), accessor="nothing")
    basis = tables.Column(verbose_name=gettext_lazy("依据"), accessor="nothing")
    keywords = tables.Column(verbose_name=gettext_lazy("关键词"))

    class Meta:
        model = Matter
        fields = ("matter", "keywords")
        sequence = ("matter", "place", "agency", "co", "basis", "keywords")


@require_safe
@allowed(EDIT)
def template(request: HttpRequest) -> HttpResponse:
    """A sheet to fill in, with a line for each matter in use that has none below it."""
    rows = Matter.objects.filter(is_active=True, children=None).order_by("path")
    return sheets.as_book(TemplateTable(rows), _("职责清单表.xlsx"))


class JobFilter(SheetFilter):
    """Filters of the sheets."""

    class Meta:
        model = ResponsibilityImport
        fields = ("status",)


class JobTable(SheetTable):
    """The sheets with what was found in them."""

    found_new = tables.Column(verbose_name=gettext_lazy("新增"))
    found_changed = tables.Column(verbose_name=gettext_lazy("变更"))
    found_wrong = tables.Column(verbose_name=gettext_lazy("有误"))


class JobsPage(ListPage):
    """The sheets of the list."""

    permission = EDIT
    title = gettext_lazy("职责清单导入")
    empty = gettext_lazy("还没有导入过职责清单。")
    table_class = JobTable
    filterset_class = JobFilter
    buttons = (
        (gettext_lazy("导入职责清单"), "console:responsibility_import_new", EDIT),
        (gettext_lazy("下载职责清单表"), "console:responsibility_template", EDIT),
    )
    back = (gettext_lazy("职责清单"), "console:responsibilities")

    def rows(self, staff: Staff) -> QuerySet[ResponsibilityImport]:
        return queries.responsibility_imports(staff)


class RowFilter(Search):
    """Filters of the lines."""

    searched = ("name", "place", "agency__name", "note")
    outcome = django_filters.ChoiceFilter(
        label=gettext_lazy("比对结果"), choices=choices_of(ImportedResponsibility.Outcome)
    )
    state = django_filters.ChoiceFilter(label=gettext_lazy("处理"), choices=choices_of(RowState))

    class Meta:
        model = ImportedResponsibility
        fields = ("outcome", "state")


class RowTable(Table):
    """What each line says, and what is wrong with it."""

    row = tables.Column(verbose_name=gettext_lazy("行"))
    name = tables.Column(verbose_name=gettext_lazy("事项"))
    place = tables.Column(verbose_name=gettext_lazy("地点"))
    agency = tables.Column(verbose_name=gettext_lazy("主办单位"), accessor="agency__name")
    basis = tables.Column(verbose_name=gettext_lazy("依据"))
    outcome = tables.Column(
        verbose_name=gettext_lazy("比对结果"), accessor="get_outcome_display", order_by="outcome"
    )
    told = tables.Column(
        verbose_name=gettext_lazy("说明"), accessor="pk", orderable=False, empty_values=()
    )

    def render_told(self, record: ImportedResponsibility) -> str:
        faults = [
            f"{column}“{text}”：{words}" if text else f"{column}：{words}"
            for column, text, words in record.faults
        ]
        if record.before and record.outcome == "changed":
            names = Agency.objects.filter(pk=record.before["agency"]).values_list("name", flat=True)
            faults.append(_("草稿原为%(agency)s") % {"agency": names[0] if names else "—"})
        said = "；".join([*faults, *([record.note] if record.note else [])])
        if record.state != "pending":
            state = record.get_state_display()
            said = _("%(state)s：%(note)s") % {"state": state, "note": said} if said else state
        return said or "—"

    class Meta(Table.Meta):
        order_by = "row"


class RowsPage(ListPage):
    """All lines of one sheet."""

    permission = EDIT
    title = gettext_lazy("职责清单导入的行")
    empty = gettext_lazy("表格里没有职责。")
    table_class = RowTable
    filterset_class = RowFilter
    back = (gettext_lazy("返回这次导入"), "console:responsibility_import")

    def rows(self, staff: Staff) -> QuerySet[ImportedResponsibility]:
        job = queries.responsibility_import_for(staff, self.kwargs["number"])
        return queries.imported_rows_of(job)


urlpatterns = [
    path("responsibilities/template/", template, name="responsibility_template"),
    listed("responsibilities/imports/", JobsPage, "responsibility_imports"),
    *ResponsibilityPages().urls(),
    listed("responsibilities/imports/<int:number>/rows/", RowsPage, "responsibility_import_rows"),
]
