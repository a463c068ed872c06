"""Signing in and out: refused, locked out, led to a password or a code of one's own, timed out."""

import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import LazySettings
from django.test import Client

from minxin.agencies.models import AuditEntry
from minxin.conversations.models import Dialogue, Outgoing
from tests.console.conftest import SignIn, Work
from tests.support.city import PASSWORD, City

SIGN_IN = "/console/sign-in/"


def _try(client: Client, password: str, name: str = "wangfang") -> int:
    return client.post(SIGN_IN, {"login": name, "password": password}).status_code


def test_a_stranger_is_led_to_the_sign_in_page_and_back(city: City, client: Client) -> None:
    answer = client.get("/console/tickets/?state=soon")
    assert answer.status_code == 302
    assert answer.url.startswith(SIGN_IN)
    page = client.get(answer.url)
    assert page.status_code == 200
    signed_in = client.post(answer.url, {"login": "wangfang", "password": PASSWORD})
    assert signed_in.status_code == 302
    assert client.get("/console/").status_code == 200
    assert AuditEntry.objects.filter(verb="staff.signed_in").count() == 1


def test_a_wrong_password_is_refused_without_saying_which_was_wrong(
    city: City, client: Client
) -> None:
    known = client.post(SIGN_IN, {"login": "wangfang", "password": "wrong"})
    unknown = client.post(SIGN_IN, {"login": "nobody", "password": "wrong"})
    for answer in (known, unknown):
        assert "登录名或密码不对" in answer.content.decode()
    assert 'value="wangfang"' in known.content.decode()
    assert client.get("/console/").status_code == 302


def test_five_wrong_passwords_lock_the_name_and_only_this_name(city: City, client: Client) -> None:
    for _ in range(4):
        assert _try(client, "wrong") == 200
    assert _try(client, "wrong") == 403
    locked = client.post(SIGN_IN, {"login": "wangfang", "password": PASSWORD})
    assert locked.status_code == 403
    assert "30" in locked.content.decode()
    assert client.get("/console/").status_code == 302
    assert _try(Client(), PASSWORD, "zhaoming") == 302


def test_who_may_not_sign_in_any_more_is_shown_out(city: City, client: Client) -> None:
    city.wang.is_active = False
    city.wang.save()
    _try(client, PASSWORD)
    assert client.get("/console/").status_code == 302


def test_totp_comes_first_when_it_is_required(
    city: City, at_desk: SignIn, settings: LazySettings
) -> None:
    settings.MINXIN_REQUIRE_TOTP = True
    desk = at_desk(city.wang)
    answer = desk.get("/console/tickets/")
    assert answer.status_code == 302
    assert answer.url == "/console/totp/set-up/"
    # allauth asks for the password again before it shows the secret.
    again = desk.get(answer.url)
    assert again.url.startswith("/console/sign-in/again/")
    assert desk.get(again.url).status_code == 200
    assert desk.post(again.url, {"password": PASSWORD}).url == answer.url
    shown = desk.get(answer.url)
    assert shown.status_code == 200
    assert "data:image/svg+xml" in shown.content.decode()
    secret = shown.context["form"].secret
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    done = desk.post(answer.url, {"code": code})
    assert done.status_code == 302
    assert desk.get("/console/tickets/").status_code == 200
    # From now on a password alone is not enough.
    other = Client()
    half = other.post(SIGN_IN, {"login": "wangfang", "password": PASSWORD})
    assert half.url.startswith("/console/sign-in/code/")
    assert other.get(half.url).status_code == 200
    assert other.get("/console/tickets/").url.startswith(SIGN_IN)


def test_a_password_given_by_somebody_else_is_changed_first(city: City, at_desk: SignIn) -> None:
    city.wang.must_change_password = True
    city.wang.save()
    desk = at_desk(city.wang)
    assert desk.get("/console/tickets/").url == "/console/password/"
    fresh = "Harbour-lantern-Window-9"
    changed = desk.post(
        "/console/password/",
        {"oldpassword": PASSWORD, "password1": fresh, "password2": fresh},
    )
    assert changed.status_code == 302
    assert desk.get("/console/tickets/").status_code == 200
    city.wang.refresh_from_db()
    assert city.wang.check_password(fresh)


