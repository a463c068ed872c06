"""What a published document says it repeals is proposed; a person decides, and across issuers says why."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minxin.agencies.models import Agency, AuditEntry, StaffNotice
from minxin.core.errors import AlreadyDone, NotFound, Refused
from minxin.knowledge import actions, queries
from minxin.knowledge.actions import DocumentDraft
from minxin.knowledge.models import BasisReview, Document, RepealProposal
from minxin.knowledge.rules import (
    Issue,
    is_next_in_series,
    place_of_issuer,
    region_found,
    series_of,
)
from minxin.text.documents import passages, read
from tests.knowledge.conftest import Editors
from tests.knowledge.drafts import draft
from tests.knowledge.papers import paper
from tests.support.city import SETUP, City

OLD = "云溪市犬只管理办法"
NEW = """云溪市养犬管理条例

第一条 根据《中华人民共和国动物防疫法》制定本条例。

第二条 本条例自2026年12月1日起施行。《云溪市犬只管理办法》（云政发〔2015〕9号）同时废止。
"""


def publish(
    agency: Agency, text: str, now: datetime, issuer: str = "云溪市人民政府", **fields: object
) -> Document:
    reading = read("paper.md", text.encode())
    values = {"effective_on": date(2026, 12, 1), **fields}
    drawn = DocumentDraft(title=text.splitlines()[0], issuing_agency=issuer, **values)  # type: ignore[arg-type]
    document, _is_new = actions.add_document(
        text.encode(), drawn, passages(reading.blocks), agency=agency, actor=SETUP, now=now
    )
    actions.publish_document(document, actor=SETUP, now=now)
    return document


def proposals() -> list[RepealProposal]:
    return list(RepealProposal.objects.order_by("id"))


def test_what_it_says_is_proposed_and_nothing_ends_before_a_person_confirms(
    city: City, editors: Editors, now: datetime
) -> None:
    old = paper(
        city.police, OLD, now=now, effective_on=date(2015, 5, 1), document_number="云政发[2015]9号"
    )
    publish(city.water, NEW, now)
    [found] = proposals()
    assert (found.target, found.owner, found.same_issuer) == (old, city.police, True)
    assert (found.on, found.title, found.parts) == (date(2026, 12, 1), OLD, "")
    old.refresh_from_db()
    assert old.repealed_on is None
    assert StaffNotice.objects.filter(staff=editors.li, kind="review.repeals").count() == 1
    assert (queries.proposals_open(editors.li), queries.proposals_open(editors.gao)) == (1, 0)
    with pytest.raises(NotFound):
        actions.confirm_repeal(found, found.on, actor=editors.gao, now=now)
    with pytest.raises(Refused):
        actions.confirm_repeal(found, None, actor=editors.li, now=now)
    actions.confirm_repeal(found, found.on, actor=editors.li, now=now)
    old.refresh_from_db()
    assert old.repealed_on == date(2026, 12, 1)
    assert "云溪市养犬管理条例" in old.repealed_by
    with pytest.raises(AlreadyDone):
        actions.confirm_repeal(found, found.on, actor=editors.li, now=now)
    with pytest.raises(AlreadyDone):
        actions.decline_repeal(found, note="不是", actor=editors.li, now=now)
    assert AuditEntry.objects.filter(verb="repeal_proposal.decided").count() == 1


def test_across_issuers_the_reason_is_asked_for(
    city: City, editors: Editors, now: datetime
) -> None:
    paper(city.police, OLD, now=now, effective_on=date(2015, 5, 1), issuing_agency="云溪市公安局")
    publish(city.water, NEW, now)
    [found] = proposals()
    assert not found.same_issuer
    with pytest.raises(Refused) as refused:
        actions.confirm_repeal(found, found.on, note=" ", actor=editors.li, now=now)
    assert refused.value.field == "note"
    actions.confirm_repeal(found, found.on, note="市政府有权", actor=editors.li, now=now)


def test_declining_needs_a_reason_and_changes_nothing(
    city: City, editors: Editors, now: datetime
) -> None:
    old = paper(city.police, OLD, now=now, effective_on=date(2015, 5, 1))
    publish(city.water, NEW, now)
    [found] = proposals()
    with pytest.raises(Refused):
        actions.decline_repeal(found, note="", actor=editors.li, now=now)
    actions.decline_repeal(found, note="同名的另一份", actor=editors.li, now=now)
    old.refresh_from_db()
    assert (old.repealed_on, proposals()[0].status) == (None, "declined")


def test_what_comes_in_later_is_matched_then_and_another_number_is_not_it(
    city: City, editors: Editors, now: datetime
) -> None:
    publish(city.water, NEW, now)
    assert [each.target for each in proposals()] == [None]
    with pytest.raises(Refused):
        actions.confirm_repeal(proposals()[0], date(2026, 12, 1), actor=editors.gao, now=now)
    publish(city.police, f"{OLD}\n\n第一条 旧。\n", now, effective_on=date(2012, 1, 1),
            document_number="云政发〔2012〕1号")  # fmt: skip
    assert [each.target for each in proposals()] == [None]
    old = publish(city.police, f"{OLD}\n\n第一条 养犬登记。\n", now, effective_on=date(2015, 5, 1),
                  document_number="云政发〔2015〕9号")  # fmt: skip
    assert [(each.target, each.owner) for each in proposals()] == [(old, city.police)]


def test_of_parts_only_what_cites_it_is_looked_at(
    city: City, editors: Editors, now: datetime
) -> None:
    old = paper(city.police, OLD, now=now, effective_on=date(2015, 5, 1))
    from dataclasses import replace

    asked = replace(draft("养狗要到哪里登记"), source_title=OLD)
    actions.create_entry(asked, agency=city.police, actor=SETUP, now=now)
    publish(city.water, NEW.replace("（云政发〔2015〕9号）", "第三章"), now)
    [found] = proposals()
    actions.confirm_repeal(found, found.on, actor=editors.li, now=now)
    old.refresh_from_db()
    [review] = BasisReview.objects.all()
    assert (old.repealed_on, review.cause, review.grade) == (None, "partly", "likely")


def test_the_text_of_a_later_year_is_proposed_as_the_newer_one(
    city: City, editors: Editors, now: datetime
) -> None:
    first = publish(
        city.police,
        "云溪市2025年义务教育招生方案\n\n一、四月报名。\n",
        now,
        effective_on=date(2025, 3, 1),
    )
    publish(
        city.water,
        "云溪市2025年义务教育招生方案\n\n一、别的单位。\n",
        now,
        effective_on=date(2025, 3, 1),
    )
    publish(
        city.police,
        "云溪市2025年义务教育招生方案\n\n一、别的机关。\n",
        now,
        issuer="云溪市教育局",
        effective_on=date(2025, 3, 1),
    )
    second = publish(
        city.police,
        "云溪市2026年义务教育招生方案\n\n一、五月报名。\n",
        now,
        effective_on=date(2026, 3, 1),
    )
    [found] = proposals()
    assert (found.document, found.target, found.cause) == (second, first, "series")
    actions.confirm_repeal(found, found.on, actor=editors.li, now=now)
    first.refresh_from_db()
    assert first.superseded_by == second


def test_what_a_congress_issued_holds_where_it_sits_when_that_is_certain(
    city: City, now: datetime
) -> None:
    def region(issuer: str) -> str:
        text = f"某条例\n\n第一条 由{issuer}发布。\n"
        return publish(city.police, text, now, issuer=issuer).region_code

    assert region("海南省人民代表大会常务委员会") == "460000"
    assert region("浙江省杭州市人民代表大会常务委员会") == "330100"
    assert region("鼓楼区人民政府") == ""
    assert region("全国人民代表大会常务委员会") == ""
    assert region("国务院") == ""
    assert region("海南省人民政府、广东省人民政府") == ""


# Rules -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "series"),
    [
        ("云溪市2025年义务教育招生方案", ("云溪市义务教育招生方案", 2025)),
        ("２０２５年度优抚对象补助标准", ("优抚对象补助标准", 2025)),
        ("云溪市2023—2025年行动计划", ("云溪市行动计划", 2025)),
        ("云溪市养犬管理条例", None),
        ("关于调整2024年和2025年补贴的通知", None),
        ("2025年通知", None),
    ],
)
def test_series_are_told_by_matter_and_year(title: str, series: object) -> None:
    assert series_of(title) == series


_ISSUERS = st.sampled_from(["甲市教育局", "乙市教育局", "甲市教育局、甲市财政局", ""])
_TITLES = st.sampled_from(["2024年招生方案", "2025年招生方案", "2025年补贴方案", "招生方案"])
_ISSUES = st.builds(
    Issue,
    document_id=st.integers(1, 3),
    title=_TITLES,
    issuing_agency=_ISSUERS,
    region_code=st.sampled_from(["", "990100", "330100"]),
    first=st.one_of(st.none(), st.dates(date(2024, 1, 1), date(2026, 1, 1))),
)


@given(_ISSUES, _ISSUES)
def test_a_later_year_wins_only_where_issuer_and_region_fit(one: Issue, other: Issue) -> None:
    if is_next_in_series(one, other):
        assert not is_next_in_series(other, one)
        assert one.issuing_agency == other.issuing_agency != ""
        assert one.region_code == other.region_code
        assert one.first is not None
        assert other.first is not None
        assert one.first > other.first


def test_a_place_is_read_of_an_issuer_only_where_it_is_one() -> None:
    assert place_of_issuer("海南省人大常委会") == "海南省"
    assert place_of_issuer("国务院办公厅") == ""
    assert place_of_issuer("") == ""
    assert region_found(["460000"]) == "460000"
    assert region_found(["320106", "350102"]) == ""
