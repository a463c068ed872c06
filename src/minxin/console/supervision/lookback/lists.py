"""Word lists and their expressions: added, written anew, uploaded as a sheet, laid aside."""

import csv
import io
from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import agencies_for, may
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, form_page, sight, staff_of
from minxin.console.bulk import Bulk
from minxin.console.lists import ListPage, Search, Table, agency_filter, choices_of, listed
from minxin.console.supervision.lookback.scans import set_going
from minxin.core.uploads import MAX_BYTES
from minxin.supervision import importing
from minxin.supervision.actions import word_lists as acting
from minxin.supervision.models import SEVERITIES, Scan, Term, WordList
from minxin.supervision.queries import lookback
from minxin.supervision.rules.packs import Severity

READ, DECIDE = Permission.READ_SUPERVISION, Permission.CONFIRM_CANDIDATES


class WordListFilter(Search):
    """Of which kind, whose."""

    searched = ("name", "terms__wrong", "terms__suggestion")
    kind = django_filters.ChoiceFilter(
        label=gettext_lazy("类别"), choices=choices_of(WordList.Kind)
    )
    agency = agency_filter(gettext_lazy("适用范围"), READ)

    class Meta:
        model = WordList
        fields = ("kind", "agency")


class WordListTable(Table):
    """The lists, the last changed first."""

    name = tables.Column(verbose_name=gettext_lazy("名称"), linkify=lambda record: url_of(record))
    kind = tables.Column(
        verbose_name=gettext_lazy("类别"), accessor="get_kind_display", order_by="kind"
    )
    agency = tables.Column(verbose_name=gettext_lazy("适用范围"), accessor="agency__name")
    in_use = tables.Column(verbose_name=gettext_lazy("词条数"))
    revision = tables.Column(verbose_name=gettext_lazy("版次"))
    changed_by = tables.Column(verbose_name=gettext_lazy("修改人"))
    changed_at = tables.DateTimeColumn(verbose_name=gettext_lazy("最近修改"), format="Y-m-d H:i")

    row_url = staticmethod(lambda record: url_of(record))

    class Meta(Table.Meta):
        order_by = "-changed_at"


def url_of(record: WordList) -> str:
    return reverse("console:word_list", args=[record.pk])


class WordListsPage(ListPage):
    """What is looked back for."""

    permission = READ
    title = gettext_lazy("词表")
    empty = gettext_lazy("还没有词表。")
    empty_hint = gettext_lazy(
        "领导职务变动、机构更名、文件废止时，把旧表述记进词表，系统会重查已发布的内容。"
    )
    table_class = WordListTable
    filterset_class = WordListFilter
    buttons = ((gettext_lazy("新建词表"), "console:word_list_new", DECIDE),)
    back = (gettext_lazy("存量回头看"), "console:lookback")

    def rows(self, staff: Staff) -> QuerySet[WordList]:
        return lookback.word_lists_for(staff)


class WordListForm(forms.Form):
    """A new list."""

    agency = forms.ModelChoiceField(
        label=gettext_lazy("适用范围"), queryset=Agency.objects.none(),
        help_text=gettext_lazy("这个单位和它下级单位的账号都会查。"),
    )  # fmt: skip
    name = forms.CharField(label=gettext_lazy("名称"), max_length=60)
    kind = forms.ChoiceField(
        label=gettext_lazy("类别"), choices=WordList.Kind.choices,
        help_text=gettext_lazy("个人信息按身份证号、银行卡号、手机号、车牌号的格式查找，不用填词条。"),
    )  # fmt: skip

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine: Any = self.fields["agency"]
        mine.queryset = agencies_for(staff, DECIDE)
        mine.initial = mine.queryset.first()


