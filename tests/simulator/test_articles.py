"""Material, drafts, publishing, comments: from a picture to a comment's answer."""

from typing import Any

import pytest

from minxin.wechat import Published
from tests.simulator.conftest import APP_ID, PNG, AccountServer, Simulator


@pytest.fixture
async def token(simulator: Simulator, server: AccountServer) -> str:
    await simulator.account(server)
    return await simulator.token()


async def test_material_is_kept_listed_downloaded_and_deleted(
    simulator: Simulator, token: str
) -> None:
    made = await simulator.upload(token, "material/add_material", PNG, "城市夜景.png", type="image")
    assert made["url"].endswith(made["media_id"])
    assert (await simulator.http.get(made["url"])).content == PNG
    counts = await simulator.call(token, "material/get_materialcount")
    assert (counts["image_count"], counts["voice_count"]) == (1, 0)
    listed = await simulator.call(
        token, "material/batchget_material", {"type": "image", "offset": 0, "count": 20}
    )
    assert [one["name"] for one in listed["item"]] == ["城市夜景.png"]
    response = await simulator.http.post(
        "/cgi-bin/material/get_material",
        params={"access_token": token},
        json={"media_id": made["media_id"]},
    )
    assert response.content == PNG
    gone = {"media_id": made["media_id"]}
    assert (await simulator.call(token, "material/del_material", gone))["errcode"] == 0
    assert (await simulator.call(token, "material/del_material", gone))["errcode"] == 40007


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        (b"<html>", "image", 40005),
        (b"\x89PNG" + bytes(10 * 1024 * 1024), "image", 45001),
        (PNG, "thumb", 40005),
        (PNG, "poster", 40004),
        (b"", "image", 41005),
    ],
)
async def test_a_file_that_is_not_what_it_should_be_is_refused(
    simulator: Simulator, token: str, body: bytes, kind: str, code: int
) -> None:
    found = await simulator.upload(token, "material/add_material", body, type=kind)
    assert found["errcode"] == code


async def test_a_draft_is_read_back_changed_and_counted(simulator: Simulator, token: str) -> None:
    media_id = await simulator.draft(token, "便民服务日历", "停水通知", author="云溪发布")
    assert (await simulator.call(token, "draft/count"))["total_count"] == 1
    draft = await simulator.call(token, "draft/get", {"media_id": media_id})
    first = draft["news_item"][0]
    assert (first["title"], first["digest"]) == ("便民服务日历", "便民服务日历的正文")
    assert "便民服务日历的正文" in (await simulator.http.get(first["url"])).text
    changed = {**first, "title": "便民日历", "content": "<p>改</p><script>alert(1)</script>"}
    asked = {"media_id": media_id, "index": 1, "articles": changed}
    assert (await simulator.call(token, "draft/update", asked))["errcode"] == 0
    again = await simulator.call(token, "draft/get", {"media_id": media_id})
    assert [one["title"] for one in again["news_item"]] == ["便民服务日历", "便民日历"]
    assert again["news_item"][1]["content"] == "<p>改</p>"
    page = await simulator.call(token, "draft/batchget", {"offset": 0, "count": 1, "no_content": 1})
    assert "content" not in page["item"][0]["content"]["news_item"][0]
    await simulator.call(token, "draft/delete", {"media_id": media_id})
    assert (await simulator.call(token, "draft/get", {"media_id": media_id}))["errcode"] == 40007


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": "字" * 33}, 45003),
        ({"author": "字" * 17}, 45110),
        ({"digest": "字" * 129}, 45004),
        ({"content": "字" * 20_001}, 45166),
        ({"content": ""}, 45166),
        ({"thumb_media_id": "nothing"}, 40007),
        ({"content_source_url": "http://a/" + "b" * 1024}, 40039),
    ],
)
async def test_a_draft_has_todays_limits(
    simulator: Simulator, token: str, change: dict[str, Any], code: int
) -> None:
    cover = await simulator.upload(token, "material/add_material", PNG, type="image")
    article = {"title": "标题", "content": "正文", "thumb_media_id": cover["media_id"], **change}
    found = await simulator.call(token, "draft/add", {"articles": [article]})
    assert found["errcode"] == code


async def test_escaped_chinese_is_refused_in_a_draft(simulator: Simulator, token: str) -> None:
    response = await simulator.http.post(
        "/cgi-bin/draft/add",
        params={"access_token": token},
        content=rb'{"articles": [{"title": "\u4e91\u6eaa"}]}',
    )
    assert response.json()["errcode"] == 40033


async def test_what_is_submitted_is_published_and_the_account_hears_of_it(
    simulator: Simulator, server: AccountServer, token: str
) -> None:
    media_id = await simulator.draft(token, "停水通知", "恢复供水")
    submitted = await simulator.call(token, "freepublish/submit", {"media_id": media_id})
    publish_id = submitted["publish_id"]
    running = await simulator.call(token, "freepublish/get", {"publish_id": publish_id})
    assert running["publish_status"] == 1
    twice = await simulator.call(token, "freepublish/submit", {"media_id": media_id})
    assert twice["errcode"] == 53504
    await simulator.later(3)
    done = await simulator.call(token, "freepublish/get", {"publish_id": publish_id})
    assert (done["publish_status"], done["article_detail"]["count"]) == (0, 2)
    event = server.pushed[-1].inbound
    assert isinstance(event, Published)
    assert (event.publish_id, event.status, event.article_id) == (publish_id, 0, done["article_id"])
    assert (await simulator.call(token, "draft/count"))["total_count"] == 0
    address = done["article_detail"]["item"][1]["article_url"]
    assert "恢复供水的正文" in (await simulator.http.get(address)).text
    listed = await simulator.call(token, "freepublish/batchget", {"offset": 0, "count": 20})
    assert [one["article_id"] for one in listed["item"]] == [done["article_id"]]
    one = {"article_id": done["article_id"], "index": 2}
    assert (await simulator.call(token, "freepublish/delete", one))["errcode"] == 0
    assert "已被发布者删除" in (await simulator.http.get(address)).text
    await simulator.call(token, "freepublish/delete", {**one, "index": 0})
    ended = await simulator.call(token, "freepublish/get", {"publish_id": publish_id})
    assert ended["publish_status"] == 5


