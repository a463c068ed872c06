"""She is told at once which channel is the right one, files all the same, and objects once."""

from django.utils import timezone

from minxin.agencies.models import Staff
from minxin.tickets import actions
from minxin.tickets.models import Redirect, Ticket
from tests.portal.conftest import Browser
from tests.portal.test_tickets import text_of, token_of

TEXT = "对城管的处罚不服，我想申请行政复议。"


def typed(phone: Browser, **more: str) -> dict[str, str]:
    return {"text": TEXT, "token": token_of(text_of(phone.read("tickets/new"))), **more}


def test_told_before_she_files_and_filed_all_the_same(xiaolin: Browser) -> None:
    page = text_of(xiaolin.send("tickets/new", **typed(xiaolin)))
    assert "可能有更合适的渠道" in page
    assert Redirect.objects.get(code="reconsideration").told in page
    assert TEXT in page
    assert not Ticket.objects.exists()
    xiaolin.send("tickets/new", **typed(xiaolin, anyway="1"))
    assert Ticket.objects.get().text == TEXT


def test_she_reads_why_and_objects_once(xiaolin: Browser) -> None:
    xiaolin.send("tickets/new", **typed(xiaolin, anyway="1"))
    ticket = Ticket.objects.get()
    actions.not_accept(
        ticket, Redirect.objects.get(code="reconsideration"), reason="属于行政复议范围", link="http://x",
        actor=Staff.objects.get(username="wangfang"), now=timezone.now(),
    )  # fmt: skip
    page = text_of(xiaolin.read(f"tickets/{ticket.number}/"))
    assert "为什么没有受理" in page
    assert f"tickets/{ticket.number}/object" in page
    empty = xiaolin.send(f"tickets/{ticket.number}/object", words="")
    assert empty.status_code == 422
    xiaolin.send(f"tickets/{ticket.number}/object", words="我只是问怎么申请")
    ticket.refresh_from_db()
    assert ticket.status == "submitted"
    assert "不能提出异议" in text_of(xiaolin.read(f"tickets/{ticket.number}/object"))
