"""王芳 works without a mouse, and what waits is counted while she looks, in a real browser."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.console.test_in_the_browser import CAST
from tests.console.test_live import FILE
from tests.support.city import PASSWORD
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


@pytest.fixture
def served() -> Iterator[tuple[str, OwnDatabase]]:
    """(address, database) of the real application, the front end as it was built."""
    if not Path(ROOT / "src/minxin/console/static/console/built/console.js").exists():
        pytest.skip("the front end is not built (make setup)")
    with own_database("sqlite") as database:
        database.run(CAST)
        database.run(
            "from django.core.management import call_command\n"
            "call_command('collectstatic', interactive=False, verbosity=0)"
        )
        with granian("minxin.site.application:app", **database.env) as (base, _):
            yield base, database


@pytest.fixture
def page(served: tuple[str, OwnDatabase]) -> Iterator[Any]:
    base, _ = served
    complaints: list[str] = []
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(
            base_url=base, locale="zh-CN", viewport={"width": 1366, "height": 768}
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda said: complaints.append(said.text) if "Content Security" in said.text else None,
        )
        yield page
        browser.close()
    assert complaints == []


def sign_in(page: Any, name: str) -> None:
    page.goto("/console/")
    page.fill("#id_login", name)
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")
    page.wait_for_url("**/console/")


def test_a_day_at_the_keyboard(page: Any, served: tuple[str, OwnDatabase]) -> None:
    _, database = served
    sign_in(page, "wangfang")
    count = page.locator("[data-count=tickets]")
    assert not count.is_visible()
    database.run(FILE)
    count.wait_for(timeout=10_000)  # no reload
    assert count.locator("[data-number]").inner_text() == "1"

    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "跳到正文"
    page.keyboard.press("?")
    page.locator("dialog[open]").wait_for()
    page.keyboard.press("Escape")
    page.locator("dialog[open]").wait_for(state="detached")

    page.goto("/console/tickets/")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert page.locator("[data-picked]").inner_text() == "1"
    assert page.locator("tr.is-picked").count() == 1
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/tickets/*-*-*/")

    page.locator("button[value=accept]").press("Enter")
    page.locator(".message-success").wait_for()
    page.locator("button[value=answer]").press("Enter")
    page.locator(".error-summary").wait_for()
    assert page.locator(":focus").get_attribute("name") == "answer-text"


def test_the_inbox_keeps_its_reply_box_in_sight(page: Any) -> None:
    sign_in(page, "wangfang")
    page.goto("/console/inbox/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.locator("#reply-text").wait_for()
    assert page.evaluate("document.documentElement.scrollHeight") <= 768
    page.keyboard.press("r")
    assert page.locator(":focus").get_attribute("id") == "reply-text"
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("#reply-text").is_visible()


def test_a_view_is_saved_under_a_name_found_again_and_removed(
    page: Any, served: tuple[str, OwnDatabase]
) -> None:
    _, database = served
    database.run(FILE)
    sign_in(page, "wangfang")
    page.goto("/console/tickets/?state=new&page=1")
    views = page.locator("details.views")
    views.locator("summary").press("Enter")
    assert views.locator("input").input_value() == "待受理"
    views.locator("input").fill("每天早上先看")
    views.locator("input").press("Enter")
    assert page.locator(":focus").inner_text() == "每天早上先看"

    page.goto("/console/tickets/")
    views.locator("summary").press("Enter")
    assert views.locator("form").count() == 0  # nothing is filtered: nothing to save
    views.get_by_role("link", name="每天早上先看").press("Enter")
    page.wait_for_url("**/console/tickets/?state=new")
    assert page.locator(".chip").count() == 1

    page.goto("/console/knowledge/")
    views.locator("summary").press("Enter")
    assert views.get_by_role("link").count() == 0  # views belong to their list
    page.goto("/console/tickets/")
    views.locator("summary").press("Enter")
    views.get_by_role("button", name="删除视图：每天早上先看").press("Enter")
    page.reload()
    assert views.get_by_role("link").count() == 0


def test_the_head_of_a_list_stays_in_sight(page: Any, served: tuple[str, OwnDatabase]) -> None:
    _, database = served
    database.run(FILE)
    sign_in(page, "wangfang")
    page.goto("/console/tickets/")
    page.set_viewport_size({"width": 1366, "height": 90})
    head = page.locator(".list th").last
    top = "(head) => head.getBoundingClientRect().top"
    page.evaluate("(by) => scrollTo(0, by)", head.evaluate(top) + 12)
    assert page.evaluate("scrollY") > 100
    assert head.evaluate(top) == 0


RUN_OUT = """
from django.contrib.sessions.models import Session
Session.objects.all().delete()
"""


def test_nothing_typed_is_lost_when_the_session_ran_out(
    page: Any, served: tuple[str, OwnDatabase]
) -> None:
    """The reply in the inbox and the answer of a ticket wait for her after signing in again."""
    _, database = served
    database.run(FILE)
    sign_in(page, "wangfang")
    page.goto("/console/tickets/")
    page.locator("tr[data-href] a").first.click()
    page.locator("button[value=accept]").click()
    page.locator(".message-success").wait_for()
    ticket = page.url

    page.fill("[name=answer-text]", "已更换灯泡，今晚恢复照明。")
    database.run(RUN_OUT)
    page.locator("button[value=answer]").click()
    page.fill("#id_login", "wangfang")
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")
    page.wait_for_url(ticket)
    assert page.input_value("[name=answer-text]") == "已更换灯泡，今晚恢复照明。"
    page.locator("button[value=answer]").click()
    page.locator(".message-success").wait_for()
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.includes(':draft:'))") == []

    page.goto("/console/inbox/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.locator("#reply-text").wait_for()
    conversation = page.url
    page.fill("#reply-text", "马上去看")
    database.run(RUN_OUT)
    page.press("#reply-text", "Control+Enter")
    page.fill("#id_login", "wangfang")
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")
    page.wait_for_url(conversation)
    page.goto(conversation)
    page.locator(".person").first.press("Enter")
    assert page.locator("#reply-text").input_value() == "马上去看"


def test_the_limits_of_a_menu_are_told_while_typing_and_the_phone_shows_it(page: Any) -> None:
    sign_in(page, "hetao")
    page.goto("/console/accounts/1/menu/")
    page.fill("#id_name_0", "办事大厅")
    first = page.locator("[data-button='0'] .menu-slot >> nth=0")
    assert "还能写 1 个汉字" in first.inner_text()
    page.fill("#id_name_0", "办事大厅服务")
    assert "超出约 1 个汉字" in first.inner_text()
    page.fill("#id_name_0", "办事")
    assert not page.locator("#id_text_0").is_visible()
    assert not page.locator("#id_name_0_0").is_visible()
    page.select_option("#id_does_0", "menu")
    page.locator("[data-button='0'] .menu-item >> nth=0").locator("summary").click()
    page.fill("#id_name_0_0", "怎么问")
    page.select_option("#id_does_0_0", "say")
    page.fill("#id_text_0_0", "直接打字就行。")
    assert page.locator(".menu-phone-list").inner_text() == "怎么问"
    page.locator(".menu-phone-button").click()
    assert page.locator(".menu-phone-list").count() == 0
    page.locator("button[value=save]").click()
    page.locator(".message-success").wait_for()
    assert page.input_value("#id_text_0_0") == "直接打字就行。"


def test_a_form_pressed_twice_is_sent_once(page: Any, served: tuple[str, OwnDatabase]) -> None:
    _, database = served
    database.run(FILE)
    sign_in(page, "wangfang")
    page.goto("/console/tickets/")
    page.locator("tr[data-href] a").first.click()
    page.locator("button[value=accept]").dblclick()
    page.locator(".message-success").wait_for()
    assert page.locator(".message-error").count() == 0
    posts: list[str] = []
    ticket = page.url
    page.on(
        "request",
        lambda asked: (
            posts.append(asked.url) if (asked.method, asked.url) == ("POST", ticket) else None
        ),
    )
    # The answer takes a while: a second press arrives before it.
    page.route(
        "**/console/tickets/*/", lambda route: (page.wait_for_timeout(400), route.continue_())
    )
    page.fill("[name=answer-text]", "已更换灯泡，今晚恢复照明。")
    page.evaluate(
        "() => { const b = document.querySelector('button[value=answer]');"
        " b.click(); b.click(); b.click(); }"
    )
    page.locator(".message-success").wait_for()
    assert len(posts) == 1
    count = "from minxin.conversations.models import Outgoing\nprint(Outgoing.objects.count())"
    assert database.run(count) == "1"


def test_who_signs_out_leaves_nothing_and_nobody_meets_anothers_words(
    page: Any, served: tuple[str, OwnDatabase]
) -> None:
    _, database = served
    database.run(FILE)
    left = "Object.keys(localStorage).filter((key) => key.startsWith('desk:'))"
    sign_in(page, "wangfang")
    page.goto("/console/tickets/?state=new")
    page.locator("details.views summary").press("Enter")
    page.locator("details.views input").press("Enter")
    page.locator("tr[data-href] a").first.click()
    page.locator("button[value=accept]").click()
    page.locator(".message-success").wait_for()
    ticket = page.url
    page.fill("[name=answer-text]", "已更换灯泡，今晚恢复照明。")
    assert len(page.evaluate(left)) == 2

    # Her session runs out, and somebody else sits down: her words are not shown.
    database.run(RUN_OUT)
    page.goto(ticket)
    page.wait_for_url("**/sign-in/**")
    assert len(page.evaluate(left)) == 2
    sign_in(page, "hetao")
    assert page.evaluate("document.body.dataset.person") != ""
    page.locator("details.me summary").click()
    page.locator("form[data-sign-out] button").click()
    page.wait_for_url("**/sign-in/**")
    assert len(page.evaluate(left)) == 2  # hers are still hers

    sign_in(page, "wangfang")
    page.goto(ticket)
    assert page.input_value("[name=answer-text]") == "已更换灯泡，今晚恢复照明。"
    page.on("dialog", lambda asked: asked.accept())  # what is typed is not sent
    page.locator("details.me summary").click()
    page.locator("form[data-sign-out] button").click()
    page.wait_for_url("**/sign-in/**")
    assert page.evaluate(left) == []
