"""What WeChat tells of its addresses and of the way to the account's server."""

from typing import Any

import pytest

from tests.simulator.conftest import AccountServer, Simulator


async def _check(simulator: Simulator, asked: dict[str, Any]) -> Any:
    return await simulator.call(await simulator.token(), "callback/check", asked)


async def test_the_callback_is_resolved_and_reached(
    simulator: Simulator, server: AccountServer
) -> None:
    await simulator.account(server)
    found = await _check(simulator, {"action": "all", "check_operator": "CHINANET"})
    assert found["dns"] == [{"ip": "127.0.0.1", "real_operator": "CHINANET"}]
    (ping,) = found["ping"]
    assert (ping["ip"], ping["from_operator"]) == ("127.0.0.1", "CHINANET")
    assert ping["package_loss"] == "0%"
    assert float(ping["time"].removesuffix("ms")) > 0
    assert set(await _check(simulator, {"action": "dns"})) == {"dns"}
    assert set(await _check(simulator, {"action": "ping"})) == {"ping"}


async def test_a_server_that_is_gone_loses_everything(
    simulator: Simulator, server: AccountServer
) -> None:
    await simulator.account(server)
    await server.stop()
    (ping,) = (await _check(simulator, {"action": "ping"}))["ping"]
    assert ping["package_loss"] == "100%"


async def test_an_account_without_a_callback_has_nothing_to_check(simulator: Simulator) -> None:
    await simulator.account()
    assert await _check(simulator, {"action": "all"}) == {"dns": [], "ping": []}


@pytest.mark.parametrize(
    "asked", [{}, {"action": "route"}, {"action": "dns", "check_operator": "X"}]
)
async def test_what_is_no_check_is_refused(simulator: Simulator, asked: dict[str, Any]) -> None:
    await simulator.account()
    assert (await _check(simulator, asked))["errcode"] == 40097


async def test_the_addresses_are_where_the_simulator_is(
    simulator: Simulator, server: AccountServer
) -> None:
    await simulator.account(server)
    token = await simulator.token()
    assert await simulator.call(token, "get_api_domain_ip") == {"ip_list": ["127.0.0.1"]}
    assert await simulator.call(token, "getcallbackip") == {"ip_list": ["127.0.0.1"]}
    await simulator.say(await simulator.follow(silent=True), "在吗")
    assert server.remotes[-1] == "127.0.0.1"  # from where it was pushed
