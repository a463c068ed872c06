"""Working hours: which agency works when, from which day on, and whose hours it inherits."""

import re
from collections.abc import Sequence
from datetime import date, time
from typing import Any

import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from minxin.agencies import actions
from minxin.agencies.models import Agency, Staff, WorkingHours
from minxin.agencies.queries import (
    Calendars,
    agencies_for,
    agency_for,
    ensure_may_everywhere,
    hours_of,
    may_everywhere,
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
from minxin.core.errors import Refused
from minxin.core.working_time import OFFICE_HOURS, DayHours

DAYS = (
    gettext_lazy("周一"),
    gettext_lazy("周二"),
    gettext_lazy("周三"),
    gettext_lazy("周四"),
    gettext_lazy("周五"),
    gettext_lazy("周六"),
    gettext_lazy("周日"),
)
_NAMED = dict(zip("一二三四五六日", range(7), strict=True)) | {"天": 6}
_LINE = re.compile(r"(?:周|星期|礼拜)([一二三四五六日天])\s*[:： ]?\s*(.*)")
_SHIFT = re.compile(r"(\d{1,2})[:：](\d{2})\s*[-—–~至到]+\s*(\d{1,2})[:：](\d{2})")
Week = list[list[list[str]]]


def _day_said(shifts: Sequence[Sequence[str]]) -> str:
    return "、".join(f"{opens}—{closes}" for opens, closes in shifts)


def _as_kept(day: DayHours) -> list[list[str]]:
    return [[f"{each.opens:%H:%M}", f"{each.closes:%H:%M}"] for each in day.shifts]


OURS: Week = [_as_kept(OFFICE_HOURS)] * 7


def week_said(week: Week) -> str:
    """A week in words, equal days together: 周一至周四 09:00—12:00、14:00—18:00；周五 …. Saturday and Sunday
    only where they differ, for they count on make-up days alone."""
    said, first = [], 0
    for day in range(1, 6):
        if day < 5 and week[day] == week[first]:
            continue
        days = str(DAYS[first])
        if day - first > 1:
            days = _("%(first)s至%(last)s") % {"first": days, "last": DAYS[day - 1]}
        said.append(f"{days} {_day_said(week[first])}")
        first = day
    usual = max(week[:5], key=week[:5].count)
    for day in (5, 6):
        if week[day] != usual:
            made_up = _("调休上班的%(day)s") % {"day": DAYS[day]}
            said.append(f"{made_up} {_day_said(week[day])}")
    return "；".join(said)


class HoursTable(Table):
    """The hours of each agency today, and where they come from."""

    name = tables.Column(verbose_name=gettext_lazy("单位"), order_by="path")
    hours = tables.Column(
        verbose_name=gettext_lazy("今天执行的办公时间"), empty_values=(), orderable=False
    )
    origin = tables.Column(verbose_name=gettext_lazy("来自"), empty_values=(), orderable=False)
    since = tables.Column(verbose_name=gettext_lazy("起始日期"), empty_values=(), orderable=False)

    row_url = staticmethod(lambda row: reverse("console:hours_one", args=[row.pk]))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._calendars = Calendars()
        self._today = timezone.localdate()

    def _row(self, record: Agency) -> WorkingHours | None:
        return self._calendars.hours_in_force(record, self._today)

    def render_hours(self, record: Agency) -> str:
        row = self._row(record)
        return week_said(row.week if row else OURS)

    def render_origin(self, record: Agency) -> str:
        return origin_said(self._row(record), record)

    def render_since(self, record: Agency) -> str:
        row = self._row(record)
        return f"{row.since:%Y-%m-%d}" if row else ""

    class Meta(Table.Meta):
        order_by = "name"


def origin_said(row: WorkingHours | None, agency: Agency | None) -> str:
    """Whose hours they are: its own, inherited from a named agency, everybody's, or the default of ours."""
    if row is None:
        return _("系统默认（没有设定）")
    if row.agency is None:
        return _("沿用所有单位的")
    if agency is not None and row.agency_id == agency.pk:
        return _("本单位设定")
    return _("沿用%(agency)s的") % {"agency": row.agency.name}


class HoursFilter(Search):
    """Search in the names."""

    searched = ("name", "short_name", "code")

    class Meta:
        model = Agency
        fields = ()


class HoursPage(ListPage):
    """The hours of my agencies."""

    permission = Permission.EDIT_SETTINGS
    title = gettext_lazy("办公时间")
    template_name = "console/hours.html"
    empty = gettext_lazy("没有符合条件的单位。")
    table_class = HoursTable
    filterset_class = HoursFilter
    back = (gettext_lazy("工作日历"), "console:calendar")

    def rows(self, staff: Staff) -> QuerySet[Agency]:
        return agencies_for(staff, Permission.EDIT_SETTINGS).filter(is_active=True)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = Calendars().hours_in_force(None, timezone.localdate())
        return super().get_context_data(**kwargs) | {
            "everybody": week_said(row.week if row else OURS),
            "everybody_since": row.since if row else None,
            "may_everywhere": may_everywhere(staff_of(self.request), self.permission),
        }


def _time(label: Any, *, required: bool = True) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, widget=widget, required=required)


