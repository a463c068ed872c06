"""What differs between two versions, so that a person can read it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from minxin.reports.layout import Span
from minxin.reports.rules.comparing import compared, differences
from minxin.reports.rules.drafts import Piece


def test_a_changed_number_is_shown_whole() -> None:
    parts = compared("合格116个，合格率96.67%。", "合格117个，合格率97.50%。")
    assert [(each.kind, each.text) for each in parts if each.kind != "same"] == [
        ("out", "116"), ("in", "117"), ("out", "96.67%"), ("in", "97.50%"),
    ]  # fmt: skip


def test_texts_with_little_in_common_are_no_patchwork() -> None:
    parts = compared("督促未完成整改的单位逐项销号。", "下月召开培训会，请各单位派人参加")
    assert [each.kind for each in parts] == ["out", "in"]


def test_what_both_begin_and_end_with_stays() -> None:
    parts = compared(
        "（三）完善台账。开设、变更、关停、注销账号要及时备案。",
        "（三）完善台账。全市于月底前补齐互动入口。",
    )
    assert [(each.kind, each.text) for each in parts] == [
        ("same", "（三）完善台账。"),
        ("out", "开设、变更、关停、注销账号要及时备案"),
        ("in", "全市于月底前补齐互动入口"),
        ("same", "。"),
    ]


@given(st.text(max_size=60), st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_both_texts_can_be_read_from_the_parts(before: str, after: str) -> None:
    parts = compared(before, after)
    assert "".join(each.text for each in parts if each.kind != "in") == before
    assert "".join(each.text for each in parts if each.kind != "out") == after


def test_long_texts_are_laid_side_by_side_by_the_line() -> None:
    lines = [f"第{at}行的内容\n" for at in range(1500)]
    parts = compared("".join(lines), "".join([*lines[:700], "改了的一行\n", *lines[701:]]))
    assert [each.text for each in parts if each.kind != "same"] == [
        "第700行的内容\n",
        "改了的一行\n",
    ]


def test_only_pieces_that_differ_in_their_order() -> None:
    pieces = [Piece(f"p{n}", "text", (Span(str(n)),)) for n in (1, 2, 3)]
    found = differences(pieces, {"p1": "甲", "p2": "乙"}, {"p1": "甲", "p2": "乙乙", "p3": "丙"})
    assert [each.piece.id for each in found] == ["p2", "p3"]
