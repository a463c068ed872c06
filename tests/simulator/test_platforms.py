"""Third-party platforms: tickets, authorisation, calls and messages on behalf of an account."""

import re
import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from aiohttp import web

from minxin.wechat import (
    CallbackSecrets,
    ComponentEvent,
    Mode,
    PassiveReply,
    Text,
    TextReply,
    Unknown,
    open_callback,
    open_component_event,
    seal_reply,
)
from minxin.wechat import LocationReported as Reported
from tests.simulator.conftest import APP_ID, AccountServer, Simulator

PLATFORM, SECRET, TOKEN = "wx00000000000000f1", "p" * 32, "tokenOfThePlatform"
KEY = "ZYXWVUTSRQPONMLKJIHGFEDCBA9876543210abcdefg"


class PlatformServer:
    """A platform as one would write it: keeps tickets, answers for its accounts."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.secrets = CallbackSecrets(PLATFORM, TOKEN, KEY, Mode.SAFE)
        self.events: list[ComponentEvent] = []
        self.messages: list[tuple[str, Any]] = []
        self.is_silent = False
        self.url = ""

    async def event(self, request: web.Request) -> web.Response:
        body = await request.read()
        now = time.time()
        self.events.append(open_component_event(request.query, body, self.secrets, now=now))
        return web.Response(text="success")

    async def message(self, request: web.Request) -> web.Response:
        body = await request.read()
        opened = open_callback(request.query, body, self.secrets, now=time.time())
        app_id = request.match_info["app_id"]
        self.messages.append((app_id, opened.inbound))
        reply = await self.reply(app_id, opened.inbound)
        if reply is None or self.is_silent:
            return web.Response(text="")
        return web.Response(body=seal_reply(reply, opened, self.secrets, now=time.time()))

    async def reply(self, app_id: str, inbound: Any) -> PassiveReply | None:
        match inbound:
            case Text(content="TESTCOMPONENT_MSG_TYPE_TEXT"):
                return TextReply("TESTCOMPONENT_MSG_TYPE_TEXT_callback")
            case Text(content=content) if content.startswith("QUERY_AUTH_CODE:"):
                await self.answer_by_api(content.removeprefix("QUERY_AUTH_CODE:"), inbound.openid)
                return None
            case Text(content=content):
                return TextReply(f"平台答复：{content}")
            case Reported() | Unknown():
                return TextReply("LOCATIONfrom_callback")
        return None

    async def answer_by_api(self, code: str, openid: str) -> None:
        info = await self.redeem(code)
        payload = {"touser": openid, "msgtype": "text", "text": {"content": f"{code}_from_api"}}
        token = info["authorizer_access_token"]
        await self.simulator.call(token, "message/custom/send", payload)

    @property
    def ticket(self) -> str:
        tickets = [one for one in self.events if one.kind == "component_verify_ticket"]
        return str(tickets[-1].fields["ComponentVerifyTicket"])

    async def token(self) -> str:
        asked = {"component_appsecret": SECRET, "component_verify_ticket": self.ticket}
        found = await self.call("api_component_token", "", **asked)
        return str(found["component_access_token"])

    async def call(self, name: str, token: str, **asked: Any) -> Any:
        payload = {"component_appid": PLATFORM, **asked}
        return await self.simulator.post(
            f"/cgi-bin/component/{name}", payload, component_access_token=token
        )

    async def redeem(self, code: str) -> Any:
        found = await self.call("api_query_auth", await self.token(), authorization_code=code)
        return found.get("authorization_info", found)


@pytest.fixture
async def platform(simulator: Simulator) -> AsyncIterator[PlatformServer]:
    one = PlatformServer(simulator)
    application = web.Application()
    application.router.add_post("/events", one.event)
    application.router.add_post("/messages/{app_id}", one.message)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    one.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    payload = {
        "component_appid": PLATFORM, "name": "云溪统一平台", "secret": SECRET, "token": TOKEN,
        "aes_key": KEY, "event_url": f"{one.url}/events", "redirect_domain": "127.0.0.1",
        "message_url": f"{one.url}/messages/$APPID$",
    }  # fmt: skip
    made = await simulator.http.post("/sim/components", json=payload)
    assert made.status_code == 201, made.text
    yield one
    await runner.cleanup()


async def _authorize(simulator: Simulator, **more: Any) -> str:
    payload = {"component_appid": PLATFORM, "app_id": APP_ID, **more}
    return str((await simulator.post("/sim/authorizations", payload))["authorization_code"])


async def test_a_ticket_comes_at_once_and_every_ten_minutes(
    simulator: Simulator, platform: PlatformServer
) -> None:
    assert [one.kind for one in platform.events] == ["component_verify_ticket"]
    await simulator.later(601)
    await simulator.later(601)
    assert len(platform.events) == 3
    assert len({one.fields["ComponentVerifyTicket"] for one in platform.events}) == 3
    assert "ticket@@@" not in repr(platform.events[0])
    old = platform.events[0].fields["ComponentVerifyTicket"]
    found = await platform.call(
        "api_component_token", "", component_appsecret=SECRET, component_verify_ticket=old
    )
    assert found["errcode"] == 61006


async def test_an_administrator_authorises_on_the_page(
    simulator: Simulator, platform: PlatformServer
) -> None:
    await simulator.account()
    code = (await platform.call("api_create_preauthcode", await platform.token()))["pre_auth_code"]
    back = f"{platform.url}/back"
    query = {"component_appid": PLATFORM, "pre_auth_code": code, "redirect_uri": back}
    page = await simulator.http.get("/cgi-bin/componentloginpage", params=query)
    assert "云溪统一平台" in page.text
    assert re.search(r'name="function" value="1" checked', page.text)
    form = {**query, "app_id": APP_ID, "function": ["1", "2"], "answer": "allow"}
    sent = await simulator.http.post("/cgi-bin/componentloginpage", data=form)
    assert sent.status_code == 302
    answered = parse_qs(urlsplit(sent.headers["location"]).query)
    assert answered["expires_in"] == ["3600"]
    info = await platform.redeem(answered["auth_code"][0])
    assert info["authorizer_appid"] == APP_ID
    assert [one["funcscope_category"]["id"] for one in info["func_info"]] == [1, 2]
    event = platform.events[-1]
    assert (event.kind, event.authorizer) == ("authorized", APP_ID)
    assert event.fields["PreAuthCode"] == code
    again = await simulator.http.post("/cgi-bin/componentloginpage", data=form)
    assert again.status_code == 400  # a code is for one authorisation
    elsewhere = {**query, "redirect_uri": "http://evil.example/"}
    refused = await simulator.http.get("/cgi-bin/componentloginpage", params=elsewhere)
    assert refused.status_code == 400


async def test_a_code_is_redeemed_once_and_tokens_are_renewed(
    simulator: Simulator, platform: PlatformServer
) -> None:
    await simulator.account()
    code = await _authorize(simulator)
    info = await platform.redeem(code)
    assert (await platform.redeem(code))["errcode"] == 61009
    assert (await platform.redeem("made-up"))["errcode"] == 61010
    asked = {
        "authorizer_appid": APP_ID,
        "authorizer_refresh_token": info["authorizer_refresh_token"],
    }
    renewed = await platform.call("api_authorizer_token", await platform.token(), **asked)
    assert renewed["authorizer_refresh_token"] == info["authorizer_refresh_token"]
    listed = await simulator.call(renewed["authorizer_access_token"], "user/get")
    assert listed["total"] == 0
    await _authorize(simulator, functions=[1])  # once more: the old refresh token is void
    void = await platform.call("api_authorizer_token", await platform.token(), **asked)
    assert void["errcode"] == 61023


async def test_a_platform_reaches_only_what_it_was_given(
    simulator: Simulator, platform: PlatformServer
) -> None:
    await simulator.account()
    info = await platform.redeem(await _authorize(simulator, functions=[15]))
    token = info["authorizer_access_token"]
    assert (await simulator.call(token, "user/get"))["errcode"] == 61007
    assert (await simulator.call(token, "menu/get"))["errcode"] == 46003
    wrong_kind = await platform.call("api_create_preauthcode", token)
    assert wrong_kind["errcode"] == 61014
    payload = {"component_appid": PLATFORM, "app_id": APP_ID, "choice": "revoke"}
    await simulator.post("/sim/authorizations", payload)
    assert (platform.events[-1].kind, platform.events[-1].authorizer) == ("unauthorized", APP_ID)
    assert (await simulator.call(token, "menu/get"))["errcode"] == 40001


async def test_what_is_known_of_an_account_and_its_options(
    simulator: Simulator, platform: PlatformServer
) -> None:
    await simulator.account(name="云溪发布")
    await _authorize(simulator)
    token = await platform.token()
    info = await platform.call("api_get_authorizer_info", token, authorizer_appid=APP_ID)
    assert info["authorizer_info"]["nick_name"] == "云溪发布"
    assert info["authorizer_info"]["service_type_info"] == {"id": 2}
    listed = await platform.call("api_get_authorizer_list", token, offset=0, count=100)
    assert [one["authorizer_appid"] for one in listed["list"]] == [APP_ID]
    option = {"authorizer_appid": APP_ID, "option_name": "location_report"}
    set_ = await platform.call("api_set_authorizer_option", token, **option, option_value="1")
    assert set_["errcode"] == 0
    got = await platform.call("api_get_authorizer_option", token, **option)
    assert got["option_value"] == "1"
    wrong = await platform.call("api_set_authorizer_option", token, **option, option_value="7")
    assert wrong["errcode"] == 61012


async def test_messages_reach_the_platform_under_the_accounts_address(
    simulator: Simulator, platform: PlatformServer
) -> None:
    await simulator.account()
    await _authorize(simulator)
    openid = await simulator.follow(silent=True)
    found = await simulator.say(openid, "您好")
    assert found["reply"]["text"] == "平台答复：您好"
    assert platform.messages[-1][0] == APP_ID


async def test_two_services_that_both_answer_make_a_fault(
    simulator: Simulator, platform: PlatformServer, server: AccountServer
) -> None:
    await simulator.account(server)
    await _authorize(simulator)
    openid = await simulator.follow(silent=True)
    found = await simulator.say(openid, "您好")
    assert found["status"] == "failed"
    assert "2 services answered" in found["reason"]
    assert "故障" in (await simulator.seen(openid))[-1]["text"]
    platform.is_silent = True
    found = await simulator.say(openid, "您好")
    assert found["reply"]["text"] == "你说：您好"
    assert len(server.pushed) == len(platform.messages) == 2


async def test_the_platform_passes_what_wechat_tries_before_it_goes_out(
    simulator: Simulator, platform: PlatformServer
) -> None:
    found = await simulator.post("/sim/acceptance", {"component_appid": PLATFORM})
    assert [one for one in found["cases"] if not one["passed"]] == []
    assert len(found["cases"]) == 1 + 5 * 3
    platform.is_silent = True
    found = await simulator.post("/sim/acceptance", {"component_appid": PLATFORM})
    failed = {one["case"] for one in found["cases"] if not one["passed"]}
    assert failed == {"event", "text"}


async def test_a_platform_redeems_a_citizens_code(
    simulator: Simulator, platform: PlatformServer
) -> None:
    await simulator.account()
    await _authorize(simulator)
    openid = await simulator.follow(silent=True)
    query = {
        "appid": APP_ID, "redirect_uri": "http://c1.localhost:8000/m/", "response_type": "code",
        "scope": "snsapi_base", "state": "", "component_appid": PLATFORM,
    }  # fmt: skip
    sent: httpx.Response = await simulator.http.get("/connect/oauth2/authorize", params=query)
    code = parse_qs(urlsplit(sent.headers["location"]).query)["code"][0]
    asked = {
        "appid": APP_ID, "code": code, "grant_type": "authorization_code",
        "component_appid": PLATFORM,
    }  # fmt: skip
    path = "/sns/oauth2/component/access_token"
    refused = await simulator.get(path, **asked, component_access_token="made-up")
    assert refused["errcode"] == 40001
    found = await simulator.get(path, **asked, component_access_token=await platform.token())
    assert found["openid"] == openid
