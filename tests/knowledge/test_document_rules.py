"""When a document holds, which of two is newer, how a passage is cited."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minxin.knowledge.rules import (
    Issue,
    Place,
    Span,
    citation,
    comparable,
    comparable_number,
    is_newer,
)
from minxin.text.numerals import in_words, number_of

days = st.dates(date(1990, 1, 1), date(2060, 12, 31))
maybe = st.none() | days


@given(maybe, maybe, maybe, maybe, days)
def test_what_is_repealed_replaced_or_not_yet_in_force_is_never_current(
    issued: date | None,
    effective: date | None,
    repealed: date | None,
    superseded: date | None,
    on: date,
) -> None:
    span = Span.of(
        issued_on=issued, effective_on=effective, repealed_on=repealed, superseded_on=superseded
    )
    may = (
        (effective is None or effective <= on)
        and (effective is not None or issued is None or issued <= on)
        and (repealed is None or on < repealed)
        and (superseded is None or on < superseded)
    )
    assert span.holds(on) == may
    assert (span.standing(on) == "current") == may


@given(days, days)
def test_of_two_versions_at_most_one_holds_on_a_day(first: date, on: date) -> None:
    later = first + timedelta(days=90)
    old, new = Span.of(effective_on=first, superseded_on=later), Span.of(effective_on=later)
    assert not (old.holds(on) and new.holds(on))
    assert old.holds(on) or new.holds(on) or on < first


def test_a_document_ceases_on_the_day_it_is_repealed_from() -> None:
    span = Span.of(effective_on=date(2020, 1, 1), repealed_on=date(2026, 3, 1))
    assert span.holds(date(2026, 2, 28))
    assert span.standing(date(2026, 3, 1)) == "ended"
    assert span.standing(date(2019, 12, 31)) == "not_yet"


@given(st.integers(1, 9999))
def test_numbers_are_written_and_read_alike(number: int) -> None:
    assert number_of(in_words(number)) == number


def test_numbers_are_written_as_statutes_write_them() -> None:
    assert [in_words(each) for each in (10, 12, 20, 101, 110, 1260)] == [
        "十", "十二", "二十", "一百零一", "一百一十", "一千二百六十",
    ]  # fmt: skip
    assert number_of("二〇二六") == 2026
    assert number_of("没有") == 0
    with pytest.raises(ValueError, match="0"):
        in_words(0)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (Place(), "《云溪市养犬管理条例》"),
        (Place("第十二条"), "《云溪市养犬管理条例》第十二条"),
        (Place("第十二条", 2), "《云溪市养犬管理条例》第十二条第二款"),
        (Place("第十二条", 2, "（三）"), "《云溪市养犬管理条例》第十二条第二款第三项"),
        (Place("第十二条之一", 0, "(十一)"), "《云溪市养犬管理条例》第十二条之一第十一项"),
        (Place("第三条", 0, "（一）/2."), "《云溪市养犬管理条例》第三条第一项第二目"),
        (Place("二、", 0, "（一）"), "《云溪市养犬管理条例》第二部分第一项"),
        (Place("附件1", 0, "第4行"), "《云溪市养犬管理条例》附件1表格第4行"),
    ],
)
def test_a_passage_is_cited_in_the_words_of_officials(place: Place, words: str) -> None:
    assert citation("云溪市养犬管理条例", place) == words


def test_a_title_inside_a_title_gets_single_marks() -> None:
    assert citation("关于实施《养犬条例》的意见") == "《关于实施〈养犬条例〉的意见》"
    assert citation("《养犬条例》", Place("第一条")) == "《养犬条例》第一条"


def test_titles_and_numbers_are_compared_whatever_their_form() -> None:
    assert comparable("《雲溪市養犬管理條例》（2026年修订）") == comparable("云溪市养犬管理条例")
    assert comparable("藥品價格減免修訂優惠辦法") == comparable("药品价格减免修订优惠办法")
    assert comparable("高等教育法(2018-12-29)") == "高等教育法"
    assert comparable("(2026年)") != ""
    assert comparable_number("云政发〔2026〕3号") == comparable_number("云政发[2026]第３號")
    assert comparable_number("云政发〔2026〕3号") != comparable_number("云政发〔2026〕13号")


numbered = st.builds(
    Issue,
    document_id=st.integers(1, 8),
    title=st.sampled_from(["养犬条例", "養犬條例（2020年）", "供水办法"]),
    issuing_agency=st.sampled_from(["市政府", ""]),
    region_code=st.sampled_from(["990100", ""]),
    first=maybe,
)


@given(st.lists(numbered, max_size=8, unique_by=lambda issue: issue.document_id))
def test_newer_documents_win_and_never_in_a_circle(issues: list[Issue]) -> None:
    for one, other in itertools.product(issues, repeat=2):
        assert not (is_newer(one, other) and is_newer(other, one))
        for third in issues:
            if is_newer(one, other) and is_newer(other, third):
                assert is_newer(one, third)
        if is_newer(one, other):
            assert one.first is not None
            assert other.first is not None
            assert one.first > other.first
