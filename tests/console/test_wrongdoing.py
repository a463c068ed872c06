"""The register at the desk of who keeps it, and of who does not."""

from datetime import datetime

from minxin.agencies.actions import add_staff
from minxin.agencies.models import AuditEntry
from minxin.agencies.rules import Role
from minxin.tickets import actions
from minxin.tickets.models import Ticket, WrongdoingReport
from tests.console.conftest import SignIn, Work
from tests.support.city import PASSWORD, SETUP, City

TEXT = "某局长在修路工程里收红包，请查一查。"


def test_moved_by_an_agent_and_read_by_the_officer_alone(
    city: City, work: Work, at_desk: SignIn, now: datetime
) -> None:
    Ticket.objects.update(text=TEXT)
    desk, number = at_desk(city.wang), work.ticket.number
    address = f"/console/tickets/{number}/"
    assert "可能是对公职人员的举报" in desk.get(address).content.decode()
    assert desk.post(address, {"act": "moved", "moved-reason": ""}).status_code == 422
    assert (
        desk.post(address, {"act": "moved", "moved-reason": "专人办理"}).url == "/console/tickets/"
    )
    assert desk.get(address).status_code == 404
    assert number not in desk.get("/console/tickets/").content.decode()
    assert desk.get("/console/wrongdoing/").status_code == 404
    officer = add_staff(
        username="jijian", name="纪检员", agency=city.root, role=Role.DISCIPLINE, password=PASSWORD,
        must_change_password=False, actor=SETUP, now=now,
    )  # fmt: skip
    own = at_desk(officer)
    assert own.get("/console/tickets/").status_code == 404
    rows = own.get("/console/wrongdoing/").content.decode()
    assert number in rows
    assert TEXT not in rows
    one = f"/console/wrongdoing/{number}/"
    assert TEXT in own.get(one).content.decode()
    assert AuditEntry.objects.get(verb="wrongdoing.read").actor_id == officer.actor_id
    sent = {"act": "pass", "pass-passed_to": "市纪委监委", "pass-told": ""}
    assert own.post(one, sent).status_code == 422
    assert own.post(one, {**sent, "pass-told": "已转送市纪委监委"}).url == one
    assert own.post(one, {"act": "close", "close-told": "已经办结"}).url == one
    assert WrongdoingReport.objects.get().status == "closed"


def test_another_units_officer_sees_nothing(
    city: City, work: Work, at_desk: SignIn, now: datetime
) -> None:
    made = actions.report_wrongdoing(
        text=TEXT, citizen=city.xiaolin, account=city.account, key="one", now=now
    )
    local = add_staff(
        username="jijian", name="纪检员", agency=city.police, role=Role.DISCIPLINE,
        password=PASSWORD, must_change_password=False, actor=SETUP, now=now,
    )  # fmt: skip
    desk = at_desk(local)
    assert made.number not in desk.get("/console/wrongdoing/").content.decode()
    assert desk.get(f"/console/wrongdoing/{made.number}/").status_code == 404
