"""Faults on request: each kind, per account and endpoint, once or with a probability."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from minxin.simulator.faults import KINDS
from minxin.wechat import Text
from tests.simulator.conftest import APP_ID, AccountServer, Simulator
from tests.support import serving

OTHER = "wx00000000000000d2"
PATH, ANOTHER_PATH = "/cgi-bin/getcallbackip", "/cgi-bin/get_api_domain_ip"
SECRET = "s" * 32
# What the caller of an API gets: the HTTP status, and the errcode or None for what is no JSON.
AT_AN_API: dict[str, tuple[dict[str, Any], tuple[int, int | None]]] = {
    "delay": ({"seconds": 0.2}, (200, 0)),
    "http_500": ({"status": 503}, (503, None)),
    "drop": ({}, (200, None)),
    "lost_reply": ({}, (200, None)),
    "error": ({}, (200, -1)),
    "bad_json": ({}, (200, None)),
    "expired_token": ({}, (200, 40001)),
    "token_taken": ({}, (200, 40001)),
}
# What the citizen sees of a push that is struck once: status, tries, how often it arrived.
AT_A_PUSH: dict[str, tuple[dict[str, Any], tuple[str, int, int]]] = {
    "delay": ({"seconds": 0.2}, ("answered", 1, 1)),
    "http_500": ({}, ("answered", 2, 2)),
    "drop": ({}, ("answered", 2, 1)),
    "lost_reply": ({}, ("answered", 2, 2)),
    "bad_json": ({}, ("answered", 2, 1)),
    "duplicate_push": ({}, ("answered", 1, 2)),
    "out_of_order": ({"seconds": 0.2}, ("answered", 1, 1)),
    "wrong_signature": ({}, ("answered", 2, 1)),
    "lost_push": ({}, ("failed", 1, 0)),
}


def test_every_kind_is_tried_here() -> None:
    tried = set(AT_AN_API) | set(AT_A_PUSH) | {"reject"}  # reviews: test_articles, test_mass
    assert tried == set(KINDS)


class Two:
    """Two accounts, and what a call of one of them came to."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.tokens: dict[str, str] = {}

    async def begin(self) -> None:
        await self.simulator.account()
        await self.simulator.post("/sim/accounts", {"app_id": OTHER, "secret": SECRET})
        for app_id in (APP_ID, OTHER):
            await self.renew(app_id)

    async def renew(self, app_id: str) -> None:
        query = {"grant_type": "client_credential", "appid": app_id, "secret": SECRET}
        found = await self.simulator.get("/cgi-bin/token", **query)
        self.tokens[app_id] = found["access_token"]

    async def call(self, app_id: str, path: str = PATH) -> tuple[int, int | None]:
        params = {"access_token": self.tokens[app_id]}
        response = await self.simulator.http.get(path, params=params)
        try:
            found = response.json()
        except ValueError:
            return response.status_code, None
        return response.status_code, found.get("errcode", 0)


@pytest.fixture
async def two(simulator: Simulator) -> Two:
    found = Two(simulator)
    await found.begin()
    return found


@pytest.mark.parametrize("kind", AT_AN_API)
async def test_an_api_fault_strikes_one_account_on_one_path_once(two: Two, kind: str) -> None:
    args, struck = AT_AN_API[kind]
    fault = {"app_id": APP_ID, "endpoint": PATH, "kind": kind, "times": 1, "args": args}
    assert "id" in await two.simulator.post("/sim/faults", fault)
    assert await two.call(OTHER) == (200, 0)
    assert await two.call(APP_ID, ANOTHER_PATH) == (200, 0)
    began = asyncio.get_running_loop().time()
    assert await two.call(APP_ID) == struck
    took = asyncio.get_running_loop().time() - began
    assert took >= args.get("seconds", 0)
    assert await two.simulator.get("/sim/faults") == []
    if kind == "token_taken":  # for good, and on every path: only a new token helps
        assert await two.call(APP_ID, ANOTHER_PATH) == (200, 40001)
        await two.renew(APP_ID)
    assert await two.call(APP_ID) == (200, 0)


@pytest.mark.parametrize("kind", [kind for kind in AT_AN_API if kind != "delay"])
async def test_an_api_fault_strikes_with_a_probability(two: Two, kind: str) -> None:
    async def strikes(probability: float) -> int:
        await two.simulator.http.delete("/sim/faults")
        fault = {"endpoint": "*", "kind": kind, "probability": probability}
        await two.simulator.post("/sim/faults", fault)
        count = 0
        for _ in range(60):
            count += await two.call(APP_ID) != (200, 0)
            if kind == "token_taken":
                await two.renew(APP_ID)
        return count

    assert await strikes(1) == 60
    assert 5 <= await strikes(0.5) <= 55  # outside of it once in 10^12 runs
    assert await strikes(1e-12) == 0


@pytest.mark.parametrize(
    ("errcode", "errmsg"),
    [
        (-1, "system error"),
        (40001, "invalid credential"),
        (40164, "not in whitelist"),
        (45009, "daily quota limit"),
        (45015, "response out of time limit"),
        (45047, "out of response count limit"),
    ],
)
async def test_every_errcode_can_be_asked_for(two: Two, errcode: int, errmsg: str) -> None:
    fault = {
        "app_id": APP_ID, "endpoint": PATH, "kind": "error", "times": 1,
        "args": {"errcode": errcode},
    }  # fmt: skip
    await two.simulator.post("/sim/faults", fault)
    params = {"access_token": two.tokens[APP_ID]}
    found = (await two.simulator.http.get(PATH, params=params)).json()
    assert found["errcode"] == errcode
    assert errmsg in found["errmsg"]
    assert " rid: " in found["errmsg"]


