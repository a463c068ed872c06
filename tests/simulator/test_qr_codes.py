"""Codes with a scene, short keys, the ticket of wx.config."""

from typing import Any

import pytest

from tests.simulator.conftest import APP_ID, Simulator


@pytest.fixture
async def token(simulator: Simulator) -> str:
    await simulator.account()
    return await simulator.token()


def _asked(action: str, **scene: Any) -> dict[str, Any]:
    return {"action_name": action, "action_info": {"scene": scene}}


async def test_a_code_has_a_picture_and_a_life(simulator: Simulator, token: str) -> None:
    asked = {**_asked("QR_STR_SCENE", scene_str="window-3"), "expire_seconds": 600}
    made = await simulator.call(token, "qrcode/create", asked)
    assert made["expire_seconds"] == 600
    picture = await simulator.http.get("/cgi-bin/showqrcode", params={"ticket": made["ticket"]})
    assert picture.content.startswith(b"\x89PNG")
    missing = await simulator.http.get("/cgi-bin/showqrcode", params={"ticket": "none"})
    assert missing.status_code == 404


async def test_a_permanent_scene_is_always_the_same_code(simulator: Simulator, token: str) -> None:
    asked = _asked("QR_LIMIT_SCENE", scene_id=7)
    first = await simulator.call(token, "qrcode/create", asked)
    assert "expire_seconds" not in first
    assert await simulator.call(token, "qrcode/create", asked) == first


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (_asked("QR_LIMIT_SCENE", scene_id=100_001), 40053),
        (_asked("QR_SCENE", scene_id=0), 40053),
        (_asked("QR_STR_SCENE", scene_str="长" * 22), 40053),
        (_asked("QR_ANY"), 40052),
        ({**_asked("QR_SCENE", scene_id=1), "expire_seconds": 2_592_001}, 40097),
    ],
)
async def test_a_scene_has_limits(
    simulator: Simulator, token: str, asked: dict[str, Any], code: int
) -> None:
    assert (await simulator.call(token, "qrcode/create", asked))["errcode"] == code


async def test_a_short_key_gives_back_what_was_shortened(simulator: Simulator, token: str) -> None:
    asked = {"long_data": "云溪市政务服务中心 3 号窗口", "expire_seconds": 100}
    key = (await simulator.call(token, "shorten/gen", asked))["short_key"]
    found = await simulator.call(token, "shorten/fetch", {"short_key": key})
    assert found["long_data"] == asked["long_data"]
    assert 98 <= found["expire_seconds"] <= 100
    await simulator.later(101)
    gone = await simulator.call(token, "shorten/fetch", {"short_key": key})
    assert gone["errcode"] == 40039


async def test_the_ticket_of_pages_stays_until_it_is_nearly_over(
    simulator: Simulator, token: str
) -> None:
    first = await simulator.call(token, "ticket/getticket", type="jsapi")
    again = await simulator.call(token, "ticket/getticket", type="jsapi")
    assert (first["errcode"], again["ticket"]) == (0, first["ticket"])
    await simulator.later(7000)
    token = await simulator.token()
    later = await simulator.call(token, "ticket/getticket", type="jsapi")
    assert later["ticket"] != first["ticket"]
    assert (await simulator.call(token, "ticket/getticket", type="x"))["errcode"] == 40097
    assert APP_ID not in later["ticket"]
