"""诉求概况: every number opens as many rows as it says; what is asked stands in the address."""

import io
import re
from datetime import datetime, timedelta
from html import unescape
from random import Random

import pytest
from django.test import Client
from django.utils import timezone
from python_calamine import CalamineWorkbook

from minxin.agencies.models import AuditEntry
from minxin.tickets import actions
from minxin.tickets.actions.figures import write_facts
from minxin.tickets.models import Ticket
from tests.console.conftest import SignIn
from tests.support.city import City
from tests.tickets.histories import ACTS, live

ADDRESS = "/console/tickets/figures/"


@pytest.fixture
def lived(city: City, now: datetime) -> City:
    """A city whose tickets lived random lives for some weeks, up to now."""
    draw = Random(11)
    steps = [
        (draw.choice(ACTS), draw.randrange(30), draw.randrange(6), draw.randrange(60))
        for _ in range(150)
    ]
    hours = sum(each[2] for each in steps)
    live(city, [("file", 0, 0, 0), *steps], now - timedelta(hours=hours + 1))
    ticket = Ticket.objects.create(  # the water bureau has one of its own in any case
        **{
            each.attname: getattr(Ticket.objects.earliest("pk"), each.attname)
            for each in Ticket._meta.concrete_fields
            if each.attname not in {"id", "number", "key", "agency_id", "merged_into_id"}
        },
        number="W1", key="w1", agency=city.water,
    )  # fmt: skip
    write_facts([ticket.pk])
    while not actions.keep_facts(now=now + timedelta(minutes=1)):
        pass
    return city


def numbers(page: str) -> set[tuple[str, int]]:
    """Every number that opens rows, with what it shows."""
    found = re.findall(r'href="(/console/tickets/figures/[^"]+)"[^>]*>(\d+)(?: 件[^<]*)?</a>', page)
    return {(unescape(address), int(shown)) for address, shown in found}


def rows_of(desk: Client, address: str) -> int:
    page = desk.get(address)
    assert page.status_code == 200, address
    said = re.search(r'<span class="total">(\d+)</span>', page.content.decode())
    assert said
    return int(said[1])


def test_every_number_opens_as_many_rows(lived: City, at_desk: SignIn) -> None:
    desk, draw = at_desk(lived.wang), Random(2)
    opened = 0
    for query in (
        "?by=agency", "?by=nature&period=7&kind=help", "?by=place&period=week&sort=answer",
        "?by=category", "?by=source&period=90&place=东桥路",
    ):  # fmt: skip
        found = sorted(numbers(desk.get(ADDRESS + query).content.decode()))
        for address, shown in draw.sample(found, min(14, len(found))):
            assert rows_of(desk, address) == shown, address
            opened += shown > 0
    assert opened > 15


def test_a_sheet_says_what_the_page_says(lived: City, at_desk: SignIn) -> None:
    desk = at_desk(lived.wang)
    answer = desk.get(ADDRESS, {"by": "nature", "export": "xlsx"})
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    heading, titles, whole, *groups = book.get_sheet_by_index(0).to_python()
    assert "诉求概况" in str(heading[0])
    received = titles.index("收到诉求")
    assert whole[received] == Ticket.objects.visible_to(
        lived.wang, permission_of_reading()
    ).count() == sum(int(row[received]) for row in groups)  # fmt: skip
    assert "满意率：区间" in titles
    assert book.sheet_names == ["诉求概况", "统计口径"]
    csv = desk.get(ADDRESS, {"by": "nature", "export": "csv"}).content.decode()
    assert csv.splitlines()[1].startswith("合计")
    assert AuditEntry.objects.filter(verb="list.exported").count() == 2


def permission_of_reading():  # type: ignore[no-untyped-def]
    from minxin.agencies.rules import Permission

    return Permission.READ_TICKETS


def test_an_agency_counts_its_own(lived: City, at_desk: SignIn) -> None:
    mine = Ticket.objects.filter(agency__path__startswith=lived.police.path).count()
    theirs = Ticket.objects.filter(agency=lived.water).count()
    assert mine
    assert theirs
    for person, count in ((lived.wang, mine), (lived.outsider, theirs)):
        desk = at_desk(person)
        assert rows_of(desk, f"{ADDRESS}received/whole/?period=365") == count
        other = lived.water if person is lived.wang else lived.police
        page = desk.get(ADDRESS, {"unit": other.pk}).content.decode()
        assert other.name not in page  # neither her filter nor her table knows it
        group = desk.get(f"{ADDRESS}received/whole/", {"by": "agency", "group": other.pk})
        assert f'<span class="total">{0}</span>' in group.content.decode()
    for nobody in (lived.auditor, lived.operator, lived.administrator):
        assert at_desk(nobody).get(ADDRESS).status_code == 404
        assert at_desk(nobody).get(f"{ADDRESS}received/whole/").status_code == 404


def test_what_cannot_be_used_is_said_and_the_rest_holds(lived: City, at_desk: SignIn) -> None:
    desk = at_desk(lived.wang)
    said = desk.get(ADDRESS, {"period": "own", "since": "2026-05-03", "until": "2026-05-01"})
    page = said.content.decode()
    assert "结束的一天早于开始的一天。" in page
    assert 'value="2026-05-03"' in page  # what was typed stays
    assert "自选日期要填起止两天。" in desk.get(ADDRESS, {"period": "own"}).content.decode()
    long = {"period": "own", "since": "2016-05-03", "until": "2026-05-01"}
    assert "一次最多统计三年。" in desk.get(ADDRESS, long).content.decode()
    wrong = {
        "period": "x",
        "unit": "999",
        "topic": "x",
        "by": "x",
        "since": "x",
        "sort": "x",
        "kind": "y",
    }
    assert desk.get(ADDRESS, wrong).status_code == 200
    for bad in ("x/part/", "response/x/", "standing/x/", "standing/band-9/", "standing/band-x/"):
        assert desk.get(ADDRESS + bad).status_code == 404
    far = {"by": "agency", "group": "9" * 40}
    assert desk.get(f"{ADDRESS}valid/whole/", far).status_code == 200


def test_rows_keep_what_the_number_was_asked_by(lived: City, at_desk: SignIn) -> None:
    desk = at_desk(lived.wang)
    page = desk.get(f"{ADDRESS}valid/whole/", {"by": "nature", "group": "help", "period": "365"})
    text = page.content.decode()
    assert "有效诉求：求助" in text
    assert re.search(r'name="group"[^>]*value="help"', text)
    assert 'class="chip"' not in text
    assert "period=365" in re.findall(r'<p class="crumbs"><a href="([^"]+)"', text)[0]
    assert desk.get(f"{ADDRESS}valid/whole/", {"export": "csv"}).status_code == 200


def test_a_city_without_tickets_is_told_so(city: City, at_desk: SignIn) -> None:
    page = at_desk(city.wang).get(ADDRESS).content.decode()
    assert "这段时间没有诉求。" in page
    assert "没有查到官方权重" in page
    assert timezone.localdate().isoformat() in page
