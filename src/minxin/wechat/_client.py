"""Calls to WeChat: a thin client, sync and async, over one description of the exchange."""

import asyncio
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from minxin.wechat._call import RETRIES, Call
from minxin.wechat._errors import WeChatUnreachable
from minxin.wechat._exchange import (
    BASE_URL,
    Exchange,
    Exchanges,
    OAuthToken,
    Renew,
    Send,
    Wait,
    unreachable,
)
from minxin.wechat._payloads import menu_payload, news_payload, text_payload
from minxin.wechat._replies import Article
from minxin.wechat._tokens import Token, TokenStore

T = TypeVar("T")


class Client(Exchanges):
    """The sync client. Raises `WeChatError` for an errcode, `WeChatUnreachable` for no answer.

    `obtain` gets a fresh token where there is no AppSecret: of a third-party platform, or through one.
    """

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
        sleep: Callable[[float], None] = time.sleep,
        obtain: Callable[[], Token] | None = None,
    ) -> None:
        super().__init__(app_id, secret, store=store, base_url=base_url, clock=clock)
        self._sleep = sleep
        self._obtain = obtain or self.obtain_token
        # Straight to the transport: no cookies, redirects or logins here, which `httpx.Client` would
        # look for with every call, at half of what the call itself costs us.
        self._transport = transport or httpx.HTTPTransport(trust_env=False)
        self._limits = httpx.Timeout(timeout).as_dict()

    def close(self) -> None:
        self._transport.close()

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
        request.extensions["timeout"] = self._limits
        try:
            response = self._transport.handle_request(request)
            response.read()
        except httpx.HTTPError as error:
            raise unreachable(error) from None  # the request carries the token
        response.request = request
        return response

    def _renew(self, stale: Token | None) -> Token:
        return self._store.renew(self.app_id, stale, self._obtain)

    def renew_token(self) -> Token:
        """Ask for a token anew, however good the kept one is, and keep it."""
        return self._renew(self._store.get(self.app_id))

    def obtain_token(self) -> Token:
        """Ask WeChat for a token with AppID and AppSecret; the stable one, so nobody loses his."""
        return self._token_from(self._send(self._token_request()))

    def _run(self, exchange: Exchange[T]) -> T:
        try:
            step = next(exchange)
            while True:
                try:
                    match step:
                        case Send(request):
                            found: Any = self._send(request)
                        case Renew(stale):
                            found = self._renew(stale)
                        case Wait(seconds):
                            self._sleep(seconds)
                            found = None
                except WeChatUnreachable as error:
                    step = exchange.throw(error)
                else:
                    step = exchange.send(found)
        except StopIteration as done:
            result: T = done.value
            return result

    def call(self, call: Call[T], *, retries: int = RETRIES) -> T:
        """One call of `minxin.wechat.calls`; what it answers. `retries`: 0 for who has his own pauses."""
        return self._run(self._patient(call, retries))

    def get(self, path: str, **params: Any) -> dict[str, Any]:
        """GET a path with the access token."""
        return self._run(self._plain("GET", path, params, None))

    def post(self, path: str, payload: Any, **params: Any) -> dict[str, Any]:
        """POST JSON to a path with the access token."""
        return self._run(self._plain("POST", path, params, payload))

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


class AsyncClient(Exchanges):
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
            raise unreachable(error) from None

    async def _renew(self, stale: Token | None) -> Token:
        loop = asyncio.get_running_loop()

        def fetch() -> Token:
            sending = asyncio.run_coroutine_threadsafe(self._send(self._token_request()), loop)
            return self._token_from(sending.result())

        return await asyncio.to_thread(self._store.renew, self.app_id, stale, fetch)

    async def _run(self, exchange: Exchange[T]) -> T:
        try:
            step = next(exchange)
            while True:
                try:
                    match step:
                        case Send(request):
                            found: Any = await self._send(request)
                        case Renew(stale):
                            found = await self._renew(stale)
                        case Wait(seconds):
                            await asyncio.sleep(seconds)
                            found = None
                except WeChatUnreachable as error:
                    step = exchange.throw(error)
                else:
                    step = exchange.send(found)
        except StopIteration as done:
            result: T = done.value
            return result

    async def call(self, call: Call[T], *, retries: int = RETRIES) -> T:
        """One call of `minxin.wechat.calls`; what it answers. `retries`: 0 for who has his own pauses."""
        return await self._run(self._patient(call, retries))

    async def get(self, path: str, **params: Any) -> dict[str, Any]:
        return await self._run(self._plain("GET", path, params, None))

    async def post(self, path: str, payload: Any, **params: Any) -> dict[str, Any]:
        return await self._run(self._plain("POST", path, params, payload))

    async def send(self, payload: dict[str, Any]) -> None:
        await self.post("/cgi-bin/message/custom/send", payload)

    async def send_text(self, openid: str, content: str) -> None:
        await self.send(text_payload(openid, content))

    async def exchange_code(self, code: str) -> OAuthToken:
        return self._oauth_token_from(await self._send(self._oauth_request(code)))
