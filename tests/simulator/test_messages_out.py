"""Customer-service messages: windows, counts, types, and what the citizen sees."""

from typing import Any

import pytest

from minxin.wechat import Text
from tests.simulator.conftest import APP_ID, AccountServer, Simulator


async def _send(simulator: Simulator, token: str, openid: str, kind: str, inside: Any) -> int:
    payload = {"touser": openid, "msgtype": kind, kind: inside}
    found = await simulator.post("/cgi-bin/message/custom/send", payload, access_token=token)
    return int(found["errcode"])


async def test_five_messages_within_48_hours_of_what_she_said(
    simulator: Simulator, server: AccountServer
) -> None:
    await simulator.account(server)
    openid, token = await simulator.follow(), await simulator.token()
    await simulator.post("/sim/clock", {"advance_s": 120})  # the window of following is over
    assert await simulator.send(token, openid) == 45015
    await simulator.say(openid, "在吗")
    assert [await simulator.send(token, openid, f"第{n}条") for n in range(6)] == [0] * 5 + [45047]
    await simulator.say(openid, "还在吗")  # refreshed, not added up
    assert [await simulator.send(token, openid) for _ in range(6)] == [0] * 5 + [45047]
    await simulator.say(openid, "再问一句")
    await simulator.post("/sim/clock", {"advance_s": 48 * 3600 + 1})
    assert await simulator.send(await simulator.token(), openid) == 45015
    custom = [one["text"] for one in await simulator.seen(openid) if one["via"] == "custom"]
    assert custom[:5] == [f"第{n}条" for n in range(5)]
    assert len(custom) == 10


@pytest.mark.parametrize("act", ["follow", "click", "scan"])
async def test_other_acts_open_a_minute_for_three(
    simulator: Simulator, server: AccountServer, act: str
) -> None:
    await simulator.account(server)
    openid, token = await simulator.follow(), await simulator.token()
    who = {"app_id": APP_ID, "openid": openid}
    if act != "follow":
        await simulator.post("/sim/clock", {"advance_s": 120})
        more = {"key": "k"} if act == "click" else {"scene": "7"}
        await simulator.post(f"/sim/{act}", {**who, **more})
    assert [await simulator.send(token, openid) for _ in range(4)] == [0, 0, 0, 45047]
    await simulator.post("/sim/clock", {"advance_s": 61})
    assert await simulator.send(token, openid) == 45015


async def test_a_tap_on_a_choice_counts_as_a_menu_click_and_carries_its_id(
    simulator: Simulator, server: AccountServer
) -> None:
    await simulator.account(server)
    openid, token = await simulator.follow(), await simulator.token()
    menu = {
        "head_content": "您是不是想问：",
        "list": [{"id": "7", "content": "身份证补办"}],
        "tail_content": "点一下就可以",
    }
    assert await _send(simulator, token, openid, "msgmenu", menu) == 0
    shown = (await simulator.seen(openid))[-1]
    assert shown["type"] == "msgmenu"
    assert shown["data"]["list"] == [{"id": "7", "content": "身份证补办"}]
    await simulator.post("/sim/clock", {"advance_s": 61})
    message = {"type": "text", "text": "身份证补办", "menu_id": "7"}
    await simulator.post("/sim/say", {"app_id": APP_ID, "openid": openid, "message": message})
    pushed = server.pushed[-1].inbound
    assert isinstance(pushed, Text)
    assert pushed.menu_id == "7"
    assert [await simulator.send(token, openid) for _ in range(4)] == [0, 0, 0, 45047]


async def test_an_article_an_image_and_what_is_wrong_with_others(
    simulator: Simulator, server: AccountServer
) -> None:
    await simulator.account(server)
    openid, token = await simulator.follow(), await simulator.token()
    await simulator.say(openid, "在吗")
    card = {"title": "标题", "description": "摘要", "url": "http://127.0.0.1/a", "picurl": ""}
    assert await _send(simulator, token, openid, "news", {"articles": [card, card]}) == 45008
    assert await _send(simulator, token, openid, "news", {"articles": [card]}) == 0
    assert await _send(simulator, token, openid, "image", {"media_id": "unknown"}) == 40007
    upload = await simulator.http.post(
        "/cgi-bin/media/upload",
        params={"access_token": token, "type": "image"},
        files={"media": ("照片.png", b"\x89PNG\r\n\x1a\nrest", "image/png")},
    )
    media_id = upload.json()["media_id"]
    assert await _send(simulator, token, openid, "image", {"media_id": media_id}) == 0
    picture = await simulator.http.get(
        "/cgi-bin/media/get", params={"access_token": token, "media_id": media_id}
    )
    assert picture.content == b"\x89PNG\r\n\x1a\nrest"
    assert await _send(simulator, token, openid, "text", {"content": ""}) == 44004
    assert await _send(simulator, token, openid, "text", {"content": "长" * 700}) == 45002
    assert await _send(simulator, token, openid, "shout", {}) == 40008
    assert await _send(simulator, token, "oNobody", "text", {"content": "您好"}) == 40003
    assert [one["type"] for one in await simulator.seen(openid) if one["via"] == "custom"] == [
        "news",
        "image",
    ]


