"""From how sure on answers are given: chosen by coverage against wrongness on the graded set, run before it is kept."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import agencies_for, home_of
from minxin.agencies.rules import Permission
from minxin.console.base import allowed, form_page, staff_of
from minxin.console.knowledge.trials import paced, seen, what_if_of
from minxin.core.errors import AlreadyDone, Refused
from minxin.knowledge.actions.thresholds import check_threshold, drop_threshold, keep_threshold
from minxin.knowledge.index.following import attentively
from minxin.knowledge.index.shared import fresh_index
from minxin.knowledge.models import GradedSet
from minxin.knowledge.queries.graded import current_set
from minxin.knowledge.queries.thresholds import thresholds, thresholds_visible_to
from minxin.knowledge.queries.trials import curve
from minxin.knowledge.rules.graded import FEWEST, needed_for
from minxin.knowledge.rules.thresholds import LEAST, MOST, nearest
from minxin.knowledge.rules.trials import Curve


class ThresholdForm(forms.Form):
    """Whose answers, from how sure on, and why."""

    agency = forms.ModelChoiceField(
        label=gettext_lazy("单位"), queryset=Agency.objects.none(),
        help_text=gettext_lazy("本单位和下级单位的公众号都按它，下级自己设置了的除外。"),
        error_messages={"required": gettext_lazy("请选择单位。")},
    )  # fmt: skip
    follows = forms.BooleanField(
        label=gettext_lazy("不单独设置"), required=False,
        help_text=gettext_lazy("跟上级单位的设置；都没有设置的，按系统自带的。"),
    )  # fmt: skip
    percent = forms.FloatField(
        label=gettext_lazy("把握达到（%）才作答"), required=False,
        widget=forms.NumberInput(attrs={"step": "any", "min": 100 * LEAST, "max": 100 * MOST}),
        help_text=gettext_lazy("越高错答越少，不答的也越多。不够把握的答案改作“相近问题”让市民自己点。"),
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("请写明理由。")},
    )  # fmt: skip

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = agencies_for(staff, Permission.EDIT_KNOWLEDGE).filter(is_active=True)
        self.fields["agency"].queryset = mine  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if (
            not given.get("follows")
            and given.get("percent") is None
            and "percent" not in self.errors
        ):
            self.add_error("percent", _("请填写把握，或者勾选“不单独设置”。"))
        return given


def _after(kept: dict[str, float], agency: Agency, sure: float | None) -> dict[str, float]:
    """The thresholds as they would be; None: the agency has none of its own."""
    rest = {where: value for where, value in kept.items() if where != agency.path}
    return rest if sure is None else rest | {agency.path: sure}


def _curve(agency: Agency) -> tuple[GradedSet | None, Curve | None]:
    """The set that holds for an agency with its curve: numbers alone, which may be read by all who edit there."""
    found = current_set(agency.path)
    if found is None:
        return None, None
    look = fresh_index().looking(
        agency.path, on=timezone.localdate(), region=agency.region_code, sure=0.0
    )
    with attentively() as pauses:
        drawn = curve(found, paced(look, pauses.breathe))
    return found, drawn


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_KNOWLEDGE)
def answer_thresholds(request: HttpRequest) -> HttpResponse:
    """The curve of an agency, what was set, and a form whose effect is shown before it is kept."""
    staff, now = staff_of(request), timezone.now()
    mine = agencies_for(staff, Permission.EDIT_KNOWLEDGE).filter(is_active=True)
    named = request.POST.get("agency") or request.GET.get("agency", "")
    home = home_of(staff)
    agency = mine.filter(pk=int(named)).first() if named.isdecimal() else None
    agency = (
        agency or mine.filter(pk=home.pk if home else 0).first() or mine.order_by("path").first()
    )
    kept = thresholds()
    own = kept.get(agency.path) if agency else None
    holds = nearest(kept, agency.path) if agency else LEAST
    start = {"agency": agency, "percent": round(100 * holds, 1), "follows": own is None}
    form = ThresholdForm(request.POST or None, staff=staff, initial=start)
    what_if = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        agency = given["agency"]
        sure = None if given["follows"] else round(given["percent"] / 100, 4)
        after = _after(kept, agency, sure)
        # What else is set above or below decides what this one does.
        of = (agency.pk, sure, sorted(kept.items()))
        facts = seen(request, of) if request.POST.get("act") == "keep" else None
        try:
            if sure is not None:
                check_threshold(sure)
            if facts is None:
                what_if = what_if_of(
                    staff, agency, of, lambda at: {"sure": nearest(after, at.path)}
                )
            elif sure is None:
                row = thresholds_visible_to(staff).filter(agency=agency).first()
                if row is not None:
                    drop_threshold(row, reason=given["reason"], actor=staff, now=now, tried=facts)
            else:
                keep_threshold(
                    agency, sure, reason=given["reason"], actor=staff, now=now, tried=facts,
                    chosen_on=current_set(agency.path),
                )  # fmt: skip
        except (Refused, AlreadyDone) as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            if what_if is None:
                messages.success(request, _("已保存。几秒之后所有应答都按新的把握。"))
                return redirect(f"{reverse('console:answer_thresholds')}?agency={agency.pk}")
    found, drawn = _curve(agency) if agency else (None, None)
    advised = drawn.advised if drawn else None
    return form_page(
        request, form, title=_("应答的把握"), back=reverse("console:graded_sets"),
        template="console/answer_thresholds.html", agency=agency, own=own, what_if=what_if,
        has_changed=request.POST.get("act") == "keep" and what_if is not None,
        holds=round(100 * holds, 1), shipped=round(100 * LEAST, 1), set=found,
        points=[_point(each, holds, advised) for each in drawn.points] if drawn else [],
        ungraded=drawn.ungraded if drawn else 0, advised=advised, fewest=FEWEST,
        advised_percent=round(100 * advised.sure, 1) if advised else 0,
        needed=needed_for(advised.bad) if advised else needed_for(0),
        rows=[(row, round(100 * row.sure, 1)) for row in thresholds_visible_to(staff)[:100]],
    )  # fmt: skip


def _point(point: Any, holds: float, advised: Any) -> dict[str, Any]:
    """A threshold for the page, in percent."""
    low, high = point.bad_interval
    return {
        "sure": round(100 * point.sure, 1), "given": point.given, "bad": point.bad,
        "coverage": 100 * point.coverage, "share": 100 * point.bad_share, "low": 100 * low,
        "high": 100 * high, "is_within": point.is_within, "is_shown": point.is_shown,
        "is_advised": point is advised, "holds": abs(point.sure - holds) < 0.0001,
    }  # fmt: skip


urlpatterns = [path("knowledge/thresholds/", answer_thresholds, name="answer_thresholds")]
