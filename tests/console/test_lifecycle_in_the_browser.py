"""何涛 closes an account and 黄薇 approves, in Debian's Chromium against the real application."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.browsing import CHROMIUM, MARKS, console_of
from tests.support.city import PASSWORD

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = MARKS

CAST = """
from django.utils import timezone
from minxin.agencies import actions as agencies
from minxin.agencies.rules import Role
from tests.support.city import PASSWORD, SETUP, build_city
now = timezone.now()
city = build_city(now)
agencies.add_staff(username="huangwei", name="黄薇", agency=city.root, role=Role.SUPERVISOR,
                   password=PASSWORD, must_change_password=False, actor=SETUP, now=now)
print(city.account.pk)
"""


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[str, str]]:
    with console_of(CAST) as (base, printed):
        yield base, printed.strip().splitlines()[-1]


def _signed_in(browser: Any, base: str, name: str, complaints: list[str]) -> Any:
    page = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768}).new_page()
    page.on("console", lambda told: complaints.append(told.text) if told.type == "error" else None)
    page.on("pageerror", lambda told: complaints.append(str(told)))
    page.goto(f"{base}/console/")
    page.fill("#id_login", name)
    page.fill("#id_password", PASSWORD)
    page.click("button[type=submit]")
    page.get_by_role("heading", name="今日待办").wait_for()
    return page


def test_an_account_is_closed_announced_and_cancelled(served: tuple[str, str]) -> None:
    base, account = served
    complaints: list[str] = []
    with sync_api.sync_playwright() as started:
        browser = started.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        unit = _signed_in(browser, base, "hetao", complaints)
        office = _signed_in(browser, base, "huangwei", complaints)
        unit.goto(f"{base}/console/accounts/{account}/")
        unit.get_by_role("link", name="关停备案", exact=True).click()
        unit.get_by_role("button", name="发起备案").click()
        unit.get_by_text("请写明事由。").first.wait_for()
        unit.fill("#id_reason", "与“云溪发布”功能重复")
        unit.fill("#id_successor", "公众号“云溪发布”")
        unit.get_by_role("button", name="发起备案").click()
        unit.get_by_text("备案已发起").wait_for()
        with unit.expect_download() as download:
            unit.get_by_role("link", name="下载备案表").click()
        assert download.value.suggested_filename == "政务新媒体关停备案表-云溪公安.docx"
        unit.fill("#id_sign-person", "丁一鸣")
        unit.get_by_role("button", name="登记签字，报主管单位").click()
        unit.get_by_text("已上报，等主管单位审核。").wait_for()

        office.goto(f"{base}/console/")
        office.get_by_role("link", name=re.compile("待审核的备案")).click()
        office.locator(".list tbody tr").first.focus()
        office.keyboard.press("Enter")
        office.locator("summary", has_text="退回修改").click()
        office.fill("#id_return-reason", "请写明后续去向")
        office.get_by_role("button", name="退回修改").click()
        office.get_by_text("已退回。").wait_for()
        unit.reload()
        unit.get_by_text("请写明后续去向").wait_for()
        unit.fill("#id_sign-person", "丁一鸣")
        unit.get_by_role("button", name="登记签字，报主管单位").click()
        office.reload()
        office.get_by_role("button", name="审核同意").click()
        office.get_by_text("已审核同意。").wait_for()

        unit.reload()
        unit.get_by_text("更新要求仍然适用").wait_for()
        unit.get_by_role("link", name="修改公告").click()
        text = unit.input_value("#id_text")
        assert "公众号“云溪发布”" in text
        unit.fill("#id_text", text.replace("　　年　月　日", "2026年1月5日"))
        unit.get_by_role("button", name="保存").click()
        unit.get_by_text("自2026年1月5日起停止更新").wait_for()
        unit.fill("#id_announce-url", "https://yunxi.example/notice")
        unit.get_by_role("button", name="登记公告").click()
        unit.get_by_text("公告已登记。").wait_for()
        unit.get_by_role("button", name="登记全国系统备案").click()
        unit.get_by_text("备案办结").first.wait_for()

        unit.goto(f"{base}/console/accounts/{account}/")
        unit.get_by_role("link", name="注销备案", exact=True).click()
        unit.fill("#id_reason", "关停公告期满")
        unit.get_by_role("button", name="发起备案").click()
        unit.fill("#id_sign-person", "丁一鸣")
        unit.get_by_role("button", name="登记签字，报主管单位").click()
        unit.get_by_text("已上报").wait_for()
        office.goto(unit.url)
        office.get_by_role("button", name="审核同意").click()
        office.get_by_text("已审核同意。").wait_for()
        unit.reload()
        unit.get_by_role("button", name="登记平台办理结果").click()
        unit.get_by_text("台账已变更").wait_for()
        unit.goto(f"{base}/console/accounts/{account}/")
        unit.locator("h1 .state", has_text="已注销").wait_for()
        for width in (1366, 390):
            for page in (unit, office):
                page.set_viewport_size({"width": width, "height": 800})
                for path in (
                    f"accounts/{account}/", "accounts/filings/", "accounts/filings/2/",
                    "accounts/filings/rules/",
                ):  # fmt: skip
                    page.goto(f"{base}/console/{path}")
                    assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        browser.close()
    assert [each for each in complaints if "422" not in each] == []
