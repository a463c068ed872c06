"""The working calendar: days on which the statutory one does not hold."""

import django_filters
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
from minxin.agencies.models import Agency, CalendarDay, Staff
from minxin.agencies.queries import (
    agencies_for,
    calendar_days_for,
    working_calendar,
)
from minxin.agencies.rules import Permission
from minxin.console.base import (
    act,
    allowed,
    form_page,
    page_not_found_when_missing,
    staff_of,
)
from minxin.console.lists import ListPage, Search, Table, listed

FREE, WORKED, HALF = "0", "1", "half"
ARRANGEMENTS = (
    (WORKED, gettext_lazy("上班")),
    (HALF, gettext_lazy("只上午上班")),
    (FREE, gettext_lazy("放假")),
)


def arrangement_of(day: CalendarDay) -> str:
    """Which of the three it is."""
    return (HALF if day.is_half else WORKED) if day.is_working else FREE


class CalendarTable(Table):
    """Days on which the statutory calendar does not hold."""

    on = tables.DateColumn(verbose_name=gettext_lazy("日期"), format="Y-m-d")
    is_working = tables.Column(
        verbose_name=gettext_lazy("安排"), order_by=("is_working", "is_half")
    )
    agency = tables.Column(
        verbose_name=gettext_lazy("适用单位"), order_by="agency__path", empty_values=()
    )
    note = tables.Column(verbose_name=gettext_lazy("说明"))

    row_url = staticmethod(lambda row: reverse("console:calendar_day", args=[row.pk]))

    def render_is_working(self, record: CalendarDay) -> str:
        return str(dict(ARRANGEMENTS)[arrangement_of(record)])

    def render_agency(self, record: CalendarDay) -> str:
        return record.agency.name if record.agency else _("所有单位")

    class Meta(Table.Meta):
        order_by = "-on"


class CalendarFilter(Search):
    """Search in the notes."""

    searched = ("note", "agency__name")

    is_working = django_filters.ChoiceFilter(
        label=gettext_lazy("安排"), choices=ARRANGEMENTS, method="by_arrangement"
    )

    def by_arrangement(
        self, queryset: QuerySet[CalendarDay], name: str, value: str
    ) -> QuerySet[CalendarDay]:
        return queryset.filter(is_working=value != FREE, is_half=value == HALF)

    class Meta:
        model = CalendarDay
        fields = ("is_working",)


class CalendarPage(ListPage):
    """The exceptions that hold for everybody, and those of the agencies whose calendar she keeps."""

    permission = Permission.EDIT_AGENCIES
    title = gettext_lazy("工作日历")
    template_name = "console/calendar.html"
    empty = gettext_lazy("没有调整，完全按国务院办公厅的放假安排计算。")
    empty_hint = gettext_lazy("次年放假通知公布前，跨年的期限按周一至周五计算并标为暂定。")
    table_class = CalendarTable
    filterset_class = CalendarFilter
    buttons = (
        (gettext_lazy("新增调整"), "console:calendar_new", Permission.EDIT_AGENCIES),
        (gettext_lazy("办公时间"), "console:hours", Permission.EDIT_SETTINGS),
    )

    def rows(self, staff: Staff) -> QuerySet[CalendarDay]:
        return calendar_days_for(staff)

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        return super().get_context_data(**kwargs) | {"known_until": working_calendar().known_until}


class CalendarForm(forms.Form):
    """One day."""

    agency = forms.ModelChoiceField(
        label=gettext_lazy("适用单位"), queryset=Agency.objects.none(), required=False,
        empty_label=gettext_lazy("所有单位"), help_text=gettext_lazy("下级单位一并适用；下级另有安排的，以下级的为准。"),
    )  # fmt: skip
    on = forms.DateField(label=gettext_lazy("日期"),
                         widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))  # fmt: skip
    is_working = forms.ChoiceField(
        label=gettext_lazy("安排"), choices=ARRANGEMENTS,
        help_text=gettext_lazy("只上午上班的一天，按工作日计算期限时仍算一天，到中午为止。"),
    )  # fmt: skip
    note = forms.CharField(label=gettext_lazy("说明"), max_length=120, required=False)


def _form(staff: Staff, data: object, **start: object) -> CalendarForm:
    form = CalendarForm(data, initial=start)  # type: ignore[arg-type]
    mine = agencies_for(staff, Permission.EDIT_SETTINGS).filter(is_active=True)
    form.fields["agency"].queryset = mine  # type: ignore[attr-defined]
    return form


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_AGENCIES)
def new_calendar_day(request: HttpRequest) -> HttpResponse:
    """Say that a day is worked, half worked, or not."""
    staff, now = staff_of(request), timezone.now()
    form = _form(staff, request.POST or None)

    def write() -> None:
        given = form.cleaned_data
        actions.set_calendar_day(
            given["on"], is_working=given["is_working"] != FREE, is_half=given["is_working"] == HALF,
            note=given["note"], agency=given["agency"], actor=staff, now=now,
        )  # fmt: skip

    if request.method == "POST" and act(request, form, write, _("已保存。已经作出的承诺不变。")):
        return redirect("console:calendar")
    return form_page(request, form, title=_("新增日历调整"), back=reverse("console:calendar"))


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_AGENCIES)
def calendar_day(request: HttpRequest, number: int) -> HttpResponse:
    """Change what was said of a day, or take it back."""
    staff, now, back = staff_of(request), timezone.now(), reverse("console:calendar")
    found: CalendarDay = page_not_found_when_missing(
        calendar_days_for(staff).filter(pk=number).first()
    )
    if request.method == "POST" and request.POST.get("act") == "clear":
        actions.clear_calendar_day(found, actor=staff, now=now)
        messages.success(request, _("调整已取消，按上级或国务院办公厅的安排计算。"))
        return redirect(back)
    form = _form(staff, request.POST or None, is_working=arrangement_of(found), note=found.note)
    for name in ("agency", "on"):
        del form.fields[name]

    def write() -> None:
        given = form.cleaned_data
        actions.set_calendar_day(
            found.on, is_working=given["is_working"] != FREE, is_half=given["is_working"] == HALF,
            note=given["note"], agency=found.agency, actor=staff, now=now,
        )  # fmt: skip

    if request.method == "POST" and act(request, form, write, _("已保存。已经作出的承诺不变。")):
        return redirect(back)
    whom = found.agency.name if found.agency else _("所有单位")
    return form_page(
        request, form, title=f"{found.on:%Y-%m-%d} {whom}", back=back,
        template="console/calendar_day.html",
    )  # fmt: skip


urlpatterns = [
    listed("calendar/", CalendarPage, "calendar"),
    path("calendar/new/", new_calendar_day, name="calendar_new"),
    path("calendar/days/<int:number>/", calendar_day, name="calendar_day"),
]
