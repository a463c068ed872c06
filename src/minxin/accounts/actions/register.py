"""All writes of the register. Credentials are encrypted and never reach the audit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from minxin.accounts import rules
from minxin.accounts.actions.arising import arise
from minxin.accounts.actions.saving import save_account
from minxin.accounts.models import (
    AccessToken,
    Account,
    AccountBudget,
    Affiliation,
    Authorization,
    MenuReply,
    Mode,
    Platform,
    Status,
)
from minxin.accounts.queries import MenuAnswer
from minxin.accounts.queries.divisions import division_named
from minxin.accounts.quotas import size_anew
from minxin.accounts.rules import BadMenu
from minxin.accounts.rules.lifecycle import Kind
from minxin.agencies import audit
from minxin.agencies.models import Agency
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.core.actors import Actor
from minxin.core.errors import Refused

_DESCRIBED = (
    "name",
    "platform",
    "kind",
    "is_verified",
    "principal",
    "positioning",
    "region_code",
    "original_id",
    "affiliation",
    "level",
)


@transaction.atomic
def register(
    *,
    agency: Agency,
    name: str,
    platform: str = Platform.WECHAT,
    kind: str = "",
    is_verified: bool = False,
    principal: str = "government",
    positioning: str = "",
    region_code: str = "",
    original_id: str = "",
    affiliation: str = Affiliation.GOVERNMENT,
    level: str = "",
    status: str = Status.ACTIVE,
    opens_filing: bool = True,
    actor: Actor,
    now: datetime,
) -> Account:
    """Enter an account of an agency into the register.

    A second account on the same platform is entered too: `queries.concerns_of` remarks on it. One that
    is not only planned has to be filed (开设备案), unless `opens_filing` is False: it has been running and
    only its entry was missing.
    """
    ensure_may(actor, Permission.EDIT_ACCOUNTS, agency)
    account = Account(
        agency=agency,
        name=name.strip(),
        platform=platform,
        kind=kind if platform == Platform.WECHAT else "",
        is_verified=is_verified,
        principal=principal,
        positioning=positioning.strip(),
        region_code=division_named(region_code, known=agency.region_code) or agency.region_code,
        original_id=original_id.strip(),
        affiliation=affiliation,
        level=level,
        status=status,
        created_at=now,
        updated_at=now,
    )
    _validate(account)
    account.save(force_insert=True)
    if opens_filing and status not in {Status.PLANNED, Status.CLOSED}:
        arise(account, Kind.OPEN, actor=actor, now=now)
    audit.record(actor, "account.registered", account, after=_described(account), now=now)
    return account


@transaction.atomic
def update(
    account: Account,
    *,
    name: str,
    kind: str,
    is_verified: bool,
    principal: str,
    positioning: str = "",
    region_code: str = "",
    original_id: str = "",
    affiliation: str = Affiliation.GOVERNMENT,
    level: str = "",
    actor: Actor,
    now: datetime,
) -> None:
    """Change what the register says of an account; nothing is written when nothing changed.

    A new name has to be filed (变更备案).
    """
    ensure_may(actor, Permission.EDIT_ACCOUNTS, account.agency)
    before = _described(account)
    account.name, account.original_id = name.strip(), original_id.strip()
    account.kind = kind if account.platform == Platform.WECHAT else ""
    account.is_verified, account.principal = is_verified, principal
    account.positioning = positioning.strip()
    account.region_code = division_named(region_code, known=account.region_code)
    account.affiliation, account.level = affiliation, level
    after = _described(account)
    changed = [key for key in after if before[key] != after[key]]
    if not changed:
        return
    _validate(account)
    save_account(account, changed, now)
    if {"kind", "is_verified", "principal"} & set(changed):
        size_anew(account)
    if "name" in changed:
        renamed = {"name": {"before": before["name"], "after": account.name}}
        arise(account, Kind.CHANGE, changes=renamed, actor=actor, now=now)
    audit.record(
        actor,
        "account.updated",
        account,
        before={key: before[key] for key in changed},
        after={key: after[key] for key in changed},
        now=now,
    )


@transaction.atomic
def set_credentials(
    account: Account,
    *,
    app_id: str,
    secret: str | None = None,
    token: str | None = None,
    aes_key: str | None = None,
    mode: str = Mode.SAFE,
    actor: Actor,
    now: datetime,
) -> None:
    """Enter what the account's page on the WeChat developer platform shows.

    None keeps the secret, token or key that is there: a form never shows them again. Compatible
    and safe mode need an EncodingAESKey. The callback counts as unverified from then on, and a
    kept access token is forgotten when AppID or AppSecret changed.
    """
    ensure_may(actor, Permission.EDIT_ACCOUNTS, account.agency)
    if account.platform != Platform.WECHAT:
        raise Refused(_("只有微信公众号和服务号需要接口凭据。"))
    app_id = app_id.strip()
    given = {"secret": secret, "token": token, "aes_key": aes_key}
    fresh = {key: value.strip() for key, value in given.items() if value is not None}
    _ensure_good_credentials(account, app_id, fresh, mode)
    is_other = app_id != account.app_id or fresh.get("secret", account.secret) != account.secret
    before = {"app_id": account.app_id, "mode": account.mode}
    account.app_id, account.mode, account.verified_callback_at = app_id, mode, None
    for key, value in fresh.items():
        setattr(account, key, value or None)
    save_account(account, ["app_id", "mode", "verified_callback_at", *fresh], now)
    if is_other:
        AccessToken.objects.filter(account=account).delete()
    if app_id != before["app_id"]:
        AccountBudget.objects.filter(account=account).delete()
    audit.record(
        actor,
        "account.credentials_set",
        account,
        before=before,
        after={"app_id": app_id, "mode": mode, "replaced": sorted(fresh)},
        now=now,
    )


def _ensure_good_credentials(
    account: Account, app_id: str, fresh: Mapping[str, str], mode: str
) -> None:
    if not rules.is_good(rules.APP_ID, app_id):
        raise Refused(_("AppID应以wx开头，共18个字符，请在微信开发者平台核对。"), field="app_id")
    is_given = Authorization.objects.filter(account=account, revoked_at=None).exists()
    if is_given and app_id != account.app_id:
        raise Refused(_("这个账号已按原来的AppID授权给第三方平台，AppID不能再改。"), field="app_id")
    if Account.objects.filter(app_id=app_id).exclude(pk=account.pk).exists():
        raise Refused(_("这个AppID已登记在另一个账号名下。"), field="app_id")
    if fresh.get("secret") and not rules.is_good(rules.SECRET, fresh["secret"]):
        raise Refused(_("AppSecret只含字母和数字，一般为32个字符。"), field="secret")
    if fresh.get("token") and not rules.is_good(rules.TOKEN, fresh["token"]):
        raise Refused(_("令牌（Token）应为3至32个字母或数字。"), field="token")
    if fresh.get("aes_key") and not rules.is_good(rules.AES_KEY, fresh["aes_key"]):
        raise Refused(_("EncodingAESKey应为43个字母或数字。"), field="aes_key")
    if mode not in Mode.values:
        raise Refused(_("请选择消息加解密方式。"), field="mode")
    if mode != Mode.PLAIN and not fresh.get("aes_key", account.aes_key):
        raise Refused(_("兼容模式和安全模式需要EncodingAESKey。"), field="aes_key")


@transaction.atomic
def set_greetings(
    account: Account, *, greeting: str, welcome_back: str, actor: Actor, now: datetime
) -> None:
    """Choose what a new follower and one who comes back are told; blank means the usual words.

    A passive reply holds at most 2048 bytes (被动回复用户消息).
    """
    ensure_may(actor, Permission.EDIT_ACCOUNTS, account.agency)
    wanted = {"greeting": greeting.strip(), "welcome_back": welcome_back.strip()}
    for key, text in wanted.items():
        if len(text.encode()) > 2048:
            raise Refused(_("问候语太长，请控制在680个汉字以内。"), field=key)
    before = {key: getattr(account, key) for key in wanted}
    if before == wanted:
        return
    account.greeting, account.welcome_back = wanted["greeting"], wanted["welcome_back"]
    save_account(account, list(wanted), now)
    audit.record(actor, "account.greetings_set", account, before=before, after=wanted, now=now)


@transaction.atomic
def set_menu(
    account: Account,
    menu: Sequence[Mapping[str, Any]],
    *,
    replies: Mapping[str, MenuAnswer],
    actor: Actor,
    now: datetime,
) -> None:
    """Choose the menu and what its keys do; WeChat shows it once `create_menu` was called.

    `menu` is the `button` list of WeChat's own interface. Every key that a click sends needs an
    answer; answers without a key are refused too.
    """
    ensure_may(actor, Permission.EDIT_ACCOUNTS, account.agency)
    for fault, name in rules.menu_faults(menu):
        raise Refused(_menu_fault(fault, name), field="menu")
    keys = set(rules.menu_keys(menu))
    without = sorted(keys - set(replies))
    if without:
        raise Refused(_("菜单键“%s”还没有设置作用。") % without[0], field="menu")
    unused = sorted(set(replies) - keys)
    if unused:
        raise Refused(_("菜单中没有用到键“%s”。") % unused[0], field="menu")
    for key, answer in replies.items():
        if answer.does not in MenuReply.Does.values:
            raise Refused(_("菜单键“%s”的作用不存在。") % key, field="menu")
        if answer.does in {MenuReply.Does.SAY, MenuReply.Does.ASK} and not answer.text.strip():
            raise Refused(_("菜单键“%s”还没有内容。") % key, field="menu")
    before, account.menu = account.menu, [dict(button) for button in menu]
    save_account(account, ["menu"], now)
    account.menu_replies.all().delete()
    MenuReply.objects.bulk_create(
        MenuReply(account=account, key=key, does=answer.does, text=answer.text.strip())
        for key, answer in sorted(replies.items())
    )
    audit.record(actor, "account.menu_set", account, before=before, after=account.menu, now=now)


def _menu_fault(fault: BadMenu, name: str) -> str:
    match fault:
        case BadMenu.TOO_MANY_BUTTONS:
            return _("一级菜单最多3个。")
        case BadMenu.TOO_MANY_SUB_BUTTONS:
            return _("“%s”的二级菜单超过5个。") % name
        case BadMenu.NAME_MISSING:
            return _("有菜单没有名称。")
        case BadMenu.NAME_TOO_LONG:
            return _("菜单名称“%s”太长：一级最多5个汉字，二级最多20个汉字。") % name
        case BadMenu.KEY_MISSING:
            return _("菜单“%s”缺少键或素材编号。") % name
        case BadMenu.KEY_TOO_LONG:
            return _("菜单“%s”的键超过128字节。") % name
        case BadMenu.URL_BAD:
            return _("菜单“%s”的链接应以http开头，不超过1024字节。") % name
        case BadMenu.TYPE_UNKNOWN:
            return _("菜单“%s”的类型微信不支持。") % name


@transaction.atomic
def note_callback_verified(account_id: int, *, actor: Actor, now: datetime) -> None:
    """WeChat has verified the callback address with this account's token."""
    account = Account.objects.select_related("agency").get(pk=account_id)
    before, account.verified_callback_at = account.verified_callback_at, now
    save_account(account, ["verified_callback_at"], now)
    audit.record(actor, "account.callback_verified", account, before=before, after=now, now=now)


def _described(account: Account) -> dict[str, Any]:
    return {key: getattr(account, key) for key in _DESCRIBED}


def _validate(account: Account) -> None:
    if not account.name:
        raise Refused(_("请填写账号名称。"), field="name")
    if account.platform == Platform.WECHAT and not account.kind:
        raise Refused(_("请选择公众号或服务号。"), field="kind")
    if (
        account.is_verified
        and account.platform == Platform.WECHAT
        and account.principal == "person"
    ):
        raise Refused(_("个人主体的账号不能认证。"), field="principal")
    if account.original_id and not rules.is_good(rules.ORIGINAL_ID, account.original_id):
        raise Refused(_("原始ID应以gh_开头。"), field="original_id")
    try:
        account.clean_fields()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise Refused("".join(messages), field=field) from error
