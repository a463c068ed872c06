"""催办、督办 on a ticket's page, the notice as a document, the table, and a talk that is only proposed."""

import io
from datetime import timedelta

import pytest
from django.utils import timezone
from docx import Document

from minxin.agencies.actions import add_staff
from minxin.agencies.models import Staff, StaffNotice
from minxin.agencies.rules import Role
from minxin.tickets.actions import escalate
from minxin.tickets.models import LadderRung, LadderStep, Ticket
from tests.console.addresses import RUNG
from tests.console.conftest import SignIn, Work
from tests.support.city import PASSWORD, SETUP, City


@pytest.fixture
def supervisor(city: City) -> Staff:
    return add_staff(
        username="huangwei", name="黄伟", agency=city.root, role=Role.SUPERVISOR, password=PASSWORD,
        must_change_password=False, actor=SETUP, now=timezone.now(),
    )  # fmt: skip


def overdue(ticket: Ticket, days: int) -> Ticket:
    """As if it had been due so many days ago."""
    past = timezone.now() - timedelta(days=days)
    Ticket.objects.filter(pk=ticket.pk).update(due_at=past, escalate_at=past)
    ticket.refresh_from_db()
    return ticket


def test_an_urged_ticket_shows_it_and_gives_the_notice_as_a_document(
    at_desk: SignIn, city: City, work: Work
) -> None:
    ticket = overdue(work.ticket, 20)
    escalate(now=timezone.now())
    step = LadderStep.objects.get()
    desk = at_desk(city.wang)
    page = desk.get(f"/console/tickets/{ticket.number}/").content.decode()
    for words in ("催督办", "催办", "仍未答复", "告知 2 人", step.number, "下一步安排在"):
        assert words in page, words
    answer = desk.get(f"/console/tickets/{ticket.number}/urging/{step.pk}/")
    assert answer.status_code == 200
    text = "\n".join(each.text for each in Document(io.BytesIO(answer.content)).paragraphs)
    for words in ("催办通知书", city.police.name, city.root.name, ticket.number, "请抓紧办理"):
        assert words in text, words
    assert "路灯" not in text  # nothing of what the citizen wrote
    for person in (city.outsider, city.operator):
        stranger = at_desk(person)
        assert (
            stranger.get(f"/console/tickets/{ticket.number}/urging/{step.pk}/").status_code == 404
        )
    assert desk.get(f"/console/tickets/{ticket.number}/urging/{step.pk + 9}/").status_code == 404


def test_a_talk_is_proposed_on_the_page_and_nobody_is_told(
    at_desk: SignIn, city: City, work: Work, supervisor: Staff
) -> None:
    address = f"/console/tickets/{work.ticket.number}/"
    desk = at_desk(supervisor)
    assert "建议约谈" not in desk.get(address).content.decode()
    overdue(work.ticket, 20)
    assert "建议约谈" in desk.get(address).content.decode()
    assert "建议约谈" not in at_desk(city.wang).get(address).content.decode()
    StaffNotice.objects.all().delete()
    refused = desk.post(address, {"act": "talk", "talk-reason": "催"})
    assert refused.status_code == 422
    assert "请写明理由" in refused.content.decode()
    typed = {"act": "talk", "talk-reason": "多次催办没有结果"}
    assert desk.post(address, typed).status_code == 302
    page = desk.get(address).content.decode()
    assert "多次催办没有结果" in page
    assert "只是建议，没有通知任何人" in page
    assert not StaffNotice.objects.exists()


def test_the_table_is_shown_edited_and_added_to(at_desk: SignIn, city: City, work: Work) -> None:
    desk = at_desk(city.administrator)
    page = desk.get("/console/presets/ladder/").content.decode()
    for words in ("答复期限后 1 个工作日", "到签收期限时", "承办员、本单位审核员", "一般督办"):
        assert words in page, words
    assert desk.get("/console/presets/ladder/urge-due/").status_code == 200
    assert desk.post("/console/presets/ladder/urge-due/", RUNG).status_code == 302
    row = LadderRung.objects.get(key="urge-due")
    assert (row.amount, row.has_notice, row.tells_head) == (2, False, False)
    assert LadderRung.objects.count() == 4
    added = RUNG | {"key": "urge-again", "amount": "3"}
    assert desk.post("/console/presets/ladder/new/", added).status_code == 302
    assert LadderRung.objects.count() == 5
    again = desk.post("/console/presets/ladder/new/", added)
    assert again.status_code == 422
    assert "已经有了" in again.content.decode()
    wrong = desk.post("/console/presets/ladder/urge-due/", RUNG | {"is_before": "1"})
    assert wrong.status_code == 422
    assert "催办和督办应在期限之后" in wrong.content.decode()
    assert desk.get("/console/presets/ladder/none/").status_code == 404
