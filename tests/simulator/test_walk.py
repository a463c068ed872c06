"""Random walks over WeChat's API: good calls keep a small model true, spoiled ones change nothing.

Two accounts: the walk writes to one and knows what must stand in it; every endpoint is called for
the other with one thing wrong, also with the ids of the first.
"""

import asyncio
import copy
import json
import os
import random
import tempfile
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from minxin.simulator import create_app
from minxin.simulator.api.routes import ENTRIES, OF_PLATFORMS, WITH_GRANT
from tests.simulator.conftest import PNG
from tests.simulator.samples import SAMPLES, Sample

# Longer when there is time: MINXIN_TEST_EXAMPLES=500 pytest tests/simulator/test_walk.py
EXAMPLES = int(os.environ.get("MINXIN_TEST_EXAMPLES", "25"))
MINE, OTHER = "wx00000000000000c1", "wx00000000000000d2"
SECRET = "s" * 32
SPOILED = 40  # calls at a time
DOWNLOADS = {"/cgi-bin/media/get", "/cgi-bin/media/get/jssdk", "/cgi-bin/material/get_material"}
BUTTONS: tuple[list[dict[str, Any]], ...] = (
    [{"type": "click", "name": "人工", "key": "PERSON"}],
    [
        {"type": "view", "name": "办事", "url": "https://yunxi.example.cn/"},
        {"name": "更多", "sub_button": [{"type": "click", "name": "关于", "key": "ABOUT"}]},
    ],
)
ODD: tuple[Any, ...] = (
    None, True, False, -1, 0, 1.5, 2**31, 2**63 - 1, 2**63, 10**30, 1e308, "", " ", "云溪", "\x00",
    "a" * 5000, "--5", "²", "٣", "99999999999999999999", "http://[", "http://", "javascript:alert(1)",
    "../../etc/passwd", "0001-01-01", "9999-12-31", "2026-11-31", [], {}, [[]], [{}], [None], {"a": []},
    ["x"] * 200, "<![CDATA[", "<p>" * 500, "%", "_", "'", "\ufeff",
)  # fmt: skip


IDS = ("$openid", "$material", "$tag", "$draft", "$article", "$template", "$key")


