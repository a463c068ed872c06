"""Malicious in real browsers, the citizen's phone beside the desks: proposed by one, confirmed by another, told,
appealed, decided by a third; counted."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import PASSWORD, RunningCity
from tests.journeys.office import Desk, chromium
from tests.journeys.phones import Phone
from tests.support.browsing import MARKS

pytestmark = [*MARKS, pytest.mark.xdist_group("journeys")]

WORDS = "星光巷口的消防栓又在往外喷水，昨天说来修也没有来，请派人看看"
TOLD = "两次到场核查，星光巷没有消防栓，也没有漏水的痕迹。"
APPEAL = "消防栓在星光巷和学府路的拐角，门牌写的是学府路，所以没有找到。照片可以补。"
HEARD = "核对了学府路拐角，确有消防栓漏水，诉求属实。"


@pytest.fixture
def desks(running: RunningCity) -> Iterator[dict[str, Desk]]:
    with chromium() as browser, ExitStack() as after:
        found = {}
        for login in ("sujing", "zhaoming", "huangwei"):
            desk = found[login] = Desk(browser, running, login)
            desk.open()
            desk.sign_in(PASSWORD)
            after.callback(lambda desk=desk: _no_faults(desk))
        yield found


def _no_faults(desk: Desk) -> None:
    assert desk.faults() == [], desk.login


def test_two_people_a_phone_and_a_third(running: RunningCity, desks: dict[str, Desk]) -> None:
    sujing, zhaoming, huangwei = desks.values()
    browser = sujing.page.context.browser
    assert browser is not None
    xiaotang = Phone(browser, running, "星光巷小唐")
    xiaotang.fill(WORDS, "星光巷口")
    xiaotang.send()
    number = xiaotang.filed()
    # Who handles it proposes; nothing follows from that, and she may not decide it.
    sujing.open(f"tickets/{number}/")
    sujing.act("malicious_proposed", reason="到场两次都没有这回事", evidence="现场记录两份，附照片")
    sujing.sees("已提出，由另一名有权限的人确认")
    sujing.cannot("ended")
    xiaotang.open(f"tickets/{number}/")
    xiaotang.sees("撤回")  # it is handled as before
    # Another finds it in the queue and confirms; she hears of it with the reason and the way to appeal.
    zhaoming.open("malicious/?state=proposed")
    zhaoming.go(number)
    zhaoming.look("malicious-1-proposed")
    zhaoming.act("ended", decision=TOLD)
    zhaoming.sees("已认定，市民会收到理由和申诉的办法")
    xiaotang.hears("经两名工作人员先后认定为恶意反映")
    xiaotang.open(f"tickets/{number}/")
    xiaotang.sees(TOLD)
    xiaotang.look("malicious-2-ended")
    xiaotang.page.get_by_role("link", name="不同意，提出申诉").click()
    xiaotang.page.fill("#words", APPEAL)
    xiaotang.send("提交申诉")
    xiaotang.sees("申诉已提交")
    xiaotang.sees("结果会写在这一页")
    expect(xiaotang.page.get_by_role("link", name="不同意，提出申诉")).to_have_count(0)  # once
    # Neither of the two may hear it.
    for desk in (sujing, zhaoming):
        desk.open(f"tickets/{number}/")
        for act in ("restored", "kept_ended"):
            desk.cannot(act)
    zhaoming.sees("您参与过这次认定")
    huangwei.open("malicious/?state=appealed")
    huangwei.go(number)
    huangwei.sees(APPEAL)
    huangwei.act("restored", decision=HEARD)
    huangwei.sees("已撤销认定，工单接着办理")
    xiaotang.hears("申诉成立")
    xiaotang.open(f"tickets/{number}/")
    xiaotang.sees("您的申诉成立")
    xiaotang.sees(HEARD)
    xiaotang.look("malicious-3-restored")
    # Once acquitted it is not called malicious again.
    sujing.open(f"tickets/{number}/")
    sujing.cannot("malicious_proposed")
    # It is counted for who may decide, and every number opens its rows; for others it is not there.
    huangwei.open("tickets/figures/")
    section = huangwei.page.locator(
        "section", has=huangwei.page.get_by_role("heading", name="恶意认定")
    )
    section.scroll_into_view_if_needed()
    huangwei.look("malicious-4-figures")
    lifted = section.locator('td[data-label="申诉成立撤销"] a')
    count = int(lifted.inner_text())
    assert count >= 1
    lifted.click()
    huangwei.sees(number)
    assert len(huangwei.rows()) == count
    sujing.open("tickets/figures/")
    sujing.heading("诉求概况")
    expect(sujing.page.get_by_role("heading", name="恶意认定")).to_have_count(0)
    assert xiaotang.faults() == []
