"""WeChat's own customer service: agents, sessions, records."""

from typing import Any

import pytest

from minxin.wechat import Handover, Opened, SessionClosed, SessionOpened, SessionSwitched
from tests.simulator.conftest import APP_ID, AccountServer, Simulator

WANG, LI = "wang@yunxi", "li@yunxi"


@pytest.fixture
async def token(simulator: Simulator, server: AccountServer) -> str:
    await simulator.account(server)
    return await simulator.token()


async def _agent(simulator: Simulator, token: str, name: str = WANG, nickname: str = "小王") -> Any:
    asked = {"kf_account": name, "nickname": nickname}
    return await simulator.post("/customservice/kfaccount/add", asked, access_token=token)


async def _online(simulator: Simulator, name: str = WANG, **more: Any) -> None:
    payload = {"app_id": APP_ID, "kf_account": name, "online": True, **more}
    await simulator.post("/sim/agents", payload)


async def test_an_agent_is_added_renamed_invited_and_deleted(
    simulator: Simulator, token: str
) -> None:
    assert (await _agent(simulator, token))["errcode"] == 0
    assert (await _agent(simulator, token))["errcode"] == 65406
    assert (await _agent(simulator, token, "no-at-sign"))["errcode"] == 65404
    assert (await _agent(simulator, token, LI, "长" * 17))["errcode"] == 65403
    invited = {"kf_account": WANG, "invite_wx": "wang_wx"}
    path = "/customservice/kfaccount/inviteworker"
    codes = [(await simulator.post(path, invited, access_token=token))["errcode"] for _ in range(2)]
    assert codes == [0, 65411]
    await _online(simulator)
    listed = (await simulator.call(token, "customservice/getkflist"))["kf_list"]
    assert [(one["kf_account"], one["kf_wx"]) for one in listed] == [(WANG, "wang_wx")]
    deleted = await simulator.get(
        "/customservice/kfaccount/del", access_token=token, kf_account=WANG
    )
    assert deleted["errcode"] == 0
    assert (await simulator.call(token, "customservice/getkflist"))["kf_list"] == []


async def test_a_citizen_who_was_handed_over_waits_and_is_attended(
    simulator: Simulator, server: AccountServer, token: str
) -> None:
    async def hand_over(opened: Opened) -> Handover:
        return Handover()

    openid = await simulator.follow()
    server.answer = hand_over
    await simulator.say(openid, "找人工")
    query = {"access_token": token}
    waiting = await simulator.get("/customservice/kfsession/getwaitcase", **query)
    assert [one["openid"] for one in waiting["waitcaselist"]] == [openid]
    await _agent(simulator, token)
    asked = {"kf_account": WANG, "openid": openid}
    path = "/customservice/kfsession/create"
    assert (await simulator.post(path, asked, **query))["errcode"] == 65415  # not there
    await _online(simulator)
    assert (await simulator.post(path, asked, **query))["errcode"] == 0
    opened_event = server.pushed[-1].inbound
    assert isinstance(opened_event, SessionOpened)
    found = await simulator.get("/customservice/kfsession/getsession", openid=openid, **query)
    assert found["kf_account"] == WANG
    await _agent(simulator, token, LI, "小李")
    await _online(simulator, LI)
    taken = await simulator.post(path, {**asked, "kf_account": LI}, **query)
    assert taken["errcode"] == 65414
    await _online(simulator, LI, openid=openid)
    switched = server.pushed[-1].inbound
    assert isinstance(switched, SessionSwitched)
    assert (switched.from_agent, switched.to_agent) == (WANG, LI)
    await simulator.say(openid, "在吗")
    payload = {
        "touser": openid,
        "msgtype": "text",
        "text": {"content": "在的"},
        "customservice": {"kf_account": LI},
    }
    assert (await simulator.call(token, "message/custom/send", payload))["errcode"] == 0
    closed = {"kf_account": LI, "openid": openid}
    await simulator.post("/customservice/kfsession/close", closed, **query)
    closed_event = server.pushed[-1].inbound
    assert isinstance(closed_event, SessionClosed)
    now = int((await simulator.get("/sim/clock"))["now"])
    span = {"starttime": now - 60, "endtime": now + 60, "msgid": 1, "number": 100}
    records = await simulator.post("/customservice/msgrecord/getmsglist", span, **query)
    assert [(one["opercode"], one["text"]) for one in records["recordlist"]] == [
        (1000, ""), (2003, "在吗"), (2002, "在的"), (1004, ""),
    ]  # fmt: skip
    too_long = {**span, "endtime": now + 90_000}
    refused = await simulator.post("/customservice/msgrecord/getmsglist", too_long, **query)
    assert refused["errcode"] == 65417


async def test_a_message_by_an_agent_there_is_not_is_refused(
    simulator: Simulator, token: str
) -> None:
    openid = await simulator.follow()
    payload = {
        "touser": openid,
        "msgtype": "text",
        "text": {"content": "您好"},
        "customservice": {"kf_account": WANG},
    }
    assert (await simulator.call(token, "message/custom/send", payload))["errcode"] == 65401
    assert await simulator.seen(openid) == []
