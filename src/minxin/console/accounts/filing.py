"""The register's page of one account: who holds it, runs it, answers for it, and until when."""

from typing import Any, cast

import django_tables2 as tables
from django import forms
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from minxin.accounts import actions
from minxin.accounts.actions import FilingDraft
from minxin.accounts.models import Account, Filing
from minxin.accounts.queries import account_for, filing_of
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, form_page, staff_of

NAMES = tuple(FilingDraft.__dataclass_fields__)
DATES = frozenset({"certified_until", "contract_until", "opened_on", "closed_on", "updated_on"})
HELP = {
    "number": gettext_lazy("在主管单位或报送系统备案时得到的编号。"),
    "platform_number": gettext_lazy("市民在平台上搜索到的账号，如微信号。"),
    "holder": gettext_lazy("平台认证信息里显示的单位全称，应与主办单位一致。"),
    "operating_unit": gettext_lazy("委托外单位运维的，填写该单位；自行运维留空。"),
    "updated_on": gettext_lazy(
        "只作单位自报，不能单独认定不合格；系统从接口和检查得知的以系统为准。"
    ),
    "interaction": gettext_lazy("市民从哪里留言、咨询，如：菜单“互动—我要咨询”。"),
}


def _column(name: str) -> "models.Field[Any, Any]":
    return cast("models.Field[Any, Any]", Filing._meta.get_field(name))


class FilingForm(forms.Form):
    """The columns of the register; labels and lengths are the model's."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in NAMES:
            column = _column(name)
            shared: dict[str, Any] = {
                "label": column.verbose_name,
                "required": False,
                "help_text": HELP.get(name, ""),
            }
            if name in DATES:
                self.fields[name] = forms.DateField(
                    widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **shared
                )
            else:
                self.fields[name] = forms.CharField(max_length=column.max_length, **shared)


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_ACCOUNTS)
def filing(request: HttpRequest, number: int) -> HttpResponse:
    """Say what the register keeps of an account."""
    staff, now = staff_of(request), timezone.now()
    account = account_for(staff, Permission.EDIT_ACCOUNTS, number)
    kept = filing_of(account)
    form = FilingForm(request.POST or None, initial={name: getattr(kept, name) for name in NAMES})
    back = reverse("console:account", args=[account.pk])

    def write() -> None:
        actions.keep_filing(account, FilingDraft(**form.cleaned_data), actor=staff, now=now)

    if request.method == "POST" and act(request, form, write, _("台账已保存。")):
        return redirect(back)
    title = _("%(name)s的台账") % {"name": account.name}
    return form_page(request, form, title=title, back=back)


def lines(account: Account) -> list[tuple[object, object]]:
    """What the account's page shows: the columns that say something, with their names."""
    kept = filing_of(account)
    return [
        (_column(name).verbose_name, getattr(kept, name)) for name in NAMES if getattr(kept, name)
    ]


def columns() -> dict[str, tables.Column]:
    """The columns of a sheet of the register, after those of the account."""
    return {
        f"filing_{name}": tables.Column(
            verbose_name=_column(name).verbose_name,
            accessor=f"filing__{name}",
            orderable=False,
        )
        for name in NAMES
    }


urlpatterns = [path("accounts/<int:number>/filing/", filing, name="account_filing")]
