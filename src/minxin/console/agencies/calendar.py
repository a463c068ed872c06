"""The working calendar: days on which the statutory one does not hold."""

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

from minxin.agencies import actions
from minxin.agencies.models import CalendarDay, Staff
from minxin.agencies.queries import (
    calendar_days_of,
)
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, form_page, staff_of
from minxin.console.lists import ListPage, Search, Table, listed, yes_or_no


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

    is_working = yes_or_no(gettext_lazy("安排"), gettext_lazy("上班"), gettext_lazy("放假"))

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
    listed("calendar/", CalendarPage, "calendar"),
    path("calendar/new/", new_calendar_day, name="calendar_new"),
]
