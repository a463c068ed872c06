"""The tree of agencies: list, one, a new one."""

from typing import Any

import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from minxin.agencies import actions
from minxin.agencies.models import Agency, Membership, Staff
from minxin.agencies.queries import (
    agencies_for,
    agency_for,
    may,
)
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, form_page, page_not_found_when_missing, staff_of
from minxin.console.lists import ListPage, Search, Table, listed, yes_or_no


class AgencyFilter(Search):
    """Search among the agencies."""

    searched = ("name", "short_name", "code", "duty")

    is_active = yes_or_no(gettext_lazy("状态"), gettext_lazy("在用"), gettext_lazy("停用"))

    class Meta:
        model = Agency
        fields = ("is_active",)


class AgencyTable(Table):
    """The tree, as an indented list."""

    name = tables.Column(verbose_name=gettext_lazy("名称"), order_by="path")
    code = tables.Column(verbose_name=gettext_lazy("编码"))
    region_code = tables.Column(verbose_name=gettext_lazy("区划"))
    duty = tables.Column(verbose_name=gettext_lazy("职责"), orderable=False)
    phone = tables.Column(verbose_name=gettext_lazy("公开电话"), orderable=False)
    is_active = tables.BooleanColumn(
        verbose_name=gettext_lazy("在用"), yesno=(gettext_lazy("在用"), gettext_lazy("停用"))
    )

    row_url = staticmethod(lambda record: _agency_url(record))

    def render_name(self, record: Agency) -> str:
        depth = record.path.strip("/").count("/")
        return format_html(
            '<a class="depth-{}" href="{}">{}</a>', min(depth, 5), _agency_url(record), record.name
        )

    class Meta(Table.Meta):
        order_by = "name"


def _agency_url(record: Agency) -> str:
    return reverse("console:agency", args=[record.pk])


class AgenciesPage(ListPage):
    """The branches I may see."""

    permission = Permission.READ_AGENCIES
    title = gettext_lazy("机构")
    empty = gettext_lazy("还没有机构。")
    table_class = AgencyTable
    filterset_class = AgencyFilter
    buttons = (
        (gettext_lazy("新增机构"), "console:agency_new", Permission.EDIT_AGENCIES),
        (gettext_lazy("一次新增多个"), "console:agency_several", Permission.EDIT_AGENCIES),
        (gettext_lazy("本地区划"), "console:divisions", Permission.EDIT_AGENCIES),
    )

    def rows(self, staff: Staff) -> QuerySet[Agency]:
        return Agency.objects.visible_to(staff, Permission.READ_AGENCIES)


