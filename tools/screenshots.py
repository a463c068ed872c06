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
