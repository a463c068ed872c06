"""What a phone may send by mistake or on purpose, in a real browser: a plain sentence, nothing typed is lost,
nothing is told of what is not hers."""

import pytest
from playwright.sync_api import expect

from minxin.core.ids import ticket_number
from minxin.tickets.guessing import MOST_WRONG
from tests.journeys.conftest import RunningCity
from tests.journeys.office import chromium
from tests.journeys.phones import SOON, Phone
from tests.support.browsing import MARKS

pytestmark = [*MARKS, pytest.mark.xdist_group("journeys")]

LONG = "路灯坏了" * 5000
TWICE = "东桥巷口的路灯忽明忽暗，晚上走路看不清"
# What an address answers, without the number that was asked for: status and words.
SAID = """async path => { const answer = await fetch(path);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return answer.status + page.querySelector("main").innerText; }"""


def test_bad_input_on_the_phone(running: RunningCity) -> None:
    with chromium() as browser:
        phone = Phone(browser, running, "手快的小齐")
        page = phone.page
        phone.fill(LONG, "东桥路")
        phone.send()
        phone.sees("现在有 20000 字")
        assert page.input_value("#id_text") == LONG
        assert page.input_value("#id_place") == "东桥路"
        page.fill("#id_text", "🙏🙏🙏🙏🙏")
        phone.send()
        phone.sees("请用文字写明是什么事")
        assert page.input_value("#id_place") == "东桥路"
        lie = {"name": "灯.jpg", "mimeType": "image/jpeg", "buffer": b"%PDF-1.7 not a picture"}
        page.set_input_files("#id_picture", [lie])  # type: ignore[list-item]
        problem = page.locator("[data-pictures-problem]")
        expect(problem).not_to_be_empty(timeout=SOON)
        phone.look("85-lie")
        expect(page.locator(".picture")).to_have_count(0)
        page.fill("#id_text", TWICE)
        page.get_by_role("button", name="提交", exact=True).dblclick()
        number = phone.filed()
        other = Phone(browser, running, "乱试编号的人")
        other.open("tickets/")
        wrong = [other.page.evaluate(SAID, f"{ticket_number()}/") for _ in range(MOST_WRONG)]
        assert {each[:3] for each in wrong} == {"404"}
        hers, nobodys = (
            other.page.evaluate(SAID, f"{each}/").replace(each, "")
            for each in (number, ticket_number())
        )
        assert hers == nobodys
        assert hers.startswith("429")
        phone.open(f"tickets/{number}/")  # hers to read all the same
        phone.sees("东桥巷口的路灯忽明忽暗")
        for each in (phone, other):
            assert [one for one in each.faults() if "404" not in one and "429" not in one] == []
    filed = running.run(
        "from minxin.tickets.models import Ticket\n"
        f"print(Ticket.objects.filter(text={TWICE!r}).count())"
    )
    assert filed == "1"
