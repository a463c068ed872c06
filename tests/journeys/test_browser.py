"""The main journey in a real browser: phone, console, portal side by side."""

import os
import shutil
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.journeys.conftest import PASSWORD, RunningCity

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.xdist_group("journeys")]

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("CI must have Debian's chromium")
        pytest.skip("Debian's chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


def watched(page: Page, faults: list[str]) -> Page:
    """Collects what the browser complains of: policy violations, errors, failed loads."""
    page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    return page


def sign_in(page: Page, running: RunningCity, username: str) -> None:
    page.goto(f"{running.web}/console/")
    page.fill("[name=login]", username)
    page.fill("[name=password]", PASSWORD)
    page.click("main button.primary")
    page.wait_for_url("**/console/")


def test_the_main_journey_on_screen(running: RunningCity, browser: Browser) -> None:
    faults: list[str] = []
    citizen = running.follow("屏幕前的人")
    number = citizen.file("自来水发黄有味道，烧开也不行", "临湾路23号院")

    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    page = watched(context.new_page(), faults)
    sign_in(page, running, "sunli")
    page.click(f"text={number}")
    page.get_by_role("button", name="签收").click()
    page.fill("textarea[name='answer-text']", "管网冲洗已完成，取样检测合格，可以正常使用。")
    page.click("text=发出答复")
    expect(page.locator(".message-success")).to_contain_text("答复已发出")
    citizen.wait_for("取样检测合格")

    phone = watched(context.new_page(), faults)
    everybody = httpx.get(f"{running.simulator}/sim/citizens").json()
    her = next(one["id"] for one in everybody if one["nickname"] == "屏幕前的人")
    phone.goto(f"{running.simulator}/phone?citizens={her}&app_id={running.app_id}")
    expect(phone.get_by_text("取样检测合格").first).to_be_visible(timeout=10_000)
    assert not faults, faults
    context.close()


def test_the_inbox_is_live(running: RunningCity, browser: Browser) -> None:
    faults: list[str] = []
    citizen = running.follow("正在打字")
    citizen.say("人工")
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    page = watched(context.new_page(), faults)
    sign_in(page, running, "wangfang")
    page.goto(f"{running.web}/console/inbox/?view=waiting")
    page.click(".person >> nth=-1")
    page.get_by_role("button", name="由我接待").click()
    expect(page.get_by_role("button", name="交还自动答复")).to_be_visible()
    citizen.say("请问周末能办居住证吗急用")
    expect(page.locator(".thread-lines")).to_contain_text("周末能办居住证吗急用", timeout=8_000)
    page.keyboard.press("r")
    expect(page.locator("#reply-text")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#reply-text")).not_to_be_focused()
    page.fill("#reply-text", "周六上午可以办理，请带身份证。")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".thread-lines")).to_contain_text("周六上午可以办理")
    citizen.wait_for("周六上午可以办理")
    page.get_by_role("button", name="交还自动答复").click()
    assert not faults, faults
    context.close()