async def test_unverified_accounts_blocked_and_gone_followers(
    simulator: Simulator, server: AccountServer
) -> None:
    await simulator.account(server)
    openid, token = await simulator.follow(), await simulator.token()
    who = {"app_id": APP_ID, "openid": openid}
    await simulator.say(openid, "在吗")
    await simulator.post("/sim/block", {**who, "blocked": True})
    assert await simulator.send(token, openid) == 48002
    await simulator.post("/sim/block", {**who, "blocked": False})
    assert await simulator.send(token, openid) == 0
    await simulator.account(server, verified=False)
    assert await simulator.send(token, openid) == 48001
    await simulator.account(server, verified=True)
    await simulator.post("/sim/unfollow", who)
    assert await simulator.send(token, openid) == 45015


async def test_escapes_are_shown_as_they_stand(simulator: Simulator, server: AccountServer) -> None:
    await simulator.account(server)
    openid, token = await simulator.follow(), await simulator.token()
    escaped = b'","msgtype":"text","text":{"content":"\\u60a8\\u597d\\n"}}'
    body = b'{"touser":"' + openid.encode() + escaped
    response = await simulator.http.post(
        "/cgi-bin/message/custom/send", params={"access_token": token}, content=body
    )
    assert response.json()["errcode"] == 0
    assert (await simulator.seen(openid))[-1]["text"] == "\\u60a8\\u597d\n"


async def test_typing_is_shown_once_and_only_soon_after_she_acted(
    simulator: Simulator, server: AccountServer
) -> None:
    await simulator.account(server)
    openid, token = await simulator.follow(), await simulator.token()

    async def typing(command: str) -> int:
        payload = {"touser": openid, "command": command}
        path = "/cgi-bin/message/custom/typing"
        return int((await simulator.post(path, payload, access_token=token))["errcode"])

    assert await typing("Typing") == 0
    assert await typing("Typing") == 45081
    assert await typing("CancelTyping") == 0
    assert await typing("Typing") == 0
    assert await typing("Dance") == 45072
    await simulator.post("/sim/clock", {"advance_s": 31})
    assert await typing("Typing") == 45080


async def test_a_lost_answer_leaves_the_message_with_the_citizen(
    simulator: Simulator, server: AccountServer
) -> None:
    await simulator.account(server)
    openid, token = await simulator.follow(), await simulator.token()
    path = "/cgi-bin/message/custom/send"
    await simulator.post("/sim/faults", {"endpoint": path, "kind": "lost_reply", "times": 1})
    payload = {"touser": openid, "msgtype": "text", "text": {"content": "只有一次"}}
    response = await simulator.http.post(path, json=payload, params={"access_token": token})
    assert len(response.content) < int(response.headers["content-length"])
    assert [one["text"] for one in await simulator.seen(openid)] == ["只有一次"]


async def test_faults_answer_what_was_asked_for(
    simulator: Simulator, server: AccountServer
) -> None:
    await simulator.account(server)
    openid, token = await simulator.follow(), await simulator.token()
    path = "/cgi-bin/message/custom/send"
    for kind, args in (("error", {"errcode": -1}), ("http_500", {"status": 502}), ("bad_json", {})):
        await simulator.post(
            "/sim/faults", {"endpoint": path, "kind": kind, "times": 1, "args": args}
        )
    payload = {"touser": openid, "msgtype": "text", "text": {"content": "您好"}}

    async def post() -> Any:
        return await simulator.http.post(path, json=payload, params={"access_token": token})

    assert (await post()).json()["errcode"] == -1
    assert (await post()).status_code == 502
    with pytest.raises(ValueError):
        (await post()).json()
    assert await simulator.seen(openid) == []
    assert (await post()).json()["errcode"] == 0
