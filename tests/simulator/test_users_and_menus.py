"""Followers as an account knows them, and its menu."""

from typing import Any

import pytest

from tests.simulator.conftest import APP_ID, AccountServer, Simulator


async def test_a_followers_profile_has_no_name_and_no_picture(
    simulator: Simulator, server: AccountServer
) -> None:
    await simulator.account(server)
    openid, token = await simulator.follow(scene="31"), await simulator.token()
    info = await simulator.get("/cgi-bin/user/info", access_token=token, openid=openid)
    assert info["subscribe"] == 1
    assert info["subscribe_scene"] == "ADD_SCENE_QR_CODE"
    assert info["qr_scene"] == 31
    assert not {"nickname", "headimgurl", "sex", "city"} & set(info)
    await simulator.post("/sim/unfollow", {"app_id": APP_ID, "openid": openid})
    gone = await simulator.get("/cgi-bin/user/info", access_token=token, openid=openid)
    assert gone == {"subscribe": 0, "openid": openid, "tagid_list": []}


async def test_followers_are_listed_in_the_order_of_following(
    simulator: Simulator, server: AccountServer
) -> None:
    await simulator.account(server)
    openids = [await simulator.follow(name, silent=True) for name in ("小林", "老周", "陈阿姨")]
    token = await simulator.token()
    found = await simulator.get("/cgi-bin/user/get", access_token=token)
    assert (found["total"], found["count"], found["data"]["openid"]) == (3, 3, openids)
    rest = await simulator.get("/cgi-bin/user/get", access_token=token, next_openid=openids[1])
    assert rest["data"]["openid"] == openids[2:]
    end = await simulator.get("/cgi-bin/user/get", access_token=token, next_openid=openids[2])
    assert (end["count"], end["next_openid"], "data" in end) == (0, "", False)


async def test_an_openid_belongs_to_one_account(
    simulator: Simulator, server: AccountServer
) -> None:
    await simulator.account(server)
    openid = await simulator.follow()
    other = await simulator.post("/sim/accounts", {"name": "云溪公安"})
    again = await simulator.post("/sim/followers", {"app_id": other["app_id"], "citizen": 1})
    assert again["openid"] != openid
    assert len(openid) == len(again["openid"]) == 28
    assert openid[0] == "o"


GOOD = {
    "button": [
        {"name": "办事", "sub_button": [{"type": "click", "name": "预约取号", "key": "book"}]},
        {"type": "view", "name": "我的诉求", "url": "http://127.0.0.1:8000/m/"},
    ]
}


async def test_a_menu_is_kept_read_back_shown_and_deleted(simulator: Simulator) -> None:
    await simulator.account()
    token = await simulator.token()
    assert (await simulator.get("/cgi-bin/menu/get", access_token=token))["errcode"] == 46003
    made = await simulator.post("/cgi-bin/menu/create", GOOD, access_token=token)
    assert made == {"errcode": 0, "errmsg": "ok"}
    menu = (await simulator.get("/cgi-bin/menu/get", access_token=token))["menu"]
    assert menu["button"][0]["sub_button"] == GOOD["button"][0]["sub_button"]
    assert menu["button"][1]["url"] == GOOD["button"][1]["url"]
    stands = await simulator.get("/cgi-bin/get_current_selfmenu_info", access_token=token)
    assert stands["selfmenu_info"]["button"][0]["sub_button"]["list"][0]["key"] == "book"
    assert (await simulator.get(f"/sim/accounts/{APP_ID}"))["menu"] == menu["button"]
    await simulator.get("/cgi-bin/menu/delete", access_token=token)
    assert (await simulator.get("/cgi-bin/menu/get", access_token=token))["errcode"] == 46003


def _click(name: str = "好", **more: Any) -> dict[str, Any]:
    return {"type": "click", "name": name, "key": "k", **more}


@pytest.mark.parametrize(
    ("buttons", "code"),
    [
        ([], 40016),
        ([_click()] * 4, 40016),
        ([_click("一二三四五六")], 40018),
        ([_click(type="dance")], 40017),
        ([_click(key="k" * 129)], 40019),
        ([{"type": "view", "name": "看", "url": "http://" + "a" * 1020}], 40020),
        ([{"type": "view", "name": "看", "url": "ftp://a"}], 40055),
        ([{"name": "下", "sub_button": [_click()] * 6}], 40023),
        ([{"name": "下", "sub_button": [_click("长" * 21)]}], 40025),
        ([{"name": "下", "sub_button": [_click(type="dance")]}], 40024),
        ([{"name": "下", "sub_button": [_click(sub_button=[_click()])]}], 40022),
    ],
)
async def test_a_menu_beyond_wechats_limits_changes_nothing(
    simulator: Simulator, buttons: list[Any], code: int
) -> None:
    await simulator.account()
    token = await simulator.token()
    await simulator.post("/cgi-bin/menu/create", GOOD, access_token=token)
    before = await simulator.get("/cgi-bin/menu/get", access_token=token)
    answer = await simulator.post("/cgi-bin/menu/create", {"button": buttons}, access_token=token)
    assert answer["errcode"] == code
    assert await simulator.get("/cgi-bin/menu/get", access_token=token) == before


async def test_an_unverified_subscription_account_has_no_menu(simulator: Simulator) -> None:
    await simulator.account(kind="subscription", verified=False)
    token = await simulator.token()
    answer = await simulator.post("/cgi-bin/menu/create", GOOD, access_token=token)
    assert answer["errcode"] == 48001


async def test_chinese_written_as_escapes_is_refused_in_a_menu(simulator: Simulator) -> None:
    await simulator.account()
    token = await simulator.token()
    body = b'{"button":[{"type":"click","name":"\\u529e\\u4e8b","key":"k"}]}'
    response = await simulator.http.post(
        "/cgi-bin/menu/create", params={"access_token": token}, content=body
    )
    assert response.json()["errcode"] == 40033