class AgencyForm(forms.Form):
    """What is written of an agency."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=120)
    short_name = forms.CharField(label=gettext_lazy("简称"), max_length=40, required=False)
    region_code = forms.CharField(label=gettext_lazy("区划代码"), max_length=12, required=False)
    duty = forms.CharField(label=gettext_lazy("职责"), max_length=300, required=False,
                           widget=forms.Textarea(attrs={"rows": 3}))  # fmt: skip
    phone = forms.CharField(label=gettext_lazy("公开电话"), max_length=40, required=False)


class NewAgencyForm(AgencyForm):
    """A new one also says where it stands."""

    code = forms.SlugField(label=gettext_lazy("编码"), max_length=40,
                           help_text=gettext_lazy("英文字母、数字和横线，建立后不改。"))  # fmt: skip
    parent = forms.ModelChoiceField(
        label=gettext_lazy("上级机构"), queryset=Agency.objects.none(),
        empty_label=gettext_lazy("请选择"),
    )  # fmt: skip
    field_order = ("parent", "code", "name")

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = agencies_for(staff, Permission.EDIT_AGENCIES)
        self.fields["parent"].queryset = own  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
@allowed(Permission.READ_AGENCIES)
def agency(request: HttpRequest, number: int) -> HttpResponse:
    """One agency: its data, its people."""
    staff, now = staff_of(request), timezone.now()
    visible = Agency.objects.visible_to(staff, Permission.READ_AGENCIES)
    found = page_not_found_when_missing(visible.filter(pk=number).first())
    may_edit = may(staff, Permission.EDIT_AGENCIES, found)
    names = ("name", "short_name", "region_code", "duty", "phone")
    start = {name: getattr(found, name) for name in names}
    form = AgencyForm(request.POST or None, initial=start)
    if request.method == "POST":
        agency_for(staff, Permission.EDIT_AGENCIES, number)
        if act(
            request,
            form,
            lambda: actions.change_agency(found, actor=staff, now=now, **form.cleaned_data),
            _("已保存。"),
        ):
            return redirect(_agency_url(found))
    people = Membership.objects.none()
    if may(staff, Permission.READ_STAFF, found):
        people = Membership.objects.filter(agency=found).select_related("staff")
    return form_page(
        request, form, title=found.name, back=reverse("console:agencies"), agency=found,
        people=people, may_edit=may_edit,
        held_here=may(staff, Permission.EDIT_SETTINGS, found), template="console/agency.html",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_AGENCIES)
def new_agency(request: HttpRequest) -> HttpResponse:
    """Add an agency below one of mine."""
    staff, now = staff_of(request), timezone.now()
    form = NewAgencyForm(request.POST or None, staff=staff)
    if request.method == "POST" and act(
        request,
        form,
        lambda: actions.add_agency(actor=staff, now=now, **form.cleaned_data),
        _("机构已新增。"),
    ):
        return redirect("console:agencies")
    return form_page(request, form, title=_("新增机构"), back=reverse("console:agencies"))


class SeveralForm(forms.Form):
    """Names as they stand in a sheet, one a line; a region code may follow."""

    parent = forms.ModelChoiceField(
        label=gettext_lazy("上级机构"), queryset=Agency.objects.none(),
        empty_label=gettext_lazy("请选择"),
    )  # fmt: skip
    lines = forms.CharField(
        label=gettext_lazy("单位名称"), widget=forms.Textarea(attrs={"rows": 12}),
        help_text=gettext_lazy(
            "一行一个，可以从表格里整列复制。名称后面可以空一格写区划代码，不写的与上级机构相同。"
            "已有的不会重复新增；编码自动编定，以后不改。"
        ),
        error_messages={"required": gettext_lazy("请至少写一个单位名称。")},
    )  # fmt: skip

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = agencies_for(staff, Permission.EDIT_AGENCIES).filter(is_active=True)
        self.fields["parent"].queryset = own  # type: ignore[attr-defined]
        self.fields["parent"].initial = own.first()

    def listed(self) -> list[tuple[str, str]]:
        """(name, region code or empty) of each line that says something."""
        found = []
        for line in self.cleaned_data["lines"].splitlines():
            words = line.replace("，", " ").replace(",", " ").split()
            has_region = len(words) > 1 and words[-1].isdecimal()
            if words:
                name = " ".join(words[:-1] if has_region else words)
                found.append((name, words[-1] if has_region else ""))
        return found


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_AGENCIES)
def several(request: HttpRequest) -> HttpResponse:
    """Add the units of a list below one of mine."""
    staff, now = staff_of(request), timezone.now()
    form = SeveralForm(request.POST or None, staff=staff)
    made: list[actions.AddedAgencies] = []

    def write() -> None:
        parent = form.cleaned_data["parent"]
        made.append(actions.add_agencies(form.listed(), parent=parent, actor=staff, now=now))

    if request.method == "POST" and act(request, form, write):
        words = _("已新增 %(new)s 个机构，%(old)s 个原来就有。")
        numbers = {"new": len(made[0].added), "old": len(made[0].there)}
        messages.success(request, words % numbers)
        return redirect("console:agencies")
    return form_page(
        request, form, title=_("一次新增多个机构"), back=reverse("console:agencies"),
        submit=_("新增"),
    )  # fmt: skip


urlpatterns = [
    listed("agencies/", AgenciesPage, "agencies"),
    path("agencies/several/", several, name="agency_several"),
    path("agencies/new/", new_agency, name="agency_new"),
    path("agencies/<int:number>/", agency, name="agency"),
]
