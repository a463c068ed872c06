"""Documents: the list, one with its passages along its structure, what is said of it, publishing and repealing."""

from datetime import date
from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from minxin.agencies.models import Staff
from minxin.agencies.queries import may
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, form_page, kept_file, staff_of
from minxin.console.lists import ListPage, Search, Table, agency_filter, choices_of, listed
from minxin.core.errors import Refused
from minxin.knowledge import actions, queries
from minxin.knowledge.models import Document
from minxin.knowledge.queries.documents import HEADINGS, in_standing
from minxin.knowledge.rules import citation

PASSAGES = 200  # on one page; a long statute has more
STANDINGS = (
    ("current", gettext_lazy("现行有效")),
    ("not_yet", gettext_lazy("尚未施行")),
    ("ended", gettext_lazy("已失效或废止")),
)


class PaperFilter(Search):
    """Filters of the documents."""

    searched = ("title", "document_number", "issuing_agency", "topic")
    status = django_filters.ChoiceFilter(
        label=gettext_lazy("状态"), choices=choices_of(Document.Status)
    )
    standing = django_filters.ChoiceFilter(
        label=gettext_lazy("效力"), choices=STANDINGS, method="by_standing"
    )
    kind = django_filters.ChoiceFilter(
        label=gettext_lazy("种类"), choices=choices_of(Document.Kind)
    )
    issuing_agency = django_filters.CharFilter(
        label=gettext_lazy("发布机关"), lookup_expr="icontains"
    )
    region_code = django_filters.CharFilter(
        label=gettext_lazy("适用区划"), lookup_expr="startswith"
    )
    agency = agency_filter(gettext_lazy("维护单位"), Permission.READ_KNOWLEDGE)

    def by_standing(self, queryset: QuerySet[Document], name: str, value: str) -> Any:
        return in_standing(queryset, value, timezone.localdate()) if value else queryset

    class Meta:
        model = Document
        fields = ("status", "kind", "agency")


class PaperTable(Table):
    """Documents with who issued them and since when they hold."""

    title = tables.Column(verbose_name=gettext_lazy("标题"), linkify=lambda record: _url(record))
    document_number = tables.Column(verbose_name=gettext_lazy("文号"))
    issuing_agency = tables.Column(verbose_name=gettext_lazy("发布机关"))
    kind = tables.Column(
        verbose_name=gettext_lazy("种类"), accessor="get_kind_display", order_by="kind"
    )
    effective_on = tables.DateColumn(verbose_name=gettext_lazy("施行日期"), format="Y-m-d")
    agency = tables.Column(verbose_name=gettext_lazy("维护单位"), accessor="agency__name")
    status = tables.Column(
        verbose_name=gettext_lazy("状态"), accessor="get_status_display", order_by="status"
    )

    row_url = staticmethod(lambda record: _url(record))

    def render_status(self, value: str, record: Document) -> str:
        return _status_of(record, timezone.localdate())

    class Meta(Table.Meta):
        order_by = "-effective_on"


def _url(record: Document) -> str:
    return reverse("console:paper", args=[record.pk])


def _status_of(document: Document, today: date) -> str:
    """Its state in words: of what is published, whether it holds today."""
    if document.status == Document.Status.DRAFT:
        return _("待核对")
    if document.status != Document.Status.PUBLISHED:
        return document.get_status_display()
    return str(dict(STANDINGS)[document.span.standing(today)])


class PapersPage(ListPage):
    """The documents my agencies answer from."""

    permission = Permission.READ_KNOWLEDGE
    title = gettext_lazy("政策文件")
    empty = gettext_lazy("还没有文件。")
    empty_hint = gettext_lazy("导入法规、政策和办事指南，核对后发布，市民的提问就能引用原文。")
    table_class = PaperTable
    filterset_class = PaperFilter
    back = (gettext_lazy("知识"), "console:entries")
    buttons = (
        (gettext_lazy("导入文件"), "console:papers_import", Permission.EDIT_KNOWLEDGE),
        (gettext_lazy("导入记录"), "console:papers_imports", Permission.EDIT_KNOWLEDGE),
    )

    def rows(self, staff: Staff) -> QuerySet[Document]:
        return queries.documents_visible_to(staff)


