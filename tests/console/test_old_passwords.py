"""A password that is too old opens one page: the one on which it is changed."""

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from minxin.agencies.models import AuditEntry, Staff
from minxin.console.live import listener
from tests.console.conftest import SignIn
from tests.support.city import PASSWORD, City

FRESH = "Harbour-lantern-Window-9"
PAGE = "/console/password/"


@pytest.fixture
def aged(city: City) -> Staff:
    """王芳, whose password is 90 days old."""
    city.wang.password_set_at = timezone.now() - timedelta(days=90)
    city.wang.save()
    return city.wang


def _change(desk: Client, fresh: str) -> int:
    typed = {"oldpassword": PASSWORD, "password1": fresh, "password2": fresh}
    return desk.post(PAGE, typed).status_code


def test_nothing_else_opens_until_it_is_changed(aged: Staff, client: Client) -> None:
    signed_in = client.post("/console/sign-in/", {"login": "wangfang", "password": PASSWORD})
    assert signed_in.status_code == 302
    for path in ("", "tickets/", "inbox/", "counts/", "totp/", "totp/set-up/"):
        assert client.get(f"/console/{path}").headers["Location"] == PAGE
    assert client.post("/console/notices/read/").headers["Location"] == PAGE
    page = client.get(PAGE)
    assert page.status_code == 200
    assert "已经用满 90 天" in page.content.decode()
    key = client.session.session_key
    assert key is not None
    assert listener(key, now=timezone.now()) is None
    assert _change(client, FRESH) == 302
    assert client.get("/console/tickets/").status_code == 200
    assert listener(client.session.session_key or "", now=timezone.now()) is not None
    assert AuditEntry.objects.filter(verb="staff.password_changed").count() == 1


def test_one_that_was_used_before_is_refused_on_the_page(aged: Staff, at_desk: SignIn) -> None:
    desk = at_desk(aged)
    assert _change(desk, FRESH) == 302
    answer = desk.post(PAGE, {"oldpassword": FRESH, "password1": PASSWORD, "password2": PASSWORD})
    assert "不能使用最近 5 次用过的密码" in answer.content.decode()
    aged.refresh_from_db()
    assert aged.check_password(FRESH)
    assert AuditEntry.objects.filter(verb="staff.password_changed").count() == 1


def test_no_days_no_age(aged: Staff, at_desk: SignIn, settings: LazySettings) -> None:
    settings.MINXIN_PASSWORD_DAYS = 0
    assert at_desk(aged).get("/console/tickets/").status_code == 200
