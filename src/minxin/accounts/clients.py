"""The API clients of accounts: shared by threads, their tokens by processes, their calls metered."""

import contextlib
import functools

import httpx
from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _

from minxin import wechat
from minxin.accounts import authorizers
from minxin.accounts.metering import MeteredTransport
from minxin.accounts.models import Account, Authorization
from minxin.accounts.tokens import RowTokenStore
from minxin.core.crypto import CannotUnseal, seal, unseal
from minxin.core.errors import NotFound
from minxin.wechat import calls

REMEMBERED = 2.0  # seconds that who sends in bulk keeps a token without a look at its row


def given_of(account: Account) -> Authorization | None:
    """What the account gave a platform, if it stands."""
    given: Authorization | None = getattr(account, "authorization", None)
    return given if given is not None and given.revoked_at is None else None


def client_for(
    account: Account, *, has_taken: bool = False, is_urgent: bool = False
) -> wechat.Client:
    """The client of an account: shared by all threads of the process, its token by all processes.

    Its calls are spent from the account's budgets and raise `BudgetSpent` when nothing is left.
    `has_taken`: for a caller that has reserved what it sends by `actions.take`; the ledger then only
    learns from WeChat's refusals. `is_urgent`: its calls may spend what is kept for urgent notices.
    Its own AppSecret comes first, then what it gave a third-party platform. Do not close it. Raises
    `NotFound` when the account has neither.
    """
    if account.app_id and account.secret:
        base_url: str = settings.MINXIN_WECHAT_API
        return _client(account.pk, account.app_id, account.secret, base_url, has_taken, is_urgent)
    if account.app_id and given_of(account) is not None:
        base_url = settings.MINXIN_WECHAT_API
        return _authorized_client(account.pk, account.app_id, base_url, has_taken, is_urgent)
    raise NotFound(_("这个账号没有登记AppID和AppSecret，无法调用微信接口。"))


def oauth_platform(account: Account) -> str:
    """The AppID of the platform through which citizens of this account are recognised on the web;
    empty when the account's own AppSecret serves."""
    given = None if account.secret else given_of(account)
    return "" if given is None else given.platform.app_id


def openid_of_code(account: Account, code: str) -> tuple[str, bool]:
    """Whose web authorisation code this is, and whether WeChat made her up for its preview page.

    Raises `WeChatError`, `WeChatUnreachable`, or `NotFound` for an account without credentials.
    """
    through = oauth_platform(account)
    if not through:
        token = client_for(account).exchange_code(code)
        return token.openid, token.is_snapshot
    client = authorizers.platform_client(through, settings.MINXIN_WECHAT_API)
    found = client.call(calls.platforms.citizen_of_code(through, account.app_id or "", code))
    return found.openid, bool(found.is_snapshotuser)


def js_ticket(account: Account) -> str:
    """The ticket that signs the pages of an account for WeChat's JS-SDK: kept sealed for all processes
    until shortly before it ends. Raises `WeChatError`, `WeChatUnreachable`, `NotFound`."""
    key = f"js_ticket:{account.pk}:{account.app_id}"
    if sealed := cache.get(key):
        with contextlib.suppress(CannotUnseal):
            return unseal(sealed)
    told = client_for(account).call(calls.codes.js_ticket())
    cache.set(key, seal(told.ticket), max(1, told.expires_in - 300))
    return told.ticket


def client_of(app_id: str) -> wechat.Client:
    """As `client_for`, by AppID. Raises `NotFound` for one that is not registered."""
    account = Account.objects.filter(app_id=app_id).first()
    if account is None:
        raise NotFound
    return client_for(account)


@functools.lru_cache(maxsize=512)
def _client(
    account_id: int, app_id: str, secret: str, base_url: str, has_taken: bool, is_urgent: bool
) -> wechat.Client:
    store = RowTokenStore(remembered=REMEMBERED if has_taken else 0.0)
    metered = _metered(account_id, has_taken, is_urgent)
    return wechat.Client(app_id, secret, store=store, base_url=base_url, transport=metered)


@functools.lru_cache(maxsize=512)
def _authorized_client(
    account_id: int, app_id: str, base_url: str, has_taken: bool, is_urgent: bool
) -> wechat.Client:
    metered = _metered(account_id, has_taken, is_urgent)
    return authorizers.client_for(app_id, base_url, transport=metered)


@functools.cache
def _kept() -> wechat.KeptConnections:
    """One for all accounts, for they all call the same place: a connection for each thread, not for
    each thread and account."""
    return wechat.KeptConnections()


def _metered(account_id: int, has_taken: bool, is_urgent: bool) -> MeteredTransport:
    inner = _kept() if has_taken else httpx.HTTPTransport(trust_env=False)
    return MeteredTransport(account_id, inner, has_taken=has_taken, is_urgent=is_urgent)
