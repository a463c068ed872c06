"""Web authorisation: who is looking, silently or asked; codes that work once."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.simulator.conftest import APP_ID, AccountServer, Simulator

BACK = "http://127.0.0.1:8000/m/oauth/callback"
SECRET = "s" * 32


async def _authorize(
    simulator: Simulator, host: str = "c1.localhost:8100", **changed: str
) -> httpx.Response:
    query = {
        "appid": APP_ID,
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": "snsapi_base",
        "state": "abc123",
        **changed,
    }
    return await simulator.http.get(
        "/connect/oauth2/authorize", params=query, headers={"host": host}
    )


def _code(response: httpx.Response) -> str:
    assert response.status_code == 302, response.text
    return parse_qs(urlsplit(response.headers["location"]).query)["code"][0]


async def _exchange(simulator: Simulator, code: str, **changed: str) -> Any:
    query = {
        "appid": APP_ID,
        "secret": SECRET,
        "code": code,
        "grant_type": "authorization_code",
        **changed,
    }
    return await simulator.get("/sns/oauth2/access_token", **query)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("c1.localhost:8100", BACK),
        ("127.0.0.1:8100", BACK.replace("127.0.0.1", "c1.localhost")),
    ],
)
async def test_the_host_tells_whose_phone_it_is_and_she_comes_back_to_it(
    simulator: Simulator, server: AccountServer, host: str, address: str
) -> None:
    await simulator.account(server)
    openid = await simulator.follow()
    response = await _authorize(simulator, host, redirect_uri=address)
    back = urlsplit(response.headers["location"])
    assert back.netloc == "c1.localhost:8000"
    assert parse_qs(back.query)["state"] == ["abc123"]
    token = await _exchange(simulator, _code(response))
    assert (token["openid"], token["scope"], token["expires_in"]) == (openid, "snsapi_base", 7200)


async def test_a_code_works_once_and_for_five_minutes(
    simulator: Simulator, server: AccountServer
) -> None:
    await simulator.account(server)
    await simulator.follow()
    code = _code(await _authorize(simulator))
    assert (await _exchange(simulator, code, secret="x" * 32))["errcode"] == 40125
    assert "openid" in await _exchange(simulator, code)
    assert (await _exchange(simulator, code))["errcode"] == 40163
    assert (await _exchange(simulator, "madeup"))["errcode"] == 40029
    late = _code(await _authorize(simulator))
    await simulator.post("/sim/clock", {"advance_s": 301})
    assert (await _exchange(simulator, late))["errcode"] == 40029


async def test_a_code_of_one_account_is_nothing_to_another(
    simulator: Simulator, server: AccountServer
) -> None:
    await simulator.account(server)
    await simulator.follow()
    other = await simulator.post("/sim/accounts", {"name": "云溪公安"})
    code = _code(await _authorize(simulator))
    found = await _exchange(simulator, code, appid=other["app_id"], secret=other["secret"])
    assert found["errcode"] == 40029


async def test_a_follower_is_not_asked_and_a_stranger_is(
    simulator: Simulator, server: AccountServer
) -> None:
    await simulator.account(server)
    await simulator.follow("小林")
    await simulator.post("/sim/citizens", {"nickname": "老周"})
    assert (await _authorize(simulator, scope="snsapi_userinfo")).status_code == 302
    page = await _authorize(simulator, "c2.localhost:8100", scope="snsapi_userinfo")
    assert page.status_code == 200
    assert "老周" in page.text
    ticket = re.search(r'name="ticket" value="(\w+)"', page.text)
    assert ticket is not None
    form = {"ticket": ticket.group(1), "answer": "allow"}
    agreed = await simulator.http.post("/connect/oauth2/consent", data=form)
    token = await _exchange(simulator, _code(agreed))
    who = {"access_token": token["access_token"], "openid": token["openid"]}
    person = await simulator.get("/sns/userinfo", **who)
    assert person["nickname"] == "老周"
    assert person["openid"] == token["openid"]
    assert (await simulator.get("/sns/auth", **who))["errcode"] == 0
    again = await simulator.http.post("/connect/oauth2/consent", data=form)
    assert again.status_code == 400


async def test_who_refuses_is_not_sent_back(simulator: Simulator, server: AccountServer) -> None:
    await simulator.account(server)
    await simulator.post("/sim/citizens", {"nickname": "老周"})
    page = await _authorize(simulator, scope="snsapi_userinfo")
    ticket = re.search(r'name="ticket" value="(\w+)"', page.text)
    assert ticket is not None
    form = {"ticket": ticket.group(1), "answer": "refuse"}
    refused = await simulator.http.post("/connect/oauth2/consent", data=form)
    assert refused.status_code == 200
    assert "已取消授权" in refused.text


async def test_base_scope_tells_no_name(simulator: Simulator, server: AccountServer) -> None:
    await simulator.account(server)
    await simulator.follow()
    token = await _exchange(simulator, _code(await _authorize(simulator)))
    who = {"access_token": token["access_token"], "openid": token["openid"]}
    assert (await simulator.get("/sns/userinfo", **who))["errcode"] == 48001


async def test_a_refreshed_grant_is_the_same_person(
    simulator: Simulator, server: AccountServer
) -> None:
    await simulator.account(server)
    openid = await simulator.follow()
    token = await _exchange(simulator, _code(await _authorize(simulator)))
    query = {
        "appid": APP_ID,
        "grant_type": "refresh_token",
        "refresh_token": token["refresh_token"],
    }
    fresh = await simulator.get("/sns/oauth2/refresh_token", **query)
    assert fresh["openid"] == openid
    assert fresh["access_token"] != token["access_token"]
    await simulator.post("/sim/clock", {"advance_s": 31 * 86400})
    assert (await simulator.get("/sns/oauth2/refresh_token", **query))["errcode"] == 42002


@pytest.mark.parametrize(
    ("kind", "verified", "principal", "may"),
    [
        ("service", True, "enterprise", True),
        ("subscription", True, "government", True),
        ("subscription", True, "media", True),
        ("subscription", True, "enterprise", False),
        ("service", False, "government", False),
    ],
)
async def test_kind_verification_and_holder_decide_who_may(
    simulator: Simulator,
    server: AccountServer,
    kind: str,
    verified: bool,
    principal: str,
    may: bool,
) -> None:
    await simulator.account(server, kind=kind, verified=verified, principal=principal)
    await simulator.follow()
    response = await _authorize(simulator)
    assert response.status_code == (302 if may else 400)
    assert ("10005" in response.text) is not may


async def test_only_the_accounts_own_domain_gets_codes(
    simulator: Simulator, server: AccountServer
) -> None:
    await simulator.account(server)
    await simulator.follow()
    response = await _authorize(simulator, redirect_uri="http://elsewhere.example/steal")
    assert response.status_code == 400
    assert "10003" in response.text
    assert "location" not in response.headers


async def test_outside_a_phone_the_page_stops(simulator: Simulator, server: AccountServer) -> None:
    await simulator.account(server)
    await simulator.follow()
    response = await _authorize(simulator, "127.0.0.1:8100")
    assert response.status_code == 200
    assert "请在微信客户端打开链接" in response.text
    assert "c1.localhost" in response.text
