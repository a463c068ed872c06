"""The tree: paths that stay right, names among siblings, no circles."""

from datetime import datetime

import pytest
from django.db import IntegrityError, transaction

from minxin.agencies import actions, queries, rules
from minxin.agencies.models import Agency, AuditEntry
from minxin.agencies.rules import Permission
from minxin.core.errors import NotFound, Refused
from tests.support.city import SETUP, City


def paths() -> dict[str, str]:
    return dict(Agency.objects.values_list("code", "path"))


def test_a_path_names_every_agency_above(city: City) -> None:
    assert city.station.path == f"/{city.root.pk}/{city.police.pk}/{city.station.pk}/"
    assert rules.ancestor_paths(city.station.path) == (
        city.root.path,
        city.police.path,
        city.station.path,
    )
    assert queries.ancestors_of(city.station) == [city.root, city.police]
    assert set(queries.subtree_of(city.police)) == {city.police, city.station}
    assert queries.root_agency() == city.root


def test_one_agency_is_not_mistaken_for_another_whose_id_begins_alike() -> None:
    assert not rules.is_within("/12/", ["/1/"])
    assert rules.is_within("/1/12/", ["/1/"])
    assert rules.outermost(["/1/2/", "/1/", "/12/", "/1/2/3/"]) == ("/1/", "/12/")


def test_a_moved_branch_keeps_its_shape(city: City, now: datetime) -> None:
    post = actions.add_agency(code="post", name="岗亭", parent=city.station, actor=SETUP, now=now)
    actions.move_agency(city.police, city.water, actor=city.administrator, now=now)
    assert city.police.path == f"{city.water.path}{city.police.pk}/"
    assert paths()["station"] == f"{city.police.path}{city.station.pk}/"
    assert paths()["post"] == f"{city.police.path}{city.station.pk}/{post.pk}/"
    assert paths()["water"] == city.water.path
    for agency in Agency.objects.select_related("parent"):
        above = agency.parent.path if agency.parent else "/"
        assert agency.path == f"{above}{agency.pk}/"


def test_sight_follows_a_moved_branch(city: City, now: datetime) -> None:
    assert not queries.may(city.outsider, Permission.READ_TICKETS, city.station)
    actions.move_agency(city.station, city.water, actor=city.administrator, now=now)
    city.station.refresh_from_db()
    assert queries.may(city.outsider, Permission.READ_TICKETS, city.station)
    assert not queries.may(city.wang, Permission.READ_TICKETS, city.station)


@pytest.mark.parametrize("below", ["police", "station"])
def test_an_agency_cannot_hang_under_itself(city: City, now: datetime, below: str) -> None:
    before = paths()
    with pytest.raises(Refused, match="自己或它的下级"):
        actions.move_agency(
            city.police, Agency.objects.get(code=below), actor=city.administrator, now=now
        )
    assert paths() == before


def test_an_agency_becomes_a_root_and_comes_back(city: City, now: datetime) -> None:
    actions.move_agency(city.police, None, actor=SETUP, now=now)
    assert paths()["station"] == f"/{city.police.pk}/{city.station.pk}/"
    actions.move_agency(city.police, city.root, actor=SETUP, now=now)
    assert paths()["station"] == city.station.path


def test_siblings_have_different_names_and_cousins_may_share_one(city: City, now: datetime) -> None:
    with pytest.raises(Refused, match="同名"):
        actions.add_agency(
            code="police2", name=" 云溪市公安局 ", parent=city.root, actor=SETUP, now=now
        )
    with pytest.raises(Refused, match="同名"):
        actions.rename_agency(city.water, "云溪市公安局", actor=SETUP, now=now)
    assert Agency.objects.get(code="water").name == "云溪市水务局"
    office = actions.add_agency(
        code="office1", name="办公室", parent=city.police, actor=SETUP, now=now
    )
    actions.add_agency(code="office2", name="办公室", parent=city.water, actor=SETUP, now=now)
    with pytest.raises(Refused, match="同名"):
        actions.move_agency(office, city.water, actor=SETUP, now=now)
    assert Agency.objects.get(code="office1").parent == city.police


def test_the_database_itself_refuses_twins(city: City) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Agency.objects.create(code="x", name=city.police.name, parent=city.root, path="/x/")
    with pytest.raises(IntegrityError), transaction.atomic():
        Agency.objects.create(code="y", name=city.root.name, parent=None, path="/y/")


@pytest.mark.parametrize(
    ("code", "name", "field"),
    [("water", "新局", "code"), ("new", "  ", "name"), ("有空格", "新局", "code")],
)
def test_a_bad_agency_is_refused_in_words(
    city: City, now: datetime, code: str, name: str, field: str
) -> None:
    before = Agency.objects.count()
    with pytest.raises(Refused) as refusal:
        actions.add_agency(code=code, name=name, parent=city.root, actor=SETUP, now=now)
    assert refusal.value.field == field
    assert Agency.objects.count() == before


