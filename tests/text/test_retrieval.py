"""Ranking: one spelling for comparing, what a question is about, and each kind of evidence."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minxin.text import Index, Weights, fold
from minxin.text.numerals import number_of
from minxin.text.retrieval.evidence import PASSAGE, WINDOW, in_one_place
from minxin.text.retrieval.places import provinces
from minxin.text.retrieval.question import matter_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("三十天内办结", "30天内办结"),
        ("３０天内办結", "30天内办结"),
        ("十五个工作日", "15个工作日"),
        ("一百二十元", "120元"),
        ("百分之五十", "50%"),
        ("戶口遷移", "户口迁移"),
        ("Ａ類", "a类"),
        ("两年", "2年"),
    ],
)
def test_what_is_written_in_two_ways_compares_as_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    "text", ["统一办理", "一个人", "三农", "十分", "第三人", "一年", "一次性补助", "九三学社"]
)
def test_a_word_with_a_number_in_it_stays_a_word(text: str) -> None:
    assert fold(text) == text


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def _in_chinese(number: int) -> str:
    digits = "零一二三四五六七八九"
    parts, written, zero = ((1000, "千"), (100, "百"), (10, "十"), (1, "")), "", False
    for size, name in parts:
        digit, number = divmod(number, size)
        if digit:
            written += ("零" if zero and written else "") + digits[digit] + name
            zero = False
        else:
            zero = True
    return written


@given(st.integers(1, 9_999), st.integers(0, 9_999))
def test_a_number_in_words_is_that_number(low: int, high: int) -> None:
    assert number_of(_in_chinese(low)) == low
    written = f"{_in_chinese(high)}万{_in_chinese(low)}" if high else _in_chinese(low)
    assert number_of(written) == high * 10_000 + low


def test_what_only_asks_is_no_matter() -> None:
    assert matter_of("公积金贷款利率是多少").split() == ["公积金贷款利率是"]
    assert matter_of("怎么办")
    assert matter_of("什么").strip()


def test_a_city_names_its_province() -> None:
    assert provinces("石家庄市") == provinces("河北省") != provinces("江西")
    assert len(provinces("南昌和杭州")) == 2
    assert provinces("公积金") == frozenset()


def test_what_stands_together_is_more_than_what_is_scattered() -> None:
    tokens = [("补贴", 2.0), ("高温", 3.0)]
    assert in_one_place("高温补贴", tokens)[0] == 5.0
    far = "高温" + "。" * (WINDOW + 1) + "补贴"
    assert in_one_place(far, tokens)[0] == 3.0
    farther = "高温" + "。" * 2 * PASSAGE + "补贴"
    assert in_one_place(farther, tokens)[1] == 3.0
    assert in_one_place(far, tokens)[1] == 5.0
    assert in_one_place("别的", tokens) == (0.0, 0.0)


@given(st.text("高温补贴。", max_size=700))
def test_evidence_of_one_place_never_exceeds_all_there_is(text: str) -> None:
    tokens = [("补贴", 2.0), ("高温", 3.0)]
    together, passage = in_one_place(text, tokens)
    present = sum(weight for token, weight in tokens if token in text)
    assert 0 <= together <= present
    assert 0 <= passage <= present * 2.2


def index_of(*texts: str) -> Index:
    index = Index()
    index.build(enumerate(texts))
    return index


def test_a_text_of_another_province_stands_behind() -> None:
    same = "出台措施支持中小企业，减免房租三个月，社会保险费可以缓缴。"
    index = index_of(f"江西省{same}江西。", f"河北省{same}河北。", f"浙江省{same}浙江。")
    for place, number in (("江西", 0), ("石家庄", 1), ("杭州", 2)):
        assert index.search(f"{place}对中小企业有哪些房租减免措施")[0].id == number


def test_numbers_and_traditional_characters_find_the_text() -> None:
    index = index_of("自受理之日起三十日内办结", "材料不全的退回", "逾期不补正的视为放弃")
    assert index.search("30日內辦結")[0].id == 0


def test_the_evidence_explains_the_order() -> None:
    index = index_of("高温津贴每月发放。", "高温天气。" + "无关。" * 200 + "津贴另行规定。", "别的")
    found = index.evidence("高温津贴什么时候发放")
    assert dict(found)[0].together > dict(found)[1].together
    hits = index.search("高温津贴什么时候发放")
    assert [hit.id for hit in hits] == [0, 1]
    assert hits[0].score == pytest.approx(Weights().score(dict(found)[0]))


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.text("高温津贴补发放办结三十日", min_size=1, max_size=40), min_size=1, max_size=8),
    st.text(max_size=30),
)
def test_any_question_gets_hits_in_order(texts: list[str], question: str) -> None:
    hits = index_of(*texts).search(question, 5)
    assert len(hits) <= 5
    assert len({hit.id for hit in hits}) == len(hits)
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
