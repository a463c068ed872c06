"""What is logged, however loudly, holds no secret, no token, no openid, no telephone number."""

import logging
import time
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.test import Client

from minxin import wechat
from minxin.accounts.models import Account
from minxin.accounts.queries import client_for
from minxin.conversations import actions as conversations
from minxin.conversations import courier
from minxin.conversations.contents import TextContent
from minxin.conversations.models import Outgoing
from minxin.core.actors import System
from tests.support.city import OPENID, City, build_city

pytestmark = pytest.mark.django_db

PHONE, WORDS, PASSWORD = "13800138000", "我家的猫雪球走丢了", "Falsch-2026-geheim"


@pytest.fixture
def city(db: None, now: datetime) -> City:
    return build_city(now)


@pytest.fixture
def loud(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG)
    for name in ("minxin", "django", "axes", "allauth", "granian"):
        caplog.set_level(logging.DEBUG, logger=name)
    for name in ("httpx", "httpcore"):  # addresses carry tokens: settings keep these quiet
        assert settings.LOGGING["loggers"][name] == {"level": "WARNING"}
        caplog.set_level(logging.WARNING, logger=name)
    return caplog


def _secrets(city: City) -> list[str]:
    account = Account.objects.get(pk=city.account.pk)
    kept = [account.secret, account.token, account.aes_key, OPENID, PHONE, WORDS, PASSWORD]
    assert all(kept)
    return [str(one) for one in kept]


def _said(loud: pytest.LogCaptureFixture) -> str:
    return "\n".join(
        f"{record.name} {record.getMessage()} {record.exc_text or ''} {record.__dict__.get('args')}"
        for record in loud.records
    )


class WeChat(httpx.BaseTransport):
    """Answers every call with the same; remembers the tokens it gave."""

    def __init__(self, answer: dict[str, Any] | Exception) -> None:
        self.answer = answer

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("token"):
            return httpx.Response(
                200, json={"access_token": "T0KEN-NOBODY-SEES", "expires_in": 7200}
            )
        if isinstance(self.answer, Exception):
            raise self.answer
        return httpx.Response(200, json=self.answer)


@pytest.mark.parametrize(
    "answer",
    [
        {"errcode": 40001, "errmsg": "invalid credential rid: 1-2-3"},
        {"errcode": 45015, "errmsg": "out of time rid: 1-2-3"},
        {"errcode": 99999, "errmsg": "who knows"},
        httpx.ReadTimeout("slow"),
        httpx.ConnectError("refused"),
        RuntimeError("a bug"),
    ],
    ids=str,
)
def test_delivering(city: City, now: datetime, loud: pytest.LogCaptureFixture, answer: Any) -> None:
    content = TextContent(f"{WORDS}，电话{PHONE}")
    conversations.send(city.xiaolin, content, key="k", actor=System("test"), now=now)

    def client_of(account: Account) -> wechat.Client:
        kept = client_for(account)
        return wechat.Client(
            account.app_id or "", kept._secret, store=wechat.MemoryTokenStore(),
            transport=WeChat(answer),
        )  # fmt: skip

    row = Outgoing.objects.get()
    assert courier.deliver(row.pk, clock=lambda: now + timedelta(hours=1), client_of=client_of)
    said = _said(loud)
    assert [one for one in [*_secrets(city), "T0KEN-NOBODY-SEES"] if one in said] == []


def test_signing_in_and_refused_forms(
    city: City, client: Client, loud: pytest.LogCaptureFixture
) -> None:
    for _ in range(6):
        form = {"login": "wangfang", "password": PASSWORD}
        client.post("/console/sign-in/", form)
    client.post(f"/m/{city.account.app_id}/tickets/new", {"text": WORDS, "phone": PHONE})
    client.get(f"/m/oauth/callback?code={OPENID}&state={WORDS}")
    said = _said(loud)
    assert [one for one in _secrets(city) if one in said] == []


def test_a_callback_that_is_refused(city: City, loud: pytest.LogCaptureFixture) -> None:
    account = Account.objects.get(pk=city.account.pk)
    mode = wechat.Mode(account.mode)
    secrets = wechat.CallbackSecrets(
        account.app_id or "", account.token or "", account.aes_key or None, mode
    )
    inbound = wechat.Text(
        account="gh_x", openid=OPENID, created_at=1, message_id=1, content=f"{WORDS}{PHONE}"
    )
    query, body = wechat.seal_push(inbound, secrets, format=wechat.Format.XML, now=time.time())
    for change in ({"msg_signature": "0" * 40, "signature": "0" * 40}, {"timestamp": "1"}):
        with pytest.raises(wechat.CallbackRefused) as caught:
            wechat.open_callback({**query, **change}, body, secrets, now=time.time())
        logging.getLogger("minxin").warning("refused: %s", caught.value)
        assert caught.value.reason
    said = _said(loud) + repr(secrets)
    assert [one for one in _secrets(city) if one in said] == []
