"""Calls to WeChat: a thin client, sync and async, over one description of the exchange."""

import asyncio
import json
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import httpx

from minxin.wechat._errors import EXPIRED, WeChatError, WeChatUnreachable, split_rid
from minxin.wechat._replies import Article
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
class _Send:
    """A step: send this request."""

    request: httpx.Request


@dataclass(frozen=True, slots=True)
class _Renew:
    """A step: replace this token."""

    stale: Token | None


_Exchange = Generator[_Send | _Renew, Any, dict[str, Any]]


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


class _Calls:
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

    def _exchange(self, method: str, path: str, params: dict[str, Any], payload: Any) -> _Exchange:
        """One call with at most one renewal, however often WeChat refuses the token."""
        token = self._store.get(self.app_id)
        if token is None or not token.is_valid(self._clock() + MARGIN):
            token = yield _Renew(token)
            is_renewed = True
        else:
            is_renewed = False
        while True:
            assert token is not None  # noqa: S101  (a renewal gives one or raises)
            query = {**params, "access_token": token.value}
            response = yield _Send(self._build(method, path, query, payload))
            try:
                return _answer(response)
            except WeChatError as error:
                if error.code not in EXPIRED or is_renewed:
                    raise
            token = yield _Renew(token)
            is_renewed = True

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


def text_payload(openid: str, content: str) -> dict[str, Any]:
    """A customer-service message of words."""
    return {"touser": openid, "msgtype": "text", "text": {"content": content}}


def news_payload(openid: str, article: Article) -> dict[str, Any]:
    """A customer-service message of one article card."""
    card = {
        "title": article.title,
        "description": article.description,
        "url": article.url,
        "picurl": article.picture_url,
    }
    return {"touser": openid, "msgtype": "news", "news": {"articles": [card]}}


def menu_payload(
    openid: str, head: str, items: Sequence[tuple[str, str]], tail: str
) -> dict[str, Any]:
    """A customer-service message with choices to tap: (id, words) each."""
    choices = [{"id": key, "content": words} for key, words in items]
    menu = {"head_content": head, "list": choices, "tail_content": tail}
    return {"touser": openid, "msgtype": "msgmenu", "msgmenu": menu}


def _unreachable(error: httpx.HTTPError) -> WeChatUnreachable:
    before_sending = isinstance(
        error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
    )
    return WeChatUnreachable(type(error).__name__, may_have_happened=not before_sending)


class Client(_Calls):
    """The sync client. Raises `WeChatError` for an errcode, `WeChatUnreachable` for no answer."""

    def __init__(
        self,
        app_id: str,
        secret: str,
        *,
        store: TokenStore,
        base_url: str = BASE_URL,
        transport: httpx.BaseTransport | None = None,
        timeout: float = 5.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(app_id, secret, store=store, base_url=base_url, clock=clock)
        self._http = httpx.Client(transport=transport, timeout=timeout, trust_env=False)

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _send(self, request: httpx.Request) -> httpx.Response:
        try:
            return self._http.send(request)
        except httpx.HTTPError as error:
            raise _unreachable(error) from None  # the request carries the token

    def _renew(self, stale: Token | None) -> Token:
        return self._store.renew(
            self.app_id, stale, lambda: self._token_from(self._send(self._token_request()))
        )

    def _call(self, method: str, path: str, params: dict[str, Any], payload: Any) -> dict[str, Any]:
        exchange = self._exchange(method, path, params, payload)
        try:
            step = next(exchange)
            while True:
                match step:
                    case _Send(request):
                        step = exchange.send(self._send(request))
                    case _Renew(stale):
                        step = exchange.send(self._renew(stale))
        except StopIteration as done:
            result: dict[str, Any] = done.value
            return result

    def get(self, path: str, **params: Any) -> dict[str, Any]:
        """GET a path with the access token."""
        return self._call("GET", path, params, None)

    def post(self, path: str, payload: Any, **params: Any) -> dict[str, Any]:
        """POST JSON to a path with the access token."""
        return self._call("POST", path, params, payload)

    def send(self, payload: dict[str, Any]) -> None:
        """Send a customer-service message made by one of the `*_payload` functions."""
        self.post("/cgi-bin/message/custom/send", payload)

    def send_text(self, openid: str, content: str) -> None:
        self.send(text_payload(openid, content))

    def send_news(self, openid: str, article: Article) -> None:
        self.send(news_payload(openid, article))

    def send_menu(
        self, openid: str, head: str, items: Sequence[tuple[str, str]], tail: str
    ) -> None:
        self.send(menu_payload(openid, head, items, tail))

    def typing(self, openid: str, *, is_typing: bool = True) -> None:
        command = "Typing" if is_typing else "CancelTyping"
        self.post("/cgi-bin/message/custom/typing", {"touser": openid, "command": command})

    def user_info(self, openid: str) -> dict[str, Any]:
        """What WeChat tells of a follower: no nickname and no avatar since 2021-12-27."""
        return self.get("/cgi-bin/user/info", openid=openid, lang="zh_CN")

    def create_menu(self, buttons: Sequence[dict[str, Any]]) -> None:
        self.post("/cgi-bin/menu/create", {"button": list(buttons)})

    def get_menu(self) -> dict[str, Any]:
        return self.get("/cgi-bin/menu/get")

    def delete_menu(self) -> None:
        self.get("/cgi-bin/menu/delete")

    def exchange_code(self, code: str) -> OAuthToken:
        """Whose authorisation code this is. A code works once, for five minutes."""
        return self._oauth_token_from(self._send(self._oauth_request(code)))


class AsyncClient(_Calls):
    """The async client. The token store is asked in a thread: it may wait for another process."""

    def __init__(
        self,
        app_id: str,
        secret: str,
        *,
        store: TokenStore,
        base_url: str = BASE_URL,
        transport: httpx.AsyncBaseTransport | None = None,
        timeout: float = 5.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(app_id, secret, store=store, base_url=base_url, clock=clock)
        self._http = httpx.AsyncClient(transport=transport, timeout=timeout, trust_env=False)

    async def aclose(self) -> None:
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def _send(self, request: httpx.Request) -> httpx.Response:
        try:
            return await self._http.send(request)
        except httpx.HTTPError as error:
            raise _unreachable(error) from None

    async def _renew(self, stale: Token | None) -> Token:
        loop = asyncio.get_running_loop()

        def fetch() -> Token:
            sending = asyncio.run_coroutine_threadsafe(self._send(self._token_request()), loop)
            return self._token_from(sending.result())

        return await asyncio.to_thread(self._store.renew, self.app_id, stale, fetch)

    async def _call(
        self, method: str, path: str, params: dict[str, Any], payload: Any
    ) -> dict[str, Any]:
        exchange = self._exchange(method, path, params, payload)
        try:
            step = next(exchange)
            while True:
                match step:
                    case _Send(request):
                        step = exchange.send(await self._send(request))
                    case _Renew(stale):
                        step = exchange.send(await self._renew(stale))
        except StopIteration as done:
            result: dict[str, Any] = done.value
            return result

    async def get(self, path: str, **params: Any) -> dict[str, Any]:
        return await self._call("GET", path, params, None)

    async def post(self, path: str, payload: Any, **params: Any) -> dict[str, Any]:
        return await self._call("POST", path, params, payload)

    async def send(self, payload: dict[str, Any]) -> None:
        await self.post("/cgi-bin/message/custom/send", payload)

    async def send_text(self, openid: str, content: str) -> None:
        await self.send(text_payload(openid, content))

    async def exchange_code(self, code: str) -> OAuthToken:
        return self._oauth_token_from(await self._send(self._oauth_request(code)))
