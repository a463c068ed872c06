"""Showing an account's menu in WeChat."""

import json
from collections.abc import Callable
from datetime import datetime

import httpx
import pytest

from minxin.accounts import actions
from minxin.accounts.queries import MenuAnswer
from minxin.accounts.tasks import publish_menu
from minxin.agencies.models import AuditEntry
from minxin.core.errors import NotFound, Refused
from minxin.wechat import Client, MemoryTokenStore
from tests.support.city import APP_ID, City

MENU = [{"type": "click", "name": "人工", "key": "PERSON"}]


class WeChat:
    """WeChat at the transport: remembers what it was asked and answers one thing."""

    def __init__(self, answer: dict[str, object] | None = None) -> None:
        self.asked: list[tuple[str, bytes]] = []
        self._answer = answer or {"errcode": 0, "errmsg": "ok"}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/cgi-bin/stable_token":
            return httpx.Response(200, json={"access_token": "t", "expires_in": 7200})
        self.asked.append((request.url.path, request.content))
        return httpx.Response(200, json=self._answer)


def client(transport: Callable[[httpx.Request], httpx.Response]) -> Client:
    return Client(
        APP_ID, "s" * 32, store=MemoryTokenStore(), transport=httpx.MockTransport(transport)
    )


def choose(city: City, now: datetime) -> None:
    actions.set_menu(
        city.account, MENU, replies={"PERSON": MenuAnswer("person")}, actor=city.operator, now=now
    )


def test_the_chosen_menu_is_shown(city: City, now: datetime) -> None:
    choose(city, now)
    there = WeChat()
    publish_menu(city.account, actor=city.operator, now=now, client=client(there))
    ((path, body),) = there.asked
    assert (path, json.loads(body)) == ("/cgi-bin/menu/create", {"button": MENU})
    assert AuditEntry.objects.latest("id").verb == "account.menu_published"


def test_an_empty_menu_takes_away_the_one_that_is_there_or_was_not(
    city: City, now: datetime
) -> None:
    there = WeChat({"errcode": 46003, "errmsg": "no menu"})
    publish_menu(city.account, actor=city.operator, now=now, client=client(there))
    assert [path for path, _ in there.asked] == ["/cgi-bin/menu/delete"]


def test_wechat_s_refusal_is_told_in_words(city: City, now: datetime) -> None:
    choose(city, now)
    entries = AuditEntry.objects.count()
    there = WeChat({"errcode": 40018, "errmsg": "invalid button name size"})
    with pytest.raises(Refused, match="40018"):
        publish_menu(city.account, actor=city.operator, now=now, client=client(there))
    assert AuditEntry.objects.count() == entries


def test_wechat_out_of_reach_is_told_in_words(city: City, now: datetime) -> None:
    choose(city, now)

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(Refused, match="连不上微信"):
        publish_menu(city.account, actor=city.operator, now=now, client=client(refuse))


def test_an_account_without_the_interface_is_told_before_wechat_is_asked(
    city: City, now: datetime
) -> None:
    account = actions.register(
        agency=city.police, name="未认证", kind="subscription", actor=city.operator, now=now
    )
    there = WeChat()
    with pytest.raises(Refused, match="认证"):
        publish_menu(account, actor=city.operator, now=now, client=client(there))
    assert there.asked == []


def test_an_outsider_publishes_nothing(city: City, now: datetime) -> None:
    choose(city, now)
    there = WeChat()
    for person in (city.outsider, city.wang, city.auditor):
        with pytest.raises(NotFound):
            publish_menu(city.account, actor=person, now=now, client=client(there))
    assert there.asked == []
