"""What a check may ask: the account, WeChat, the account's own callback."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import httpx
from django.utils.translation import gettext_noop

from minxin import wechat
from minxin.accounts.models import Account, Authorization
from minxin.accounts.rules import CheckResult, Level
from minxin.core.errors import NotFound


@dataclass(frozen=True)
class Probe:
    """One account under examination.

    `client` is None without credentials. `callback` is the address that WeChat pushes to, `secrets`
    what is pushed there is sealed with (None: not complete). `http` is how the callback is reached.
    """

    account: Account
    client: wechat.Client | None
    given: Authorization | None
    callback: str
    secrets: wechat.CallbackSecrets | None
    http: httpx.Client
    now: datetime
    sleep: Callable[[float], None] = field(default=time.sleep)

    @functools.cached_property
    def refusal(self) -> Exception | None:
        """Why no token was had, or None; asked once for all checks.

        The token is asked for anew, so a wrong secret shows although an old token is still good; by
        stable_token (or the refresh token), so nobody's token ends.
        """
        if self.client is None:
            return NotFound()
        try:
            self.client.renew_token()
        except (wechat.WeChatError, wechat.WeChatUnreachable, NotFound) as error:
            return error
        return None

    @property
    def has_token(self) -> bool:
        return self.refusal is None


def fine(check: str, sentence: str, **facts: str | int) -> CheckResult:
    return CheckResult(check, Level.OK, sentence, facts=facts)


def warning(check: str, sentence: str, remedy: str, **facts: str | int) -> CheckResult:
    return CheckResult(check, Level.WARNING, sentence, remedy, facts)


def problem(check: str, sentence: str, remedy: str, **facts: str | int) -> CheckResult:
    return CheckResult(check, Level.PROBLEM, sentence, remedy, facts)


def skipped(check: str) -> CheckResult:
    """It needs a token, and there is none: said once, by the checks before."""
    return CheckResult(check, Level.SKIPPED, gettext_noop("取得接口凭证以后才能检查。"))


def not_answered(check: str, error: Exception) -> CheckResult:
    """WeChat did not answer this check: nothing is known, so no finding opens or closes."""
    if isinstance(error, wechat.WeChatError):
        return CheckResult(
            check,
            Level.SKIPPED,
            gettext_noop("微信没有回答这项检查（%(code)s），稍后会再查。"),
            facts={"code": error.code},
        )
    return CheckResult(
        check, Level.SKIPPED, gettext_noop("暂时连不上微信，这项没有查，稍后会再查。")
    )


def explained(code: int) -> Mapping[str, str | int]:
    """The facts of an error code: its number, what it means, what to do."""
    found = wechat.explain(code)
    return {"code": code, "meaning": found.meaning, "what": found.remedy}
