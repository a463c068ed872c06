"""All reads of the register: what the gateway needs, what staff see, the client of an account."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from minxin import wechat
from minxin.accounts import rules
from minxin.accounts.capabilities import MATRIX, May, capabilities, may
from minxin.accounts.clients import client_for as client_for
from minxin.accounts.clients import client_of as client_of
from minxin.accounts.clients import given_of as given_of
from minxin.accounts.clients import js_ticket as js_ticket
from minxin.accounts.clients import oauth_platform as oauth_platform
from minxin.accounts.clients import openid_of_code as openid_of_code
from minxin.accounts.models import (
    Account,
    ConnectionFinding,
    Filing,
    MenuReply,
    Platform,
    ThirdPartyPlatform,
)
from minxin.accounts.quotas import BudgetState as BudgetState
from minxin.accounts.quotas import budgets_of as budgets_of
from minxin.accounts.quotas import tightest as tightest
from minxin.accounts.rules import Capability, Concern
from minxin.agencies.models import Staff
from minxin.agencies.queries import agencies_for
from minxin.agencies.rules import Permission
from minxin.core.crypto import CannotUnseal
from minxin.core.errors import NotFound

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MenuAnswer:
    """What a click on a menu key does: `does` is one of `MenuReply.Does`, `text` what it needs."""

    does: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class AccountSettings:
    """What the gateway keeps in memory of an account. The secrets never show in `repr`."""

    id: int
    app_id: str
    original_id: str
    name: str
    kind: str
    agency_id: int
    agency_name: str
    region_code: str
    secrets: wechat.CallbackSecrets = field(repr=False)
    capabilities: frozenset[Capability]
    greeting: str
    welcome_back: str
    menu_replies: Mapping[str, MenuAnswer]


def callback_accounts() -> dict[str, AccountSettings]:
    """AppID -> settings of every account that listens to WeChat.

    One that authorised a third-party platform is also there under `<platform's AppID>/<AppID>`, with
    the platform's secrets: that is how its messages come (`$APPID$` in the platform's address).
    An account whose credentials cannot be read (a lost key, a damaged row) is left out with one
    line in the log: it must not silence the others.
    """
    replies: dict[int, dict[str, MenuAnswer]] = {}
    for row in MenuReply.objects.all():
        replies.setdefault(row.account_id, {})[row.key] = MenuAnswer(row.does, row.text)
    found: dict[str, AccountSettings] = {}
    platforms = platform_secrets()
    for account in _readable():
        answers = replies.get(account.pk, {})
        if account.token:
            try:
                own = _own_secrets(account)
            except ValueError as error:
                log.error("account %s cannot listen: %s", account.pk, error)
            else:
                found[own.app_id] = _settings_of(account, answers, own)
        given = given_of(account)
        if given is not None and given.platform.app_id in platforms:
            secrets = platforms[given.platform.app_id]
            key = f"{secrets.app_id}/{account.app_id}"
            found[key] = _settings_of(account, answers, secrets)
    return found


def _own_secrets(account: Account) -> wechat.CallbackSecrets:
    return wechat.CallbackSecrets(
        app_id=account.app_id or "",
        token=account.token or "",
        aes_key=account.aes_key or None,
        mode=wechat.Mode(account.mode),
    )


def platform_secrets() -> dict[str, wechat.CallbackSecrets]:
    """AppID of each third-party platform -> what its notices and messages are opened with."""
    found = {}
    for pk in ThirdPartyPlatform.objects.values_list("pk", flat=True):
        try:
            platform = ThirdPartyPlatform.objects.get(pk=pk)
            found[platform.app_id] = wechat.CallbackSecrets(
                app_id=platform.app_id, token=platform.token or "", aes_key=platform.aes_key
            )
        except (CannotUnseal, ValueError) as error:
            log.error("platform %s cannot listen: %s", pk, error)
    return found


def _readable() -> Iterator[Account]:
    """All that listen, in one query; one by one only when some row cannot be unsealed."""
    listening = _listening().select_related("agency", "authorization__platform")
    try:
        yield from list(listening)
    except CannotUnseal:
        for pk in _listening().values_list("pk", flat=True):
            try:
                yield listening.get(pk=pk)
            except CannotUnseal as error:
                log.error("account %s cannot listen: %s", pk, error)


def accounts_version() -> str:
    """Changes whenever something that `callback_accounts` tells may have changed.

    One aggregate over a small table: cheap enough to ask every second. Every write of an account
    raises its revision, so the sum cannot stay the same.
    """
    row = Account.objects.aggregate(rows=Count("id"), last=Max("id"), writes=Sum("revision"))
    others = ThirdPartyPlatform.objects.aggregate(rows=Count("id"), writes=Sum("revision"))
    return (
        f"{row['rows']}.{row['last'] or 0}.{row['writes'] or 0}"
        f".{others['rows']}.{others['writes'] or 0}"
    )


def _listening() -> QuerySet[Account]:
    return Account.objects.filter(
        Q(token__isnull=False)
        | Q(authorization__isnull=False, authorization__revoked_at__isnull=True),
        platform=Platform.WECHAT,
        status__in=rules.LISTENING,
        app_id__isnull=False,
    )


def _settings_of(
    account: Account,
    replies: Mapping[str, MenuAnswer],
    secrets: wechat.CallbackSecrets,
) -> AccountSettings:
    return AccountSettings(
        id=account.pk,
        app_id=account.app_id or "",
        original_id=account.original_id,
        name=account.name,
        kind=account.kind,
        agency_id=account.agency_id,
        agency_name=account.agency.name,
        region_code=account.region_code or account.agency.region_code,
        secrets=secrets,
        capabilities=capabilities_of(account),
        greeting=account.greeting,
        welcome_back=account.welcome_back,
        menu_replies=MappingProxyType(dict(replies)),
    )


# What staff see ------------------------------------------------------------------------------


def capabilities_of(account: Account) -> frozenset[Capability]:
    """What WeChat lets this account do."""
    return capabilities(account.kind, account.is_verified, account.principal)


def obstacle(account: Account, capability: Capability) -> str:
    """Why a page should not promise this, and what staff do instead; empty when the account may."""
    row = MATRIX[capability]
    match may(account.kind, account.is_verified, account.principal, capability):
        case May.YES:
            return ""
        case May.NO:
            return _("这个账号没有“%(what)s”的权限。%(instead)s") % {
                "what": row.words,
                "instead": row.fallback,
            }
        case May.UNSURE:
            return _("不确定这个账号有没有“%(what)s”的权限，微信可能拒绝。%(instead)s") % {
                "what": row.words,
                "instead": row.fallback,
            }


@dataclass(frozen=True, slots=True)
class CapabilityShown:
    """One line of the matrix for one account: `answer` is yes, no or unsure."""

    words: Any
    answer: str
    fallback: Any


def capability_rows(account: Account) -> tuple[CapabilityShown, ...]:
    """What WeChat lets this account do, in the order of the matrix."""
    about = (account.kind, account.is_verified, account.principal)
    return tuple(
        CapabilityShown(row.words, may(*about, each).value, row.fallback)
        for each, row in MATRIX.items()
    )


def accounts_for(staff: Staff, permission: Permission = Permission.READ_ACCOUNTS) -> Any:
    """The accounts over which a person has a permission, with their agencies."""
    return Account.objects.visible_to(staff, permission).select_related("agency")


def account_for(staff: Staff, permission: Permission, account_id: int) -> Account:
    """One of them; raises `NotFound` when missing or out of this person's sight."""
    found: Account | None = accounts_for(staff, permission).filter(pk=account_id).first()
    if found is None:
        raise NotFound
    return found


