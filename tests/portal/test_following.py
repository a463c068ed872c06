"""我也遇到了: seen before filing, followed with one tap, told, undone; nothing of the other person."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.http import HttpResponse
from django.utils import timezone

from minxin.conversations.models import Outgoing
from minxin.tickets import actions, indexing
from minxin.tickets.actions import spreading
from minxin.tickets.models import Follower, Ticket
from minxin.tickets.tasks import PAGES
from tests.portal.conftest import Browser
from tests.portal.test_tickets import text_of, token_of
from tests.support.city import APP_ID, SETUP, City

THEIRS = "东桥路和建设街交叉口的路灯坏了三天没有人修，我爱人李某在那里摔伤住院，请尽快处理。"
HERS = "东桥路和建设街交叉口的路灯坏了三天没有人修，晚上过马路危险，请尽快处理。"


@pytest.fixture
def theirs(city: City, settings: LazySettings, tmp_path: Path) -> Ticket:
    """Somebody else's, in the index."""
    settings.MINXIN_HOME = tmp_path
    now = timezone.now()
    found = actions.file(
        text=THEIRS, place="东桥路12号3单元", citizen=None, account=city.account, source="portal",
        key="theirs", actor=SETUP, now=now,
    )  # fmt: skip
    assert indexing.keep_index(now=now + timedelta(minutes=1))
    return found


def follow(phone: Browser, number: str) -> HttpResponse:
    """What the button under a neighbour sends, from the page of the form."""
    phone.read("tickets/new")
    return phone.post(f"/m/{APP_ID}/tickets/{number}/follow")  # type: ignore[return-value]


def typed(phone: Browser, **more: str) -> dict[str, str]:
    token = token_of(text_of(phone.read("tickets/new")))
    return {"text": HERS, "place": "东桥路", "token": token, **more}


def test_she_sees_her_own_words_and_the_road_and_nothing_is_filed_yet(
    xiaolin: Browser, theirs: Ticket
) -> None:
    answer = xiaolin.send("tickets/new", **typed(xiaolin))
    page = text_of(answer)
    assert answer.status_code == 200
    assert "我也遇到了" in page
    assert "路灯" in page
    for private in ("李某", "摔伤", "12号", "3单元"):
        assert private not in page
    assert HERS in page  # what she typed stays
    assert Ticket.objects.get() == theirs


def test_she_may_file_all_the_same(xiaolin: Browser, theirs: Ticket) -> None:
    answer = xiaolin.send("tickets/new", **typed(xiaolin, anyway="1"))
    assert answer.status_code == 302
    assert Ticket.objects.count() == 2


def test_followed_told_and_undone(
    xiaolin: Browser, theirs: Ticket, city: City, settings: LazySettings
) -> None:
    for _tap in range(2):
        answer = follow(xiaolin, theirs.number)
        assert answer["Location"].endswith(f"/tickets/followed/{theirs.number}/")
    assert Follower.objects.get().citizen == city.xiaolin
    assert theirs.number in text_of(xiaolin.read("tickets/"))
    now = timezone.now()
    actions.accept(theirs, actor=city.wang, now=now)
    actions.answer(theirs, "已修好，致电13800138000。", link="", actor=city.wang, now=now)
    while spreading.spread(PAGES, now=now + timedelta(minutes=1)):
        pass
    told = [str(each.content) for each in Outgoing.objects.filter(citizen=city.xiaolin)]
    assert len(told) == 2
    assert f"/tickets/followed/{theirs.number}/" in told[-1]
    page = text_of(xiaolin.read(f"tickets/followed/{theirs.number}/"))
    assert "已修好" in page
    for private in ("李某", "摔伤", "12号", "13800138000"):
        assert private not in page
        assert not any(private in words for words in told)
    assert xiaolin.send(f"tickets/followed/{theirs.number}/").status_code == 302
    assert not Follower.objects.exists()
    assert xiaolin.read(f"tickets/followed/{theirs.number}/").status_code == 404


def test_what_turns_out_to_be_a_report_is_told_no_more(
    xiaolin: Browser, theirs: Ticket, city: City
) -> None:
    follow(xiaolin, theirs.number)
    now = timezone.now()
    actions.classify(theirs, category=None, nature="report", actor=city.wang, now=now)
    actions.accept(theirs, actor=city.wang, now=now)
    while spreading.spread(PAGES, now=now + timedelta(minutes=1)):
        pass
    assert not Outgoing.objects.filter(citizen=city.xiaolin).exists()
    page = text_of(xiaolin.read(f"tickets/followed/{theirs.number}/"))
    assert "不再对外显示" in page
    assert "已受理" not in page.split("</h1>")[1].split("别的市民")[1]


def test_a_guessed_number_is_not_found(xiaolin: Browser, theirs: Ticket, city: City) -> None:
    now = timezone.now()
    actions.classify(theirs, category=None, nature="report", actor=city.wang, now=now)
    for number in (theirs.number, "AB-2CD3-4EF5"):
        assert follow(xiaolin, number).status_code == 404
        assert xiaolin.read(f"tickets/followed/{number}/").status_code == 404
    answer = xiaolin.send("tickets/new", **typed(xiaolin))
    assert answer.status_code == 302  # nothing to follow: filed
