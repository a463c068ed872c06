"""The people: who may do what where, and what an administrator changes."""

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
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from minxin.agencies import actions
from minxin.agencies.models import Agency, Role, Staff
from minxin.agencies.queries import (
    agencies_for,
    may,
    staff_for,
    staff_visible_to,
)
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, form_page, page_not_found_when_missing, staff_of
from minxin.console.lists import ListPage, Search, Table, choices_of, listed, yes_or_no
from minxin.core.errors import Refused


class StaffFilter(Search):
    """Filters of the people."""

    searched = ("username", "name", "memberships__agency__name")
    role = django_filters.ChoiceFilter(
        label=gettext_lazy("角色"), choices=choices_of(Role), field_name="memberships__role"
    )

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return super().search(queryset, name, value).distinct()

    is_active = yes_or_no(gettext_lazy("状态"), gettext_lazy("在岗"), gettext_lazy("停用"))

    class Meta:
        model = Staff
        fields = ("is_active",)


class StaffTable(Table):
    """Who may do what where."""

    name = tables.Column(
        verbose_name=gettext_lazy("姓名"), linkify=lambda record: _staff_url(record)
    )
    username = tables.Column(verbose_name=gettext_lazy("登录名"))
    duties = tables.Column(
        verbose_name=gettext_lazy("单位与角色"), empty_values=(), orderable=False
    )
    is_active = tables.BooleanColumn(
        verbose_name=gettext_lazy("在岗"), yesno=(gettext_lazy("在岗"), gettext_lazy("停用"))
    )
    last_login = tables.DateTimeColumn(verbose_name=gettext_lazy("最近登录"), format="Y-m-d H:i")

    row_url = staticmethod(lambda record: _staff_url(record))

    def render_duties(self, record: Staff) -> str:
        return "；".join(
            f"{each.agency.short_name or each.agency.name} {each.get_role_display()}"
            for each in record.memberships.all()
        )

    class Meta(Table.Meta):
        order_by = "username"


def _staff_url(record: Staff) -> str:
    return reverse("console:staff_one", args=[record.pk])


class StaffPage(ListPage):
    """The people of my branches."""

    permission = Permission.READ_STAFF
    title = gettext_lazy("人员")
    empty = gettext_lazy("没有符合条件的人员。")
    table_class = StaffTable
    filterset_class = StaffFilter
    buttons = ((gettext_lazy("新增人员"), "console:staff_new", Permission.EDIT_STAFF),)

    def rows(self, staff: Staff) -> QuerySet[Staff]:
        return staff_visible_to(staff).prefetch_related("memberships__agency")


def _agency_field() -> "forms.ModelChoiceField[Agency]":
    return forms.ModelChoiceField(
        label=gettext_lazy("单位"), queryset=Agency.objects.none(),
        empty_label=gettext_lazy("请选择"),
    )  # fmt: skip


def _role_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=gettext_lazy("角色"), choices=[("", gettext_lazy("请选择")), *Role.choices],
        help_text=gettext_lazy(
            "账号运营员管台账、更新和整改，监管员看全区域、开展检查、发通知单，两种可以由一人兼任；"
            "管理员管机构和人员，不兼任别的。"
        ),
    )  # fmt: skip


class NewStaffForm(forms.Form):
    """A new person and her first duty."""

    username = forms.CharField(label=gettext_lazy("登录名"), max_length=40,
                               help_text=gettext_lazy("小写字母开头，可含数字和点，一般用姓名拼音。"))  # fmt: skip
    name = forms.CharField(label=gettext_lazy("姓名"), max_length=40)
    agency = _agency_field()
    role = _role_field()
    password = forms.CharField(
        label=gettext_lazy("初始密码"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("至少 12 位；本人第一次登录时必须修改。"),
    )  # fmt: skip

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = agencies_for(staff, Permission.EDIT_STAFF)
        self.fields["agency"].queryset = own  # type: ignore[attr-defined]


class RoleForm(forms.Form):
    """One more duty."""

    agency = _agency_field()
    role = _role_field()

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = agencies_for(staff, Permission.EDIT_STAFF)
        self.fields["agency"].queryset = own  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_STAFF)
def new_staff(request: HttpRequest) -> HttpResponse:
    """Let a person sign in."""
    staff, now = staff_of(request), timezone.now()
    form = NewStaffForm(request.POST or None, staff=staff)

    def write() -> None:
        given = dict(form.cleaned_data)
        given["role"] = Role(given["role"])
        actions.add_staff(actor=staff, now=now, **given)

    if request.method == "POST" and act(
        request, form, write, _("人员已新增，请把登录名和初始密码告诉本人。")
    ):
        return redirect("console:staff")
    return form_page(request, form, title=_("新增人员"), back=reverse("console:staff"))


@require_safe
@allowed(Permission.READ_STAFF)
def staff_one(request: HttpRequest, number: int) -> HttpResponse:
    """One person: duties and what an administrator may change."""
    return _staff_page(request, staff_for(staff_of(request), Permission.READ_STAFF, number))


def _staff_page(request: HttpRequest, person: Staff, form: RoleForm | None = None) -> HttpResponse:
    staff = staff_of(request)
    may_edit = may(staff, Permission.EDIT_STAFF)
    context = {
        "person": person,
        "memberships": person.memberships.select_related("agency"),
        "may_edit": may_edit,
        "form": form or RoleForm(staff=staff),
        "back": reverse("console:staff"),
    }
    return render(request, "console/staff_one.html", context, status=422 if form else 200)


@require_POST
@allowed(Permission.EDIT_STAFF)
def change_staff(request: HttpRequest, number: int) -> HttpResponse:
    """Grant or withdraw a duty, set a new password, let go or take back."""
    staff, now = staff_of(request), timezone.now()
    person = staff_for(staff, Permission.EDIT_STAFF, number)
    wanted = request.POST.get("act", "")
    if wanted == "grant":
        form = RoleForm(request.POST, staff=staff)

        def grant() -> None:
            role = Role(form.cleaned_data["role"])
            actions.grant_role(person, form.cleaned_data["agency"], role, actor=staff, now=now)

        if not act(request, form, grant, _("已增加角色。")):
            return _staff_page(request, person, form)
        return redirect(_staff_url(person))
    try:
        match wanted:
            case "withdraw":
                number_ = request.POST.get("membership", "")
                held = person.memberships.filter(pk=int(number_) if number_.isdecimal() else 0)
                actions.withdraw_role(
                    page_not_found_when_missing(held.first()), actor=staff, now=now
                )
                messages.success(request, _("已撤销角色。"))
            case "password":
                actions.reset_password(
                    person, request.POST.get("password", ""), actor=staff, now=now
                )
                messages.success(request, _("密码已重置，本人下次登录须修改。"))
            case "deactivate":
                reason = request.POST.get("reason", "")
                actions.deactivate_staff(person, reason=reason, actor=staff, now=now)
                messages.success(request, _("已停用，不能再登录。"))
            case "reactivate":
                actions.reactivate_staff(person, actor=staff, now=now)
                messages.success(request, _("已恢复。"))
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect(_staff_url(person))


urlpatterns = [
    listed("staff/", StaffPage, "staff"),
    path("staff/new/", new_staff, name="staff_new"),
    path("staff/<int:number>/", staff_one, name="staff_one"),
    path("staff/<int:number>/change/", change_staff, name="staff_change"),
]
