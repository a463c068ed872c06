"""Malicious at the desk: proposed, confirmed from the queue by another, the appeal heard by a third."""

import re
from datetime import datetime, timedelta
from html import unescape

import pytest
from django.utils import timezone

from minxin.agencies.actions import add_staff
from minxin.agencies.models import Staff
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


def test_what_was_called_malicious_is_counted_with_its_rows(
    city: City, work: Work, at_desk: SignIn, now: datetime
) -> None:
    for name in ("huang", "gao"):
        add_staff(
            username=name, name="黄薇", agency=city.root, role=Role.SUPERVISOR, password=PASSWORD,
            must_change_password=False, actor=SETUP, now=now,
        )  # fmt: skip
    why = {"reason": "现场并无此事", "evidence": "现场记录两份"}
    tickets = [work.ticket] + [
        actions.file(
            text=f"第{n}处井盖松动", citizen=city.xiaolin, account=city.account, source="portal",
            key=f"m{n}", actor=city.xiaolin, now=now,
        )
        for n in range(3)
    ]  # fmt: skip
    third = Staff.objects.get(username="huang")
    for ticket in tickets:
        actions.propose_malicious(ticket, **why, actor=city.wang, now=now)
    actions.refuse_malicious(tickets[0], decision="属实的诉求", actor=city.zhao, now=now)
    for ticket in tickets[1:3]:
        actions.confirm_malicious(ticket, decision="没有这回事", link="x", actor=city.zhao, now=now)
        actions.appeal_malicious(ticket, "确有其事，请再核对", actor=city.xiaolin, now=now)
    actions.uphold_appeal(tickets[1], decision="核对属实", link="x", actor=third, now=now)
    actions.refuse_appeal(tickets[2], decision="仍没有这回事", link="x", actor=third, now=now)
    expected = {"proposed": 4, "confirmed": 2, "refused": 1, "appealed": 2, "lifted": 1}
    desk, day = at_desk(city.zhao), f"{timezone.localtime(now):%Y-%m-%d}"
    query = f"?period=own&since={day}&until={day}"
    page = desk.get(f"/console/tickets/figures/{query}").content.decode()
    for key, count in expected.items():
        link = re.search(
            rf'href="(/console/tickets/figures/malicious/{key}/[^"]+)">(\d+)</a>', page
        )
        assert link, key
        assert int(link[2]) == count, key
        rows = desk.get(unescape(link[1])).content.decode()
        assert f'<span class="total">{count}</span>' in rows, key
    earlier = now - timedelta(days=40)
    query = f"?period=own&since={earlier:%Y-%m-%d}&until={earlier:%Y-%m-%d}"
    assert (
        "figures/malicious/" not in desk.get(f"/console/tickets/figures/{query}").content.decode()
    )
    # Who may not decide sees neither the numbers nor the rows.
    agent = at_desk(city.wang)
    assert "figures/malicious/" not in agent.get("/console/tickets/figures/").content.decode()
    assert agent.get("/console/tickets/figures/malicious/proposed/").status_code == 404
    assert desk.get("/console/tickets/figures/malicious/nonsense/").status_code == 404
    water = f"?unit={city.root.pk}&kind=complaint"
    assert (
        "figures/malicious/" not in desk.get(f"/console/tickets/figures/{water}").content.decode()
    )
