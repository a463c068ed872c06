"""The menu of an account: kept here, then shown in WeChat."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from minxin.accounts import actions
from minxin.accounts.models import Account
from minxin.accounts.queries import account_for, obstacle
from minxin.accounts.rules import Capability
from minxin.accounts.tasks import publish_menu
from minxin.agencies.queries import last_audit_of
from minxin.agencies.rules import Permission
from minxin.console.accounts.menu_form import MenuForm, version_of
from minxin.console.base import act, allowed, staff_of
from minxin.core.errors import Refused


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_ACCOUNTS)
def menu(request: HttpRequest, number: int) -> HttpResponse:
    """Edit the menu; keep it, or keep it and show it in WeChat."""
    staff, now = staff_of(request), timezone.now()
    account = account_for(staff, Permission.EDIT_ACCOUNTS, number)
    form = MenuForm(request.POST if request.method == "POST" else None, account=account)
    is_late = request.method == "POST" and _someone_was_first(form, account)
    wants_publishing = request.POST.get("act") == "publish"

    def write() -> None:
        actions.set_menu(account, form.menu, replies=form.replies, actor=staff, now=now)

    if request.method == "POST" and not is_late and act(request, form, write):
        try:
            if wants_publishing:
                publish_menu(account, actor=staff, now=now)
                messages.success(request, _("菜单已保存并发布，已关注的市民约五分钟后看到。"))
            else:
                messages.success(request, _("菜单已保存，还没有发布到微信。"))
            return redirect("console:account_menu", number=number)
        except Refused as refusal:
            form.add_error(None, _("已保存在这里，但没有发布成功。") + refusal.message)
            form.begin_again_from(version_of(account))
    status = 422 if form.is_bound else 200
    return render(request, "console/account_menu.html", _context(account, form), status=status)


def _someone_was_first(form: MenuForm, account: Account) -> bool:
    """Whether the menu is another than the one the person has begun with; saving again replaces it."""
    seen = version_of(account)
    if not form.is_valid() or form.cleaned_data["seen"] in {"", seen}:
        return False
    form.add_error(
        None,
        _("您打开页面以后，别人改过这个菜单。下面是您填的内容，再保存一次就会替换别人的修改。"),
    )
    form.begin_again_from(seen)
    return True


def _context(account: Account, form: MenuForm) -> dict[str, object]:
    hindered = obstacle(account, Capability.MENU)
    published = last_audit_of(account, "account.menu_published")
    return {
        "account": account,
        "form": form,
        "back": reverse("console:account", args=[account.pk]),
        "may_publish": not hindered and bool(account.secret),
        "hindered": hindered,
        "published": published,
        "is_published": published is not None and published.after == account.menu,
    }


urlpatterns = [path("accounts/<int:number>/menu/", menu, name="account_menu")]
