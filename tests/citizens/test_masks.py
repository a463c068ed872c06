"""Masks and contact fields: pure rules."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minxin.citizens.rules import good_name, good_phone, mask_name, mask_phone


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("小林", "小*"),
        ("欧阳修", "欧*修"),
        ("林", "*"),
        ("", ""),
        (None, ""),
        ("  小林 ", "小*"),
        ("阿卜杜拉·买买提", "阿****提"),
    ],
)
def test_a_name_shows_its_first_and_last_at_most(name: str | None, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("0999-5550101", "099****0101"),
        ("0999-12345", "09*****45"),
        ("5550101", "55***01"),
        ("12345", "*****"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_number_shows_its_ends_at_most(phone: str | None, masked: str) -> None:
    assert mask_phone(phone) == masked


@given(st.text(alphabet="0123456789 -", max_size=20))
def test_a_mask_never_shows_more_than_seven_digits_and_hides_at_least_three(phone: str) -> None:
    digits = re.sub(r"\D", "", phone)
    shown = re.sub(r"\D", "", mask_phone(phone))
    assert len(shown) <= 7
    assert not digits or len(digits) - len(shown) >= min(3, len(digits))


@given(st.text(max_size=12))
def test_a_mask_never_shows_a_whole_name(name: str) -> None:
    masked = mask_name(name)
    assert (masked == "") == (not name.strip())
    assert masked.count("*") >= 1 or not masked


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0999-5550101", "0999-5550101"),
        (" 0999 5550101 ", "0999-5550101"),
        ("0999——5550101", "0999-5550101"),
        ("０９９９－５５５０１０１", "0999-5550101"),
        ("+86 0999-5550101", "0999-5550101"),
        ("(0999)5550101", "0999-5550101"),
        ("5550101", "5550101"),
        ("123456", None),
        ("1234567890123456", None),
        ("打我电话", None),
        ("0999-555010a", None),
        ("", None),
    ],
)
def test_a_number_has_one_form_or_none(text: str, number: str | None) -> None:
    assert good_phone(text) == number


def test_a_mobile_number_is_written_without_dashes() -> None:
    assert good_phone("199 0000 0000") == "19900000000"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (" 小林 ", "小林"),
        ("阿卜杜拉·买买提", "阿卜杜拉·买买提"),
        ("Li  Ming", "Li Ming"),
        ("", None),
        ("x" * 31, None),
        ("小林<script>", None),
        ("13800", None),
        ("···", None),
    ],
)
def test_a_name_is_letters(text: str, name: str | None) -> None:
    assert good_name(text) == name
