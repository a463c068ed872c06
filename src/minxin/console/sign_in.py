"""Signing in: django-allauth's views, our look, our rules; locked out by django-axes; audited."""

from typing import Any

from allauth.account import views as account
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.contrib import messages
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from minxin.agencies.actions import change_password, note_sign_in
from minxin.agencies.models import Staff
from minxin.console.base import allowed, staff_of


class StaffAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Staff are added by administrators; nobody signs up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("console:home")

    def set_password(self, user: Any, password: str) -> None:
        """One's own password on the page that asks for the old one: our action, with its audit."""
        change_password(user, password, actor=user, now=timezone.now())

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """allauth's own flash messages stay away: the pages say what happened."""


def locked_out(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Five wrong passwords: this name rests for half an hour."""
    return render(request, "console/locked_out.html", status=403)


class PasswordPage(account.PasswordChangeView):  # type: ignore[misc]
    """A new password of one's own."""

    def get_form(self, form_class: Any = None) -> Any:
        """Without allauth's link to a reset by mail, which there is not."""
        form = super().get_form(form_class)
        form.fields["oldpassword"].help_text = _("忘记密码请联系本单位管理员。")
        return form

    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        messages.success(self.request, _("密码已修改。"))
        return answer

    def get_success_url(self) -> str:
        return reverse("console:home")


@require_POST
@allowed(None)
def choose_language(request: HttpRequest) -> HttpResponse:
    """Chinese or English, remembered for the person and this browser."""
    from django.conf import settings

    from minxin.agencies.actions import choose_language as choose

    language = request.POST.get("language", "")
    back = request.POST.get("next", "")
    is_ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    answer = HttpResponseRedirect(back if is_ours else reverse("console:home"))
    if language in dict(settings.LANGUAGES):
        choose(staff_of(request), language, actor=staff_of(request), now=timezone.now())
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 86400, samesite="Lax"
        )
    return answer


def _signed_in(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    if isinstance(user, Staff):
        note_sign_in(user, "staff.signed_in", now=timezone.now())


def _signed_out(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    if isinstance(user, Staff):
        note_sign_in(user, "staff.signed_out", now=timezone.now())


# Django's own signals are the only place where every way in and out is told.
user_logged_in.connect(_signed_in, dispatch_uid="audit-sign-in")
user_logged_out.connect(_signed_out, dispatch_uid="audit-sign-out")


def gone(request: HttpRequest) -> HttpResponse:
    """What allauth would offer and we do not: signing up, resetting by mail."""
    messages.info(request, _("账号由本单位管理员开通；忘记密码请联系管理员重置。"))
    return redirect("account_login")


# Only the views we use; the names are those that allauth asks for.
urlpatterns = [
    path("sign-in/", account.LoginView.as_view(), name="account_login"),
    path("sign-out/", account.LogoutView.as_view(), name="account_logout"),
    path("sign-in/again/", account.ReauthenticateView.as_view(), name="account_reauthenticate"),
    path("sign-in/help/", gone, name="account_signup"),
    path("sign-in/forgotten/", gone, name="account_reset_password"),
    path("sign-in/inactive/", account.AccountInactiveView.as_view(), name="account_inactive"),
    path("password/", allowed(None)(PasswordPage.as_view()), name="account_change_password"),
    path("language/", choose_language, name="choose_language"),
    path("sign-in/code/", mfa.AuthenticateView.as_view(), name="mfa_authenticate"),
    path("sign-in/again/code/", mfa.ReauthenticateView.as_view(), name="mfa_reauthenticate"),
    path("totp/", allowed(None)(mfa.IndexView.as_view()), name="mfa_index"),
    path("totp/set-up/", allowed(None)(totp.ActivateTOTPView.as_view()), name="mfa_activate_totp"),
    path(
        "totp/remove/", allowed(None)(totp.DeactivateTOTPView.as_view()), name="mfa_deactivate_totp"
    ),
    path(
        "totp/codes/",
        allowed(None)(recovery.ViewRecoveryCodesView.as_view()),
        name="mfa_view_recovery_codes",
    ),
    path(
        "totp/codes/new/",
        allowed(None)(recovery.GenerateRecoveryCodesView.as_view()),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "totp/codes/download/",
        allowed(None)(recovery.DownloadRecoveryCodesView.as_view()),
        name="mfa_download_recovery_codes",
    ),
]
