"""A ticket from its filing to its answer, as 王芳 handles it."""

from datetime import datetime

import pytest

from minxin.agencies.actions import add_staff
from minxin.agencies.models import AuditEntry
from minxin.agencies.rules import Role
from minxin.citizens.actions import keep_contact
from minxin.citizens.rules import CONSENT_VERSION
from minxin.conversations.models import Outgoing
from minxin.tickets.actions import keep_category
from minxin.tickets.models import Ticket
from tests.console.conftest import SignIn, Work
from tests.support.city import PASSWORD, SETUP, City

ANSWER = "路灯已于今天上午修好，今晚正常亮灯。"


def test_accepted_then_answered_and_the_answer_is_on_its_way(
    city: City, work: Work, at_desk: SignIn
) -> None:
    desk = at_desk(city.wang)
    address = f"/console/tickets/{work.ticket.number}/"
    assert 'value="accept"' in desk.get(address).content.decode()
    assert desk.post(address, {"act": "accept"}).url == address
    work.ticket.refresh_from_db()
    assert work.ticket.status == "accepted"
    before = set(Outgoing.objects.values_list("pk", flat=True))
    assert desk.post(address, {"act": "answer", "answer-text": ANSWER}).url == address
    work.ticket.refresh_from_db()
    assert work.ticket.status == "answered"
    (sent,) = Outgoing.objects.exclude(pk__in=before)
    assert sent.citizen_id == city.xiaolin.pk
    page = desk.get(address).content.decode()
    assert ANSWER in page
    assert 'value="answer"' not in page
    assert AuditEntry.objects.filter(actor_name="王芳", verb__startswith="ticket").count() >= 2


def test_an_empty_answer_is_refused_and_nothing_is_sent(
    city: City, work: Work, at_desk: SignIn
) -> None:
    desk = at_desk(city.wang)
    address = f"/console/tickets/{work.ticket.number}/"
    answer = desk.post(address, {"act": "answer", "answer-text": "  "})
    assert answer.status_code == 422
    assert "请填写答复内容" in answer.content.decode()
    assert Outgoing.objects.count() == 1


def test_an_answer_stays_on_the_page_when_the_ticket_has_moved_on(
    city: City, work: Work, at_desk: SignIn
) -> None:
    desk = at_desk(city.wang)
    address = f"/console/tickets/{work.ticket.number}/"
    typed = {"act": "answer", "answer-text": ANSWER}
    desk.post(address, {"act": "accept"})
    desk.post(address, typed)
    again = desk.post(address, {**typed, "answer-text": "另一位同事写的答复也不会丢。"})
    assert again.status_code == 422
    assert "另一位同事写的答复也不会丢。" in again.content.decode()
    work.ticket.refresh_from_db()
    assert work.ticket.answer == ANSWER


def test_a_second_press_sends_nothing_twice_and_says_so(
    city: City, work: Work, at_desk: SignIn
) -> None:
    desk = at_desk(city.wang)
    address = f"/console/tickets/{work.ticket.number}/"
    desk.post(address, {"act": "accept"})
    typed = {"act": "answer", "answer-text": ANSWER}
    assert desk.post(address, typed).status_code == 302
    before = (Outgoing.objects.count(), work.ticket.events.count(), AuditEntry.objects.count())
    again = desk.post(address, {**typed, "answer-text": f" {ANSWER} "})
    assert again.url == address
    after = (Outgoing.objects.count(), work.ticket.events.count(), AuditEntry.objects.count())
    assert after == before
    assert "没有重复发送" in desk.get(address).content.decode()

    note = {"act": "note", "note-text": "已电话告知。"}
    desk.post(address, note)
    desk.post(address, note)
    assert work.ticket.events.filter(verb="noted").count() == 1
    desk.post(address, {**note, "note-text": "再次告知。"})
    assert work.ticket.events.filter(verb="noted").count() == 2


def test_nature_and_category_are_set_right_and_the_promise_stays(
    city: City, work: Work, at_desk: SignIn, now: datetime
) -> None:
    light = keep_category(
        code="light", name="路灯市容", agency=city.police, keywords="", actor=SETUP, now=now
    )
    due = work.ticket.due_at
    address = f"/console/tickets/{work.ticket.number}/"
    given = {"act": "classify", "classify-nature": "complaint", "classify-category": light.pk}
    reader = at_desk(city.zhao)
    assert "改性质和类别" not in reader.get(address).content.decode()
    reader.post(address, given)
    work.ticket.refresh_from_db()
    assert (work.ticket.nature, work.ticket.category) == ("help", None)
    desk = at_desk(city.wang)
    refused = desk.post(address, {**given, "classify-nature": "没有这种"})
    assert refused.status_code == 422
    assert desk.post(address, given).url == address
    work.ticket.refresh_from_db()
    assert (work.ticket.nature, work.ticket.category, work.ticket.due_at) == (
        "complaint", light, due,
    )  # fmt: skip
    row = desk.get("/console/tickets/", {"category": light.pk}).content.decode()
    assert "投诉 <span" in row
    assert "路灯市容" in row