def test_a_tree_too_deep_for_its_paths_is_refused(city: City, now: datetime) -> None:
    Agency.objects.filter(pk=city.station.pk).update(path="/" + "1/" * 127)
    city.station.refresh_from_db()
    with pytest.raises(Refused, match="层级太深"):
        actions.add_agency(code="deep", name="下级", parent=city.station, actor=SETUP, now=now)
    assert not Agency.objects.filter(code="deep").exists()
    assert not Agency.objects.filter(path__startswith="?").exists()


def test_an_agency_out_of_use_opens_nothing_and_keeps_its_rows(city: City, now: datetime) -> None:
    with pytest.raises(Refused, match="下级"):
        actions.retire_agency(city.police, reason="机构改革", actor=SETUP, now=now)
    actions.retire_agency(city.station, reason="机构改革", actor=SETUP, now=now)
    actions.retire_agency(city.police, reason="机构改革", actor=SETUP, now=now)
    assert queries.paths_of(city.wang, Permission.READ_TICKETS) == ()
    assert queries.permissions_of(city.wang) == frozenset()
    assert Agency.objects.filter(code="police").exists()
    actions.restore_agency(city.police, actor=city.administrator, now=now)
    assert queries.may(city.wang, Permission.READ_TICKETS, city.police)


def test_nobody_but_an_administrator_of_the_branch_changes_the_tree(
    city: City, now: datetime
) -> None:
    before, entries = paths(), AuditEntry.objects.count()
    for person in (city.outsider, city.wang, city.zhao, city.auditor, city.operator):
        with pytest.raises(NotFound):
            actions.add_agency(code="x", name="新局", parent=city.root, actor=person, now=now)
        with pytest.raises(NotFound):
            actions.rename_agency(city.police, "别名", actor=person, now=now)
        with pytest.raises(NotFound):
            actions.change_agency(city.police, name="别名", actor=person, now=now)
        with pytest.raises(NotFound):
            actions.move_agency(city.station, city.water, actor=person, now=now)
        with pytest.raises(NotFound):
            actions.retire_agency(city.station, reason="", actor=person, now=now)
    with pytest.raises(NotFound):
        actions.rename_agency(city.police, "别名", actor=city.xiaolin, now=now)
    assert paths() == before
    assert Agency.objects.get(code="police").name == "云溪市公安局"
    assert AuditEntry.objects.count() == entries


def test_a_change_names_what_changed_and_nothing_else(city: City, now: datetime) -> None:
    def change() -> None:
        actions.change_agency(
            city.police,
            name="云溪市公安局",
            region_code="990100",
            duty="治安、户籍、交通",
            phone="0999-12345",
            actor=city.administrator,
            now=now,
        )

    change()
    entry = AuditEntry.objects.latest("id")
    assert entry.verb == "agency.changed"
    assert entry.after == {"duty": "治安、户籍、交通", "public_phone": "0999-12345"}
    change()
    assert AuditEntry.objects.latest("id") == entry


def test_many_units_are_added_at_once_and_none_twice(city: City, now: datetime) -> None:
    lines = [
        ("云溪市民政局", ""),
        ("云溪市公安局", ""),
        (" 青禾区  政府 ", "990102"),
        ("云溪市民政局", ""),
    ]
    found = actions.add_agencies(lines, parent=city.root, actor=city.administrator, now=now)
    made = [(each.name, each.code, each.region_code) for each in found.added]
    assert made == [
        ("云溪市民政局", "yunxi-1", "990100"), ("青禾区 政府", "yunxi-2", "990102")
    ]  # fmt: skip
    assert found.there == ("云溪市公安局", "云溪市民政局")
    assert AuditEntry.objects.filter(verb="agency.added", actor_name="刘伟").count() == 2
    again = actions.add_agencies(
        [("云溪市档案局", "")], parent=city.root, actor=city.administrator, now=now
    )
    assert again.added[0].code == "yunxi-3"


def test_a_list_with_one_bad_name_adds_nothing(city: City, now: datetime) -> None:
    before = Agency.objects.count()
    with pytest.raises(Refused, match="第 2 个"):
        actions.add_agencies(
            [("云溪市民政局", ""), ("长" * 121, "")],
            parent=city.root,
            actor=city.administrator,
            now=now,
        )
    with pytest.raises(NotFound):
        actions.add_agencies([("云溪市民政局", "")], parent=city.root, actor=city.operator, now=now)
    many = [(f"第{n}局", "") for n in range(501)]
    with pytest.raises(Refused, match="500"):
        actions.add_agencies(many, parent=city.root, actor=city.administrator, now=now)
    assert Agency.objects.count() == before
