"""黄薇 in a real browser: a quarterly report from the picker to the signed docx, and its versions."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from docx import Document

from tests.support.browsing import CHROMIUM, MARKS, console_of
from tests.support.city import PASSWORD

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = MARKS

CAST = """
from django.utils import timezone
from tests.support.city import PASSWORD, SETUP, build_city
from minxin.agencies.actions import add_staff
from minxin.agencies.rules import Role
from minxin.supervision import actions
now = timezone.now()
city = build_city(now)
huangwei = add_staff(username="huangwei", name="黄薇", agency=city.root, role=Role.SUPERVISOR,
                     password=PASSWORD, must_change_password=False, actor=SETUP, now=now)
actions.open_finding(account=city.account, indicator="content.ad", title="页面有商业广告", severity="major",
                     origin="manual", facts={"detail": "文末有一处商业广告。"}, actor=huangwei, now=now)
"""
SENTENCE = "完善台账。全市各单位于月底前把互动入口补齐。"


@pytest.fixture
def served() -> Iterator[str]:
    """The address of the real application with a worker, the front end as it was built."""
    with console_of(CAST, with_worker=True) as (base, _):
        yield base


def test_a_quarterly_report_is_made_edited_signed_and_downloaded(served: str) -> None:
    complaints: list[str] = []
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_context(
            locale="zh-CN", viewport={"width": 1366, "height": 768}, accept_downloads=True
        ).new_page()
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{served}/console/")
        page.fill("#id_login", "huangwei")
        page.fill("#id_password", PASSWORD)
        page.click("button[type=submit]")
        page.get_by_role("link", name="报表").click()
        page.get_by_role("link", name="季度报告").click()
        running = page.locator("#id_quarter option").first.get_attribute("value")
        page.select_option("#id_quarter", running)
        page.get_by_role("button", name="起草").click()
        page.get_by_role("heading", name=re.compile("监管工作情况的报告")).first.wait_for()

        box = page.locator("aside textarea", has_text="完善台账").first
        box.fill(SENTENCE)
        page.locator(".paper", has_text="补齐").wait_for()  # the paper follows what is typed
        page.get_by_role("button", name="保存").click()
        page.get_by_text("已保存。").wait_for()

        page.get_by_role("link", name="第 2 版").click()
        page.locator("ins", has_text="补齐").wait_for()
        assert page.locator("del").count() > 0
        page.get_by_role("link", name=re.compile("监管工作情况的报告")).first.click()

        page.fill("#id_on", "2026-12-31")
        page.get_by_role("button", name="签发").click()
        page.get_by_text("已签发，文稿不能再改。").wait_for()
        assert page.locator("aside textarea").count() == 0
        page.get_by_role("button", name="生成 DOCX、XLSX 和 PDF").click()
        page.get_by_role("link", name="DOCX").wait_for(timeout=120_000)
        with page.expect_download() as download:
            page.get_by_role("link", name="DOCX").click()
        content = Path(download.value.path()).read_bytes()
        lines = [each.text for each in Document(io.BytesIO(content)).paragraphs]
        assert "\n" in lines[0]
        assert any("互动入口补齐" in each for each in lines)
        assert "2026年12月31日" in lines
        for width in (1366, 390):
            page.set_viewport_size({"width": width, "height": 800})
            for path in ("", "quarter/new/", "year/new/", "1/", "1/versions/2/"):
                page.goto(f"{served}/console/reports/{path}")
                assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        browser.close()
    assert complaints == []


def test_a_draft_is_discarded_on_screen(served: str) -> None:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_context(
            locale="zh-CN", viewport={"width": 1366, "height": 768}
        ).new_page()
        page.goto(f"{served}/console/")
        page.fill("#id_login", "huangwei")
        page.fill("#id_password", PASSWORD)
        page.click("button[type=submit]")
        page.get_by_role("heading", name="今日待办").wait_for()
        page.goto(f"{served}/console/reports/year/new/")
        page.select_option("#id_unit", label="云溪市公安局")
        page.get_by_role("button", name="起草").click()
        page.get_by_text("作废这份草稿").click()
        page.get_by_role("button", name="作废").click()
        page.get_by_text("这个字段是必填项").first.wait_for()
        page.fill("#id_discard-reason", "年度选错了")
        page.get_by_role("button", name="作废").click()
        page.get_by_text("年度选错了").wait_for()
        assert page.locator("aside textarea").count() == 0
        browser.close()
