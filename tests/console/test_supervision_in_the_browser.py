"""黄薇 in a real browser: from the warning to the page, to a record with a screenshot, to her decision."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.browsing import CHROMIUM, MARKS, console_of
from tests.support.city import PASSWORD

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = MARKS

CAST = """
from datetime import timedelta
from django.utils import timezone
from tests.support.city import PASSWORD, SETUP, build_city
from minxin.agencies.actions import add_staff
from minxin.agencies.rules import Role
from minxin.supervision import actions
from minxin.supervision.rules.sources import Kind, Source
now = timezone.now()
city = build_city(now)
add_staff(username="huangwei", name="黄薇", agency=city.root, role=Role.SUPERVISOR, password=PASSWORD,
          must_change_password=False, actor=SETUP, now=now)
at = now - timedelta(days=15)
item = actions.Item(city.account.pk, Source.MASS_EVENT, Kind.PUSHED, at, "m1", "停水通知")
actions.keep_traces([item], now=now)
actions.keep_look(city.account, Source.ARTICLE_FIGURES, since=now - timedelta(days=30), until=now, now=now)
actions.evaluate([city.account], now=now)
"""


@pytest.fixture
def served() -> Iterator[str]:
    """The address of the real application, the front end as it was built."""
    with console_of(CAST) as (base, _):
        yield base


def test_from_the_warning_to_the_decision(served: str, tmp_path: Path) -> None:
    picture = tmp_path / "页面.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    complaints: list[str] = []
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(locale="zh-CN", viewport={"width": 1366, "height": 768})
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{served}/console/")
        page.fill("#id_login", "huangwei")
        page.fill("#id_password", PASSWORD)
        page.click("button[type=submit]")
        page.get_by_role("link", name=re.compile("超期待确认的账号")).click()
        page.get_by_role("link", name="云溪公安").click()
        page.get_by_text("须由人确认并附证据").wait_for()

        page.get_by_role("link", name="记录所见").click()
        page.fill("#id_link", "https://mp.weixin.qq.com/s/abc")
        page.set_input_files("#id_file", picture)
        page.click("button[type=submit].primary")
        page.get_by_text("请填写最近一条更新的日期").first.wait_for()
        assert page.input_value("#id_link") == "https://mp.weixin.qq.com/s/abc"
        page.evaluate(
            "document.querySelector('#id_newest_on').valueAsDate = new Date(Date.now() - 16 * 864e5)"
        )
        page.set_input_files("#id_file", picture)
        page.click("button[type=submit].primary")
        page.get_by_text("已记录，并重新评定").wait_for()
        page.get_by_text("页面.png").wait_for()

        page.get_by_role("link", name=re.compile("14天内须有更新")).click()
        page.select_option("#id_confirm-evidence", index=1)
        page.get_by_role("button", name="确认属实").click()
        page.get_by_text("已确认，您的姓名和证据已记录").wait_for()
        assert "黄薇" in page.locator(".detail-left").inner_text()
        for path in ("", "candidates/"):
            page.goto(f"{served}/console/supervision/{path}")
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= 1366, path
        page.set_viewport_size({"width": 390, "height": 800})
        for path in ("", "candidates/", "accounts/1/"):
            page.goto(f"{served}/console/supervision/{path}")
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= 390, path
        browser.close()
    assert [each for each in complaints if "422" not in each] == []
