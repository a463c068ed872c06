"""Several rows at once: told how many and which cannot, then done, each by its room's own action."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from minxin.agencies.models import AuditEntry, Staff
from minxin.console import bulk
from minxin.knowledge.actions import dismiss_unanswered, record_unanswered
from minxin.knowledge.models import Entry, UnansweredQuestion
from minxin.tickets.actions import accept, file
from minxin.tickets.models import Ticket
from tests.console.conftest import SignIn
from tests.support.city import SETUP, City
from tests.support.entries import entry

TICKETS = "/console/tickets/"


@pytest.fixture
def three(city: City, now: datetime) -> list[Ticket]:
    """Three tickets of the police; the last is accepted already."""
    found = [
        file(
            text=f"第{number}盏路灯坏了三天，晚上很黑。",
            citizen=city.xiaolin,
            account=city.account,
            source="portal",
            key=f"bulk-{number}",
            actor=SETUP,
            now=now,
        )
        for number in range(3)
    ]
    accept(found[2], actor=city.wang, now=now)
    return found


def _post(desk: Client, path: str, act: str, rows: list[object], **more: object) -> str:
    picked = [row.pk for row in rows]  # type: ignore[attr-defined]
    answer = desk.post(path, {"act": act, "picked": picked, **more}, follow=True)
    assert answer.status_code in {200, 422}
    return answer.content.decode()


def _states(rows: list[Ticket]) -> list[str]:
    return [Ticket.objects.get(pk=row.pk).status for row in rows]


def test_it_is_told_how_many_and_which_cannot_before_anything_is_done(
    city: City, at_desk: SignIn, three: list[Ticket]
) -> None:
    desk = at_desk(city.wang)
    page = desk.get(TICKETS).content.decode()
    assert page.count('name="picked"') == 3
    page = _post(desk, TICKETS, "accept", [*three])
    assert "受理 2 件工单" in page
    assert "这 1 项不能处理" in page
    assert "已受理”，不能受理" in page
    assert _states(three) == ["submitted", "submitted", "accepted"]


def test_several_are_accepted_each_with_its_audit(
    city: City, at_desk: SignIn, three: list[Ticket]
) -> None:
    before = AuditEntry.objects.filter(verb="ticket.accepted").count()
    page = _post(at_desk(city.wang), f"{TICKETS}?state=open", "accept", [*three], confirmed="1")
    assert "已受理 2 件" in page
    assert three[2].number in page.split("没有处理")[1]
    assert _states(three) == ["accepted"] * 3
    assert AuditEntry.objects.filter(verb="ticket.accepted").count() == before + 2


def test_several_are_assigned_and_a_form_keeps_what_was_typed(
    city: City, at_desk: SignIn, three: list[Ticket]
) -> None:
    desk = at_desk(city.wang)
    refused = _post(desk, TICKETS, "assign", [*three], confirmed="1", reason="请一并办理")
    assert "请选择承办单位" in refused
    assert "请一并办理" in refused
    assert {Ticket.objects.get(pk=row.pk).agency for row in three} == {city.police}
    _post(
        desk, TICKETS, "assign", [*three], confirmed="1", agency=city.water.pk, reason="请一并办理"
    )
    assert {Ticket.objects.get(pk=row.pk).agency for row in three} == {city.water}
    assert _states(three) == ["assigned"] * 3


def test_what_is_too_many_at_once_is_said_not_cut_in_silence(
    city: City, at_desk: SignIn, three: list[Ticket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "MOST", 2)
    desk = at_desk(city.wang)
    page = _post(desk, TICKETS, "accept", [*three])
    assert "一次最多处理 2 项，另有 1 项没有列入" in page
    assert "没有列入" not in _post(desk, TICKETS, "accept", three[:2])


def test_who_may_not_sees_no_boxes_and_changes_nothing(
    city: City, at_desk: SignIn, three: list[Ticket]
) -> None:
    reader = at_desk(city.zhao)  # reads tickets, answers none
    assert 'name="picked"' not in reader.get(TICKETS).content.decode()
    data = {"act": "accept", "picked": [three[0].pk], "confirmed": "1"}
    assert reader.post(TICKETS, data).status_code == 404
    outsider = at_desk(city.outsider)  # answers tickets, of another agency
    page = outsider.post(TICKETS, data, follow=True).content.decode()
    assert "没有选中可以处理的内容" in page
    assert three[0].number not in page
    assert _states(three)[0] == "submitted"
    assert reader.post("/console/agencies/", data).status_code == 405


def test_several_questions_are_dismissed(
    city: City, editor: Staff, at_desk: SignIn, now: datetime
) -> None:
    asked = ["养蜂需要到哪里备案登记", "怎样领取失业保险金", "宠物怎样办理登记"]
    record_unanswered([(city.police.pk, text) for text in asked], now=now)
    rows = list(UnansweredQuestion.objects.order_by("id"))
    dismiss_unanswered(rows[0], actor=editor, now=now)
    desk = at_desk(editor)
    page = _post(desk, "/console/unanswered/", "dismiss", [*rows])
    assert "2 个问题不予收录" in page
    assert "已经处理过" in page
    _post(desk, "/console/unanswered/", "dismiss", [*rows], confirmed="1")
    assert set(UnansweredQuestion.objects.values_list("status", flat=True)) == {"dismissed"}


def test_several_entries_get_a_review_date_or_are_retired(
    city: City, editor: Staff, at_desk: SignIn, now: datetime
) -> None:
    rows = [entry(city.police, f"第{number}项业务怎样办理", now=now) for number in range(3)]
    other = entry(city.water, "怎样缴水费", now=now)
    desk, path = at_desk(editor), "/console/knowledge/"
    today = timezone.localdate()
    refused = _post(
        desk, path, "review", [*rows], confirmed="1", review_on=today - timedelta(days=1)
    )
    assert "不能早于今天" in refused
    wanted = today + timedelta(days=90)
    _post(desk, path, "review", [*rows, other], confirmed="1", review_on=wanted)
    assert set(Entry.objects.filter(agency=city.police).values_list("review_on", flat=True)) == {
        wanted
    }
    other.refresh_from_db()
    assert other.review_on != wanted
    _post(desk, path, "retire", rows[:2], confirmed="1", reason="文件已经废止")
    assert [Entry.objects.get(pk=row.pk).status for row in rows] == [
        "retired",
        "retired",
        "published",
    ]
    page = _post(desk, path, "retire", [*rows])
    assert "停用 1 条知识" in page
    assert "已经停用" in page
    audited = AuditEntry.objects.filter(verb="entry.retired")
    assert {each.reason for each in audited} == {"文件已经废止"}
