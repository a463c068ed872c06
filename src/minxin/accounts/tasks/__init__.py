"""What the register does by calling WeChat. No transaction is open meanwhile."""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta

import httpx
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django_tasks import task

from minxin import wechat
from minxin.accounts import actions, authorizers, rules
from minxin.accounts.budgets import LINES, Budget, Period
from minxin.accounts.checks import CHECKS, Probe
from minxin.accounts.models import Account, AccountBudget, Authorization, ThirdPartyPlatform
from minxin.accounts.queries import (
    callback_of,
    checkable,
    client_for,
    given_of,
    obstacle,
    secrets_of,
)
from minxin.accounts.quotas import budgets_of, reconcile, spent_of
from minxin.accounts.rules import FINDING_LEVELS, Capability, CheckResult, Level
from minxin.agencies import audit
from minxin.agencies.actions import notify_staff
from minxin.agencies.models import Agency
from minxin.agencies.queries import ensure_may, staff_with
from minxin.agencies.rules import Permission
from minxin.core.actors import Actor, System
from minxin.core.errors import NotFound, Refused
from minxin.wechat.calls import platforms as calls

log = logging.getLogger(__name__)
_NO_MENU = 46003
_NO_SUCH_PATH = frozenset({76021, 76022, 48001})
_ACCOUNTS_A_TASK = 50


def publish_menu(
    account: Account, *, actor: Actor, now: datetime, client: wechat.Client | None = None
) -> None:
    """Show the account's menu in WeChat; an empty menu takes away the one that is there.

    Raises `Refused` with WeChat's reason in words. Publishing the same menu twice does no harm.
    """
    ensure_may(actor, Permission.EDIT_ACCOUNTS, account.agency)
    if refusal := obstacle(account, Capability.MENU):
        raise Refused(refusal)
    client = client or client_for(account)
    try:
        if account.menu:
            client.create_menu(account.menu)
        else:
            client.delete_menu()
    except wechat.WeChatError as error:
        if account.menu or error.code != _NO_MENU:
            found = wechat.explain(error.code, error.message)
            raise Refused(
                _("微信没有接受菜单（%(code)s）：%(meaning)s%(remedy)s")
                % {"code": error.code, "meaning": _(found.meaning), "remedy": _(found.remedy)}
            ) from error
    except wechat.WeChatUnreachable as error:
        raise Refused(_("暂时连不上微信，菜单没有发布，请稍后再试。")) from error
    with transaction.atomic():
        audit.record(actor, "account.menu_published", account, after=account.menu, now=now)


def ask_quotas(
    account: Account,
    *,
    actor: Actor,
    now: datetime,
    client: wechat.Client | None = None,
    only_used: bool = False,
) -> int:
    """Ask WeChat (openapi/quota/get) for an account's true figures and take them over; how many.

    One call for each budget the account may spend; `only_used` leaves out those it never spent, but
    for messages. Raises `Refused` in words when WeChat cannot be asked; what was learnt until then is
    kept.
    """
    ensure_may(actor, Permission.EDIT_ACCOUNTS, account.agency)
    client = client or client_for(account)
    used = set(AccountBudget.objects.filter(account=account).values_list("budget", flat=True))
    found = 0
    for state in budgets_of(account.pk, now):
        line = state.line
        is_wanted = not only_used or line.is_reserved or state.budget.value in used
        if line.is_asked and line.period is Period.DAY and is_wanted:
            found += _ask_one(account, state.budget, client, now)
    if not isinstance(actor, System):
        audit.record(actor, "account.quotas_asked", account, after={"budgets": found}, now=now)
    return found


def _ask_one(account: Account, budget: Budget, client: wechat.Client, now: datetime) -> int:
    # Read just before the call: what is sent during the calls before it is in WeChat's figure too.
    counted = spent_of(account.pk, budget, now)
    try:
        quota = client.call(wechat.calls.quotas.of_path(LINES[budget].paths[0])).quota
    except wechat.WeChatError as error:
        if error.code in _NO_SUCH_PATH:
            return 0
        found = wechat.explain(error.code, error.message)
        raise Refused(
            _("微信没有告知额度（%(code)s）：%(meaning)s%(remedy)s")
            % {"code": error.code, "meaning": _(found.meaning), "remedy": _(found.remedy)}
        ) from error
    except wechat.WeChatUnreachable as error:
        raise Refused(_("暂时连不上微信，额度没有核对完，请稍后再试。")) from error
    reconcile(account.pk, budget, most=quota.daily_limit, used=quota.used, counted=counted, now=now)
    return 1


def ask_all_quotas() -> int:
    """Let workers ask for every connected account, some accounts a task; how many accounts."""
    numbers = list(
        Account.objects.filter(
            platform="wechat",
            status__in=rules.LISTENING,
            app_id__isnull=False,
            secret__isnull=False,
        ).values_list("pk", flat=True)
    )
    for first in range(0, len(numbers), _ACCOUNTS_A_TASK):
        ask_quotas_of.enqueue(numbers[first : first + _ACCOUNTS_A_TASK])
    return len(numbers)


