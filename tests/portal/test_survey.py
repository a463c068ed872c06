"""The page of the independent survey, as 小林 sees it on her phone."""

from datetime import timedelta

from django.utils import timezone

from minxin.tickets import actions
from minxin.tickets.models import Survey, Ticket
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
