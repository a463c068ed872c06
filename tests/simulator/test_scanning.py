"""What a phone does with a QR code: an account's, an address, words."""

from typing import Any

import pytest

from minxin.wechat import Followed, Scanned
from tests.simulator.conftest import APP_ID, AccountServer, Simulator


@pytest.fixture
async def code(simulator: Simulator, server: AccountServer) -> dict[str, Any]:
    await simulator.account(server, name="云溪发布")
    await simulator.post("/sim/citizens", {"nickname": "小林"})
    asked = {
        "action_name": "QR_STR_SCENE",
        "expire_seconds": 600,
        "action_info": {"scene": {"scene_str": "window-3"}},
    }
    found: dict[str, Any] = await simulator.call(await simulator.token(), "qrcode/create", asked)
    return found


async def _scan(simulator: Simulator, text: str, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = await simulator.post("/sim/scans", {"citizen": 1, "text": text, **more})
    return found


async def test_a_stranger_sees_the_account_and_follows_by_its_code(
    simulator: Simulator, server: AccountServer, code: dict[str, Any]
) -> None:
    found = await _scan(simulator, code["url"])
    assert (found["kind"], found["app_id"], found["scene"]) == ("account", APP_ID, "window-3")
    assert server.pushed == []  # looking is not following
    assert (await _scan(simulator, code["url"], follow=True))["kind"] == "scanned"
    followed = server.pushed[-1].inbound
    assert isinstance(followed, Followed)
    assert (followed.scene, followed.ticket) == ("window-3", code["ticket"])
    assert b"<Encrypt>" in server.bodies[-1]


async def test_a_followers_scan_is_told_with_scene_and_ticket(
    simulator: Simulator, server: AccountServer, code: dict[str, Any]
) -> None:
    await _scan(simulator, code["url"], follow=True)
    assert (await _scan(simulator, code["url"]))["kind"] == "scanned"
    scanned = server.pushed[-1].inbound
    assert isinstance(scanned, Scanned)
    assert (scanned.scene, scanned.ticket) == ("window-3", code["ticket"])


async def test_a_code_that_ran_out_does_nothing(
    simulator: Simulator, server: AccountServer, code: dict[str, Any]
) -> None:
    assert [one["url"] for one in await simulator.get("/sim/codes")] == [code["url"]]
    await simulator.later(601)
    assert await simulator.get("/sim/codes") == []
    assert await _scan(simulator, code["url"], follow=True) == {"kind": "expired"}
    assert server.pushed == []
    assert (await simulator.get("/sim/chats", citizen=1))["chats"] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "https://www.yunxi.gov.cn/a?b=1",
            {"kind": "page", "url": "https://www.yunxi.gov.cn/a?b=1"},
        ),
        ("取号 A023", {"kind": "text", "text": "取号 A023"}),
        ("javascript:alert(1)", {"kind": "text", "text": "javascript:alert(1)"}),
        ("http://[", {"kind": "text", "text": "http://["}),
    ],
)
async def test_other_codes_are_pages_or_words(
    simulator: Simulator, code: dict[str, Any], text: str, found: dict[str, str]
) -> None:
    assert await _scan(simulator, text) == found


async def test_nobody_cannot_scan(
    simulator: Simulator, server: AccountServer, code: dict[str, Any]
) -> None:
    asked = {"citizen": 99, "text": code["url"], "follow": True}
    assert (await simulator.http.post("/sim/scans", json=asked)).status_code == 404
    assert server.pushed == []
