"""Pushes: three modes, two formats, five seconds, three tries, the hint."""

import asyncio
import itertools

import pytest

from minxin.wechat import (
    Article,
    CallbackSecrets,
    Followed,
    MenuClicked,
    Mode,
    NewsReply,
    Opened,
    PassiveReply,
    Text,
    TextReply,
    Unfollowed,
    delivery_key,
)
from tests.simulator.conftest import AES_KEY, APP_ID, TOKEN, AccountServer, Simulator

HINT = "该公众号提供的服务出现故障，请稍后再试"


@pytest.mark.parametrize(
    ("mode", "format"), list(itertools.product(["plain", "compatible", "safe"], ["xml", "json"]))
)
async def test_a_sentence_goes_there_and_back_in_every_mode(
    simulator: Simulator, server: AccountServer, mode: str, format: str
) -> None:
    server.secrets = CallbackSecrets(APP_ID, TOKEN, AES_KEY, Mode(mode))
    await simulator.account(server, mode=mode, format=format)
    openid = await simulator.follow()
    outcome = await simulator.say(openid, "身份证怎么补办？")
    assert outcome["status"] == "answered"
    assert outcome["reply"] == {"type": "text", "text": "你说：身份证怎么补办？"}
    assert outcome["tries"] == 1
    assert 0 < outcome["elapsed_ms"] < 500
    pushed = server.pushed[-1]
    assert pushed.format == format
    assert pushed.is_encrypted == (mode != "plain")
    assert ("身份证".encode() in server.bodies[-1]) == (mode != "safe")
    assert [(one["from"], one["via"], one["text"]) for one in await simulator.seen(openid)] == [
        ("citizen", None, "身份证怎么补办？"),
        ("account", "passive", "你说：身份证怎么补办？"),
    ]


async def test_an_unanswered_push_comes_three_times_with_the_same_id_and_new_signatures(
    simulator: Simulator, server: AccountServer
) -> None:
    await simulator.account(server)
    openid = await simulator.follow()
    server.pushed.clear()
    server.queries.clear()
    server.delays = [5.0, 5.0, 5.0]
    outcome = await simulator.say(openid, "在吗")
    assert (outcome["status"], outcome["tries"], outcome["reply"]) == ("late", 3, None)
    assert len({delivery_key(one.inbound) for one in server.pushed}) == 1
    assert len(server.pushed) == 3
    assert len({query["nonce"] for query in server.queries}) == 3
    assert len({query["msg_signature"] for query in server.queries}) == 3
    last = (await simulator.seen(openid))[-1]
    assert (last["from"], last["via"], last["text"]) == ("system", "hint", HINT)


async def test_a_second_try_that_is_answered_counts(
    simulator: Simulator, server: AccountServer
) -> None:
    await simulator.account(server)
    openid = await simulator.follow()
    server.statuses = [502]
    outcome = await simulator.say(openid, "在吗")
    assert (outcome["status"], outcome["tries"]) == ("answered", 2)
    assert all(one["via"] != "hint" for one in await simulator.seen(openid))


@pytest.mark.parametrize(
    "garbage", [b'{"half":', b"<xml>", b"nonsense", b"<xml><Encrypt>x</Encrypt></xml>"]
)
async def test_an_answer_that_is_none_shows_the_hint_at_once(
    simulator: Simulator, server: AccountServer, garbage: bytes
) -> None:
    async def answer(opened: Opened) -> bytes:
        return garbage

    await simulator.account(server)
    openid = await simulator.follow(silent=True)
    server.answer = answer
    outcome = await simulator.say(openid, "在吗")
    assert (outcome["status"], outcome["tries"]) == ("failed", 1)
    assert outcome["reason"]
    assert [one["text"] for one in await simulator.seen(openid)] == ["在吗", HINT]


async def test_success_is_accepted_in_silence(simulator: Simulator, server: AccountServer) -> None:
    async def answer(opened: Opened) -> None:
        return None

    await simulator.account(server)
    openid = await simulator.follow()
    server.answer = answer
    outcome = await simulator.say(openid, "在吗")
    assert (outcome["status"], outcome["reply"]) == ("accepted", None)
    assert len(await simulator.seen(openid)) == 1


async def test_a_server_that_is_down_fails_three_times(
    simulator: Simulator, server: AccountServer
) -> None:
    await simulator.account(server)
    openid = await simulator.follow()
    await simulator.post("/sim/faults", {"endpoint": "callback", "kind": "drop", "times": 3})
    outcome = await simulator.say(openid, "在吗")
    assert (outcome["status"], outcome["tries"]) == ("failed", 3)
    assert await simulator.get("/sim/faults") == []