def _spots(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place inside a JSON value."""
    found = [path] if path else []
    if isinstance(value, dict):
        inside: Any = value.items()
    elif isinstance(value, list):
        inside = enumerate(value)
    else:
        inside = ()
    for key, one in inside:
        found += _spots(one, (*path, key))
    return found


def _spoiled(value: Any, path: tuple[Any, ...], odd: Any) -> Any:
    found = copy.deepcopy(value)
    inside = found
    for key in path[:-1]:
        inside = inside[key]
    if odd == "gone":
        del inside[path[-1]]
    else:
        inside[path[-1]] = odd
    return found


def _filled(value: Any, known: dict[str, Any]) -> Any:
    match value:
        case str() if value.startswith("$"):
            return known.get(value[1:], "")
        case dict():
            return {key: _filled(one, known) for key, one in value.items()}
        case list():
            return [_filled(one, known) for one in value]
    return value


class Walk(RuleBasedStateMachine):
    """What the walk does, and what must be read back."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="minxin-walk-")
        self.loop = asyncio.new_event_loop()
        self.app = create_app(Path(self.folder.name), push_limit=0.5, retry_pause=0.01)
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app), base_url="http://127.0.0.1:8100"
        )
        self.following: list[str] = []
        self.gone: list[str] = []
        self.remarks: dict[str, str] = {}
        self.tags: dict[int, str] = {}
        self.members: dict[int, set[str]] = {}
        self.black: set[str] = set()
        self.menu: int | None = None
        self.conditional: list[str] = []
        self.pictures: list[str] = []
        self.drafts: dict[str, list[str]] = {}
        self.published: dict[str, list[str]] = {}
        self.templates: list[str] = []
        self.codes: dict[str, str] = {}
        self.keys: dict[str, str] = {}

    def teardown(self) -> None:
        self.loop.run_until_complete(self.http.aclose())
        self.loop.run_until_complete(self.app.state.world.close())
        pending = asyncio.all_tasks(self.loop)
        self.loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
        self.loop.close()
        self.folder.cleanup()

    # Calls ---------------------------------------------------------------------------------------

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """A call; what the simulator raises is raised here, so no traceback passes unseen."""
        return self.loop.run_until_complete(self.http.request(method, path, **options))

    def sim(self, path: str, payload: Any) -> Any:
        response = self.request("POST", f"/sim/{path}", json=payload)
        assert response.status_code < 300, response.text
        return response.json()

    def call(self, path: str, payload: Any = None, **query: Any) -> Any:
        """A call for the account of the model."""
        params = {"access_token": self.token, **query}
        method = "GET" if payload is None else "POST"
        response = self.request(method, f"/cgi-bin/{path}", params=params, json=payload)
        assert response.status_code == 200
        return response.json()

    def good(self, path: str, payload: Any = None, **query: Any) -> Any:
        found = self.call(path, payload, **query)
        assert found.get("errcode", 0) == 0, (path, payload, found)
        return found

    def upload(self, token: str, kind: str = "image") -> str:
        response = self.request(
            "POST", "/cgi-bin/material/add_material",
            params={"access_token": token, "type": kind}, files={"media": ("封面.png", PNG)},
            data={"description": '{"title": "宣传片"}'},
        )  # fmt: skip
        return str(response.json()["media_id"])

    @initialize()
    def begin(self) -> None:
        self.sim("clock", {"set": "2026-11-24T10:00:00", "frozen": True})
        for app_id in (MINE, OTHER):
            self.sim("accounts", {"app_id": app_id, "secret": SECRET, "verified": True,
                                  "kind": "service", "principal": "government"})  # fmt: skip
        self.following = [self._follow(MINE, name) for name in ("小林", "老周", "阿芳")]
        self.token = self._token(MINE)
        self.pictures = [self.upload(self.token)]
        self._furnish()

    def _follow(self, app_id: str, nickname: str) -> str:
        payload = {"app_id": app_id, "nickname": nickname, "silent": True}
        return str(self.sim("followers", payload)["openid"])

    def _token(self, app_id: str) -> str:
        query = {"grant_type": "client_credential", "appid": app_id, "secret": SECRET}
        return str(self.request("GET", "/cgi-bin/token", params=query).json()["access_token"])

    def _furnish(self) -> None:
        """The other account has one of everything, so that spoiled calls get far."""
        token = self._token(OTHER)

        def make(path: str, payload: Any) -> Any:
            query = {"access_token": token}
            return self.request("POST", path, params=query, json=payload).json()

        openid, another = self._follow(OTHER, "钱七"), self._follow(OTHER, "孙八")
        self.sim("say", {"app_id": OTHER, "openid": openid, "text": "在吗"})
        known: dict[str, Any] = {
            "app_id": OTHER, "secret": SECRET, "openid": openid, "another": another,
            "token": token, "material": self.upload(token), "yesterday": "2026-11-23",
        }  # fmt: skip
        known["video"] = self.upload(token, "video")
        known["voice"] = self.request(
            "POST", "/sim/js/voices", params={"app_id": OTHER, "seconds": 2}, content=b"speex",
            headers={"content-type": "audio/speex"},
        ).json()["media_id"]  # fmt: skip
        known["tag"] = make("/cgi-bin/tags/create", {"tag": {"name": "长者"}})["tag"]["id"]
        for target in ("published", "draft"):
            payload = _filled(SAMPLES["/cgi-bin/draft/add"].body, known)
            known[target] = make("/cgi-bin/draft/add", payload)["media_id"]
        submitted = make("/cgi-bin/freepublish/submit", {"media_id": known["published"]})
        known |= {"publish_id": submitted["publish_id"], "data_id": submitted["msg_data_id"]}
        self.sim("clock", {"advance_s": 5})
        ended = make("/cgi-bin/freepublish/get", {"publish_id": known["publish_id"]})
        known["article"] = ended["article_id"]
        slug = ended["article_detail"]["item"][0]["article_url"].rpartition("/")[2]
        self.sim(f"articles/{slug}/comments", {"citizen": 4, "content": "何时来水"})
        for path, name, answer in (
            ("/cgi-bin/template/api_add_template", "template", "template_id"),
            ("/wxaapi/newtmpl/addtemplate", "subscription", "priTmplId"),
            ("/cgi-bin/shorten/gen", "key", "short_key"),
        ):
            known[name] = make(path, _filled(SAMPLES[path].body, known))[answer]
        for path in ("/customservice/kfaccount/add", "/cgi-bin/menu/create"):
            assert make(path, SAMPLES[path].body)["errcode"] == 0
        for name in ("/cgi-bin/menu/addconditional", "/cgi-bin/message/mass/send"):
            make(name, _filled(SAMPLES[name].body, known))
        refused = make("/cgi-bin/draft/get", {"media_id": "nobody"})
        known["rid"] = refused["errmsg"].rpartition("rid: ")[2]
        platform = self.sim("components", {"name": "云溪集约平台"})
        known |= {
            "component": platform["component_appid"], "component_secret": platform["secret"],
        }  # fmt: skip
        row = self.app.state.world.database.one("SELECT * FROM components")
        known["ticket"] = row["ticket"]
        answer = make("/cgi-bin/component/api_component_token",
                      _filled(SAMPLES["/cgi-bin/component/api_component_token"].body, known))  # fmt: skip
        known["component_token"] = answer["component_access_token"]
        authorization = {"component_appid": known["component"], "app_id": OTHER}
        known["authorization"] = self.sim("authorizations", authorization)["authorization_code"]
        self.known = known

    # What may go wrong ---------------------------------------------------------------------------

    @rule(seed=st.integers(0, 2**32))
    def spoil(self, seed: int) -> None:
        """Calls for the other account, each with little wrong: an errcode, or it was harmless."""
        lots = random.Random(seed)
        for _ in range(SPOILED):
            path = lots.choice(tuple(SAMPLES))
            sample = SAMPLES[path]
            # Sometimes what belongs to somebody else.
            known = {**self.known, **self._mine()} if lots.random() < 0.2 else self.known
            call = _filled({"query": dict(sample.query), "body": sample.body}, known)
            for _ in range(lots.choice((0, 1, 1, 1, 2))):
                odd = _filled(lots.choice(("gone", *ODD, *IDS)), self._mine())
                spots = [spot for spot in _spots(call) if len(spot) > 1 or spot[0] == "body"]
                if not spots:
                    continue
                spot = lots.choice(spots)
                if spot == ("body",):
                    odd = [] if odd == "gone" else odd
                elif spot[0] == "query" and odd != "gone":
                    odd = str(odd)
                call = _spoiled(call, spot, odd)
            self._try(path, sample, call["query"], call["body"], lots)

    def _try(self, path: str, sample: Sample, query: Any, body: Any, lots: random.Random) -> None:
        token = self.known["token"] if lots.random() < 0.95 else lots.choice(("", "made-up"))
        options: dict[str, Any] = {"params": {"access_token": token, **query}}
        method = "GET" if body is None and not sample.file else "POST"
        if lots.random() < 0.1:
            method = lots.choice(("GET", "POST"))
        if sample.file and lots.random() < 0.1:  # a form that is none
            kind = lots.choice(("multipart/form-data; boundary=x", "multipart/form-data"))
            options |= {"content": b"--x\r\n\r\nbroken", "headers": {"content-type": kind}}
        elif sample.file:
            name = lots.choice(("封面.png", "", "../../a", "a" * 300))
            field = lots.choice((sample.file, sample.file, "other"))
            options["files"] = {field: (name, lots.choice((PNG, b"", b"GIF8", b"x" * 100)))}
        elif method == "POST":
            written = json.dumps(body, ensure_ascii=lots.random() < 0.5).encode()
            options["content"] = written[: lots.choice((len(written),) * 9 + (len(written) // 2,))]
        response = self.request(method, path, **options)
        assert response.status_code == 200, (method, path, options, response.text)
        kind = response.headers["content-type"]
        if kind.startswith("application/json"):
            found = response.json()
            assert isinstance(found, dict), (path, found)
            code = found.get("errcode", 0)
            assert isinstance(code, int)
            assert code == 0 or found["errmsg"].partition(" rid: ")[0].strip(), (path, found)
        else:
            assert path in DOWNLOADS, (path, kind)

    def _mine(self) -> dict[str, Any]:
        """The ids of the account of the model."""
        found: dict[str, Any] = {"openid": self.following[0], "material": self.pictures[0]}
        for name, values in (
            ("tag", self.tags), ("draft", self.drafts), ("article", self.published),
            ("template", self.templates), ("key", self.keys),
        ):  # fmt: skip
            if values:
                found[name] = next(iter(values))
        return found

    @rule(
        wrong=st.sampled_from(
            (
                ("tags/create", {"tag": {"name": ""}}, {45157}),
                ("tags/create", {"tag": {"name": "云" * 11}}, {45158}),
                ("tags/update", {"tag": {"id": 2, "name": "星"}}, {45058}),
                ("tags/delete", {"tag": {"id": 999}}, {45159}),
                ("tags/members/batchtagging", {"openid_list": ["oNobody"], "tagid": 999}, {40003}),
                ("tags/members/batchblacklist", {"openid_list": ["o"] * 21}, {40032}),
                ("user/info/updateremark", {"openid": "oNobody", "remark": "x"}, {40003}),
                ("menu/create", {"button": []}, {40016}),
                ("menu/create", {"button": [{"type": "view", "name": "x", "url": ""}]}, {40020}),
                ("menu/delconditional", {"menuid": "1"}, {65301}),
                ("material/del_material", {"media_id": "nobody"}, {40007}),
                ("draft/add", {"articles": []}, {44003}),
                ("draft/add", {"articles": [{"title": "云" * 33}]}, {45003}),
                ("draft/delete", {"media_id": "nobody"}, {40007}),
                ("draft/update", {"media_id": "nobody", "articles": {}}, {40007}),
                ("freepublish/submit", {"media_id": "nobody"}, {40007}),
                ("freepublish/delete", {"article_id": "nobody"}, {53600}),
                ("template/api_add_template", {"template_id_short": "1"}, {40037}),
                ("template/del_private_template", {"template_id": "nobody"}, {40037}),
                ("qrcode/create", {"action_name": "QR"}, {40052}),
                ("shorten/gen", {"long_data": "a" * 5000}, {40039}),
                ("message/custom/send", {"touser": "oNobody", "msgtype": "text"}, {40003}),
            )
        )
    )
    def misuse(self, wrong: tuple[str, Any, set[int]]) -> None:
        path, payload, codes = wrong
        assert self.call(path, payload)["errcode"] in codes, (path, payload)

    # People --------------------------------------------------------------------------------------

    @precondition(lambda self: len(self.following) > 1)
    @rule(n=st.integers(0, 9))
    def leave(self, n: int) -> None:
        openid = self.following.pop(n % len(self.following))
        self.sim("unfollow", {"app_id": MINE, "openid": openid})
        self.gone.append(openid)
        for members in self.members.values():
            members.discard(openid)

    @precondition(lambda self: self.gone)
    @rule()
    def come_back(self) -> None:
        openid = self.gone.pop()
        self.sim("followers", {"app_id": MINE, "openid": openid, "silent": True})
        self.following.append(openid)

    @rule(n=st.integers(0, 9), remark=st.sampled_from(("", "东门老周", "a" * 29, "a" * 30)))
    def remark(self, n: int, remark: str) -> None:
        openid = self.following[n % len(self.following)]
        found = self.call("user/info/updateremark", {"openid": openid, "remark": remark})
        assert found["errcode"] == (45004 if len(remark) > 29 else 0)
        if not found["errcode"]:
            self.remarks[openid] = remark

    @rule(name=st.sampled_from(("老年人", "学生", "东区", "x" * 30)))
    def make_tag(self, name: str) -> None:
        found = self.call("tags/create", {"tag": {"name": name}})
        if name in self.tags.values():
            assert found["errcode"] == 45157
        else:
            assert found["tag"]["name"] == name
            assert found["tag"]["id"] not in self.tags
            self.tags[found["tag"]["id"]] = name
            self.members[found["tag"]["id"]] = set()

    @precondition(lambda self: self.tags)
    @rule(n=st.integers(0, 9), name=st.sampled_from(("老年人", "新名字")))
    def rename_tag(self, n: int, name: str) -> None:
        tag = sorted(self.tags)[n % len(self.tags)]
        found = self.call("tags/update", {"tag": {"id": tag, "name": name}})
        is_taken = name in {one for key, one in self.tags.items() if key != tag}
        assert found["errcode"] == (45157 if is_taken else 0)
        if not is_taken:
            self.tags[tag] = name

    @precondition(lambda self: self.tags)
    @rule(n=st.integers(0, 9))
    def remove_tag(self, n: int) -> None:
        tag = sorted(self.tags)[n % len(self.tags)]
        self.good("tags/delete", {"tag": {"id": tag}})
        del self.tags[tag], self.members[tag]

    @precondition(lambda self: self.tags)
    @rule(n=st.integers(0, 9), some=st.integers(1, 7), is_added=st.booleans())
    def tag(self, n: int, some: int, is_added: bool) -> None:
        tag = sorted(self.tags)[n % len(self.tags)]
        chosen = [one for bit, one in enumerate(self.following) if some >> bit & 1]
        if not chosen:
            return
        path = "tags/members/batchtagging" if is_added else "tags/members/batchuntagging"
        self.good(path, {"openid_list": chosen, "tagid": tag})
        if is_added:
            self.members[tag] |= set(chosen)
        else:
            self.members[tag] -= set(chosen)

    @precondition(lambda self: self.tags and self.gone)
    @rule()
    def tag_somebody_who_left(self) -> None:
        """All or none: who follows is not tagged either."""
        names = [self.following[0], self.gone[0]]
        payload = {"openid_list": names, "tagid": min(self.tags)}
        assert self.call("tags/members/batchtagging", payload)["errcode"] == 49003

    @rule(n=st.integers(0, 9), is_added=st.booleans())
    def blacklist(self, n: int, is_added: bool) -> None:
        openid = self.following[n % len(self.following)]
        path = "batchblacklist" if is_added else "batchunblacklist"
        self.good(f"tags/members/{path}", {"openid_list": [openid]})
        (self.black.add if is_added else self.black.discard)(openid)

    # Menus ---------------------------------------------------------------------------------------

    @rule(n=st.integers(0, len(BUTTONS) - 1))
    def make_menu(self, n: int) -> None:
        payload = json.dumps({"button": BUTTONS[n]}, ensure_ascii=False).encode()
        params = {"access_token": self.token}
        found = self.request("POST", "/cgi-bin/menu/create", params=params, content=payload).json()
        assert found["errcode"] == 0, found
        self.menu = n

    @rule()
    def remove_menu(self) -> None:
        self.good("menu/delete")
        self.menu = None
        self.conditional.clear()

    @precondition(lambda self: self.tags)
    @rule()
    def make_conditional_menu(self) -> None:
        payload = {"button": BUTTONS[0], "matchrule": {"tag_id": str(min(self.tags))}}
        body = json.dumps(payload, ensure_ascii=False).encode()
        params = {"access_token": self.token}
        path = "/cgi-bin/menu/addconditional"
        found = self.request("POST", path, params=params, content=body).json()
        if self.menu is None:
            assert found["errcode"] == 65303
        else:
            self.conditional.append(found["menuid"])

    @precondition(lambda self: self.conditional)
    @rule()
    def remove_conditional_menu(self) -> None:
        self.good("menu/delconditional", {"menuid": self.conditional.pop()})

    # Content -------------------------------------------------------------------------------------

    @rule()
    def add_picture(self) -> None:
        self.pictures.append(self.upload(self.token))

    @precondition(lambda self: len(self.pictures) > 1)
    @rule()
    def remove_picture(self) -> None:
        self.good("material/del_material", {"media_id": self.pictures.pop()})

    @rule(titles=st.lists(st.sampled_from(("停水", "招聘", "活动")), min_size=1, max_size=9))
    def write(self, titles: list[str]) -> None:
        articles = [
            {"title": title, "content": "<p>正文</p>", "thumb_media_id": self.pictures[0]}
            for title in titles
        ]
        body = json.dumps({"articles": articles}, ensure_ascii=False).encode()
        params = {"access_token": self.token}
        found = self.request("POST", "/cgi-bin/draft/add", params=params, content=body).json()
        if len(titles) > 8:
            assert found["errcode"] == 45008
        else:
            self.drafts[found["media_id"]] = list(titles)

    @precondition(lambda self: self.drafts)
    @rule(index=st.integers(0, 8))
    def rewrite(self, index: int) -> None:
        media_id = next(iter(self.drafts))
        article = {"title": "更正", "content": "<p>更正</p>", "thumb_media_id": self.pictures[0]}
        payload = {"media_id": media_id, "index": index, "articles": article}
        body = json.dumps(payload, ensure_ascii=False).encode()
        params = {"access_token": self.token}
        found = self.request("POST", "/cgi-bin/draft/update", params=params, content=body).json()
        is_there = index < len(self.drafts[media_id])
        assert found["errcode"] == (0 if is_there else 40114)
        if is_there:
            self.drafts[media_id][index] = "更正"

    @precondition(lambda self: self.drafts)
    @rule()
    def throw_away(self) -> None:
        media_id = next(iter(self.drafts))
        self.good("draft/delete", {"media_id": media_id})
        del self.drafts[media_id]

    @precondition(lambda self: self.drafts)
    @rule(is_refused=st.booleans())
    def publish(self, is_refused: bool) -> None:
        media_id = next(iter(self.drafts))
        if is_refused:
            fault = {"app_id": MINE, "endpoint": "review", "kind": "reject", "times": 1}
            self.sim("faults", fault)
        publish_id = self.good("freepublish/submit", {"media_id": media_id})["publish_id"]
        assert self.call("freepublish/submit", {"media_id": media_id})["errcode"] == 53504
        assert self.good("freepublish/get", {"publish_id": publish_id})["publish_status"] == 1
        self.sim("clock", {"advance_s": 5})
        found = self.good("freepublish/get", {"publish_id": publish_id})
        assert found["publish_status"] == (4 if is_refused else 0)
        if not is_refused:
            self.published[found["article_id"]] = self.drafts.pop(media_id)

    @precondition(lambda self: self.published)
    @rule(index=st.integers(0, 2))
    def withdraw(self, index: int) -> None:
        article_id = next(iter(self.published))
        titles = self.published[article_id]
        found = self.call("freepublish/delete", {"article_id": article_id, "index": index})
        if index == 0:
            assert found["errcode"] == 0
            del self.published[article_id]
        elif index > len(titles) or not titles[index - 1]:
            assert found["errcode"] == 53600
        else:
            titles[index - 1] = ""
            if not any(titles):
                del self.published[article_id]

    # Templates, codes, keys ----------------------------------------------------------------------

    @rule()
    def add_template(self) -> None:
        found = self.good("template/api_add_template", {"template_id_short": "40001"})
        self.templates.append(found["template_id"])

    @precondition(lambda self: self.templates)
    @rule()
    def remove_template(self) -> None:
        self.good("template/del_private_template", {"template_id": self.templates.pop()})

    @rule(scene=st.sampled_from(("门口", "x" * 64, "x" * 65)))
    def make_code(self, scene: str) -> None:
        payload = {
            "action_name": "QR_LIMIT_STR_SCENE",
            "action_info": {"scene": {"scene_str": scene}},
        }
        found = self.call("qrcode/create", payload)
        if len(scene) > 64:
            assert found["errcode"] == 40053
        else:
            assert self.codes.setdefault(scene, found["ticket"]) == found["ticket"]

    @rule(text=st.sampled_from(("window=3", "窗口三号")))
    def shorten(self, text: str) -> None:
        self.keys[self.good("shorten/gen", {"long_data": text})["short_key"]] = text

    # What must be read back ----------------------------------------------------------------------

    @invariant()
    def everything_is_there(self) -> None:
        if not self.following:
            return
        found = self.good("user/get")
        assert found["total"] == len(self.following)
        assert set(found["data"]["openid"]) == set(self.following)
        tags = {one["id"]: (one["name"], one["count"]) for one in self.good("tags/get")["tags"]}
        assert tags == {tag: (name, len(self.members[tag])) for tag, name in self.tags.items()}
        for openid in self.following:
            info = self.good("user/info", openid=openid)
            assert info["remark"] == self.remarks.get(openid, "")
            assert set(info["tagid_list"]) == {
                tag for tag, members in self.members.items() if openid in members
            }
        black = self.good("tags/members/getblacklist", {})
        assert set(black.get("data", {}).get("openid", ())) == self.black
        assert black["total"] == len(self.black)

    @invariant()
    def the_menu_is_the_last_one(self) -> None:
        if not self.following:
            return
        found = self.call("menu/get")
        if self.menu is None:
            assert found["errcode"] == 46003
            return
        names = [one["name"] for one in found["menu"]["button"]]
        assert names == [one["name"] for one in BUTTONS[self.menu]]
        others = {str(one["menuid"]) for one in found.get("conditionalmenu", ())}
        assert others == set(self.conditional)

    @invariant()
    def content_is_what_was_written(self) -> None:
        if not self.following:
            return
        assert self.good("material/get_materialcount")["image_count"] == len(self.pictures)
        assert self.good("draft/count")["total_count"] == len(self.drafts)
        drafts = self.good("draft/batchget", {"offset": 0, "count": 20})
        assert {
            one["media_id"]: [news["title"] for news in one["content"]["news_item"]]
            for one in drafts["item"]
        } == self.drafts or len(self.drafts) > 20
        out = self.good("freepublish/batchget", {"offset": 0, "count": 20})
        assert out["total_count"] == len(self.published)
        assert {
            one["article_id"]: [news["title"] for news in one["content"]["news_item"]]
            for one in out["item"]
        } == {key: [one for one in titles if one] for key, titles in self.published.items()}
        listed = self.good("template/get_all_private_template")["template_list"]
        assert {one["template_id"] for one in listed} == set(self.templates)
        for key, text in self.keys.items():
            assert self.good("shorten/fetch", {"short_key": key})["long_data"] == text


@pytest.mark.slow
def test_a_random_walk_finds_nothing_out_of_place() -> None:
    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=40,
            deadline=None,
            derandomize="MINXIN_TEST_EXAMPLES" not in os.environ,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_every_endpoint_is_walked_over() -> None:
    known = {entry.path for entry in ENTRIES} | {path for path, _ in WITH_GRANT}
    known |= {f"/cgi-bin/component/{name}" for name, _ in OF_PLATFORMS}
    assert known == set(SAMPLES)
