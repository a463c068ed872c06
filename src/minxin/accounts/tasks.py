"""What the register does by calling WeChat. No transaction is open meanwhile."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from minxin import wechat
from minxin.accounts.models import Account
from minxin.accounts.queries import capabilities_of, client_for
from minxin.accounts.rules import Capability
from minxin.agencies import audit
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.core.actors import Actor
from minxin.core.errors import Refused

_NO_MENU = 46003


def publish_menu(
    account: Account, *, actor: Actor, now: datetime, client: wechat.Client | None = None
) -> None:
    """Show the account's menu in WeChat; an empty menu takes away the one that is there.

    Raises `Refused` with WeChat's reason in words. Publishing the same menu twice does no harm.
    """
    ensure_may(actor, Permission.EDIT_ACCOUNTS, account.agency)
    if Capability.MENU not in capabilities_of(account):
        raise Refused(_("这个账号没有自定义菜单接口的权限：公众号须先完成认证。"))
    client = client or client_for(account)
    try:
        if account.menu:
            client.create_menu(account.menu)
        else:
            client.delete_menu()
    except wechat.WeChatError as error:
        if account.menu or error.code != _NO_MENU:
            found = wechat.explain(error.code)
            raise Refused(
                _("微信没有接受菜单（%(code)s）：%(meaning)s%(remedy)s")
                % {"code": error.code, "meaning": _(found.meaning), "remedy": _(found.remedy)}
            ) from error
    except wechat.WeChatUnreachable as error:
        raise Refused(_("暂时连不上微信，菜单没有发布，请稍后再试。")) from error
    with transaction.atomic():
        audit.record(actor, "account.menu_published", account, after=account.menu, now=now)