@task()
def ask_quotas_of(numbers: list[int]) -> None:
    """The task queue's way in. An account that cannot be asked does not keep the others from it."""
    for number in numbers:
        try:
            account = Account.objects.select_related("agency").get(pk=number)
            ask_quotas(account, actor=System("quotas"), now=timezone.now(), only_used=True)
        except Account.DoesNotExist:
            continue
        except Refused as refusal:
            log.warning("the quotas of account %s are not known: %s", number, refusal.message)
        except Exception:
            log.exception("the quotas of account %s", number)


# Checks --------------------------------------------------------------------------------------


def examine(
    account: Account, *, now: datetime, transport: httpx.BaseTransport | None = None
) -> list[CheckResult]:
    """Run every check on an account and keep what they find; what each said, in their order.

    A check that breaks is told in the log and counts as not made: it must not hide the others.
    """
    try:
        client: wechat.Client | None = client_for(account)
    except NotFound:
        client = None
    results = []
    with httpx.Client(
        transport=transport, timeout=5.0, trust_env=False, follow_redirects=False
    ) as http:
        probe = Probe(
            account=account,
            client=client,
            given=None if account.secret else given_of(account),
            callback=callback_of(account),
            secrets=secrets_of(account),
            http=http,
            now=now,
        )
        for check in CHECKS:
            try:
                results.append(check.examine(probe))
            except Exception:
                log.exception("the check %s of account %s broke", check.name, account.pk)
                results.append(CheckResult(check.name, Level.SKIPPED, _BROKEN))
    fresh = actions.keep_results(account, results, now=now)
    if any(each.level == Level.PROBLEM for each in fresh):
        notify_staff(
            staff_with(Permission.EDIT_ACCOUNTS, account.agency),
            kind="connection",
            text=f"账号“{account.name}”的接入检查发现问题",
            link=f"/console/accounts/{account.pk}/connection/",
            now=now,
        )
    return results


_BROKEN = gettext_noop("这项检查没有完成，已记入日志。")


def examine_now(account: Account, *, actor: Actor, now: datetime) -> list[CheckResult]:
    """As `examine`, because somebody asked for it; audited."""
    ensure_may(actor, Permission.EDIT_ACCOUNTS, account.agency)
    results = examine(account, now=now)
    found = sorted(each.check for each in results if each.level in FINDING_LEVELS)
    with transaction.atomic():
        audit.record(actor, "account.examined", account, after={"found": found}, now=now)
    return results


def examine_all() -> int:
    """Let workers examine every account that listens, some accounts a task; how many accounts."""
    numbers = list(checkable().values_list("pk", flat=True))
    for first in range(0, len(numbers), _ACCOUNTS_A_TASK):
        examine_some.enqueue(numbers[first : first + _ACCOUNTS_A_TASK])
    return len(numbers)


@task()
def examine_some(numbers: list[int]) -> None:
    """The task queue's way in. An account that cannot be read does not keep the others from it."""
    for number in numbers:
        try:
            account = checkable().filter(pk=number).first()
            if account is not None:
                examine(account, now=timezone.now())
        except Exception:
            log.exception("account %s could not be examined", number)


# Third-party platforms -----------------------------------------------------------------------


def begin_authorization(platform: ThirdPartyPlatform, *, back: str) -> tuple[str, str]:
    """The addresses at which an account's administrator says yes: on a computer, on a phone.

    `back` is where WeChat sends the browser with the code. Raises `Refused` in words.
    """
    client = authorizers.platform_client(platform.app_id, settings.MINXIN_WECHAT_API)
    try:
        code = client.call(calls.pre_auth_code(platform.app_id)).pre_auth_code
    except (wechat.WeChatError, wechat.WeChatUnreachable) as error:
        raise Refused(_in_words(error)) from error
    query = {
        "component_appid": platform.app_id,
        "pre_auth_code": code,
        "redirect_uri": back,
        "auth_type": "1",
    }
    phone = {"action": "bindcomponent", "no_scan": "1", **query}
    return (
        str(httpx.URL(f"{settings.MINXIN_WECHAT_PAGES}/cgi-bin/componentloginpage", params=query)),
        f"{httpx.URL(f'{settings.MINXIN_WECHAT_OPEN}/wxaopen/safe/bindcomponent', params=phone)}"
        "#wechat_redirect",
    )


