"""How an area stands: each cell is the count of rows that its list shows; the shape of an area."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from minxin.agencies.models import AuditEntry
from minxin.agencies.rules import Role
from minxin.core.errors import NotFound, Refused
from minxin.supervision import actions
from minxin.supervision.models import AreaMap, Candidate, Evaluation, Evidence, Finding
from minxin.supervision.overview import (
    NOWHERE,
    STANDINGS,
    Tally,
    added,
    better,
    cells_for,
    place_names,
    standing_for,
    worse,
)
from minxin.supervision.rules.area import BadArea, clean_area
from minxin.supervision.rules.clock import Level, is_worse
from tests.supervision.conftest import Office, add, looked, posted
from tests.support.city import SETUP, City

DAY = timedelta(days=1)


def square(code: str, name: str, at: float = 0) -> dict[str, Any]:
    ring = [[at, 0], [at + 1, 0], [at + 1, 1], [at, 1], [at, 0]]
    return {
        "type": "Feature", "properties": {"code": code, "name": name, "secret": "x"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }  # fmt: skip


def area(*features: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


def test_every_level_has_one_standing() -> None:
    levels = [level for found in STANDINGS.values() for level in found]
    assert sorted(levels) == sorted(level.value for level in Level)


def test_a_cell_counts_what_the_rows_say(office: Office, now: datetime) -> None:
    posted(office.account, 15, now=now)
    looked(office.account, 30, now=now)
    actions.evaluate([office.account, office.weibo], now=now)
    cells = {(each.place, each.platform): each.tally for each in cells_for(office.supervisor)}
    assert cells["990100", "wechat"] == Tally(total=1, accused=1)
    assert cells["990100", "weibo"] == Tally(total=1, unknown=1)
    assert cells["990100", "wechat"].state == "late"
    assert cells["990100", "weibo"].state == "doubt"
    assert added(cells_for(office.supervisor)).total == 2
    assert {each.platform for each in cells_for(office.of_water)} == {"weibo"}


def test_failed_is_what_a_person_confirmed_and_still_holds(office: Office, now: datetime) -> None:
    actions.evaluate([office.account], now=now)
    evidence = Evidence.objects.create(
        account=office.account, link="http://x.example", seen_at=now, kept_at=now,
        kept_by=office.supervisor,
    )  # fmt: skip
    candidate = Candidate.objects.create(
        account=office.account, indicator="update.stale", pack="p", pack_version="1",
        severity="veto", found_at=now, last_seen_at=now,
    )  # fmt: skip

    def failed() -> int:
        return added(cells_for(office.supervisor)).failed

    assert failed() == 0  # a machine's finding is no verdict
    Candidate.objects.update(
        status="confirmed", decided_by=office.supervisor, decided_at=now, evidence=evidence
    )
    assert failed() == 1
    Candidate.objects.update(severity="major")
    assert failed() == 0
    Candidate.objects.update(severity="veto", gone_at=now)
    assert failed() == 0
    # A finding decides by itself, whatever its candidate says.
    finding = Finding.objects.create(
        account=office.account, agency=office.account.agency, indicator="update.stale",
        title="超期", severity="veto", origin="candidate", candidate=candidate, found_at=now,
        opened_at=now, opened_by=office.supervisor,
    )  # fmt: skip
    assert failed() == 1
    Candidate.objects.update(gone_at=None)
    for state, count in (("signed", 1), ("closed", 0), ("withdrawn", 0), ("disputed", 1)):
        Finding.objects.filter(pk=finding.pk).update(state=state)
        assert failed() == count, state


def test_what_changed_is_counted_as_the_list_filters_it(office: Office, now: datetime) -> None:
    for number, (level, before) in enumerate(
        [("overdue", "red"), ("fresh", "alarm"), ("fresh", "fresh"), ("unknown", "fresh"),
         ("zombie", "overdue"), ("notice", ""), ("fresh", "unknown"), ("red", "contradictory")]
    ):  # fmt: skip
        Evaluation.objects.all().delete()
        row = Evaluation.objects.create(
            account=office.account, on=now.date(), at=now, level=level, rank=number, before=before
        )
        rows = standing_for(office.supervisor)
        tally = added(cells_for(office.supervisor))
        assert tally.worse == rows.filter(worse()).count() == is_worse(level, before)
        assert tally.better == rows.filter(better()).count() == is_worse(before, level)
        assert row.pk


def test_an_account_without_a_place_has_its_hosts_or_none(
    office: Office, city: City, now: datetime
) -> None:
    actions.evaluate([office.weibo], now=now)
    office.weibo.region_code = ""
    office.weibo.save(update_fields=["region_code"])
    assert [each.place for each in cells_for(office.supervisor)] == ["990100"]
    city.water.region_code = ""
    city.water.save(update_fields=["region_code"])
    assert [each.place for each in cells_for(office.supervisor)] == [NOWHERE]


# The shape -----------------------------------------------------------------------------------


def test_a_shape_is_kept_without_what_it_need_not_say(city: City, now: datetime) -> None:
    first = json.dumps(area(square("990100", "主城区"))).encode()
    actions.keep_area("a.geojson", first, actor=SETUP, now=now)
    second = b"\xef\xbb\xbf" + json.dumps(area(square("990102", "青禾区"))).encode()
    kept = actions.keep_area("b.geojson", second, actor=SETUP, now=now)
    assert AreaMap.objects.get() == kept
    assert kept.shape["features"][0]["properties"] == {"code": "990102", "name": "青禾区"}
    assert place_names(kept, []) == {}


OPEN = area(square("990100", "甲"))
OPEN["features"][0]["geometry"]["coordinates"][0].pop()


@pytest.mark.parametrize(
    "value",
    [
        [], {}, {"type": "FeatureCollection"}, area(), area(3), {"type": "Feature"},
        area({"type": "Feature", "properties": None, "geometry": None}),
        area(square("99", "短码")), area(square("990100", " ")),
        area(square("990100", "甲"), square("990100", "乙")),
        area({**square("990100", "甲"), "geometry": {"type": "Point", "coordinates": [0, 0]}}),
        area({**square("990100", "甲"), "geometry": {"type": "Polygon", "coordinates": [[["x", 0]]]}}),
        area({**square("990100", "甲"), "geometry": {"type": "Polygon", "coordinates": []}}),
        area(square("990100", "甲", float("nan"))), area(square("990100", "甲", 1e300)), OPEN,
        area(*(square(f"{990000 + n}", "多") for n in range(501))),
    ],
)  # fmt: skip
def test_what_is_no_shape_is_refused(value: Any) -> None:
    with pytest.raises(BadArea):
        clean_area(value)


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"{", b"[" * 100_000, b'{"type":"FeatureCollection","features":[]}',
     b" " * (2 * 1024 * 1024 + 1)],
    ids=["empty", "not utf-8", "half", "deep", "no shape", "large"],
)  # fmt: skip
def test_a_bad_file_is_refused_in_words_and_the_old_one_stays(
    city: City, now: datetime, content: bytes
) -> None:
    good = json.dumps(area(square("990100", "主城区"))).encode()
    actions.keep_area("a.geojson", good, actor=SETUP, now=now)
    before = AuditEntry.objects.count()
    with pytest.raises(Refused) as refused:
        actions.keep_area("b.geojson", content, actor=SETUP, now=now)
    assert refused.value.field == "file"
    assert refused.value.message.endswith("。")
    assert AreaMap.objects.get().name == "a.geojson"
    assert AuditEntry.objects.count() == before


def test_only_who_keeps_the_accounts_of_all_of_it_draws_it(city: City, now: datetime) -> None:
    good = json.dumps(area(square("990100", "主城区"))).encode()
    with pytest.raises(NotFound):
        actions.keep_area("a.geojson", good, actor=city.operator, now=now)  # of the police alone
    everywhere = add("wulei", "吴磊", Role.OPERATOR, city.root, now)
    actions.keep_area("a.geojson", good, actor=everywhere, now=now)
    assert AreaMap.objects.count() == 1
