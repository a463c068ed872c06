"""Access tokens: two chains, hand-over, forced refreshes, expiry by the simulator's clock."""

import re
from typing import Any

import pytest

from tests.simulator.conftest import APP_ID, Simulator

SECRET = "s" * 32


async def _token(simulator: Simulator, **changed: str) -> Any:
    query = {"grant_type": "client_credential", "appid": APP_ID, "secret": SECRET, **changed}
    return await simulator.get("/cgi-bin/token", **query)


async def _stable(simulator: Simulator, *, force: bool = False) -> Any:
    payload = {
        "grant_type": "client_credential",
        "appid": APP_ID,
        "secret": SECRET,
        "force_refresh": force,
    }
    return await simulator.post("/cgi-bin/stable_token", payload)


async def _code(simulator: Simulator, token: str) -> int:
    found = await simulator.get("/cgi-bin/user/get", access_token=token)
    return int(found.get("errcode", 0))


async def _advance(simulator: Simulator, seconds: float) -> None:
    await simulator.post("/sim/clock", {"advance_s": seconds})


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"grant_type": "password"}, 40002),
        ({"appid": "wxdoesnotexist0000"}, 40013),
        ({"secret": "wrong" * 6}, 40125),
        ({"appid": ""}, 41002),
        ({"secret": ""}, 41004),
    ],
)
async def test_a_wrong_request_gets_its_errcode_with_a_rid_and_status_200(
    simulator: Simulator, changed: dict[str, str], code: int
) -> None:
    await simulator.account()
    query = {"grant_type": "client_credential", "appid": APP_ID, "secret": SECRET, **changed}
    response = await simulator.http.get("/cgi-bin/token", params=query)
    assert response.status_code == 200
    assert response.json()["errcode"] == code
    assert re.search(r"rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$", response.json()["errmsg"])


async def test_a_new_token_leaves_the_old_one_five_minutes(simulator: Simulator) -> None:
    await simulator.account()
    old, new = await _token(simulator), await _token(simulator)
    assert old["expires_in"] == new["expires_in"] == 7200
    assert old["access_token"] != new["access_token"]
    await _advance(simulator, 290)
    assert await _code(simulator, old["access_token"]) == 0
    await _advance(simulator, 20)
    assert await _code(simulator, old["access_token"]) == 40001
    assert await _code(simulator, new["access_token"]) == 0


async def test_a_token_runs_out_after_two_hours(simulator: Simulator) -> None:
    await simulator.account()
    token = (await _token(simulator))["access_token"]
    await _advance(simulator, 7210)
    assert await _code(simulator, token) == 42001
    assert await _code(simulator, "") == 41001
    assert await _code(simulator, "made-up") == 40001


async def test_stable_tokens_stay_until_five_minutes_are_left(simulator: Simulator) -> None:
    await simulator.account()
    first = await _stable(simulator)
    await _advance(simulator, 3600)
    same = await _stable(simulator)
    assert same["access_token"] == first["access_token"]
    assert 3590 <= same["expires_in"] <= 3600
    await _advance(simulator, 3400)
    fresh = await _stable(simulator)
    assert fresh["access_token"] != first["access_token"]
    assert await _code(simulator, first["access_token"]) == 0
    assert fresh["expires_in"] == 7200


async def test_the_two_chains_do_not_disturb_each_other(simulator: Simulator) -> None:
    await simulator.account()
    stable = (await _stable(simulator))["access_token"]
    await _token(simulator)
    await _token(simulator)
    await _advance(simulator, 400)
    assert await _code(simulator, stable) == 0


async def test_a_forced_refresh_kills_the_former_and_needs_thirty_seconds(
    simulator: Simulator,
) -> None:
    await simulator.account()
    first = (await _stable(simulator))["access_token"]
    assert (await _stable(simulator, force=True))["access_token"] == first
    await _advance(simulator, 31)
    second = (await _stable(simulator, force=True))["access_token"]
    assert second != first
    assert await _code(simulator, first) == 40001
    assert await _code(simulator, second) == 0


async def test_twenty_forced_refreshes_a_day(simulator: Simulator) -> None:
    await simulator.account()
    await simulator.post("/sim/clock", {"set": "2026-11-24T01:00:00+08:00", "frozen": True})
    for _ in range(20):
        assert "access_token" in await _stable(simulator, force=True)
        await _advance(simulator, 31)
    assert (await _stable(simulator, force=True))["errcode"] == 45009
    await _advance(simulator, 86400)
    assert "access_token" in await _stable(simulator, force=True)


async def test_stable_token_is_posted(simulator: Simulator) -> None:
    await simulator.account()
    assert (await simulator.get("/cgi-bin/stable_token", appid=APP_ID))["errcode"] == 43002
    response = await simulator.http.post("/cgi-bin/stable_token", content=b"{half")
    assert response.json()["errcode"] == 47001


async def test_an_expired_token_fault_lasts_until_it_is_taken_away(simulator: Simulator) -> None:
    await simulator.account()
    token = (await _token(simulator))["access_token"]
    await simulator.post("/sim/faults", {"endpoint": "*", "kind": "expired_token"})
    assert [await _code(simulator, token) for _ in range(3)] == [40001] * 3
    await simulator.http.delete("/sim/faults")
    assert await _code(simulator, token) == 0
