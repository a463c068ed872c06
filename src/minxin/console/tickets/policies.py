"""Rules of handling of an agency: its own decision, or as the agency above."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from minxin.agencies.queries import agency_for
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, form_page, staff_of
from minxin.tickets import actions, queries
from minxin.tickets.queries.policies import Setting
from minxin.tickets.rules.policies import BOUNDS

# What each rule is called, and what it does.
LABELS: Mapping[str, tuple[Any, Any]] = {
    "needs_review": (
        gettext_lazy("答复须先审核"),
        gettext_lazy("承办员送审，由另一个人审核后才发给市民；审核期间计时照常。"),
    ),
    "calls_back": (
        gettext_lazy("答复后电话回访"),
        gettext_lazy(
            "市民留了电话的，答复后下一个工作日内回访。次日回访是一些地方的做法，没有全国规定。"
        ),
    ),
    "closes_after_days": (
        gettext_lazy("无异议自动办结（天）"),
        gettext_lazy("答复后市民没有评价、没有要求重新办理，满这么多天自动办结。"),
    ),
    "survey_after_days": (
        gettext_lazy("办结后独立回访（天）"),
        gettext_lazy(
            "办结满这么多天，用订阅通知请市民回答三个问题；0 为不问。答案只合计，少于 5 份不显示。"
        ),
    ),
    "malicious_days": (
        gettext_lazy("恶意认定有效（天）"),
        gettext_lazy("认定满这么多天自动到期，不再提示；没有全国规定，由各地定。"),
    ),
    "appeal_days": (
        gettext_lazy("恶意认定可申诉（天）"),
        gettext_lazy("告知市民后这么多天内可以申诉一次；已经告知的期限不变。"),
    ),
}


def _inherited(row: Setting) -> str:
    said = (
        _("是") if row.inherited is True else _("否") if row.inherited is False else row.inherited
    )
    if row.source is None:
        return _("随上级（现在：%(value)s）") % {"value": said}
    return _("随上级（现在：%(value)s，%(agency)s定）") % {
        "value": said, "agency": row.source.name,
    }  # fmt: skip


class PolicyForm(forms.Form):
    """One choice for each rule."""

    def __init__(self, rows: list[Setting], data: Any = None) -> None:
        super().__init__(data)
        for row in rows:
            label, help_text = LABELS[row.name]
            if not isinstance(row.inherited, bool):
                self.fields[row.name] = forms.IntegerField(
                    label=label, help_text=help_text, required=False, initial=row.own,
                    min_value=BOUNDS[row.name][0], max_value=BOUNDS[row.name][1],
                    widget=forms.NumberInput(attrs={"placeholder": _inherited(row)}),
                )  # fmt: skip
                continue
            self.fields[row.name] = forms.TypedChoiceField(
                label=label, help_text=help_text, required=False, empty_value=None,
                coerce=lambda value: value == "yes",
                choices=[("", _inherited(row)), ("yes", _("是")), ("no", _("否"))],
                initial={None: "", True: "yes", False: "no"}[row.own],
            )  # fmt: skip


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_SETTINGS)
def handling_policy(request: HttpRequest, number: int) -> HttpResponse:
    """What an agency decides holds at once, there and below."""
    staff, now = staff_of(request), timezone.now()
    found = agency_for(staff, Permission.EDIT_SETTINGS, number)
    form = PolicyForm(queries.settings_of(found), request.POST or None)
    if request.method == "POST" and act(
        request,
        form,
        lambda: actions.keep_policy(found, form.cleaned_data, actor=staff, now=now),
        _("办理规则已保存，立即生效。"),
    ):
        return redirect("console:agency", number=number)
    return form_page(
        request,
        form,
        title=_("%(agency)s的办理规则") % {"agency": found.name},
        back=reverse("console:agency", args=[number]),
        note=_("对本单位和没有另行决定的下级单位生效；修改记入审计。"),
    )


urlpatterns = [
    path("agencies/<int:number>/handling/", handling_policy, name="handling_policy"),
]
