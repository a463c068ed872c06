"""The list of documents, drafting a notice from a signed inspection, the rows behind a number."""

from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from minxin.agencies.models import Staff
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, form_page, staff_of
from minxin.console.lists import ListPage, Search, Table, choices_of, listed
from minxin.core.errors import NotFound
from minxin.reports import actions, queries
from minxin.reports.models import CountedRow, Document
from minxin.reports.presets import presets
from minxin.reports.rules.presets import chosen
from minxin.supervision.models import Campaign
from minxin.supervision.queries.campaigns import campaigns_for


class DocumentFilter(Search):
    """Filters of the documents."""

    searched = ("title", "agency__name", "created_by__name")
    kind = django_filters.ChoiceFilter(
        label=gettext_lazy("种类"), choices=choices_of(Document.Kind)
    )
    status = django_filters.ChoiceFilter(
        label=gettext_lazy("状态"), choices=choices_of(Document.Status)
    )

    class Meta:
        model = Document
        fields = ("kind", "status")


def _url(record: Document) -> str:
    return reverse("console:document", args=[record.pk])


class DocumentTable(Table):
    """Title, where it stands, who and when."""

    title = tables.Column(verbose_name=gettext_lazy("标题"), linkify=lambda record: _url(record))
    kind = tables.Column(
        verbose_name=gettext_lazy("种类"), accessor="get_kind_display", order_by="kind"
    )
    agency = tables.Column(verbose_name=gettext_lazy("发文单位"), accessor="agency__name")
    status = tables.Column(
        verbose_name=gettext_lazy("状态"), accessor="get_status_display", order_by="status"
    )
    created_by = tables.Column(verbose_name=gettext_lazy("起草人"), accessor="created_by__name")
    created_at = tables.DateTimeColumn(verbose_name=gettext_lazy("起草时间"), format="Y-m-d H:i")
    signed_on = tables.DateColumn(verbose_name=gettext_lazy("成文日期"), format="Y-m-d")

    row_url = staticmethod(lambda record: _url(record))

    class Meta(Table.Meta):
        order_by = "-created_at"


class DocumentsPage(ListPage):
    """The documents of my agencies."""

    permission = Permission.READ_REPORTS
    title = gettext_lazy("报表")
    empty = gettext_lazy("还没有文稿。")
    empty_hint = gettext_lazy(
        "可以起草季度报告和工作年度报表；检查任务签发结果后，可以起草检查情况通报。"
    )
    table_class = DocumentTable
    filterset_class = DocumentFilter
    buttons = (
        (gettext_lazy("起草通报"), "console:document_new", Permission.CONFIRM_CANDIDATES),
        (gettext_lazy("诉求周报"), "console:week_new", Permission.WRITE_REPORTS),
        (gettext_lazy("季度报告"), "console:quarter_new", Permission.WRITE_REPORTS),
        (gettext_lazy("工作年度报表"), "console:year_new", Permission.WRITE_REPORTS),
        (gettext_lazy("自动起草"), "console:weekly_orders", Permission.WRITE_REPORTS),
    )  # fmt: skip

    def rows(self, staff: Staff) -> QuerySet[Document]:
        return queries.documents_for(staff)


class NoticeForm(forms.Form):
    """From which inspection, in whose name, for which area, until when to report."""

    campaign = forms.ModelChoiceField(
        label=gettext_lazy("检查任务"), queryset=Campaign.objects.none(),
        empty_label=gettext_lazy("请选择"),
        help_text=gettext_lazy("只列出已签发结果的检查任务。"),
    )  # fmt: skip
    agency = forms.CharField(
        label=gettext_lazy("发文机关"), max_length=80, required=False,
        help_text=gettext_lazy("不填用检查任务的单位名称。"),
    )  # fmt: skip
    area = forms.CharField(
        label=gettext_lazy("范围"), max_length=30, required=False,
        help_text=gettext_lazy("如“全市”，不填按单位名称推定。"),
    )  # fmt: skip
    report_by = forms.DateField(
        label=gettext_lazy("整改情况报送期限"), required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )  # fmt: skip

    def __init__(self, *args: Any, signed: QuerySet[Campaign], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["campaign"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  (declared above)
        field.queryset = signed


@require_http_methods(["GET", "POST"])
@allowed(Permission.CONFIRM_CANDIDATES)
def new(request: HttpRequest) -> HttpResponse:
    """Draft a notice from a signed inspection."""
    staff, now = staff_of(request), timezone.now()
    signed = campaigns_for(staff).filter(standing="signed")
    form = NoticeForm(request.POST or None, signed=signed)
    made: list[Document] = []

    def write() -> None:
        given = form.cleaned_data
        campaign = given["campaign"]
        facts = queries.notice_facts(
            campaign, agency_said=given["agency"] or campaign.agency.name,
            area=given["area"] or queries.area_of(campaign.agency), report_by=given["report_by"],
        )  # fmt: skip
        region = campaign.region_code or campaign.agency.region_code
        preset = chosen(presets()[0], region)
        made.append(actions.draft_notice(facts, preset, campaign=campaign, actor=staff, now=now))

    if request.method == "POST" and act(request, form, write):
        return redirect("console:document", number=made[0].pk)
    note = "" if signed.exists() else _("还没有签发过结果的检查任务，请先完成并签发一项检查。")
    return form_page(
        request, form, title=_("起草检查情况通报"), back=reverse("console:documents"),
        submit=_("起草"), note=note,
    )  # fmt: skip


class RowFilter(Search):
    """Search in the rows behind a number."""

    searched = ("name", "unit", "place", "problem")

    class Meta:
        model = CountedRow
        fields = ()


class RowTable(Table):
    """The rows as they were frozen."""

    name = tables.Column(verbose_name=gettext_lazy("名称"))
    platform = tables.Column(verbose_name=gettext_lazy("平台"))
    unit = tables.Column(verbose_name=gettext_lazy("单位"))
    place = tables.Column(verbose_name=gettext_lazy("地区"))
    problem = tables.Column(verbose_name=gettext_lazy("事项"))
    seen = tables.Column(verbose_name=gettext_lazy("情况"))
    result = tables.Column(verbose_name=gettext_lazy("结果"))

    class Meta(Table.Meta):
        order_by = ("unit", "name")


class RowsPage(ListPage):
    """What a number of a document counts."""

    permission = Permission.READ_REPORTS
    empty = gettext_lazy("这个数字是零，没有明细。")
    back = (gettext_lazy("返回文稿"), "console:document")
    table_class = RowTable
    filterset_class = RowFilter

    @property
    def title(self) -> Any:
        document, figure = self._figure()
        before = "上周" if document.kind == Document.Kind.WEEK else "上季度"
        meaning = f"{before}{figure.meaning}" if figure.is_before else figure.meaning
        return f"{meaning}：{figure.said}"

    def _figure(self) -> Any:
        staff = staff_of(self.request)
        document = queries.document_for(staff, self.kwargs["number"])
        figure = queries.figure_of(document, self.kwargs["key"])
        if not queries.may_see_rows(staff, document, figure.over):
            raise NotFound
        return document, figure

    def rows(self, staff: Staff) -> QuerySet[CountedRow]:
        return queries.counted_rows(*self._figure())

    def _back(self) -> str:
        return reverse("console:document", args=[self.kwargs["number"]])


urlpatterns = [
    listed("reports/", DocumentsPage, "documents"),
    path("reports/new/", new, name="document_new"),
    listed("reports/<int:number>/rows/<str:key>/", RowsPage, "document_rows"),
]
