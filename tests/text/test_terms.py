"""Expressions and private numbers are found where they stand, and nowhere else."""

import random

import pytest

from minxin.text import Expression, Terms, find_private


def found(text: str, *expressions: Expression) -> list[tuple[int, str]]:
    return [(each.number, text[each.start : each.end]) for each in Terms(expressions).find(text)]


def test_overlapping_expressions_are_all_found_with_their_places() -> None:
    text = "😀云溪市规划局发布：市规划局迁址。"
    whole, part = Expression("云溪市规划局"), Expression("市规划局")
    assert found(text, whole, part) == [(0, "云溪市规划局"), (1, "市规划局"), (1, "市规划局")]
    assert Terms([part]).find(text)[0].start == 3  # characters, not bytes


def test_wrong_words_inside_the_right_ones_are_no_hit() -> None:
    term = Expression("规划局", "自然资源和规划局")
    assert found("自然资源和规划局通知", term) == []
    assert found("规划局通知；自然资源和规划局通知", term) == [(0, "规划局")]
    assert found("规划局", Expression("规划局", "规划局")) == []


def test_nothing_stands_in_nothing_and_an_empty_expression_is_refused() -> None:
    assert found("", Expression("规划局")) == []
    assert Terms([]).find("规划局") == []
    with pytest.raises(ValueError, match="pattern"):
        Terms([Expression("")])


def test_the_same_is_found_as_by_looking_for_one_after_another() -> None:
    draw = random.Random(5)
    for _ in range(200):
        text = "".join(draw.choices("市区局委", k=40))
        words = sorted({"".join(draw.choices("市区局委", k=draw.randint(1, 4))) for _ in range(8)})
        plain = {
            (number, at)
            for number, each in enumerate(words)
            for at in range(len(text))
            if text.startswith(each, at)
        }
        places = Terms([Expression(each) for each in words]).find(text)
        assert {(each.number, each.start) for each in places} == plain


def test_private_numbers_are_found_by_kind_and_check_digit() -> None:
    text = "张某，11010519491231002X，电话１３８００１３８０００，0990-1234567，车牌云A12345。"
    kinds = [(each.kind, text[each.start : each.end]) for each in find_private(text)]
    assert kinds == [
        ("identity", "11010519491231002X"), ("mobile", "１３８００１３８０００"), ("plate", "云A12345"),
    ]  # fmt: skip
    assert find_private("编号110105194912310021，共13800138000123件") == []
