"""A reply on its way through review, as 王芳 hands it in and 赵明 reads it."""

import pytest
from django.test import Client

from minxin.conversations.models import Outgoing
from minxin.tickets.actions import file, keep_policy
from minxin.tickets.models import HandlingPolicy, ReplyDraft
from tests.console.conftest import SignIn, Work
from tests.support.city import SETUP, City

ANSWER = "经现场核查，路灯因电缆被挖断熄灭，已于11月23日修复。"
QUEUE = "/console/replies/review/"


@pytest.fixture
def reviewed(city: City, work: Work, now) -> None:  # type: ignore[no-untyped-def]
    keep_policy(city.police, {"needs_review": True}, actor=SETUP, now=now)


def handed_in(desk: Client, work: Work, text: str = ANSWER) -> str:
    address = f"/console/tickets/{work.ticket.number}/"
    page = desk.get(address).content.decode()
    assert "送审</button>" in page
    assert "发出答复</button>" not in page
    assert desk.post(address, {"act": "answer", "answer-text": text}).url == address
    return address


@pytest.mark.usefixtures("reviewed")
def test_handed_in_then_read_and_passed(city: City, work: Work, at_desk: SignIn) -> None:
    author, reviewer = at_desk(city.wang), at_desk(city.zhao)
    author.post(f"/console/tickets/{work.ticket.number}/", {"act": "accept"})
    sent = Outgoing.objects.count()
    address = handed_in(author, work)
    page = author.get(address).content.decode()
    assert "答复待审" in page
    assert "取回修改" in page
    assert Outgoing.objects.count() == sent
    home = reviewer.get("/console/").content.decode()
    assert "待审的答复" in home
    assert work.ticket.number in reviewer.get(QUEUE).content.decode()
    one = f"{QUEUE}{work.ticket.number}/"
    page = reviewer.get(one).content.decode()
    assert ANSWER in page
    assert "答复检查" in page
    form = {"act": "pass", "sha256": ReplyDraft.objects.get().sha256}
    assert reviewer.post(one, form).url == QUEUE
    assert Outgoing.objects.count() == sent + 1
    assert reviewer.post(one, form).url == QUEUE  # pressed twice: nothing twice
    assert Outgoing.objects.count() == sent + 1
    assert "审核通过" in author.get(address).content.decode()


@pytest.mark.usefixtures("reviewed")
def test_sent_back_keeps_what_was_typed_and_the_author_goes_on_from_it(
    city: City, work: Work, at_desk: SignIn
) -> None:
    author, reviewer = at_desk(city.wang), at_desk(city.zhao)
    author.post(f"/console/tickets/{work.ticket.number}/", {"act": "accept"})
    address = handed_in(author, work)
    one = f"{QUEUE}{work.ticket.number}/"
    stale = {"act": "send_back", "sha256": "0" * 64, "reason": "没有写明谁去核查的"}
    refused = reviewer.post(one, stale)
    assert refused.status_code == 422
    assert "没有写明谁去核查的" in refused.content.decode()
    assert reviewer.post(one, {"act": "send_back", "sha256": "", "reason": ""}).status_code == 422
    good = {**stale, "sha256": ReplyDraft.objects.get().sha256}
    assert reviewer.post(one, good).url == QUEUE
    page = author.get(address).content.decode()
    assert "没有写明谁去核查的" in page
    assert page.count(ANSWER) >= 2  # in the form again, and in what was handed in


@pytest.mark.usefixtures("reviewed")
def test_bulk_answers_are_handed_in_and_passed_together(
    city: City, work: Work, at_desk: SignIn, now
) -> None:  # type: ignore[no-untyped-def]
    author, reviewer = at_desk(city.wang), at_desk(city.zhao)
    other = file(
        text="南湖小区停水了，请派人看看", citizen=city.xiaolin, account=city.account,
        source="portal", key="second", actor=SETUP, now=now,
    )  # fmt: skip
    picked = {"picked": [work.ticket.pk, other.pk], "confirmed": "1"}
    author.post("/console/tickets/", {"act": "accept", **picked})
    sent = Outgoing.objects.count()
    author.post("/console/tickets/", {"act": "answer", **picked, "text": ANSWER})
    rows = list(ReplyDraft.objects.values_list("pk", flat=True))
    assert len(rows) == 2
    assert Outgoing.objects.count() == sent
    reviewer.post(QUEUE, {"act": "pass", "picked": rows, "confirmed": "1"})
    assert set(ReplyDraft.objects.values_list("status", flat=True)) == {"passed"}
    assert Outgoing.objects.count() == sent + 2


@pytest.mark.usefixtures("reviewed")
def test_an_agent_without_the_right_has_no_queue(city: City, work: Work, at_desk: SignIn) -> None:
    assert at_desk(city.wang).get(QUEUE).status_code == 404
    assert "待审答复" not in at_desk(city.wang).get("/console/").content.decode()


def test_the_rule_is_set_by_an_administrator_and_shown_where_it_comes_from(
    city: City, work: Work, at_desk: SignIn
) -> None:
    desk = at_desk(city.administrator)
    address = f"/console/agencies/{city.police.pk}/handling/"
    assert address in desk.get(f"/console/agencies/{city.police.pk}/").content.decode()
    assert desk.post(address, {"needs_review": "yes"}).status_code == 302
    assert HandlingPolicy.objects.get().needs_review is True
    below = desk.get(f"/console/agencies/{city.station.pk}/handling/").content.decode()
    assert "现在：是，云溪市公安局定" in below
    refused = desk.post(f"/console/agencies/{city.water.pk}/handling/", {"needs_review": "yes"})
    assert refused.status_code == 422
    assert "还没有人能审核答复" in refused.content.decode()
    assert desk.post(address, {"needs_review": "maybe"}).status_code == 422
    assert at_desk(city.wang).get(address).status_code == 404
