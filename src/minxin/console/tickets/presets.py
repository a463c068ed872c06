"""Deadline presets: what a region promises for each nature of demand, with what comes of it today."""

from collections.abc import Mapping
from typing import Any

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
from django.views.decorators.http import require_http_methods, require_POST

from minxin.agencies.models import Staff
from minxin.agencies.queries import home_of, working_calendar
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, form_page, page_not_found_when_missing, staff_of
from minxin.console.lists import ListPage, Search, Table, listed, yes_or_no
from minxin.core.working_time import Span, Unit
from minxin.tickets import actions, queries
from minxin.tickets.models import DeadlinePreset, Nature, SpanUnit
from minxin.tickets.rules import Limits
from minxin.tickets.wording import limit_said

PARTS = ("sign", "complex", "yellow", "red")


class PresetTable(Table):
    """Limits per nature; local practice, with its source and whether anybody has read it."""

    name = tables.Column(verbose_name=gettext_lazy("名称"))
    nature = tables.Column(
        verbose_name=gettext_lazy("诉求性质"), accessor="get_nature_display",
        order_by=("nature", "urgency"),
    )  # fmt: skip
    amount = tables.Column(verbose_name=gettext_lazy("办理时限"), order_by=("unit", "amount"))
    sign_amount = tables.Column(
        verbose_name=gettext_lazy("签收时限"),
        order_by=("sign_unit", "sign_amount"),
        empty_values=(),
    )
    region_code = tables.Column(verbose_name=gettext_lazy("区划"))
    source = tables.Column(verbose_name=gettext_lazy("依据"), empty_values=())
    is_active = tables.BooleanColumn(
        verbose_name=gettext_lazy("采用"), yesno=(gettext_lazy("采用"), gettext_lazy("未采用"))
    )

    row_url = staticmethod(lambda row: reverse("console:preset", args=[row.pk]))

    def render_name(self, record: DeadlinePreset) -> str:
        return f"{record.name} {record.version}".strip()

    def render_nature(self, value: str, record: DeadlinePreset) -> str:
        if record.urgency == DeadlinePreset.Urgency.ORDINARY:
            return value
        return format_html(
            '{} <span class="mark mark-soon">{}</span>', value, record.get_urgency_display()
        )

    def render_amount(self, record: DeadlinePreset) -> str:
        return limit_said(queries.limits_of(record).answer)

    def render_sign_amount(self, record: DeadlinePreset) -> str:
        sign = queries.limits_of(record).sign
        return limit_said(sign) if sign else "—"

    def render_source(self, record: DeadlinePreset) -> str:
        if record.is_verified:
            return record.source or "—"
        return format_html('{} <span class="mark">{}</span>', record.source, _("未核实"))

    class Meta(Table.Meta):
        pass


class PresetFilter(Search):
    """Filters of the presets."""

    searched = ("name", "source", "version")

    is_active = yes_or_no(gettext_lazy("采用"), gettext_lazy("采用"), gettext_lazy("未采用"))

    class Meta:
        model = DeadlinePreset
        fields = ("is_active",)


class PresetsPage(ListPage):
    """The deadlines a region promises."""

    permission = Permission.EDIT_SETTINGS
    title = gettext_lazy("办理时限")
    template_name = "console/presets.html"
    empty = gettext_lazy("还没有办理时限。没有采用的时限时，一律按 5 个工作日承诺。")
    empty_hint = gettext_lazy("可以载入随软件提供的各地做法，再改成本地的；载入的都不会自动采用。")
    table_class = PresetTable
    filterset_class = PresetFilter
    buttons = (
        (gettext_lazy("新增时限"), "console:preset_new", Permission.EDIT_SETTINGS),
        (gettext_lazy("催督办规则"), "console:ladder", Permission.EDIT_SETTINGS),
    )

    def rows(self, staff: Staff) -> QuerySet[DeadlinePreset]:
        return queries.presets()


def _amount(label: Any, help_text: Any = "", *, required: bool = False) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=0, max_value=10_000, required=required, help_text=help_text
    )


def _unit() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=gettext_lazy("计时单位"), choices=SpanUnit.choices, required=False,
        initial=SpanUnit.WORKING_DAYS,
    )  # fmt: skip


