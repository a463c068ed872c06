"""A citizen's phone in a real browser: the chat in WeChat, and the pages that open in it."""

import re
import time
from urllib.parse import urlsplit

import httpx
from playwright.sync_api import Browser, Page, expect

from tests.core.test_pictures import located
from tests.journeys.conftest import Citizen, RunningCity
from tests.journeys.office import looked

_OWN = re.compile(r"/tickets/[0-9A-Z]{2}-[0-9A-Z]{4}-[0-9A-Z]{4}/(#.*)?$")
SOON = 15_000  # milliseconds in which what a worker does is there

INDEXED = """
from minxin.tickets.models import Ticket
from minxin.tickets.queries.neighbours import index
ticket = Ticket.objects.get(number=NUMBER)
print(ticket.pk in index().candidates(ticket.text))
"""


def wait_until_indexed(city: RunningCity, number: str) -> None:
    """A worker keeps the index of words by which neighbours are found."""
    until = time.monotonic() + 90
    while city.run(f"NUMBER = {number!r}\n{INDEXED}") != "True":
        assert time.monotonic() < until, "the index was not kept"


class Phone:
    """Hers alone: in-phone pages open on a host of her own. What the browser complains of is kept."""

    def __init__(self, browser: Browser, city: RunningCity, nickname: str) -> None:
        self.citizen: Citizen = city.follow(nickname)
        people = httpx.get(f"{city.simulator}/sim/citizens", params={"search": nickname}).json()
        self.number = max(one["id"] for one in people if one["nickname"] == nickname)
        port = city.web.rsplit(":", 1)[1]
        self.base = f"http://c{self.number}.localhost:{port}/m/{city.app_id}"
        self.complaints: list[str] = []
        context = browser.new_context(locale="zh-CN", viewport={"width": 390, "height": 844})
        self.page, self.chat = (self._watched(context.new_page()) for _ in range(2))
        self.chat.set_viewport_size({"width": 480, "height": 844})
        self.chat.goto(f"{city.simulator}/phone?citizens={self.number}&app_id={city.app_id}")

        self.says("您好")  # WeChat lets us write to whoever spoke in the last 48 hours, five times

    def says(self, text: str) -> None:
        """In the chat."""
        self.citizen.say(text)

    def _watched(self, page: Page) -> Page:
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)
        return page

    def open(self, path: str = "") -> None:
        self.page.goto(f"{self.base}/{path}")

    def fill(self, text: str, place: str, *, pictures: int = 0, phone: str = "") -> None:
        """The form as far as its last button."""
        self.open("tickets/new")
        for number in range(1, pictures + 1):
            file = {"name": f"{number}.jpg", "mimeType": "image/jpeg", "buffer": located(number)}
            self.page.set_input_files("#id_picture", [file])  # type: ignore[list-item]
            expect(self.page.locator(".picture img")).to_have_count(number, timeout=SOON)
        self.page.fill("#id_text", text)
        self.page.fill("#id_place", place)
        if phone:
            self.page.get_by_text("留下电话，方便联系（选填）").click()
            self.page.fill("#id_phone", phone)
            self.page.check("#id_consent")

    def send(self, name: str = "提交") -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def filed(self) -> str:
        """The number of the ticket whose page she is sent to."""
        self.page.wait_for_url(_OWN, timeout=SOON)
        return urlsplit(self.page.url).path.rstrip("/").rsplit("/", 1)[-1]

    def sees(self, words: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_text(words).first).to_be_visible(timeout=SOON)

    def hears(self, words: str) -> None:
        """In WeChat: it arrived, and it stands on her screen."""
        self.citizen.wait_for(words, 40)
        expect(self.chat.get_by_text(words).first).to_be_attached(timeout=SOON)

    def look(self, name: str) -> None:
        """Pictures for a person, when MINXIN_LOOK names a folder."""
        looked(self.page, f"{name}-page")
        looked(self.chat, f"{name}-chat")

    def faults(self) -> list[str]:
        """What went wrong in the browser, but for answers that are meant."""
        return [each for each in self.complaints if "422" not in each]
