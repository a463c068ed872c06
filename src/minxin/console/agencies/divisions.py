"""Divisions that the national table does not have."""

import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from minxin.agencies import actions
from minxin.agencies.models import LocalDivision, Staff
from minxin.agencies.queries import divisions, local_divisions
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, form_page, page_not_found_when_missing, staff_of
from minxin.console.lists import ListPage, Search, Table, listed
from minxin.core.errors import Refused


class DivisionTable(Table):
    """Our own divisions."""

    code = tables.Column(verbose_name=gettext_lazy("区划代码"))
    name = tables.Column(verbose_name=gettext_lazy("名称"), linkify=lambda record: _url(record))
    full_name = tables.Column(
        verbose_name=gettext_lazy("全称"), accessor="pk", orderable=False, empty_values=()
    )

    row_url = staticmethod(lambda record: _url(record))

    def render_full_name(self, record: LocalDivision) -> str:
        if not hasattr(self, "known"):
            self.known = divisions()
        return self.known.full_name(record.code)

    class Meta(Table.Meta):
        order_by = "code"


def _url(record: LocalDivision) -> str:
    return reverse("console:division", args=[record.pk])


class DivisionSearch(Search):
    """Search by code or name."""

    searched = ("code", "name")

    class Meta:
        model = LocalDivision
        fields = ()


class DivisionsPage(ListPage):
    """What is added to the national table."""

    permission = Permission.EDIT_AGENCIES
    title = gettext_lazy("本地区划")
    empty = gettext_lazy("没有本地区划，只用国家标准中的区划。")
    empty_hint = gettext_lazy(
        "省、市、县按国家标准 GB/T 2260；街道、乡镇和新设的区域可以在这里补充。"
    )
    table_class = DivisionTable
    filterset_class = DivisionSearch
    buttons = ((gettext_lazy("新增区划"), "console:division_new", Permission.EDIT_AGENCIES),)
    back = (gettext_lazy("机构"), "console:agencies")

    def rows(self, staff: Staff) -> QuerySet[LocalDivision]:
        return local_divisions(staff)


class DivisionForm(forms.Form):
    """A division."""

    code = forms.CharField(
        label=gettext_lazy("区划代码"), max_length=12,
        help_text=gettext_lazy("6 位；街道和乡镇 9 位，村和社区 12 位。上级由代码的前几位决定。"),
    )  # fmt: skip
    name = forms.CharField(label=gettext_lazy("名称"), max_length=60)


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_AGENCIES)
def new(request: HttpRequest) -> HttpResponse:
    """Add a division."""
    staff, now = staff_of(request), timezone.now()
    form = DivisionForm(request.POST or None)

    def write() -> None:
        actions.keep_division(None, actor=staff, now=now, **form.cleaned_data)

    if request.method == "POST" and act(request, form, write, _("区划已新增。")):
        return redirect("console:divisions")
    return form_page(request, form, title=_("新增区划"), back=reverse("console:divisions"))


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_AGENCIES)
def one(request: HttpRequest, number: int) -> HttpResponse:
    """Rename a division, or remove it."""
    staff, now, back = staff_of(request), timezone.now(), reverse("console:divisions")
    found: LocalDivision = page_not_found_when_missing(
        local_divisions(staff).filter(pk=number).first()
    )
    if request.method == "POST" and request.POST.get("act") == "remove":
        try:
            actions.remove_division(found, actor=staff, now=now)
        except Refused as refusal:
            messages.error(request, refusal.message)
            return redirect(_url(found))
        messages.success(request, _("区划已删除。"))
        return redirect(back)
    form = DivisionForm(request.POST or None, initial={"code": found.code, "name": found.name})

    def write() -> None:
        actions.keep_division(found, actor=staff, now=now, **form.cleaned_data)

    if request.method == "POST" and act(request, form, write, _("已保存。")):
        return redirect(back)
    return form_page(
        request, form, title=found.name, back=back, template="console/division.html",
    )  # fmt: skip


urlpatterns = [
    listed("agencies/divisions/", DivisionsPage, "divisions"),
    path("agencies/divisions/new/", new, name="division_new"),
    path("agencies/divisions/<int:number>/", one, name="division"),
]