class HoursForm(forms.Form):
    """The hours of a usual day, days that differ, and from when on."""

    since = forms.DateField(
        label=gettext_lazy("从哪一天起执行"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("此前的日子仍按原来的办公时间；已经给出的期限和承诺都不变。"),
    )
    inherits = forms.BooleanField(
        label=gettext_lazy("从这一天起沿用上级单位的办公时间"), required=False,
        help_text=gettext_lazy("勾选后，下面的时间不用填。"),
    )  # fmt: skip
    morning_opens = _time(gettext_lazy("上午上班"), required=False)
    morning_closes = _time(gettext_lazy("上午下班"), required=False)
    afternoon_opens = _time(gettext_lazy("下午上班"), required=False)
    afternoon_closes = _time(gettext_lazy("下午下班"), required=False)
    others = forms.CharField(
        label=gettext_lazy("个别日子不同的"), required=False, max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("一行一天，例如：周五 08:30-12:00 13:30-17:00。周六、周日只在调休上班时起作用。"),
    )  # fmt: skip
    note = forms.CharField(label=gettext_lazy("说明"), max_length=120, required=False)

    def clean_others(self) -> dict[int, list[list[str]]]:
        """Days of the week with their shifts."""
        found: dict[int, list[list[str]]] = {}
        for line in self.cleaned_data["others"].splitlines():
            if not line.strip():
                continue
            match = _LINE.fullmatch(line.strip())
            shifts = _SHIFT.findall(match[2]) if match else []
            if (
                not match
                or not 1 <= len(shifts) <= 2
                or _SHIFT.sub("", match[2]).strip(" ,，、;；")
            ):
                raise forms.ValidationError(
                    _("没有看懂“%(line)s”。请写成：周五 08:30-12:00 13:30-17:00") % {"line": line}
                )
            if any(
                int(shift[at]) > 23 or int(shift[at + 1]) > 59 for shift in shifts for at in (0, 2)
            ):
                raise forms.ValidationError(_("“%(line)s”里有不存在的时间。") % {"line": line})
            found[_NAMED[match[1]]] = [
                [f"{int(a):02}:{b}", f"{int(c):02}:{d}"] for a, b, c, d in shifts
            ]
        return found

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("inherits") or self.errors:
            return given
        for name in ("morning_opens", "morning_closes"):
            if given.get(name) is None:
                self.add_error(name, _("请填写时间，或者勾选沿用上级单位的办公时间。"))
        if (given.get("afternoon_opens") is None) != (given.get("afternoon_closes") is None):
            self.add_error("afternoon_closes", _("下午的上班和下班时间要么都填，要么都不填。"))
        return given

    def week(self) -> Week:
        """As it is kept; empty when the hours above are to hold again."""
        given = self.cleaned_data
        if given["inherits"]:
            return []
        usual = [[_said(given["morning_opens"]), _said(given["morning_closes"])]]
        if given["afternoon_opens"]:
            usual.append([_said(given["afternoon_opens"]), _said(given["afternoon_closes"])])
        return [given["others"].get(day, usual) for day in range(7)]


def _said(at: time) -> str:
    return f"{at:%H:%M}"


def _start(week: Week, today: date) -> dict[str, Any]:
    """A form as the hours are now: the most frequent day is the usual one."""
    usual = max(week, key=week.count)
    others = [f"{DAYS[day]} {' '.join('-'.join(shift) for shift in week[day])}" for day in range(7)
              if week[day] != usual]  # fmt: skip
    start: dict[str, Any] = {"since": today, "others": "\n".join(others)}
    for part, shift in zip(("morning", "afternoon"), usual, strict=False):
        start[f"{part}_opens"], start[f"{part}_closes"] = shift
    return start


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_SETTINGS)
def hours_one(request: HttpRequest, number: int) -> HttpResponse:
    """The hours of one agency: those set for it, and new ones from a day on."""
    agency = agency_for(staff_of(request), Permission.EDIT_SETTINGS, number)
    return _page(request, agency, reverse("console:hours_one", args=[number]))


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_SETTINGS)
def hours_everybody(request: HttpRequest) -> HttpResponse:
    """The hours of everybody who sets none."""
    ensure_may_everywhere(staff_of(request), Permission.EDIT_SETTINGS)
    return _page(request, None, reverse("console:hours_everybody"))


