"""CHECKS: what has to be right before an account works, one function per check, in reading order.

A check asks WeChat or the account's own callback and writes nothing. Names are stable: findings in
the database carry them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy

from minxin.accounts.checks.allowance import check_permissions, check_quotas
from minxin.accounts.checks.callback import check_callback, check_encryption
from minxin.accounts.checks.credentials import (
    check_credentials,
    check_ip_allow_list,
    check_token,
)
from minxin.accounts.checks.display import check_menu
from minxin.accounts.checks.others import check_double_replies
from minxin.accounts.checks.probe import Probe
from minxin.accounts.rules import CheckResult


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the table. `title` is what staff read."""

    name: str
    title: Any
    examine: Callable[[Probe], CheckResult]


CHECKS: tuple[Check, ...] = (
    Check("credentials", gettext_lazy("接口凭据"), check_credentials),
    Check("ip_allow_list", gettext_lazy("IP白名单"), check_ip_allow_list),
    Check("token", gettext_lazy("接口凭证（access_token）"), check_token),
    Check("callback", gettext_lazy("回调地址"), check_callback),
    Check("encryption", gettext_lazy("消息加解密方式"), check_encryption),
    Check("menu", gettext_lazy("自定义菜单"), check_menu),
    Check("permissions", gettext_lazy("接口权限"), check_permissions),
    Check("quotas", gettext_lazy("接口额度"), check_quotas),
    Check("double_replies", gettext_lazy("重复答复"), check_double_replies),
)
TITLES = {each.name: each.title for each in CHECKS}

__all__ = ["CHECKS", "TITLES", "Check", "Probe"]
