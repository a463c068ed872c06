"""A citizen asks in WeChat, on a phone in a real browser: she is asked back, asks on without naming the matter,
and is told the right number at once when she is in danger."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FrameLocator, Locator, expect

from tests.journeys.conftest import RunningCity
from tests.journeys.office import chromium
from tests.journeys.phones import SOON, Phone
from tests.support.browsing import MARKS

pytestmark = [*MARKS, pytest.mark.xdist_group("journeys")]

# Two readings of one question, and an answer that is longer than a message.
WRITTEN = """
from django.utils import timezone
from minxin.agencies.models import Agency
from minxin.core.actors import System
from minxin.knowledge.actions import EntryDraft, create_entry
agency = Agency.objects.get(name="云溪市公安局户政支队")
steps = "".join(f"第{number}步，到窗口核对第{number}份登记表，当场签字。" for number in range(1, 31))
for question, answer, audience in (
    ("流动人口怎样登记居住", "个人带身份证到派出所登记，当场办结。", "个人"),
    ("流动人口怎样登记居住", "企业在网上为员工批量登记。", "企业"),
    ("遗失的集体户口页怎样补领", "本人到户籍地派出所补领。\\n需要下列材料：\\n1. 居民身份证原件\\n2. 单位介绍信\\n" + steps, ""),
):
    create_entry(EntryDraft(question=question, answer=answer, audience=audience, source_title="云溪市户政办事指南",
                            issuing_agency=agency.name, status="published"),
                 agency=agency, actor=System("journey"), now=timezone.now())
print("done")
"""


@pytest.fixture
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


class Talk:
    """Her chat, typed and tapped on the screen."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone
        self.screen = phone.chat.locator(f'.phone[data-citizen="{phone.number}"]')
        self.screen.get_by_role("button", name="切换到键盘").click()  # the account has a menu

    def says(self, words: str) -> Locator:
        """Type it, send it; the last line of the chat, once it is not hers."""
        rows = self.screen.locator(".row:not(.mine)")
        before = rows.count()
        self.screen.locator(".field").fill(words)
        self.screen.locator(".field").press("Enter")
        expect(rows).to_have_count(before + 1, timeout=SOON)
        return rows.last

    def taps(self, words: str) -> None:
        self.screen.get_by_role("button", name=words, exact=True).last.click()

    def hears(self, words: str) -> None:
        expect(self.screen.locator(".row:not(.mine)").last).to_contain_text(words, timeout=SOON)

    def page(self) -> FrameLocator:
        """What opened inside WeChat."""
        return self.screen.frame_locator("iframe")


def talk(browser: Browser, running: RunningCity, nickname: str) -> Talk:
    return Talk(Phone(browser, running, nickname))


def test_she_is_asked_back_and_asks_on(running: RunningCity, browser: Browser) -> None:
    running.run(WRITTEN)
    her = talk(browser, running, "问政策的小周")
    her.phone.citizen.wait_for("您好")
    asked = her.says("流动人口怎样登记居住")
    for _ in range(20):  # the gateway follows the entries twice a second
        if "您是哪一种" in asked.inner_text():
            break
        her.phone.chat.wait_for_timeout(500)
        asked = her.says("流动人口怎样登记居住")
    expect(asked).to_contain_text("您是哪一种")
    expect(asked).not_to_contain_text("来源：")
    her.taps("企业")
    her.hears("企业在网上为员工批量登记。")
    her.hears("适用对象：企业")
    her.phone.look("80-asked-back")

    long = her.says("遗失的集体户口页怎样补领")
    expect(long).to_contain_text("本人到户籍地派出所补领。")
    assert len(long.inner_text().split("来源：")[0].encode()) < 700
    told = her.says("那需要什么材料？")
    expect(told).to_contain_text("居民身份证原件")
    expect(told).to_contain_text("单位介绍信")
    expect(told).not_to_contain_text("第30步")
    her.phone.look("81-asked-on")
    her.taps("更多")
    marked = her.page().locator("mark")
    expect(marked.first).to_be_visible(timeout=SOON)
    expect(her.page().locator("mark#told")).to_contain_text("需要下列材料")
    expect(her.page().get_by_text("第30步").first).to_be_attached()
    her.phone.look("82-more")
    assert not her.phone.faults()


def test_danger_is_told_the_number_at_once(running: RunningCity, browser: Browser) -> None:
    her = talk(browser, running, "夜里的小吴")
    said = her.says("我不想活了，活着没意思")
    expect(said).to_contain_text("医疗急救：120")
    expect(said).to_contain_text("已经标为紧急")
    her.phone.look("84-danger")
    with running.staff("wangfang") as wang:
        until = time.monotonic() + 15  # the lines of the inbox follow in the worker
        while "活着没意思" not in (page := wang.get("/console/inbox/").text):
            assert time.monotonic() < until, "nobody sees her"
            time.sleep(0.5)
        assert "紧急" in page
    assert not her.phone.faults()