def _page(request: HttpRequest, agency: Agency | None, here: str) -> HttpResponse:
    staff, now, today = staff_of(request), timezone.now(), timezone.localdate()
    calendars = Calendars()
    row = calendars.hours_in_force(agency, today)
    week = row.week if row else OURS
    if request.method == "POST" and request.POST.get("act") == "remove":
        found: WorkingHours = page_not_found_when_missing(
            hours_of(agency).filter(pk=_number(request.POST.get("row", ""))).first()
        )
        try:
            actions.remove_hours(found, actor=staff, now=now)
            messages.success(request, _("已取消，还没有开始执行的办公时间不再执行。"))
        except Refused as refusal:
            messages.error(request, refusal.message)
        return redirect(here)
    form = HoursForm(request.POST or None, initial=_start(week, today))
    if agency is None:
        del form.fields["inherits"]
        form.fields["inherits"] = forms.BooleanField(widget=forms.HiddenInput, required=False)

    def write() -> None:
        given = form.cleaned_data
        actions.keep_hours(
            given["since"], form.week(), note=given["note"], agency=agency, actor=staff, now=now
        )

    done = _("办公时间已保存。已经给出的期限和承诺都不变。")
    if request.method == "POST" and act(request, form, write, done):
        return redirect(here)
    mine = [
        {
            "row": each,
            "said": week_said(each.week) if each.week else _("沿用上级单位的办公时间"),
            "is_ahead": each.since > today,
        }
        for each in hours_of(agency)
    ]
    known_until = calendars.of(agency).known_until
    return form_page(
        request, form, title=agency.name if agency else _("所有单位"), back=reverse("console:hours"),
        template="console/hours_one.html", said=week_said(week), origin=origin_said(row, agency),
        rows=mine, known_until=date_format(known_until, "Y-m-d") if known_until else "",
    )  # fmt: skip


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 18 else 0


urlpatterns = [
    listed("calendar/hours/", HoursPage, "hours"),
    path("calendar/hours/everybody/", hours_everybody, name="hours_everybody"),
    path("calendar/hours/<int:number>/", hours_one, name="hours_one"),
]
