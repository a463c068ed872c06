"""王芳 in a real browser: nothing is forbidden by the content security policy, a sent reply leaves
the box empty, a kept draft comes back."""

from collections.abc import Iterator

import pytest

from tests.support.browsing import CHROMIUM, MARKS, console_of
from tests.support.city import PASSWORD

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = MARKS

CAST = """
from django.utils import timezone
from tests.support.city import APP_ID, OPENID, build_city
from minxin import wechat
from minxin.conversations.actions import record_batch
from tests.support.inbox import follow_inbox
from minxin.gateway.deliveries import delivery_of
now = timezone.now()
city = build_city(now)
said = wechat.Text(account="gh_city", openid=OPENID, created_at=int(now.timestamp()),
                   message_id=7, content="东桥路口的路灯坏了三天", menu_id=None)
record_batch([delivery_of(said, APP_ID, city.account.pk)], [], now=now)
follow_inbox(now)
print(city.xiaolin.pk)
"""


@pytest.fixture
def served() -> Iterator[tuple[str, str]]:
    """(address, key of the conversation) of the real application, the front end as it was built."""
    with console_of(CAST) as served:
        yield served


def test_a_morning_in_the_inbox(served: tuple[str, str]) -> None:
    base, key = served
    complaints: list[str] = []
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu"],
        )
        page = browser.new_page(locale="zh-CN", viewport={"width": 1366, "height": 768})
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{base}/console/")
        page.fill("#id_login", "wangfang")
        page.fill("#id_password", PASSWORD)
        page.click("button[type=submit]")
        page.goto(f"{base}/console/inbox/{key}/")
        box = page.locator("#reply-text")
        box.fill("马上去看")
        page.reload()
        assert box.input_value() == "马上去看"
        page.click(".about-actions button.primary")
        page.get_by_role("button", name="交还自动答复").wait_for()
        assert box.input_value() == "马上去看"
        box.press("Control+Enter")
        page.locator(".bubble-staff", has_text="马上去看").wait_for()
        assert box.input_value() == ""
        page.reload()
        assert box.input_value() == ""
        for path in ("", "tickets/", "knowledge/", "outgoing/"):
            page.goto(f"{base}/console/{path}")
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= 1366, path
        browser.close()
    assert complaints == []
