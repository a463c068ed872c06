"""何涛 edits an account's menu: the limits are told, WeChat's refusal is explained, nothing is lost."""

import json
import threading
from collections.abc import Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.test import Client

from minxin.accounts import actions
from minxin.accounts.models import Account
from minxin.accounts.queries import MenuAnswer
from minxin.agencies.models import AuditEntry
from tests.console.conftest import SignIn
from tests.support.city import APP_ID, City

TYPED = {
    "name_0": "办事",
    "does_0": "menu",
    "name_0_0": "怎么问",
    "does_0_0": "say",
    "text_0_0": "直接打字告诉我就行。",
    "name_0_1": "全部事项",
    "does_0_1": "view",
    "text_0_1": "https://www.yunxi.example/items",
    "name_2": "找人工",
    "does_2": "person",
}
MENU = [
    {
        "name": "办事",
        "sub_button": [
            {"type": "click", "name": "怎么问", "key": "say"},
            {"type": "view", "name": "全部事项", "url": "https://www.yunxi.example/items"},
        ],
    },
    {"type": "click", "name": "找人工", "key": "person"},
]


def _address(account: Account) -> str:
    return f"/console/accounts/{account.pk}/menu/"


def _fresh(account: Account) -> Account:
    return Account.objects.get(pk=account.pk)


@pytest.fixture
def answers() -> list[dict[str, object]]:
    """What WeChat says next; `ok` when empty."""
    return []


@pytest.fixture
def asked(answers: list[dict[str, object]], settings: Any) -> Iterator[list[str]]:
    """What WeChat was asked: a server of its own takes its place."""
    seen: list[str] = []

    class WeChat(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self._answer()

        def do_GET(self) -> None:
            self._answer()

        def _answer(self) -> None:
            where = self.path.split("?")[0]
            said: dict[str, object] = {"access_token": "t", "expires_in": 7200}
            if where != "/cgi-bin/stable_token":
                seen.append(where)
                said = answers.pop() if answers else {"errcode": 0, "errmsg": "ok"}
            body = json.dumps(said).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), WeChat) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.MINXIN_WECHAT_API = f"http://127.0.0.1:{server.server_port}"
        yield seen
        server.shutdown()


@pytest.fixture
def desk(city: City, at_desk: SignIn) -> Client:
    return at_desk(city.operator)


def test_a_menu_is_saved_and_published(city: City, desk: Client, asked: list[str]) -> None:
    answer = desk.post(_address(city.account), {**TYPED, "act": "publish"}, follow=True)
    assert "已保存并发布" in answer.content.decode()
    account = _fresh(city.account)
    assert account.menu == MENU
    assert {each.key: (each.does, each.text) for each in account.menu_replies.all()} == {
        "say": ("say", "直接打字告诉我就行。"),
        "person": ("person", ""),
    }
    assert asked == ["/cgi-bin/menu/create"]
    verbs = list(
        AuditEntry.objects.filter(actor_name="何涛", verb__startswith="account.").values_list(
            "verb", flat=True
        )
    )
    assert verbs == ["account.menu_published", "account.menu_set"]
    assert "微信上就是这个菜单" in answer.content.decode()


def test_saving_alone_asks_wechat_nothing(city: City, desk: Client, asked: list[str]) -> None:
    desk.post(_address(city.account), {**TYPED, "act": "save"})
    assert _fresh(city.account).menu == MENU
    assert asked == []