async def test_a_publication_may_fail_its_review_and_the_draft_stays(
    simulator: Simulator, server: AccountServer, token: str
) -> None:
    fault = {"endpoint": "review", "kind": "reject", "times": 1}
    assert "id" in await simulator.post("/sim/faults", fault)
    media_id = await simulator.draft(token, "标题")
    submitted = await simulator.call(token, "freepublish/submit", {"media_id": media_id})
    await simulator.later(3)
    asked = {"publish_id": submitted["publish_id"]}
    found = await simulator.call(token, "freepublish/get", asked)
    assert (found["publish_status"], found["fail_idx"]) == (4, [1])
    event = server.pushed[-1].inbound
    assert isinstance(event, Published)
    assert event.status == 4
    assert (await simulator.call(token, "draft/count"))["total_count"] == 1


async def test_an_unverified_account_keeps_drafts_but_may_not_publish(
    simulator: Simulator, token: str
) -> None:
    await simulator.post("/sim/accounts", {"app_id": APP_ID, "verified": False})
    media_id = await simulator.draft(token, "标题")
    found = await simulator.call(token, "freepublish/submit", {"media_id": media_id})
    assert found["errcode"] == 48001


async def test_a_comment_is_written_chosen_answered_and_deleted(
    simulator: Simulator, token: str
) -> None:
    media_id = await simulator.draft(token, "停水通知", need_open_comment=1)
    submitted = await simulator.call(token, "freepublish/submit", {"media_id": media_id})
    await simulator.later(3)
    await simulator.follow("小林")
    await simulator.post("/sim/citizens", {"nickname": "老周"})
    slug = (await simulator.get("/sim/articles", app_id=APP_ID))[0]["slug"]
    made = await simulator.post(
        f"/sim/articles/{slug}/comments", {"citizen": 1, "content": "几点恢复？"}
    )
    assert made == {"user_comment_id": 1}
    seen_by_other = await simulator.get(f"/sim/articles/{slug}", citizen=2)
    assert seen_by_other["comments"] == []
    which = {"msg_data_id": submitted["msg_data_id"], "index": 0}
    listed = await simulator.call(
        token, "comment/list", {**which, "begin": 0, "count": 49, "type": 0}
    )
    assert [one["content"] for one in listed["comment"]] == ["几点恢复？"]
    chosen = {**which, "user_comment_id": 1}
    await simulator.call(token, "comment/markelect", chosen)
    answer = {**chosen, "content": "今晚八点。"}
    assert (await simulator.call(token, "comment/reply/add", answer))["errcode"] == 0
    again = {**chosen, "content": "明早八点。"}
    assert (await simulator.call(token, "comment/reply/add", again))["errcode"] == 88005
    seen_by_other = await simulator.get(f"/sim/articles/{slug}", citizen=2)
    assert [(one["content"], one["reply"]) for one in seen_by_other["comments"]] == [
        ("几点恢复？", "今晚八点。")
    ]
    await simulator.call(token, "comment/reply/delete", chosen)
    assert (await simulator.call(token, "comment/reply/delete", chosen))["errcode"] == 87009
    await simulator.call(token, "comment/delete", chosen)
    assert (await simulator.call(token, "comment/delete", chosen))["errcode"] == 88008
    await simulator.call(token, "comment/close", which)
    closed = await simulator.http.post(
        f"/sim/articles/{slug}/comments", json={"citizen": 1, "content": "还在吗"}
    )
    assert closed.status_code == 409
    too_many = {**which, "begin": 0, "count": 50, "type": 0}
    assert (await simulator.call(token, "comment/list", too_many))["errcode"] == 88010


async def test_a_reader_counts_once_a_day_and_may_take_a_like_back(
    simulator: Simulator, token: str
) -> None:
    media_id = await simulator.draft(token, "停水通知")
    await simulator.call(token, "freepublish/submit", {"media_id": media_id})
    await simulator.later(3)
    await simulator.post("/sim/citizens", {"nickname": "老周"})
    slug = (await simulator.get("/sim/articles", app_id=APP_ID))[0]["slug"]

    async def act(what: str, **more: Any) -> dict[str, int]:
        payload = {"citizen": 1, "act": what, **more}
        found = await simulator.post(f"/sim/articles/{slug}/acts", payload)
        counts: dict[str, int] = found["counts"]
        return counts

    assert (await act("read"))["read"] == 1
    assert (await act("read"))["read"] == 1
    await simulator.later(86400)
    assert (await act("read"))["read"] == 2
    assert (await act("like"))["like"] == 1
    assert (await act("like", undo=True))["like"] == 0
