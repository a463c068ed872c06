"""The way in holds: a name is one name however it is spelled, codes cannot be tried without end."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret
from django.core.cache import cache
from django.db import connection
from django.test import Client, override_settings

from tests.support.city import PASSWORD, City

SIGN_IN = "/console/sign-in/"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_counted_yet() -> None:
    cache.clear()


def test_another_spelling_of_the_name_is_not_another_name(city: City) -> None:
    spellings = ["wangfang", "WANGFANG", " wangfang ", "Wangfang", "wangFANG"]
    for name in spellings:
        Client().post(SIGN_IN, {"login": name, "password": "wrong"})
    for name in ("wangfang", "WangFang"):
        right = Client().post(SIGN_IN, {"login": name, "password": PASSWORD})
        assert right.status_code == 403, name


def test_wrong_codes_are_counted_by_person(city: City) -> None:
    TOTP.activate(city.wang, generate_totp_secret())
    assert Authenticator.objects.count() == 1
    desk = Client()
    half = desk.post(SIGN_IN, {"login": "wangfang", "password": PASSWORD})
    seen = []
    for number in range(12):
        answer = desk.post(half.url, {"code": format_hotp_value(number)})
        errors = answer.context["form"].errors["code"] if answer.context else ["429"]
        seen.append(str(errors[0]))
    assert seen[0] == seen[9] != seen[10]
    # In the database: another process counts on, and a restart forgets nothing.
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM minxin_cache")
        assert cursor.fetchone()[0] >= 1


@pytest.mark.parametrize("path", ["/", "/console/sign-in/", "/m/wx0123456789abcdef/"])
def test_a_foreign_host_is_refused_in_words(path: str) -> None:
    answer = Client(raise_request_exception=False).get(path, headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "evil.example" not in answer.content.decode()
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


@override_settings(SECURE_HSTS_SECONDS=365 * 86400)
def test_https_is_kept_to(city: City) -> None:
    assert "Strict-Transport-Security" in Client().get(SIGN_IN, secure=True).headers
    assert "Strict-Transport-Security" not in Client().get(SIGN_IN).headers