def test_what_was_typed_stays_when_no_agency_was_chosen(
    city: City, work: Work, at_desk: SignIn
) -> None:
    answer = at_desk(city.wang).post(
        f"/console/tickets/{work.ticket.number}/",
        {"act": "assign", "assign-agency": "", "assign-reason": "这里归水务局管"},
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "请选择承办单位" in page
    assert "这里归水务局管" in page


def test_handing_over_takes_it_from_one_desk_to_another(
    city: City, work: Work, at_desk: SignIn
) -> None:
    address = f"/console/tickets/{work.ticket.number}/"
    wang, chen = at_desk(city.wang), at_desk(city.outsider)
    assert chen.get(address).status_code == 404
    answer = wang.post(
        address, {"act": "assign", "assign-agency": city.water.pk, "assign-reason": "归水务局"}
    )
    assert answer.url == "/console/tickets/"
    assert chen.get(address).status_code == 200


def test_a_reviewer_reads_and_is_offered_nothing(city: City, work: Work, at_desk: SignIn) -> None:
    desk = at_desk(city.zhao)
    address = f"/console/tickets/{work.ticket.number}/"
    page = desk.get(address).content.decode()
    assert work.ticket.text in page
    for act in ("accept", "answer", "assign", "note", "close"):
        assert f'value="{act}"' not in page
        typed = {
            "act": act,
            "answer-text": ANSWER,
            "note-text": "x",
            "assign-agency": city.water.pk,
        }
        desk.post(address, typed)
    assert Ticket.objects.get().status == "submitted"
    assert Outgoing.objects.count() == 1


@pytest.mark.parametrize(("reason", "shown"), [("电话回访确认修复情况", True), ("", False)])
def test_a_telephone_is_shown_for_a_reason_and_audited(
    city: City, work: Work, at_desk: SignIn, now: datetime, reason: str, shown: bool
) -> None:
    keep_contact(
        city.xiaolin,
        real_name="林晓",
        phone="0999-5550123",
        consent_version=CONSENT_VERSION,
        actor=SETUP,
        now=now,
    )
    desk = at_desk(city.wang)
    address = f"/console/tickets/{work.ticket.number}/"
    assert "0999-5550123" not in desk.get(address).content.decode()
    answer = desk.post(f"{address}contact/", {"field": "phone", "reason": reason}, follow=True)
    assert ("0999-5550123" in answer.content.decode()) is shown
    assert AuditEntry.objects.filter(verb="citizen.revealed").exists() is shown


def test_a_citizens_words_are_never_markup(city: City, work: Work, at_desk: SignIn) -> None:
    Ticket.objects.update(text='<script>alert("路灯")</script>')
    desk = at_desk(city.wang)
    for path in ("", f"{work.ticket.number}/"):
        assert "<script>alert" not in desk.get(f"/console/tickets/{path}").content.decode()


def test_a_return_is_asked_with_its_error_kept_and_decided_by_another(
    city: City, work: Work, at_desk: SignIn, now: datetime
) -> None:
    desk = at_desk(city.wang)
    address = f"/console/tickets/{work.ticket.number}/"
    desk.post(address, {"act": "accept"})
    desk.post(address, {"act": "signed"})
    typed = {"act": "return_asked", "return_asked-proper_agency": city.water.pk}
    typed["return_asked-reason"] = "供水管网属水务局职责"
    refused = desk.post(address, typed)
    assert refused.status_code == 422
    assert "供水管网属水务局职责" in refused.content.decode()
    assert (
        desk.post(address, {**typed, "return_asked-legal_basis": "三定规定第二条"}).url == address
    )
    page = desk.get(address).content.decode()
    assert "等待决定" in page
    assert 'value="return_granted"' not in page  # nobody decides her own
    other = add_staff(
        username="centre", name="值班员", agency=city.root, role=Role.AGENT, password=PASSWORD,
        must_change_password=False, actor=SETUP, now=now,
    )  # fmt: skip
    centre = at_desk(other)
    assert 'value="return_granted"' in centre.get(address).content.decode()
    decided = {"act": "return_granted", "return_granted-agency": city.water.pk}
    decided["return_granted-decision"] = "理由成立，改派水务局"
    assert centre.post(address, decided).url == address
    work.ticket.refresh_from_db()
    assert (work.ticket.status, work.ticket.agency) == ("assigned", city.water)
    assert "签收" in centre.get(address).content.decode()


def test_the_clock_is_stopped_and_runs_again_on_the_page(
    city: City, work: Work, at_desk: SignIn
) -> None:
    desk = at_desk(city.wang)
    address = f"/console/tickets/{work.ticket.number}/"
    desk.post(address, {"act": "accept"})
    assert desk.post(address, {"act": "stop", "stop-stop_reason": "citizen"}).status_code == 422
    said = {"act": "stop", "stop-stop_reason": "citizen", "stop-reason": "请补充灯杆编号"}
    assert desk.post(address, said).url == address
    page = desk.get(address).content.decode()
    assert "请补充灯杆编号" in page
    assert 'value="resume"' in page
    assert desk.post(address, {"act": "resume", "resume-reason": "已补充"}).url == address
    work.ticket.refresh_from_db()
    assert work.ticket.stopped_at is None
    assert work.ticket.due_at > work.ticket.promised_at