def filing_of(account: Account) -> Filing:
    """What the register keeps of an account; an empty one, not saved, where nobody described it."""
    return Filing.objects.filter(pk=account.pk).first() or Filing(account=account)


def concerns_of(account: Account, *, today: date) -> tuple[str, ...]:
    """What the register remarks about an account, as sentences; it refuses nothing for these."""
    living = Account.objects.filter(agency=account.agency_id, status__in=rules.LISTENING)
    others = living.exclude(pk=account.pk)
    found = rules.concerns(
        others_on_platform=others.filter(platform=account.platform).count(),
        names_elsewhere=list(
            others.exclude(platform=account.platform).values_list("name", flat=True)
        ),
        name=account.name,
        is_verified=account.is_verified,
        principal=account.principal,
        positioning=account.positioning,
    )
    filing = filing_of(account)
    ending = rules.endings(
        certified_until=filing.certified_until, contract_until=filing.contract_until, today=today
    )
    retired = () if account.agency.is_active else (Concern.HOST_RETIRED,)
    return tuple(_concern(concern) for concern in (*retired, *found, *ending))


def _concern(concern: Concern) -> str:
    match concern:
        case Concern.SECOND_ON_PLATFORM:
            return _(
                "该单位在这一平台已有账号。按国办发〔2018〕123号，一个单位原则上在同一平台只开设一个账号。"
            )
        case Concern.NOT_VERIFIED:
            return _("账号未认证。按国办发〔2018〕123号，认证信息应标明主办单位。")
        case Concern.NOT_GOVERNMENT:
            return _("认证主体不是政府，部分面向政务的接口不可用。")
        case Concern.NO_POSITIONING:
            return _("尚未填写功能定位。")
        case Concern.OTHER_NAME_ELSEWHERE:
            return _(
                "与该单位在其他平台的账号名称不一致。按国办发〔2018〕123号，不同平台上的名称原则上应一致。"
            )
        case Concern.CERTIFICATION_ENDS:
            return _("认证将在30天内到期，请及时年审。")
        case Concern.CERTIFICATION_ENDED:
            return _("认证已经到期。请核对是否已年审，并更新台账。")
        case Concern.CONTRACT_ENDS:
            return _("运维合同将在30天内到期，请提前安排交接和权限回收。")
        case Concern.CONTRACT_ENDED:
            return _("运维合同已经到期。请核对原运维单位是否还能登录或接收消息。")
        case Concern.HOST_RETIRED:
            return _(
                "主办单位已经撤销（停用）。请移交给承接的单位，或者关停注销；注销之前仍须更新。"
            )


