"""What citizens send that nobody expected: told in a sentence, nothing typed lost, nothing confirmed."""

import re
import statistics
import time

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from minxin.core.ids import ticket_number
from minxin.tickets.guessing import MOST_WRONG
from minxin.tickets.models import Ticket
from minxin.tickets.rules import says_something
from tests.portal.conftest import Browser
from tests.portal.test_pictures import desk
from tests.portal.test_tickets import WORDS, everything, filed, text_of, token_of
from tests.support.city import APP_ID, City


@pytest.fixture(autouse=True)
def fresh_count(db: None) -> None:
    cache.clear()


@pytest.mark.parametrize("path", ["tickets/new", "tickets/{}/supplement"])
def test_no_browser_cuts_what_is_pasted(xiaolin: Browser, path: str) -> None:
    page = text_of(xiaolin.read(path.format(filed(xiaolin).number)))
    boxes = re.findall(r"<textarea[^>]*>", page)
    assert boxes
    assert not [box for box in boxes if 'name="text"' in box and "maxlength" in box]


def test_twenty_thousand_characters_are_told_apart_and_kept(xiaolin: Browser) -> None:
    token = token_of(text_of(xiaolin.read("tickets/new")))
    long = "路灯坏了" * 5000
    answer = xiaolin.send("tickets/new", text=long, place="东桥路", token=token)
    page = text_of(answer)
    assert answer.status_code == 422
    assert "20000 字" in page
    assert "2000 字以内" in page
    assert long in page
    assert "东桥路" in page
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(
    "text", ["🙏🙏🙏🙏🙏", "！！！！？？", "😡 😡 😡 😡", "........", "👍🏽👍🏽👍🏽"]
)
def test_signs_alone_say_nothing(xiaolin: Browser, text: str) -> None:
    token = token_of(text_of(xiaolin.read("tickets/new")))
    answer = xiaolin.send("tickets/new", text=text, token=token)
    assert answer.status_code == 422
    assert "用文字" in text_of(answer)
    assert text in text_of(answer)
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        "The street lamp has been broken for three days",
        "كوچا چىرىغى ئۈچ كۈندىن بېرى بۇزۇلغان",
        "སྲང་ལམ་གྱི་གློག་ཞིན་ཉིན་གསུམ་ཆག་སོང་",
        "Уличный фонарь не горит три дня 🙏",
        "路灯坏了😡😡<script>alert(1)</script>",
        "a\u202eb\u0000 路灯坏了三天".replace("\u0000", ""),
    ],
)
def test_other_languages_are_filed_and_shown_as_written(
    xiaolin: Browser, city: City, text: str
) -> None:
    ticket = filed(xiaolin, text=text)
    assert ticket.text == text
    for page in (
        text_of(xiaolin.read(f"tickets/{ticket.number}/")),
        desk(city.wang).get(f"/console/tickets/{ticket.number}/").content.decode(),
    ):
        assert "<script>alert(1)" not in page
        assert text.split("<")[0][:12] in page


@given(st.text(max_size=60))
def test_letters_of_any_script_say_something(text: str) -> None:
    assert says_something(text) == (sum(char.isalnum() for char in text) >= 2)


def said(answer: HttpResponse, number: str) -> str:
    """A page without the address it was asked for and its token."""
    page = text_of(answer).replace(number, "")
    return re.sub(r'(?<=name="csrfmiddlewaretoken" value=")\w+', "", page)


def test_guessing_numbers_is_limited_and_confirms_nothing(
    xiaolin: Browser, stranger: Browser
) -> None:
    theirs = filed(xiaolin)
    own = filed(stranger, text="另一件事：井盖松动")
    before = everything()
    answers = []
    for _ in range(MOST_WRONG):
        answers.append(stranger.read(f"tickets/{ticket_number()}/").status_code)
    assert set(answers) == {404}
    number = ticket_number()
    real, none = stranger.read(f"tickets/{theirs.number}/"), stranger.read(f"tickets/{number}/")
    assert real.status_code == none.status_code == 429
    assert said(real, theirs.number) == said(none, number)
    for path in ("rate", "reopen", "withdraw", "supplement"):
        assert stranger.send(f"tickets/{theirs.number}/{path}", text="x").status_code == 429
    assert stranger.read(f"tickets/{own.number}/").status_code == 200  # her own, all the same
    assert stranger.read("tickets/").status_code == 200
    assert xiaolin.read(f"tickets/{theirs.number}/").status_code == 200  # others are not counted
    assert everything() == before


def test_a_real_number_takes_no_longer_than_none(xiaolin: Browser, stranger: Browser) -> None:
    theirs = filed(xiaolin)
    stranger.read("tickets/")
    spans: dict[str, list[float]] = {"theirs": [], "none": []}
    for _ in range(8):
        for name, number in (("theirs", theirs.number), ("none", ticket_number())):
            cache.clear()
            began = time.perf_counter()
            stranger.get(f"/m/{APP_ID}/tickets/{number}/")
            spans[name].append(time.perf_counter() - began)
    one, other = (statistics.median(each) for each in spans.values())
    assert max(one, other) < 3 * min(one, other)  # the same queries; the machine is shared


def test_the_same_queries_are_asked_for_theirs_and_for_none(
    xiaolin: Browser, stranger: Browser
) -> None:
    theirs = filed(xiaolin)
    stranger.read("tickets/")
    stranger.read(f"tickets/{ticket_number()}/")  # what is remembered from now on
    counts = []
    for number in (theirs.number, ticket_number()):
        with CaptureQueriesContext(connection) as asked:
            stranger.get(f"/m/{APP_ID}/tickets/{number}/")
        counts.append([re.sub(r"'[^']*'|\d+", "?", each["sql"]) for each in asked.captured_queries])
    assert [each[:80] for each in counts[0]] == [each[:80] for each in counts[1]]
    assert len(counts[0]) > 3


def test_two_officers_answer_and_the_second_is_told(xiaolin: Browser, city: City) -> None:
    ticket = filed(xiaolin)
    one, other = desk(city.wang), desk(city.wang)
    where = f"/console/tickets/{ticket.number}/"
    one.post(where, {"act": "accept"})
    page = one.post(where, {"act": "answer", "answer-text": "已经修好，灯亮了，谢谢您的提醒。"})
    assert page.status_code == 302
    late = other.post(where, {"act": "answer", "answer-text": "我们会尽快派人去看，三天内修好。"})
    assert late.status_code == 422
    told = late.content.decode()
    assert "请刷新后再看" in told
    assert "三天内修好" in told  # what the second wrote stays
    ticket.refresh_from_db()
    assert "灯亮了" in ticket.answer


def test_the_same_form_twice_is_one_ticket_with_everything(xiaolin: Browser) -> None:
    token = token_of(text_of(xiaolin.read("tickets/new")))
    form = {
        "text": WORDS,
        "token": token,
        "latitude": "30.2",
        "longitude": "120.1",
        "is_anonymous": "on",
        "may_publish": "on",
    }
    first, second = xiaolin.send("tickets/new", **form), xiaolin.send("tickets/new", **form)
    assert first["Location"] == second["Location"]
    assert Ticket.objects.count() == 1
