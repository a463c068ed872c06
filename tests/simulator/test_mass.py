"""Mass messages: how many, to whom, how often, and what is told at the end."""

from typing import Any

import pytest

from minxin.wechat import MassSent
from tests.simulator.conftest import APP_ID, PNG, AccountServer, Simulator

TO_ALL = {"filter": {"is_to_all": True}, "msgtype": "text", "text": {"content": "停水通知"}}


@pytest.fixture
async def token(simulator: Simulator, server: AccountServer) -> str:
    await simulator.account(server)
    return await simulator.token()


async def test_articles_reach_everybody_and_the_account_hears_how_many(
    simulator: Simulator, server: AccountServer, token: str
) -> None:
    lin, zhou = await simulator.follow("小林"), await simulator.follow("老周")
    await simulator.post("/sim/block", {"app_id": APP_ID, "openid": zhou, "blocked": True})
    media_id = await simulator.draft(token, "停水通知", "恢复供水")
    asked = {"filter": {"is_to_all": True}, "msgtype": "mpnews", "mpnews": {"media_id": media_id}}
    made = await simulator.call(token, "message/mass/sendall", asked)
    assert made["errmsg"] == "send job submission success"
    status = {"msg_id": made["msg_id"]}
    assert (await simulator.call(token, "message/mass/get", status))["msg_status"] == "SENDING"
    await simulator.later(4)
    sent = await simulator.call(token, "message/mass/get", status)
    assert sent["msg_status"] == "SEND_SUCCESS"
    event = server.pushed[-1].inbound
    assert isinstance(event, MassSent)
    assert (event.total, event.sent, event.filtered) == (2, 1, 1)
    card = (await simulator.seen(lin))[-1]
    assert card["via"] == "mass"
    assert [one["title"] for one in card["articles"]] == ["停水通知", "恢复供水"]
    assert "恢复供水的正文" in (await simulator.http.get(card["articles"][1]["url"])).text
    deleted = {**status, "article_idx": 0}
    await simulator.call(token, "message/mass/delete", deleted)
    assert (await simulator.call(token, "message/mass/get", status))["msg_status"] == "DELETE"


async def test_a_tag_limits_who_receives(simulator: Simulator, token: str) -> None:
    lin, zhou = await simulator.follow("小林"), await simulator.follow("老周")
    tag = (await simulator.call(token, "tags/create", {"tag": {"name": "城东"}}))["tag"]["id"]
    given = {"openid_list": [zhou], "tagid": tag}
    await simulator.call(token, "tags/members/batchtagging", given)
    asked = {**TO_ALL, "filter": {"is_to_all": False, "tag_id": tag}}
    await simulator.call(token, "message/mass/sendall", asked)
    await simulator.later(4)
    assert [len(await simulator.seen(one)) for one in (lin, zhou)] == [0, 1]


async def test_the_same_client_id_is_sent_once(simulator: Simulator, token: str) -> None:
    openid = await simulator.follow()
    asked = {**TO_ALL, "clientmsgid": "notice-20261124"}
    first = await simulator.call(token, "message/mass/sendall", asked)
    soon = await simulator.call(token, "message/mass/sendall", asked)
    assert (soon["errcode"], soon["msg_id"]) == (45066, first["msg_id"])
    await simulator.later(61)
    late = await simulator.call(token, "message/mass/sendall", asked)
    assert (late["errcode"], late["msg_id"]) == (45065, first["msg_id"])
    assert len(await simulator.seen(openid)) == 1
    too_long = {**TO_ALL, "clientmsgid": "x" * 65}
    assert (await simulator.call(token, "message/mass/sendall", too_long))["errcode"] == 45067


async def test_a_subscription_account_sends_once_a_day(simulator: Simulator, token: str) -> None:
    await simulator.post("/sim/accounts", {"app_id": APP_ID, "kind": "subscription"})
    codes = [
        (await simulator.call(token, "message/mass/sendall", TO_ALL))["errcode"] for _ in range(2)
    ]
    assert codes == [0, 45028]
    await simulator.later(86400)
    token = await simulator.token()
    assert (await simulator.call(token, "message/mass/sendall", TO_ALL))["errcode"] == 0
    asked = {"touser": ["a", "b"], "msgtype": "text", "text": {"content": "x"}}
    assert (await simulator.call(token, "message/mass/send", asked))["errcode"] == 48001


