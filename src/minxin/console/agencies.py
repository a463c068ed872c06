"""Agencies, the people in them, the calendar they work by."""

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
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from minxin.agencies import actions
from minxin.agencies.models import Agency, CalendarDay, Membership, Role, Staff
from minxin.agencies.queries import (
    agencies_for,
    agency_for,
    calendar_days_of,
    may,
    staff_for,
    staff_visible_to,
)
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, form_page, page_not_found_when_missing, staff_of
from minxin.console.lists import ListPage, Search, Table, choices_of, listed
from minxin.core.errors import Refused


class AgencyFilter(Search):
    """Search among the agencies."""

    searched = ("name", "short_name", "code", "duty")

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
    buttons = ((gettext_lazy("新增机构"), "console:agency_new", Permission.EDIT_AGENCIES),)

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
    parent = forms.ModelChoiceField(label=gettext_lazy("上级机构"), queryset=Agency.objects.none())
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
        people=people, may_edit=may_edit, template="console/agency.html",
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


# People -----------------------------------------------------------------------------------------


class StaffFilter(Search):
    """Filters of the people."""

    searched = ("username", "name", "memberships__agency__name")
    role = django_filters.ChoiceFilter(
        label=gettext_lazy("角色"), choices=choices_of(Role), field_name="memberships__role"
    )

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return super().search(queryset, name, value).distinct()

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


class NewStaffForm(forms.Form):
    """A new person and her first duty."""

    username = forms.CharField(label=gettext_lazy("登录名"), max_length=40,
                               help_text=gettext_lazy("小写字母开头，可含数字和点，一般用姓名拼音。"))  # fmt: skip
    name = forms.CharField(label=gettext_lazy("姓名"), max_length=40)
    agency = forms.ModelChoiceField(label=gettext_lazy("单位"), queryset=Agency.objects.none())
    role = forms.ChoiceField(label=gettext_lazy("角色"), choices=Role)
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

    agency = forms.ModelChoiceField(label=gettext_lazy("单位"), queryset=Agency.objects.none())
    role = forms.ChoiceField(label=gettext_lazy("角色"), choices=Role)

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


# The calendar -----------------------------------------------------------------------------------


class CalendarTable(Table):
    """Days on which the statutory calendar does not hold."""

    on = tables.DateColumn(verbose_name=gettext_lazy("日期"), format="Y-m-d")
    is_working = tables.BooleanColumn(
        verbose_name=gettext_lazy("安排"), yesno=(gettext_lazy("上班"), gettext_lazy("放假"))
    )
    note = tables.Column(verbose_name=gettext_lazy("说明"))

    class Meta(Table.Meta):
        order_by = "-on"


class CalendarFilter(Search):
    """Search in the notes."""

    searched = ("note",)

    class Meta:
        model = CalendarDay
        fields = ("is_working",)


class CalendarPage(ListPage):
    """The exceptions that hold for everybody."""

    permission = Permission.EDIT_AGENCIES
    title = gettext_lazy("工作日历")
    empty = gettext_lazy("没有调整，完全按国务院办公厅的放假安排计算。")
    empty_hint = gettext_lazy("次年放假通知公布前，跨年的期限按周一至周五计算并标为暂定。")
    table_class = CalendarTable
    filterset_class = CalendarFilter
    buttons = ((gettext_lazy("新增调整"), "console:calendar_new", Permission.EDIT_AGENCIES),)

    def rows(self, staff: Staff) -> QuerySet[CalendarDay]:
        return calendar_days_of(None)


class CalendarForm(forms.Form):
    """One day."""

    on = forms.DateField(label=gettext_lazy("日期"),
                         widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))  # fmt: skip
    is_working = forms.TypedChoiceField(
        label=gettext_lazy("安排"), choices=(("1", gettext_lazy("上班")), ("0", gettext_lazy("放假"))),
        coerce=lambda value: value == "1",
    )  # fmt: skip
    note = forms.CharField(label=gettext_lazy("说明"), max_length=120, required=False)


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_AGENCIES)
def new_calendar_day(request: HttpRequest) -> HttpResponse:
    """Say that a day is worked, or not."""
    staff, now = staff_of(request), timezone.now()
    form = CalendarForm(request.POST or None)

    def write() -> None:
        given = form.cleaned_data
        actions.set_calendar_day(
            given["on"], is_working=given["is_working"], note=given["note"], actor=staff, now=now
        )

    if request.method == "POST" and act(request, form, write, _("已保存。已经作出的承诺不变。")):
        return redirect("console:calendar")
    return form_page(request, form, title=_("新增日历调整"), back=reverse("console:calendar"))


urlpatterns = [
    listed("agencies/", AgenciesPage, "agencies"),
    path("agencies/new/", new_agency, name="agency_new"),
    path("agencies/<int:number>/", agency, name="agency"),
    listed("staff/", StaffPage, "staff"),
    path("staff/new/", new_staff, name="staff_new"),
    path("staff/<int:number>/", staff_one, name="staff_one"),
    path("staff/<int:number>/change/", change_staff, name="staff_change"),
    listed("calendar/", CalendarPage, "calendar"),
    path("calendar/new/", new_calendar_day, name="calendar_new"),
]