def test_what_stands_there_is_shown_and_saved_again_unchanged(
    city: City, desk: Client, now: datetime
) -> None:
    scan = {"type": "scancode_push", "name": "扫码", "key": "scan"}
    kept = [*MENU, scan]
    replies = {"say": MenuAnswer("say", "请说。"), "person": MenuAnswer("person")}
    actions.set_menu(city.account, kept, replies=replies, actor=city.operator, now=now)
    page = desk.get(_address(city.account))
    form = page.context["form"]
    typed = {name: form[name].value() or "" for name in form.fields}
    desk.post(_address(city.account), {**typed, "name_0_0": "怎样问", "act": "save"})
    account = _fresh(city.account)
    assert account.menu[0]["sub_button"][0] == {"type": "click", "name": "怎样问", "key": "say"}
    assert account.menu[1:] == kept[1:]
    assert account.menu_replies.get(key="say").text == "请说。"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name_0": "办事大厅指南"}, "微信限 5 个汉字"),
        ({"name_0_0": "问" * 21}, "微信限 20 个汉字"),
        ({"name_2": ""}, "请填写名称"),
        ({"does_2": ""}, "请选择点击后做什么"),
        ({"text_0_0": ""}, "请填写内容"),
        ({"text_0_0": "说" * 683}, "680"),
        ({"text_0_1": "www.yunxi.example"}, "网址应以"),
        ({"text_0_1": "https://y.example/" + "a" * 1010}, "1024"),
        ({"does_0": "person"}, "展开二级菜单"),
        ({"does_2": "menu"}, "至少填一个二级菜单"),
    ],
)
def test_a_limit_is_told_and_what_was_typed_is_kept(
    city: City, desk: Client, asked: list[str], change: dict[str, str], words: str
) -> None:
    answer = desk.post(_address(city.account), {**TYPED, **change, "act": "publish"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    assert "怎么问" in page or "name_0_0" in change
    assert _fresh(city.account).menu == []
    assert asked == []


def test_wechat_s_refusal_is_explained_and_nothing_is_lost(
    city: City, desk: Client, asked: list[str], answers: list[dict[str, object]]
) -> None:
    answers.append({"errcode": 48001, "errmsg": "api unauthorized"})
    answer = desk.post(_address(city.account), {**TYPED, "act": "publish"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "48001" in page
    assert "请核对账号类型和认证状态" in page
    assert "直接打字告诉我就行。" in page
    assert _fresh(city.account).menu == MENU
    form = answer.context["form"]
    typed = {name: form[name].value() or "" for name in form.fields}
    again = desk.post(_address(city.account), {**typed, "act": "publish"})
    assert again.status_code == 302
    assert asked == ["/cgi-bin/menu/create"] * 2


def test_another_person_s_change_is_not_overwritten_unseen(
    city: City, desk: Client, now: datetime
) -> None:
    seen = desk.get(_address(city.account)).context["form"]["seen"].value()
    theirs = [{"type": "click", "name": "人工", "key": "person"}]
    replies = {"person": MenuAnswer("person")}
    actions.set_menu(city.account, theirs, replies=replies, actor=city.operator, now=now)
    answer = desk.post(_address(city.account), {**TYPED, "seen": seen, "act": "save"})
    assert answer.status_code == 422
    assert "别人改过" in answer.content.decode()
    assert _fresh(city.account).menu == theirs
    seen = answer.context["form"]["seen"].value()
    assert desk.post(_address(city.account), {**TYPED, "seen": seen}).status_code == 302
    assert _fresh(city.account).menu == MENU


def test_an_empty_menu_is_taken_off(city: City, desk: Client, asked: list[str]) -> None:
    desk.post(_address(city.account), {**TYPED, "act": "publish"})
    desk.post(_address(city.account), {"act": "publish"})
    assert asked == ["/cgi-bin/menu/create", "/cgi-bin/menu/delete"]
    assert _fresh(city.account).menu == []


def test_an_account_that_may_have_no_menu_is_told_so(
    city: City, desk: Client, asked: list[str], now: datetime
) -> None:
    Account.objects.filter(app_id=APP_ID).update(is_verified=False, kind="subscription")
    page = desk.get(_address(city.account)).content.decode()
    assert "保存并发布到微信" not in page
    refused = desk.post(_address(city.account), {**TYPED, "act": "publish"})
    assert "须先完成认证" in refused.content.decode()
    assert asked == []


def test_who_does_not_keep_accounts_sees_no_editor(city: City, at_desk: SignIn) -> None:
    for person in (city.wang, city.auditor, city.administrator, city.outsider):
        desk = at_desk(person)
        assert desk.get(_address(city.account)).status_code == 404
        assert desk.post(_address(city.account), {**TYPED, "act": "save"}).status_code == 404
    assert _fresh(city.account).menu == []
