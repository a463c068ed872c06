"""减负: how many reminders units got and how many fields they were asked, against the week's budget; what a
person may tell the unit above; how often; and why there is no ranking."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from minxin.agencies import actions
from minxin.agencies.actions.reaching import PACE
from minxin.agencies.models import FieldsAsked
from minxin.agencies.reminder_queries import (
    MONTH,
    escalations_for,
    fields_by_kind,
    pace,
    proposal_for,
    proposals_for,
    weeks_of,
)
from minxin.agencies.reminder_rules import kind_of, week_of
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, form_page, sight, staff_of
from minxin.core.errors import Refused

WEEK = timedelta(days=7)


def week_asked(text: str, now: Any) -> date:
    """The Monday of the week somebody asked for; this week's for anything else."""
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None or not 2000 <= day.year <= 2999:
        return week_of(now)
    return day - timedelta(days=day.weekday())


@require_safe
@allowed(Permission.READ_SUPERVISION)
def burden(request: HttpRequest) -> HttpResponse:
    """One week of the units I see."""
    staff, now = sight(request), timezone.now()
    week = week_asked(request.GET.get("week", ""), now)
    rows, office, kept = weeks_of(staff, week), pace(), settings.MINXIN_REMINDER_DAYS
    context = {
        "title": _("减负"),
        "rows": rows,
        "office": office,
        "week": week,
        "last_day": week + timedelta(days=6),
        "before": week - WEEK,
        "after": week + WEEK,
        "this_week": week_of(now),
        "reminders": sum(row.reminders for row in rows),
        "fields": sum(row.fields for row in rows),
        "kinds": [
            (kind, FieldsAsked.Kind(kind).label, many) for kind, many in fields_by_kind(staff, week)
        ],
        "is_forgotten": bool(kept) and week + WEEK <= (now - timedelta(days=kept)).date(),
        "kept_days": kept,
        "proposals": [(each, kind_of(each.kind).name) for each in proposals_for(staff, now=now)],
        "decided": [
            (each, kind_of(each.kind).name)
            for each in escalations_for(staff, since=now - MONTH)[:20]
        ],
    }
    return render(request, "console/burden.html", context)


@require_POST
@allowed(Permission.CONFIRM_CANDIDATES)
def decide(request: HttpRequest) -> HttpResponse:
    """Tell the unit above, or leave it with a reason."""
    staff, now = staff_of(request), timezone.now()
    unit, kind = request.POST.get("unit", "")[:12], request.POST.get("kind", "")[:40]
    proposal = proposal_for(staff, int(unit) if unit.isdecimal() else 0, kind, now=now)
    try:
        if request.POST.get("decision") == "told":
            told = actions.escalate(proposal, actor=staff, now=now)
            messages.success(request, _("已告知上一级 %(n)s 人。") % {"n": told})
        else:
            reason = request.POST.get("reason", "")
            actions.waive_escalation(proposal, reason=reason, actor=staff, now=now)
            messages.success(request, _("已记录：本周不升级。"))
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("console:burden")


@require_safe
@allowed(None)
def principles(request: HttpRequest) -> HttpResponse:
    """What this product does not do to staff, and on what ground."""
    return render(request, "console/no_harassing.html", {"back": reverse("console:home")})


class PaceForm(forms.Form):
    """How often."""

    digest_at = forms.TimeField(
        label=gettext_lazy("每日汇总时间"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy("避开整点和半点，企业微信在这两个时刻最拥挤。"),
    )
    quiet_from = forms.TimeField(
        label=gettext_lazy("免打扰开始"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    quiet_until = forms.TimeField(
        label=gettext_lazy("免打扰结束"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    reminders_a_week = forms.IntegerField(
        label=gettext_lazy("每人每周提醒上限（次）"), min_value=1, max_value=50,
        help_text=gettext_lazy("满了以后并入下一次汇总，并写明原因。"),
    )  # fmt: skip
    fields_a_week = forms.IntegerField(
        label=gettext_lazy("每单位每周填报上限（项）"), min_value=1, max_value=1000,
        help_text=gettext_lazy("满了以后，新的材料要求排到有余量的那一周。"),
    )  # fmt: skip
    escalate_after = forms.IntegerField(
        label=gettext_lazy("未查看几个工作日后建议升级"), min_value=1, max_value=30,
        help_text=gettext_lazy("只是建议，由监管员决定，不会自动告知任何人。"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_SETTINGS)
def edit_pace(request: HttpRequest) -> HttpResponse:
    """How often staff and units are asked."""
    staff, now, office = staff_of(request), timezone.now(), pace()
    form = PaceForm(request.POST or None, initial={name: getattr(office, name) for name in PACE})

    def write() -> None:
        actions.keep_pace(dict(form.cleaned_data), actor=staff, now=now)

    if request.method == "POST" and act(request, form, write, _("提醒频次已保存。")):
        return redirect("console:pace")
    note = _("这些上限是建议值，没有全国统一标准，各地可以更严。")
    return form_page(request, form, title=_("提醒频次"), back=reverse("console:home"), note=note)


urlpatterns = [
    path("reminders/", burden, name="burden"),
    path("reminders/escalations/", decide, name="escalations"),
    path("reminders/principles/", principles, name="principles"),
    path("pace/", edit_pace, name="pace"),
]