async def test_a_message_is_answered_with_one_article_an_event_with_up_to_eight(
    simulator: Simulator, server: AccountServer
) -> None:
    async def answer(opened: Opened) -> PassiveReply:
        one = Article("标题", "摘要", "http://127.0.0.1/a.png", "http://127.0.0.1/a")
        return NewsReply((one, one))

    server.answer = answer
    await simulator.account(server)
    openid = await simulator.follow()
    assert len((await simulator.seen(openid))[0]["articles"]) == 2
    outcome = await simulator.say(openid, "看看")
    assert len(outcome["reply"]["articles"]) == 1


async def test_a_reply_too_long_for_wechat_is_a_fault(
    simulator: Simulator, server: AccountServer
) -> None:
    async def answer(opened: Opened) -> PassiveReply:
        return TextReply("长" * 683)

    await simulator.account(server)
    openid = await simulator.follow(silent=True)
    server.answer = answer
    assert (await simulator.say(openid, "说"))["status"] == "failed"


async def test_the_account_hears_of_following_tapping_and_leaving(
    simulator: Simulator, server: AccountServer
) -> None:
    await simulator.account(server)
    openid = await simulator.follow(scene="1001")
    who = {"app_id": APP_ID, "openid": openid}
    await simulator.post("/sim/click", {**who, "key": "tickets"})
    await simulator.post("/sim/unfollow", who)
    await simulator.post("/sim/followers", who)
    kinds = [type(one.inbound) for one in server.pushed]
    assert kinds == [Followed, MenuClicked, Unfollowed, Followed]
    first, click = server.pushed[0].inbound, server.pushed[1].inbound
    assert isinstance(first, Followed)
    assert first.scene == "1001"
    assert isinstance(click, MenuClicked)
    assert click.key == "tickets"
    assert {one.inbound.openid for one in server.pushed} == {openid}


async def test_who_left_cannot_say_anything(simulator: Simulator, server: AccountServer) -> None:
    await simulator.account(server)
    openid = await simulator.follow()
    await simulator.post("/sim/unfollow", {"app_id": APP_ID, "openid": openid})
    before = len(server.pushed)
    response = await simulator.http.post(
        "/sim/say", json={"app_id": APP_ID, "openid": openid, "text": "在吗"}
    )
    assert response.status_code == 409
    assert "does not follow" in response.json()["error"]
    assert len(server.pushed) == before


async def test_duplicate_pushes_arrive_together_and_carry_one_id(
    simulator: Simulator, server: AccountServer
) -> None:
    await simulator.account(server)
    openid = await simulator.follow(silent=True)
    await simulator.post(
        "/sim/faults", {"endpoint": "callback", "kind": "duplicate_push", "times": 1}
    )
    assert (await simulator.say(openid, "一次"))["status"] == "answered"
    assert len(server.pushed) == 2
    assert len({delivery_key(one.inbound) for one in server.pushed}) == 1
    assert len(await simulator.seen(openid)) == 2


async def test_a_lost_reply_is_asked_for_again(simulator: Simulator, server: AccountServer) -> None:
    await simulator.account(server)
    openid = await simulator.follow(silent=True)
    await simulator.post("/sim/faults", {"endpoint": "callback", "kind": "lost_reply", "times": 1})
    outcome = await simulator.say(openid, "一次")
    assert (outcome["status"], outcome["tries"], len(server.pushed)) == ("answered", 2, 2)


async def test_a_wrong_signature_is_refused_by_the_account(
    simulator: Simulator, server: AccountServer
) -> None:
    await simulator.account(server)
    openid = await simulator.follow(silent=True)
    await simulator.post(
        "/sim/faults", {"endpoint": "callback", "kind": "wrong_signature", "times": 3}
    )
    outcome = await simulator.say(openid, "一次")
    assert (outcome["status"], outcome["tries"]) == ("failed", 3)
    assert len(server.refused) == 3
    assert server.pushed == []


async def test_slow_accounts_do_not_hold_up_others(
    simulator: Simulator, server: AccountServer
) -> None:
    await simulator.account(server)
    openid = await simulator.follow(silent=True)
    server.delays = [0.4]
    slow = asyncio.create_task(simulator.say(openid, "慢"))
    await asyncio.sleep(0.05)
    assert (await simulator.say(openid, "快"))["elapsed_ms"] < 250
    assert (await slow)["elapsed_ms"] >= 350


async def test_message_ids_grow_and_create_time_follows_the_simulators_clock(
    simulator: Simulator, server: AccountServer
) -> None:
    await simulator.account(server)
    openid = await simulator.follow(silent=True)
    await simulator.say(openid, "一")
    await simulator.post("/sim/clock", {"advance_s": 86400})
    outcome = await simulator.say(openid, "二")
    assert outcome["status"] == "answered"  # the signature is of now, or it would be refused
    first, second = (one.inbound for one in server.pushed)
    assert isinstance(first, Text)
    assert isinstance(second, Text)
    assert second.message_id > first.message_id
    assert 86399 <= second.created_at - first.created_at <= 86402
