"""Keys of the open API in the console: made and shown once, listed without themselves, revoked."""

import re
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from minxin.agencies.models import ApiKey, AuditEntry
from tests.console.conftest import SignIn
from tests.support.city import City


def form(city: City, **changed: object) -> dict[str, object]:
    return {
        "name": "12345平台对接",
        "partner": "云溪信息公司",
        "agency": city.police.pk,
        "rights": ["tickets.read", "tickets.file"],
        "level_coding": "national",
        "expires_on": (timezone.localdate() + timedelta(days=30)).isoformat(),
        "per_minute": "60",
    } | changed


def test_a_key_is_shown_once_and_works(city: City, at_desk: SignIn) -> None:
    client = at_desk(city.administrator)
    answer = client.post("/console/api-keys/new/", form(city))
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    token = re.search(r"mx_[0-9a-f]{12}_[\w-]+", answer.content.decode())
    assert token is not None
    key = ApiKey.objects.get()
    local = timezone.localtime(key.expires_at)
    assert (local.hour, local.minute, local.second) == (23, 59, 59)
    for address in ("/console/api-keys/", f"/console/api-keys/{key.pk}/"):
        assert token[0] not in client.get(address).content.decode()
    asked = Client().get("/api/v1/tickets", headers={"Authorization": f"Bearer {token[0]}"})
    assert asked.status_code == 200
    gone = client.post(f"/console/api-keys/{key.pk}/", {"reason": "合同到期"})
    assert gone.status_code == 302
    asked = Client().get("/api/v1/tickets", headers={"Authorization": f"Bearer {token[0]}"})
    assert asked.status_code == 401
    assert set(
        AuditEntry.objects.filter(verb__startswith="api_key.").values_list("verb", flat=True)
    ) == {
        "api_key.made",
        "api_key.revoked",
    }


def test_what_is_missing_is_said_and_nothing_typed_is_lost(city: City, at_desk: SignIn) -> None:
    client = at_desk(city.administrator)
    for changed in ({"level_coding": ""}, {"rights": []}, {"expires_on": "2001-01-01"}):
        answer = client.post("/console/api-keys/new/", form(city, **changed))
        assert answer.status_code == 422
        assert "云溪信息公司" in answer.content.decode()
    key_page = client.post("/console/api-keys/new/", form(city))
    assert key_page.status_code == 200
    key = ApiKey.objects.get()
    assert client.post(f"/console/api-keys/{key.pk}/", {"reason": ""}).status_code == 422


def test_who_gives_no_rights_sees_no_keys(city: City, at_desk: SignIn) -> None:
    for person in (city.wang, city.auditor, city.operator):
        client = at_desk(person)
        assert client.get("/console/api-keys/").status_code == 404
        assert client.post("/console/api-keys/new/", form(city)).status_code == 404
    assert not ApiKey.objects.exists()


def test_states_are_filtered(city: City, at_desk: SignIn) -> None:
    client = at_desk(city.administrator)
    client.post("/console/api-keys/new/", form(city))
    for state, count in (("good", 1), ("expired", 0), ("revoked", 0)):
        page = client.get("/console/api-keys/", {"state": state}).content.decode()
        assert ("12345平台对接" in page) == bool(count)
