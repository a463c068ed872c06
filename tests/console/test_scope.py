"""A colleague from another agency finds nothing, and what she posts there changes nothing."""

from datetime import datetime

import pytest
from django.db.models import Model

from minxin.agencies import actions as agencies
from minxin.agencies.models import AuditEntry, Staff
from minxin.agencies.rules import Role
from minxin.conversations.models import Outgoing
from minxin.knowledge.models import Entry
from minxin.tickets.models import Ticket, TicketEvent
from tests.console.conftest import SignIn, Work
from tests.support.city import PASSWORD, SETUP, City


@pytest.fixture
def outsider(city: City, now: datetime) -> Staff:
    """陈静 of the water bureau, agent, operator and editor there: she lacks no permission, only sight."""
    agencies.grant_role(city.outsider, city.water, Role.EDITOR, actor=SETUP, now=now)
    agencies.grant_role(city.outsider, city.water, Role.OPERATOR, actor=SETUP, now=now)
    return city.outsider


def _addresses(city: City, work: Work) -> dict[str, str]:
    return {
        "ticket": f"/console/tickets/{work.ticket.number}/",
        "conversation": f"/console/inbox/{work.dialogue.pk}/",
        "thread": f"/console/inbox/{work.dialogue.pk}/thread/",
        "entry": f"/console/knowledge/{work.entry.pk}/",
        "unanswered": f"/console/unanswered/{work.unanswered.pk}/",
        "account": f"/console/accounts/{city.account.pk}/",
        "account edit": f"/console/accounts/{city.account.pk}/edit/",
        "credentials": f"/console/accounts/{city.account.pk}/credentials/",
        "greetings": f"/console/accounts/{city.account.pk}/greetings/",
        "outgoing": f"/console/outgoing/{work.outgoing.pk}/",
        "agency": f"/console/agencies/{city.police.pk}/",
    }


KINDS = [
    "ticket",
    "conversation",
    "thread",
    "entry",
    "unanswered",
    "account",
    "account edit",
    "credentials",
    "greetings",
    "outgoing",
    "agency",
]


@pytest.mark.parametrize("kind", KINDS)
def test_an_outsider_finds_nothing(
    city: City, work: Work, at_desk: SignIn, outsider: Staff, kind: str
) -> None:
    address = _addresses(city, work)[kind]
    assert at_desk(outsider).get(address).status_code == 404
    insider = city.operator if kind.startswith(("account", "cred", "greet", "out")) else city.wang
    assert at_desk(insider).get(address).status_code == 200


def _states(*rows: Model) -> list[dict[str, object]]:
    for row in rows:
        row.refresh_from_db()
    return [
        {key: value for key, value in vars(row).items() if not key.startswith("_")} for row in rows
    ]


@pytest.mark.parametrize(
    ("kind", "below", "typed"),
    [
        ("ticket", "", {"act": "accept"}),
        ("ticket", "", {"act": "answer", "answer-text": "已经修好了，谢谢您的反映。"}),
        ("ticket", "", {"act": "note", "note-text": "看一眼"}),
        ("ticket", "contact/", {"field": "phone", "reason": "好奇想看一眼"}),
        ("conversation", "reply/", {"text": "您好"}),
        ("conversation", "attend/", {}),
        ("conversation", "hand-back/", {}),
        ("conversation", "ticket/", {"text": "东桥路口的路灯坏了三天"}),
        ("entry", "", {"question": "改", "answer": "改"}),
        ("entry", "retire/", {"reason": "不想要了，停用它"}),
        ("unanswered", "", {}),
        ("account edit", "", {"name": "改名", "principal": "government"}),
        ("credentials", "", {"app_id": "wxfedcba9876543210", "mode": "safe"}),
        ("greetings", "", {"greeting": "改"}),
        ("outgoing", "retry/", {"act": "cancel"}),
        ("agency", "", {"name": "改名"}),
    ],
)
def test_what_an_outsider_posts_changes_nothing(
    city: City,
    work: Work,
    at_desk: SignIn,
    outsider: Staff,
    kind: str,
    below: str,
    typed: dict[str, str],
) -> None:
    desk = at_desk(outsider)
    rows = (work.ticket, work.dialogue, work.entry, work.unanswered, work.outgoing, city.account)
    before = _states(*rows, city.police)
    counts = [model.objects.count() for model in (Ticket, TicketEvent, Entry, Outgoing, AuditEntry)]
    answer = desk.post(_addresses(city, work)[kind] + below, typed)
    assert answer.status_code == 404
    assert _states(*rows, city.police) == before
    assert counts == [
        model.objects.count() for model in (Ticket, TicketEvent, Entry, Outgoing, AuditEntry)
    ]


def test_an_outsider_sees_none_of_it_in_her_lists(
    city: City, work: Work, at_desk: SignIn, outsider: Staff
) -> None:
    desk = at_desk(outsider)
    for path, words in {
        "tickets": work.ticket.number,
        "knowledge": work.entry.question,
        "unanswered": work.unanswered.text,
        "accounts": city.account.name,
        "outgoing": "您好，已为您查询",
        "inbox": str(work.dialogue.pk),
    }.items():
        assert words not in desk.get(f"/console/{path}/").content.decode()
        sheet = desk.get(f"/console/{path}/", {"export": "csv"})
        assert words not in sheet.getvalue().decode("utf-8-sig")


def test_an_administrator_keeps_to_the_own_branch(
    city: City, at_desk: SignIn, now: datetime
) -> None:
    keeper = agencies.add_staff(
        username="watermaster",
        name="水主任",
        agency=city.water,
        role=Role.ADMINISTRATOR,
        password=PASSWORD,
        must_change_password=False,
        actor=SETUP,
        now=now,
    )
    desk = at_desk(keeper)
    assert desk.get(f"/console/staff/{city.wang.pk}/").status_code == 404
    change = {"act": "password", "password": "Harbour-lantern-Window-9"}
    assert desk.post(f"/console/staff/{city.wang.pk}/change/", change).status_code == 404
    city.wang.refresh_from_db()
    assert city.wang.check_password(PASSWORD)
