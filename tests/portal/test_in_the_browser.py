"""小林 files from her phone on a bad connection, in a real browser: nothing she typed is lost, nothing
is filed twice."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.core.test_pictures import located
from tests.support.city import APP_ID
from tests.support.databases import OwnDatabase, own_database
from tests.support.layers import ROOT
from tests.support.serving import granian

sync_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed"),
]
CAST = f"""
from datetime import datetime
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from tests.support.city import build_city
city = build_city(timezone.now())
session = SessionStore()
session["citizen"] = {{"{APP_ID}": city.xiaolin.key}}
session.create()
print(session.session_key)
"""
COUNT = "from minxin.tickets.models import Ticket, Attachment as A\n"
WORDS = "小区门口的路灯坏了三天，晚上看不见路"


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[str, OwnDatabase, str]]:
    """(address, database, 小林's session) of the real application, the front end as it was built."""
    if not Path(ROOT / "src/minxin/portal/static/portal/built/portal.js").exists():
        pytest.skip("the front end is not built (make setup)")
    with own_database("sqlite") as database:
        key = database.run(CAST)
        database.run(
            "from django.core.management import call_command\n"
            "call_command('collectstatic', interactive=False, verbosity=0)"
        )
        with granian("minxin.site.application:app", **database.env) as (base, _):
            yield base, database, key


@pytest.fixture
def phone(served: tuple[str, OwnDatabase, str]) -> Iterator[Any]:
    """Her phone's browser; whatever it complains of but a lost connection fails the test."""
    base, _, key = served
    complaints: list[str] = []
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        context = browser.new_context(
            base_url=f"{base}", locale="zh-CN", viewport={"width": 390, "height": 844}
        )
        context.add_cookies([{"name": "minxin_session", "value": key, "url": base}])
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda said: complaints.append(said.text) if "Content Security" in said.text else None,
        )
        yield page
        browser.close()
    assert complaints == []


def number_of(page: Any) -> str:
    return str(page.url.rstrip("/").rsplit("/", 1)[-1])


def test_what_she_typed_survives_a_lost_connection_and_is_filed_once(
    phone: Any, served: tuple[str, OwnDatabase, str]
) -> None:
    database = served[1]
    phone.goto(f"/m/{APP_ID}/tickets/new")
    phone.set_input_files(
        "#id_picture", {"name": "灯.jpg", "mimeType": "image/jpeg", "buffer": located()}
    )
    phone.wait_for_selector(".picture img")
    phone.fill("#id_text", WORDS)
    phone.fill("#id_place", "东桥路")
    phone.context.set_offline(True)
    phone.click("button.weui-btn_primary")
    phone.wait_for_selector("[data-notice]:not([hidden])")
    assert "连不上网络" in phone.inner_text("[data-notice]")
    phone.goto("about:blank")  # she gave up
    phone.context.set_offline(False)
    phone.goto(f"/m/{APP_ID}/tickets/new")
    assert phone.input_value("#id_text") == WORDS
    assert phone.input_value("#id_place") == "东桥路"
    phone.wait_for_selector(".picture img")
    assert phone.is_visible("[data-restored]")
    phone.context.set_offline(True)
    phone.click("button.weui-btn_primary")
    phone.wait_for_selector("[data-notice]:not([hidden])")

    def swallow(route: Any) -> None:
        """The form arrives, its answer is lost on the way back."""
        if route.request.method != "POST":
            return route.fallback()
        route.fetch(max_redirects=0)
        return route.abort()

    phone.route("**/tickets/new", swallow)
    with phone.expect_event("requestfailed", lambda lost: lost.method == "POST"):
        phone.context.set_offline(False)  # it is sent by itself
    phone.unroute("**/tickets/new")
    phone.context.clear_cookies(name="messages")  # it came with the answer
    phone.goto(f"/m/{APP_ID}/tickets/new")
    assert phone.input_value("#id_text") == WORDS
    phone.click("button.weui-btn_primary")
    phone.wait_for_selector(".done")
    number = number_of(phone)
    told = database.run(f"{COUNT}print(Ticket.objects.count(), A.objects.get().ticket.number)")
    assert told == f"1 {number}"
    phone.goto(f"/m/{APP_ID}/tickets/new")
    assert phone.input_value("#id_text") == ""


def test_a_picture_that_did_not_arrive_is_sent_again_with_one_tap(phone: Any) -> None:
    phone.goto(f"/m/{APP_ID}/tickets/new")
    phone.context.set_offline(True)
    phone.set_input_files(
        "#id_picture", {"name": "灯.jpg", "mimeType": "image/jpeg", "buffer": located(6)}
    )
    phone.wait_for_selector(".picture-again")
    phone.context.set_offline(False)
    phone.wait_for_selector(".picture img")  # by itself when the connection is back, or:
    phone.set_input_files(
        "#id_picture",
        {"name": "合同.jpg", "mimeType": "image/jpeg", "buffer": b"%PDF-1.7 not a picture"},
    )
    sync_api.expect(phone.locator("[data-pictures-problem]")).to_contain_text("不是图片")
    assert phone.locator(".picture").count() == 1
    phone.click(".picture-drop")
    assert phone.locator(".picture").count() == 0
    assert phone.input_value("#id_pictures") == ""
