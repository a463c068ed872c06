"""What is left of a day, a month's clearings, the allow list, requests by their rid."""

import pytest

from tests.simulator.conftest import APP_ID, Simulator


@pytest.fixture
async def token(simulator: Simulator) -> str:
    await simulator.account(quotas={"/cgi-bin/user/get": 3})
    return await simulator.token()


async def test_a_quota_counts_down_and_begins_anew_the_next_day(
    simulator: Simulator, token: str
) -> None:
    async def left() -> int:
        asked = {"cgi_path": "/cgi-bin/user/get"}
        found = await simulator.call(token, "openapi/quota/get", asked)
        return int(found["quota"]["remain"])

    assert await left() == 3
    codes = [(await simulator.call(token, "user/get")).get("errcode", 0) for _ in range(4)]
    assert codes == [0, 0, 0, 45009]
    assert await left() == 0
    await simulator.later(86400)
    token = await simulator.token()
    assert await left() == 3


async def test_quotas_are_cleared_ten_times_a_month(simulator: Simulator, token: str) -> None:
    for _ in range(3):
        await simulator.call(token, "user/get")
    assert (await simulator.call(token, "clear_quota", {"appid": APP_ID}))["errcode"] == 0
    assert "count" in await simulator.call(token, "user/get")
    with_secret = {"appid": APP_ID, "appsecret": "s" * 32}
    codes = [
        (await simulator.post("/cgi-bin/clear_quota/v2", with_secret))["errcode"] for _ in range(10)
    ]
    assert codes == [0] * 9 + [48006]
    wrong = {"appid": APP_ID, "appsecret": "x" * 32}
    assert (await simulator.post("/cgi-bin/clear_quota/v2", wrong))["errcode"] == 40125


async def test_a_refused_call_is_found_by_its_rid(simulator: Simulator, token: str) -> None:
    refused = await simulator.call(token, "user/info", openid="oNobody")
    rid = refused["errmsg"].rpartition("rid: ")[2]
    found = await simulator.call(token, "openapi/rid/get", {"rid": rid})
    assert found["request"]["request_url"] == "/cgi-bin/user/info"
    assert '"errcode":40003' in found["request"]["response_body"]
    assert token not in str(found)
    other = await simulator.post("/sim/accounts", {"name": "云溪公安", "secret": "t" * 32})
    query = {"grant_type": "client_credential", "appid": other["app_id"], "secret": "t" * 32}
    theirs = (await simulator.get("/cgi-bin/token", **query))["access_token"]
    assert (await simulator.call(theirs, "openapi/rid/get", {"rid": rid}))["errcode"] == 76003
    await simulator.later(7.5 * 86400)
    token = await simulator.token()
    assert (await simulator.call(token, "openapi/rid/get", {"rid": rid}))["errcode"] == 76001
    assert (await simulator.call(token, "openapi/rid/get", {"rid": "1-2-3"}))["errcode"] == 76001
    assert (await simulator.call(token, "openapi/rid/get", {}))["errcode"] == 76002


async def test_a_token_is_given_to_the_addresses_on_the_list_only(simulator: Simulator) -> None:
    await simulator.account(ip_list=["203.0.113.9"])
    query = {"grant_type": "client_credential", "appid": APP_ID, "secret": "s" * 32}
    found = await simulator.get("/cgi-bin/token", **query)
    assert found["errcode"] == 40164
    assert "127.0.0.1" in found["errmsg"]
    await simulator.post("/sim/accounts", {"app_id": APP_ID, "ip_list": ["127.0.0.1"]})
    assert "access_token" in await simulator.get("/cgi-bin/token", **query)