class TermForm(forms.Form):
    """One expression; one that the list has is written anew."""

    wrong = forms.CharField(label=gettext_lazy("错误或过时表述"), max_length=80)
    suggestion = forms.CharField(
        label=gettext_lazy("正确表述"), max_length=80, required=False,
        help_text=gettext_lazy("旧表述只是新表述的一部分时，新表述里的不算命中。"),
    )  # fmt: skip
    severity = forms.ChoiceField(
        label=gettext_lazy("严重程度"), choices=SEVERITIES, initial=Severity.MAJOR.value
    )
    basis = forms.CharField(
        label=gettext_lazy("依据"), max_length=200, required=False,
        help_text=gettext_lazy("文件名称和文号。"),
    )  # fmt: skip
    valid_from = forms.DateField(
        label=gettext_lazy("只查此日起发布的"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("不填就查全部已发布内容。"),
    )  # fmt: skip


class SheetForm(forms.Form):
    """A sheet to bring in."""

    file = forms.FileField(
        label=gettext_lazy("表格文件"),
        error_messages={
            "required": gettext_lazy("请选择文件。"),
            "empty": gettext_lazy("这个文件是空的，请重新选择。"),
        },
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.xls,.ods"}),
    )

    def clean_file(self) -> Any:
        """Too large a file is refused before it is read."""
        given = self.cleaned_data["file"]
        if given.size > MAX_BYTES:
            raise forms.ValidationError(_("文件超过 20 MB，请拆分后分批导入。"))
        return given


class TermFilter(Search):
    """How bad."""

    searched = ("wrong", "suggestion", "basis")
    severity = django_filters.ChoiceFilter(
        label=gettext_lazy("严重程度"), choices=tuple(SEVERITIES)
    )

    class Meta:
        model = Term
        fields = ("severity",)


class TermTable(Table):
    """The expressions of a list in use, in the shape in which they are uploaded."""

    wrong = tables.Column(verbose_name=gettext_lazy("错误表述"))
    suggestion = tables.Column(verbose_name=gettext_lazy("正确表述"))
    severity = tables.Column(
        verbose_name=gettext_lazy("严重程度"), accessor="get_severity_display", order_by="severity"
    )
    basis = tables.Column(verbose_name=gettext_lazy("依据"))
    valid_from = tables.DateColumn(verbose_name=gettext_lazy("起查日期"), format="Y-m-d")

    class Meta(Table.Meta):
        order_by = "wrong"


class TermsPage(ListPage):
    """One list."""

    permission = READ
    title = gettext_lazy("词条")
    empty = gettext_lazy("这份词表还没有词条。")
    empty_hint = gettext_lazy("可以逐条添加，也可以导入表格；保存后自动重查已发布的内容。")
    table_class = TermTable
    filterset_class = TermFilter
    template_name = "console/word_list.html"
    bulks = (
        Bulk(
            name="drop",
            label=gettext_lazy("停用"),
            title=gettext_lazy("停用 %(count)s 个词条"),
            done=gettext_lazy("已停用 %(count)s 个，已有的命中不受影响。"),
            permission=DECIDE,
            why_not=lambda row, staff: (
                "" if may(staff, DECIDE, row.word_list.agency) else _("不归您的单位维护。")
            ),
            act=lambda row, staff, given, now: acting.drop_term(row, actor=staff, now=now),
        ),
    )

    def rows(self, staff: Staff) -> QuerySet[Term]:
        word_list = lookback.word_list_for(staff, self.kwargs["number"])
        return lookback.terms_of(word_list).select_related("word_list__agency")

    def _back(self) -> str:
        return reverse("console:word_lists")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        found = lookback.word_list_for(sight(self.request), self.kwargs["number"])
        staff = staff_of(self.request)
        return context | {
            "title": found.name, "word_list": found, "back_name": _("词表"),
            "may_edit": may(staff, DECIDE, found.agency) and found.kind != WordList.Kind.PRIVACY,
            "last_scan": lookback.scans_for(staff).filter(word_list=found).first(),
        }  # fmt: skip


@require_http_methods(["GET", "POST"])
@allowed(DECIDE)
def new(request: HttpRequest) -> HttpResponse:
    """A new list."""
    staff, now = staff_of(request), timezone.now()
    form = WordListForm(request.POST or None, staff=staff)
    made: list[tuple[WordList, Scan | None]] = []

    def write() -> None:
        made.append(acting.add_word_list(**form.cleaned_data, actor=staff, now=now))

    if request.method == "POST" and act(request, form, write, _("词表已新建。")):
        word_list, scan = made[0]
        if scan is not None:
            set_going(scan)
        return redirect("console:word_list", number=word_list.pk)
    return form_page(
        request, form, title=_("新建词表"), back=reverse("console:word_lists"), submit=_("新建")
    )


def _told(request: HttpRequest, scan: Scan | None, number: int) -> HttpResponse:
    """The way on after a change: to the scan it began."""
    if scan is None:
        messages.info(request, _("没有变化，不用重新扫描。"))
        return redirect("console:word_list", number=number)
    set_going(scan)
    messages.success(request, _("词表已保存，开始重查已发布的内容。"))
    return redirect("console:scan", number=scan.pk)


@require_http_methods(["GET", "POST"])
@allowed(DECIDE)
def term(request: HttpRequest, number: int) -> HttpResponse:
    """Add an expression, or write one anew."""
    staff, now = staff_of(request), timezone.now()
    word_list = lookback.word_list_for(staff, number, DECIDE)
    form = TermForm(request.POST or None)
    begun: list[Scan | None] = []

    def write() -> None:
        given = form.cleaned_data
        draft = acting.TermDraft(
            given["wrong"], given["suggestion"], Severity(given["severity"]), given["basis"],
            given["valid_from"],
        )  # fmt: skip
        begun.append(acting.put_terms(word_list, [draft], actor=staff, now=now))

    if request.method == "POST" and act(request, form, write):
        return _told(request, begun[0], number)
    return form_page(
        request, form, title=_("添加词条"), back=url_of(word_list), submit=_("保存并重查"),
        note=_("词表里已有的表述，按这次填的更新。"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@allowed(DECIDE)
def bring_in(request: HttpRequest, number: int) -> HttpResponse:
    """A sheet of expressions: all of it, or nothing and what is wrong."""
    staff, now = staff_of(request), timezone.now()
    word_list = lookback.word_list_for(staff, number, DECIDE)
    form = SheetForm(request.POST, request.FILES) if request.method == "POST" else SheetForm()
    begun: list[Scan | None] = []

    def write() -> None:
        given = form.cleaned_data["file"]
        drafts = importing.read_terms(given.name, given.read())
        begun.append(acting.put_terms(word_list, drafts, actor=staff, now=now))

    if request.method == "POST" and act(request, form, write):
        return _told(request, begun[0], number)
    context = {
        "form": form, "title": _("导入词条"), "back": url_of(word_list), "submit": _("导入并重查"),
        "note": _("列名：%(columns)s。只有“错误表述”必填；已有的表述按表格更新。") % {
            "columns": "、".join(importing.TERM_COLUMNS)
        },
    }  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "console/form_with_file.html", context, status=status)


@require_safe
@allowed(DECIDE)
def sample(request: HttpRequest) -> HttpResponse:
    """An empty sheet with the right titles and one row to look at."""
    line = io.StringIO()
    csv.writer(line).writerows(
        [
            importing.TERM_COLUMNS,
            ["市规划局", "市自然资源和规划局", "较重", "机构改革方案", "2026-01-01"],
        ]
    )
    answer = HttpResponse("\ufeff" + line.getvalue(), "text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="minxin-terms.csv"'
    return answer


urlpatterns = [
    listed("lookback/lists/", WordListsPage, "word_lists"),
    path("lookback/lists/new/", new, name="word_list_new"),
    path("lookback/lists/sample.csv", sample, name="terms_sample"),
    listed("lookback/lists/<int:number>/", TermsPage, "word_list"),
    path("lookback/lists/<int:number>/term/", term, name="term_new"),
    path("lookback/lists/<int:number>/import/", bring_in, name="terms_import"),
]
