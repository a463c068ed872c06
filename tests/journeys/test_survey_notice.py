"""小林 files in the chat, agrees to one notice on the page of her ticket, is told days after it was closed, and
answers: all of it on her phone in the simulator."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.conftest import RunningCity
from tests.journeys.office import chromium, looked
from tests.journeys.phones import SOON, Phone
from tests.support.browsing import MARKS

pytestmark = [*MARKS, pytest.mark.xdist_group("journeys")]

SURVEYED = """
from django.utils import timezone
from minxin.agencies.models import Agency
from minxin.core.actors import System
from minxin.tickets import actions
for each in Agency.objects.all():
    actions.keep_policy(each, {"survey_after_days": 3}, actor=System("journey"), now=timezone.now())
"""
CLOSED_AND_ASKED = """
from datetime import timedelta
from django.conf import settings
from django.utils import timezone
from minxin.cli.run import survey_templates
from minxin.tickets import actions
from minxin.tickets.models import NoticeGrant, Ticket
from minxin.tickets.tasks import survey_page
settings.MINXIN_SURVEY_TEMPLATE = survey_templates()  # as the city's own processes have it
now = timezone.now()
ticket = NoticeGrant.objects.latest("pk").ticket
Ticket.objects.filter(pk=ticket.pk).update(
    status="closed", answer="已经修好。", answered_at=now, closed_at=now - timedelta(days=4)
)
actions.ask_surveys(survey_page, now=now)
print(NoticeGrant.objects.latest("pk").used_at is not None)
"""
SAID = """
from minxin.tickets.models import NoticeGrant, Survey
found = Survey.objects.get(ticket=NoticeGrant.objects.latest("pk").ticket)
print(found.resolved, found.level)
"""


@pytest.fixture
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


def test_she_agrees_once_is_told_and_answers(running: RunningCity, browser: Browser) -> None:
    running.run(SURVEYED)
    phone = Phone(browser, running, "回访的小林")
    for words in ("我要反映", "东桥路口的路灯坏了三天，晚上看不见路", "东桥路口"):
        phone.says(words)
    filed = phone.citizen.say("确认")
    assert "48 小时内" in filed
    assert "我的诉求" in filed
    phone.chat.get_by_role("button", name="查看办理过程").last.click(timeout=SOON)
    page = phone.chat.frame_locator(".browser iframe")
    expect(page.get_by_text("是否接收一次通知")).to_be_visible(timeout=SOON)
    looked(phone.chat, "80-notice-offered")
    page.get_by_role("button", name="接收一次通知").click()
    phone.chat.get_by_role("button", name="取消", exact=True).click()
    expect(page.get_by_text("您没有选择接收，办理不受影响。")).to_be_visible(timeout=SOON)
    page.get_by_role("button", name="接收一次通知").click()
    looked(phone.chat, "81-notice-asked")
    phone.chat.get_by_role("button", name="允许", exact=True).click()
    expect(page.get_by_text("您已同意")).to_be_visible(timeout=SOON)
    looked(phone.chat, "82-notice-agreed")
    phone.chat.get_by_role("button", name="关闭网页").click()

    assert running.run(CLOSED_AND_ASKED) == "True"
    phone.hears("办理回访通知")
    looked(phone.chat, "83-notice-arrived")
    phone.chat.get_by_text("办理回访通知").last.click()
    page = phone.chat.frame_locator(".browser iframe")
    page.get_by_label("部分解决").check(timeout=SOON)
    page.locator("[name=level]").nth(1).check()
    looked(phone.chat, "84-survey-filled")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_text("您已经回答过，谢谢您。")).to_be_visible(timeout=SOON)
    assert running.run(SAID) == "partly satisfied"
    assert phone.faults() == []
