"""Third-party platforms and what accounts gave them. A refresh token is committed before it is used."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from minxin.accounts import rules
from minxin.accounts.models import (
    AccessToken,
    Account,
    Authorization,
    PlatformToken,
    ThirdPartyPlatform,
)
from minxin.agencies import audit
from minxin.agencies.models import Agency
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.core.actors import Actor
from minxin.core.errors import Refused


@transaction.atomic
def keep_platform(
    platform: ThirdPartyPlatform | None,
    *,
    agency: Agency,
    name: str,
    app_id: str,
    secret: str | None = None,
    token: str | None = None,
    aes_key: str | None = None,
    actor: Actor,
    now: datetime,
) -> ThirdPartyPlatform:
    """Enter a third-party platform, or change one; None keeps the secret that is there.

    Its notices and messages are always encrypted, so all three secrets are needed.
    """
    ensure_may(actor, Permission.EDIT_ACCOUNTS, agency)
    if platform is not None:
        ensure_may(actor, Permission.EDIT_ACCOUNTS, platform.agency)
    before = {"name": platform.name, "app_id": platform.app_id} if platform else None
    given = {"secret": secret, "token": token, "aes_key": aes_key}
    fresh = {key: value.strip() for key, value in given.items() if value and value.strip()}
    if not name.strip():
        raise Refused(_("请填写名称。"), field="name")
    app_id = app_id.strip()
    _ensure_good(platform, app_id, fresh)
    is_other = platform is not None and (
        platform.app_id != app_id or fresh.get("secret", platform.secret) != platform.secret
    )
    if platform is not None and platform.app_id != app_id and platform.authorizations.exists():
        raise Refused(_("已有账号授权给这个平台，AppID不能再改。"), field="app_id")
    kept = platform or ThirdPartyPlatform(created_at=now)
    kept.agency, kept.name, kept.app_id = agency, name.strip(), app_id
    for key, value in fresh.items():
        setattr(kept, key, value)
    kept.revision = 1 if platform is None else platform.revision + 1
    kept.save()
    if is_other:
        PlatformToken.objects.filter(platform=kept).delete()
    audit.record(
        actor,
        "platform.kept",
        kept,
        before=before,
        after={"name": kept.name, "app_id": app_id, "replaced": sorted(fresh)},
        now=now,
    )
    return kept


def _ensure_good(platform: ThirdPartyPlatform | None, app_id: str, fresh: dict[str, str]) -> None:
    if not rules.is_good(rules.APP_ID, app_id):
        raise Refused(_("AppID应以wx开头，共18个字符，请在微信开放平台核对。"), field="app_id")
    others = ThirdPartyPlatform.objects.filter(app_id=app_id)
    if platform is not None:
        others = others.exclude(pk=platform.pk)
    if others.exists() or Account.objects.filter(app_id=app_id).exists():
        raise Refused(_("这个AppID已经登记过。"), field="app_id")
    missing = [
        key for key in ("secret", "token", "aes_key") if platform is None and key not in fresh
    ]
    if missing:
        raise Refused(_("第三方平台的三项密钥都要填写。"), field=missing[0])
    forms = {"secret": rules.SECRET, "token": rules.TOKEN, "aes_key": rules.AES_KEY}
    for key, value in fresh.items():
        if not rules.is_good(forms[key], value):
            raise Refused(_("格式不对，请从微信开放平台重新复制。"), field=key)


def keep_ticket(platform_app_id: str, ticket: str, *, now: datetime) -> None:
    """Keep the ticket that WeChat pushes every ten minutes."""
    ThirdPartyPlatform.objects.filter(app_id=platform_app_id).update(ticket=ticket, ticket_at=now)


@transaction.atomic
def keep_code(
    platform_app_id: str, app_id: str, code: str, *, actor: Actor, now: datetime
) -> Authorization:
    """Keep an authorization code before anybody redeems it; an account of that AppID is linked."""
    platform = ThirdPartyPlatform.objects.get(app_id=platform_app_id)
    row, is_new = Authorization.objects.get_or_create(platform=platform, app_id=app_id)
    if code and code != row.last_code:  # else it was redeemed already
        row.code, row.last_code, row.code_at = code, code, now
        row.save(update_fields=["code", "last_code", "code_at"])
    _link_by_app_id(row)
    audit.record(
        actor,
        "authorization.received" if is_new else "authorization.renewed",
        row.account or app_id,
        agency=None if row.account else platform.agency,
        after={"app_id": app_id, "platform": platform.name},
        now=now,
    )
    return row


@transaction.atomic
def keep_authorization(
    platform_app_id: str,
    app_id: str,
    *,
    refresh_token: str,
    functions: Sequence[int],
    actor: Actor,
    now: datetime,
) -> Authorization:
    """Keep what a code was redeemed for; the refresh token before stays as the former one."""
    platform = ThirdPartyPlatform.objects.get(app_id=platform_app_id)
    row, _is_new = Authorization.objects.get_or_create(platform=platform, app_id=app_id)
    if row.refresh_token != refresh_token:
        row.former_refresh_token, row.refresh_token = row.refresh_token, refresh_token
        row.generation = F("generation") + 1
    row.code, row.code_at, row.revoked_at = None, None, None
    row.functions, row.authorized_at, row.renewed_at = list(functions), now, now
    row.save()
    row.refresh_from_db()
    _link_by_app_id(row)
    audit.record(
        actor,
        "authorization.kept",
        row.account or app_id,
        agency=None if row.account else platform.agency,
        after={"app_id": app_id, "platform": platform.name, "functions": list(functions)},
        now=now,
    )
    return row


def _link_by_app_id(row: Authorization) -> None:
    if row.account_id is None:
        account = Account.objects.filter(app_id=row.app_id, authorization=None).first()
        if account is not None:
            row.account = account
            row.save(update_fields=["account"])
    if row.account_id is not None:
        AccessToken.objects.filter(account_id=row.account_id, account__secret__isnull=True).delete()
        _tell_the_gateways(row.account_id)


@transaction.atomic
def link_authorization(
    row: Authorization,
    *,
    agency: Agency,
    name: str,
    kind: str,
    is_verified: bool,
    original_id: str,
    actor: Actor,
    now: datetime,
) -> Account:
    """Enter the account that authorised into the register of an agency, or link the one entered."""
    from minxin.accounts.actions.register import register

    account = Account.objects.filter(app_id=row.app_id).first()
    if account is None:
        account = register(
            agency=agency,
            name=name,
            kind=kind,
            is_verified=is_verified,
            original_id=original_id,
            actor=actor,
            now=now,
        )
        account.app_id = row.app_id
        account.verified_callback_at = now
        account.save(update_fields=["app_id", "verified_callback_at"])
    ensure_may(actor, Permission.EDIT_ACCOUNTS, account.agency)
    if row.account_id != account.pk:
        row.account = account
        row.save(update_fields=["account"])
    _tell_the_gateways(account.pk)
    audit.record(
        actor,
        "authorization.linked",
        account,
        after={"app_id": row.app_id, "platform": row.platform.name},
        now=now,
    )
    return account


@transaction.atomic
def withdraw_authorization(
    platform_app_id: str, app_id: str, *, actor: Actor, now: datetime
) -> None:
    """The account's administrator took it back: no messages, no calls; the row stays."""
    row = (
        Authorization.objects.select_related("platform", "account__agency")
        .filter(platform__app_id=platform_app_id, app_id=app_id, revoked_at=None)
        .first()
    )
    if row is None:
        return
    row.revoked_at, row.code, row.code_at = now, None, None
    row.save(update_fields=["revoked_at", "code", "code_at"])
    if row.account_id is not None:
        AccessToken.objects.filter(account_id=row.account_id, account__secret__isnull=True).delete()
        _tell_the_gateways(row.account_id)
    audit.record(
        actor,
        "authorization.withdrawn",
        row.account or app_id,
        agency=None if row.account else row.platform.agency,
        after={"app_id": app_id, "platform": row.platform.name},
        now=now,
    )


def _tell_the_gateways(account_id: int) -> None:
    Account.objects.filter(pk=account_id).update(revision=F("revision") + 1)
