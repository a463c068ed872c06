"""Menus for some followers."""

from typing import Any

import pytest

from tests.simulator.conftest import APP_ID, Simulator

DEFAULT = {"button": [{"type": "click", "name": "办事", "key": "serve"}]}
FOR_ELDERS = {"button": [{"type": "click", "name": "养老服务", "key": "elders"}]}


@pytest.fixture
async def token(simulator: Simulator) -> str:
    await simulator.account()
    return await simulator.token()


async def _tag(simulator: Simulator, token: str, name: str, openid: str) -> int:
    tag = (await simulator.call(token, "tags/create", {"tag": {"name": name}}))["tag"]["id"]
    given = {"openid_list": [openid], "tagid": tag}
    await simulator.call(token, "tags/members/batchtagging", given)
    return int(tag)


async def test_a_follower_with_the_tag_sees_her_own_menu(simulator: Simulator, token: str) -> None:
    lin, zhou = await simulator.follow("小林"), await simulator.follow("老周")
    tag = await _tag(simulator, token, "老年人", zhou)
    asked = {**FOR_ELDERS, "matchrule": {"tag_id": str(tag)}}
    early = await simulator.call(token, "menu/addconditional", asked)
    assert early["errcode"] == 65303  # there is no menu of the account's own yet
    await simulator.call(token, "menu/create", DEFAULT)
    menu_id = (await simulator.call(token, "menu/addconditional", asked))["menuid"]
    names = {}
    for openid in (lin, zhou):
        found = await simulator.call(token, "menu/trymatch", {"user_id": openid})
        names[openid] = found["button"][0]["name"]
    assert names == {lin: "办事", zhou: "养老服务"}
    chat = await simulator.get("/sim/chat", app_id=APP_ID, citizen=2)
    assert chat["menu"][0]["name"] == "养老服务"
    kept = await simulator.call(token, "menu/get")
    assert kept["conditionalmenu"][0]["matchrule"] == {"tag_id": str(tag)}
    other = await _tag(simulator, token, "残疾人", zhou)
    assert other != tag  # the tag she got last decides
    found = await simulator.call(token, "menu/trymatch", {"user_id": zhou})
    assert found["button"][0]["name"] == "办事"
    await simulator.call(token, "menu/delconditional", {"menuid": menu_id})
    gone = await simulator.call(token, "menu/delconditional", {"menuid": menu_id})
    assert gone["errcode"] == 65301


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ({"sex": "1"}, 65320),
        ({"country": "中国"}, 65320),
        ({"language": "zh_CN"}, 65320),
        ({}, 65304),
        (None, 65304),
        ({"tag_id": "x"}, 65304),
    ],
)
async def test_who_somebody_is_decides_nothing(
    simulator: Simulator, token: str, rule: Any, code: int
) -> None:
    await simulator.call(token, "menu/create", DEFAULT)
    asked = {**FOR_ELDERS, "matchrule": rule}
    assert (await simulator.call(token, "menu/addconditional", asked))["errcode"] == code


async def test_all_conditional_menus_lead_to_three_hosts(simulator: Simulator, token: str) -> None:
    await simulator.call(token, "menu/create", DEFAULT)
    codes = []
    for number in range(4):
        url = f"http://host{number}.example/"
        asked = {
            "button": [{"type": "view", "name": "去", "url": url}],
            "matchrule": {"tag_id": "101"},
        }
        codes.append((await simulator.call(token, "menu/addconditional", asked)).get("errcode", 0))
    assert codes == [0, 0, 0, 65316]


async def test_without_the_default_menu_there_is_none(simulator: Simulator, token: str) -> None:
    openid = await simulator.follow()
    await simulator.call(token, "menu/create", DEFAULT)
    asked = {**FOR_ELDERS, "matchrule": {"client_platform_type": "2"}}
    await simulator.call(token, "menu/addconditional", asked)
    await simulator.call(token, "menu/delete")
    found = await simulator.call(token, "menu/trymatch", {"user_id": openid})
    assert found["errcode"] == 46003
