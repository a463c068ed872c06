"""Analytics are counted from what happened, for whole days that are over."""

from typing import Any

import pytest

from tests.simulator.conftest import APP_ID, AccountServer, Simulator

DAY = "2026-11-24"
MORNING = f"{DAY}T09:00:00+08:00"


@pytest.fixture
async def token(simulator: Simulator, server: AccountServer) -> str:
    await simulator.account(server)
    await simulator.post("/sim/clock", {"set": MORNING, "frozen": True})
    return await simulator.token()


async def _ask(simulator: Simulator, name: str, first: str = DAY, last: str = DAY) -> Any:
    token = await simulator.token()
    asked = {"begin_date": first, "end_date": last}
    return await simulator.post(f"/datacube/{name}", asked, access_token=token)


async def test_followers_are_counted_by_the_way_they_came(simulator: Simulator, token: str) -> None:
    await simulator.follow("小林")
    zhou = await simulator.follow("老周", scene="31")
    await simulator.post("/sim/unfollow", {"app_id": APP_ID, "openid": zhou})
    assert (await _ask(simulator, "getusersummary"))["errcode"] == 61503  # the day is not over
    await simulator.later(86400)
    found = (await _ask(simulator, "getusersummary"))["list"]
    assert found == [
        {"ref_date": DAY, "user_source": 1, "new_user": 1, "cancel_user": 0},
        {"ref_date": DAY, "user_source": 30, "new_user": 1, "cancel_user": 1},
    ]
    total = (await _ask(simulator, "getusercumulate"))["list"]
    assert total == [{"ref_date": DAY, "user_source": 0, "cumulate_user": 1}]


async def test_what_citizens_said_is_counted_by_type_hour_and_person(
    simulator: Simulator, token: str
) -> None:
    lin, zhou = await simulator.follow("小林"), await simulator.follow("老周")
    for number in range(6):
        await simulator.say(lin, f"第{number}句")
    await simulator.later(3600)
    await simulator.say(zhou, "你好")
    await simulator.later(86400)
    days = (await _ask(simulator, "getupstreammsg"))["list"]
    assert days == [{"ref_date": DAY, "msg_type": 1, "msg_user": 2, "msg_count": 7}]
    hours = (await _ask(simulator, "getupstreammsghour"))["list"]
    assert [(one["ref_hour"], one["msg_count"]) for one in hours] == [(900, 6), (1000, 1)]
    spread = (await _ask(simulator, "getupstreammsgdist"))["list"]
    assert [(one["count_interval"], one["msg_user"]) for one in spread] == [(1, 1), (2, 1)]
    assert (await _ask(simulator, "getupstreammsgweek"))["list"] == []  # not over
    await simulator.later(7 * 86400)
    week = (await _ask(simulator, "getupstreammsgweek"))["list"]
    assert [(one["ref_date"], one["msg_count"]) for one in week] == [("2026-11-23", 7)]
    calls = (await _ask(simulator, "getinterfacesummary"))["list"][0]
    assert (calls["callback_count"], calls["fail_count"]) == (9, 0)  # two followed, seven spoke


async def _read_article(simulator: Simulator, token: str) -> str:
    media_id = await simulator.draft(token, "停水通知", need_open_comment=1)
    await simulator.call(token, "freepublish/submit", {"media_id": media_id})
    await simulator.later(3)
    for name in ("小林", "老周", "陈阿姨"):
        await simulator.post("/sim/citizens", {"nickname": name})
    slug = str((await simulator.get("/sim/articles", app_id=APP_ID))[0]["slug"])
    for citizen, act, scene in (
        (1, "read", 0), (1, "finish", 0), (2, "read", 1), (2, "share", 1), (3, "read", 1),
        (3, "zaikan", 0),
    ):  # fmt: skip
        payload = {"citizen": citizen, "act": act, "scene": scene}
        await simulator.post(f"/sim/articles/{slug}/acts", payload)
    await simulator.post(f"/sim/articles/{slug}/comments", {"citizen": 1, "content": "谢谢"})
    return slug