def redeem(
    platform: ThirdPartyPlatform, code: str, *, app_id: str = "", actor: Actor, now: datetime
) -> Authorization:
    """The authorization that a code stands for, committed.

    `app_id` is known when the code came as an event, which kept it already. A code that was redeemed
    by a process that then died (61009), or whose answer was lost, is made good from WeChat's list.
    Raises `Refused` in words.
    """
    client = authorizers.platform_client(platform.app_id, settings.MINXIN_WECHAT_API)
    try:
        try:
            found = client.call(calls.query_auth(platform.app_id, code)).authorization_info
        except (wechat.WeChatError, wechat.WeChatUnreachable) as error:
            is_spent = getattr(error, "code", None) == _CODE_SPENT
            row = _pending(platform, code, app_id) if is_spent else None
            if row is None:
                raise
            return row if row.refresh_token and row.code is None else _recovered(row, client)
    except (wechat.WeChatError, wechat.WeChatUnreachable, NotFound) as error:
        raise Refused(_in_words(error)) from error
    return actions.keep_authorization(
        platform.app_id,
        found.authorizer_appid,
        refresh_token=found.authorizer_refresh_token,
        functions=[each.funcscope_category.id for each in found.func_info],
        actor=actor,
        now=now,
    )


_CODE_SPENT = 61009


def _pending(platform: ThirdPartyPlatform, code: str, app_id: str) -> Authorization | None:
    """The row whose code this is, or was: an event and the page bring the same code."""
    rows = Authorization.objects.select_related("platform", "account").filter(platform=platform)
    if app_id:
        return rows.filter(app_id=app_id).first()
    return next((each for each in rows if code in {each.code, each.last_code}), None)


def _recovered(row: Authorization, client: wechat.Client) -> Authorization:
    found = authorizers.recovered(row, client)
    Authorization.objects.filter(pk=row.pk).update(code=None, code_at=None)
    return found


def redeem_pushed(
    platform_app_id: str, app_id: str, code: str, *, actor: Actor, now: datetime
) -> None:
    """Redeem a code that WeChat pushed; what fails now is tried again by `finish_authorizations`."""
    platform = ThirdPartyPlatform.objects.get(app_id=platform_app_id)
    try:
        redeem(platform, code, app_id=app_id, actor=actor, now=now)
    except Refused as refusal:
        log.warning("the authorization of %s waits: %s", app_id, refusal.message)


def answer_by_api(platform_app_id: str, app_id: str, code: str, openid: str) -> None:
    """A case of 全网发布检测: redeem the code, then say `<code>_from_api` by customer-service message.

    The account is WeChat's own and in nobody's register, so nothing of it is kept.
    """
    client = authorizers.platform_client(platform_app_id, settings.MINXIN_WECHAT_API)
    found = client.call(calls.query_auth(platform_app_id, code)).authorization_info
    token = wechat.Token(found.authorizer_access_token, time.time() + found.expires_in)
    with wechat.Client(
        app_id,
        "",
        store=wechat.MemoryTokenStore(),
        base_url=settings.MINXIN_WECHAT_API,
        obtain=lambda: token,
    ) as on_behalf:
        on_behalf.send_text(openid, f"{code}_from_api")


def finish_authorizations(*, now: datetime) -> int:
    """Redeem the codes that were kept and not redeemed: the process that should have was stopped.

    How many were finished. A code older than an hour is void; its account is then looked for in
    WeChat's list.
    """
    done = 0
    for row in Authorization.objects.select_related("platform").filter(code__isnull=False):
        try:
            redeem(row.platform, row.code or "", app_id=row.app_id, actor=System("clock"), now=now)
            done += 1
        except Refused as refusal:
            log.warning("the authorization of %s waits: %s", row.app_id, refusal.message)
            if row.code_at is None or row.code_at < now - timedelta(days=1):
                Authorization.objects.filter(pk=row.pk, code_at=row.code_at).update(
                    code=None, code_at=None
                )
    return done


def register_authorized(
    row: Authorization, agency: Agency, *, actor: Actor, now: datetime
) -> Account:
    """Enter the account that authorised into the register, as WeChat describes it."""
    ensure_may(actor, Permission.EDIT_ACCOUNTS, agency)
    platform = row.platform
    client = authorizers.platform_client(platform.app_id, settings.MINXIN_WECHAT_API)
    try:
        about = client.call(calls.info(platform.app_id, row.app_id)).authorizer_info
    except (wechat.WeChatError, wechat.WeChatUnreachable) as error:
        raise Refused(_in_words(error)) from error
    return actions.link_authorization(
        row,
        agency=agency,
        name=about.nick_name or row.app_id,
        kind="service" if about.service_type_info.id == 2 else "subscription",
        is_verified=about.verify_type_info.id >= 0,
        original_id=about.user_name,
        actor=actor,
        now=now,
    )


def _in_words(error: Exception) -> str:
    if isinstance(error, authorizers.NoTicket):
        return _("第三方平台还没有收到微信推送的票据，请十分钟后再试。")
    if isinstance(error, wechat.WeChatError):
        found = wechat.explain(error.code, error.message)
        return _("微信没有接受（%(code)s）：%(meaning)s%(remedy)s") % {
            "code": error.code,
            "meaning": _(found.meaning),
            "remedy": _(found.remedy),
        }
    if isinstance(error, NotFound):
        return _("微信的授权名单里没有这个账号，请重新扫码授权。")
    return _("暂时连不上微信，请稍后再试。")