async def test_a_token_endpoint_refuses_an_address_by_fault(two: Two) -> None:
    fault = {
        "app_id": APP_ID, "endpoint": "/cgi-bin/stable_token", "kind": "error",
        "args": {"errcode": 40164, "errmsg": "invalid ip 10.0.0.9, not in whitelist"},
    }  # fmt: skip
    await two.simulator.post("/sim/faults", fault)

    async def code(app_id: str) -> int:
        payload = {"grant_type": "client_credential", "appid": app_id, "secret": SECRET}
        found = await two.simulator.post("/cgi-bin/stable_token", payload)
        return int(found.get("errcode", 0))

    assert (await code(APP_ID), await code(OTHER), await code(APP_ID)) == (40164, 0, 40164)


@pytest.mark.parametrize("kind", AT_A_PUSH)
async def test_a_push_fault_strikes_one_account_once(
    simulator: Simulator, server: AccountServer, kind: str
) -> None:
    args, struck = AT_A_PUSH[kind]
    await simulator.account(server)
    openid = await simulator.follow(silent=True)
    for app_id in (OTHER, APP_ID):
        if app_id == OTHER:
            await simulator.post("/sim/accounts", {"app_id": OTHER})
        fault = {"app_id": app_id, "endpoint": "callback", "kind": kind, "args": args}
        await simulator.post("/sim/faults", {**fault, "times": 1})
        if app_id == OTHER:  # is not struck by what is armed for another
            assert (await simulator.say(openid, "在吗"))["tries"] == 1
            assert len(server.pushed) == 1
            server.pushed.clear()
    outcome = await simulator.say(openid, "在吗")
    arrived = len(server.pushed)
    assert (outcome["status"], outcome["tries"], arrived) == struck
    left = await simulator.get("/sim/faults")
    assert [one["app_id"] for one in left] == [OTHER]
    assert (await simulator.say(openid, "在吗"))["tries"] == 1


async def test_a_push_fault_strikes_with_a_probability(
    simulator: Simulator, server: AccountServer
) -> None:
    await simulator.account(server)
    openid = await simulator.follow(silent=True)
    fault = {"endpoint": "callback", "kind": "lost_push", "probability": 0.5}
    await simulator.post("/sim/faults", fault)
    statuses = [(await simulator.say(openid, "在吗"))["status"] for _ in range(60)]
    assert 5 <= statuses.count("failed") <= 55
    assert len(server.pushed) == statuses.count("answered")


async def test_what_was_said_first_arrives_last(
    simulator: Simulator, server: AccountServer
) -> None:
    await simulator.account(server)
    openid = await simulator.follow(silent=True)
    fault = {"app_id": APP_ID, "endpoint": "callback", "kind": "out_of_order", "times": 1}
    await simulator.post("/sim/faults", fault)
    first = asyncio.create_task(simulator.say(openid, "一"))
    await asyncio.sleep(0.1)
    assert await simulator.get("/sim/faults") == []  # it is being held
    assert (await simulator.say(openid, "二"))["status"] == "answered"
    assert (await first)["status"] == "answered"
    inbound = [one.inbound for one in server.pushed]
    assert [one.content for one in inbound if isinstance(one, Text)] == ["二", "一"]
    ids = [one.message_id for one in inbound if isinstance(one, Text)]
    assert ids[0] > ids[1]  # the account can tell


async def test_a_citizens_token_and_a_platform_are_struck_by_name(
    simulator: Simulator,
) -> None:
    await simulator.account()
    platform = await simulator.post("/sim/components", {"name": "云溪集约平台"})
    component = platform["component_appid"]
    path = "/cgi-bin/component/api_start_push_ticket"
    payload = {"component_appid": component, "component_secret": platform["secret"]}
    fault = {"app_id": APP_ID, "endpoint": path, "kind": "error", "args": {"errcode": -1}}
    await simulator.post("/sim/faults", fault)
    assert (await simulator.post(path, payload))["errcode"] == 0
    assert "id" in await simulator.post("/sim/faults", {**fault, "app_id": component, "times": 1})
    assert (await simulator.post(path, payload))["errcode"] == -1
    assert (await simulator.post(path, payload))["errcode"] == 0


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    with serving.simulator(tmp_path) as found:
        yield found


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["drop", "lost_reply"])
def test_a_client_on_a_socket_sees_the_connection_cut(address: str, kind: str) -> None:
    with httpx.Client(base_url=address, trust_env=False) as client:
        client.post("/sim/accounts", json={"app_id": APP_ID, "secret": SECRET})
        query = {"grant_type": "client_credential", "appid": APP_ID, "secret": SECRET}
        fault = {"app_id": APP_ID, "endpoint": "/cgi-bin/token", "kind": kind, "times": 1}
        client.post("/sim/faults", json=fault).raise_for_status()
        with pytest.raises(httpx.TransportError):
            client.get("/cgi-bin/token", params=query)
        assert "access_token" in client.get("/cgi-bin/token", params=query).json()


@pytest.mark.slow
def test_a_slow_answer_outlasts_the_clients_patience(address: str) -> None:
    with httpx.Client(base_url=address, trust_env=False, timeout=0.5) as client:
        client.post("/sim/accounts", json={"app_id": APP_ID, "secret": SECRET})
        query = {"grant_type": "client_credential", "appid": APP_ID, "secret": SECRET}
        fault = {"endpoint": "/cgi-bin/token", "kind": "delay", "times": 1, "args": {"seconds": 2}}
        client.post("/sim/faults", json=fault).raise_for_status()
        with pytest.raises(httpx.ReadTimeout):
            client.get("/cgi-bin/token", params=query)
        assert "access_token" in client.get("/cgi-bin/token", params=query).json()
