"""Template messages and subscription notices: keys, consent, repetition."""

from typing import Any

import pytest

from minxin.wechat import SubscriptionAnswered, SubscriptionSent, TemplateSent
from tests.simulator.conftest import APP_ID, AccountServer, Simulator

GOOD = {
    "thing1": {"value": "居住证签注"},
    "phrase2": {"value": "已受理"},
    "time3": {"value": "2026年11月24日 15:20"},
}


@pytest.fixture
async def token(simulator: Simulator, server: AccountServer) -> str:
    await simulator.account(server)
    return await simulator.token()


@pytest.fixture
async def template(simulator: Simulator, token: str) -> str:
    asked = {
        "template_id_short": "40001",
        "keyword_name_list": ["办理事项", "当前状态", "更新时间"],
    }
    return str((await simulator.call(token, "template/api_add_template", asked))["template_id"])


async def test_a_template_message_shows_its_keys_and_the_account_hears_of_it(
    simulator: Simulator, server: AccountServer, token: str, template: str
) -> None:
    openid = await simulator.follow()
    asked = {
        "touser": openid,
        "template_id": template,
        "data": {**GOOD, "first": {"value": "您好"}},
    }
    made = await simulator.call(token, "message/template/send", asked)
    assert made["errcode"] == 0
    await simulator.later(1)
    event = server.pushed[-1].inbound
    assert isinstance(event, TemplateSent)
    assert (event.message_id, event.status) == (made["msgid"], "success")
    card = (await simulator.seen(openid))[-1]
    assert (card["type"], card["via"]) == ("template", "template")
    assert [one["value"] for one in card["data"]["lines"]] == [
        "居住证签注", "已受理", "2026年11月24日 15:20",
    ]  # fmt: skip
    assert "first" not in card["data"]["values"]  # not shown since May 2023


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"thing1": {"value": "字" * 21}}, "thing1"),
        ({"phrase2": {"value": "accepted"}}, "phrase2"),
        ({"phrase2": {"value": "正在等待补正材料"}}, "phrase2"),
        ({"time3": {"value": "明天"}}, "time3"),
        ({"time3": {}}, "time3"),
    ],
)
async def test_a_value_that_does_not_fit_its_key_is_named(
    simulator: Simulator, token: str, template: str, change: dict[str, Any], key: str
) -> None:
    openid = await simulator.follow()
    asked = {"touser": openid, "template_id": template, "data": {**GOOD, **change}}
    found = await simulator.call(token, "message/template/send", asked)
    assert found["errcode"] == 47003
    assert f"data.{key}.value invalid" in found["errmsg"]
    assert await simulator.seen(openid) == []


async def test_the_same_message_is_not_sent_twice(
    simulator: Simulator, token: str, template: str
) -> None:
    openid = await simulator.follow()
    asked = {"touser": openid, "template_id": template, "data": GOOD, "client_msg_id": "t-1"}
    first = await simulator.call(token, "message/template/send", asked)
    again = await simulator.call(token, "message/template/send", asked)
    assert again == first
    assert len(await simulator.seen(openid)) == 1
    plain = {"touser": openid, "template_id": template, "data": GOOD}
    soon = await simulator.call(token, "message/template/send", plain)
    assert soon["errcode"] == 40241  # the same words within a minute
    await simulator.later(61)
    later = await simulator.call(token, "message/template/send", plain)
    assert later["errcode"] == 0


async def test_who_does_not_follow_gets_no_template_message(
    simulator: Simulator, token: str, template: str
) -> None:
    openid = await simulator.follow()
    await simulator.post("/sim/unfollow", {"app_id": APP_ID, "openid": openid})
    asked = {"touser": openid, "template_id": template, "data": GOOD}
    assert (await simulator.call(token, "message/template/send", asked))["errcode"] == 43004
    await simulator.post("/sim/accounts", {"app_id": APP_ID, "kind": "subscription"})
    assert (await simulator.call(token, "message/template/send", asked))["errcode"] == 48001


