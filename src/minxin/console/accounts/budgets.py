"""The budgets of an account: what is spent and left, and WeChat's own figures on request."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from minxin.accounts.models import Account, Platform
from minxin.accounts.queries import account_for, budgets_of, capability_rows, tightest
from minxin.accounts.tasks import ask_quotas
from minxin.agencies.rules import Permission
from minxin.console.base import allowed, staff_of
from minxin.core.errors import NotFound, Refused

PLENTY = 0.5  # above this share nobody has to look


def about(account: Account) -> dict[str, Any]:
    """What the account's page shows of it; empty for other platforms.

    Budgets that were spent from, or carry messages, stand first; the others are folded away.
    """
    if account.platform != Platform.WECHAT:
        return {"capabilities": (), "budgets": (), "quiet_budgets": ()}
    states = budgets_of(account.pk, timezone.now())
    shown = [s for s in states if s.line.is_reserved or s.spent or s.closed_until]
    asked = [state.asked_at for state in states if state.asked_at is not None]
    return {
        "capabilities": capability_rows(account),
        "budgets": shown,
        "quiet_budgets": [state for state in states if state not in shown],
        "quotas_asked_at": max(asked, default=None),
        "may_ask": bool(account.app_id and account.secret),
    }


def tightest_words(account: Account) -> str:
    """For the list: the budget of which least is left, such as 客服消息剩 82%."""
    if account.platform != Platform.WECHAT:
        return "—"
    state = tightest(account, now=timezone.now())
    if state is None:
        return _("未用")
    if not state.left:
        return _("%(what)s已用完") % {"what": state.line.words}
    if state.share_left > PLENTY:
        return _("充足")
    share = {"what": state.line.words, "share": int(state.share_left * 100)}
    return _("%(what)s剩 %(share)s%%") % share


@require_POST
@allowed(Permission.EDIT_ACCOUNTS)
def ask(request: HttpRequest, number: int) -> HttpResponse:
    """Ask WeChat for the true figures, and say how that went."""
    staff, now = staff_of(request), timezone.now()
    account = account_for(staff, Permission.EDIT_ACCOUNTS, number)
    try:
        found = ask_quotas(account, actor=staff, now=now)
        messages.success(request, _("已向微信核对 %(count)s 项额度。") % {"count": found})
    except NotFound as missing:  # no credentials: the account itself is in sight
        messages.error(request, missing.message)
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("console:account", number=number)


urlpatterns = [path("accounts/<int:number>/budgets/ask/", ask, name="account_budgets_ask")]