async def test_a_follower_of_a_service_account_receives_four_a_month(
    simulator: Simulator, server: AccountServer, token: str
) -> None:
    lin, zhou = await simulator.follow("小林"), await simulator.follow("老周")
    for number in range(5):
        asked = {"touser": [lin, zhou], "msgtype": "text", "text": {"content": f"第{number}次"}}
        assert (await simulator.call(token, "message/mass/send", asked))["errcode"] == 0
        await simulator.later(4)
    assert len(await simulator.seen(lin)) == 4
    event = server.pushed[-1].inbound
    assert isinstance(event, MassSent)
    # FilterCount is how many were left to send to, after filtering.
    assert (event.total, event.sent, event.filtered) == (2, 0, 0)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"msgtype": "poem"}, 40008),
        ({"msgtype": "mpnews", "mpnews": {"media_id": "nothing"}}, 40007),
        ({"text": {"content": ""}}, 44004),
        ({"text": {"content": "长" * 700}}, 45002),
        ({"filter": {"tag_id": 999}}, 45159),
        ({"filter": None}, 40035),
    ],
)
async def test_what_is_wrong_is_refused_and_costs_nothing(
    simulator: Simulator, token: str, change: dict[str, Any], code: int
) -> None:
    await simulator.post("/sim/accounts", {"app_id": APP_ID, "kind": "subscription"})
    found = await simulator.call(token, "message/mass/sendall", {**TO_ALL, **change})
    assert found["errcode"] == code
    assert (await simulator.call(token, "message/mass/sendall", TO_ALL))["errcode"] == 0


async def test_a_mass_message_may_fail_its_review(
    simulator: Simulator, server: AccountServer, token: str
) -> None:
    openid = await simulator.follow()
    await simulator.post("/sim/faults", {"endpoint": "review", "kind": "reject", "times": 1})
    made = await simulator.call(token, "message/mass/sendall", TO_ALL)
    await simulator.later(4)
    asked = {"msg_id": made["msg_id"]}
    assert (await simulator.call(token, "message/mass/get", asked))["msg_status"] == "SEND_FAIL"
    event = server.pushed[-1].inbound
    assert isinstance(event, MassSent)
    assert event.status == "err(20013)"
    assert await simulator.seen(openid) == []


async def test_a_preview_reaches_one_follower(simulator: Simulator, token: str) -> None:
    openid = await simulator.follow()
    media_id = await simulator.draft(token, "停水通知")
    asked = {"touser": openid, "msgtype": "mpnews", "mpnews": {"media_id": media_id}}
    assert (await simulator.call(token, "message/mass/preview", asked))["errcode"] == 0
    card = (await simulator.seen(openid))[-1]["articles"][0]
    assert "停水通知的正文" in (await simulator.http.get(card["url"])).text
    assert (await simulator.call(token, "draft/count"))["total_count"] == 1


async def test_a_crowd_gets_it_once_each_and_who_refuses_does_not(
    simulator: Simulator, server: AccountServer, token: str
) -> None:
    openid, refuses = await simulator.follow("小林"), await simulator.follow("老周")
    await simulator.post("/sim/block", {"app_id": APP_ID, "openid": refuses, "blocked": True})
    await simulator.post("/sim/crowds", {"app_id": APP_ID, "count": 4500})
    before = len(await simulator.seen(openid))
    assert (await simulator.call(token, "message/mass/sendall", TO_ALL))["errcode"] == 0
    await simulator.later(4)
    event = server.pushed[-1].inbound
    assert isinstance(event, MassSent)
    assert (event.total, event.filtered, event.sent) == (4502, 4501, 4501)
    assert len(await simulator.seen(openid)) == before + 1
    some = await simulator.get("/sim/followers", app_id=APP_ID, after=4400, limit=50)
    for one in some:  # of the last chunk
        assert [message["text"] for message in await simulator.seen(one["openid"])] == ["停水通知"]


async def test_a_video_is_made_for_the_mass_message_first(simulator: Simulator, token: str) -> None:
    openid = await simulator.follow("小林")
    film = (await simulator.upload(token, "media/upload", b"\0" * 64, type="video"))["media_id"]
    wrong = (
        ({"media_id": "none", "title": "停水"}, 40007),
        ({"media_id": film}, 45003),
        ({"title": "停水"}, 40007),
        ({"media_id": film, "title": 7}, 45003),
    )
    for asked, code in wrong:
        assert (await simulator.call(token, "media/uploadvideo", asked))["errcode"] == code
    picture = (await simulator.upload(token, "media/upload", PNG, type="image"))["media_id"]
    refused = await simulator.call(
        token, "media/uploadvideo", {"media_id": picture, "title": "停水"}
    )
    assert refused["errcode"] == 40007
    asked = {"media_id": film, "title": "停水了怎么办", "description": "怎样储水"}
    made = await simulator.call(token, "media/uploadvideo", asked)
    assert made["type"] == "video"
    assert made["media_id"] != film
    sent = {**TO_ALL, "msgtype": "mpvideo", "mpvideo": {"media_id": made["media_id"]}}
    assert (await simulator.call(token, "message/mass/sendall", sent))["errcode"] == 0
    await simulator.later(4)
    message = (await simulator.seen(openid))[-1]
    assert (message["type"], message["data"]["title"]) == ("video", "停水了怎么办")
    assert (await simulator.http.get(message["url"])).content == b"\0" * 64
    await simulator.later(3 * 86400)
    token = await simulator.token()
    gone = await simulator.call(token, "media/get", media_id=made["media_id"])
    assert gone["errcode"] == 40007
