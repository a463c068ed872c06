"""Every kind of menu button, at the control API: what the account hears, what her phone opens."""

import hashlib
from typing import Any

import pytest

from minxin.wechat import (
    CodeScanned,
    Image,
    Location,
    LocationPicked,
    MenuClicked,
    MenuViewed,
    MiniProgramOpened,
    Opened,
    PassiveReply,
    PhotosPicked,
    TextReply,
)
from tests.simulator.conftest import APP_ID, PNG, AccountServer, Simulator

PLACE = {
    "latitude": 30.2741, "longitude": 120.1551, "scale": 16, "label": "云溪市青禾区青禾路12号",
    "name": "市民中心",
}  # fmt: skip


async def menu(simulator: Simulator, *buttons: dict[str, Any]) -> str:
    """A menu whose first button opens these; the token."""
    token = await simulator.token()
    below = [{"name": f"第{n}个", **button} for n, button in enumerate(buttons, start=1)]
    made = {"button": [{"name": "办事", "sub_button": below}]}
    assert (await simulator.call(token, "menu/create", made))["errcode"] == 0
    return token


async def tap(simulator: Simulator, openid: str, index: int = 0, **more: Any) -> Any:
    payload = {"app_id": APP_ID, "openid": openid, "button": [0, index], **more}
    return await simulator.post("/sim/tap", payload)


async def picture(simulator: Simulator, body: bytes = PNG) -> str:
    answered = await simulator.http.post(
        "/sim/media", params={"app_id": APP_ID, "type": "image"}, files={"media": body}
    )
    return str(answered.json()["media_id"])


async def thanks(opened: Opened) -> PassiveReply:
    return TextReply("收到")


async def test_click_view_and_mini_program(simulator: Simulator, server: AccountServer) -> None:
    await simulator.account(server)
    openid = await simulator.follow(silent=True)
    await menu(
        simulator,
        {"type": "click", "key": "hours"},
        {"type": "view", "url": "http://yunxi.example/a"},
        {"type": "miniprogram", "url": "http://yunxi.example/b", "appid": "wx1", "pagepath": "p/q"},
    )
    server.answer = thanks
    clicked = await tap(simulator, openid)
    assert clicked["outcomes"][0]["reply"]["text"] == "收到"
    assert clicked["opens"] is None
    viewed = await tap(simulator, openid, 1)
    assert viewed["opens"] == {"url": "http://yunxi.example/a"}
    assert viewed["outcomes"][0]["status"] == "accepted"  # an answer to VIEW is shown to nobody
    opened = await tap(simulator, openid, 2)
    assert opened["opens"] == {"appid": "wx1", "pagepath": "p/q", "url": "http://yunxi.example/b"}
    events = [one.inbound for one in server.pushed]
    assert [type(one) for one in events] == [MenuClicked, MenuViewed, MiniProgramOpened]
    assert isinstance(events[1], MenuViewed)
    assert isinstance(events[2], MiniProgramOpened)
    assert events[1].menu_id == events[2].menu_id
    assert events[1].menu_id is not None
    assert events[1].menu_id.isdecimal()
    assert [one["text"] for one in await simulator.seen(openid)] == ["收到"]


@pytest.mark.parametrize("kind", ["scancode_push", "scancode_waitmsg"])
async def test_scanning(simulator: Simulator, server: AccountServer, kind: str) -> None:
    await simulator.account(server)
    openid = await simulator.follow(silent=True)
    token = await menu(simulator, {"type": kind, "key": "code"})
    server.answer = thanks
    await simulator.later(3600)
    assert await simulator.send(token, openid) == 45015
    found = await tap(simulator, openid, scanned="6901234567892", scan_type="barcode")
    pushed = server.pushed[-1].inbound
    assert isinstance(pushed, CodeScanned)
    assert (pushed.event, pushed.key, pushed.scan_type, pushed.result) == (
        kind, "code", "barcode", "6901234567892",
    )  # fmt: skip
    assert found["outcomes"][0]["reply"]["text"] == "收到"
    assert await simulator.send(token, openid) == 0  # the tap opened a window of a minute


