"""The responsibility list: drafted, filled by a sheet, compared, adopted; what holds on which day."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from minxin.agencies.models import Agency, AuditEntry, Staff
from minxin.core.errors import NotFound, Refused
from minxin.tickets.actions import responsibilities as actions
from minxin.tickets.actions.matters import keep_matter, load_taxonomy
from minxin.tickets.models import Matter, OwnershipDecision, Responsibility, ResponsibilityList
from minxin.tickets.queries import responsibilities as queries
from minxin.tickets.responsibility_sheets import Known, called, read_lines
from minxin.tickets.rules.responsibilities import (
    Duty,
    Key,
    Line,
    applied,
    differences,
    lines_for,
    place_of,
)
from tests.support.city import SETUP, City
from tests.tickets.conftest import MATTERS


def matter(name: str) -> Matter:
    return Matter.objects.get(name=name)


def adopted(city: City, now: datetime, *lines: tuple[str, str, Agency]) -> ResponsibilityList:
    """A version in force from today with these lines: matter, place, agency."""
    draft = actions.begin_draft(is_copy=False, actor=city.administrator, now=now)
    for name, place, agency in lines:
        actions.keep_row(
            draft, None, matter=matter(name), place=place, agency=agency, basis="三定规定",
            actor=city.administrator, now=now,
        )  # fmt: skip
    adopt(draft, city.administrator, now)
    return draft


def adopt(draft: ResponsibilityList, who: Staff, now: datetime, days: int = 0) -> None:
    draft.refresh_from_db()
    actions.adopt_list(
        draft, effective_on=timezone.localdate(now) + timedelta(days=days), reason="市政府办公会议定",
        revision=draft.revision, actor=who, now=now,
    )  # fmt: skip


# Pure -------------------------------------------------------------------------------------------

KEYS = st.builds(Key, st.sampled_from(["甲", "乙", "丙"]), st.sampled_from(["", "东桥", "西桥"]))
DUTIES = st.builds(
    Duty, st.integers(1, 3), st.sampled_from([(), (1,), (2, 3)]), st.sampled_from(["", "某条"])
)
VERSIONS = st.dictionaries(KEYS, DUTIES)


@given(VERSIONS, VERSIONS)
def test_a_difference_says_all_that_changes_and_nothing_else(
    before: dict[Key, Duty], after: dict[Key, Duty]
) -> None:
    changes = differences(before, after)
    assert applied(before, changes) == after
    assert len({each.key for each in changes}) == len(changes)
    assert all(each.before != each.after for each in changes)


@given(st.sampled_from(["", "全市", " 东桥 ", "—", "东桥  北路"]))
def test_a_place_is_kept_in_one_way(text: str) -> None:
    assert place_of(place_of(text)) == place_of(text)
    assert place_of("全市") == ""


def line(number: int, words: str, place: str = "", matter: int = 1) -> Line:
    return Line(number, matter, words, (words,), place, 10 + number)


def test_the_line_of_the_place_comes_before_that_for_everywhere() -> None:
    lines = [line(1, "路灯"), line(2, "路灯", "东桥"), line(3, "路灯", "西桥"), line(4, "占道")]
    found = lines_for(lines, text="路灯坏了", place="东桥路口")
    assert [each.line.number for each in found] == [2, 1]
    assert found[0].words == ("路灯",)


def test_a_category_tells_the_matter_where_no_word_does() -> None:
    lines = [line(1, "路灯照明", matter=7), line(2, "占道")]
    found = lines_for(lines, text="晚上很黑", place="", matters=frozenset({7}))
    assert [(each.line.number, each.by_category) for each in found] == [(1, True)]
    assert lines_for(lines, text="晚上很黑", place="") == []


# The sheet --------------------------------------------------------------------------------------

AGENCIES = called([(1, "police", "云溪市公安局", "公安局", True), (2, "old", "旧局", "", False),
                   (3, "a", "东区分局", "分局", True), (4, "b", "西区分局", "分局", True)])  # fmt: skip
PATHS = {"城乡建设": True, "城乡建设/路灯": True, "公安": True, "公安/路灯": True, "公安/信号灯": True,
         "公安/停用的": False}  # fmt: skip
KNOWN = Known(PATHS, AGENCIES, adds_matters=False)


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        (("信号灯", "", "公安局"), ""),
        (("公安/信号灯", "全市", "police"), ""),
        (("路灯", "", "公安局"), "有几个同名事项"),
        (("没有的", "", "公安局"), "没有这个事项"),
        (("公安/停用的", "", "公安局"), "已停用"),
        (("信号灯", "", "旧局"), "已停用"),
        (("信号灯", "", "分局"), "有几个单位叫这个名字"),
        (("信号灯", "", "没有的局"), "没有这个单位"),
        (("信号灯", "", ""), "没有写主办单位"),
        (("", "东桥", "公安局"), "没有写事项"),
        (("信号灯", "东" * 61, "公安局"), "不超过 60 字"),
        (("甲/乙/丙/丁/戊", "", "公安局"), "最多四级"),
    ],
)
def test_each_line_says_what_is_wrong_with_it(cells: tuple[str, ...], fault: str) -> None:
    (found,) = read_lines([(2, cells)], ("matter", "place", "agency"), KNOWN)
    said = "".join(words for _column, _text, words in found.faults)
    assert fault in said
    assert bool(said) == bool(fault)


def test_a_line_that_stands_twice_is_wrong_once() -> None:
    rows = [
        (2, ("信号灯", "全市", "公安局")),
        (3, ("", "", "")),
        (4, ("公安/信号灯", "", "公安局")),
    ]
    first, second = read_lines(rows, ("matter", "place", "agency"), KNOWN)
    assert not first.faults
    assert "与第 2 行" in second.faults[0][2]


def test_levels_stand_in_columns_and_co_handlers_in_one_cell() -> None:
    columns = ("level_1", "level_2", "matter", "agency", "co")
    adds = Known(PATHS, AGENCIES, adds_matters=True)
    (found,) = read_lines(
        [(2, ("公安", "信号灯", "倒计时", "公安局", "东区分局、西区分局"))], columns, adds
    )
    assert (found.matter, found.agency, found.co) == ("公安/信号灯/倒计时", 1, [3, 4])


# Drafted and adopted ----------------------------------------------------------------------------


def test_a_version_is_drafted_compared_adopted_and_stays(city: City, now: datetime) -> None:
    first = adopted(city, now, ("路灯照明", "", city.water), ("信号灯", "", city.police))
    second = actions.begin_draft(is_copy=True, actor=city.administrator, now=now)
    assert queries.duties_of(first) == queries.duties_of(second)
    row = Responsibility.objects.get(version=second, matter=matter("路灯照明"))
    actions.keep_row(
        second, row, matter=row.matter, place="", agency=city.police, co_agencies=[city.water],
        basis="新三定", actor=city.administrator, now=now,
    )  # fmt: skip
    actions.remove_row(
        Responsibility.objects.get(version=second, matter=matter("信号灯")),
        actor=city.administrator, now=now,
    )  # fmt: skip
    assert [each.kind for each in queries.changes_of(second)] == ["removed", "changed"]
    assert (
        queries.told(queries.changes_of(second))[1].after
        == "云溪市公安局（协办：云溪市水务局）；新三定"
    )
    adopt(second, city.administrator, now, days=3)
    assert queries.list_in_force(now.date()) == first
    assert queries.list_in_force(now.date() + timedelta(days=3)) == second
    second.refresh_from_db()
    assert second.adopted_by == city.administrator
    with pytest.raises(Refused, match="已经不是草稿"):
        actions.remove_row(row, actor=city.administrator, now=now)
    assert AuditEntry.objects.filter(verb="responsibilities.adopted").count() == 2


def test_who_adopts_adopts_what_she_has_read(city: City, now: datetime) -> None:
    draft = actions.begin_draft(is_copy=False, actor=city.administrator, now=now)
    given: dict[str, Any] = {"place": "", "basis": "", "actor": city.administrator, "now": now}
    actions.keep_row(draft, None, matter=matter("信号灯"), agency=city.police, **given)
    draft.refresh_from_db()
    read = draft.revision
    actions.keep_row(draft, None, matter=matter("路灯照明"), agency=city.water, **given)
    with pytest.raises(Refused, match="又有改动"):
        actions.adopt_list(
            draft, effective_on=now.date(), reason="会议定了", revision=read,
            actor=city.administrator, now=now,
        )  # fmt: skip
    with pytest.raises(Refused, match="不能早于今天"):
        adopt(draft, city.administrator, now, days=-1)
    assert queries.list_in_force(now.date()) is None


def test_one_draft_at_a_time_and_what_is_laid_aside_stays_readable(
    city: City, now: datetime
) -> None:
    draft = actions.begin_draft(is_copy=True, actor=city.administrator, now=now)
    with pytest.raises(Refused, match="已经有一份草稿"):
        actions.begin_draft(is_copy=True, actor=city.administrator, now=now)
    actions.discard_draft(draft, reason="重新起草", actor=city.administrator, now=now)
    assert actions.begin_draft(is_copy=True, actor=city.administrator, now=now) != draft


def test_only_who_keeps_the_citys_settings_changes_the_list(city: City, now: datetime) -> None:
    for who in (city.wang, city.operator, city.outsider):
        with pytest.raises(NotFound):
            actions.begin_draft(is_copy=True, actor=who, now=now)
        with pytest.raises(NotFound):
            load_taxonomy(MATTERS, actor=who, now=now)
    draft = actions.begin_draft(is_copy=True, actor=city.administrator, now=now)
    with pytest.raises(NotFound):
        actions.keep_row(
            draft, None, matter=matter("信号灯"), place="", agency=city.police, basis="",
            actor=city.wang, now=now,
        )  # fmt: skip
    assert not Responsibility.objects.exists()


def test_an_agency_out_of_use_is_never_adopted(city: City, now: datetime) -> None:
    draft = actions.begin_draft(is_copy=False, actor=city.administrator, now=now)
    actions.keep_row(
        draft, None, matter=matter("信号灯"), place="", agency=city.station, basis="",
        actor=city.administrator, now=now,
    )  # fmt: skip
    type(city.station).objects.filter(pk=city.station.pk).update(is_active=False)
    with pytest.raises(Refused, match="东桥派出所已停用"):
        adopt(draft, city.administrator, now)


# Arbitrations -----------------------------------------------------------------------------------


def test_an_arbitration_becomes_a_line_of_the_draft_by_a_person(city: City, now: datetime) -> None:
    adopted(city, now, ("路灯照明", "", city.police))
    ticket_decision = decided(city, now)
    assert list(queries.decisions_to_use(city.administrator)) == [ticket_decision]
    row = actions.take_decision(
        ticket_decision, matter=matter("路灯照明"), place="东桥", basis="裁定书",
        actor=city.administrator, now=now,
    )  # fmt: skip
    assert row.version.status == "draft"
    assert (row.agency, row.decision) == (city.water, ticket_decision)
    assert not queries.decisions_to_use(city.administrator).exists()
    with pytest.raises(Refused, match="已经处理过"):
        actions.leave_decision(
            ticket_decision, reason="属于个案", actor=city.administrator, now=now
        )
    actions.discard_draft(row.version, reason="另行研究", actor=city.administrator, now=now)
    assert queries.decisions_to_use(city.administrator).exists()
    actions.leave_decision(ticket_decision, reason="属于个案", actor=city.administrator, now=now)
    ticket_decision.refresh_from_db()
    assert (ticket_decision.use, ticket_decision.used_by) == ("left", city.administrator)


def decided(city: City, now: datetime) -> OwnershipDecision:
    from minxin.tickets.actions import file

    ticket = file(
        text="东桥路口的路灯坏了三天", citizen=city.xiaolin, account=city.account, source="portal",
        key="disputed", actor=SETUP, now=now,
    )  # fmt: skip
    return OwnershipDecision.objects.create(
        ticket=ticket, at=now, place="东桥路口", agency=city.water, disputed_by=city.police,
        decided_by=city.wang, reason="路灯由水务局代管",
    )  # fmt: skip


# Matters ----------------------------------------------------------------------------------------


def test_the_taxonomy_is_loaded_whole_or_not_at_all(city: City, now: datetime) -> None:
    known = Matter.objects.count()
    assert known == 7
    with pytest.raises(Refused, match="第 3 行"):
        load_taxonomy([("新的", "", ""), ("甲", "", "丙")], actor=SETUP, now=now)
    assert Matter.objects.count() == known
    again = load_taxonomy([*MATTERS, ("环境保护",)], actor=SETUP, now=now)
    assert (again.added, again.known) == (1, known)


def test_a_city_adds_matters_of_its_own_four_levels_deep(city: City, now: datetime) -> None:
    given: dict[str, Any] = {
        "keywords": "路灯不亮",
        "code": "",
        "is_active": True,
        "actor": city.administrator,
        "now": now,
    }
    own = keep_matter(None, name="单灯故障", parent=matter("路灯照明"), **given)
    assert (own.path, own.level, own.origin) == ("城乡建设/城市管理/路灯照明/单灯故障", 4, "own")
    with pytest.raises(Refused, match="最多四级"):
        keep_matter(None, name="再深", parent=own, **given)
    with pytest.raises(Refused, match="同名"):
        keep_matter(None, name="单灯故障", parent=matter("路灯照明"), **given)


def test_the_command_loads_a_sheet(db: None, tmp_path: Path) -> None:
    sheet = tmp_path / "taxonomy.csv"
    sheet.write_text("一级分类,二级分类,三级分类\n公安,交通管理,信号灯\n", encoding="utf-8")
    call_command("load_taxonomy", str(sheet), verbosity=0)
    assert Matter.objects.filter(path="公安/交通管理/信号灯", origin="national").exists()
    sheet.write_text("甲,乙\n1,2\n", encoding="utf-8")
    with pytest.raises(CommandError, match="第一行"):
        call_command("load_taxonomy", str(sheet), verbosity=0)
