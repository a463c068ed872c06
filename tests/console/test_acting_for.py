"""王芳 has work in two agencies: she chooses whose she sees, and it is remembered."""

from datetime import datetime

import pytest
from django.test import Client

from minxin.agencies import actions as agencies
from minxin.agencies.models import AuditEntry
from minxin.agencies.rules import Role, narrowed
from minxin.tickets.actions import assign, file
from minxin.tickets.models import Ticket
from tests.console.conftest import SignIn, Work
from tests.support.city import SETUP, City

CHOOSE = "/console/acting-for/"


@pytest.fixture
def two(city: City, now: datetime) -> tuple[Ticket, Ticket]:
    """A ticket of the police, one of the water bureau; she works for both."""
    agencies.grant_role(city.wang, city.water, Role.AGENT, actor=SETUP, now=now)
    lamp, pipe = (
        file(
            text=text,
            citizen=city.xiaolin,
            account=city.account,
            source="portal",
            key=text,
            actor=SETUP,
            now=now,
        )
        for text in ("东桥路口的路灯坏了三天。", "青禾路的水管漏了一夜。")
    )
    assign(pipe, city.water, reason="", actor=SETUP, now=now)
    return lamp, pipe


def _sees(desk: Client, path: str, two: tuple[Ticket, Ticket]) -> tuple[bool, bool]:
    page = desk.get(path).content.decode()
    return two[0].number in page, two[1].number in page


def test_lists_and_counts_follow_her_choice_and_it_is_remembered(
    city: City, two: tuple[Ticket, Ticket], at_desk: SignIn
) -> None:
    desk = at_desk(city.wang)
    assert _sees(desk, "/console/tickets/", two) == (True, True)
    assert "全部 2 个单位" in desk.get("/console/").content.decode()
    assert desk.get("/console/counts/").json()["tickets"] == 1
    answer = desk.post(CHOOSE, {"agency": city.water.pk, "next": "/console/tickets/"})
    assert answer.url == "/console/tickets/"
    for client in (desk, at_desk(city.wang)):  # the next morning too
        assert _sees(client, "/console/tickets/", two) == (False, True)
        pressing = client.get("/console/").content.decode().split('id="notices"')[0]
        assert two[0].number not in pressing
        assert two[1].number in pressing
        assert client.get("/console/counts/").json()["tickets"] == 0
        sheet = client.get("/console/tickets/", {"export": "csv"}).getvalue().decode()
        assert two[0].number not in sheet
    assert AuditEntry.objects.filter(verb="staff.agency_chosen").count() == 1
    # What she may open stays: a notice leads to it.
    assert desk.get(f"/console/tickets/{two[0].number}/").status_code == 200
    desk.post(CHOOSE, {"agency": ""})
    assert _sees(desk, "/console/tickets/", two) == (True, True)


def test_an_agency_that_is_not_hers_cannot_be_chosen(
    city: City, two: tuple[Ticket, Ticket], at_desk: SignIn
) -> None:
    desk = at_desk(city.outsider)  # of the water bureau alone
    page = desk.get("/console/").content.decode()
    assert CHOOSE not in page
    assert city.water.name in page
    assert desk.post(CHOOSE, {"agency": city.police.pk}).status_code == 404
    assert desk.post(CHOOSE, {"agency": "x"}).status_code == 404
    assert _sees(desk, "/console/tickets/", two) == (False, True)
    assert not AuditEntry.objects.filter(verb="staff.agency_chosen").exists()
    back = desk.post(CHOOSE, {"agency": "", "next": "//example.com/"})
    assert back.url == "/console/"


def test_a_choice_ends_with_the_role(
    city: City, two: tuple[Ticket, Ticket], at_desk: SignIn, now: datetime
) -> None:
    desk = at_desk(city.wang)
    desk.post(CHOOSE, {"agency": city.water.pk})
    role = city.wang.memberships.get(agency=city.water)
    agencies.withdraw_role(role, actor=SETUP, now=now)
    assert _sees(desk, "/console/tickets/", two) == (True, False)


@pytest.mark.parametrize(
    ("paths", "branch", "left"),
    [
        (("/1/",), "/1/2/", ("/1/2/",)),
        (("/1/2/", "/1/3/"), "/1/2/", ("/1/2/",)),
        (("/1/2/4/", "/1/3/"), "/1/2/", ("/1/2/4/",)),
        (("/1/3/",), "/1/2/", ()),
        ((), "/1/2/", ()),
    ],
)
def test_narrowing_never_shows_more(
    paths: tuple[str, ...], branch: str, left: tuple[str, ...]
) -> None:
    assert narrowed(paths, branch) == left


def test_a_right_that_was_taken_away_is_missing_from_the_next_page(
    city: City, work: Work, at_desk: SignIn, now: datetime
) -> None:
    desk, path = at_desk(city.wang), f"/console/tickets/{work.ticket.number}/"
    assert desk.get(path).status_code == 200
    city.wang.memberships.all().delete()
    assert desk.get(path).status_code == 404
    assert desk.get("/console/tickets/").status_code == 404
