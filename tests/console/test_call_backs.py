"""Calling back, as a colleague of 王芳 does it; and the list without what is archived."""

from datetime import datetime

import pytest

from minxin.agencies.actions import add_staff
from minxin.agencies.models import AuditEntry, Staff
from minxin.agencies.rules import Role
from minxin.citizens.actions import keep_contact
from minxin.citizens.rules import CONSENT_VERSION
from minxin.tickets import actions
from minxin.tickets.models import CallBack, Ticket
from tests.console.conftest import SignIn, Work
from tests.support.city import PASSWORD, SETUP, City


@pytest.fixture
def caller(city: City, work: Work, now: datetime) -> Staff:
    actions.keep_policy(city.police, {"calls_back": True}, actor=SETUP, now=now)
    keep_contact(
        city.xiaolin, real_name="林小", phone="13800138000", consent_version=CONSENT_VERSION,
        actor=city.xiaolin, now=now,
    )  # fmt: skip
    work.ticket.refresh_from_db()
    actions.accept(work.ticket, actor=city.wang, now=now)
    actions.answer(work.ticket, "已经修好，谢谢。", link="http://x", actor=city.wang, now=now)
    return add_staff(
        username="xiaqing", name="夏晴", agency=city.police, role=Role.AGENT, password=PASSWORD,
        must_change_password=False, actor=SETUP, now=now,
    )  # fmt: skip


def test_the_number_is_shown_once_and_audited(caller: Staff, work: Work, at_desk: SignIn) -> None:
    desk = at_desk(caller)
    assert work.ticket.number in desk.get("/console/call-backs/").content.decode()
    address = f"/console/call-backs/{work.ticket.number}/"
    assert "13800138000" not in desk.get(address).content.decode()
    assert "13800138000" in desk.post(address, {"act": "phone"}).content.decode()
    assert "13800138000" not in desk.get(address).content.decode()
    assert AuditEntry.objects.get(verb="citizen.revealed").reason.startswith("回访工单")


def test_what_she_said_is_kept_and_a_mistake_loses_nothing(
    caller: Staff, work: Work, at_desk: SignIn
) -> None:
    desk = at_desk(caller)
    address = f"/console/call-backs/{work.ticket.number}/"
    typed = {
        "act": "said", "said-resolved": "no", "said-level": "dissatisfied",
        "said-words": "灯还是不亮", "said-outcome": "closed", "said-reason": "",
    }  # fmt: skip
    refused = desk.post(address, typed)
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "请选择重办，或记录原因后办结" in page
    assert "灯还是不亮" in page
    good = {**typed, "said-outcome": "redo", "said-reason": "只换了一盏灯"}
    assert desk.post(address, good).url == "/console/call-backs/"
    assert Ticket.objects.get().status == "assigned"
    assert CallBack.objects.get().outcome == "redo"
    assert "只换了一盏灯" in desk.get(f"/console/tickets/{work.ticket.number}/").content.decode()
    assert desk.get(address).url == "/console/call-backs/"  # decided already


def test_who_wrote_the_answer_is_told_to_leave_it(
    city: City, caller: Staff, work: Work, at_desk: SignIn
) -> None:
    desk = at_desk(city.wang)
    address = f"/console/call-backs/{work.ticket.number}/"
    page = desk.get(address).content.decode()
    assert "请由其他人回访" in page
    assert 'value="phone"' not in page
    assert "13800138000" not in desk.post(address, {"act": "phone"}).content.decode()


def test_lists_leave_out_what_is_archived_unless_asked(
    city: City, caller: Staff, work: Work, at_desk: SignIn
) -> None:
    Ticket.objects.update(status="archived")
    desk, number = at_desk(caller), work.ticket.number
    for query, is_there in (
        ("state=", False), ("state=closed", False), ("q=路灯", False), ("state=archived", True),
        ("state=everything", True), (f"q={number}", True),
    ):  # fmt: skip
        page = desk.get(f"/console/tickets/?{query}").content.decode()
        assert (f"/console/tickets/{number}/" in page) is is_there, query
