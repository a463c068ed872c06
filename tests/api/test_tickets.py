"""Tickets for machines: read, followed, filed once, answered; nobody named without the right."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from minxin.agencies.models import ApiWrite, AuditEntry
from minxin.citizens.models import Citizen
from minxin.conversations.models import Outgoing
from minxin.tickets import actions
from minxin.tickets.models import Ticket, TicketEvent
from tests.api.conftest import MakePartner
from tests.support.city import SETUP, City

TEXT = "东桥路口的路灯坏了三天，请打 13812345678 联系我。"


@pytest.fixture
def ticket(city: City, now: datetime) -> Ticket:
    Citizen.objects.filter(pk=city.xiaolin.pk).update(
        real_name=city.xiaolin.real_name, phone=city.xiaolin.phone
    )
    city.xiaolin.real_name, city.xiaolin.phone = "林小雨", "13812345678"
    city.xiaolin.save()
    return actions.file(
        text=TEXT, citizen=city.xiaolin, account=city.account, source="portal", key="k",
        actor=SETUP, now=now - timedelta(minutes=1),
    )  # fmt: skip


def test_what_is_read_names_nobody(partner: MakePartner, ticket: Ticket) -> None:
    made = partner()
    for answer in (made.get("/tickets"), made.get(f"/tickets/{ticket.number}")):
        assert answer.status_code == 200
        assert "13812345678" not in answer.content.decode()
        assert "林小雨" not in answer.content.decode()
    assert not AuditEntry.objects.filter(verb="citizen.revealed").exists()


def test_whom_it_is_from_is_told_with_the_right_and_audited(
    partner: MakePartner, ticket: Ticket
) -> None:
    without = partner(rights=("tickets.read",))
    answer = without.get(f"/tickets/{ticket.number}", contact="true")
    assert answer.status_code == 403
    made = partner()
    said = made.get(f"/tickets/{ticket.number}", contact="true").json()
    assert said["contact"] == {"name": "林小雨", "phone": "13812345678"}
    assert said["text"] == TEXT
    entry = AuditEntry.objects.get(verb="citizen.revealed")
    assert (entry.actor_kind, entry.actor_id) == ("key", str(made.key.pk))
    assert "林小雨" not in repr(entry.after)


def test_a_confidential_ticket_does_not_leave_the_house(
    partner: MakePartner, ticket: Ticket
) -> None:
    Ticket.objects.update(is_confidential=True)
    made = partner()
    assert made.get("/tickets").json()["tickets"] == []
    assert made.get("/changes").json()["changes"] == []
    assert made.get("/exchange/tickets", table="complaint").json()["rows"] == []
    assert made.get(f"/tickets/{ticket.number}").status_code == 404
    assert (
        made.post(f"/tickets/{ticket.number}/answer", {"text": "已经修好了。"}).status_code == 404
    )


def test_who_asked_not_to_be_named_is_not(partner: MakePartner, ticket: Ticket) -> None:
    Ticket.objects.update(is_anonymous=True)
    said = partner().get(f"/tickets/{ticket.number}", contact="true").json()
    assert said["contact"] == {"name": "", "phone": ""}
    assert said["text"] == TEXT
    assert AuditEntry.objects.get(verb="ticket.read_in_full").subject_id == str(ticket.pk)


def test_pages_lead_on_to_the_end(partner: MakePartner, city: City, now: datetime) -> None:
    numbers = [
        actions.file(
            text=f"第{n}处路灯坏了", citizen=None, account=city.account, source="console",
            key=f"k{n}", actor=SETUP, now=now,
        ).number
        for n in range(5)
    ]  # fmt: skip
    made, seen, after = partner(), [], 0
    while after is not None:
        page = made.get("/tickets", after=after, limit=2).json()
        seen += [each["number"] for each in page["tickets"]]
        after = page["next"]
    assert seen == numbers
    assert made.get("/tickets", limit=101).status_code == 422
    assert made.get("/tickets", after=2**70).status_code == 422
    assert made.get("/tickets", status="nonsense").json()["error"]["field"] == "status"
    assert made.get("/tickets", since="2026-01-01T00:00:00").json()["error"]["field"] == "since"
    assert len(made.get("/tickets", status="submitted,closed").json()["tickets"]) == 5


def test_what_happened_is_followed_in_order(
    partner: MakePartner, ticket: Ticket, city: City
) -> None:
    made = partner()
    first = made.get("/changes").json()
    assert [each["verb"] for each in first["changes"]] == ["filed"]
    at = ticket.filed_at + timedelta(seconds=5)
    actions.accept(ticket, actor=city.wang, now=at)
    actions.note(ticket, "内部的话", actor=city.wang, now=at)
    more = made.get("/changes", after=first["next"]).json()
    assert [each["verb"] for each in more["changes"]] == ["accepted"]
    assert made.get("/changes", after=more["next"]).json() == {"changes": [], "next": more["next"]}


def test_a_request_is_filed_once_however_often_it_is_sent(partner: MakePartner) -> None:
    made = partner()
    body = {"text": "东桥路口的路灯坏了", "their_number": "2026-001", "contact": {"name": "李雷"}}
    first = made.post("/tickets", body, name="key-00000001")
    again = made.post("/tickets", body, name="key-00000001")
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true"
    other = made.post("/tickets", body, name="key-00000002")  # another press, the same number
    assert (other.status_code, other.json()["number"]) == (200, first.json()["number"])
    reused = made.post("/tickets", body | {"text": "另一件事情"}, name="key-00000001")
    assert (reused.status_code, reused.json()["error"]["code"]) == (409, "idempotency_key_reused")
    assert Ticket.objects.count() == 1
    assert AuditEntry.objects.filter(verb="ticket.taken_in", actor_kind="key").count() == 1
    assert "李雷" not in ApiWrite.objects.first().answer  # type: ignore[union-attr, operator]


def test_one_partners_numbers_are_not_anothers(partner: MakePartner, city: City) -> None:
    body = {"text": "东桥路口的路灯坏了", "their_number": "1"}
    numbers = {partner().post("/tickets", body).json()["number"] for _ in range(2)}
    assert len(numbers) == 2


@pytest.mark.parametrize("name", ["", "short", "空 格 空 格 空 格", "x" * 81])
def test_a_write_needs_a_key_of_its_own(partner: MakePartner, name: str) -> None:
    made = partner()
    headers = made.headers()
    if name.isascii() and name:
        headers["Idempotency-Key"] = name
    answer = Client().post(
        "/api/v1/tickets", {"text": "路灯坏了三天", "their_number": "1"},
        content_type="application/json", headers=headers,
    )  # fmt: skip
    assert answer.json()["error"]["code"] == "idempotency_key_missing"
    assert not Ticket.objects.exists()


def test_what_is_refused_is_not_remembered_as_done(partner: MakePartner) -> None:
    made = partner()
    bad = made.post("/tickets", {"text": "短", "their_number": "1"}, name="key-00000001")
    assert bad.status_code == 422
    assert bad.json()["error"]["field"] == "text"
    good = made.post("/tickets", {"text": "路灯坏了三天", "their_number": "1"}, name="key-00000001")
    assert good.status_code == 201


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"text": 1}', b"null", b'"x"']
)
def test_what_is_no_request_is_told_so(partner: MakePartner, raw: bytes) -> None:
    answer = partner().post("/tickets", None, raw=raw)
    assert answer.status_code in {400, 422}
    assert answer.json()["error"]["message"]
    assert not Ticket.objects.exists()


def test_a_body_too_large_is_told_so(partner: MakePartner) -> None:
    answer = partner().post("/tickets", None, raw=b'{"text": "' + b"x" * 3_000_000 + b'"}')
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")


def test_what_is_not_there_is_json_too(partner: MakePartner) -> None:
    answer = partner().get("/nothing-here")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_an_answer_reaches_the_citizen_once(
    partner: MakePartner, ticket: Ticket, city: City, now: datetime
) -> None:
    actions.accept(ticket, actor=city.wang, now=now)
    made = partner()
    path, body = (
        f"/tickets/{ticket.number}/answer",
        {"text": "路灯已于今天上午修好，感谢您的反映。"},
    )
    assert made.post(path, body, name="key-00000001").status_code == 200
    assert made.post(path, body, name="key-00000001").status_code == 200
    again = made.post(path, body)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "already_done")
    assert Outgoing.objects.filter(key=f"ticket:{ticket.pk}:answer:0").count() == 1
    assert TicketEvent.objects.get(verb="answered").agency == city.police
    reader = partner(rights=("tickets.read", "tickets.file"))
    assert reader.post(path, body).status_code == 403


def test_the_description_is_for_everybody(client: Client, db: None) -> None:
    described = client.get("/api/v1/openapi.json").json()
    assert "/api/v1/tickets" in described["paths"]
    page = client.get("/api/v1/docs")
    assert page.status_code == 200
    assert "cdn" not in page.content.decode().lower()
