"""What a page promises of WeChat is what WeChat does: in the window, outside it, to who does not follow."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

import minxin
from minxin.citizens.actions import keep_contact
from minxin.citizens.models import Citizen
from minxin.citizens.rules import CONSENT_VERSION
from minxin.conversations.models import Dialogue, Outgoing
from minxin.conversations.queries import Office
from minxin.conversations.queries.reach import Reach, reach_of
from minxin.conversations.rules import WINDOW, WINDOW_MESSAGES
from minxin.gateway import wording
from minxin.tickets import actions
from minxin.tickets.models import MaliciousMark
from tests.portal.conftest import Browser
from tests.portal.test_tickets import answered, filed, text_of
from tests.support.city import City

PROMISE, HELD, STRANGER = "直接发到您的微信", "您说话后的 48 小时内", "您没有关注"
# Every way in which a page promised what WeChat may refuse.
FALSE = (
    "会发到您的微信", "答复发到您的微信", "照常发到您的微信", "会在这里告诉您", "同样会发给您", "答复会发给您",
    "会提示您", "会通知您", "第一时间",
)  # fmt: skip
# Where what citizens read is written: the pages, the chat, what is told of a ticket.
SAID_IN = ("portal", "gateway", "tickets", "conversations")


def spoke(city: City, hours: float, left: bool = True) -> None:
    at = timezone.now() - timedelta(hours=hours)
    Dialogue.objects.update_or_create(
        citizen=city.xiaolin,
        defaults={
            "account": city.account, "last_citizen_message_at": at, "last_message_at": at,
        },
    )  # fmt: skip


def pages(phone: Browser, number: str) -> dict[str, str]:
    return {
        "filing": text_of(phone.read("tickets/new")),
        "one": text_of(phone.read(f"tickets/{number}/")),
    }


@pytest.mark.parametrize("room", SAID_IN)
def test_no_text_promises_what_wechat_may_refuse(room: str) -> None:
    root = Path(minxin.__file__).parent / room
    texts = [each for each in root.rglob("*") if each.suffix in {".py", ".html"}]
    assert texts
    for each in texts:
        found = [words for words in FALSE if words in each.read_text()]
        assert not found, f"{each.name}: {found}"


def test_the_chat_says_how_long_news_comes_by_itself() -> None:
    for words in ("48 小时内", "不让我们主动发", "“进度”", "我的诉求"):
        assert words in wording.FILED
    today = date(2026, 11, 27)

    def opening(days: int) -> Office:
        return Office(
            opens_at=datetime(2026, 11, 27 + days, 1, tzinfo=UTC),
            is_provisional=False, is_told=True, today=None,
        )  # fmt: skip

    assert wording.AFTER_THE_WINDOW not in wording.away_words(opening(1), today)
    assert wording.AFTER_THE_WINDOW in wording.away_words(opening(3), today)


def test_who_spoke_lately_is_told_until_when_messages_come(xiaolin: Browser, city: City) -> None:
    ticket = filed(xiaolin)
    spoke(city, hours=1)
    for name, page in pages(xiaolin, ticket.number).items():
        assert PROMISE in page, name
        assert HELD not in page, name
        assert STRANGER not in page, name
        assert not any(each in page for each in FALSE), name


def test_after_48_hours_or_five_messages_nothing_is_promised(xiaolin: Browser, city: City) -> None:
    ticket = filed(xiaolin)
    spoke(city, hours=49)
    for page in pages(xiaolin, ticket.number).values():
        assert HELD in page
        assert "云溪公安" in page  # where she says the word
        assert "发一句“进度”" in page
        assert "过了这个时间" not in page
    spoke(city, hours=1)
    now = timezone.now()
    for n in range(WINDOW_MESSAGES):
        Outgoing.objects.create(
            key=f"m{n}", account=city.account, citizen=city.xiaolin, channel="custom", content={},
            status="sent", sent_at=now, due_at=now, created_at=now,
        )  # fmt: skip
    assert HELD in text_of(xiaolin.read(f"tickets/{ticket.number}/"))


def test_who_does_not_follow_is_promised_the_page_and_shown_how_to_follow(
    stranger: Browser, city: City
) -> None:
    ticket = filed(stranger)
    assert ticket.citizen is not None
    assert reach_of(ticket.citizen, now=timezone.now()).reach is Reach.STRANGER
    for name, page in pages(stranger, ticket.number).items():
        assert STRANGER in page, name
        assert "搜索“云溪公安”关注" in page, name
        assert "我的诉求" in page, name
        assert not any(each in page for each in FALSE), name
        assert "过了这个时间" not in page, name
    # The answer stands where it was promised.
    answered(city, ticket)
    assert "已经修好，谢谢提醒。" in text_of(stranger.read(f"tickets/{ticket.number}/"))
    assert STRANGER not in text_of(
        stranger.read(f"tickets/{ticket.number}/")
    )  # nothing to wait for


def test_a_text_message_is_promised_where_it_is_sent(
    xiaolin: Browser, city: City, settings: LazySettings
) -> None:
    keep_contact(
        city.xiaolin, real_name="", phone="13800138000", consent_version=CONSENT_VERSION,
        agrees_to_texts=True, actor=city.xiaolin, now=timezone.now(),
    )  # fmt: skip
    ticket = filed(xiaolin)
    assert "短信发到" not in text_of(xiaolin.read(f"tickets/{ticket.number}/"))
    settings.MINXIN_SMS_URL = "https://sms.example/send"
    page = text_of(xiaolin.read(f"tickets/{ticket.number}/"))
    assert "短信发到" in page
    assert "13800138000" not in page


def test_an_appeal_is_decided_on_the_page_too(xiaolin: Browser, city: City) -> None:
    now, ticket = timezone.now(), filed(xiaolin)
    MaliciousMark.objects.create(
        ticket=ticket, status="holds", reason="r", evidence="e", decision="没有这回事",
        proposed_by=city.wang, proposed_at=now, decided_by=city.zhao, decided_at=now,
        stood="submitted", appeal_by=now + timedelta(days=9), expires_at=now + timedelta(days=99),
    )  # fmt: skip
    type(ticket).objects.filter(pk=ticket.pk).update(status="ended")
    xiaolin.send(f"tickets/{ticket.number}/appeal", words="确实坏了，有邻居可以作证")
    page = text_of(xiaolin.read(f"tickets/{ticket.number}/"))
    assert "结果会写在这一页" in page
    assert HELD in page


@pytest.mark.parametrize("hours", [0.0, 47.9, 48.1])
def test_the_window_is_wechats(city: City, hours: float) -> None:
    spoke(city, hours)
    found = reach_of(city.xiaolin, now=timezone.now())
    assert (found.reach is Reach.OPEN) == (hours < WINDOW.total_seconds() / 3600)


def test_it_costs_two_looks_at_most(
    city: City, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    spoke(city, 1)
    me = Citizen.objects.get(pk=city.xiaolin.pk)
    with django_assert_max_num_queries(2):
        reach_of(me, now=timezone.now())


def test_staff_are_told_when_wechat_does_not_deliver(
    xiaolin: Browser, stranger: Browser, city: City
) -> None:
    from minxin.console.tickets.reaching import sent_said

    now = timezone.now()
    assert "没有关注" in sent_said(filed(stranger), "答复已发出", now=now)
    own = filed(xiaolin)
    assert "下次在对话里说话时送达" in sent_said(own, "答复已发出", now=now)
    spoke(city, 1)
    assert sent_said(own, "答复已发出", now=now) == "答复已发出，市民会在微信里收到。"
    actions.withdraw(own, "", actor=city.xiaolin, now=now)
    own.citizen = None
    assert "没有可以通知的微信市民" in sent_said(own, "答复已发出", now=now)
