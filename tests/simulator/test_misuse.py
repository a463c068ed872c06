"""Random calls: an errcode or a sentence for every misuse, never a traceback."""

import json
import random
from typing import Any

import msgspec
import pytest

from minxin.simulator.api.routes import ABOUT_QUOTAS, WITH_APP_ID, WITH_TOKEN
from minxin.simulator.openapi import OPERATIONS
from tests.simulator.conftest import APP_ID, AccountServer, Simulator

SECRET = "s" * 32
ODD: tuple[Any, ...] = (
    None, True, -1, 0, 1.5, 10**30, "", " ", "云溪", "\x00\ud83d", "a" * 5000, [], {}, [[]], {"a": {"b": []}},
    "NaN", "javascript:alert(1)", "http://[", "../../etc/passwd", "oNobody",
)  # fmt: skip
API_FIELDS = (
    "appid", "secret", "grant_type", "force_refresh", "touser", "msgtype", "text", "news", "msgmenu",
    "image", "command", "button", "user_list", "openid", "tag", "tagid", "openid_list", "remark",
    "articles", "media_id", "index", "offset", "count", "publish_id", "article_id", "msg_data_id",
    "user_comment_id", "content", "filter", "mpnews", "clientmsgid", "msg_id", "template_id", "data",
    "tid", "kidList", "action_name", "action_info", "expire_seconds", "long_data", "short_key",
    "cgi_path", "rid", "action", "speed", "begin", "from_appid", "industry_id1", "industry_id2",
)  # fmt: skip
OBJECTS = (
    "text", "news", "msgmenu", "button", "user_list", "tag", "articles", "filter", "mpnews", "data",
    "action_info",
)  # fmt: skip


def _odd(lots: random.Random, openid: str) -> Any:
    return lots.choice(
        (*ODD, openid, APP_ID, SECRET, "client_credential", "text", "news", "msgmenu")
    )


def _object(lots: random.Random, names: tuple[str, ...], openid: str) -> dict[str, Any]:
    chosen = lots.sample(names, k=lots.randint(0, len(names)))
    found = {name: _odd(lots, openid) for name in chosen}
    for name in OBJECTS:
        if name in found and lots.random() < 0.5:
            inside = (
                "content", "articles", "list", "head_content", "name", "type", "sub_button", "id",
                "title", "thumb_media_id", "digest", "scene", "scene_id", "scene_str", "is_to_all",
                "tag_id", "media_id", "value", "thing1",
            )  # fmt: skip
            one = {key: _odd(lots, openid) for key in inside}
            found[name] = lots.choice((one, [one], [one] * 4))
    if "touser" in names and lots.random() < 0.6:
        found |= {"touser": openid, "msgtype": lots.choice(("text", "news", "msgmenu", "image"))}
    return found


def _written(value: Any) -> bytes:
    """JSON in ASCII, so that half an emoji can be sent too."""
    return json.dumps(value).encode()


@pytest.mark.parametrize("seed", range(4))
async def test_wechats_paths_answer_every_misuse_with_an_errcode(
    simulator: Simulator, server: AccountServer, seed: int
) -> None:
    lots = random.Random(seed)
    await simulator.account(server)
    openid, token = await simulator.follow(silent=True), await simulator.token()
    before = (await simulator.get("/sim/accounts"))[0]
    for entry in (*WITH_TOKEN, *ABOUT_QUOTAS, *WITH_APP_ID):
        path, method = entry.path, entry.method
        for _ in range(12):
            query: dict[str, Any] = {"access_token": lots.choice((token, token, "made-up", ""))}
            for name in lots.sample(
                ("appid", "openid", "next_openid", "media_id", "type", "code"), 2
            ):
                query[name] = str(_odd(lots, openid)).encode(errors="replace").decode()
            content = _written(_object(lots, API_FIELDS, openid))
            response = await simulator.http.request(
                lots.choice((method, "GET", "POST")), path, params=query, content=content
            )
            assert response.status_code == 200, (path, query, content)
            assert isinstance(response.json(), dict)
    assert (await simulator.get("/sim/accounts"))[0] == before


@pytest.mark.parametrize("seed", range(4))
async def test_the_control_api_answers_every_misuse_with_a_sentence(
    simulator: Simulator, server: AccountServer, seed: int
) -> None:
    lots = random.Random(seed)
    await simulator.account(server)
    openid = await simulator.follow(silent=True)
    for operation in OPERATIONS:
        if operation.takes is None:
            continue
        names = tuple(field.name for field in msgspec.structs.fields(operation.takes))
        for _ in range(40):
            payload = {name: _odd(lots, openid) for name in names if lots.random() < 0.6}
            if "app_id" in names and lots.random() < 0.7:
                payload["app_id"] = APP_ID
            if "endpoint" in payload:  # an armed delay would only slow the test down
                payload["endpoint"] = "/cgi-bin/nowhere"
            payload.pop("callback_url", None)
            response = await simulator.http.post(
                operation.path,
                content=_written(payload),
                headers={"content-type": "application/json"},
            )
            assert response.status_code < 500, (operation.path, payload)
            if response.status_code >= 400:
                assert response.json()["error"], (operation.path, payload)
    assert (await simulator.http.get("/sim/clock")).status_code == 200


_VIEW = {"type": "view", "name": "办事"}


@pytest.mark.parametrize(
    ("path", "payload", "code"),
    [
        ("menu/create", {"button": [{"type": [], "name": "办事"}]}, 40017),
        ("menu/create", {"button": [{**_VIEW, "url": "http://["}]}, 40055),
        ("menu/create", {"button": [{**_VIEW, "url": "http://"}]}, 40055),
        ("tags/delete", {"tag": {"id": "--5"}}, 45159),
        ("comment/list", {"msg_data_id": 1, "index": 2**63 - 1, "begin": 0, "count": 1}, 88001),
    ],
)
async def test_what_random_walks_found_stays_refused(
    simulator: Simulator, path: str, payload: dict[str, Any], code: int
) -> None:
    await simulator.account()
    token = await simulator.token()
    params = {"access_token": token}
    body = json.dumps(payload, ensure_ascii=False).encode()
    response = await simulator.http.post(f"/cgi-bin/{path}", params=params, content=body)
    assert (response.status_code, response.json()["errcode"]) == (200, code)
    assert await simulator.call(token, "get_current_selfmenu_info") == {"is_menu_open": 0}


async def test_a_form_that_is_none_is_an_errcode(simulator: Simulator) -> None:
    await simulator.account()
    token = await simulator.token()
    headers = {"content-type": "multipart/form-data; boundary=x"}
    for path in ("media/upload?type=image", "material/add_material?type=image", "media/uploadimg"):
        response = await simulator.http.post(
            f"/cgi-bin/{path}&access_token={token}" if "?" in path else
            f"/cgi-bin/{path}?access_token={token}",
            content=b"--x\r\n\r\nbroken", headers=headers,
        )  # fmt: skip
        assert (response.status_code, response.json()["errcode"]) == (200, 41005)