class PresetForm(forms.Form):
    """One line of a table: limits, lights, source, and whether it is in force."""

    amount = _amount(gettext_lazy("办理时限"), required=True)
    unit = _unit()
    sign_amount = _amount(
        gettext_lazy("签收时限"), gettext_lazy("承办单位多久内应签收，从派单起算；不填就不计。")
    )
    sign_unit = _unit()
    complex_amount = _amount(
        gettext_lazy("复杂事项时限"),
        gettext_lazy("涉及多个单位等情形，延期申请时会提示；不填就不提示。"),
    )
    complex_unit = _unit()
    yellow_amount = _amount(
        gettext_lazy("剩多少亮黄灯"), gettext_lazy("离答复期限还剩这么多时由绿变黄；不填就不亮灯。")
    )
    yellow_unit = _unit()
    red_amount = _amount(gettext_lazy("剩多少亮红灯"), gettext_lazy("填 0：到期才亮红灯。"))
    red_unit = _unit()
    source = forms.CharField(
        label=gettext_lazy("依据"), required=False, max_length=200,
        help_text=gettext_lazy("哪个文件、哪一条，或者在哪里公布的。"),
    )  # fmt: skip
    is_verified = forms.BooleanField(
        label=gettext_lazy("依据已核实"), required=False,
        help_text=gettext_lazy("看过原文再勾选；没有核实的不会作为依据写进市民看到的时限台账。"),
    )  # fmt: skip
    note = forms.CharField(label=gettext_lazy("说明"), required=False, max_length=200)
    is_active = forms.BooleanField(
        label=gettext_lazy("采用"),
        required=False,
        help_text=gettext_lazy("同一区划、同一性质和缓急只能采用一个；已经作出的承诺不变。"),
    )

    def spans(self) -> dict[str, Span | None]:
        """The limits that were typed, by the names `keep_preset` has for them."""
        given = self.cleaned_data

        def span(amount: str, unit: str) -> Span | None:
            found = given.get(amount)
            return None if found is None else Span(found, Unit(given[unit] or Unit.WORKING_DAYS))

        return {"limit": span("amount", "unit")} | {
            part: span(f"{part}_amount", f"{part}_unit") for part in PARTS
        }

    def rest(self) -> dict[str, Any]:
        """What is no limit."""
        names = ("source", "is_verified", "note", "is_active")
        return {name: self.cleaned_data[name] for name in names}


class NewPresetForm(PresetForm):
    """And whose line it is, which does not change afterwards."""

    code = forms.SlugField(
        label=gettext_lazy("编码"), max_length=40,
        help_text=gettext_lazy("小写字母和数字；同一套时限的各行编码相同。"),
    )  # fmt: skip
    version = forms.CharField(label=gettext_lazy("版本"), required=False, max_length=20)
    name = forms.CharField(label=gettext_lazy("名称"), max_length=80)
    region_code = forms.RegexField(
        r"^(\d{6}|\d{9}|\d{12})?$", label=gettext_lazy("区划代码"), required=False, max_length=12,
        help_text=gettext_lazy("不填，对没有自己时限的地方都适用。"),
    )  # fmt: skip
    nature = forms.ChoiceField(label=gettext_lazy("诉求性质"), choices=Nature.choices)
    urgency = forms.ChoiceField(
        label=gettext_lazy("缓急"), choices=DeadlinePreset.Urgency.choices,
        help_text=gettext_lazy("紧急：已标为紧急的工单适用；没有紧急一行的，按一般的计算。"),
    )  # fmt: skip
    field_order = ("code", "version", "name", "region_code", "nature", "urgency")


def _start(row: DeadlinePreset) -> dict[str, Any]:
    names = ("source", "is_verified", "note", "is_active", "amount", "unit")
    limits = [f"{part}_{end}" for part in PARTS for end in ("amount", "unit")]
    return {name: getattr(row, name) for name in (*names, *limits)}


