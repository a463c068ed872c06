"""Where I am reached, when not, and what I was sent: everybody's own page."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from minxin.agencies import actions
from minxin.agencies.actions import ReachDraft
from minxin.agencies.models import ReminderChannel, Staff
from minxin.agencies.reminder_queries import open_to, pace, reach_of, reminders_of, spent_by
from minxin.agencies.reminder_rules import week_of
from minxin.agencies.tasks import try_own
from minxin.console.base import act, allowed, staff_of
from minxin.core.errors import Refused

SHOWN = 10
FIELDS = (
    "channel", "address", "quiet_from", "quiet_until", "works_days_off", "urgent_any_time",
)  # fmt: skip


class ReachForm(forms.Form):
    """Where and when."""

    channel = forms.ModelChoiceField(
        label=gettext_lazy("提醒方式"), queryset=ReminderChannel.objects.none(), required=False,
        empty_label=gettext_lazy("只在工作台里看"),
    )  # fmt: skip
    address = forms.CharField(
        label=gettext_lazy("接收账号"), required=False, max_length=120,
        help_text=gettext_lazy("企业微信填成员账号，邮件填邮箱。留空用您的登录名或人员资料里的邮箱。"),
    )  # fmt: skip
    quiet_from = forms.TimeField(
        label=gettext_lazy("免打扰开始"), required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )  # fmt: skip
    quiet_until = forms.TimeField(
        label=gettext_lazy("免打扰结束"), required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )  # fmt: skip
    works_days_off = forms.BooleanField(
        label=gettext_lazy("休息日也可以提醒我"), required=False,
        help_text=gettext_lazy("不勾选时，周末和节假日不提醒，按工作日历计算。"),
    )  # fmt: skip
    urgent_any_time = forms.BooleanField(
        label=gettext_lazy("急事不受免打扰限制"), required=False,
        help_text=gettext_lazy("急事指工单当日到期或已超期。"),
    )  # fmt: skip

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        office = pace()
        self.fields["channel"].queryset = open_to(staff)  # type: ignore[attr-defined]
        self.fields["quiet_until"].help_text = _("留空按单位统一的 %(a)s 到 %(b)s。") % {
            "a": f"{office.quiet_from:%H:%M}",
            "b": f"{office.quiet_until:%H:%M}",
        }


@require_http_methods(["GET", "POST"])
@allowed(None)
def mine(request: HttpRequest) -> HttpResponse:
    """My settings and what I was sent."""
    staff, now = staff_of(request), timezone.now()
    reach = reach_of(staff)
    initial = {name: getattr(reach, name) for name in FIELDS}
    form = ReachForm(request.POST or None, staff=staff, initial=initial)

    def write() -> None:
        actions.keep_reach(staff, ReachDraft(**form.cleaned_data), actor=staff, now=now)

    if request.method == "POST" and act(request, form, write, _("提醒设置已保存。")):
        return redirect("console:my_reminders")
    context = {
        "form": form,
        "reach": reach,
        "has_channels": open_to(staff).exists(),
        "office": pace(),
        "spent": spent_by(staff, week_of(now)),
        "reminders": reminders_of(staff)[:SHOWN],
        "back": reverse("console:home"),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "console/my_reminders.html", context, status=status)


@require_POST
@allowed(None)
def try_mine(request: HttpRequest) -> HttpResponse:
    """A test message to myself, by the settings I saved."""
    try:
        tried = try_own(staff_of(request), now=timezone.now())
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        (messages.success if tried.is_good else messages.error)(request, tried.words)
    return redirect("console:my_reminders")


urlpatterns = [
    path("my-reminders/", mine, name="my_reminders"),
    path("my-reminders/test/", try_mine, name="my_reminders_test"),
]
