"""何涛 sees what an account has spent and what it may not do, and asks WeChat for the true figures."""

import json
import threading
from collections.abc import Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.urls import reverse

from minxin.accounts import actions
from minxin.accounts.models import AccountBudget
from minxin.accounts.quotas import UNLIMITED, Budget, reconcile
from minxin.agencies.models import AuditEntry
from tests.console.conftest import SignIn
from tests.support.city import SETUP, City


def page_of(city: City) -> str:
    return reverse("console:account", args=[city.account.pk])


def test_nothing_spent_says_so(at_desk: SignIn, city: City) -> None:
    page = at_desk(city.operator).get(page_of(city)).content.decode()
    assert "还没有向微信核对过" in page
    assert "已用完" not in page


def test_spent_left_and_the_reserved_share_are_shown(
    at_desk: SignIn, city: City, now: datetime
) -> None:
    actions.take(city.account.pk, Budget.TEMPLATE_MESSAGE, wanted=94_321, is_urgent=False, now=now)
    desk = at_desk(city.operator)
    page = desk.get(page_of(city)).content.decode()
    assert 'value="94321"' in page
    for words in ("94,321", "5,679 / 100,000", "5,000", "快用完"):
        assert words in page, words
    listed = desk.get(reverse("console:accounts")).content.decode()
    assert "模板消息剩 5%" in listed


def test_plenty_and_no_limit_are_told_in_words(at_desk: SignIn, city: City, now: datetime) -> None:
    number, budget = city.account.pk, Budget.SUBSCRIBE_NOTICE
    actions.take(number, Budget.TEMPLATE_MESSAGE, wanted=10, is_urgent=False, now=now)
    desk = at_desk(city.operator)
    assert "充足" in desk.get(reverse("console:accounts")).content.decode()
    before = desk.get(page_of(city)).content.decode()
    assert "上限未核实" in before
    assert "微信没有限制" not in before
    reconcile(number, budget, most=UNLIMITED, used=3, counted=0, now=now)
    assert "微信没有限制" in desk.get(page_of(city)).content.decode()


def test_what_wechat_closed_is_shown_as_spent(at_desk: SignIn, city: City, now: datetime) -> None:
    actions.note_limit(city.account.pk, Budget.CUSTOM_MESSAGE, now)
    desk = at_desk(city.operator)
    assert "已用完" in desk.get(page_of(city)).content.decode()
    assert "客服消息已用完" in desk.get(reverse("console:accounts")).content.decode()


def test_what_an_account_may_not_says_what_to_do_instead(
    at_desk: SignIn, city: City, now: datetime
) -> None:
    plain = actions.register(
        agency=city.police, name="云溪交警", kind="subscription", actor=SETUP, now=now
    )
    desk = at_desk(city.operator)
    page = desk.get(reverse("console:account", args=[plain.pk])).content.decode()
    assert "把草稿箱里的文章手工发布" in page
    assert "未核实" in page
    assert "才能向微信核对" in page
    menu = desk.get(reverse("console:account_menu", args=[plain.pk])).content.decode()
    assert "公众号须先完成认证" in menu
    assert 'value="publish"' not in menu


def test_another_platform_has_no_budgets(at_desk: SignIn, city: City, now: datetime) -> None:
    weibo = actions.register(
        agency=city.police, name="云溪公安", platform="weibo", actor=SETUP, now=now
    )
    page = at_desk(city.operator).get(reverse("console:account", args=[weibo.pk]))
    assert 'id="budgets"' not in page.content.decode()


@pytest.fixture
def wechat_says(settings: Any) -> Iterator[dict[str, Any]]:
    """A WeChat on this machine; the yielded object is its answer to openapi/quota/get."""
    answer: dict[str, Any] = {
        "errcode": 0,
        "quota": {"daily_limit": 777_000, "used": 7, "remain": 776_993},
    }

    class WeChat(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            is_token = self.path == "/cgi-bin/stable_token"
            found = {"access_token": "t", "expires_in": 7200} if is_token else answer
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(found).encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), WeChat)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    settings.MINXIN_WECHAT_API = f"http://127.0.0.1:{server.server_port}"
    yield answer
    server.shutdown()
    thread.join()
    server.server_close()


def test_asking_wechat_shows_its_figures(
    at_desk: SignIn, city: City, wechat_says: dict[str, Any]
) -> None:
    ask = reverse("console:account_budgets_ask", args=[city.account.pk])
    page = at_desk(city.operator).post(ask, follow=True).content.decode()
    assert "已向微信核对" in page
    assert "776,993 / 777,000" in page
    assert "微信告知" in page
    assert AuditEntry.objects.latest("id").verb == "account.quotas_asked"


def test_wechat_s_refusal_is_told_and_nothing_changes(
    at_desk: SignIn, city: City, wechat_says: dict[str, Any]
) -> None:
    wechat_says["errcode"] = 40013
    ask = reverse("console:account_budgets_ask", args=[city.account.pk])
    desk = at_desk(city.operator)
    entries = AuditEntry.objects.count()
    page = desk.post(ask, follow=True).content.decode()
    assert "40013" in page
    assert not AccountBudget.objects.filter(is_told=True).exists()
    assert AuditEntry.objects.count() == entries


def test_without_credentials_there_is_nobody_to_ask(
    at_desk: SignIn, city: City, now: datetime
) -> None:
    plain = actions.register(
        agency=city.police, name="云溪交警", kind="service", actor=SETUP, now=now
    )
    ask = reverse("console:account_budgets_ask", args=[plain.pk])
    page = at_desk(city.operator).post(ask, follow=True).content.decode()
    assert "没有登记AppID" in page
    assert not AccountBudget.objects.filter(account=plain).exists()


def test_who_may_not_edit_accounts_asks_nothing(at_desk: SignIn, city: City) -> None:
    ask = reverse("console:account_budgets_ask", args=[city.account.pk])
    for person in (city.outsider, city.administrator, city.auditor):
        assert at_desk(person).post(ask).status_code == 404
    assert not AccountBudget.objects.exists()
