"""Matters: the national taxonomy, loaded from a sheet, and what a city adds."""

from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from minxin.agencies.models import Staff
from minxin.console.base import act, allowed, form_page, staff_of
from minxin.console.lists import ListPage, Search, Table, choices_of, listed, yes_or_no
from minxin.console.responsibilities.draft import MatterField
from minxin.console.responsibilities.listing import EDIT
from minxin.tickets.actions import matters as actions
from minxin.tickets.models import Category, Matter
from minxin.tickets.queries import responsibilities as queries
from minxin.tickets.taxonomy_sheets import read_taxonomy


class MatterFilter(Search):
    """Filters of the matters."""

    searched = ("path", "keywords", "code")
    top = django_filters.ModelChoiceFilter(
        label=gettext_lazy("一级分类"), method="by_top",
        queryset=lambda request: Matter.objects.filter(level=1),
    )  # fmt: skip
    origin = django_filters.ChoiceFilter(
        label=gettext_lazy("来自"), choices=choices_of(Matter.Origin)
    )
    is_active = yes_or_no(gettext_lazy("在用"), gettext_lazy("在用"), gettext_lazy("停用"))

    def by_top(self, queryset: QuerySet[Matter], name: str, value: Matter) -> QuerySet[Matter]:
        return queryset.filter(Q(pk=value.pk) | Q(path__startswith=f"{value.path}/"))

    class Meta:
        model = Matter
        fields = ("top", "origin", "is_active")


class MatterTable(Table):
    """Where it stands, by which words it is known."""

    path = tables.Column(verbose_name=gettext_lazy("事项"))
    keywords = tables.Column(verbose_name=gettext_lazy("关键词"))
    code = tables.Column(verbose_name=gettext_lazy("编码"))
    origin = tables.Column(
        verbose_name=gettext_lazy("来自"), accessor="get_origin_display", order_by="origin"
    )
    is_active = tables.BooleanColumn(
        verbose_name=gettext_lazy("在用"), yesno=(gettext_lazy("在用"), gettext_lazy("停用"))
    )

    row_url = staticmethod(lambda row: reverse("console:matter", args=[row.pk]))

    class Meta(Table.Meta):
        order_by = "path"


class MattersPage(ListPage):
    """All matters."""

    permission = EDIT
    title = gettext_lazy("事项")
    empty = gettext_lazy("还没有事项。")
    empty_hint = gettext_lazy(
        "先载入国家信访事项分类（一级、二级、三级三列的表格），再增加本地事项。"
    )
    table_class = MatterTable
    filterset_class = MatterFilter
    buttons = (
        (gettext_lazy("增加事项"), "console:matter_new", EDIT),
        (gettext_lazy("载入信访分类"), "console:matters_load", EDIT),
    )
    back = (gettext_lazy("职责清单"), "console:responsibilities")

    def rows(self, staff: Staff) -> QuerySet[Matter]:
        return queries.matters()


class MatterForm(forms.Form):
    """A matter of one's own, or the words of a national one."""

    name = forms.CharField(
        label=gettext_lazy("事项名称"), max_length=60,
        error_messages={"required": gettext_lazy("请填写事项名称。")},
    )  # fmt: skip
    parent = MatterField(
        label=gettext_lazy("上级事项"), required=False, max_length=255,
        widget=forms.TextInput(attrs={"list": "matters", "autocomplete": "off"}),
        help_text=gettext_lazy("不填就是一级事项；最多四级。"),
    )  # fmt: skip
    keywords = forms.CharField(
        label=gettext_lazy("关键词"), required=False, max_length=300,
        help_text=gettext_lazy("市民会怎么说，用逗号分开，如：路灯不亮，路灯坏了。"),
    )  # fmt: skip
    code = forms.CharField(label=gettext_lazy("编码"), required=False, max_length=40)
    categories = forms.ModelMultipleChoiceField(
        label=gettext_lazy("对应的诉求类别"), queryset=Category.objects.filter(is_active=True),
        required=False, help_text=gettext_lazy("选了这些类别的工单按这个事项派单。"),
    )  # fmt: skip
    is_active = forms.BooleanField(
        label=gettext_lazy("在用"), required=False, initial=True,
        help_text=gettext_lazy("停用后不能写进新的职责，已有的清单不变。"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@allowed(EDIT)
def matter(request: HttpRequest, number: int) -> HttpResponse:
    """Its words, and which categories are of it."""
    found = queries.matter_for(number)
    start = {
        "name": found.name,
        "parent": found.parent.path if found.parent else "",
        "keywords": found.keywords,
        "code": found.code,
        "categories": list(Category.objects.filter(matter=found).values_list("pk", flat=True)),
        "is_active": found.is_active,
    }
    form = MatterForm(request.POST or None, initial=start)
    for name in ("name", "parent"):
        form.fields[name].disabled = True
    return _kept(request, form, found)


@require_http_methods(["GET", "POST"])
@allowed(EDIT)
def matter_new(request: HttpRequest) -> HttpResponse:
    """A matter of one's own."""
    return _kept(request, MatterForm(request.POST or None), None)


def _kept(request: HttpRequest, form: MatterForm, found: Matter | None) -> HttpResponse:
    staff, now = staff_of(request), timezone.now()

    def write() -> None:
        given: dict[str, Any] = form.cleaned_data
        actions.keep_matter(found, **given, actor=staff, now=now)

    if request.method == "POST" and act(request, form, write, _("事项已保存。")):
        return redirect("console:matters")
    return form_page(
        request, form, title=found.path if found else _("增加事项"),
        back=reverse("console:matters"), beside="parent",
        beside_template="console/parts/matters.html",
        matters=Matter.objects.filter(is_active=True, level__lt=Matter.DEEPEST)
        .values_list("path", flat=True),
    )  # fmt: skip


class LoadForm(forms.Form):
    """The sheet of the taxonomy."""

    file = forms.FileField(
        label=gettext_lazy("分类表"),
        help_text=gettext_lazy(
            "CSV 或 xlsx，第一行是“一级分类、二级分类、三级分类”。重复载入只增加新的，不改已有的。"
        ),
        error_messages={
            "required": gettext_lazy("请选择文件。"),
            "empty": gettext_lazy("这个文件是空的，请重新选择。"),
        },
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.xls,.ods"}),
    )


@require_http_methods(["GET", "POST"])
@allowed(EDIT)
def load(request: HttpRequest) -> HttpResponse:
    """The national taxonomy, the whole or nothing."""
    staff, now = staff_of(request), timezone.now()
    form = LoadForm(request.POST, request.FILES) if request.method == "POST" else LoadForm()

    def write() -> None:
        given = form.cleaned_data["file"]
        rows = read_taxonomy(given.name, given.read())
        actions.load_taxonomy(rows, actor=staff, now=now)

    if request.method == "POST" and act(request, form, write, _("分类已载入。")):
        return redirect("console:matters")
    return form_page(
        request, form, title=_("载入信访分类"), back=reverse("console:matters"),
        submit=_("载入"), template="console/form_with_file.html",
    )  # fmt: skip


urlpatterns = [
    listed("matters/", MattersPage, "matters"),
    path("matters/new/", matter_new, name="matter_new"),
    path("matters/load/", load, name="matters_load"),
    path("matters/<int:number>/", matter, name="matter"),
]
