"""Words typed by their sound are put right, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minxin.text.retrieval.slips import Slips, sounds

KNOWN = ["落户", "居住证", "户口簿", "社保卡", "医保", "公积金", "营业执照", "驾驶证", "报销"]
SLIPS = Slips(KNOWN)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("落胡要什么材料", "落户要什么材料"),
        ("居主证到期", "居住证到期"),
        ("医宝怎么报销", "医保怎么报销"),
        ("驾驶正掉了", "驾驶证掉了"),
        ("营业直照", "营业执照"),
        ("工积金提取", "公积金提取"),
    ],
)
def test_a_word_typed_by_its_sound_is_put_right(typed: str, meant: str) -> None:
    assert SLIPS.corrected(typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        "户口不在本地",
        "社会保障",
        "医保怎么报销",
        "保险",
        "爆笑",
        "经济",
        "今天天气",
        "",
        "abc 12",
        "居住证",
    ],
)
def test_what_is_a_word_stays(text: str) -> None:
    assert SLIPS.corrected(text) == text


def test_of_two_words_that_it_could_be_neither_is_taken() -> None:
    assert Slips(["落户", "落湖"]).corrected("落胡") == "落胡"


def test_what_many_cannot_hear_apart_sounds_alike() -> None:
    assert set(sounds("证")) == set(sounds("真"))
    assert set(sounds("四")) & set(sounds("是"))
    assert sounds("a1") == []


@given(st.lists(st.sampled_from(KNOWN), max_size=6))
def test_known_words_are_never_changed(words: list[str]) -> None:
    assert SLIPS.corrected("".join(words)) == "".join(words)


@given(st.text(max_size=60))
def test_any_text_keeps_its_length(text: str) -> None:
    assert len(SLIPS.corrected(text)) == len(text)
