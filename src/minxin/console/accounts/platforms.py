"""Third-party platforms (第三方平台): their settings, and the accounts that authorised them."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from minxin.accounts import actions, tasks
from minxin.accounts.models import ThirdPartyPlatform
from minxin.accounts.queries import platform_for, platforms_for
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import agencies_for, agency_for
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, form_page, staff_of
from minxin.core.errors import NotFound, Refused


class PlatformForm(forms.Form):
    """Write-only secrets: what is kept is never shown again; an empty field keeps it."""

    agency = forms.ModelChoiceField(
        label=gettext_lazy("管理机构"), queryset=Agency.objects.none(),
        help_text=gettext_lazy("这个机构和下级机构的账号都可以经这个平台授权。"),
    )  # fmt: skip
    name = forms.CharField(label=gettext_lazy("名称"), max_length=80)
    app_id = forms.CharField(
        label="AppID", max_length=32,
        help_text=gettext_lazy("微信开放平台“管理中心—第三方平台”的详情页。"),
    )  # fmt: skip
    secret = forms.CharField(label="AppSecret", required=False,
                             widget=forms.PasswordInput(attrs={"autocomplete": "off"}))  # fmt: skip
    token = forms.CharField(label=gettext_lazy("消息校验Token"), required=False,
                            widget=forms.PasswordInput(attrs={"autocomplete": "off"}))  # fmt: skip
    aes_key = forms.CharField(
        label=gettext_lazy("消息加解密Key"), required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("三项密钥保存后不再显示，修改时留空表示不改。"),
    )  # fmt: skip

    def __init__(self, *args: Any, staff: Staff, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("secret", "token", "aes_key"):
            self.fields[name].required = is_new
        own = agencies_for(staff, Permission.EDIT_ACCOUNTS)
        self.fields["agency"].queryset = own  # type: ignore[attr-defined]


@require_safe
@allowed(Permission.EDIT_ACCOUNTS)
def platforms(request: HttpRequest) -> HttpResponse:
    """The platforms I keep."""
    context = {
        "platforms": platforms_for(staff_of(request)),
        "back": reverse("console:account_connect"),
    }
    return render(request, "console/platforms.html", context)


def _page(request: HttpRequest, found: ThirdPartyPlatform | None) -> HttpResponse:
    staff, now = staff_of(request), timezone.now()
    initial = (
        {"agency": found.agency, "name": found.name, "app_id": found.app_id} if found else None
    )
    form = PlatformForm(request.POST or None, staff=staff, is_new=found is None, initial=initial)
    kept: list[ThirdPartyPlatform] = []

    def write() -> None:
        kept.append(actions.keep_platform(found, actor=staff, now=now, **form.cleaned_data))

    if request.method == "POST" and act(request, form, write, _("第三方平台已保存。")):
        return redirect("console:platform", number=kept[0].pk)
    address = f"{settings.MINXIN_PUBLIC_URL}/wechat/{found.app_id}" if found else ""
    return form_page(
        request, form,
        title=found.name if found else _("登记第三方平台"),
        back=reverse("console:platforms"),
        template="console/platform.html",
        platform=found,
        events=f"{address}/events",
        pushes=f"{address}/$APPID$/callback",
        given=list(found.authorizations.select_related("account")) if found else [],
        agencies=agencies_for(staff, Permission.EDIT_ACCOUNTS),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_ACCOUNTS)
def new_platform(request: HttpRequest) -> HttpResponse:
    """Enter a platform."""
    return _page(request, None)


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_ACCOUNTS)
def platform(request: HttpRequest, number: int) -> HttpResponse:
    """One platform: its settings, the addresses for WeChat, who authorised it."""
    return _page(request, platform_for(staff_of(request), number))


@require_POST
@allowed(Permission.EDIT_ACCOUNTS)
def register_one(request: HttpRequest, number: int) -> HttpResponse:
    """Enter an account that authorised the platform by itself into the register."""
    staff, now = staff_of(request), timezone.now()
    found = platform_for(staff, number)
    picked, chosen = (request.POST.get(name, "")[:12] for name in ("authorization", "agency"))
    row = found.authorizations.filter(
        pk=int(picked) if picked.isdecimal() else 0, account=None
    ).first()
    if row is None:
        raise NotFound
    agency = agency_for(staff, Permission.EDIT_ACCOUNTS, int(chosen) if chosen.isdecimal() else 0)
    try:
        account = tasks.register_authorized(row, agency, actor=staff, now=now)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("console:platform", number=found.pk)
    messages.success(request, _("账号已登记，请检查一遍。"))
    return redirect("console:account_connection", number=account.pk)


urlpatterns = [
    path("accounts/platforms/", platforms, name="platforms"),
    path("accounts/platforms/new/", new_platform, name="platform_new"),
    path("accounts/platforms/<int:number>/", platform, name="platform"),
    path("accounts/platforms/<int:number>/register/", register_one, name="platform_register"),
]
