"""Tags, remarks, the black list."""

import pytest

from tests.simulator.conftest import APP_ID, Simulator


@pytest.fixture
async def token(simulator: Simulator) -> str:
    await simulator.account()
    return await simulator.token()


async def test_a_tag_is_made_given_counted_and_taken_away(simulator: Simulator, token: str) -> None:
    made = await simulator.call(token, "tags/create", {"tag": {"name": "老年人"}})
    tag = made["tag"]["id"]
    assert tag >= 100  # 0, 1 and 2 are WeChat's own
    lin, zhou = await simulator.follow("小林"), await simulator.follow("老周")
    given = {"openid_list": [lin, zhou], "tagid": tag}
    assert (await simulator.call(token, "tags/members/batchtagging", given))["errcode"] == 0
    assert (await simulator.call(token, "tags/get"))["tags"] == [
        {"id": tag, "name": "老年人", "count": 2}
    ]
    assert (await simulator.call(token, "user/info", openid=lin))["tagid_list"] == [tag]
    page = await simulator.call(token, "user/tag/get", {"tagid": tag, "next_openid": ""})
    assert (page["count"], page["data"]["openid"]) == (2, [lin, zhou])
    rest = await simulator.call(token, "user/tag/get", {"tagid": tag, "next_openid": lin})
    assert rest["data"]["openid"] == [zhou]
    taken = {"openid_list": [lin], "tagid": tag}
    await simulator.call(token, "tags/members/batchuntagging", taken)
    assert (await simulator.call(token, "tags/getidlist", {"openid": lin}))["tagid_list"] == []
    await simulator.call(token, "tags/delete", {"tag": {"id": tag}})
    assert (await simulator.call(token, "user/info", openid=zhou))["tagid_list"] == []


async def test_tags_have_limits(simulator: Simulator, token: str) -> None:
    async def create(name: str) -> int:
        found = await simulator.call(token, "tags/create", {"tag": {"name": name}})
        return int(found.get("errcode", 0))

    assert await create("十一个汉字就超过三十字节了") == 45158
    assert [await create("残疾人"), await create("残疾人")] == [0, 45157]
    for number in range(99):
        assert await create(f"第{number}类") == 0
    assert await create("再来一类") == 45056
    openid = await simulator.follow()
    for tag in range(100, 121):
        given = {"openid_list": [openid], "tagid": tag}
        found = await simulator.call(token, "tags/members/batchtagging", given)
        assert found["errcode"] == (0 if tag < 120 else 45059)
    reserved = {"tag": {"id": 2, "name": "改名"}}
    assert (await simulator.call(token, "tags/update", reserved))["errcode"] == 45058
    many = {"openid_list": [f"o{n}" for n in range(51)], "tagid": 100}
    assert (await simulator.call(token, "tags/members/batchtagging", many))["errcode"] == 40032
    strangers = {"openid_list": [openid, "oNobody"], "tagid": 101}
    assert (await simulator.call(token, "tags/members/batchtagging", strangers))["errcode"] == 40003


async def test_a_remark_is_kept_and_a_long_one_refused(simulator: Simulator, token: str) -> None:
    openid = await simulator.follow()
    asked = {"openid": openid, "remark": "菜市场东门"}
    assert (await simulator.call(token, "user/info/updateremark", asked))["errcode"] == 0
    assert (await simulator.call(token, "user/info", openid=openid))["remark"] == "菜市场东门"
    too_long = {"openid": openid, "remark": "长" * 30}
    assert (await simulator.call(token, "user/info/updateremark", too_long))["errcode"] == 45004


async def test_who_is_on_the_black_list_gets_no_mass_message(
    simulator: Simulator, token: str
) -> None:
    lin, zhou = await simulator.follow("小林"), await simulator.follow("老周")
    await simulator.call(token, "tags/members/batchblacklist", {"openid_list": [zhou]})
    listed = await simulator.call(token, "tags/members/getblacklist", {"begin_openid": ""})
    assert (listed["total"], listed["data"]["openid"]) == (1, [zhou])
    text = {"filter": {"is_to_all": True}, "msgtype": "text", "text": {"content": "停水通知"}}
    await simulator.call(token, "message/mass/sendall", text)
    await simulator.later(5)
    assert [one["text"] for one in await simulator.seen(lin)] == ["停水通知"]
    assert await simulator.seen(zhou) == []
    await simulator.call(token, "tags/members/batchunblacklist", {"openid_list": [zhou]})
    empty = await simulator.call(token, "tags/members/getblacklist", {})
    assert (empty["total"], "data" in empty) == (0, False)


async def test_an_account_without_verification_may_not(simulator: Simulator, token: str) -> None:
    await simulator.post("/sim/accounts", {"app_id": APP_ID, "verified": False})
    for path, payload in (("tags/create", {"tag": {"name": "x"}}), ("tags/get", None)):
        assert (await simulator.call(token, path, payload))["errcode"] == 48001
