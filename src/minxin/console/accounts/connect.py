"""Connecting an account: paste its credentials or authorise it through a third-party platform, then
see what is right and what is missing."""

import json
import secrets as random_source
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import segno
from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from minxin.accounts import actions, tasks
from minxin.accounts.checks import CHECKS, TITLES
from minxin.accounts.models import Account, ConnectionFinding, Kind, Mode, Platform, Principal
from minxin.accounts.queries import (
    account_for,
    accounts_for,
    callback_of,
    findings_of,
    given_of,
    offered_platform,
    offered_platforms,
)
from minxin.accounts.rules import Level
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import agencies_for, agency_for, may
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, staff_of
from minxin.core import crypto
from minxin.core.errors import Refused

_DRAFT, _AUTHORIZING = "connect_draft", "connect_authorizing"
_SECRETS = ("secret", "token", "aes_key")


class ConnectForm(forms.Form):
    """Which account, and what its page on the WeChat developer platform shows.

    `kept` holds secrets typed before a refusal: they are used again unless something else is typed,
    and only their length is shown.
    """

    account = forms.ModelChoiceField(
        label=gettext_lazy("账号"), queryset=Account.objects.none(), required=False,
        empty_label=gettext_lazy("登记一个新账号"),
        help_text=gettext_lazy("选了已登记的账号，下面的名称、类型和主办单位不用填。"),
    )  # fmt: skip
    agency = forms.ModelChoiceField(
        label=gettext_lazy("主办单位"), queryset=Agency.objects.none(), required=False
    )
    name = forms.CharField(label=gettext_lazy("名称"), max_length=80, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("类型"), choices=Kind, initial=Kind.SERVICE)
    is_verified = forms.BooleanField(label=gettext_lazy("已通过微信认证"), required=False)
    principal = forms.ChoiceField(
        label=gettext_lazy("认证主体"), choices=Principal, initial=Principal.GOVERNMENT
    )
    app_id = forms.CharField(
        label="AppID", max_length=32,
        help_text=gettext_lazy("微信开发者平台“我的业务—公众号（服务号）—开发密钥”。"),
    )  # fmt: skip
    secret = forms.CharField(label="AppSecret", required=False,
                             widget=forms.PasswordInput(attrs={"autocomplete": "off"}))  # fmt: skip
    token = forms.CharField(label=gettext_lazy("令牌（Token）"), required=False,
                            widget=forms.PasswordInput(attrs={"autocomplete": "off"}))  # fmt: skip
    aes_key = forms.CharField(label="EncodingAESKey", required=False,
                              widget=forms.PasswordInput(attrs={"autocomplete": "off"}))  # fmt: skip
    mode = forms.ChoiceField(
        label=gettext_lazy("消息加解密方式"), choices=Mode, initial=Mode.SAFE,
        help_text=gettext_lazy("与微信开发者平台上的选择一致，建议安全模式。"),
    )  # fmt: skip

    def __init__(self, *args: Any, staff: Staff, kept: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        begun: Account | None = self.initial.get("account")
        chosen = str(self.data.get("account", "") if self.is_bound else begun.pk if begun else "")
        # Those that still have to be connected; one that is comes here from its own page.
        wanted = Q(secret__isnull=True) | Q(pk=int(chosen[:12]) if chosen.isdecimal() else None)
        mine = accounts_for(staff, Permission.EDIT_ACCOUNTS).filter(platform=Platform.WECHAT)
        self.fields["account"].queryset = mine.filter(wanted)  # type: ignore[attr-defined]
        self.fields["agency"].queryset = agencies_for(staff, Permission.EDIT_ACCOUNTS)  # type: ignore[attr-defined]
        is_known = bool(self.data.get("account") if self.is_bound else self.initial.get("account"))
        for name, words in (("agency", _("请选择主办单位。")), ("name", _("请填写账号名称。"))):
            self.fields[name].required = not is_known
            self.fields[name].error_messages["required"] = words
        self.tell_kept(kept)

    def tell_kept(self, kept: Mapping[str, str]) -> None:
        """Say beside each secret that was typed that it is kept, and how long it is."""
        for name in _SECRETS:
            if kept.get(name):
                words = _("刚才填写的内容（%(length)s个字符）已加密暂存，留空就沿用。")
                self[name].help_text = words % {"length": len(kept[name])}


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_ACCOUNTS)
def connect(request: HttpRequest) -> HttpResponse:
    """The wizard: what is typed is checked at once; a refusal loses nothing and shows no secret."""
    staff, now = staff_of(request), timezone.now()
    kept = _draft(request)
    form = ConnectForm(request.POST or None, staff=staff, kept=kept, initial=_start(request, staff))
    made: list[Account] = []

    def write() -> None:
        given = dict(form.cleaned_data)
        given |= {name: given[name] or kept.get(name) for name in _SECRETS}
        made.append(actions.connect(**given, actor=staff, now=now))

    if request.method == "POST":
        typed = {name: str(request.POST.get(name) or kept.get(name, "")) for name in _SECRETS}
        request.session[_DRAFT] = crypto.seal(json.dumps(typed))
        if act(request, form, write):
            request.session.pop(_DRAFT, None)
            return _examined(request, made[0])
        form.tell_kept(typed)
    context = {
        "form": form,
        "title": _("接入账号"),
        "back": reverse("console:accounts"),
        "platforms": offered_platforms(staff),
        "agencies": agencies_for(staff, Permission.EDIT_ACCOUNTS),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "console/account_connect.html", context, status=status)


