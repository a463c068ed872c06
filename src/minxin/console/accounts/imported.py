"""The lists of an import: which sheets came in, what each row would change, what is wrong in which row."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minxin.accounts import actions
from minxin.accounts.importing.columns import COLUMNS, NAMED
from minxin.accounts.importing.values import in_words
from minxin.accounts.models import ImportedRow, Platform, RegisterImport, RowFault
from minxin.accounts.queries import imports
from minxin.agencies.models import Agency, Staff
from minxin.agencies.rules import Permission
from minxin.console.bulk import Bulk
from minxin.console.lists import ListPage, Search, Table, choices_of, listed
from minxin.console.sheet_import_lists import SheetFilter, SheetTable


def host_names(rows: Iterable[ImportedRow]) -> dict[int, str]:
    """The names of all hosts that these rows name, before and after."""
    found: set[int] = set()
    for row in rows:
        found |= {pk for pk in (row.before.get("agency"), row.after.get("agency")) if pk}
    return dict(Agency.objects.filter(pk__in=found).values_list("pk", "name"))


def differences(row: ImportedRow, hosts: dict[int, str]) -> list[tuple[str, str, str]]:
    """(field, before, after) in words; of a new account only what the sheet says. What is
    empty on both sides is left out."""
    found = []
    for name in sorted(row.after, key=list(NAMED).index):
        value, old = row.after[name], row.before.get(name)
        if row.outcome == "new" and (not value or name == "agency"):
            continue
        if not value and not old:
            continue
        if name == "agency":
            words = (_("主办单位"), hosts.get(old or 0, "—"), hosts.get(value or 0, "—"))
        else:
            words = (str(NAMED[name].title), in_words(name, old), in_words(name, value))
        found.append(words)
    return found


# The sheets ------------------------------------------------------------------------------------


class JobFilter(SheetFilter):
    """Filters of the sheets."""

    class Meta:
        model = RegisterImport
        fields = ("status",)


class JobTable(SheetTable):
    """The sheets with what the comparison found."""

    found_new = tables.Column(verbose_name=gettext_lazy("新增"))
    found_changed = tables.Column(verbose_name=gettext_lazy("变更"))


class JobsPage(ListPage):
    """The sheets brought in for the registers of my agencies."""

    permission = Permission.IMPORT_REGISTER
    title = gettext_lazy("台账导入记录")
    empty = gettext_lazy("还没有导入过台账。")
    empty_hint = gettext_lazy("手上已有的台账表格可以直接导入，列名和次序不用改。")
    table_class = JobTable
    filterset_class = JobFilter
    buttons = (
        (gettext_lazy("导入台账"), "console:register_import_new", Permission.IMPORT_REGISTER),
    )
    back = (gettext_lazy("账号"), "console:accounts")

    def rows(self, staff: Staff) -> QuerySet[RegisterImport]:
        return imports.register_imports(staff)


# The rows of one -------------------------------------------------------------------------------


class RowFilter(Search):
    """Filters of the rows: what the comparison found, what became of it."""

    searched = ("name", "host__name", "note")
    outcome = django_filters.ChoiceFilter(
        label=gettext_lazy("比对结果"), choices=choices_of(ImportedRow.Outcome)
    )
    state = django_filters.ChoiceFilter(
        label=gettext_lazy("处理"), choices=choices_of(ImportedRow.State)
    )
    platform = django_filters.ChoiceFilter(label=gettext_lazy("平台"), choices=choices_of(Platform))

    class Meta:
        model = ImportedRow
        fields = ("outcome", "state", "platform")


class RowTable(Table):
    """What each row of a sheet would change."""

    row = tables.Column(verbose_name=gettext_lazy("行"))
    name = tables.Column(verbose_name=gettext_lazy("名称"))
    platform = tables.Column(verbose_name=gettext_lazy("平台"))
    host = tables.Column(verbose_name=gettext_lazy("主办单位"), accessor="host__name")
    outcome = tables.Column(
        verbose_name=gettext_lazy("比对结果"), accessor="get_outcome_display", order_by="outcome"
    )
    after = tables.Column(
        verbose_name=gettext_lazy("变更内容"), accessor="pk", orderable=False, empty_values=()
    )
    state = tables.Column(verbose_name=gettext_lazy("处理"), accessor="state", order_by="state")

    def render_row(self, value: int) -> str:
        return str(value) if value else "—"

    def render_platform(self, value: str) -> str:
        return in_words("platform", value)

    def render_after(self, record: ImportedRow) -> str:
        hosts = host_names([record]) if "agency" in record.before else {}
        said = [
            f"{name}：{old} → {new}" if record.has_before else f"{name}：{new}"
            for name, old, new in differences(record, hosts)
        ]
        return "；".join(said) or "—"

    def render_state(self, record: ImportedRow) -> str:
        if record.state == "pending" and record.is_accepted:
            return _("按表格写入")
        if record.state == "pending" and record.outcome in {"wrong", "missing"}:
            return "—"
        words = record.get_state_display()
        return (
            _("%(state)s：%(note)s") % {"state": words, "note": record.note}
            if record.note
            else words
        )

    class Meta(Table.Meta):
        order_by = "id"


def _why_not(row: ImportedRow, staff: Staff) -> str:
    if row.job.started_by_id != staff.pk:
        return _("只有上传这份表格的人能处理它。")
    if row.job.status != "checked" or row.state != "pending":
        return _("这份表格已经不在待确认状态。")
    if row.is_accepted:
        return _("已经选择按表格写入。")
    if not row.is_acceptable:
        return _("只有更名和移交可以按表格写入；其他问题请在表格里改正后重新导入。")
    return ""


def _accept(row: ImportedRow, staff: Staff, given: dict[str, Any], now: datetime) -> None:
    actions.accept_row(row, actor=staff, now=now)


ACCEPT = Bulk(
    name="accept",
    label=gettext_lazy("按表格写入"),
    title=gettext_lazy("%(count)s 个账号按表格更名或移交"),
    done=gettext_lazy("%(count)s 行将按表格写入。"),
    permission=Permission.IMPORT_REGISTER,
    why_not=_why_not,
    act=_accept,
    said=lambda row: f"{row.row} · {row.name}",
)


class RowsPage(ListPage):
    """All rows of one sheet that differ from the register, and the accounts it lacks."""

    permission = Permission.IMPORT_REGISTER
    title = gettext_lazy("比对结果")
    empty = gettext_lazy("表格与台账没有差别。")
    table_class = RowTable
    filterset_class = RowFilter
    bulks = (ACCEPT,)
    back = (gettext_lazy("返回这次导入"), "console:register_import")

    def rows(self, staff: Staff) -> QuerySet[ImportedRow]:
        job = imports.register_import_for(staff, self.kwargs["number"])
        return imports.rows_of(job).select_related("job", "host")


class FaultFilter(Search):
    """Search in what is wrong."""

    searched = ("message", "column", "value")
    column = django_filters.ChoiceFilter(
        label=gettext_lazy("列"), choices=[(str(each.title), each.title) for each in COLUMNS]
    )
    is_conflict = django_filters.ChoiceFilter(
        label=gettext_lazy("种类"),
        choices=(("1", gettext_lazy("冲突")), ("0", gettext_lazy("有误"))),
    )

    class Meta:
        model = RowFault
        fields = ("column", "is_conflict")


class FaultTable(Table):
    """What is wrong or doubtful, row by row."""

    row = tables.Column(verbose_name=gettext_lazy("行"))
    column = tables.Column(verbose_name=gettext_lazy("列"))
    value = tables.Column(verbose_name=gettext_lazy("表中内容"))
    message = tables.Column(verbose_name=gettext_lazy("问题"))
    is_conflict = tables.BooleanColumn(
        verbose_name=gettext_lazy("种类"), yesno=(gettext_lazy("冲突"), gettext_lazy("有误"))
    )

    class Meta(Table.Meta):
        order_by = "row"


class FaultsPage(ListPage):
    """All that is wrong or doubtful in one sheet: to be mended in the sheet itself."""

    permission = Permission.IMPORT_REGISTER
    title = gettext_lazy("冲突和有误的行")
    empty = gettext_lazy("没有问题。")
    table_class = FaultTable
    filterset_class = FaultFilter
    back = (gettext_lazy("返回这次导入"), "console:register_import")

    def rows(self, staff: Staff) -> QuerySet[RowFault]:
        return imports.row_faults_of(imports.register_import_for(staff, self.kwargs["number"]))


urlpatterns = [
    listed("accounts/imports/", JobsPage, "register_imports"),
    listed("accounts/imports/<int:number>/rows/", RowsPage, "register_import_rows"),
    listed("accounts/imports/<int:number>/errors/", FaultsPage, "register_import_errors"),
]
