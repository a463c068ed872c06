"""Our own client against the simulator: both sides of the protocol agree."""

from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette

from minxin.wechat import AsyncClient, MemoryTokenStore, WeChatError, WeChatUnreachable
from tests.simulator.conftest import APP_ID, AccountServer, Simulator


@pytest.fixture
async def client(app: Starlette) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(
        APP_ID,
        "s" * 32,
        store=MemoryTokenStore(),
        base_url="http://127.0.0.1:8100",
        transport=httpx.ASGITransport(app),
    ) as one:
        yield one


async def _calls(simulator: Simulator, path: str) -> int:
    return [one["name"] for one in await simulator.get("/sim/exchanges")].count(path)


async def test_messages_users_and_menus(
    simulator: Simulator, server: AccountServer, client: AsyncClient
) -> None:
    await simulator.account(server)
    openid = await simulator.follow()
    await client.send_text(openid, "您好，您的诉求有了答复。")
    assert (await simulator.seen(openid))[-1]["text"] == "您好，您的诉求有了答复。"
    info = await client.get("/cgi-bin/user/info", openid=openid)
    assert info["subscribe"] == 1
    buttons = [{"type": "click", "name": "人工", "key": "person"}]
    await client.post("/cgi-bin/menu/create", {"button": buttons})
    assert (await client.get("/cgi-bin/menu/get"))["menu"]["button"][0]["name"] == "人工"
    assert await _calls(simulator, "/cgi-bin/stable_token") == 1


async def test_a_persistent_40001_costs_one_renewal(
    simulator: Simulator, server: AccountServer, client: AsyncClient
) -> None:
    await simulator.account(server)
    openid = await simulator.follow()
    await client.send_text(openid, "一")
    await simulator.post(
        "/sim/faults", {"endpoint": "/cgi-bin/message/custom/send", "kind": "expired_token"}
    )
    with pytest.raises(WeChatError) as refused:
        await client.send_text(openid, "二")
    assert refused.value.code == 40001
    assert refused.value.rid
    assert await _calls(simulator, "/cgi-bin/stable_token") == 2
    await simulator.http.delete("/sim/faults")
    await client.send_text(openid, "三")
    texts = [one["text"] for one in await simulator.seen(openid) if one["via"] == "custom"]
    assert texts == ["一", "三"]


async def test_a_token_killed_elsewhere_is_renewed(
    simulator: Simulator, server: AccountServer, client: AsyncClient
) -> None:
    await simulator.account(server)
    openid = await simulator.follow()
    await client.send_text(openid, "一")
    await simulator.post("/sim/clock", {"advance_s": 31})
    payload = {
        "grant_type": "client_credential",
        "appid": APP_ID,
        "secret": "s" * 32,
        "force_refresh": True,
    }
    await simulator.post("/cgi-bin/stable_token", payload)
    await client.send_text(openid, "二")
    assert (await simulator.seen(openid))[-1]["text"] == "二"


async def test_refusals_and_broken_answers_reach_the_caller(
    simulator: Simulator, server: AccountServer, client: AsyncClient
) -> None:
    await simulator.account(server)
    openid = await simulator.follow()
    await simulator.post("/sim/clock", {"advance_s": 61})
    with pytest.raises(WeChatError) as late:
        await client.send_text(openid, "晚了")
    assert late.value.code == 45015
    await simulator.say(openid, "在吗")
    path = "/cgi-bin/message/custom/send"
    for kind in ("http_500", "bad_json"):
        await simulator.post("/sim/faults", {"endpoint": path, "kind": kind, "times": 1})
        with pytest.raises(WeChatUnreachable) as broken:
            await client.send_text(openid, "也许到了")
        assert broken.value.may_have_happened


async def test_a_code_is_exchanged_once(
    simulator: Simulator, server: AccountServer, client: AsyncClient
) -> None:
    await simulator.account(server)
    openid = await simulator.follow()
    response = await simulator.http.get(
        "/connect/oauth2/authorize",
        params={
            "appid": APP_ID,
            "redirect_uri": "http://c1.localhost:8000/m/oauth/callback",
            "response_type": "code",
            "scope": "snsapi_base",
            "state": "1",
        },
    )
    code = httpx.URL(response.headers["location"]).params["code"]
    assert (await client.exchange_code(code)).openid == openid
    with pytest.raises(WeChatError) as used:
        await client.exchange_code(code)
    assert used.value.code == 40163
