"""Divisions by code and name: the standard's, and our own beside them."""

import pytest

from minxin.core.divisions import Divisions, ancestors, national, stem, whole_code

HERE = Divisions(
    {"990100": "云溪市", "990121": "松岭县", "990121001": "石门镇"}, frozenset({"990177"})
)


def test_the_standard_is_whole_and_of_this_year() -> None:
    names = national()
    provinces = {code for code in names if code.endswith("0000")}
    assert len(provinces) == 34
    assert len(names) > 3100
    changed_since_2021 = {"黔西市", "米林市", "错那市", "白杨市", "和安县", "和康县", "临平区"}
    assert changed_since_2021 <= set(names.values())
    assert names["710000"] == "台湾省"
    assert all(code.isdigit() and len(code) == 6 for code in names)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("99", "990000"),
        ("9901", "990100"),
        ("990121", "990121"),
        ("990121000000", "990121"),
        ("990121001", "990121001"),
        ("9901210", ""),
        ("云溪", ""),
        ("", ""),
    ],
)
def test_codes_of_any_length(text: str, code: str) -> None:
    assert whole_code(text) == code


def test_what_lies_below_begins_alike() -> None:
    assert [stem(code) for code in ("990000", "990100", "990121", "990121001")] == [
        "99", "9901", "990121", "990121001",
    ]  # fmt: skip
    assert ancestors("990121001") == ["990000", "990100", "990121"]
    assert ancestors("110000") == []


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("松岭县", ["990121"]),
        ("云溪市松岭县", ["990121"]),
        ("云溪市松岭县（990121）", ["990121"]),
        ("990177", ["990177"]),
        ("990178", []),
        ("浙江省杭州市西湖区", ["330106"]),
        ("杭州市西湖区", ["330106"]),
        ("杭州市不存在区", []),
        ("不存在杭州市西湖区", []),
        ("仙桃市", ["429004"]),
        ("", []),
    ],
)
def test_a_text_names_one_division_or_none(text: str, codes: list[str]) -> None:
    assert HERE.find(text) == codes


def test_a_name_that_several_have_is_a_question() -> None:
    found = HERE.find("鼓楼区")
    assert len(found) == 4
    assert "江苏省南京市鼓楼区" in {HERE.full_name(code) for code in found}
    words = HERE.by_words()
    assert "鼓楼区" not in words
    assert words["江苏省南京市鼓楼区"] == "320106"
    assert words["990100000000"] == words["云溪市"] == "990100"


def test_who_types_is_offered_what_fits() -> None:
    assert [each.code for each in HERE.search("石门镇")] == ["990121001"]
    assert HERE.search("990121")[0].full_name == "云溪市松岭县"
    assert len(HERE.search("县")) == 20
    assert HERE.search("") == []
    assert HERE.label("990177") == "990177"
