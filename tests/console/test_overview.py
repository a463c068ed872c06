"""黄薇's overview: every number opens as many rows; a unit sees its own, a county its tree."""

import re
from datetime import datetime, timedelta
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from minxin.accounts import actions as accounts
from minxin.agencies import actions as agencies
from minxin.agencies.models import Agency, LocalDivision, Staff
from minxin.agencies.rules import Role
from minxin.supervision import actions
from minxin.supervision.models import AreaMap, Candidate, Evaluation, Evidence
from tests.console.conftest import SignIn
from tests.support.city import PASSWORD, SETUP, City

LEVELS = (
    ("overdue", "red"), ("zombie", "overdue"), ("red", "alarm"), ("notice", "fresh"),
    ("fresh", "alarm"), ("unknown", "fresh"), ("contradictory", "fresh"), ("exempt", ""),
)  # fmt: skip
SHAPE = (
    '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"990100",'
    '"name":"主城区"},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}},'
    '{"type":"Feature","properties":{"code":"990121","name":"远山县"},"geometry":{"type":"Polygon",'
    '"coordinates":[[[2,0],[3,0],[3,1],[2,0]]]}}]}'
)


def staff(username: str, role: Role, where: Agency, now: datetime) -> Staff:
    return agencies.add_staff(
        username=username, name=username, agency=where, role=role, password=PASSWORD,
        must_change_password=False, actor=SETUP, now=now,
    )  # fmt: skip


@pytest.fixture
def supervisor(city: City, now: datetime) -> Staff:
    """With accounts of two units, two places, three platforms and every level."""
    number = 0
    LocalDivision.objects.get_or_create(code="990121", defaults={"name": "远山县"})
    for agency, place in ((city.police, "990100"), (city.water, "990121"), (city.water, "")):
        for platform in ("weibo", "douyin", "kuaishou"):
            for level, before in LEVELS[number % 3 :: 3]:
                number += 1
                account = accounts.register(
                    agency=agency, name=f"账号{number}", platform=platform, is_verified=True,
                    region_code=place, actor=SETUP, now=now,
                )  # fmt: skip
                Evaluation.objects.create(
                    account=account, on=now.date(), at=now, level=level, rank=number, before=before
                )
    person = staff("huangwei", Role.SUPERVISOR, city.root, now)
    failed = Evaluation.objects.filter(level="overdue").first()
    assert failed is not None
    evidence = Evidence.objects.create(
        account=failed.account, link="http://x.example", seen_at=now, kept_at=now, kept_by=person
    )
    Candidate.objects.create(
        account=failed.account, indicator="update.stale", pack="p", pack_version="1",
        severity="veto", status="confirmed", decided_by=person, decided_at=now, evidence=evidence,
        found_at=now, last_seen_at=now,
    )  # fmt: skip
    return person


def links(page: str) -> set[tuple[str, int]]:
    """Every number that opens the list, with the number it shows."""
    found = re.findall(
        r'<a href="(/console/supervision/\?[^"]+)">(?:<strong>)?(?:[^<\d]*)(\d+)', page
    )
    return {(unescape(address), int(shown)) for address, shown in found}


def assert_each_opens_as_many_rows(desk: Client, page: str) -> int:
    found = links(page)
    for address, shown in found:
        context = desk.get(address).context
        assert context["table"].paginator.count == shown, address
    return len(found)


def test_every_number_opens_as_many_rows(
    at_desk: SignIn, city: City, supervisor: Staff, now: datetime
) -> None:
    actions.keep_area("a.geojson", SHAPE.encode(), actor=SETUP, now=now)
    desk = at_desk(supervisor)
    for address in ("?by=place", "?by=unit"):
        page = desk.get(reverse("console:overview") + address)
        assert assert_each_opens_as_many_rows(desk, page.content.decode()) > 25
        drawn = page.context["chart"]["cells"] + page.context["map"]["places"]
        assert len(drawn) >= 6
        for cell in drawn:
            count = desk.get(cell["url"]).context["table"].paginator.count
            assert str(count) in cell["label"].split("\n")
    home = desk.get(reverse("console:home")).content.decode()
    assert assert_each_opens_as_many_rows(desk, home) > 5


def test_a_county_sees_its_own_tree_on_the_map_too(
    at_desk: SignIn, city: City, supervisor: Staff, now: datetime
) -> None:
    actions.keep_area("a.geojson", SHAPE.encode(), actor=SETUP, now=now)
    desk = at_desk(staff("sunlan", Role.SUPERVISOR, city.police, now))
    answer = desk.get(reverse("console:overview"), {"by": "unit"})
    page = answer.content.decode()
    assert "公安局" in page
    assert "水务局" not in page
    assert "远山县" not in page
    assert [each["title"] for each in answer.context["map"]["places"]] == ["主城区"]
    assert_each_opens_as_many_rows(desk, page)
    whole = at_desk(supervisor).get(reverse("console:overview")).content.decode()
    assert "远山县" in whole


def test_without_a_map_there_is_the_matrix_and_without_accounts_a_sentence(
    at_desk: SignIn, city: City, supervisor: Staff
) -> None:
    page = at_desk(supervisor).get(reverse("console:overview")).content.decode()
    assert "没有录入区域地图，只显示矩阵" in page
    assert "data-map" not in page
    Evaluation.objects.all().delete()
    page = at_desk(supervisor).get(reverse("console:overview")).content.decode()
    assert "还没有评定过账号" in page
    assert "data-matrix" not in page


def test_the_operator_of_all_replaces_the_map_and_reads_what_is_wrong(
    at_desk: SignIn, city: City, now: datetime
) -> None:
    desk = at_desk(staff("wulei", Role.OPERATOR, city.root, now))
    address = reverse("console:area")
    bad = SimpleUploadedFile("x.geojson", SHAPE.replace("990121", "990100").encode())
    answer = desk.post(address, {"file": bad})
    assert answer.status_code == 422
    assert "区划代码 990100 出现了两次" in answer.content.decode()
    assert desk.post(address, {}).status_code == 422
    assert not AreaMap.objects.exists()
    good = SimpleUploadedFile("x.geojson", SHAPE.encode())
    assert "区域地图已更换" in desk.post(address, {"file": good}, follow=True).content.decode()
    assert at_desk(city.operator).get(address).status_code == 404
    english = "map of the area"
    desk.post(reverse("choose_language"), {"language": "en"})
    assert english in desk.get(address).content.decode().lower()


def test_names_in_the_data_cannot_end_the_script(
    at_desk: SignIn, city: City, supervisor: Staff, now: datetime
) -> None:
    name = "</script><b>坏</b>"
    actions.keep_area(
        "a.geojson",
        SHAPE.replace("主城区", name.replace("/", "\\/")).encode(),
        actor=SETUP,
        now=now,
    )
    page = at_desk(supervisor).get(reverse("console:overview")).content.decode()
    assert "<b>坏</b>" not in page
    assert "\\u003C/script\\u003E" in page


def test_since_yesterday_is_a_day(at_desk: SignIn, supervisor: Staff, now: datetime) -> None:
    """What got worse and better stands on top, with the list behind it."""
    page = at_desk(supervisor).get(reverse("console:overview")).content.decode()
    counts = dict(links(page))
    rows = Evaluation.objects.filter(at__gte=now - timedelta(days=1))
    assert (
        counts["/console/supervision/?changed=2"]
        == rows.filter(level="fresh", before="alarm").count()
    )
    assert counts["/console/supervision/?changed=1"] > 0
