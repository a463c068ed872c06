"""What is left of a text that is too long for a message."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minxin.text.answers import beginning

PARTS = st.sampled_from([
    "本人到派出所办理，带身份证。", "收费1,234.50元。", "电话0511-85551234。", "（一）户口簿。原件和复印件。\n", "1. 身份证；\n",
    "2. 现场拍照。", "需要下列材料：\n", "https://city.test/a?b=1!c=2。", '<a href="https://city.test/x?y=1">预约 办理。快</a>。', "自2026年11月28日起施行！",
    "A。", "　", "\n", "长" * 50 + "。", "“好。”他说。", "第十二条 符合条件的，可以申请。",
])  # fmt: skip


@given(st.lists(PARTS, max_size=40).map("".join), st.integers(3, 700))
def test_it_fits_and_is_a_beginning(text: str, limit: int) -> None:
    end = beginning(text, limit)
    assert 0 <= end <= len(text)
    assert len(text[:end].encode()) <= limit
    assert (end == len(text)) == (len(text.encode()) <= limit)
    assert end or not text


@given(st.lists(PARTS, min_size=1, max_size=40).map("".join))
def test_nothing_is_cut_in_two(text: str) -> None:
    end = beginning(text, 300)  # more than the longest part, so that it never comes to characters
    for whole in (r"1,234\.50", r"0511-85551234", r"2026年11月28日", r"https://city\.test/a\?b=1!c=2", r"<a .*?</a>",
                  r"户口簿。原件和复印件"):  # fmt: skip
        for found in re.finditer(whole, text):
            assert not found.start() < end < found.end(), (text, end)


@pytest.mark.parametrize(
    ("text", "limit", "kept"),
    [
        ("先到窗口。再交材料。最后领证。", 33, "先到窗口。再交材料。"),
        ("带下列材料：\n1. 身份证原件；\n2. 户口簿原件。", 60, "带下列材料：\n1. 身份证原件；"),
        (
            "可以补办。带下列材料：\n1. 身份证原件和复印件；",
            45,
            "可以补办。",
        ),  # no head without its items
        (
            "本人到任一派出所即可补办，约10个工作日取证，工本费40元",
            50,
            "本人到任一派出所即可补办，",
        ),
        ("工本费为人民币1234567元", 27, "工本费为人民币"),  # no number in two
        ("见https://city.test/very/long/address/of/a/page", 20, "见"),
        ("https://city.test/very/long/address/of/a/page", 20, "https://city.test/ve"),
    ],
)
def test_where_it_is_cut(text: str, limit: int, kept: str) -> None:
    assert text[: beginning(text, limit)] == kept
