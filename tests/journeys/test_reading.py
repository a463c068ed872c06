"""Every page of the portal can be read: size, spacing, contrast, targets, as a browser draws them.

The numbers: 工业和信息化部《移动互联网应用（APP）适老化通用设计规范》 2021 (18 to 30 px, line height 1.3,
contrast 4.5:1, targets 60 px in the mode for the elderly); WCAG 2.1 AA for the contrast of the rest.
"""

from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.conftest import RunningCity
from tests.journeys.test_browser import browser, watched  # noqa: F401  (a fixture)

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.xdist_group("journeys")]

MEASURE = r"""() => {
  const light = c => {
    const part = v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    return 0.2126 * part(c[0]) + 0.7152 * part(c[1]) + 0.0722 * part(c[2]);
  };
  const colour = text => {
    const parts = (text.match(/[\d.]+/g) ?? [0, 0, 0, 0]).map(Number);
    return [parts[0], parts[1], parts[2], parts[3] ?? 1];
  };
  const over = (a, b) => [0, 1, 2].map(i => a[i] * a[3] + b[i] * (1 - a[3]));
  const shown = e => e.offsetParent && !e.closest(".visually-hidden");
  const texts = [...document.querySelectorAll("body *")]
    .filter(e => shown(e) && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
    .map(e => {
      let ground = [255, 255, 255];
      const above = [];
      for (let one = e; one; one = one.parentElement) above.unshift(one);
      for (const one of above) ground = over(colour(getComputedStyle(one).backgroundColor), ground);
      const style = getComputedStyle(e);
      const [a, b] = [light(over(colour(style.color), ground)), light(ground)];
      const size = parseFloat(style.fontSize);
      return {
        words: e.textContent.trim().slice(0, 20),
        size,
        height: (parseFloat(style.lineHeight) || 1.2 * size) / size,
        contrast: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05),
      };
    });
  const targets = [...document.querySelectorAll(
      "a, button, select, textarea, summary, label.level, label.consent, input:not([type=hidden])")]
    .filter(e => shown(e) && !(e.tagName === "INPUT" && e.closest("label")))
    .map(e => ({words: (e.textContent || e.name).trim().slice(0, 20),
                height: e.getBoundingClientRect().height}));
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  return {texts, targets, wide};
}"""
# name of the mode: presses of the buttons at the foot, smallest letter, smallest target.
MODES = {
    "normal": ((), 14.0, 44.0),
    "large": (("大字模式",), 18.0, 60.0),
    "largest": (("大字模式", "再大一些"), 24.0, 60.0),
}


def _wrong(found: dict[str, Any], letter: float, target: float) -> list[Any]:
    """What cannot be read or pressed; sizes to half a pixel."""
    return [
        one
        for one in found["texts"]
        if one["size"] < letter or one["contrast"] < 4.5 or one["height"] < 1.3
    ] + [one for one in found["targets"] if one["height"] < target - 0.5]


def _pages(running: RunningCity, nickname: str) -> tuple[str, list[str]]:
    """A new citizen with a ticket: where her browser is at home, and every page she can open."""
    citizen = running.follow(nickname)
    number = citizen.file("路灯不亮已经三天", "梧桐路12号")
    everybody = httpx.get(f"{running.simulator}/sim/citizens", params={"search": nickname}).json()
    port = running.web.rpartition(":")[2]
    home = f"http://{everybody[0]['host']}:{port}/m/{running.app_id}/"
    pages = [
        "", "tickets/", "tickets/?q=路灯&state=waiting", "tickets/?q=没有这样的", "tickets/new",
        f"tickets/{number}/", "privacy", "answers/1/", "answers/999999/", "tickets/XX-0000-0000/",
        "ask/", "library/", "library/?q=登记", "library/?q=登记&kind=documents", "library/?q=飞船", "answered/",
    ]  # fmt: skip
    return home, pages


def _press(page: Page, home: str, buttons: tuple[str, ...]) -> None:
    for name in buttons:
        page.goto(home)
        page.get_by_role("button", name=name).click()
        page.wait_for_load_state()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("width", [320, 390])
def test_every_page_can_be_read_and_pressed(
    running: RunningCity,
    browser: Browser,  # noqa: F811
    mode: str,
    width: int,
) -> None:
    buttons, letter, target = MODES[mode]
    home, pages = _pages(running, f"读者{mode}{width}")
    faults: list[str] = []
    context = browser.new_context(viewport={"width": width, "height": 700}, locale="zh-CN")
    page = watched(context.new_page(), faults)
    _press(page, home, buttons)
    for path in pages:
        page.goto(home + path)
        found = page.evaluate(MEASURE)
        assert found["texts"], path
        assert found["wide"] <= 0, f"{path} is wider than the phone"
        assert _wrong(found, letter, target) == [], path
        if mode != "normal":
            body = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
            assert 18 <= body <= 30
    context.close()
    # A page that is not there says so in the console of the browser too, and nothing else does.
    assert [fault for fault in faults if "404" not in fault] == []


@pytest.mark.parametrize("mode", MODES)
def test_a_refused_form_can_be_read_and_keeps_what_was_typed(
    running: RunningCity,
    browser: Browser,  # noqa: F811
    mode: str,
) -> None:
    buttons, letter, target = MODES[mode]
    home, _ = _pages(running, f"填表{mode}")
    context = browser.new_context(viewport={"width": 320, "height": 700}, locale="zh-CN")
    page = context.new_page()
    _press(page, home, buttons)
    page.goto(home + "tickets/new")
    page.fill("[name=place]", "梧桐路12号")
    page.locator("form[data-keep]").evaluate("form => form.noValidate = true")
    page.get_by_role("button", name="提交", exact=True).click()
    page.wait_for_selector(".problem")
    assert page.input_value("[name=place]") == "梧桐路12号"
    found = page.evaluate(MEASURE)
    assert found["wide"] <= 0
    assert _wrong(found, letter, target) == []
    context.close()
