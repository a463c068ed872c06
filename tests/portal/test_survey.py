"""The page of the independent survey, as 小林 sees it on her phone."""

from datetime import timedelta

from django.conf import LazySettings
from django.utils import timezone

from minxin.tickets import actions
from minxin.tickets.models import NoticeGrant, Survey, Ticket
from tests.portal.conftest import Browser
from tests.support.city import SETUP, City


def closed(city: City) -> Ticket:
    then = timezone.now() - timedelta(days=4)
    actions.keep_policy(city.police, {"survey_after_days": 3}, actor=SETUP, now=then)
    ticket = actions.file(
        text="东桥路口的路灯坏了没有人修", citizen=city.xiaolin, account=city.account,
        source="portal", key="k1", actor=city.xiaolin, now=then,
    )  # fmt: skip
    actions.accept(ticket, actor=city.wang, now=then)
    actions.answer(ticket, "已经修好，谢谢提醒。", link="http://x", actor=city.wang, now=then)
    actions.close(ticket, actor=city.wang, now=then)
    return ticket


def test_three_questions_kept_when_one_is_missing_and_thanked_once(
    city: City, xiaolin: Browser
) -> None:
    ticket = closed(city)
    path = f"tickets/{ticket.number}/survey"
    assert xiaolin.read(path).status_code == 302  # nothing was asked yet
    actions.ask_surveys(lambda each: "http://x", now=timezone.now())
    assert "您反映的问题解决了吗" in xiaolin.read(path).content.decode()
    missing = xiaolin.send(path, resolved="no", words="灯还是不亮")
    assert missing.status_code == 422
    page = missing.content.decode()
    assert "灯还是不亮" in page
    assert "请选择一个满意程度" in page
    assert xiaolin.send(path, resolved="no", level="dissatisfied").status_code == 302
    assert "您已经回答过" in xiaolin.read(path).content.decode()
    assert Survey.objects.get().level == "dissatisfied"


def test_a_strangers_survey_is_not_found(city: City, stranger: Browser) -> None:
    ticket = closed(city)
    actions.ask_surveys(lambda each: "http://x", now=timezone.now())
    assert stranger.read(f"tickets/{ticket.number}/survey").status_code in {403, 404}
    assert Survey.objects.get().answered_at is None


def test_she_is_asked_for_one_notice_never_as_a_condition(
    city: City, xiaolin: Browser, settings: LazySettings
) -> None:
    ticket, path = closed(city), "notice"
    page = f"tickets/{ticket.number}/"
    settings.MINXIN_JSSDK_URL = "https://res.example/jweixin.js"
    assert "data-notice-offer" not in xiaolin.read(page).content.decode()  # no template
    settings.MINXIN_SURVEY_TEMPLATE = "tpl-1"
    shown = xiaolin.read(page)
    assert 'data-notice-offer="tpl-1"' in shown.content.decode()
    assert "是否接收一次通知" in shown.content.decode()
    assert xiaolin.send(f"{page}{path}", choice="agree").status_code == 302
    agreed = xiaolin.read(page).content.decode()
    assert "您已同意" in agreed
    assert "data-notice-offer" not in agreed
    xiaolin.send(f"{page}{path}", choice="withdraw")
    assert "data-notice-offer" in xiaolin.read(page).content.decode()
    actions.ask_surveys(lambda each: "http://x", now=timezone.now())
    later = xiaolin.read(page).content.decode()
    assert "data-notice-offer" not in later
    assert "回答三个问题" in later  # it waits on the page of the ticket, too
    assert "没有可以接收的回访通知" in follow(xiaolin, f"{page}{path}")


def follow(phone: Browser, path: str) -> str:
    phone.send(path, choice="agree")
    return phone.read(path.removesuffix("notice")).content.decode()


def test_a_strangers_notice_is_not_hers(
    city: City, stranger: Browser, settings: LazySettings
) -> None:
    settings.MINXIN_SURVEY_TEMPLATE = "tpl-1"
    ticket = closed(city)
    assert stranger.send(f"tickets/{ticket.number}/notice", choice="agree").status_code in {
        403,
        404,
    }
    assert not NoticeGrant.objects.exists()
