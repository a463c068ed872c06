"""Drafting what comes again and again: the report of a quarter, the yearly table of a unit."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
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


urlpatterns = [
    path("reports/quarter/new/", quarter, name="quarter_new"),
    path("reports/year/new/", year, name="year_new"),
]
