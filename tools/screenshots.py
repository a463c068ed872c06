"""Takes the pictures of the documents from a running city: `make run`, then `make screenshots`.

Needs Debian's chromium and fonts-noto-cjk. The ports and the home are those of the settings.
"""

import os
import shutil
import sys
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
WEB = f"http://127.0.0.1:{os.environ.get('MINXIN_PORT', '8000')}"
SIMULATOR = f"http://127.0.0.1:{os.environ.get('MINXIN_SIMULATOR_PORT', '8100')}"
HOME = Path(os.environ.get("MINXIN_HOME") or ROOT / "var")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def main() -> None:
    browser_path = shutil.which("chromium")
    if browser_path is None:
        sys.exit("Debian's chromium is not installed.")
    try:
        account = httpx.get(f"{SIMULATOR}/sim/accounts").json()[0]["app_id"]
    except httpx.HTTPError:
        sys.exit("The city does not run: make run first.")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=ARGUMENTS)
        phone(browser, account)
        console(browser)
        portal(browser, account)
        tickets(browser, account)
        browser.close()


def page_of(browser: Browser, width: int, height: int) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": height}, device_scale_factor=1, locale="zh-CN"
    )
    return context.new_page()


def save(page: Page, name: str) -> None:
    page.wait_for_timeout(600)
    page.screenshot(path=IMAGES / f"{name}.png")
    print(f"docs/images/{name}.png")


def phone(browser: Browser, account: str) -> None:
    """A citizen asks, the answer names its source; another one gets a ticket."""
    asked = follow(account, "小林")
    say(account, asked, "身份证丢了怎么补")
    filed = follow(account, "小何")
    for words in ("我家门口的路灯三天没亮了", "提交", "青禾路12号院", "确认"):
        say(account, filed, words)
    everybody = {
        one["nickname"]: one["id"] for one in httpx.get(f"{SIMULATOR}/sim/citizens").json()
    }
    numbers = f"{everybody['小林']},{everybody['小何']}"
    page = page_of(browser, 1366, 800)
    page.goto(f"{SIMULATOR}/phone?citizens={numbers}&app_id={account}")
    save(page, "phone")


def follow(account: str, nickname: str) -> str:
    body = {"app_id": account, "nickname": nickname}
    return str(httpx.post(f"{SIMULATOR}/sim/followers", json=body, timeout=20).json()["openid"])


def say(account: str, openid: str, text: str) -> None:
    body = {"app_id": account, "openid": openid, "text": text}
    httpx.post(f"{SIMULATOR}/sim/say", json=body, timeout=20).raise_for_status()


def console(browser: Browser) -> None:
    """What an agent of the hotline sees."""
    password = os.environ.get("MINXIN_DEMO_PASSWORD")
    password = password or (HOME / "secrets" / "demo-password").read_text().strip()
    page = signed_in(browser, "wangfang", password)
    save(page, "console-home")
    page.goto(f"{WEB}/console/inbox/")
    page.click(".person >> nth=0")
    save(page, "console-inbox")
    page.goto(f"{WEB}/console/tickets/?state=open")
    save(page, "console-tickets")
    page.click("tbody tr >> nth=0")
    page.wait_for_load_state()
    save(page, "console-ticket")
    operator(browser, password)
    supervisor(browser, password)


def signed_in(browser: Browser, login: str, password: str, height: int = 768) -> Page:
    page = page_of(browser, 1366, height)
    page.goto(f"{WEB}/console/")
    page.fill("[name=login]", login)
    page.fill("[name=password]", password)
    page.click("main button.primary")
    page.wait_for_url("**/console/")
    return page


def supervisor(browser: Browser, password: str) -> None:
    """Which accounts are about to miss their update."""
    page = signed_in(browser, "huangwei", password)
    page.goto(f"{WEB}/console/supervision/")
    save(page, "console-supervision")
    page.goto(f"{WEB}/console/rectification/")
    save(page, "console-rectification")
    page.set_viewport_size({"width": 1366, "height": 960})
    page.goto(f"{WEB}/console/supervision/overview/")
    page.wait_for_selector("[data-map] canvas")
    save(page, "console-overview")


def operator(browser: Browser, password: str) -> None:
    """What an account may do and has spent; a message that WeChat refused."""
    page = signed_in(browser, "wulei", password, height=900)
    page.goto(f"{WEB}/console/accounts/?connected=yes")
    page.click("tbody tr >> nth=0")
    page.wait_for_load_state()
    save(page, "console-account")
    page.goto(f"{WEB}/console/outgoing/")
    save(page, "console-outgoing")


def tickets(browser: Browser, account: str) -> None:
    """The life of a ticket: a form with neighbours, her progress, dispatch by keys, the ticket with its ledger,
    a reply in review, the figures, the list of who handles what."""
    password = os.environ.get("MINXIN_DEMO_PASSWORD")
    password = password or (HOME / "secrets" / "demo-password").read_text().strip()
    port = WEB.rsplit(":", 1)[1]
    follow(account, "小禾")
    everybody = httpx.get(f"{SIMULATOR}/sim/citizens", params={"search": "小禾"}).json()
    number = max(one["id"] for one in everybody)
    page = page_of(browser, 375, 720)
    page.goto(f"http://c{number}.localhost:{port}/m/{account}/tickets/new")
    page.fill("#id_text", "云顶大道文化路口信号灯绿灯太短，行人走到一半就变红")
    page.fill("#id_place", "云顶大道与文化路口")
    page.get_by_role("button", name="提交", exact=True).click()
    page.get_by_text("已经有人反映").wait_for()
    save(page, "portal-neighbours")
    page.fill("#id_text", "请问云顶湖公园的自来水饮水点什么时候恢复供水")
    page.fill("#id_place", "云顶湖公园")
    page.locator("main button[type=submit]").last.click()
    page.get_by_text("到哪一步了").wait_for()
    save(page, "portal-progress")
    page = signed_in(browser, "wangfang", password)
    page.goto(f"{WEB}/console/dispatching/")
    save(page, "console-dispatching")
    page = signed_in(browser, "zhaoming", password)
    page.goto(f"{WEB}/console/replies/review/")
    page.click("tbody tr >> nth=0")
    page.wait_for_load_state()
    save(page, "console-review")
    page = signed_in(browser, "sujing", password, height=900)
    page.goto(f"{WEB}/console/tickets/?q=雨水井盖不见了")
    page.click("tbody tr >> nth=0")
    page.wait_for_load_state()
    save(page, "console-supervised")
    page.get_by_role("heading", name="时限台账").scroll_into_view_if_needed()
    save(page, "console-ledger")
    page.goto(f"{WEB}/console/tickets/figures/")
    page.wait_for_timeout(1500)
    save(page, "console-ticket-figures")


def portal(browser: Browser, account: str) -> None:
    """An answer with its source, in normal and in large letters."""
    page = page_of(browser, 375, 720)
    page.goto(f"{WEB}/m/{account}/")
    save(page, "portal-home")
    page.click(".weui-cells >> nth=1 >> a >> nth=0")
    page.wait_for_load_state()
    save(page, "portal-answer")


if __name__ == "__main__":
    main()
