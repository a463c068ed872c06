"""Open311 GeoReport v2: services, requests, filing; of a citizen's words nothing is read there."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from lxml import etree

from minxin.tickets import actions
from minxin.tickets.models import Ticket
from tests.api.conftest import MakePartner, Partner
from tests.support.city import SETUP, City

V2 = "/open311/v2"


@pytest.fixture
def made(partner: MakePartner, city: City, now: datetime) -> Partner:
    actions.keep_category(
        code="lamp", name="路灯", agency=city.police, keywords="路灯", actor=SETUP, now=now
    )
    return partner()


def filed(city: City, now: datetime, **more: Any) -> Ticket:
    return actions.file(
        text="东桥路口的路灯坏了，13812345678", citizen=city.xiaolin, account=city.account,
        source="portal", key=f"k{more}", actor=SETUP, now=now, place="东桥路口 5 号", **more,
    )  # fmt: skip


def post(made: Partner, fields: dict[str, str], form: str = "json", name: str = "") -> Any:
    headers = made.headers(**({"Idempotency-Key": name} if name else {}))
    return Client().post(f"/api/v1{V2}/requests.{form}", fields, headers=headers)


def test_services_are_listed_in_both_forms(made: Partner) -> None:
    assert made.get(f"{V2}/services.json").json()[0]["service_code"] == "lamp"
    root = etree.fromstring(made.get(f"{V2}/services.xml").content)
    assert [each.text for each in root.iterfind("service/service_name")] == ["路灯"]
    definition = made.get(f"{V2}/services/lamp.json").json()
    assert definition["attributes"][0]["code"] == "nature"
    root = etree.fromstring(made.get(f"{V2}/services/lamp.xml").content)
    assert root.find("attributes/attribute/values/value/key") is not None
    assert made.get(f"{V2}/services/none.json").status_code == 404
    assert made.get(f"{V2}/services.csv").status_code == 404
    assert made.get(f"{V2}/services.json", jurisdiction_id="elsewhere").status_code == 404
    assert made.get(f"{V2}/services.json", jurisdiction_id="990100").status_code == 200


def test_nothing_a_citizen_wrote_is_read(made: Partner, city: City, now: datetime) -> None:
    ticket = filed(city, now)
    for path in (f"{V2}/requests.json", f"{V2}/requests/{ticket.number}.xml"):
        said = made.get(path).content.decode()
        assert ticket.number in said
        assert not [words for words in ("东桥", "138", "坏了") if words in said]


def test_what_is_protected_is_not_there(made: Partner, city: City, now: datetime) -> None:
    hidden = [filed(city, now, nature="report"), filed(city, now, is_confidential=True)]
    assert made.get(f"{V2}/requests.json").json() == []
    for ticket in hidden:
        assert made.get(f"{V2}/requests/{ticket.number}.json").status_code == 404


def test_open_and_closed_and_times(made: Partner, city: City, now: datetime) -> None:
    ticket = filed(city, now)
    assert len(made.get(f"{V2}/requests.json", status="open").json()) == 1
    assert made.get(f"{V2}/requests.json", status="closed").json() == []
    Ticket.objects.update(status="closed")
    (row,) = made.get(f"{V2}/requests.json", status="closed").json()
    assert (row["status"], row["service_request_id"]) == ("closed", ticket.number)
    later = (now + timedelta(days=1)).isoformat()
    assert made.get(f"{V2}/requests.json", start_date=later, end_date=later).json() == []
    for wrong in (
        {"status": "gone"},
        {"start_date": "yesterday"},
        {"end_date": "2026-01-01T00:00:00"},
    ):
        answer = made.get(f"{V2}/requests.json", **wrong)
        assert answer.status_code == 400
        assert answer.json()[0]["description"]
    assert len(made.get(f"{V2}/requests.json", service_request_id=ticket.number).json()) == 1
    assert made.get(f"{V2}/requests.json", service_code="other").json() == []


def test_a_request_is_filed_once(made: Partner) -> None:
    fields = {"service_code": "lamp", "description": "东桥路口的路灯坏了", "address_string": "东桥路口",
              "first_name": "李", "last_name": "雷", "phone": "13900000000"}  # fmt: skip
    first = post(made, fields)
    assert first.status_code == 201
    number = first.json()[0]["service_request_id"]
    assert post(made, fields).json()[0]["service_request_id"] == number
    root = etree.fromstring(
        post(made, fields | {"phone": "1"}, form="xml", name="key-00000009").content
    )
    assert root.findtext("request/service_request_id") != number
    assert Ticket.objects.count() == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"service_code": "none"},
        {"description": "短"},
        {"attribute[nature]": "praise"},
        {"description": ""},
    ],
)
def test_what_cannot_be_filed_is_told(made: Partner, wrong: dict[str, str]) -> None:
    fields = {"service_code": "lamp", "description": "东桥路口的路灯坏了"} | wrong
    answer = post(made, fields)
    assert answer.status_code == 400
    assert answer.json()[0]["code"] == 400
    assert not Ticket.objects.exists()


def test_xml_is_never_parsed(made: Partner) -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
    answer = Client().post(
        f"/api/v1{V2}/requests.xml", bomb, content_type="text/xml", headers=made.headers()
    )
    assert answer.status_code == 400
    assert b"root:" not in answer.content
