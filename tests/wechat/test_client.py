"""The client against a transport: one renewal at most, single flight, errors in words."""

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from minxin import wechat


class FakeWeChat:
    """Answers tokens t1, t2, … and whatever `answer` says to everything else."""

    def __init__(self, answer: Callable[[httpx.Request, str], dict[str, Any]]) -> None:
        self.answer = answer
        self.renewals = 0
        self.calls: list[httpx.Request] = []
        self.lock = threading.Lock()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/cgi-bin/stable_token":
            assert json.loads(request.content)["secret"] == "hidden"
            with self.lock:
                self.renewals += 1
                token = f"t{self.renewals}"
            time.sleep(0.02)
            return httpx.Response(200, json={"access_token": token, "expires_in": 7200})
        with self.lock:
            self.calls.append(request)
        return httpx.Response(200, json=self.answer(request, request.url.params["access_token"]))


def client(
    fake: Callable[[httpx.Request], httpx.Response], store: wechat.TokenStore | None = None
) -> wechat.Client:
    return wechat.Client(
        "wx1",
        "hidden",
        store=store or wechat.MemoryTokenStore(),
        base_url="https://wechat.test",
        transport=httpx.MockTransport(fake),
    )


def test_a_token_is_fetched_once_and_used_again() -> None:
    fake = FakeWeChat(lambda request, token: {"errcode": 0})
    with client(fake) as calls:
        calls.send_text("o1", "您好")
        calls.send_text("o1", "再见")
    assert fake.renewals == 1
    assert json.loads(fake.calls[0].content) == {
        "touser": "o1",
        "msgtype": "text",
        "text": {"content": "您好"},
    }
    assert "您好".encode() in fake.calls[0].content  # not \\u-escaped


def test_an_expired_token_is_renewed_once() -> None:
    def answer(request: httpx.Request, token: str) -> dict[str, Any]:
        return {"errcode": 42001, "errmsg": "expired"} if token == "t1" else {"errcode": 0}

    fake = FakeWeChat(answer)
    store = wechat.MemoryTokenStore()
    store.renew("wx1", None, lambda: wechat.Token("t1", time.time() + 7200))
    fake.renewals = 1
    with client(fake, store) as calls:
        calls.send_text("o1", "您好")
    assert (fake.renewals, len(fake.calls)) == (2, 2)


def test_a_persistent_40001_ends_after_one_renewal() -> None:
    """A peer library was measured to loop 488 times here."""
    fake = FakeWeChat(lambda request, token: {"errcode": 40001, "errmsg": "no rid: 1a-2b-3c"})
    store = wechat.MemoryTokenStore()
    store.renew("wx1", None, lambda: wechat.Token("old", time.time() + 7200))
    with client(fake, store) as calls, pytest.raises(wechat.WeChatError) as caught:
        calls.send_text("o1", "您好")
    assert caught.value.code == 40001
    assert caught.value.rid == "1a-2b-3c"
    assert (fake.renewals, len(fake.calls)) == (1, 2)


def test_many_threads_renew_once() -> None:
    def answer(request: httpx.Request, token: str) -> dict[str, Any]:
        return {"errcode": 40001, "errmsg": ""} if token == "old" else {"errcode": 0}

    fake = FakeWeChat(answer)
    store = wechat.MemoryTokenStore()
    store.renew("wx1", None, lambda: wechat.Token("old", time.time() + 7200))
    with client(fake, store) as calls, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: calls.send_text(f"o{n}", "您好"), range(24)))
    assert fake.renewals == 1


def test_an_error_carries_code_and_rid_but_no_secret() -> None:
    body = {"errcode": 45015, "errmsg": "response out of time limit rid: 66b1-2c3d-4e5f"}
    fake = FakeWeChat(lambda request, token: body)
    with client(fake) as calls, pytest.raises(wechat.WeChatError) as caught:
        calls.send_text("o1", "您好")
    error = caught.value
    assert (error.code, error.message, error.rid) == (
        45015,
        "response out of time limit",
        "66b1-2c3d-4e5f",
    )
    assert "hidden" not in repr(error) + str(error) + repr(calls)
    assert "48 小时" in wechat.explain(45015).meaning


def test_no_answer_says_whether_it_may_have_happened() -> None:
    def refused(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    def silent(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("slow", request=request)

    store = wechat.MemoryTokenStore()
    store.renew("wx1", None, lambda: wechat.Token("t", time.time() + 7200))
    for transport, may_have_happened in ((refused, False), (silent, True)):
        with client(transport, store) as calls, pytest.raises(wechat.WeChatUnreachable) as caught:
            calls.send_text("o1", "您好")
        assert caught.value.may_have_happened is may_have_happened
        assert "access_token" not in str(caught.value)


def test_html_instead_of_json_is_no_answer() -> None:
    store = wechat.MemoryTokenStore()
    store.renew("wx1", None, lambda: wechat.Token("t", time.time() + 7200))
    with (
        client(lambda request: httpx.Response(502, text="<html>"), store) as calls,
        pytest.raises(wechat.WeChatUnreachable, match="502"),
    ):
        calls.send_text("o1", "您好")


def test_a_code_is_exchanged_without_an_access_token() -> None:
    def fake(request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/sns/oauth2/access_token"
        assert "access_token" not in request.url.params
        return httpx.Response(
            200,
            json={"openid": "o1", "scope": "snsapi_base", "access_token": "a", "expires_in": 7200},
        )

    with client(fake) as calls:
        token = calls.exchange_code("c1")
    assert (token.openid, token.scope) == ("o1", "snsapi_base")
    assert "access_token='a'" not in repr(token)


async def test_the_async_client_renews_once_too() -> None:
    def answer(request: httpx.Request, token: str) -> dict[str, Any]:
        return {"errcode": 40001, "errmsg": ""} if token == "old" else {"errcode": 0}

    fake = FakeWeChat(answer)
    store = wechat.MemoryTokenStore()
    store.renew("wx1", None, lambda: wechat.Token("old", time.time() + 7200))
    async with wechat.AsyncClient(
        "wx1", "hidden", store=store, base_url="https://w.test", transport=httpx.MockTransport(fake)
    ) as calls:
        await calls.send_text("o1", "您好")
    assert (fake.renewals, len(fake.calls)) == (1, 2)


def test_every_known_error_has_words_for_staff() -> None:
    for code in wechat.ERRORS:
        explained = wechat.explain(code)
        assert explained.meaning.endswith("。")
        assert explained.remedy.endswith("。")
    assert "123456" in wechat.explain(123456).meaning
