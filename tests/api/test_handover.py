"""The platform's callback: signed, within minutes, each nonce once."""

import json
import secrets
import time
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from minxin.agencies.actions import keep_division
from minxin.tickets.models import SeenNonce, Ticket
from minxin.tickets.platforms.signing import is_signed, signature
from tests.support.city import SETUP, City
from tests.tickets.handing import SECRET, District, district

PATH = "/api/v1/handover/yunxi-12345"


@pytest.fixture
def there(city: City, now: datetime) -> District:
    keep_division(None, code="990100", name="云溪市", actor=SETUP, now=now)
    return district(city, now)


def told(body: Any, *, secret: str = SECRET, seconds: int | None = None, nonce: str = "", path: str = PATH,
         algorithm: str = "hmac-sha256", signed: bytes | None = None) -> Any:  # fmt: skip
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    moment = str(int(time.time()) if seconds is None else seconds)
    nonce = nonce or secrets.token_hex(16)
    sign = signature(
        secret, algorithm, "POST", PATH, moment, nonce, content if signed is None else signed
    )
    headers = {"x-minxin-timestamp": moment, "x-minxin-nonce": nonce, "x-minxin-algorithm": algorithm,
               "x-minxin-signature": sign}  # fmt: skip
    return Client().post(path, content, content_type="application/json", headers=headers)


def update(ticket: Ticket, **changed: object) -> dict[str, object]:
    return {"our_number": ticket.number, "number": "SH-1", "state": "replied", "revision": 2,
            "reply": "路灯已经修好，感谢反映。"} | changed  # fmt: skip


def test_a_signed_word_is_taken_once(there: District) -> None:
    ticket = there.filed()
    nonce = secrets.token_hex(16)
    assert told(update(ticket), nonce=nonce).json() == {"taken": True}
    assert told(update(ticket), nonce=nonce).status_code == 409
    assert told(update(ticket)).json() == {"taken": False}
    ticket.refresh_from_db()
    assert ticket.status == "answered"


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret": "another-secret-of-somebody"},
        {"seconds": int(time.time()) - 3600},
        {"seconds": int(time.time()) + 3600},
        {"nonce": "short"},
        {"algorithm": "hmac-sm3"},
        {"signed": b"{}"},
        {"path": "/api/v1/handover/nobody"},
    ],
)
def test_what_is_not_signed_by_them_now_is_not_taken(
    there: District, wrong: dict[str, Any]
) -> None:
    ticket = there.filed()
    assert told(update(ticket), **wrong).status_code == 401
    ticket.refresh_from_db()
    assert ticket.status == "submitted"
    assert not SeenNonce.objects.exists()


def test_without_signature_nothing_is_taken(there: District) -> None:
    ticket = there.filed()
    answer = Client().post(PATH, update(ticket), content_type="application/json")
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "changed",
    [
        {"state": "gone"}, {"revision": 0}, {"revision": "2"}, {"revision": True}, {"revision": 2**40},
        {"reply": ""}, {"reply": "x" * 9000}, {"our_number": ""}, {"at": "yesterday"},
        {"at": "2026-01-01T00:00:00"}, {"number": 7},
    ],
)  # fmt: skip
def test_what_means_nothing_is_refused_in_words(
    there: District, changed: dict[str, object]
) -> None:
    ticket = there.filed()
    answer = told(update(ticket, **changed))
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "refused")
    ticket.refresh_from_db()
    assert ticket.status == "submitted"


def test_bad_bodies_and_strangers_numbers(there: District) -> None:
    there.filed()
    for raw in (b"", b"{", b"\xff", b"[" * 100_000, b"null"):
        assert told(raw).status_code in {400, 422}
    answer = told({"our_number": "XX-1", "state": "handling", "revision": 1})
    assert answer.status_code == 404


def test_sm3_signs_too() -> None:
    moment, nonce = "1000", "n" * 32
    sign = signature(SECRET, "hmac-sm3", "POST", "/x", moment, nonce, b"{}")
    given = {"x-minxin-timestamp": moment, "x-minxin-nonce": nonce, "x-minxin-algorithm": "hmac-sm3",
             "x-minxin-signature": sign}  # fmt: skip
    assert is_signed(SECRET, "hmac-sm3", "POST", "/x", b"{}", given, seconds=1200)
    assert not is_signed(SECRET, "hmac-sm3", "POST", "/x", b"{}", given, seconds=1301)
    assert not is_signed(SECRET, "hmac-sha256", "POST", "/x", b"{}", given, seconds=1000)
    assert not is_signed("", "hmac-sm3", "POST", "/x", b"{}", given, seconds=1000)
    assert sign != signature(SECRET, "hmac-sha256", "POST", "/x", moment, nonce, b"{}")
