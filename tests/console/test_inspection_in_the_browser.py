"""黄薇 checks five accounts with the keyboard alone; 高洁 looks again; the unit defends; it is signed."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.browsing import CHROMIUM, MARKS, console_of
from tests.support.city import PASSWORD

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = MARKS
PROOF = "https://weibo.example/u/1"
# Keys a person presses for an account without fault: `1` for the line of which the machine knows nothing,
# `a` for the rest, `s`.
KEYS_WITHOUT_FAULT = 4

CAST = """
from datetime import timedelta
from django.utils import timezone
from tests.support.city import PASSWORD, SETUP, build_city
from tests.supervision.inspections import opened, build_team, plan
from minxin.supervision.actions import campaigns
from minxin.supervision.models import Inspection
from minxin.supervision.packs import library
now = timezone.now()
city = build_city(now)
team = build_team(city, now)
made = campaigns.open_campaign(plan(now), city.root, [team.lead], library=library(), actor=team.lead, now=now)
Inspection.objects.filter(pk__in=Inspection.objects.order_by("-pk").values("pk")[:2]).delete()
campaigns.add_inspector(made, team.second, actor=team.lead, now=now)
"""


@pytest.fixture
def served() -> Iterator[str]:
    """The address of the real application, the front end as it was built."""
    with console_of(CAST) as (base, _):
        yield base


class Desk:
    """A person at a browser; every key she presses is counted."""

    def __init__(self, browser: Any, base: str, login: str) -> None:
        self.base = base
        self.complaints: list[str] = []
        context = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
        self.page = context.new_page()
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console",
            lambda m: self.complaints.append(m.text) if m.type == "error" else None,
        )
        self.page.goto(f"{base}/console/")
        self.page.fill("#id_login", login)
        self.page.fill("#id_password", PASSWORD)
        self.page.click("button[type=submit]")
        self.page.wait_for_url("**/console/")
        self.keys = 0

    def go(self, path: str) -> None:
        self.page.goto(f"{self.base}/console/supervision/{path}")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def write(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.keys += len(text)

    def marks(self) -> dict[str, str]:
        return dict(
            self.page.eval_on_selector_all(
                "[data-check] input[type=radio]:checked", "all => all.map(e => [e.name, e.value])"
            )
        )

    def left(self) -> int:
        found = re.search(r"还有 (\d+) 个", self.page.locator(".crumbs").inner_text())
        assert found
        return int(found.group(1))


@pytest.fixture
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        made = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield made
        made.close()


def _hand_in(desk: Desk, name: str) -> None:
    desk.press("s")
    desk.page.get_by_text(f"“{name}”已提交").wait_for()


def test_five_accounts_with_the_keyboard_alone(served: str, browser: Any) -> None:
    lead = Desk(browser, served, "huangwei")
    lead.go("worklist/")
    lead.page.get_by_role("link", name="从第一个开始检查").focus()
    lead.press("Enter")
    lead.page.wait_for_selector("[data-check]")
    pressed: list[int] = []
    for number in range(5):
        page = lead.page
        assert lead.left() == 5 - number
        name = page.locator("h1").inner_text().split()[0]
        lead.keys = 0
        if number == 1:
            lead.press("2")
            lead.write("三周没有更新")
            lead.press("Enter")
            lead.write(PROOF)
            lead.press("Enter")
        else:
            lead.press("1")
        lead.press("a")
        # The register does not say whether it was filed: `a` leaves that to her.
        assert set(lead.marks()) == {
            each.get_attribute("name")
            for each in page.locator("[data-check] input[type=radio][value=passes]").all()
        } - {"mark-account.unfiled"}
        lead.press("1")
        _hand_in(lead, name)
        pressed.append(lead.keys)
    without_fault = [keys for number, keys in enumerate(pressed) if number != 1]
    assert without_fault == [KEYS_WITHOUT_FAULT] * 4
    lead.page.get_by_text("没有待您检查的账号").wait_for()
    assert lead.complaints == []

    # The second look, the release, the defence, the decision.
    second = Desk(browser, served, "gaojie")
    second.go("second-looks/")
    second.page.locator("tbody a").first.click()
    second.page.get_by_role("button", name="同意检查结论").click()
    second.page.get_by_text("已复核").wait_for()
    second.page.get_by_role("button", name="送达单位").click()
    second.page.get_by_text("已送达单位").wait_for()
    clerk = Desk(browser, served, "hetao")
    clerk.go("campaigns/")
    assert clerk.page.get_by_text("检查任务").count() == 0  # not hers to see
    clerk.complaints.clear()
    clerk.go("results/")
    clerk.page.locator("tbody a").first.click()
    clerk.page.get_by_role("button", name="提交申辩").click()
    clerk.page.get_by_text("请至少对一项写明申辩理由").wait_for()
    clerk.page.locator("textarea").first.fill("11月20日发过一条")
    clerk.page.get_by_role("button", name="提交申辩").click()
    clerk.page.get_by_text("申辩已提交").wait_for()
    second.page.reload()
    second.page.get_by_label("申辩不成立，维持").check()
    second.page.get_by_label("理由").first.fill("那一条是评论，不是更新")
    second.page.get_by_role("button", name="裁定").click()
    second.page.get_by_text("已裁定").wait_for()
    lead.go("campaigns/1/")
    lead.page.get_by_role("button", name="签发结果").click()
    lead.page.get_by_text("已签发，结果不再改动").wait_for()
    lead.page.get_by_text("80.00%").first.wait_for()
    assert [each for each in [*lead.complaints, *second.complaints] if "422" not in each] == []
    for width, height in ((1366, 768), (390, 800)):
        lead.page.set_viewport_size({"width": width, "height": height})
        for path in ("campaigns/", "campaigns/new/", "campaigns/1/", "campaigns/1/table/",
                     "inspections/2/", "worklist/", "second-looks/"):  # fmt: skip
            lead.go(path)
            assert lead.page.evaluate("document.documentElement.scrollWidth") <= width, path


def _not_sent(route: Any) -> None:
    """What is posted does not arrive."""
    if route.request.method == "POST":
        route.abort()
    else:
        route.continue_()


def test_what_is_typed_outlives_a_broken_line_and_a_second_window(
    served: str, browser: Any
) -> None:
    lead = Desk(browser, served, "huangwei")
    lead.go("worklist/")
    lead.page.get_by_role("link", name="从第一个开始检查").click()
    lead.page.wait_for_selector("[data-check]")
    address = lead.page.url
    lead.page.context.set_offline(True)
    lead.press("2")
    lead.write("断网时写下的话")
    lead.page.get_by_text("网络不通，已留在这台电脑上").wait_for()
    # Nothing may be sent again before the page is opened anew, however long that takes here.
    lead.page.context.route("**", _not_sent)
    lead.page.context.set_offline(False)
    lead.page.goto(address)
    lead.page.get_by_text("已恢复没有保存到服务器的内容").wait_for()
    lead.page.context.unroute("**", _not_sent)
    assert lead.page.input_value("[name='note-update.stale']") == "断网时写下的话"
    assert lead.marks()["mark-update.stale"] == "fails"
    lead.page.get_by_text("已保存").wait_for()

    other = lead.page.context.new_page()
    other.goto(address)
    assert other.input_value("[name='note-update.stale']") == "断网时写下的话"
    other.fill("[name='note-update.stale']", "另一个窗口写的")
    other.get_by_text("已保存").wait_for()
    lead.page.fill("[name='note-update.stale']", "这个窗口后写的")
    lead.page.get_by_text("刚刚在另一个窗口保存过").wait_for()
    lead.page.locator("h1").click()
    lead.page.keyboard.press("s")
    lead.page.locator(".error-summary").wait_for()
    assert lead.page.input_value("[name='note-update.stale']") == "这个窗口后写的"


def test_a_pasted_picture_is_kept_at_once(served: str, browser: Any) -> None:
    lead = Desk(browser, served, "huangwei")
    lead.go("worklist/")
    lead.page.get_by_role("link", name="从第一个开始检查").click()
    lead.page.wait_for_selector("[data-check]")
    lead.press("2")
    lead.page.evaluate(
        """() => {
          const bytes = new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10, ...new Array(64).fill(0)]);
          const data = new DataTransfer();
          data.items.add(new File([bytes], "页面.png", { type: "image/png" }));
          document.activeElement.dispatchEvent(
            new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }"""
    )
    lead.page.locator("[data-kept]", has_text="页面.png").wait_for()
    assert lead.page.input_value("[name='evidence-update.stale']").isdecimal()
    lead.page.get_by_text("已保存").wait_for()
    lead.page.reload()
    assert lead.page.input_value("[name='evidence-update.stale']").isdecimal()
    assert lead.complaints == []
