"""黄薇 looks at her area in a real browser: drawn under the strict policy, opened by mouse and keyboard."""

import re
from collections.abc import Iterator

import pytest

from tests.support.browsing import CHROMIUM, MARKS, console_of
from tests.support.city import PASSWORD

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = MARKS

CAST = """
from django.utils import timezone
from tests.support.city import PASSWORD, SETUP, build_city
from tests.console.test_overview import SHAPE
from minxin.agencies.actions import add_staff
from minxin.agencies.rules import Role
from minxin.supervision import actions
from minxin.supervision.queries import supervised
now = timezone.now()
city = build_city(now)
city.account.region_code = "990121"
city.account.save()
add_staff(username="huangwei", name="黄薇", agency=city.root, role=Role.SUPERVISOR, password=PASSWORD,
          must_change_password=False, actor=SETUP, now=now)
actions.evaluate(supervised(), now=now)
from minxin.supervision import counting
from minxin.supervision.rules.sources import Kind, Source
actions.keep_traces([actions.Item(city.account.pk, Source.MASS_EVENT, Kind.PUSHED, now, "m1")], now=now)
while not counting.count(now=now):
    pass
actions.keep_area("a.geojson", SHAPE.encode(), actor=SETUP, now=now)
"""


@pytest.fixture
def served() -> Iterator[str]:
    """The address of the real application, the front end as it was built."""
    with console_of(CAST, built="charts/built/charts.js") as (base, _):
        yield base


def test_the_area_is_drawn_and_opens_its_lists(served: str) -> None:
    complaints: list[str] = []
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(locale="zh-CN", viewport={"width": 1366, "height": 768})
        page.on(
            "console",
            lambda m: complaints.append(m.text) if m.type in {"error", "warning"} else None,
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{served}/console/")
        page.fill("[name=login]", "huangwei")
        page.fill("[name=password]", PASSWORD)
        page.click("button[type=submit]")
        page.goto(f"{served}/console/supervision/overview/")
        page.wait_for_selector("[data-map] canvas")
        assert page.locator("[data-matrix] canvas").count()
        assert page.locator("[data-year] canvas").count()
        year = page.locator("[data-year]").get_attribute("aria-label") or ""
        assert "推送 1 条" in year
        described = page.locator("[data-map]").get_attribute("aria-label") or ""
        assert "远山县" in described
        # By mouse: the one place with accounts fills the map, so its middle opens the list.
        box = page.locator("[data-map]").bounding_box()
        assert box is not None
        for x, y in ((0.66, 0.66), (0.6, 0.7), (0.7, 0.6), (0.5, 0.75)):
            page.mouse.click(box["x"] + box["width"] * x, box["y"] + box["height"] * y)
            page.wait_for_timeout(200)
            if "place=990121" in page.url:
                break
        assert "place=990121" in page.url
        page.go_back()
        # By keyboard: the table says the same.
        page.locator("table a").first.focus()
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(r"/console/supervision/\?place=990121"))
        # A phone gets the tables and the map, and nothing wider than itself.
        page.set_viewport_size({"width": 390, "height": 800})
        page.goto(f"{served}/console/supervision/overview/")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        browser.close()
    assert complaints == []