def _day(label: Any, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        help_text=help_text,
        error_messages={"invalid": gettext_lazy("日期应写成 2026-01-31 这样。")},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class PaperForm(forms.Form):
    """What is said of a document."""

    title = forms.CharField(
        label=gettext_lazy("标题"),
        max_length=300,
        error_messages={"required": gettext_lazy("请填写文件标题。")},
    )
    kind = forms.ChoiceField(label=gettext_lazy("种类"), choices=Document.Kind.choices)
    document_number = forms.CharField(
        label=gettext_lazy("文号"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("例如：云政发〔2026〕3号。"),
    )
    issuing_agency = forms.CharField(
        label=gettext_lazy("发布机关"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("发布前必填。"),
    )
    issued_on = _day(gettext_lazy("发布日期"))
    effective_on = _day(
        gettext_lazy("施行日期"), gettext_lazy("发布前，施行日期和发布日期至少填一个。")
    )
    region_code = forms.RegexField(
        label=gettext_lazy("适用区划"),
        regex=r"^\d{2,12}$",
        required=False,
        help_text=gettext_lazy("行政区划代码，例如 330106；全国适用的留空。"),
        error_messages={"invalid": gettext_lazy("请填写数字的行政区划代码。")},
    )
    audience = forms.CharField(label=gettext_lazy("适用对象"), max_length=80, required=False)
    topic = forms.CharField(label=gettext_lazy("主题"), max_length=40, required=False)
    language = forms.ChoiceField(label=gettext_lazy("文字"), choices=Document.Language.choices)
    link = forms.URLField(
        label=gettext_lazy("原文链接"),
        max_length=500,
        required=False,
        assume_scheme="https",
        error_messages={"invalid": gettext_lazy("链接应以 http:// 或 https:// 开头。")},
    )


class RepealForm(forms.Form):
    """From when a document holds no more, and by what."""

    repealed_on = forms.DateField(
        label=gettext_lazy("废止日期"),
        help_text=gettext_lazy("从这一天起不再有效。"),
        error_messages={
            "required": gettext_lazy("请选择日期。"),
            "invalid": gettext_lazy("日期应写成 2026-01-31 这样。"),
        },
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    repealed_by = forms.CharField(
        label=gettext_lazy("废止依据"),
        max_length=300,
        help_text=gettext_lazy("依据哪份文件或决定。"),
        error_messages={"required": gettext_lazy("请写明依据哪份文件或决定废止。")},
    )


class WhyForm(forms.Form):
    """Why a document is taken out of use, or a draft is deleted."""

    reason = forms.CharField(
        label=gettext_lazy("原因"),
        max_length=300,
        error_messages={"required": gettext_lazy("请写明原因。")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@require_safe
@allowed(Permission.READ_KNOWLEDGE)
def paper(request: HttpRequest, number: int) -> HttpResponse:
    """One document: its passages in their order, what is said of it, what can be done now."""
    staff, today = staff_of(request), timezone.localdate()
    found = queries.document_for(staff, Permission.READ_KNOWLEDGE, number)
    pages = Paginator(queries.passages_of(found), PASSAGES)
    page = pages.get_page(request.GET.get("page"))
    passages = [
        (each, "" if each.kind in HEADINGS else citation(found.title, each.place)) for each in page
    ]
    may_edit = may(staff, Permission.EDIT_KNOWLEDGE, found.agency)
    part = found.imported_as.filter(status="taken").first() if may_edit else None
    context = {
        "paper": found,
        "passages": passages,
        "page": page,
        "status": _status_of(found, today),
        "span": found.span,
        "may_edit": may_edit,
        "is_draft": found.status == Document.Status.DRAFT,
        "is_public": found.status == Document.Status.PUBLISHED,
        "may_discard": found.status == Document.Status.DRAFT and found.published_at is None,
        "remarks": part.remarks if part else [],
        "former": queries.former_versions_of(found),
        "back": reverse("console:papers"),
    }
    return render(request, "console/paper.html", context)


def _editable(request: HttpRequest, number: int) -> Document:
    return queries.document_for(staff_of(request), Permission.EDIT_KNOWLEDGE, number)


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_KNOWLEDGE)
def edit(request: HttpRequest, number: int) -> HttpResponse:
    """Correct what is said of a document."""
    staff, found = staff_of(request), _editable(request, number)
    start = {name: getattr(found, name) for name in actions.CHANGEABLE}
    form = PaperForm(request.POST or None, initial=start)
    if request.method == "POST" and act(
        request, form,
        lambda: actions.change_document(found, form.cleaned_data, actor=staff, now=timezone.now()),
        _("已保存。"),
    ):  # fmt: skip
        return redirect("console:paper", number=number)
    back = reverse("console:paper", args=[number])
    return form_page(request, form, title=_("核对文件信息"), back=back, note=found.title)


@require_POST
@allowed(Permission.EDIT_KNOWLEDGE)
def publish(request: HttpRequest, number: int) -> HttpResponse:
    """Let a document be answered from."""
    found = _editable(request, number)
    try:
        actions.publish_document(found, actor=staff_of(request), now=timezone.now())
        messages.success(request, _("已发布。几秒之后提问就能引用这份文件。"))
    except Refused as refusal:
        messages.error(request, refusal.message)
        if refusal.field:
            return redirect("console:paper_edit", number=number)
    return redirect("console:paper", number=number)


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_KNOWLEDGE)
def repeal(request: HttpRequest, number: int) -> HttpResponse:
    """Note from when it holds no more."""
    staff, found = staff_of(request), _editable(request, number)
    start = {"repealed_on": found.repealed_on, "repealed_by": found.repealed_by}
    form = RepealForm(request.POST or None, initial=start)

    def write() -> None:
        given = form.cleaned_data
        actions.repeal_document(
            found, given["repealed_on"], by=given["repealed_by"], actor=staff, now=timezone.now()
        )

    if request.method == "POST" and act(request, form, write, _("已登记废止。")):
        return redirect("console:paper", number=number)
    back = reverse("console:paper", args=[number])
    return form_page(request, form, title=_("登记废止"), back=back, note=found.title)


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_KNOWLEDGE)
def retire(request: HttpRequest, number: int) -> HttpResponse:
    """Take a published one out of use, with the reason."""
    staff, found = staff_of(request), _editable(request, number)
    form = WhyForm(request.POST or None)

    def write() -> None:
        reason = form.cleaned_data["reason"]
        actions.retire_document(found, reason=reason, actor=staff, now=timezone.now())

    if request.method == "POST" and act(request, form, write, _("已停用，应答不再引用。")):
        return redirect("console:paper", number=number)
    back = reverse("console:paper", args=[number])
    return form_page(
        request, form, title=_("停用文件"), back=back, note=found.title, submit=_("停用")
    )


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_KNOWLEDGE)
def discard(request: HttpRequest, number: int) -> HttpResponse:
    """Delete a draft with its original, with the reason."""
    staff, found = staff_of(request), _editable(request, number)
    form = WhyForm(request.POST or None)

    def write() -> None:
        reason = form.cleaned_data["reason"]
        actions.discard_document(found, reason=reason, actor=staff, now=timezone.now())

    if request.method == "POST" and act(request, form, write, _("已删除，可以重新导入。")):
        return redirect("console:papers")
    back = reverse("console:paper", args=[number])
    return form_page(
        request, form, title=_("删除未发布的文件"), back=back, note=found.title, submit=_("删除")
    )


@require_safe
@allowed(Permission.READ_KNOWLEDGE)
def original(request: HttpRequest, number: int) -> HttpResponse:
    """The file as it came."""
    found = queries.document_for(staff_of(request), Permission.READ_KNOWLEDGE, number)
    return kept_file(found.file, found.file_name or f"{found.title}.txt")


urlpatterns = [
    listed("knowledge/documents/", PapersPage, "papers"),
    path("knowledge/documents/<int:number>/", paper, name="paper"),
    path("knowledge/documents/<int:number>/edit/", edit, name="paper_edit"),
    path("knowledge/documents/<int:number>/publish/", publish, name="paper_publish"),
    path("knowledge/documents/<int:number>/repeal/", repeal, name="paper_repeal"),
    path("knowledge/documents/<int:number>/retire/", retire, name="paper_retire"),
    path("knowledge/documents/<int:number>/discard/", discard, name="paper_discard"),
    path("knowledge/documents/<int:number>/file/", original, name="paper_file"),
]
