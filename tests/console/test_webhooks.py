"""刘伟 registers an address, tries it, pauses it, sends again, changes the secret, removes it."""

from datetime import timedelta

import httpx
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from minxin.tickets.announcing import Announcer
from minxin.tickets.models import TicketWebhook, WebhookDelivery
from tests.console.conftest import SignIn, Work
from tests.support.city import City

GIVEN = {
    "name": "信息平台",
    "url": "http://127.0.0.1:9/in?key=q7r8s9",
    "events": ["filed", "rated"],
}


@pytest.fixture
def desk(city: City, at_desk: SignIn) -> Client:
    return at_desk(city.administrator)


def page(desk: Client, name: str, **kwargs: object) -> str:
    return desk.get(reverse(f"console:{name}", kwargs=kwargs)).content.decode()


def press(desk: Client, hook: TicketWebhook, what: str) -> str:
    address = reverse("console:webhook_change", args=[hook.pk])
    return desk.post(address, {"act": what}, follow=True).content.decode()


def told(code: int) -> int:
    transport = httpx.MockTransport(lambda request: httpx.Response(code))
    later = timezone.now() + timedelta(minutes=1)
    return Announcer(clock=lambda: later, transport=transport).turn()


def test_the_whole_life_of_an_address(desk: Client, city: City) -> None:
    assert "还没有登记推送" in page(desk, "webhooks")
    shown = desk.post(reverse("console:webhook_new"), {**GIVEN, "agency": city.police.pk})
    hook = TicketWebhook.objects.get()
    assert hook.secret
    assert hook.secret in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    assert hook.secret not in page(desk, "webhook", number=hook.pk)
    assert "q7r8s9" not in page(desk, "webhooks")
    press(desk, hook, "test")
    assert told(500) == 1
    listed = page(desk, "webhook_deliveries", number=hook.pk)
    assert "对方没有收下（HTTP 500）" in listed
    assert hook.secret not in listed
    row = WebhookDelivery.objects.get()
    address = reverse("console:webhook_deliveries", args=[hook.pk])
    desk.post(address, {"act": "again", "picked": row.pk, "confirmed": "1"})
    row.refresh_from_db()
    assert (row.status, row.attempts) == ("waiting", 0)
    assert told(204) == 1
    assert "已送达" in page(desk, "webhook_deliveries", number=hook.pk)
    assert "已暂停" in press(desk, hook, "pause")
    assert "已恢复" in press(desk, hook, "resume")
    former = hook.secret
    shown = desk.post(reverse("console:webhook_change", args=[hook.pk]), {"act": "rotate"})
    hook.refresh_from_db()
    assert hook.secret != former
    assert hook.secret in shown.content.decode()
    assert "推送已删除" in press(desk, hook, "remove")
    assert not TicketWebhook.objects.exists()


def test_bad_input_loses_nothing_typed(desk: Client, city: City) -> None:
    for url, words in (
        ("http://169.254.169.254/latest", "指向本机或内网"),
        ("https://a.cn/#x", "不能有用户名"),
        ("javascript:1", "接收地址不正确"),
    ):
        answer = desk.post(
            reverse("console:webhook_new"), {**GIVEN, "agency": city.police.pk, "url": url}
        )
        shown = answer.content.decode()
        assert answer.status_code == 422
        assert words in shown
        assert "信息平台" in shown
    assert not TicketWebhook.objects.exists()


def test_who_may_not_sees_none(city: City, at_desk: SignIn, work: Work) -> None:
    for who in (city.wang, city.zhao, city.operator, city.auditor):
        assert at_desk(who).get(reverse("console:webhooks")).status_code == 404
