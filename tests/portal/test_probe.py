"""The form as our own robot tries it: the same checks, and nothing is filed."""

import re
from datetime import datetime

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from minxin.citizens.models import Citizen
from minxin.supervision.probe_passes import SALT, SECONDS, is_good_pass, make_pass
from minxin.tickets.models import Ticket
from tests.support.city import APP_ID, City

ADDRESS = f"/m/{APP_ID}/tickets/probe"
WORDS = "【拨测】互动拨测检查这张表单能否提交"


def test_the_form_is_shown_checked_and_files_nothing(city: City) -> None:
    browser = Client(enforce_csrf_checks=True)
    there = f"{ADDRESS}?pass={make_pass(APP_ID)}"
    shown = browser.get(there)
    assert shown.status_code == 200
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', shown.content.decode())
    assert token is not None
    given = {"csrfmiddlewaretoken": token[1], "token": "probe"}
    assert browser.post(there, {**given, "text": WORDS}).content == b"accepted\n"
    assert browser.post(there, {**given, "text": ""}).status_code == 422
    assert browser.post(there, {"text": WORDS, "token": "probe"}).status_code == 403
    assert not Ticket.objects.exists()
    assert list(Citizen.objects.all()) == [city.xiaolin]


@pytest.mark.usefixtures("city")
def test_without_a_pass_of_ours_it_leads_to_the_form_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    forged = signing.dumps(APP_ID, key="another key", salt=SALT)
    for given in ("", "x", forged, make_pass("wxother"), signing.dumps(APP_ID, salt="other")):
        for answer in (
            Client().get(ADDRESS, {"pass": given}),
            Client().post(f"{ADDRESS}?pass={given}", {"text": WORDS}),
        ):
            assert (answer.status_code, answer["Location"]) == (302, f"/m/{APP_ID}/tickets/new")
    fresh = make_pass(APP_ID)
    assert is_good_pass(fresh, APP_ID)
    later = timezone.now().timestamp() + SECONDS + 2
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    assert not is_good_pass(fresh, APP_ID)


def test_an_empty_account_opens_nothing(now: datetime) -> None:
    assert not is_good_pass(make_pass(""), "")
