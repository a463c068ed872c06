"""王芳 sees what is near a ticket and why, merges, undoes, and answers many with one text."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings

from minxin.agencies.models import AuditEntry
from minxin.conversations.models import Outgoing
from minxin.tickets import actions, indexing
from minxin.tickets.models import Ticket
from tests.console.conftest import SignIn
from tests.support.city import SETUP, City

LAMP = "东桥路和建设街交叉口的路灯坏了三天没有人修，晚上过马路很危险，电话13800138000。"
LAMP_TOO = "东桥路和建设街路口路灯坏了三天没人修，晚上过马路危险，请尽快处理"
NOISE = "小区对面的工地夜里两点还在施工，孩子没法睡觉。"


@pytest.fixture
def three(city: City, now: datetime, settings: LazySettings, tmp_path: Path) -> list[Ticket]:
    """Two of one lamp, one of something else, all in the index."""
    settings.MINXIN_HOME = tmp_path
    found = [
        actions.file(
            text=text, place="东桥路", citizen=city.xiaolin, account=city.account, source="portal",
            key=text, actor=SETUP, now=now,
        )
        for text in (LAMP, LAMP_TOO, NOISE)
    ]  # fmt: skip
    assert indexing.keep_index(now=now + timedelta(minutes=1))
    return found


def test_the_page_shows_what_is_near_and_why(
    city: City, three: list[Ticket], at_desk: SignIn
) -> None:
    lamp, too, noise = three
    desk = at_desk(city.wang)
    assert (
        f"/console/tickets/{too.number}/neighbours/"
        in desk.get(f"/console/tickets/{too.number}/").content.decode()
    )
    part = desk.get(
        f"/console/tickets/{too.number}/neighbours/", headers={"HX-Request": "true"}
    ).content.decode()
    assert lamp.number in part
    assert noise.number not in part
    assert "同一地点" in part
    assert "同一天" in part
    assert "13800138000" not in part
    assert "<html" not in part


def test_what_was_withdrawn_is_not_offered(
    city: City, three: list[Ticket], at_desk: SignIn, now: datetime
) -> None:
    lamp, too, _noise = three
    actions.withdraw(lamp, "", actor=city.xiaolin, now=now)
    desk = at_desk(city.wang)
    page = desk.get(f"/console/tickets/{too.number}/neighbours/").content.decode()
    assert lamp.number not in page


def test_merged_told_and_undone(city: City, three: list[Ticket], at_desk: SignIn) -> None:
    lamp, too, _noise = three
    desk = at_desk(city.wang)
    address = f"/console/tickets/{too.number}/neighbours/"
    assert (
        desk.post(address, {"act": "into", "number": lamp.number}).status_code == 422
    )  # no reason
    typed = {"act": "into", "number": lamp.number, "reason": "同一处路灯"}
    assert desk.post(address, typed)["Location"] == f"/console/tickets/{too.number}/"
    too.refresh_from_db()
    assert too.merged_into == lamp
    assert AuditEntry.objects.get(verb="ticket.merged").reason == "同一处路灯"
    assert "已并入其他工单" in desk.get(address).content.decode()
    assert (
        "另有 1 位市民在等这件事"
        in desk.get(f"/console/tickets/{lamp.number}/neighbours/").content.decode()
    )
    rows = desk.get("/console/tickets/").content.decode()
    assert "已并入" in rows
    assert "1 人同求" in rows
    again = desk.post(address, typed)
    assert again.status_code == 422
    assert desk.post(address, {"act": "undo", "reason": "不是一处"}).status_code == 302
    too.refresh_from_db()
    assert too.merged_into is None


def test_the_other_way_round_and_a_number_that_is_not_theirs(
    city: City, three: list[Ticket], at_desk: SignIn, now: datetime
) -> None:
    lamp, too, noise = three
    actions.assign(noise, city.water, reason="", actor=city.wang, now=now)
    desk = at_desk(city.wang)
    address = f"/console/tickets/{lamp.number}/neighbours/"
    hidden = desk.post(address, {"act": "from", "number": noise.number, "reason": "同一处"})
    missing = desk.post(address, {"act": "from", "number": "YX00000000", "reason": "同一处"})
    assert hidden.status_code == missing.status_code == 422
    assert all("没有这个编号的工单" in each.content.decode() for each in (hidden, missing))
    desk.post(address, {"act": "from", "number": too.number, "reason": "同一处"})
    too.refresh_from_db()
    assert too.merged_into == lamp


def test_whose_lead_is_elsewhere_learns_the_agency_and_no_number(
    city: City, three: list[Ticket], at_desk: SignIn, now: datetime
) -> None:
    lamp, too, _noise = three
    actions.merge(too, lamp, reason="同一处", actor=city.wang, now=now)
    actions.assign(lamp, city.water, reason="", actor=city.wang, now=now)
    page = at_desk(city.wang).get(f"/console/tickets/{too.number}/neighbours/").content.decode()
    assert lamp.number not in page
    assert "云溪市水务局" in page


def test_many_are_answered_with_one_text_each_once(
    city: City, three: list[Ticket], at_desk: SignIn, now: datetime
) -> None:
    lamp, too, noise = three
    for each in (lamp, too):
        actions.accept(each, actor=city.wang, now=now)
    desk = at_desk(city.wang)
    picked = {"act": "answer", "picked": [each.pk for each in three]}
    asked = desk.post("/console/tickets/", picked).content.decode()
    assert "用同一段话答复 2 件工单" in asked
    assert "不能答复" in asked  # the third is not accepted, and is named
    assert "13800138000" not in asked
    assert not Outgoing.objects.filter(key__contains=":answer:").exists()
    typed = {**picked, "confirmed": "1", "text": "路灯已全部修好。"}
    for _press in range(2):
        desk.post("/console/tickets/", typed)
    sent = Outgoing.objects.filter(key__contains=":answer:")
    assert sent.count() == 2
    states = [Ticket.objects.get(pk=each.pk).status for each in (lamp, too, noise)]
    assert states == ["answered", "answered", "submitted"]


def test_hot_ones_can_be_filtered(
    city: City, three: list[Ticket], at_desk: SignIn, now: datetime
) -> None:
    lamp = three[0]
    for each in range(3):
        made = actions.file(
            text=f"{LAMP_TOO}{each}", citizen=city.xiaolin, account=city.account, source="portal",
            key=f"again-{each}", actor=SETUP, now=datetime.now(now.tzinfo),
        )  # fmt: skip
        actions.merge(made, lamp, reason="同一处路灯", actor=city.wang, now=now)
    page = at_desk(city.wang).get("/console/tickets/?state=hot").content.decode()
    assert lamp.number in page
    assert three[2].number not in page


def test_a_paraphrase_at_the_same_place_is_shown_as_the_weaker_clue(
    city: City, three: list[Ticket], at_desk: SignIn, now: datetime
) -> None:
    said = actions.file(
        text="路灯坏了三天，晚上过马路看不见，麻烦修一下", place="东桥路", citizen=None,
        account=city.account, source="console", key="other words", actor=SETUP, now=now,
    )  # fmt: skip
    while not actions.keep_facts(now=now + timedelta(minutes=1)):
        pass
    page = at_desk(city.wang).get(f"/console/tickets/{said.number}/neighbours/").content.decode()
    assert three[0].number in page
    assert "线索较弱，请核对" in page
    assert "checked" not in page  # nobody is led to merge on a weak clue
    strong = at_desk(city.wang).get(f"/console/tickets/{three[1].number}/neighbours/")
    first, *_others = strong.content.decode().split("线索较弱")
    assert three[0].number in first
