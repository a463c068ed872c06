"""Ticket numbers: drawn, read aloud, found again."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minxin.core.ids import SYMBOLS, normal_ticket_number, ticket_number

drawn = st.builds(lambda _: ticket_number(), st.integers())


def test_a_number_reads_in_three_groups_without_ambiguous_symbols() -> None:
    for _ in range(300):
        number = ticket_number()
        assert re.fullmatch(r"[A-Z]{2}-[0-9A-Z]{4}-[0-9A-Z]{4}", number)
        assert not set(number) & set("0O1ILQDGUVBSZ")
        assert normal_ticket_number(number) == number


def test_numbers_do_not_repeat_and_use_every_symbol_in_every_place() -> None:
    numbers = [ticket_number().replace("-", "") for _ in range(5000)]
    assert len(set(numbers)) == len(numbers)
    for place in range(2, 10):
        assert {number[place] for number in numbers} == set(SYMBOLS)


@pytest.mark.parametrize(
    "wording",
    [
        "{n}",
        "我的工单{n}办得怎么样了？",
        "进度 {lower}",
        "请查一下 {bare} 谢谢",
        "编号：{spaced}",
        "{wide}",
        "{dashed}",
        "{letter_by_letter}",
    ],
)
def test_a_number_is_found_however_it_is_written(wording: str) -> None:
    number = ticket_number()
    bare = number.replace("-", "")
    text = wording.format(
        n=number,
        lower=number.lower(),
        bare=bare,
        spaced=number.replace("-", " "),
        wide="".join(chr(ord(char) + 0xFEE0) for char in number),
        dashed=number.replace("-", "——"),
        letter_by_letter=" ".join(bare),
    )
    assert normal_ticket_number(text) == number


@given(number=drawn, place=st.integers(0, 9), symbol=st.sampled_from(SYMBOLS))
def test_one_wrong_symbol_is_always_noticed(number: str, place: int, symbol: str) -> None:
    bare = number.replace("-", "")
    wrong = bare[:place] + symbol + bare[place + 1 :]
    found = normal_ticket_number(wrong)
    assert (found == number) if wrong == bare else (found is None)


@given(number=drawn, first=st.integers(0, 9), second=st.integers(0, 9))
def test_two_symbols_that_changed_places_are_always_noticed(
    number: str, first: int, second: int
) -> None:
    symbols = list(number.replace("-", ""))
    symbols[first], symbols[second] = symbols[second], symbols[first]
    wrong = "".join(symbols)
    found = normal_ticket_number(wrong)
    assert (found == number) if wrong == number.replace("-", "") else (found is None)


@pytest.mark.parametrize(
    "text",
    ["", "你好", "13800001234", "身份证怎么办", "KX-7K4M", "please check the next matter", "12345"],
)
def test_other_text_holds_no_number(text: str) -> None:
    assert normal_ticket_number(text) is None


def test_a_number_inside_a_longer_word_is_not_one() -> None:
    assert normal_ticket_number("A" + ticket_number()) is None
    assert normal_ticket_number(ticket_number() + "7") is None


def test_a_wrong_number_does_not_hide_a_right_one() -> None:
    right = ticket_number()
    last = right[-1]
    wrong = right[:-1] + next(symbol for symbol in SYMBOLS if symbol != last)
    assert normal_ticket_number(f"不是{wrong}，是{right}") == right


@given(st.text(max_size=80))
def test_no_text_breaks_the_search(text: str) -> None:
    found = normal_ticket_number(text)
    assert found is None or normal_ticket_number(found) == found
