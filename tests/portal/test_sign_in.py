"""Who is reading: WeChat says so, once, to the browser that asked."""

from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver

from minxin.citizens.models import Citizen
from tests.portal.conftest import Browser, WeChat
from tests.support.city import APP_ID, City

PUBLIC = {
    "home": "what one can do, and what is often asked",
    "answer": "answers are public",
    "library": "what holds today, by topic",
    "document": "documents in force are public",
    "passage": "what is quoted of documents is public",
    "public": "the list of answers that a person released",
    "public_one": "one of them",
    "privacy": "read before one leaves anything",
    "letters": "how large the letters are, in this browser",
    "probe": "the form as our own robot tries it, behind a pass; it files nothing",
}


def patterns(under: URLResolver) -> list[URLPattern]:
    found: list[URLPattern] = []
    for each in under.url_patterns:
        found += patterns(each) if isinstance(each, URLResolver) else [each]
    return found


def test_every_page_asks_who_reads_or_stands_in_the_list() -> None:
    portal = next(
        each
        for each in get_resolver().url_patterns
        if isinstance(each, URLResolver) and each.namespace == "portal"
    )
    pages = {str(each.name): each.callback for each in patterns(portal)}
    for doors in ("entrance", "oauth"):
        del pages[doors]
    assert len(pages) >= 9
    for name, view in pages.items():
        audience = getattr(view, "audience", None)
        assert audience == ("public" if name in PUBLIC else "citizen"), name


def test_a_reader_is_sent_to_wechat_under_the_name_of_her_phone(xiaolin: Browser) -> None:
    asked = xiaolin.get(f"/m/{APP_ID}/tickets/")
    there = urlsplit(asked["Location"])
    query = parse_qs(there.query)
    assert there.hostname == "c1.localhost"
    assert there.path == "/connect/oauth2/authorize"
    assert there.fragment == "wechat_redirect"
    assert query["appid"] == [APP_ID]
    assert query["scope"] == ["snsapi_base"]
    assert query["redirect_uri"] == ["http://c1.localhost:8000/m/oauth/callback"]
    assert len(query["state"][0]) == 32


@override_settings(MINXIN_EMBEDDED=False, MINXIN_WECHAT_OPEN="https://open.weixin.qq.com")
def test_elsewhere_it_is_wechat_itself(city: City) -> None:
    asked = Client(headers={"host": "c1.localhost:8000"}).get(f"/m/{APP_ID}/tickets/")
    assert asked["Location"].startswith("https://open.weixin.qq.com/connect/oauth2/authorize?")


def test_she_comes_back_to_the_page_she_wanted(xiaolin: Browser, city: City) -> None:
    asked = xiaolin.get(f"/m/{APP_ID}/tickets/new")
    back = xiaolin.allow(asked)
    assert back["Location"] == f"/m/{APP_ID}/tickets/new"
    assert xiaolin.get(back["Location"]).status_code == 200
    assert xiaolin.session["citizen"] == {APP_ID: city.xiaolin.key}


def test_two_pages_opened_at_once_both_arrive(xiaolin: Browser) -> None:
    first = xiaolin.get(f"/m/{APP_ID}/tickets/")
    second = xiaolin.get(f"/m/{APP_ID}/tickets/new")
    assert xiaolin.allow(second)["Location"].endswith("/new")
    assert xiaolin.allow(first)["Location"].endswith("/tickets/")


def test_a_state_is_good_once_and_for_one_browser(
    xiaolin: Browser, stranger: Browser, weixin: WeChat
) -> None:
    asked = xiaolin.get(f"/m/{APP_ID}/tickets/")
    refused = stranger.allow(asked)  # somebody else's link
    assert refused.status_code == 403
    assert "citizen" not in stranger.session
    assert xiaolin.allow(asked).status_code == 302
    again = xiaolin.allow(asked)  # gone back to: she is known and goes on
    assert again["Location"] == f"/m/{APP_ID}/"


@pytest.mark.parametrize("code", ["", "forged"])
def test_a_code_that_wechat_does_not_know_signs_nobody_in(xiaolin: Browser, code: str) -> None:
    asked = xiaolin.get(f"/m/{APP_ID}/tickets/")
    state = parse_qs(urlsplit(asked["Location"]).query)["state"][0]
    answer = xiaolin.get("/m/oauth/callback", {"code": code, "state": state})
    assert answer.status_code == 403
    assert "请在微信里打开" in answer.content.decode()
    assert "citizen" not in xiaolin.session


def test_a_snapshot_is_nobody(xiaolin: Browser, weixin: WeChat) -> None:
    weixin.is_snapshot = True
    before = Citizen.objects.count()
    assert xiaolin.allow(xiaolin.get(f"/m/{APP_ID}/tickets/")).status_code == 403
    assert Citizen.objects.count() == before


def test_outside_wechat_nobody_goes_in_circles(city: City) -> None:
    browser = Client(headers={"host": "127.0.0.1:8000"})
    answers = [browser.get(f"/m/{APP_ID}/tickets/") for _ in range(4)]
    assert [each.status_code for each in answers] == [302, 302, 302, 403]
    assert "/phone" in answers[-1].content.decode()


def test_a_form_after_the_session_leads_back_to_itself(xiaolin: Browser) -> None:
    answer = xiaolin.send("tickets/new", text="路灯坏了三天没有人修", token="t")
    assert answer.status_code == 403
    assert f'href="/m/{APP_ID}/tickets/new"' in answer.content.decode()
    assert "还没有提交" in answer.content.decode()


def test_who_was_erased_is_asked_again(xiaolin: Browser, city: City, now: datetime) -> None:
    from minxin.citizens.actions import erase

    assert xiaolin.read("tickets/").status_code == 200
    erase(city.xiaolin, actor=city.xiaolin, now=now)
    assert xiaolin.get(f"/m/{APP_ID}/tickets/").status_code == 302


def test_an_account_that_does_not_exist_is_not_found(city: City) -> None:
    answer = Client().get("/m/wx0000000000000000/tickets/")
    assert answer.status_code == 404
