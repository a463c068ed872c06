"""黄薇 and 何涛 in a real browser: from the notice to the unit's feedback, to the end of a finding."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

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
for title in ("页面有商业广告", "文字差错"):
    actions.open_finding(account=city.account, indicator="content.ad", title=title, severity="major",
                         origin="manual", facts={"detail": title + "一处。"}, actor=huangwei, now=now)
"""


@pytest.fixture
def served() -> Iterator[str]:
    """The address of the real application, the front end as it was built."""
    with console_of(CAST) as (base, _):
        yield base


def _signed_in(browser: Any, served: str, login: str, complaints: list[str]) -> Any:
    page = browser.new_context(
        locale="zh-CN", viewport={"width": 1366, "height": 768}, accept_downloads=True
    ).new_page()
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{served}/console/")
    page.fill("#id_login", login)
    page.fill("#id_password", PASSWORD)
    page.click("button[type=submit]")
    page.get_by_role("heading", name="今日待办").wait_for()
    return page


def test_from_the_notice_to_the_end(served: str, tmp_path: Path) -> None:
    picture = tmp_path / "整改后.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    complaints: list[str] = []
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        desk = _signed_in(browser, served, "huangwei", complaints)
        desk.get_by_role("link", name=re.compile("待通知的问题")).click()
        desk.check("[data-pick-all]")
        desk.get_by_role("button", name="发整改通知单").click()
        desk.get_by_text("文字差错一处。").wait_for()
        desk.get_by_role("button", name="发出通知单").click()
        desk.get_by_text("通知单已发出").wait_for()
        with desk.expect_download() as download:
            desk.get_by_role("link", name="下载通知单").click()
        assert download.value.suggested_filename.endswith("整改〔2026〕1号.docx")

        unit = _signed_in(browser, served, "hetao", complaints)
        unit.get_by_role("link", name=re.compile("待签收的整改通知")).click()
        unit.locator(".list tbody tr").first.focus()
        unit.keyboard.press("Enter")
        unit.get_by_role("button", name="签收").click()
        unit.get_by_text("已签收。").wait_for()
        unit.select_option("#id_answer-measure", "delete")
        unit.get_by_role("button", name="反馈整改情况").click()
        unit.get_by_text("请写明整改情况，至少 4 个字。").first.wait_for()
        assert unit.input_value("#id_answer-measure") == "delete"
        unit.fill("#id_answer-done", "已删除这条信息。")
        unit.set_input_files("#id_answer-file", picture)
        unit.get_by_role("button", name="反馈整改情况").click()
        unit.get_by_text("已反馈，等监管单位审核。").wait_for()
        unit.get_by_text("整改后.png").first.wait_for()

        desk.goto(f"{served}/console/rectification/?state=answered")
        desk.locator(".list tbody tr a").first.click()
        desk.get_by_role("button", name="审核通过").click()
        desk.get_by_text("已通过审核，请复查。").wait_for()
        desk.fill("#id_close-link", "https://mp.weixin.qq.com/s/gone")
        desk.get_by_role("button", name="复查合格，销号").click()
        desk.get_by_text("已销号。").wait_for()
        assert desk.locator(".timeline li").count() == 6
        for width in (1366, 390):
            desk.set_viewport_size({"width": width, "height": 800})
            unit.set_viewport_size({"width": width, "height": 800})
            for page, path in (
                (desk, "rectification/"), (desk, "rectification/1/"), (desk, "rectification/2/"),
                (desk, "rectification/lessons/"), (desk, "rectification/notices/1/"),
                (desk, "rectification/report/1/"), (unit, "to-rectify/"),
                (unit, "rectification/2/"),
            ):  # fmt: skip
                page.goto(f"{served}/console/{path}")
                assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        browser.close()
    assert [each for each in complaints if "422" not in each] == []