def portal_account(app_id: str) -> Account | None:
    """The account whose portal pages are opened, with its host; None when there is none."""
    listening = _listening().select_related("agency", "authorization__platform")
    return listening.filter(app_id=app_id).first()


def main_portal_account() -> Account | None:
    """The account registered first: the area's main one."""
    return _listening().select_related("agency").order_by("id").first()


# Connecting ----------------------------------------------------------------------------------


def callback_of(account: Account) -> str:
    """Where WeChat pushes this account's messages; empty without an AppID."""
    if not account.app_id:
        return ""
    given = given_of(account)
    between = "" if account.token or given is None else f"{given.platform.app_id}/"
    return f"{settings.MINXIN_PUBLIC_URL}/wechat/{between}{account.app_id}/callback"


def secrets_of(account: Account) -> wechat.CallbackSecrets | None:
    """What is pushed to `callback_of` is sealed with; None while something is missing."""
    given = given_of(account)
    try:
        if account.token:
            return _own_secrets(account)
        if given is not None:
            platform = given.platform
            return wechat.CallbackSecrets(
                app_id=platform.app_id, token=platform.token or "", aes_key=platform.aes_key
            )
    except ValueError:
        return None
    return None


def open_findings(staff: Staff) -> QuerySet[ConnectionFinding]:
    """What the checks found and is not gone, of the accounts a person may see; problems first."""
    found: QuerySet[ConnectionFinding] = ConnectionFinding.objects.visible_to(
        staff, Permission.READ_ACCOUNTS
    )
    return found.filter(resolved_at=None).select_related("account").order_by("level", "id")


def with_findings() -> QuerySet[Any, Any]:
    """The ids of accounts with an open finding, for a filter."""
    return ConnectionFinding.objects.filter(resolved_at=None).values("account_id")


def findings_of(account: Account) -> QuerySet[ConnectionFinding]:
    """The open findings of one account; problems (by the alphabet) before warnings."""
    return account.findings.filter(resolved_at=None).order_by("level", "id")


def checkable() -> QuerySet[Account]:
    """The accounts that the nightly checks look at: those that listen or ought to."""
    return Account.objects.filter(
        platform=Platform.WECHAT, status__in=rules.LISTENING, app_id__isnull=False
    ).select_related("agency", "authorization__platform")


def platforms_for(staff: Staff) -> list[ThirdPartyPlatform]:
    """The third-party platforms a person may edit."""
    found: QuerySet[ThirdPartyPlatform] = ThirdPartyPlatform.objects.visible_to(
        staff, Permission.EDIT_ACCOUNTS
    )
    return list(found.select_related("agency"))


def platform_for(staff: Staff, platform_id: int) -> ThirdPartyPlatform:
    """One of them; raises `NotFound` when missing or out of this person's sight."""
    for found in platforms_for(staff):
        if found.pk == platform_id:
            return found
    raise NotFound


def offered_platforms(staff: Staff) -> list[ThirdPartyPlatform]:
    """The platforms through which a person may connect accounts: kept at or above where she keeps
    accounts, or below."""
    paths = list(agencies_for(staff, Permission.EDIT_ACCOUNTS).values_list("path", flat=True))
    return [
        each
        for each in ThirdPartyPlatform.objects.select_related("agency")
        if any(path.startswith(each.agency.path) for path in paths)
    ]


def offered_platform(staff: Staff, platform_id: int) -> ThirdPartyPlatform:
    """One of them; raises `NotFound`."""
    for found in offered_platforms(staff):
        if found.pk == platform_id:
            return found
    raise NotFound
