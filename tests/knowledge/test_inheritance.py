"""Whose words an account tells: its own first, then upward; what a lower unit adds or says otherwise."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minxin.agencies import actions as agencies
from minxin.agencies.models import Agency, Staff, StaffNotice
from minxin.core.errors import NotFound, Refused
from minxin.gateway import wording
from minxin.knowledge import queries
from minxin.knowledge.actions import (
    EntryDraft,
    create_entry,
    retire_entry,
    settle_upper,
    update_entry,
)
from minxin.knowledge.index import LiveIndex
from minxin.knowledge.models import Entry, UpperReview
from minxin.knowledge.queries.inheritance import inherited_by
from minxin.knowledge.rules import Answer
from minxin.knowledge.rules.inheritance import distance, is_above, is_inside, own_first
from tests.knowledge.conftest import Editors
from tests.support.city import SETUP, City
from tests.support.entries import entry

ON = date(2026, 11, 24)
ASKED = "怎样领取育儿补贴"


@pytest.fixture
def district(city: City, now: datetime) -> Agency:
    return agencies.add_agency(
        code="qinghe",
        name="青禾区政府",
        parent=city.root,
        region_code="990102",
        actor=SETUP,
        now=now,
    )


@pytest.fixture
def bureau(district: Agency, now: datetime) -> Agency:
    return agencies.add_agency(
        code="qinghe-ga", name="青禾公安分局", parent=district, region_code="990102", actor=SETUP,
        now=now,
    )  # fmt: skip


def draft_of(upper: Entry, narrowing: str, answer: str, region_code: str = "") -> EntryDraft:
    return EntryDraft(
        question="青禾区怎样领取育儿补贴", answer=answer, source_title="青禾区实施细则",
        issuing_agency="青禾区政府", status="published", overrides=upper.pk, narrowing=narrowing,
        region_code=region_code,
    )  # fmt: skip


def told(
    agency: Agency, region: str = "990102", asked: str = ASKED, on: date = ON
) -> Answer | None:
    live = LiveIndex()
    live.build()
    return live.lookup(asked, on=on, region=region, agency_id=agency.pk).answer


def test_own_words_come_first_then_upward(
    city: City, district: Agency, bureau: Agency, now: datetime
) -> None:
    top = entry(city.root, ASKED, "全市：到街道领。", now=now)
    other = entry(city.police, ASKED, "市局：到派出所领。", now=now)
    assert told(bureau).entry_id == top.pk  # type: ignore[union-attr]
    middle = entry(district, ASKED, "区里：网上领。", region_code="990102", now=now)
    assert told(bureau).entry_id == middle.pk  # type: ignore[union-attr]
    assert told(city.police, "990100").entry_id == other.pk  # type: ignore[union-attr]
    assert told(city.station, "990100").entry_id == other.pk  # type: ignore[union-attr]
    own = entry(bureau, ASKED, "分局：到窗口领。", region_code="990102", now=now)
    assert told(bureau).entry_id == own.pk  # type: ignore[union-attr]
    assert told(district).entry_id == middle.pk  # type: ignore[union-attr]
    retire_entry(own, reason="不用了", actor=SETUP, now=now)
    assert told(bureau).entry_id == middle.pk  # type: ignore[union-attr]


def test_own_words_win_where_both_are_about_as_like_what_was_asked(
    city: City, district: Agency, now: datetime
) -> None:
    entry(city.root, "育儿补贴怎样申请领取", "全市。", now=now)
    own = entry(district, "怎样申请领取育儿补贴金", "区里。", region_code="990102", now=now)
    asked = "请问育儿补贴要怎样申请领取才行"
    found = told(district, asked=asked)
    assert found is not None
    assert found.entry_id == own.pk
    assert told(city.root, "990100", asked=asked) is not None


def test_another_matter_of_ones_own_does_not_win(
    city: City, district: Agency, now: datetime
) -> None:
    upper = entry(city.root, "社会保障卡怎样申领", "申领到银行。", now=now)
    entry(district, "社会保障卡丢失怎样挂失", "打电话挂失。", region_code="990102", now=now)
    assert told(district, asked="社会保障卡怎样申领").entry_id == upper.pk  # type: ignore[union-attr]


def test_what_binds_is_told_before_ones_own(city: City, district: Agency, now: datetime) -> None:
    upper = entry(city.root, ASKED, "全市统一。", now=now)
    entry(district, ASKED, "区里另说。", region_code="990102", now=now)
    bind(upper, now)
    assert told(district).entry_id == upper.pk  # type: ignore[union-attr]


def bind(upper: Entry, now: datetime, **changes: object) -> None:
    values = {name: getattr(upper, name) for name in ("question", "answer", "source_title",
              "document_number", "issuing_agency", "region_code", "valid_from", "valid_until", "status")}  # fmt: skip
    update_entry(
        upper, EntryDraft(**{**values, "is_binding": True, **changes}), actor=SETUP, now=now
    )  # type: ignore[arg-type]


def test_a_local_word_is_told_in_the_upper_ones_question_where_it_holds(
    city: City, district: Agency, bureau: Agency, now: datetime
) -> None:
    upper = entry(city.police, ASKED, "全市：一次500元。", now=now)
    lower = create_entry(
        draft_of(upper, "instead", "青禾：一次800元。"), agency=bureau, actor=SETUP, now=now
    )
    found = told(bureau)
    assert found is not None
    assert found.entry_id == lower.pk
    words = wording.answer_words(found, "http://city.test/1")
    assert words.startswith("【本地口径】青禾：一次800元。")
    assert "来源：《青禾区实施细则》" in words
    assert "口径由青禾公安分局负责" in words
    # Without a region it holds in the accounts of its owner alone; and nowhere is it a second answer.
    assert told(district).entry_id == upper.pk  # type: ignore[union-attr]
    assert told(city.police, "990100", "青禾区怎样领取育儿补贴").entry_id == upper.pk  # type: ignore[union-attr]


def test_with_a_region_it_holds_in_every_account_there(
    city: City, district: Agency, bureau: Agency, now: datetime
) -> None:
    upper = entry(city.police, ASKED, "全市：一次500元。", now=now)
    lower = create_entry(
        draft_of(upper, "instead", "青禾：一次800元。", "990102"),
        agency=bureau,
        actor=SETUP,
        now=now,
    )
    assert told(district).entry_id == lower.pk  # type: ignore[union-attr]
    assert told(district, "990103").entry_id == upper.pk  # type: ignore[union-attr]
    assert told(city.police, "990100").entry_id == upper.pk  # type: ignore[union-attr]
    region, path = "990102", district.path
    assert queries.public_answer(upper.pk, ON, region=region, path=path)[0].entry_id == lower.pk  # type: ignore[union-attr]
    here = queries.frequent_questions(ON, region, path=path)
    assert [each.pk for each in here] == [lower.pk]
    there = queries.frequent_questions(ON, "990100", path=city.police.path)
    assert [each.pk for each in there] == [upper.pk]


def test_what_is_added_is_told_with_both_sources_and_ends_with_its_days(
    city: City, bureau: Agency, now: datetime
) -> None:
    upper = entry(city.police, ASKED, "全市：一次500元。", now=now)
    draft = draft_of(upper, "adds", "青禾另需带居住证。")
    lower = create_entry(draft, agency=bureau, actor=SETUP, now=now)
    for asked in (ASKED, "青禾区怎样领取育儿补贴"):
        found = told(bureau, asked=asked)
        assert found is not None
        assert found.entry_id == upper.pk
        words = wording.answer_words(found, "http://city.test/1")
        assert "全市：一次500元。" in words
        assert "【青禾公安分局补充】青禾另需带居住证。" in words
        assert words.count("来源：") == 2
    Entry.objects.filter(pk=lower.pk).update(valid_until=ON - timedelta(days=1))
    assert told(bureau).additions == ()  # type: ignore[union-attr]
    here = queries.frequent_questions(ON, "990102", path=bureau.path)
    assert [each.pk for each in here] == [upper.pk]
    retire_entry(upper, reason="不发了", actor=SETUP, now=now)
    Entry.objects.filter(pk=lower.pk).update(valid_until=None)
    assert told(bureau) is None


def test_only_what_is_above_is_narrowed_and_never_what_binds(
    city: City, district: Agency, bureau: Agency, now: datetime
) -> None:
    upper = entry(city.police, ASKED, now=now)
    for where in (city.root, city.water, city.police):
        with pytest.raises(Refused):
            create_entry(draft_of(upper, "instead", "另说。"), agency=where, actor=SETUP, now=now)
    with pytest.raises(Refused):
        create_entry(draft_of(upper, "", "另说。"), agency=bureau, actor=SETUP, now=now)
    bind(upper, now)
    with pytest.raises(Refused) as refused:
        create_entry(draft_of(upper, "instead", "另说。"), agency=bureau, actor=SETUP, now=now)
    assert "统一口径" in refused.value.message
    assert Entry.objects.count() == 1


def test_an_owner_hears_once_that_the_upper_words_changed(
    city: City, editors: Editors, now: datetime
) -> None:
    """户政 narrows what the police say; 李敏 edits for both; 高翔 of the water bureau sees nothing."""
    upper = entry(city.root, ASKED, "全市：一次500元。", now=now)
    lower = create_entry(
        draft_of(upper, "instead", "公安：800元。"), agency=city.police, actor=editors.li, now=now
    )
    bind(upper, now, is_binding=False, answer="全市：一次600元。")
    bind(upper, now, is_binding=False, answer="全市：一次700元。")
    review = UpperReview.objects.get()
    assert "500元" in review.before
    assert "700元" in review.after
    assert StaffNotice.objects.filter(staff=editors.li, kind="review.upper").count() == 1
    with pytest.raises(NotFound):
        settle_upper(review, "right", actor=editors.gao, now=now)
    with pytest.raises(Refused):
        settle_upper(review, "changed", actor=editors.li, now=now)
    settle_upper(review, "right", actor=editors.li, now=now)
    review.refresh_from_db()
    assert review.status == "right"
    bind(upper, now, is_binding=False, answer="全市：一次900元。")
    second = UpperReview.objects.get(status="open")
    assert "700元" in second.before
    bind(upper, now, is_binding=False, answer="全市：一次700元。")
    second.refresh_from_db()
    assert second.status == "void"
    bind(upper, now, answer="全市：一次700元。")
    third = UpperReview.objects.get(status="open")
    assert told(city.police, "990100").entry_id == upper.pk  # type: ignore[union-attr]
    with pytest.raises(Refused):
        settle_upper(third, "right", actor=editors.li, now=now)
    settle_upper(third, "withdrawn", note="上级已统一", actor=editors.li, now=now)
    lower.refresh_from_db()
    assert lower.status == "retired"


def test_a_sheet_leaves_the_link_and_an_ended_upper_is_told(
    city: City, editors: Editors, now: datetime
) -> None:
    upper = entry(city.root, ASKED, "全市。", now=now)
    lower = create_entry(
        draft_of(upper, "instead", "公安。"), agency=city.police, actor=editors.li, now=now
    )
    update_entry(
        lower, EntryDraft(question="q", answer="a", source_title="t", issuing_agency="i", status="published"),
        actor=editors.li, now=now,
    )  # fmt: skip
    lower.refresh_from_db()
    assert lower.overrides_id == upper.pk
    retire_entry(upper, reason="废止", actor=SETUP, now=now)
    assert "已不再发布" in UpperReview.objects.get(status="open").after


def test_who_inherits_sees_published_words_of_those_above_alone(
    city: City, editors: Editors, now: datetime
) -> None:
    upper = entry(city.root, ASKED, now=now)
    entry(city.root, "草稿？", status="draft", now=now)
    entry(city.root, "别处？", region_code="330100", now=now)
    entry(city.water, "水务？", now=now)
    entry(city.police, "自己的？", now=now)
    assert list(inherited_by(editors.li)) == [upper]
    assert not inherited_by(Staff(username="nobody")).exists()


PATHS = st.lists(st.integers(1, 3), min_size=1, max_size=4).map(
    lambda parts: "/" + "/".join(map(str, parts)) + "/"
)


@given(PATHS, PATHS, PATHS)
def test_above_is_never_mutual_and_own_is_nearest(one: str, other: str, third: str) -> None:
    assert not (is_above(one, other) and is_above(other, one))
    assert distance(one, one) == 0
    assert distance(one, other) > 0 or one == other
    if third.startswith(other) and other.startswith(one):
        assert distance(third, other) <= distance(third, one)


@given(st.text("0123456789", max_size=12), st.text("0123456789", max_size=12))
def test_inside_is_never_mutual(one: str, other: str) -> None:
    assert not (is_inside(one, other) and is_inside(other, one))


@given(st.lists(st.tuples(PATHS, st.sampled_from(["", "企业"])), max_size=6), PATHS)
def test_something_of_each_audience_stays(some: list[tuple[str, str]], path: str) -> None:
    answers = [
        Answer(number, number, "", "", "", "", "", "", "", None, None, audience=audience)
        for number, (_, audience) in enumerate(some)
    ]
    kept = own_first(answers, path, lambda number: some[number][0])
    assert {each.audience for each in kept} == {each.audience for each in answers}
