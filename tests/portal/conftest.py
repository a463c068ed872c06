"""A browser inside the phone: WeChat's authorisation answered at the transport."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.http import HttpResponse
from django.test import Client

from minxin.wechat import Client as WeChatClient
from minxin.wechat import MemoryTokenStore
from tests.support.city import APP_ID, OPENID, City, build_city

HOST = "c1.localhost:8000"


@dataclass
class WeChat:
    """What WeChat says to a code: whose it is, once."""

    codes: dict[str, str] = field(default_factory=dict)
    is_snapshot: bool = False

    def answer(self, request: httpx.Request) -> httpx.Response:
        openid = self.codes.pop(request.url.params.get("code", ""), None)
        if openid is None:
            return httpx.Response(200, json={"errcode": 40029, "errmsg": "invalid code"})
        body = {
            "access_token": "t", "refresh_token": "r", "expires_in": 7200, "scope": "snsapi_base",
            "openid": openid, **({"is_snapshotuser": 1} if self.is_snapshot else {}),
        }  # fmt: skip
        return httpx.Response(200, json=body)


@pytest.fixture
def city(db: None, now: datetime) -> City:
    return build_city(now)


@pytest.fixture
def weixin(monkeypatch: pytest.MonkeyPatch) -> WeChat:
    """WeChat's side, in place of the network."""
    side = WeChat()

    def client_for(_account: object) -> WeChatClient:
        transport = httpx.MockTransport(side.answer)
        return WeChatClient(APP_ID, "5" * 32, store=MemoryTokenStore(), transport=transport)

    monkeypatch.setattr("minxin.accounts.clients.client_for", client_for)
    return side


class Browser(Client):
    """A browser on a phone's own host; `open` follows WeChat's way and back when asked to."""

    def __init__(self, side: WeChat, openid: str, host: str = HOST) -> None:
        super().__init__(headers={"host": host})
        self.side, self.openid = side, openid

    def allow(self, asked: Any) -> HttpResponse:
        """WeChat sends the browser back with a code of its own."""
        query = parse_qs(urlsplit(asked["Location"]).query)
        self.side.codes["code-" + query["state"][0]] = self.openid
        back = urlsplit(query["redirect_uri"][0])
        return self.get(  # type: ignore[return-value]
            back.path, {"code": "code-" + query["state"][0], "state": query["state"][0]}
        )

    def read(self, path: str) -> HttpResponse:
        """A page, with the silent sign-in where it is asked for."""
        answer = self.get(f"/m/{APP_ID}/{path}")
        if answer.status_code == 302 and "/connect/oauth2/authorize" in answer["Location"]:
            returned = self.allow(answer)
            assert returned.status_code == 302, returned.content
            answer = self.get(returned["Location"])
        return answer  # type: ignore[return-value]

    def send(self, path: str, **form: str) -> HttpResponse:
        """A form of a page."""
        return self.post(f"/m/{APP_ID}/{path}", form)  # type: ignore[return-value]


@pytest.fixture
def xiaolin(city: City, weixin: WeChat) -> Browser:
    """小林's phone."""
    return Browser(weixin, OPENID)


@pytest.fixture
def stranger(city: City, weixin: WeChat) -> Browser:
    """Another follower's phone."""
    return Browser(weixin, "oStranger0000000000000001", "c2.localhost:8000")
