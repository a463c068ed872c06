"""How a call to WeChat goes, told in steps, so that the sync and the async client go the same way."""

import json
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx

from minxin.wechat._call import Call, pause
from minxin.wechat._errors import EXPIRED, WeChatError, WeChatUnreachable, split_rid
from minxin.wechat._tokens import Token, TokenStore

BASE_URL = "https://api.weixin.qq.com"
# A token this close to its end is renewed before it is used; WeChat keeps the old one for 5 minutes.
MARGIN = 120.0


@dataclass(frozen=True, slots=True)
class OAuthToken:
    """What a web authorisation code was worth."""

    openid: str
    scope: str
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_in: int
    unionid: str | None = None
    is_snapshot: bool = False


@dataclass(frozen=True, slots=True)
class Send:
    """A step: send this request."""

    request: httpx.Request


@dataclass(frozen=True, slots=True)
class Renew:
    """A step: replace this token."""

    stale: Token | None


@dataclass(frozen=True, slots=True)
class Wait:
    """A step: let some seconds pass."""

    seconds: float


T = TypeVar("T")
Exchange = Generator[Send | Renew | Wait, Any, T]


def _answer(response: httpx.Response) -> dict[str, Any]:
    """The JSON object of an answer; `WeChatError` for an errcode, whatever the HTTP status."""
    try:
        found = json.loads(response.content)
    except ValueError as error:
        raise WeChatUnreachable(
            f"an answer with status {response.status_code} that is not JSON", may_have_happened=True
        ) from error
    if not isinstance(found, dict):
        raise WeChatUnreachable("an answer that is no JSON object", may_have_happened=True)
    code = found.get("errcode", 0)
    if code:
        message, rid = split_rid(str(found.get("errmsg", "")))
        raise WeChatError(int(code), message, rid)
    return found


class Exchanges:
    """What both clients share: how requests are built and how one call goes."""

    def __init__(
        self,
        app_id: str,
        secret: str,
        *,
        store: TokenStore,
        base_url: str = BASE_URL,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.app_id = app_id
        self._secret = secret
        self._store = store
        self._base_url = base_url.rstrip("/")
        self._clock = clock

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.app_id!r})"

    def _build(self, method: str, path: str, params: dict[str, Any], payload: Any) -> httpx.Request:
        content = None
        headers = {}
        if payload is not None:
            # WeChat shows \uXXXX to people as it stands, so Chinese goes out as UTF-8.
            content = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
            headers["content-type"] = "application/json; charset=utf-8"
        return httpx.Request(
            method, self._base_url + path, params=params, content=content, headers=headers
        )

    def _exchange(
        self, build: Callable[[str], httpx.Request], read: Callable[[httpx.Response], T]
    ) -> Exchange[T]:
        """One call with at most one renewal, however often WeChat refuses the token."""
        token = self._store.get(self.app_id)
        if token is None or not token.is_valid(self._clock() + MARGIN):
            token = yield Renew(token)
            is_renewed = True
        else:
            is_renewed = False
        while True:
            assert token is not None  # noqa: S101  (a renewal gives one or raises)
            response = yield Send(build(token.value))
            try:
                return read(response)
            except WeChatError as error:
                if error.code not in EXPIRED or is_renewed:
                    raise
            token = yield Renew(token)
            is_renewed = True

    def _plain(
        self, method: str, path: str, params: dict[str, Any], payload: Any
    ) -> Exchange[dict[str, Any]]:
        def build(token: str) -> httpx.Request:
            return self._build(method, path, {**params, "access_token": token}, payload)

        return self._exchange(build, _answer)

    def _patient(self, call: Call[T], retries: int) -> Exchange[T]:
        """A call, tried again a little later, at most so many times, and only where that is safe."""
        retry = 0
        while True:
            try:
                if call.by == "nobody":
                    response = yield Send(call.request(self._base_url, ""))
                    return call.read(response)
                return (
                    yield from self._exchange(
                        lambda token: call.request(self._base_url, token), call.read
                    )
                )
            except (WeChatError, WeChatUnreachable) as error:
                if retry >= retries or not call.may_repeat(error):
                    raise
            yield Wait(pause(retry))
            retry += 1

    def _token_request(self) -> httpx.Request:
        payload = {
            "grant_type": "client_credential",
            "appid": self.app_id,
            "secret": self._secret,
            "force_refresh": False,
        }
        return self._build("POST", "/cgi-bin/stable_token", {}, payload)

    def _token_from(self, response: httpx.Response) -> Token:
        found = _answer(response)
        return Token(str(found["access_token"]), self._clock() + float(found["expires_in"]))

    def _oauth_request(self, code: str) -> httpx.Request:
        params = {
            "appid": self.app_id,
            "secret": self._secret,
            "code": code,
            "grant_type": "authorization_code",
        }
        return self._build("GET", "/sns/oauth2/access_token", params, None)

    @staticmethod
    def _oauth_token_from(response: httpx.Response) -> OAuthToken:
        found = _answer(response)
        return OAuthToken(
            openid=str(found["openid"]),
            scope=str(found.get("scope", "")),
            access_token=str(found["access_token"]),
            refresh_token=str(found.get("refresh_token", "")),
            expires_in=int(found.get("expires_in", 7200)),
            unionid=found.get("unionid"),
            is_snapshot=bool(found.get("is_snapshotuser")),
        )


def unreachable(error: httpx.HTTPError) -> WeChatUnreachable:
    """What a transport error means: whether the call may have happened."""
    before_sending = isinstance(
        error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
    )
    return WeChatUnreachable(type(error).__name__, may_have_happened=not before_sending)
