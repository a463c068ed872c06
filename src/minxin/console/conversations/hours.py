"""What an account tells citizens out of hours."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from minxin.accounts.queries import account_for
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, form_page, staff_of
from minxin.conversations import actions, queries
from minxin.conversations.rules.hours import hours_said, opening_said


class HoursForm(forms.Form):
    """One switch."""

    is_told = forms.BooleanField(
        label=gettext_lazy("下班后告诉市民下次上班时间"),
        required=False,
        help_text=gettext_lazy("市民在非工作时间找人工时说一次，到下次上班前不再重复。"),
    )


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_ACCOUNTS)
def out_of_hours(request: HttpRequest, number: int) -> HttpResponse:
    """Turn the answer of an account out of hours on or off."""
    staff, now = staff_of(request), timezone.now()
    account = account_for(staff, Permission.EDIT_ACCOUNTS, number)
    office = queries.office_of(account, now=now)
    form = HoursForm(request.POST or None, initial={"is_told": office.is_told})
    back = reverse("console:account", args=[account.pk])
    if request.method == "POST" and act(
        request,
        form,
        lambda: actions.set_out_of_hours(account, actor=staff, now=now, **form.cleaned_data),
        _("已保存。"),
    ):
        return redirect(back)
    if office.opens_at is not None:
        when = opening_said(office.opens_at, timezone.localdate(now))
        note = _("现在不是工作时间，下次上班：%(when)s。") % {"when": when}
    elif office.today is not None:
        note = _("现在是工作时间，今天：%(hours)s。") % {"hours": hours_said(office.today)}
    else:
        note = _("工作日历里近 40 天没有工作日，请检查工作日历。")
    title = _("%(name)s的下班答复") % {"name": account.name}
    return form_page(
        request, form, title=title, back=back, note=note + _("工作时间以主办单位的工作日历为准。")
    )


urlpatterns = [
    path("accounts/<int:number>/out-of-hours/", out_of_hours, name="account_out_of_hours")
]
