"""The JS-SDK: who may use it, and what it uploads; the reader's document."""

import hashlib
from typing import Any

import pytest

from minxin.simulator.api.routes import NOT_THERE
from minxin.simulator.files import silence
from tests.simulator.conftest import APP_ID, PNG, Simulator

PAGE = "http://c1.localhost:9000/page?a=1"


async def _asked(simulator: Simulator, **change: Any) -> dict[str, Any]:
    found = await simulator.call(await simulator.token(), "ticket/getticket", type="jsapi")
    url = change.get("url", PAGE).partition("#")[0]
    plain = f"jsapi_ticket={found['ticket']}&noncestr=n1&timestamp=1414587457&url={url}"
    return {
        "app_id": APP_ID,
        "url": PAGE,
        "timestamp": 1414587457,
        "nonce": "n1",
        "signature": hashlib.sha1(plain.encode(), usedforsecurity=False).hexdigest(),
        **change,
    }


async def _config(simulator: Simulator, asked: dict[str, Any]) -> str:
    return str((await simulator.post("/sim/js/config", asked))["err_msg"])


async def test_a_rightly_signed_page_may_use_the_sdk(simulator: Simulator) -> None:
    await simulator.account(oauth_domain="localhost")
    assert await _config(simulator, await _asked(simulator)) == "config:ok"


@pytest.mark.parametrize(
    ("change", "heard"),
    [
        ({"signature": "0" * 40}, "config:invalid signature"),
        ({"signature": "é"}, "config:invalid signature"),
        ({"nonce": "n2"}, "config:invalid signature"),
        ({"timestamp": 1414587458}, "config:invalid signature"),
        ({"url": "http://evil.example/page"}, "config:invalid url domain"),
        ({"url": "http://["}, "config:invalid url domain"),
        ({"app_id": "wx0000000000000000"}, "config:fail"),
    ],
)
async def test_what_was_signed_otherwise_is_refused(
    simulator: Simulator, change: dict[str, Any], heard: str
) -> None:
    await simulator.account(oauth_domain="localhost")
    assert await _config(simulator, await _asked(simulator, **change)) == heard


async def test_a_ticket_that_is_over_signs_nothing(simulator: Simulator) -> None:
    await simulator.account(oauth_domain="localhost")
    asked = await _asked(simulator)
    await simulator.later(7201)
    assert await _config(simulator, asked) == "config:invalid signature"


async def test_a_page_of_another_site_cannot_post_a_form(simulator: Simulator) -> None:
    await simulator.account()
    found = await simulator.http.post("/sim/js/config", data={"app_id": APP_ID})
    assert found.status_code == 415


async def test_an_uploaded_picture_is_media_of_the_account(simulator: Simulator) -> None:
    await simulator.account()
    made = await simulator.http.post(
        "/sim/js/images", params={"app_id": APP_ID}, content=PNG,
        headers={"content-type": "image/png"},
    )  # fmt: skip
    assert made.status_code == 201
    token, media_id = await simulator.token(), made.json()["media_id"]
    got = await simulator.http.get(
        "/cgi-bin/media/get", params={"access_token": token, "media_id": media_id}
    )
    assert got.content == PNG


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [(b"<html>", "image/png", 400), (PNG, "text/plain", 415), (b"", "image/png", 400),
     (b"\x89PNG" + bytes(10 * 1024 * 1024), "image/png", 413)],
)  # fmt: skip
async def test_what_is_no_picture_is_not_kept(
    simulator: Simulator, body: bytes, kind: str, status: int
) -> None:
    await simulator.account()
    made = await simulator.http.post(
        "/sim/js/images", params={"app_id": APP_ID}, content=body, headers={"content-type": kind}
    )
    assert made.status_code == status
    assert "media_id" not in made.json()


async def test_the_script_is_one_that_any_page_may_load(simulator: Simulator) -> None:
    found = await simulator.http.get("/sim/jweixin.js")
    assert found.headers["content-type"].startswith("text/javascript")
    assert "updateAppMessageShareData" in found.text


