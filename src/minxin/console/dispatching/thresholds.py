"""From how sure on the system assigns by itself, region by region."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, form_page, staff_of
from minxin.tickets.actions import routing_rules as actions
from minxin.tickets.queries import routing as queries
from minxin.tickets.rules.routing import DEFAULT_THRESHOLD


class ThresholdForm(forms.Form):
    """A region and its threshold."""

    region_code = forms.CharField(
        label=gettext_lazy("区划代码"), required=False, max_length=12,
        help_text=gettext_lazy("不填就是没有单独设置的所有区划。"),
    )  # fmt: skip
    percent = forms.FloatField(
        label=gettext_lazy("把握达到（%）就自动派单"), min_value=50, max_value=99.9,
        help_text=gettext_lazy("越高越稳，等人派单的也越多。举报和保密工单一律由人派单。"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_SETTINGS)
def thresholds(request: HttpRequest) -> HttpResponse:
    """What was set, and a form to set one."""
    staff, now = staff_of(request), timezone.now()
    form = ThresholdForm(request.POST or None, initial={"percent": DEFAULT_THRESHOLD * 100})

    def write() -> None:
        given = form.cleaned_data
        actions.keep_threshold(
            region_code=given["region_code"], threshold=round(given["percent"] / 100, 5),
            actor=staff, now=now,
        )  # fmt: skip

    if request.method == "POST" and act(request, form, write, _("已保存，从下一件工单起生效。")):
        return redirect("console:routing_thresholds")
    return form_page(
        request, form, title=_("自动派单的把握"), back=reverse("console:routing_rules"),
        template="console/routing_thresholds.html",
        rows=[(row, round(row.threshold * 100, 1)) for row in queries.routing_settings()],
        default=round(DEFAULT_THRESHOLD * 100, 1),
    )  # fmt: skip


urlpatterns = [path("routing/thresholds/", thresholds, name="routing_thresholds")]