@pytest.mark.parametrize("kind", ["pic_sysphoto", "pic_photo_or_album", "pic_weixin"])
async def test_pictures_follow_their_event(
    simulator: Simulator, server: AccountServer, kind: str
) -> None:
    await simulator.account(server)
    openid = await simulator.follow(silent=True)
    await menu(simulator, {"type": kind, "key": "pictures"})
    bodies = [PNG] if kind == "pic_sysphoto" else [PNG, PNG + b"2"]
    found = await tap(
        simulator, openid, pictures=[await picture(simulator, body) for body in bodies]
    )
    event, *messages = (one.inbound for one in server.pushed)
    assert isinstance(event, PhotosPicked)
    assert (event.event, event.key, event.count) == (kind, "pictures", len(bodies))
    assert event.digests == tuple(
        hashlib.md5(body, usedforsecurity=False).hexdigest() for body in bodies
    )
    assert [type(one) for one in messages] == [Image] * len(bodies)
    assert len(found["outcomes"]) == 1 + len(bodies)
    assert [one["type"] for one in await simulator.seen(openid)] == ["image"] * len(bodies)


async def test_a_place_follows_its_event(simulator: Simulator, server: AccountServer) -> None:
    await simulator.account(server)
    openid = await simulator.follow(silent=True)
    await menu(simulator, {"type": "location_select", "key": "where"})
    await tap(simulator, openid, place=PLACE)
    event, message = (one.inbound for one in server.pushed)
    assert isinstance(event, LocationPicked)
    assert isinstance(message, Location)
    assert (event.key, event.place, event.label) == ("where", "市民中心", PLACE["label"])
    assert (message.latitude, message.longitude) == (30.2741, 120.1551)
    assert (await simulator.seen(openid))[-1]["data"]["name"] == "市民中心"


async def test_material_and_articles_come_without_an_event(
    simulator: Simulator, server: AccountServer
) -> None:
    await simulator.account(server, kind="service", verified=True, principal="government")
    openid = await simulator.follow(silent=True)
    token = await simulator.token()
    image = await simulator.upload(token, "material/add_material", PNG, type="image")
    submitted = await simulator.call(
        token, "freepublish/submit", {"media_id": await simulator.draft(token, "供暖安排")}
    )
    await simulator.later(10)
    published = await simulator.call(
        token, "freepublish/get", {"publish_id": submitted["publish_id"]}
    )
    before = len(server.pushed)
    article_id = published["article_id"]
    draft = await simulator.draft(token, "停水通知")
    await menu(
        simulator,
        {"type": "media_id", "media_id": image["media_id"]},
        {"type": "article_id", "article_id": article_id},
        {"type": "article_view_limited", "article_id": article_id},
        {"type": "view_limited", "media_id": draft},
    )
    assert (await tap(simulator, openid, 0))["opens"] is None
    assert (await tap(simulator, openid, 1))["opens"] is None
    pages = [(await tap(simulator, openid, index))["opens"]["url"] for index in (2, 3)]
    for url, title in zip(pages, ("供暖安排", "停水通知"), strict=True):
        assert title in (await simulator.http.get(url)).text
    seen = await simulator.seen(openid)
    assert [(one["type"], one["via"]) for one in seen] == [("image", "menu"), ("news", "menu")]
    assert seen[0]["url"] == f"/sim/materials/{image['media_id']}"
    assert seen[1]["articles"][0]["title"] == "供暖安排"
    assert len(server.pushed) == before