def _start(request: HttpRequest, staff: Staff) -> dict[str, Any]:
    number = request.GET.get("account", "")
    if not number.isdecimal():
        return {}
    found = account_for(staff, Permission.EDIT_ACCOUNTS, int(number[:12]))
    names = ("name", "kind", "is_verified", "principal", "app_id", "mode", "agency")
    return {"account": found, **{name: getattr(found, name) for name in names}}


def _draft(request: HttpRequest) -> dict[str, str]:
    sealed = request.session.get(_DRAFT)
    if not sealed or request.method == "GET":
        request.session.pop(_DRAFT, None)
        return {}
    try:
        found: dict[str, str] = json.loads(crypto.unseal(sealed))
    except crypto.CannotUnseal:
        return {}
    return found


def _examined(request: HttpRequest, account: Account) -> HttpResponse:
    results = tasks.examine_now(account, actor=staff_of(request), now=timezone.now())
    wrong = sum(each.level in {Level.PROBLEM, Level.WARNING} for each in results)
    if wrong:
        words = _("检查完毕，有 %(count)s 项需要处理，办法写在每一项下面。")
        messages.warning(request, words % {"count": wrong})
    else:
        messages.success(request, _("检查完毕，全部正常。"))
    return redirect("console:account_connection", number=account.pk)


@dataclass(frozen=True, slots=True)
class Line:
    """One check as staff read it. `level` is one of `Level`, or empty when it was never made."""

    title: Any
    level: str
    words: str
    remedy: str
    finding: ConnectionFinding | None


def lines_of(account: Account) -> list[Line]:
    """Every check with what it last said; what was found before stands until it is gone."""
    last = {each["check"]: each for each in account.last_check}
    found = {each.check_name: each for each in findings_of(account)}
    lines = []
    for check in CHECKS:
        said, finding = last.get(check.name), found.get(check.name)
        if finding is not None:
            words, remedy = finding_words(finding), finding_remedy(finding)
            lines.append(Line(check.title, finding.level, words, remedy, finding))
        elif said is not None:
            words = said_with(said["sentence"], said["facts"])
            lines.append(Line(check.title, said["level"], words, "", None))
        else:
            lines.append(Line(check.title, "", _("还没有检查。"), "", None))
    return lines


def said_with(words: str, facts: Mapping[str, Any]) -> str:
    """A sentence of a check in the reader's language."""
    told = {name: _(value) if isinstance(value, str) and value else value
            for name, value in facts.items()}  # fmt: skip
    return (_(words) % told) if words else ""