async def test_articles_are_counted_as_since_november_2025(
    simulator: Simulator, token: str
) -> None:
    slug = await _read_article(simulator, token)
    await simulator.later(86400)
    reads = (await _ask(simulator, "getarticleread"))["list"][0]["detail"]
    assert reads["read_user"] == 3
    assert {one["scene_desc"]: one["user_count"] for one in reads["read_user_source"]} == {
        "会话": 1, "朋友圈": 2,
    }  # fmt: skip
    assert (await _ask(simulator, "getarticleshare"))["list"][0]["detail"] == {"share_user": 1}
    day = (await _ask(simulator, "getbizsummary"))["list"][0]["detail"]
    assert (day["read_user"], day["zaikan_user"], day["comment_count"]) == (3, 1, 1)
    assert day["send_page_count"] == 1
    total = (await _ask(simulator, "getarticletotaldetail"))["list"][0]
    assert (total["title"], total["publish_type"]) == ("停水通知", 1)
    assert total["content_url"].endswith(slug)
    assert total["detail_list"][0]["read_finish_rate"] == pytest.approx(1 / 3, abs=1e-4)


async def test_articles_are_counted_by_the_older_endpoints_too(
    simulator: Simulator, token: str
) -> None:
    slug = await _read_article(simulator, token)
    await simulator.later(86400)
    await simulator.post(f"/sim/articles/{slug}/acts", {"citizen": 1, "act": "read"})
    await simulator.later(86400)
    summary = (await _ask(simulator, "getarticlesummary"))["list"][0]
    assert (summary["int_page_read_user"], summary["share_user"]) == (3, 1)
    total = (await _ask(simulator, "getarticletotal"))["list"][0]
    assert [one["int_page_read_user"] for one in total["details"]] == [3, 3]
    reads = (await _ask(simulator, "getuserread", DAY, "2026-11-25"))["list"]
    assert [one["int_page_read_user"] for one in reads] == [3, 1]
    share = (await _ask(simulator, "getusershare"))["list"]
    assert [(one["share_scene"], one["share_user"]) for one in share] == [(2, 1)]


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        ("yesterday", DAY, 61500),
        (DAY, "2026-11-23", 61501),
        ("2026-11-01", "2026-11-08", 61501),
        (DAY, DAY, 61503),
    ],
)
async def test_days_are_checked(
    simulator: Simulator, token: str, first: str, last: str, code: int
) -> None:
    assert (await _ask(simulator, "getusersummary", first, last))["errcode"] == code


async def test_reading_a_picture_answers_what_was_put_in(simulator: Simulator, token: str) -> None:
    path = "/cv/ocr/idcard"
    query = {"access_token": token, "img_url": "http://a.example/x.png"}
    assert (await simulator.post(path, {}, **query))["errcode"] == 101001
    answer = {"type": "Front", "name": "林某"}
    await simulator.post(
        "/sim/recognitions", {"app_id": APP_ID, "kind": "idcard", "answer": answer}
    )
    found = await simulator.post(path, {}, **query)
    assert (found["errcode"], found["name"]) == (0, "林某")
    voice = {"app_id": APP_ID, "kind": "voice", "answer": {"result": "我要反映路灯"}}
    await simulator.post("/sim/recognitions", voice)
    added = await simulator.upload(
        token, "media/voice/addvoicetorecofortext", b"ID3", voice_id="v1", format="mp3"
    )
    assert added["errcode"] == 0
    heard = await simulator.call(token, "media/voice/queryrecoresultfortext", {}, voice_id="v1")
    assert heard["result"] == "我要反映路灯"
    await simulator.later(11)
    late = await simulator.call(token, "media/voice/queryrecoresultfortext", {}, voice_id="v1")
    assert late["errcode"] == 40007
