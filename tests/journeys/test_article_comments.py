"""A comment on the phone under an article, seen in the inbox, answered, chosen, deleted, seen on the phone;
comments closed and opened again."""

import time

import httpx
import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.journeys.conftest import PASSWORD, RunningCity
from tests.journeys.office import Desk, chromium, looked
from tests.journeys.phones import SOON, Phone
from tests.support.browsing import MARKS

pytestmark = [*MARKS, pytest.mark.xdist_group("journeys")]

TITLE = "2027年度城乡居民医保开始缴费"
ASKED = "断缴一年以后再缴，有等待期吗？"
RUDE = "这种文章谁看，写的人是猪。"
ANSWER = "断缴后再参保的，有固定等待期3个月，每多断一年增加1个月。"
# The clock asks once a minute, an article of its first day every two minutes.
READ = 200


def _slug(city: RunningCity) -> str:
    query = {"app_id": city.app_id}
    found = httpx.get(f"{city.simulator}/sim/articles", params=query).json()
    return str(next(each["slug"] for each in found if each["title"] == TITLE))


class Reader:
    """小林 reads the article in WeChat: a link that the account sent her opens it."""

    def __init__(self, browser: Browser, city: RunningCity) -> None:
        self.phone = Phone(browser, city, "文章下的小林")
        self.city = city
        self.page = self.phone.chat
        self.page.reload()

    @property
    def reader(self) -> Locator:
        return self.page.locator(".reader")

    def open(self) -> None:
        link = f"{self.city.simulator}/s/{_slug(self.city)}"
        self.city.run(SEND.format(openid=self.phone.citizen.openid, link=link))
        self.page.locator(".bubble .link").last.click(timeout=SOON)
        expect(self.reader.locator(".reader-title")).to_have_text(TITLE, timeout=SOON)

    def writes(self, words: str) -> None:
        self.reader.get_by_role("textbox", name="写留言").fill(words)
        self.reader.locator(".comment-form").get_by_role("button", name="发送").click()
        expect(self.reader.locator(".comment", has_text=words)).to_be_visible(timeout=SOON)

    def refreshes(self) -> None:
        self.reader.get_by_role("button", name="更多").click()
        self.page.get_by_role("button", name="刷新").click()

    def sees(self, words: str, count: int = 1) -> None:
        """After she pulled the page anew, as often as it takes."""
        until = time.monotonic() + 30
        while self.reader.get_by_text(words).count() != count:
            assert time.monotonic() < until, f"{words} is not there {count} times"
            self.refreshes()
            self.page.wait_for_timeout(700)


SEND = """
from minxin.accounts.queries import client_for
from minxin.accounts.models import Account
from minxin.wechat.calls import messages
from minxin.citizens.models import Citizen
account = Account.objects.filter(platform="wechat").exclude(app_id=None).order_by("pk").first()
words = '<a href="{link}">医保缴费</a>'
client_for(account).call(messages.text("{openid}", words))
print("sent")
"""


def test_a_comment_from_the_phone_to_the_inbox_and_back(running: RunningCity) -> None:
    with chromium() as browser:
        desk = Desk(browser, running, "wangfang")
        desk.open("inbox/")
        desk.sign_in(PASSWORD)
        desk.open("inbox/")
        bar = desk.page.locator("#inbox-views a", has_text="留言")
        before = int(bar.locator(".queue-number").inner_text())
        assert before >= 2, "the demo seeds comments that wait"
        reader = Reader(browser, running)
        reader.open()
        reader.writes(ASKED)
        reader.writes(RUDE)
        looked(reader.page, "comments-phone-written")
        # Nobody presses anything: the clock reads it, the open inbox counts it.
        expect(bar.locator(".queue-number")).to_have_text(str(before + 2), timeout=READ * 1000)
        desk.look("comments-inbox")
        bar.click()
        desk.sees(ASKED)
        desk.fits()
        desk.look("comments-list")
        desk.page.get_by_text(ASKED).click()
        _answered(desk)
        reader.sees(ANSWER)
        reader.sees("公众号精选后，所有人可见")  # the other one is hers alone
        looked(reader.page, "comments-phone-answered")
        _deleted(desk)
        reader.sees(RUDE, 0)
        _closed_and_opened(desk, reader)
        assert desk.faults() == []
        assert reader.phone.faults() == []


def _answered(desk: Desk) -> None:
    """What is too long is told and kept; the reply goes, the comment is chosen, the page follows alone."""
    box = desk.page.get_by_label("回复", exact=True)
    box.fill("长" * 601)
    desk.sees("超出 1 字")
    desk.button("公开回复")
    desk.sees("回复不超过 600 字")
    assert len(box.input_value()) == 601
    box.fill(ANSWER)
    desk.look("comments-one")
    desk.button("公开回复")
    desk.sees("公开回复 · 已完成", 30)
    expect(desk.page.locator("#comment-reply-part")).to_contain_text(ANSWER)
    expect(desk.page.get_by_label("回复", exact=True)).to_have_count(0)
    desk.button("设为精选")
    desk.sees("设为精选 · 已完成", 30)
    desk.sees("精选，所有人可见")
    desk.look("comments-one-answered")


def _deleted(desk: Desk) -> None:
    desk.open("conversations/comments/?state=open")
    desk.page.get_by_text(RUDE).click()
    desk.page.locator("summary", has_text="删除").click()
    desk.page.get_by_label("原因（记入审计）").fill("辱骂")
    desk.button("删除留言")
    desk.sees("删除留言 · 已完成", 30)
    desk.sees("起微信里已没有这条留言")


def _closed_and_opened(desk: Desk, reader: Reader) -> None:
    desk.go(TITLE)
    desk.sees("已开放")
    desk.page.locator("summary", has_text="关闭留言").click()
    desk.page.get_by_label("原因（记入审计）").fill("缴费期结束")
    desk.button("关闭留言")
    desk.sees("关闭留言 · 已完成", 30)
    desk.look("comments-article")
    reader.sees("这篇文章没有开放留言")
    desk.button("开放留言")
    desk.sees("开放留言 · 已完成", 30)
    reader.sees("这篇文章没有开放留言", 0)
