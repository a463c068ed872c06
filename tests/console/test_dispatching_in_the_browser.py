"""王芳 gives a waiting ticket to the first proposal with one key, in a real browser."""

from typing import Any

from tests.console.test_at_the_keyboard import page, pytestmark, served, sign_in
from tests.support.databases import OwnDatabase

__all__ = ["page", "pytestmark", "served"]

# A ticket that the list gives to the station, not surely enough.
WAITING = """
from django.utils import timezone
from minxin.agencies.models import Agency, Staff
from minxin.accounts.models import Account
from minxin.core.actors import System
from minxin.tickets.actions import file
from minxin.tickets.actions.routing import route_waiting
from minxin.tickets.models import Matter, Responsibility, ResponsibilityList
now = timezone.now()
matter = Matter.objects.create(name="路灯", path="路灯", level=1)
version = ResponsibilityList.objects.create(
    status="adopted", drafted_at=now, adopted_at=now, effective_on=timezone.localdate(now)
)
Responsibility.objects.create(
    version=version, matter=matter, agency=Agency.objects.get(code="station")
)
file(text="东桥路口的路灯坏了三天", citizen=None, account=Account.objects.get(name="云溪公安"),
     source="portal", key="waiting", actor=System("test"), now=now)
route_waiting(now=now)
"""


def test_one_key_dispatches(page: Any, served: tuple[str, OwnDatabase]) -> None:
    _, database = served
    database.run(WAITING)
    sign_in(page, "wangfang")
    page.goto("/console/dispatching/")
    page.keyboard.press("j")
    page.keyboard.press("2")  # there is no second proposal
    assert page.url.endswith("/console/dispatching/")
    page.keyboard.press("1")
    page.get_by_text("已派给").wait_for()
    assert page.locator("tr[data-href]").count() == 0
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