def test_a_weak_password_is_refused(city: City, at_desk: SignIn) -> None:
    desk = at_desk(city.wang)
    desk.post(
        "/console/password/",
        {"oldpassword": PASSWORD, "password1": "short", "password2": "short"},
    )
    city.wang.refresh_from_db()
    assert city.wang.check_password(PASSWORD)


@pytest.mark.parametrize(("minutes", "status"), [(29, 200), (31, 302)])
def test_thirty_idle_minutes_end_a_session(
    city: City, at_desk: SignIn, minutes: int, status: int
) -> None:
    desk = at_desk(city.wang)
    assert desk.get("/console/").status_code == 200
    session = desk.session
    session["seen_at"] -= minutes * 60
    session.save()
    assert desk.get("/console/").status_code == status
    assert desk.get("/console/").status_code == status


def _let_it_run_out(desk: Client) -> None:
    desk.get("/console/")
    session = desk.session
    session["seen_at"] -= 31 * 60
    session.save()


def test_a_reply_after_the_session_ran_out_is_not_taken_for_sent(
    city: City, work: Work, at_desk: SignIn
) -> None:
    desk = at_desk(city.wang)
    _let_it_run_out(desk)
    before = Outgoing.objects.count()
    page = f"/console/inbox/{work.dialogue.pk}/"
    answer = desk.post(
        f"{page}reply/",
        {"text": "马上去修。", "token": "t1"},
        headers={"HX-Request": "true", "HX-Current-URL": f"http://testserver{page}"},
    )
    # Neither a success nor a redirect that htmx would follow into the pane: the whole page goes.
    assert answer.status_code == 401
    assert answer.content == b""
    assert answer.headers["HX-Redirect"] == f"{SIGN_IN}?next={page}"
    assert Outgoing.objects.count() == before
    back = desk.post(answer.headers["HX-Redirect"], {"login": "wangfang", "password": PASSWORD})
    assert back.url == page


@pytest.mark.parametrize("foreign", [False, True])
def test_after_signing_in_again_one_is_back_on_the_page_one_wrote_on(
    city: City, work: Work, at_desk: SignIn, foreign: bool
) -> None:
    desk = at_desk(city.wang)
    _let_it_run_out(desk)
    page = f"/console/inbox/{work.dialogue.pk}/"
    host = "evil.example" if foreign else "testserver"
    answer = desk.post(f"{page}attend/", headers={"Referer": f"http://{host}{page}"})
    assert answer.status_code == 302
    assert answer.url == f"{SIGN_IN}?next={page}{'attend/' if foreign else ''}"
    assert Dialogue.objects.get().attended_by is None


def test_signing_out_is_audited_and_ends_it(city: City, at_desk: SignIn) -> None:
    desk = at_desk(city.wang)
    assert desk.post("/console/sign-out/").status_code == 302
    assert desk.get("/console/").status_code == 302
    assert AuditEntry.objects.get(verb="staff.signed_out").actor_name == "王芳"


def test_nobody_signs_up_or_resets_by_mail(city: City, client: Client) -> None:
    for path in ("/console/sign-in/help/", "/console/sign-in/forgotten/"):
        assert client.get(path).url == SIGN_IN
        assert client.post(path, {"username": "guest"}).url == SIGN_IN


@pytest.mark.parametrize("elsewhere", ["//evil.example/", "https://evil.example/", "no such page"])
def test_choosing_a_language_never_leads_elsewhere(
    city: City, at_desk: SignIn, elsewhere: str
) -> None:
    answer = at_desk(city.wang).post("/console/language/", {"language": "en", "next": elsewhere})
    assert answer.status_code == 302
    assert answer.url == "/console/"
