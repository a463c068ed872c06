"""Third-party platforms at work: their own token, the tokens of the accounts that authorised them.

An authorizer's refresh token is never used before it is committed, and the one before it is kept.
Whatever is lost between WeChat's answer and the commit (the process was killed) is still in WeChat's
list of authorizers, and is taken from there (`recovered`).
"""

from __future__ import annotations

import functools
import time
from datetime import UTC, datetime

import httpx
from django.db import transaction
from django.db.models import F

from minxin import wechat
from minxin.accounts.models import Authorization, ThirdPartyPlatform
from minxin.accounts.tokens import RowTokenStore
from minxin.agencies import audit
from minxin.core.actors import System
from minxin.core.errors import NotFound
from minxin.wechat.calls import platforms as calls

_BAD_REFRESH_TOKEN = 61023
# A renewal of an authorizer's token may make several calls: the platform's token, the renewal, the
# list. The lease is longer than all of them may take, and who waits is more patient than the lease.
LEASE, PATIENCE = 60.0, 70.0
_PAGE = 500


@functools.lru_cache(maxsize=16)
def platform_client(app_id: str, base_url: str) -> wechat.Client:
    """The client that calls as the platform itself. Do not close it."""
    client: wechat.Client

    def obtain() -> wechat.Token:
        platform = ThirdPartyPlatform.objects.get(app_id=app_id)
        if not platform.ticket:
            raise NoTicket
        asked = calls.token(app_id, platform.secret or "", platform.ticket)
        found = client.call(asked)
        return wechat.Token(found.component_access_token, time.time() + found.expires_in)

    client = wechat.Client(
        app_id,
        "",
        store=RowTokenStore(of_platforms=True, lease=LEASE, patience=PATIENCE),
        base_url=base_url,
        obtain=obtain,
    )
    return client


class NoTicket(wechat.WeChatUnreachable):
    """WeChat has not pushed the platform's ticket yet; it does so every ten minutes."""

    def __init__(self) -> None:
        super().__init__("no component_verify_ticket yet", may_have_happened=False)


def client_for(
    app_id: str, base_url: str, *, transport: httpx.BaseTransport | None = None
) -> wechat.Client:
    """A client of an account that authorised a platform."""
    return wechat.Client(
        app_id,
        "",
        store=RowTokenStore(lease=LEASE, patience=PATIENCE),
        base_url=base_url,
        obtain=functools.partial(_renewed, app_id, base_url),
        transport=transport,
    )


def _renewed(app_id: str, base_url: str) -> wechat.Token:
    """A fresh token of an authorizer. The store's lease makes it the only renewal under way."""
    row = (
        Authorization.objects.select_related("platform")
        .filter(account__app_id=app_id, revoked_at=None)
        .first()
    )
    if row is None:
        raise NotFound
    client = platform_client(row.platform.app_id, base_url)
    if not row.refresh_token:
        row = recovered(row, client)
    try:
        found = client.call(calls.renew(row.platform.app_id, app_id, row.refresh_token or ""))
    except wechat.WeChatError as error:
        if error.code != _BAD_REFRESH_TOKEN:
            raise
        row = recovered(row, client)
        found = client.call(calls.renew(row.platform.app_id, app_id, row.refresh_token or ""))
    keep_renewed(row, found.authorizer_refresh_token, now=_now())
    return wechat.Token(found.authorizer_access_token, time.time() + found.expires_in)


def recovered(row: Authorization, client: wechat.Client) -> Authorization:
    """The authorization with the refresh token that WeChat lists for it, committed.

    Raises `NotFound` when WeChat does not list the account: it no longer authorises the platform.
    """
    offset = 0
    while True:
        page = client.call(calls.page(row.platform.app_id, offset=offset, count=_PAGE))
        for each in page.list:
            if each.authorizer_appid == row.app_id:
                _keep_recovered(row, each.refresh_token)
                return Authorization.objects.select_related("platform").get(pk=row.pk)
        offset += _PAGE
        if offset >= page.total_count:
            raise NotFound


def keep_renewed(row: Authorization, refresh_token: str, *, now: datetime) -> bool:
    """Keep the refresh token that a renewal brought; whether it was kept.

    Nothing is written over a newer one: the row must still be of the generation that was used.
    """
    same = Authorization.objects.filter(pk=row.pk, generation=row.generation)
    if row.refresh_token == refresh_token:
        return bool(same.update(renewed_at=now))
    return bool(
        same.update(
            former_refresh_token=row.refresh_token,
            refresh_token=refresh_token,
            generation=F("generation") + 1,
            renewed_at=now,
        )
    )


@transaction.atomic
def _keep_recovered(row: Authorization, refresh_token: str) -> None:
    now = _now()
    if keep_renewed(row, refresh_token, now=now):
        Authorization.objects.filter(pk=row.pk).update(code=None, code_at=None, revoked_at=None)
        audit.record(
            System("accounts"),
            "authorization.recovered",
            row.account or row.app_id,
            agency=None if row.account else row.platform.agency,
            after={"app_id": row.app_id},
            now=now,
        )


def _now() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)
