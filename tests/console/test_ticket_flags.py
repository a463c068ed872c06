"""Flags on the desk: set and lifted on the page, filtered in the list, a confidential ticket in no list."""

from datetime import datetime

import pytest

from minxin.agencies.actions import add_staff
from minxin.agencies.models import Staff
from minxin.agencies.rules import Role
from minxin.citizens.actions import keep_contact
from minxin.citizens.rules import CONSENT_VERSION
from minxin.tickets.models import Ticket
from tests.console.conftest import SignIn, Work
from tests.support.city import PASSWORD, SETUP, City


def person(city: City, name: str, role: Role, now: datetime) -> Staff:
    return add_staff(
        username=name, name=name, agency=city.root, role=role, password=PASSWORD,
        must_change_password=False, actor=SETUP, now=now,
    )  # fmt: skip


def test_set_filtered_and_lifted(city: City, work: Work, at_desk: SignIn) -> None:
    desk = at_desk(city.wang)
    address = f"/console/tickets/{work.ticket.number}/"
    page = desk.get(address).content.decode()
    assert "标记为紧急" in page
    assert "督办级别" not in page
    empty = desk.post(address, {"act": "flag-urgent", "flag-urgent-reason": ""})
    assert (empty.status_code, "请写明理由" in empty.content.decode()) == (422, True)
    assert (
        desk.post(address, {"act": "flag-urgent", "flag-urgent-reason": "路口危险"}).url == address
    )
    page = desk.get(address).content.decode()
    assert '<span class="mark">紧急</span>' in page
    assert "路口危险" in page
    rows = desk.get("/console/tickets/?mark=urgent").content.decode()
    assert work.ticket.number in rows
    assert '<span class="mark">紧急</span>' in rows
    for other in ("supervised", "confidential", "anonymous", "merged"):
        assert (
            work.ticket.number not in desk.get(f"/console/tickets/?mark={other}").content.decode()
        )
    desk.post(address, {"act": "lift-urgent", "lift-urgent-reason": "已临时照明"})
    assert not Ticket.objects.get().is_urgent


def test_supervised_by_the_office(city: City, work: Work, at_desk: SignIn, now: datetime) -> None:
    desk = at_desk(person(city, "huang", Role.SUPERVISOR, now))
    address = f"/console/tickets/{work.ticket.number}/"
    form = "flag-supervised"
    desk.post(
        address,
        {
            "act": form,
            f"{form}-level": "2",
            f"{form}-reason": "领导批示",
            f"{form}-document": "督〔1〕",
        },
    )
    assert Ticket.objects.get().supervision_level == 2
    page = at_desk(city.wang).get(address).content.decode()
    assert "重点督办" in page
    assert "督〔1〕" in page
    assert "解除督办" not in page


@pytest.mark.parametrize("role", [Role.AGENT, Role.SUPERVISOR])
def test_a_confidential_ticket_is_nowhere_for_others(
    city: City, work: Work, at_desk: SignIn, now: datetime, role: Role
) -> None:
    keep_contact(
        city.xiaolin, real_name="林晓东", phone="13800138000", consent_version=CONSENT_VERSION,
        agrees_to_texts=False, actor=city.xiaolin, now=now,
    )  # fmt: skip
    Ticket.objects.update(is_confidential=True)
    desk, number = at_desk(person(city, "above", role, now)), work.ticket.number
    address = f"/console/tickets/{number}/"
    for path in (
        "/console/", "/console/tickets/", "/console/tickets/?q=路灯", f"/console/tickets/?q={number}",
        "/console/tickets/?mark=confidential", f"/console/inbox/{city.xiaolin.pk}/",
    ):  # fmt: skip
        assert f"tickets/{number}/" not in desk.get(path).content.decode(), path
    sheet = desk.get("/console/tickets/?sheet=csv")
    body = b"".join(sheet.streaming_content) if sheet.streaming else sheet.content
    assert number.encode() not in body
    assert desk.get(address).status_code == 404
    assert desk.get(f"{address}neighbours/").status_code == 404
    desk.post("/console/tickets/", {"act": "accept", "row": [work.ticket.pk], "confirmed": "1"})
    assert Ticket.objects.get().status == "submitted"
    own = at_desk(city.wang).get(address).content.decode()
    assert "东桥路口的路灯坏了三天" in own
    assert "林" not in own.split("市民</h2>")[1]


def test_an_anonymous_citizen_is_not_shown(
    city: City, work: Work, at_desk: SignIn, now: datetime
) -> None:
    keep_contact(
        city.xiaolin, real_name="林晓东", phone="13800138000", consent_version=CONSENT_VERSION,
        agrees_to_texts=False, actor=city.xiaolin, now=now,
    )  # fmt: skip
    Ticket.objects.update(is_anonymous=True)
    desk = at_desk(city.wang)
    address = f"/console/tickets/{work.ticket.number}/"
    page = desk.get(address).content.decode()
    assert "匿名" in page
    for private in ("林", "138****", city.xiaolin.pk):
        assert private not in page
    answer = desk.post(f"{address}contact/", {"field": "phone", "reason": "联系核实"})
    assert answer.status_code == 404
    beside = desk.get(f"/console/inbox/{city.xiaolin.pk}/").content.decode()
    assert work.ticket.number not in beside
