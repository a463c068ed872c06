"""She is shown 12388 first, files all the same, gets a number and reads her progress."""

from django.utils import timezone

from minxin.tickets import actions
from minxin.tickets.models import Ticket, WrongdoingReport
from tests.portal.conftest import Browser
from tests.portal.test_tickets import text_of, token_of

TEXT = "某局长在修路工程里收红包，请查一查。"


def typed(phone: Browser, **more: str) -> dict[str, str]:
    return {"text": TEXT, "token": token_of(text_of(phone.read("tickets/new"))), **more}


def test_shown_the_right_channel_first_then_kept_apart(xiaolin: Browser) -> None:
    page = text_of(xiaolin.send("tickets/new", **typed(xiaolin)))
    assert "12388" in page
    assert "只有专人能看到" in page
    assert not WrongdoingReport.objects.exists()
    xiaolin.send("tickets/new", **typed(xiaolin, anyway="1"))
    assert not Ticket.objects.exists()
    made = WrongdoingReport.objects.get()
    assert made.text == TEXT
    own = text_of(xiaolin.read(f"wrongdoing/{made.number}/"))
    assert made.number in own
    assert TEXT not in own
    assert made.number in text_of(xiaolin.read("tickets/"))


def test_a_moved_ticket_is_found_under_its_number(xiaolin: Browser) -> None:
    xiaolin.send("tickets/new", **{**typed(xiaolin), "text": "路口的路灯坏了三天没有人修"})
    ticket = Ticket.objects.get()
    from minxin.agencies.models import Staff

    wang = Staff.objects.get(username="wangfang")
    actions.set_apart(ticket, reason="专人办理", actor=wang, now=timezone.now())
    answer = xiaolin.read(f"tickets/{ticket.number}/")
    assert answer.url.endswith(f"/wrongdoing/{ticket.number}/")