async def test_an_article_is_read_in_a_document_that_runs_nothing(simulator: Simulator) -> None:
    await simulator.account()
    token = await simulator.token()
    media_id = await simulator.draft(token, "停水通知")
    await simulator.call(token, "freepublish/submit", {"media_id": media_id})
    await simulator.later(10)
    (listed,) = await simulator.get("/sim/articles", app_id=APP_ID)
    body = await simulator.http.get(f"/sim/articles/{listed['slug']}/body")
    assert "停水通知的正文" in body.text
    policy = body.headers["content-security-policy"]
    assert "sandbox allow-same-origin" in policy
    assert "allow-scripts" not in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    published = await simulator.call(token, "freepublish/batchget", {"offset": 0, "count": 1})
    gone = {"article_id": published["item"][0]["article_id"], "index": 0}
    await simulator.call(token, "freepublish/delete", gone)
    after = await simulator.http.get(f"/sim/articles/{listed['slug']}/body")
    assert after.status_code == 404
    assert "停水通知的正文" not in after.text


async def test_a_page_outside_the_safe_domains_may_not_use_the_sdk(simulator: Simulator) -> None:
    await simulator.account()
    elsewhere = "https://www.yunxi.example.cn/m/?a=1"
    assert await _config(simulator, await _asked(simulator)) == "config:ok"
    asked = await _asked(simulator, url=elsewhere)
    assert await _config(simulator, asked) == "config:invalid url domain"
    kept = await simulator.account(js_domains=["WWW.yunxi.example.cn"])
    assert kept["js_domains"] == ["www.yunxi.example.cn"]
    assert await _config(simulator, await _asked(simulator, url=elsewhere)) == "config:ok"
    for url in (PAGE, "https://yunxi.example.cn/", "https://a.www.yunxi.example.cn/"):
        asked = await _asked(simulator, url=url)
        assert await _config(simulator, asked) == "config:invalid url domain"


@pytest.mark.parametrize(
    "domains", [["a.cn", "b.cn", "c.cn", "d.cn", "e.cn", "f.cn"], ["http://a.cn"], ["a.cn/x"], [""]]
)
async def test_safe_domains_are_at_most_five_and_bare(
    simulator: Simulator, domains: list[str]
) -> None:
    await simulator.account(js_domains=["a.cn"])
    refused = await simulator.http.post(
        "/sim/accounts", json={"app_id": APP_ID, "js_domains": domains}
    )
    assert refused.status_code == 400
    assert (await simulator.get(f"/sim/accounts/{APP_ID}"))["js_domains"] == ["a.cn"]


async def _voice(simulator: Simulator, body: bytes, **query: Any) -> Any:
    return await simulator.http.post(
        "/sim/js/voices", params={"app_id": APP_ID, **query}, content=body,
        headers={"content-type": "audio/speex"},
    )  # fmt: skip


async def test_a_voice_of_the_sdk_is_had_twice_as_it_came_and_as_amr(simulator: Simulator) -> None:
    await simulator.account()
    made = await _voice(simulator, b"speex of three seconds", seconds=3)
    assert made.status_code == 201
    token, media_id = await simulator.token(), made.json()["media_id"]
    query = {"access_token": token, "media_id": media_id}
    clear = await simulator.http.get("/cgi-bin/media/get/jssdk", params=query)
    assert clear.content == b"speex of three seconds"
    assert clear.headers["content-type"] == "voice/speex"
    assert clear.headers["content-disposition"].endswith('.speex"')
    plain = await simulator.http.get("/cgi-bin/media/get", params=query)
    assert plain.content == silence(3)
    await simulator.later(3 * 86400 + 1)
    query["access_token"] = await simulator.token()
    assert (await simulator.get("/cgi-bin/media/get/jssdk", **query))["errcode"] == 40007


async def test_other_media_has_no_speex(simulator: Simulator) -> None:
    await simulator.account()
    token = await simulator.token()
    sent = await simulator.upload(token, "media/upload", silence(1), type="voice")
    for media_id in (sent["media_id"], "none", ""):
        found = await simulator.call(token, "media/get/jssdk", media_id=media_id)
        assert found["errcode"] == 40007
    assert (await _voice(simulator, b"")).status_code == 400
    assert (await _voice(simulator, b"x", seconds=61)).status_code == 400


async def test_a_family_that_is_not_there_says_so(simulator: Simulator) -> None:
    paths = [path for path, _ in NOT_THERE]
    assert len(paths) > 8
    for path in paths:
        found = await simulator.post(path.replace("*", "anything"), {})
        assert found["errcode"] == 40066, path
