"""《账号检查表》 of a campaign or of one of its accounts, as a page and as a sheet."""

import django_filters
import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minxin.agencies.models import Staff
from minxin.agencies.rules import Permission
from minxin.console.lists import ListPage, Search, Table, listed
from minxin.supervision.inspecting import LINES
from minxin.supervision.models import Check
from minxin.supervision.models.campaigns import MARKS
from minxin.supervision.queries import campaigns as reading
from minxin.supervision.rules.inspection import Mark, line_of


class CheckFilter(Search):
    """Of which account, with which verdict, of which indicator."""

    searched = ("inspection__name", "inspection__unit", "note")
    mark = django_filters.ChoiceFilter(label=gettext_lazy("结论"), choices=MARKS)
    indicator = django_filters.ChoiceFilter(
        label=gettext_lazy("指标"), choices=tuple(LINES.items())
    )
    account = django_filters.NumberFilter(
        label=gettext_lazy("检查对象"), field_name="inspection", widget=forms.HiddenInput
    )

    class Meta:
        model = Check
        fields = ("mark", "indicator", "account")


class CheckTable(Table):
    """《账号检查表》, with the columns used in practice."""

    account = tables.Column(
        verbose_name=gettext_lazy("检查对象"), accessor="inspection__name",
        linkify=lambda record: reverse(
            "console:inspection", args=[record.inspection_id]
        ),
    )  # fmt: skip
    indicator = tables.Column(verbose_name=gettext_lazy("指标"))
    detail = tables.Column(
        verbose_name=gettext_lazy("评分细则"), accessor="indicator", orderable=False
    )
    note = tables.Column(verbose_name=gettext_lazy("检查情况"), empty_values=())
    proof = tables.Column(
        verbose_name=gettext_lazy("证据"), accessor="evidence", empty_values=(), orderable=False
    )
    inspector = tables.Column(verbose_name=gettext_lazy("检查人"), accessor="checked_by")
    reviewer = tables.Column(verbose_name=gettext_lazy("复核人"), accessor="inspection__reviewer")
    defence = tables.Column(verbose_name=gettext_lazy("单位申辩"), empty_values=())

    def render_account(self, value: str, record: Check) -> str:
        return f"{value}（{record.inspection.get_platform_display()}）"

    def render_indicator(self, value: str) -> str:
        return reading.line_said(value)

    def render_detail(self, value: str) -> str:
        return line_of(value).article

    def render_note(self, record: Check) -> str:
        said = str(record.get_mark_display())
        if record.mark == Mark.PASSES.value:
            said = _("未发现")
        return f"{said}：{record.note}" if record.note else said

    def render_proof(self, record: Check) -> str:
        return proof_said(record) or "—"

    def render_defence(self, record: Check) -> str:
        if not record.defence:
            return "—"
        if not record.decision:
            return record.defence
        return f"{record.defence}（{record.get_decision_display()}：{record.decision_note}）"

    class Meta(Table.Meta):
        pass


class CheckSheet(CheckTable):
    """As the page, with the document of each line, the unit, and when it was looked at."""

    unit = tables.Column(verbose_name=gettext_lazy("主办单位"), accessor="inspection__unit")
    document = tables.Column(verbose_name=gettext_lazy("依据"), accessor="indicator")
    mark = tables.Column(verbose_name=gettext_lazy("结论"), accessor="get_mark_display")
    checked_at = tables.DateTimeColumn(verbose_name=gettext_lazy("检查时间"), format="Y-m-d H:i")

    def render_document(self, value: str) -> str:
        return line_of(value).document

    class Meta(CheckTable.Meta):
        pass


def proof_said(record: Check) -> str:
    """Evidence in words: its address, its file with the beginning of its hash, when it was seen."""
    kept = record.evidence
    if kept is None:
        return ""
    parts = [kept.link] if kept.link else []
    if kept.file_name:
        parts.append(f"{kept.file_name} SHA-256 {kept.sha256[:12]}")
    parts.append(f"{timezone.localtime(kept.seen_at):%Y-%m-%d %H:%M}")
    return " ".join(parts)


class CheckTablePage(ListPage):
    """Every line that was handed in, of a campaign or of one of its accounts."""

    permission = Permission.CONFIRM_CANDIDATES
    title = gettext_lazy("账号检查表")
    empty = gettext_lazy("还没有提交的检查结论。")
    table_class = CheckTable
    sheet_class = CheckSheet
    filterset_class = CheckFilter
    back = (gettext_lazy("检查任务"), "console:campaign")

    def rows(self, staff: Staff) -> QuerySet[Check]:
        return reading.check_table(staff, reading.campaign_for(staff, self.kwargs["number"]))


urlpatterns = [
    listed("supervision/campaigns/<int:number>/table/", CheckTablePage, "check_table"),
]