@pytest.mark.parametrize(
    "button",
    [
        {"type": "media_id", "media_id": "none"},
        {"type": "article_id", "article_id": "none"},
        {"type": "article_view_limited", "article_id": "none"},
        {"type": "view_limited", "media_id": "none"},
    ],
)
async def test_what_is_gone_says_so(
    simulator: Simulator, server: AccountServer, button: dict[str, Any]
) -> None:
    await simulator.account(server)
    openid = await simulator.follow(silent=True)
    await menu(simulator, button)
    assert (await tap(simulator, openid))["say"] == "该内容已被删除"
    assert (server.pushed, await simulator.seen(openid)) == ([], [])


@pytest.mark.parametrize(
    ("button", "more", "status"),
    [
        ({"type": "click", "key": "a"}, {"scanned": "x"}, 409),
        ({"type": "click", "key": "a"}, {"button": [0]}, 409),
        ({"type": "click", "key": "a"}, {"button": [0, 3]}, 409),
        ({"type": "click", "key": "a"}, {"button": [0, 0, 0]}, 400),
        ({"type": "click", "key": "a"}, {"button": []}, 400),
        ({"type": "scancode_push", "key": "a"}, {}, 409),
        ({"type": "scancode_push", "key": "a"}, {"pictures": ["x"]}, 409),
        ({"type": "pic_weixin", "key": "a"}, {"pictures": ["x"]}, 409),
        ({"type": "pic_weixin", "key": "a"}, {"pictures": []}, 400),
        ({"type": "pic_weixin", "key": "a"}, {"pictures": ["x"] * 10}, 400),
        ({"type": "pic_sysphoto", "key": "a"}, {"pictures": ["x", "y"]}, 409),
        ({"type": "location_select", "key": "a"}, {"place": {"latitude": 91}}, 400),
    ],
)
async def test_a_tap_that_cannot_be_is_refused(
    simulator: Simulator, server: AccountServer, button: dict[str, Any], more: dict[str, Any],
    status: int,
) -> None:  # fmt: skip
    await simulator.account(server)
    openid = await simulator.follow(silent=True)
    await menu(simulator, button)
    payload = {"app_id": APP_ID, "openid": openid, "button": [0, 0], **more}
    refused = await simulator.http.post("/sim/tap", json=payload)
    assert refused.status_code == status
    assert refused.json()["error"]
    assert (server.pushed, await simulator.seen(openid)) == ([], [])


async def test_who_left_taps_nothing(simulator: Simulator, server: AccountServer) -> None:
    await simulator.account(server)
    openid = await simulator.follow(silent=True)
    await menu(simulator, {"type": "click", "key": "a"})
    await simulator.post("/sim/unfollow", {"app_id": APP_ID, "openid": openid})
    before = len(server.pushed)
    refused = await tap(simulator, openid)
    assert refused["say"] == "您还没有关注这个公众号，不能发消息"
    assert len(server.pushed) == before


async def test_a_conditional_menu_is_the_one_she_taps(
    simulator: Simulator, server: AccountServer
) -> None:
    await simulator.account(server, kind="service", verified=True, principal="government")
    openid = await simulator.follow(silent=True)
    token = await menu(simulator, {"type": "view", "url": "http://yunxi.example/all"})
    tag = (await simulator.call(token, "tags/create", {"tag": {"name": "企业"}}))["tag"]["id"]
    tagging = {"openid_list": [openid], "tagid": tag}
    await simulator.call(token, "tags/members/batchtagging", tagging)
    other = {
        "button": [{"type": "view", "name": "企业", "url": "http://yunxi.example/firms"}],
        "matchrule": {"tag_id": str(tag)},
    }
    menu_id = (await simulator.call(token, "menu/addconditional", other))["menuid"]
    payload = {"app_id": APP_ID, "openid": openid, "button": [0]}
    assert (await simulator.post("/sim/tap", payload))["opens"]["url"].endswith("/firms")
    pushed = server.pushed[-1].inbound
    assert isinstance(pushed, MenuViewed)
    assert pushed.menu_id == menu_id