async def test_an_account_has_twenty_five_templates(simulator: Simulator, token: str) -> None:
    codes = [
        (await simulator.call(token, "template/api_add_template", {"template_id_short": "40002"}))[
            "errcode"
        ]
        for _ in range(26)
    ]
    assert codes == [0] * 25 + [45026]
    listed = (await simulator.call(token, "template/get_all_private_template"))["template_list"]
    gone = {"template_id": listed[0]["template_id"]}
    await simulator.call(token, "template/del_private_template", gone)
    left = (await simulator.call(token, "template/get_all_private_template"))["template_list"]
    assert len(left) == 24


async def _subscription(simulator: Simulator, token: str) -> str:
    query = {"access_token": token}
    titles = await simulator.get(
        "/wxaapi/newtmpl/getpubtemplatetitles", ids="612", start=0, limit=30, **query
    )
    tid = next(one["tid"] for one in titles["data"] if one["title"] == "办理进度通知")
    keywords = await simulator.get("/wxaapi/newtmpl/getpubtemplatekeywords", tid=tid, **query)
    asked = {"tid": tid, "kidList": [one["kid"] for one in keywords["data"]], "sceneDesc": "进度"}
    made = await simulator.post("/wxaapi/newtmpl/addtemplate", asked, **query)
    return str(made["priTmplId"])


@pytest.mark.parametrize(("principal", "sends"), [("enterprise", 1), ("government", 3)])
async def test_a_consent_is_one_notice_or_for_public_services_many(
    simulator: Simulator, server: AccountServer, token: str, principal: str, sends: int
) -> None:
    await simulator.post("/sim/accounts", {"app_id": APP_ID, "principal": principal})
    openid, template = await simulator.follow(), await _subscription(simulator, token)
    asked = {"touser": openid, "template_id": template, "data": GOOD}
    assert (await simulator.call(token, "message/subscribe/bizsend", asked))["errcode"] == 43101
    yes = {"app_id": APP_ID, "openid": openid, "template_id": template, "choice": "accept"}
    await simulator.post("/sim/subscriptions", yes)
    answered = server.pushed[-1].inbound
    assert isinstance(answered, SubscriptionAnswered)
    assert answered.answers[0]["SubscribeStatusString"] == "accept"
    codes = [
        (await simulator.call(token, "message/subscribe/bizsend", asked))["errcode"]
        for _ in range(3)
    ]
    assert codes == [0] * sends + [43101] * (3 - sends)
    await simulator.later(1)
    assert isinstance(server.pushed[-1].inbound, SubscriptionSent)
    await simulator.post("/sim/subscriptions", {**yes, "choice": "off"})
    assert (await simulator.call(token, "message/subscribe/bizsend", asked))["errcode"] == 43101


async def test_what_the_review_intercepts_reaches_nobody_and_is_looked_up(
    simulator: Simulator, server: AccountServer, token: str, template: str
) -> None:
    openid = await simulator.follow()
    seen = await simulator.seen(openid)
    fault = {"app_id": APP_ID, "endpoint": "review", "kind": "reject", "times": 1}
    await simulator.post("/sim/faults", fault)
    asked = {"touser": openid, "template_id": template, "data": GOOD}
    made = await simulator.call(token, "message/template/send", asked)
    assert made["errcode"] == 0
    await simulator.later(1)
    event = server.pushed[-1].inbound
    assert isinstance(event, TemplateSent)
    assert event.status == "failed: system failed"
    assert await simulator.seen(openid) == seen

    async def blocked(**more: Any) -> Any:
        asked = {"tmpl_msg_id": str(made["msgid"]), "largest_id": 0, "limit": 100, **more}
        return await simulator.post("/wxa/sec/queryblocktmplmsg", asked, access_token=token)

    found = (await blocked())["msginfo"]
    assert [(one["openid"], one["tmpl_msg_id"]) for one in found] == [(openid, str(made["msgid"]))]
    assert "居住证签注" in found[0]["content"]
    assert (await blocked(largest_id=found[0]["id"]))["msginfo"] == []
    assert (await blocked(tmpl_msg_id="1"))["msginfo"] == []
    assert (await blocked(limit=101))["errcode"] == 47001
    await simulator.later(61)
    again = await simulator.call(token, "message/template/send", asked)
    assert (await blocked(tmpl_msg_id=str(again["msgid"])))["msginfo"] == []
