"""What the register does by calling WeChat. No transaction is open meanwhile."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from minxin import wechat
from minxin.accounts import rules
from minxin.accounts.budgets import LINES, Budget, Period
from minxin.accounts.models import Account, AccountBudget
from minxin.accounts.queries import client_for, obstacle
from minxin.accounts.quotas import budgets_of, reconcile
from minxin.accounts.rules import Capability
from minxin.agencies import audit
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.core.actors import Actor, System
from minxin.core.errors import Refused

log = logging.getLogger("minxin.quotas")
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
            found = wechat.explain(error.code)
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
            found += _ask_one(account, state.budget, state.spent, client, now)
    if not isinstance(actor, System):
        audit.record(actor, "account.quotas_asked", account, after={"budgets": found}, now=now)
    return found


def _ask_one(
    account: Account, budget: Budget, counted: int, client: wechat.Client, now: datetime
) -> int:
    try:
        quota = client.call(wechat.calls.quotas.of_path(LINES[budget].paths[0])).quota
    except wechat.WeChatError as error:
        if error.code in _NO_SUCH_PATH:
            return 0
        found = wechat.explain(error.code)
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
        account = Account.objects.select_related("agency").filter(pk=number).first()
        if account is None:
            continue
        try:
            ask_quotas(account, actor=System("quotas"), now=timezone.now(), only_used=True)
        except Refused as refusal:
            log.warning("the quotas of account %s are not known: %s", number, refusal.message)
        except Exception:
            log.exception("the quotas of account %s", number)
