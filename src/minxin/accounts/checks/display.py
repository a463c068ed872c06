"""Is the menu that citizens see the one that is kept here?"""

from typing import Any

from django.utils.translation import gettext_noop

from minxin import wechat
from minxin.accounts.checks.probe import Probe, fine, not_answered, skipped, warning
from minxin.accounts.rules import CheckResult

_NO_MENU, _NOT_ALLOWED = 46003, frozenset({48001, 61007})


def check_menu(probe: Probe) -> CheckResult:
    """Published, and the same on both sides. Whether menus are allowed is told by `permissions`."""
    if probe.client is None or not probe.has_token:
        return skipped("menu")
    try:
        seen = probe.client.get_menu().get("menu", {}).get("button", [])
    except wechat.WeChatError as error:
        if error.code in _NOT_ALLOWED:
            return fine("menu", gettext_noop("这个账号没有菜单接口的权限，不检查菜单。"))
        if error.code != _NO_MENU:
            return not_answered("menu", error)
        seen = []
    except wechat.WeChatUnreachable as error:
        return not_answered("menu", error)
    kept = probe.account.menu
    if _shape(kept) == _shape(seen):
        return fine("menu", gettext_noop("微信上的菜单与这里登记的一致。"))
    if not seen:
        return warning(
            "menu",
            gettext_noop("菜单还没有发布到微信。"),
            gettext_noop("打开“菜单”，点“保存并发布到微信”。"),
        )
    if not kept:
        return warning(
            "menu",
            gettext_noop("微信上有菜单，但不是从这里发布的。"),
            gettext_noop("市民点这些菜单时本系统不认识。请在“菜单”里重新设置并发布。"),
        )
    return warning(
        "menu",
        gettext_noop("微信上的菜单与这里登记的不一致。"),
        gettext_noop(
            "可能有人在别处改过菜单，或者原来的服务商还在发布。核对后在“菜单”里重新发布。"
        ),
    )


_KEPT = ("name", "type", "key", "url", "media_id", "article_id", "appid", "pagepath")


def _shape(buttons: list[dict[str, Any]]) -> list[Any]:
    """What matters of a menu; WeChat adds empty lists and leaves out what is empty."""
    return [
        (
            {name: each[name] for name in _KEPT if each.get(name)},
            _shape(each.get("sub_button") or []),
        )
        for each in buttons
    ]