def finding_words(finding: ConnectionFinding) -> str:
    return said_with(finding.sentence, finding.facts)


def finding_remedy(finding: ConnectionFinding) -> str:
    return said_with(finding.remedy, finding.facts)


def found_lines(findings: Iterable[ConnectionFinding]) -> list[Line]:
    """Findings as they stand on an account's page."""
    return [
        Line(
            TITLES.get(each.check_name, each.check_name), each.level, finding_words(each),
            finding_remedy(each), each,
        )
        for each in findings
    ]  # fmt: skip


@require_http_methods(["GET", "POST"])
@allowed(Permission.READ_ACCOUNTS)
def connection(request: HttpRequest, number: int) -> HttpResponse:
    """What the checks said of an account; POST makes them again."""
    staff = staff_of(request)
    if request.method == "POST":
        found = account_for(staff, Permission.EDIT_ACCOUNTS, number)
        return _examined(request, found)
    found = account_for(staff, Permission.READ_ACCOUNTS, number)
    context = {
        "account": found,
        "given": given_of(found),
        "lines": lines_of(found),
        "callback": callback_of(found),
        "may_edit": may(staff, Permission.EDIT_ACCOUNTS, found.agency),
        "closed_lines": found_lines(found.findings.exclude(resolved_at=None)[:10]),
        "back": reverse("console:account", args=[found.pk]),
    }
    return render(request, "console/account_connection.html", context)


# Through a third-party platform --------------------------------------------------------------


@require_POST
@allowed(Permission.EDIT_ACCOUNTS)
def authorize(request: HttpRequest, number: int) -> HttpResponse:
    """A link and a code for the account's administrator, good for one authorisation."""
    staff = staff_of(request)
    platform = offered_platform(staff, number)
    chosen = request.POST.get("agency", "")
    agency = agency_for(
        staff, Permission.EDIT_ACCOUNTS, int(chosen[:12]) if chosen.isdecimal() else 0
    )
    state = random_source.token_urlsafe(16)
    back = f"{settings.MINXIN_PUBLIC_URL}{reverse('console:account_authorized')}?state={state}"
    try:
        link, phone = tasks.begin_authorization(platform, back=back)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("console:account_connect")
    request.session[_AUTHORIZING] = {"state": state, "platform": platform.pk, "agency": agency.pk}
    context = {
        "platform": platform,
        "agency": agency,
        "link": link,
        "picture": segno.make(phone, error="m").svg_data_uri(scale=4, border=2),
        "back": reverse("console:account_connect"),
    }
    return render(request, "console/account_authorize.html", context)


@require_safe
@allowed(Permission.EDIT_ACCOUNTS)
def authorized(request: HttpRequest) -> HttpResponse:
    """Back from WeChat with a code: redeem it, register the account, check it.

    Only the browser that began may end it: `state` stands in its session.
    """
    staff, now = staff_of(request), timezone.now()
    begun = request.session.get(_AUTHORIZING) or {}
    state, code = request.GET.get("state", ""), request.GET.get("auth_code", "")
    if not begun or not code or not random_source.compare_digest(state, begun["state"]):
        raise Http404
    platform = offered_platform(staff, begun["platform"])
    agency = agency_for(staff, Permission.EDIT_ACCOUNTS, begun["agency"])
    try:
        row = tasks.redeem(platform, code, actor=staff, now=now)
        account = tasks.register_authorized(row, agency, actor=staff, now=now)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("console:account_connect")
    request.session.pop(_AUTHORIZING, None)
    return _examined(request, account)


urlpatterns = [
    path("accounts/connect/", connect, name="account_connect"),
    path("accounts/connect/authorized/", authorized, name="account_authorized"),
    path("accounts/<int:number>/connection/", connection, name="account_connection"),
    path("accounts/platforms/<int:number>/authorize/", authorize, name="platform_authorize"),
]