def _came(row: DeadlinePreset | None, form: PresetForm, staff: Staff) -> dict[str, Any]:
    """What comes of the line for a demand filed now, as it is kept and as it is typed; nothing where what
    is typed cannot be counted with."""
    now, calendar = timezone.now(), working_calendar(home_of(staff))
    kept = queries.limits_of(row) if row else None
    typed = kept
    if form.is_bound:
        form.is_valid()
        try:
            spans = form.spans()
        except (KeyError, ValueError):
            spans = {"limit": None}
        limit = spans.pop("limit")
        typed = Limits(limit, **spans) if limit else None  # type: ignore[arg-type]

    def said(limits: Limits | None) -> dict[str, Any]:
        if limits is None or max(_amounts(limits)) > 1_000:
            return {}
        found = queries.moments(limits, calendar, now=now)
        return {
            "answer": found.answer.at, "is_provisional": found.answer.is_provisional,
            "words": found.words, "sign": found.sign_at, "yellow": found.yellow_at,
            "red": found.red_at,
        }  # fmt: skip

    before, after = said(kept), said(typed)
    names = (
        ("answer", _("答复期限")), ("sign", _("签收期限")), ("yellow", _("亮黄灯")), ("red", _("亮红灯")),
    )  # fmt: skip
    return {
        "lines": [
            {
                "name": name, "before": before.get(key), "after": after.get(key),
                "is_changed": before.get(key) != after.get(key),
            }
            for key, name in names
            if before.get(key) or after.get(key)
        ],
        "words": after.get("words", ""),
        "has_before": bool(before) and form.is_bound,
        "agency": home_of(staff),
        "is_countable": bool(after),
    }  # fmt: skip


def _amounts(limits: Limits) -> list[int]:
    spans = (limits.answer, limits.sign, limits.complex, limits.yellow, limits.red)
    return [span.amount for span in spans if span]


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_SETTINGS)
def preset(request: HttpRequest, number: int) -> HttpResponse:
    """Change one line."""
    staff, now = staff_of(request), timezone.now()
    row: DeadlinePreset = page_not_found_when_missing(queries.presets().filter(pk=number).first())
    form = PresetForm(request.POST or None, initial=_start(row))

    def write() -> None:
        actions.keep_preset(
            code=row.code, version=row.version, name=row.name, region_code=row.region_code,
            nature=row.nature, urgency=row.urgency, actor=staff, now=now, **form.rest(),
            **form.spans(),  # type: ignore[arg-type]
        )  # fmt: skip

    if request.method == "POST" and act(request, form, write, _("办理时限已保存。")):
        return redirect("console:presets")
    title = f"{row} {row.get_urgency_display()}" if row.urgency != "ordinary" else str(row)
    return _shown(request, form, row, title, reverse("console:preset_preview", args=[number]))


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_SETTINGS)
def preset_new(request: HttpRequest) -> HttpResponse:
    """Add a line of a table."""
    staff, now = staff_of(request), timezone.now()
    form = NewPresetForm(request.POST or None)

    def write() -> None:
        own = {
            name: form.cleaned_data[name]
            for name in ("code", "version", "name", "region_code", "nature", "urgency")
        }
        given = own | form.rest() | form.spans()
        actions.keep_preset(actor=staff, now=now, **given)

    if request.method == "POST" and act(request, form, write, _("办理时限已保存。")):
        return redirect("console:presets")
    return _shown(request, form, None, _("新增时限"), reverse("console:preset_new_preview"))


def _shown(
    request: HttpRequest, form: PresetForm, row: DeadlinePreset | None, title: str, preview: str
) -> HttpResponse:
    return form_page(
        request, form, title=title, back=reverse("console:presets"), template="console/preset.html",
        preset=row, preview_url=preview, preview=_came(row, form, staff_of(request)),
    )  # fmt: skip


@require_POST
@allowed(Permission.EDIT_SETTINGS)
def preset_preview(request: HttpRequest, number: int = 0) -> HttpResponse:
    """What would come of what is typed so far; nothing is kept."""
    row = queries.presets().filter(pk=number).first()
    if number:
        page_not_found_when_missing(row)
    data: Mapping[str, Any] = request.POST
    preview = _came(row, PresetForm(data), staff_of(request))
    return render(request, "console/parts/preset_preview.html", {"preview": preview})


@require_POST
@allowed(Permission.EDIT_SETTINGS)
def load_presets(request: HttpRequest) -> HttpResponse:
    """Add what ships with the product; nothing of it is adopted."""
    added = actions.load_presets(actor=staff_of(request), now=timezone.now())
    messages.success(
        request,
        _("已载入 %(count)s 行，都没有采用；核对后再采用。") % {"count": added}
        if added
        else _("随软件提供的时限都已经在列表里了。"),
    )
    return redirect("console:presets")


urlpatterns = [
    listed("presets/", PresetsPage, "presets"),
    path("presets/new/", preset_new, name="preset_new"),
    path("presets/new/preview/", preset_preview, name="preset_new_preview"),
    path("presets/load/", load_presets, name="presets_load"),
    path("presets/<int:number>/", preset, name="preset"),
    path("presets/<int:number>/preview/", preset_preview, name="preset_preview"),
]
