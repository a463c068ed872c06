"""Malicious at the desk: proposed, confirmed from the queue by another, the appeal heard by a third."""

from datetime import datetime

import pytest

from minxin.agencies.actions import add_staff
from minxin.agencies.rules import Role
from minxin.tickets import actions
from minxin.tickets.models import MaliciousMark, Ticket
from tests.console.conftest import SignIn, Work
from tests.support.city import PASSWORD, SETUP, City

WHY = {
    "act": "malicious_proposed", "malicious_proposed-reason": "现场并无此事",
    "malicious_proposed-evidence": "现场记录两份",
}  # fmt: skip


def test_the_whole_way(city: City, work: Work, at_desk: SignIn, now: datetime) -> None:
    office = add_staff(
        username="huang", name="黄薇", agency=city.root, role=Role.SUPERVISOR, password=PASSWORD,
        must_change_password=False, actor=SETUP, now=now,
    )  # fmt: skip
    address = f"/console/tickets/{work.ticket.number}/"
    agent, reviewer, third = at_desk(city.wang), at_desk(city.zhao), at_desk(office)
    wrong = agent.post(address, {**WHY, "malicious_proposed-evidence": ""})
    assert wrong.status_code == 422
    page = wrong.content.decode()
    assert "请写明证据" in page
    assert "现场并无此事" in page  # nothing typed is lost
    assert agent.post(address, WHY).url == address
    page = agent.get(address).content.decode()
    assert "现场记录两份" in page
    assert 'value="ended"' not in page
    assert agent.get("/console/malicious/").status_code == 404
    assert at_desk(city.administrator).get("/console/malicious/").status_code == 404
    assert work.ticket.number in reviewer.get("/console/malicious/?state=proposed").content.decode()
    home = reviewer.get("/console/").content.decode()
    assert "待决定的恶意认定" in home
    assert 'value="ended"' in reviewer.get(address).content.decode()
    empty = reviewer.post(address, {"act": "ended", "ended-decision": ""})
    assert empty.status_code == 422
    reviewer.post(address, {"act": "ended", "ended-decision": "两次核查并无此事"})
    assert Ticket.objects.get().status == "ended"
    second = third.post(address, {"act": "ended", "ended-decision": "我也认为是"})
    assert second.status_code == 422  # the second is told
    assert "我也认为是" in second.content.decode()
    actions.appeal_malicious(Ticket.objects.get(), "我说的是事实", actor=city.xiaolin, now=now)
    page = reviewer.get(address).content.decode()
    assert "您参与过这次认定" in page
    assert 'value="restored"' not in page
    assert "申诉待决定" in third.get("/console/malicious/?state=appealed").content.decode()
    third.post(address, {"act": "restored", "restored-decision": "核实属实"})
    assert Ticket.objects.get().status == "submitted"
    page = agent.get(address).content.decode()
    assert "两次核查并无此事" not in page  # what is over is for who may decide
    assert "两次核查并无此事" in third.get(address).content.decode()
    sheet = third.get("/console/malicious/?export=csv")
    body = b"".join(sheet.streaming_content) if sheet.streaming else sheet.content
    assert work.ticket.number.encode() in body


def test_marks_of_other_tickets_are_shown_to_who_may_decide_masked(
    city: City, work: Work, at_desk: SignIn, now: datetime
) -> None:
    other = actions.file(
        text="垃圾没有人收，三天了", citizen=city.xiaolin, account=city.account, source="portal",
        key="other", actor=city.xiaolin, now=now,
    )  # fmt: skip
    given = {"reason": "现场并无此事", "evidence": "现场记录两份"}
    add_staff(
        username="huang", name="黄薇", agency=city.root, role=Role.SUPERVISOR, password=PASSWORD,
        must_change_password=False, actor=SETUP, now=now,
    )  # fmt: skip
    actions.propose_malicious(other, **given, actor=city.wang, now=now)
    told = "两次拨打13800138000核查并无此事"
    actions.confirm_malicious(other, decision=told, link="x", actor=city.zhao, now=now)
    address = f"/console/tickets/{work.ticket.number}/"
    page = at_desk(city.zhao).get(address).content.decode()
    assert "这位市民的其他工单" in page
    assert "13800138000" not in page
    assert other.number not in page
    assert "这位市民的其他工单" not in at_desk(city.wang).get(address).content.decode()
    assert MaliciousMark.objects.get().status == "holds"


@pytest.mark.parametrize("status", ["refused", "lapsed"])
def test_an_accusation_that_came_to_nothing_is_not_read_by_everybody(
    status: str, city: City, work: Work, at_desk: SignIn, now: datetime
) -> None:
    colleague = add_staff(
        username="colleague", name="马丽", agency=city.root, role=Role.AGENT, password=PASSWORD,
        must_change_password=False, actor=SETUP, now=now,
    )  # fmt: skip
    given = {"reason": "现场并无此事", "evidence": "现场记录两份"}
    actions.propose_malicious(work.ticket, **given, actor=city.wang, now=now)
    address = f"/console/tickets/{work.ticket.number}/"
    assert "现场记录两份" in at_desk(colleague).get(address).content.decode()
    MaliciousMark.objects.update(status=status)
    assert "现场记录两份" not in at_desk(colleague).get(address).content.decode()
    for reader in (city.wang, city.zhao):
        assert "现场记录两份" in at_desk(reader).get(address).content.decode()
