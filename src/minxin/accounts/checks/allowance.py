"""What the account may, tried by harmless reads; how much of the day is left."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_noop

from minxin import wechat
from minxin.accounts.capabilities import capabilities
from minxin.accounts.checks.probe import Probe, fine, not_answered, problem, skipped, warning
from minxin.accounts.rules import Capability, CheckResult
from minxin.wechat.calls import (
    agents,
    analytics,
    menus,
    publishing,
    quotas,
    subscriptions,
    tags,
    templates,
    users,
)

_NOT_ALLOWED = frozenset({48001, 48008, 50001, 61007, 88000})
_LITTLE = 0.1
NAMES = {
    Capability.MENU: gettext_noop("自定义菜单"),
    Capability.CUSTOM_MESSAGE: gettext_noop("客服消息"),
    Capability.TEMPLATE_MESSAGE: gettext_noop("模板消息"),
    Capability.SUBSCRIBE_NOTICE: gettext_noop("订阅通知"),
    Capability.PUBLISH: gettext_noop("发布文章"),
    Capability.USER_INFO: gettext_noop("关注者基本信息"),
    Capability.TAGS: gettext_noop("关注者标签"),
    Capability.FIGURES: gettext_noop("数据统计"),
}
WATCHED = ("/cgi-bin/message/custom/send", "/cgi-bin/menu/create", "/cgi-bin/user/info")


def check_permissions(probe: Probe) -> CheckResult:
    """Every capability that kind, verification and holder promise is tried by a call that only reads."""
    if probe.client is None or not probe.has_token:
        return skipped("permissions")
    account = probe.account
    promised = capabilities(account.kind, account.is_verified, account.principal)
    missing: list[str] = []
    for capability, call in _reads(probe):
        if capability not in promised:
            continue
        try:
            probe.client.call(call)
        except wechat.WeChatError as error:
            if error.code in _NOT_ALLOWED:
                missing.append(NAMES[capability])
        except wechat.WeChatUnreachable as error:
            return not_answered("permissions", error)
    if not missing:
        return fine("permissions", gettext_noop("登记的类型和认证应有的接口都可以用。"))
    if probe.given is not None:
        remedy = gettext_noop("请账号管理员重新扫码授权，并勾选这些权限集。")
    else:
        remedy = gettext_noop(
            "请在微信开发者平台“接口权限与额度”里核对；如果账号的类型、认证状态或主体与台账不符，请先修改台账。"
        )
    return problem(
        "permissions",
        gettext_noop("微信不允许这个账号使用：%(missing)s。"),
        remedy,
        missing="、".join(missing),
    )


def _reads(probe: Probe) -> tuple[tuple[Capability, wechat.Call[Any]], ...]:
    yesterday = (probe.now - timedelta(days=1)).date()
    return (
        (Capability.MENU, menus.get()),
        (Capability.CUSTOM_MESSAGE, agents.listing()),
        (Capability.TEMPLATE_MESSAGE, templates.listing()),
        (Capability.SUBSCRIBE_NOTICE, subscriptions.listing()),
        (Capability.PUBLISH, publishing.page(count=1, no_content=True)),
        (Capability.USER_INFO, users.page()),
        (Capability.TAGS, tags.listing()),
        (Capability.FIGURES, analytics.followers(yesterday, yesterday)),
    )


def check_quotas(probe: Probe) -> CheckResult:
    """The day's quotas can be read, and more than a tenth is left."""
    if probe.client is None or not probe.has_token:
        return skipped("quotas")
    low = []
    for path in WATCHED:
        try:
            quota = probe.client.call(quotas.of_path(path)).quota
        except wechat.WeChatError as error:
            if error.code in {76021, 76022}:
                continue
            return not_answered("quotas", error)
        except wechat.WeChatUnreachable as error:
            return not_answered("quotas", error)
        if quota.daily_limit and quota.remain < quota.daily_limit * _LITTLE:
            low.append(f"{path} {quota.remain}/{quota.daily_limit}")
    if not low:
        return fine("quotas", gettext_noop("接口额度可以读取，余量充足。"))
    return warning(
        "quotas",
        gettext_noop("今天的接口额度所剩不多：%(low)s。"),
        gettext_noop("请查明是哪个系统用掉的；每月可清零10次，在微信开发者平台操作。"),
        low="，".join(low),
    )
