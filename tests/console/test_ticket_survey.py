"""独立回访: quarters that are over, groups large enough, nobody else's."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from minxin.agencies.models import AuditEntry
from minxin.tickets import actions
from minxin.tickets.models import Survey, Ticket
from minxin.tickets.rules.survey import FEWEST, quarters_until
from tests.console.conftest import SignIn
from tests.support.city import City

ADDRESS = "/console/tickets/survey/"


@pytest.fixture
def ticket(city: City, now: datetime) -> Ticket:
    return actions.file(
        text="东桥路口的路灯坏了没有人修", citizen=city.xiaolin, account=city.account,
        source="portal", key="k1", actor=city.xiaolin, now=now,
    )  # fmt: skip


@pytest.fixture
def heard(city: City, ticket: Ticket, now: datetime) -> str:
    """Surveys of the ticket's agency in the newest quarter that is told; its key."""
    over = next(
        each
        for each in quarters_until(timezone.localdate(), 8)
        if each.is_over(timezone.localdate())
    )
    at = timezone.make_aware(datetime.combine(over.first, datetime.min.time())) + timedelta(days=9)
    Survey.objects.bulk_create(
        Survey(
            ticket=ticket, round=number, agency_path=ticket.agency.path, asked_at=at,
            answered_at=at, resolved="yes" if number else "no", level="satisfied",
        )
        for number in range(FEWEST)
    )  # fmt: skip
    Survey.objects.create(ticket=ticket, round=90, agency_path=city.station.path, asked_at=at)
    Survey.objects.create(
        ticket=ticket, round=91, agency_path=city.station.path, asked_at=at, answered_at=at,
        resolved="no", level="very_dissatisfied", words="没有人来过",
    )  # fmt: skip
    return f"{over.year}-{over.number}"


@pytest.mark.django_db
def test_a_large_group_is_told_and_a_small_one_is_not(
    heard: str, ticket: Ticket, city: City, at_desk: SignIn
) -> None:
    page = at_desk(city.wang).get(ADDRESS).content.decode()
    assert ticket.agency.name in page
    assert city.station.name in page
    assert "80.0%" in page
    assert "4 / 5" in page
    assert "份数太少，不公布" in page
    assert "没有人来过" not in page
    assert "很不满意" not in page
    assert "样本少" in page


@pytest.mark.django_db
def test_another_branch_sees_nothing_of_it(heard: str, city: City, at_desk: SignIn) -> None:
    page = at_desk(city.outsider).get(ADDRESS).content.decode()
    assert "80.0%" not in page


@pytest.mark.django_db
@pytest.mark.parametrize("asked", ["", "1999-1", "9999-9", "abc", "2026-99"])
def test_what_is_no_quarter_shows_the_newest_that_is_over(
    asked: str, heard: str, city: City, at_desk: SignIn
) -> None:
    answer = at_desk(city.wang).get(ADDRESS, {"quarter": asked})
    assert answer.status_code == 200
    assert "80.0%" in answer.content.decode()


@pytest.mark.django_db
def test_the_quarter_of_today_is_not_told(ticket: Ticket, city: City, at_desk: SignIn) -> None:
    now = timezone.now()
    Survey.objects.bulk_create(
        Survey(
            ticket=ticket, round=number, agency_path=ticket.agency.path, asked_at=now,
            answered_at=now, resolved="yes", level="satisfied",
        )
        for number in range(FEWEST)
    )  # fmt: skip
    page = at_desk(city.wang).get(ADDRESS).content.decode()
    assert "没有发出过问卷" in page
    assert "起公布" in page
    assert "100.0%" not in page


@pytest.mark.django_db
@pytest.mark.parametrize("shape", ["csv", "xlsx"])
def test_a_sheet_of_it_is_audited(
    shape: str, heard: str, ticket: Ticket, city: City, at_desk: SignIn
) -> None:
    client: Client = at_desk(city.wang)
    answer = client.get(ADDRESS, {"quarter": heard, "export": shape})
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    if shape == "csv":
        lines = content.decode("utf-8-sig").splitlines()
        assert lines[1].startswith("合计,7,6,")
        assert any(
            line.startswith(f"{ticket.agency.name},5,5,100.0%,80.0%,4 / 5") for line in lines
        )
    assert AuditEntry.objects.filter(verb="list.exported", reason=heard).count() == 1
