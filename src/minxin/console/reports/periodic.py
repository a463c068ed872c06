"""Drafting what comes again and again: the report of a week or a quarter, the yearly table of a unit."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import agencies_for
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, form_page, staff_of
from minxin.reports import actions, queries
from minxin.reports.models import Document
from minxin.reports.presets import presets
from minxin.reports.rules.presets import chosen

WEEKS = 12  # how far back a weekly report is offered
YEARS = 4  # how far back a yearly table is offered
SETTLING = 20  # so many days into a quarter or a year, the one before is still the one to tell of


class _PeriodForm(forms.Form):
    """Whose accounts, in whose name."""

    unit = forms.ModelChoiceField(label=gettext_lazy("单位"), queryset=Agency.objects.none())
    agency = forms.CharField(
        label=gettext_lazy("发文机关"), max_length=80, required=False,
        help_text=gettext_lazy("不填用所选单位的名称。"),
    )  # fmt: skip

    def __init__(self, *args: Any, units: QuerySet[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["unit"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  (declared above)
        field.queryset, field.empty_label = units, None
        field.initial = units.first()


class QuarterForm(_PeriodForm):
    """Which quarter, of which area."""

    quarter = forms.ChoiceField(label=gettext_lazy("季度"))
    area = forms.CharField(
        label=gettext_lazy("范围"), max_length=30, required=False,
        help_text=gettext_lazy("如“全市”，不填按单位名称推定。"),
    )  # fmt: skip
    field_order = ("quarter", "unit", "agency", "area")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = queries.quarters_until(today)
        field = self.fields["quarter"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (declared above)
        field.choices = [
            (f"{year}-{number}", _quarter_said(year, number, is_running=at == 0))
            for at, (year, number) in enumerate(known)
        ]
        days_in = (today - date(known[0][0], known[0][1] * 3 - 2, 1)).days
        year, number = known[1] if days_in < SETTLING else known[0]
        field.initial = f"{year}-{number}"


def _quarter_said(year: int, number: int, *, is_running: bool) -> str:
    words = (
        _("%(year)s年第%(number)s季度（进行中）") if is_running else _("%(year)s年第%(number)s季度")
    )
    return words % {"year": year, "number": number}


class YearForm(_PeriodForm):
    """Which year, with or without the units below."""

    year = forms.TypedChoiceField(label=gettext_lazy("年度"), coerce=int)
    with_below = forms.BooleanField(
        label=gettext_lazy("包括下级单位的账号"), required=False,
        help_text=gettext_lazy("一份报表最多 20 个账号；账号多的，请按单位分别起草。"),
    )  # fmt: skip
    field_order = ("year", "unit", "with_below", "agency")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["year"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101  (declared above)
        field.choices = [
            (year, _("%(year)s年（进行中）") % {"year": year} if year == today.year
             else _("%(year)s年") % {"year": year})
            for year in range(today.year, today.year - YEARS, -1)
        ]  # fmt: skip
        days_in = (today - date(today.year, 1, 1)).days
        field.initial = today.year - 1 if days_in < SETTLING * 3 else today.year


class WeekForm(_PeriodForm):
    """Which week, of which area."""

    week = forms.ChoiceField(label=gettext_lazy("周"))
    area = forms.CharField(
        label=gettext_lazy("范围"), max_length=30, required=False,
        help_text=gettext_lazy("如“全市”，不填按单位名称推定。"),
    )  # fmt: skip
    field_order = ("week", "unit", "agency", "area")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["week"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (declared above)
        first = queries.monday_of(today)
        mondays = [first - timedelta(days=7 * at) for at in range(WEEKS)]
        field.choices = [
            (each.isoformat(), _week_said(each, is_running=each == first)) for each in mondays
        ]
        field.initial = mondays[1].isoformat()


def _week_said(monday: date, *, is_running: bool) -> str:
    words = (
        _("第%(week)s周（%(from)s 至 %(until)s，进行中）") if is_running
        else _("第%(week)s周（%(from)s 至 %(until)s）")
    )  # fmt: skip
    year_week = monday.isocalendar()
    return words % {
        "week": year_week.week,
        "from": monday.isoformat(),
        "until": (monday + timedelta(days=6)).isoformat(),
    }


def _units(staff: Staff) -> QuerySet[Agency]:
    return agencies_for(staff, Permission.WRITE_REPORTS).filter(is_active=True).order_by("path")


def _draft(
    request: HttpRequest, form: forms.Form, write: Callable[[dict[str, Any]], Document], *,
    title: str, note: str,
) -> HttpResponse:  # fmt: skip
    made: list[Document] = []
    if request.method == "POST" and act(
        request, form, lambda: made.append(write(form.cleaned_data))
    ):
        return redirect("console:document", number=made[0].pk)
    return form_page(
        request, form, title=title, back=reverse("console:documents"), submit=_("起草"), note=note
    )


@require_http_methods(["GET", "POST"])
@allowed(Permission.WRITE_REPORTS)
def quarter(request: HttpRequest) -> HttpResponse:
    """Draft the report of a quarter."""
    staff, now = staff_of(request), timezone.now()
    form = QuarterForm(request.POST or None, units=_units(staff), today=timezone.localdate(now))
    return _draft(
        request, form, lambda given: _write_quarter(given, staff, now),
        title=_("起草季度报告"),
        note=_("数字取自台账、更新监测、检查、整改和办理记录，并与上季度对比；没有掌握的写“—”，不写 0。"),
    )  # fmt: skip


def _write_quarter(given: dict[str, Any], staff: Staff, now: datetime) -> Document:
    unit: Agency = given["unit"]
    year, number = map(int, given["quarter"].split("-"))
    facts = queries.quarter_facts(
        unit, year, number, agency_said=given["agency"] or unit.name,
        area_said=given["area"] or queries.area_of(unit), now=now,
    )  # fmt: skip
    preset = chosen(presets()[0], unit.region_code, "quarter")
    return actions.draft_quarter(facts, preset, agency=unit, actor=staff, now=now)


@require_http_methods(["GET", "POST"])
@allowed(Permission.WRITE_REPORTS)
def year(request: HttpRequest) -> HttpResponse:
    """Draft the yearly table of a unit."""
    staff, now = staff_of(request), timezone.now()
    form = YearForm(request.POST or None, units=_units(staff), today=timezone.localdate(now))
    return _draft(
        request, form, lambda given: _write_year(given, staff, now),
        title=_("起草工作年度报表"),
        note=_("按已有记录预填，每个数注明可信等级；没有掌握的留空，由单位补充后签发。"),
    )  # fmt: skip


def _write_year(given: dict[str, Any], staff: Staff, now: datetime) -> Document:
    unit: Agency = given["unit"]
    facts = queries.year_facts(
        unit, given["year"], agency_said=given["agency"] or unit.name,
        with_below=given["with_below"], now=now,
    )  # fmt: skip
    preset = chosen(presets()[0], unit.region_code, "year")
    return actions.draft_year(facts, preset, agency=unit, actor=staff, now=now)


@require_http_methods(["GET", "POST"])
@allowed(Permission.WRITE_REPORTS)
def week(request: HttpRequest) -> HttpResponse:
    """Draft the report of a week."""
    staff, now = staff_of(request), timezone.now()
    form = WeekForm(request.POST or None, units=_units(staff), today=timezone.localdate(now))
    return _draft(
        request, form, lambda given: _write_week(given, staff, now),
        title=_("起草诉求办理周报"),
        note=_("数字与诉求概况同一口径，起草时定格，每个数字都能打开明细；可以修改，签发后不能再改。"),
    )  # fmt: skip


def _write_week(given: dict[str, Any], staff: Staff, now: datetime) -> Document:
    unit: Agency = given["unit"]
    facts = queries.week_facts(
        unit, date.fromisoformat(given["week"]), agency_said=given["agency"] or unit.name,
        area_said=given["area"] or queries.area_of(unit), now=now,
    )  # fmt: skip
    preset = chosen(presets()[0], unit.region_code, "week")
    return actions.draft_week(facts, preset, agency=unit, actor=staff, now=now)


@require_http_methods(["GET", "POST"])
@allowed(Permission.WRITE_REPORTS)
def weekly(request: HttpRequest) -> HttpResponse:
    """For which of my agencies last week's report is drafted every Monday; off until somebody says so."""
    staff, now = staff_of(request), timezone.now()
    units = _units(staff)
    if request.method == "POST":
        number = request.POST.get("unit", "")
        unit = units.filter(pk=number).first() if number.isdecimal() and len(number) < 19 else None
        if unit is None or request.POST.get("act") not in {"on", "off"}:
            raise Http404
        is_on = request.POST["act"] == "on"
        actions.order_weekly(unit, is_on=is_on, actor=staff, now=now)
        words = (
            _("每周一起草“%(unit)s”上一周的周报。")
            if is_on
            else _("不再自动起草“%(unit)s”的周报。")
        )
        messages.success(request, words % {"unit": unit.name})
        return redirect("console:weekly_orders")
    context = {
        "title": _("每周一自动起草周报"),
        "units": units,
        "orders": {each.agency_id: each for each in queries.weekly_orders(staff)},
        "back": reverse("console:documents"),
    }
    return render(request, "console/weekly_orders.html", context)


urlpatterns = [
    path("reports/week/new/", week, name="week_new"),
    path("reports/weekly/", weekly, name="weekly_orders"),
    path("reports/quarter/new/", quarter, name="quarter_new"),
    path("reports/year/new/", year, name="year_new"),
]
