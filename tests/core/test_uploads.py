"""Sheets as officials send them: several sheets, merged cells, other encodings, nothing at all."""

import io
from datetime import date

import pytest
import xlsxwriter

from minxin.core import cells
from minxin.core.cells import read_books
from minxin.core.errors import Refused
from minxin.core.uploads import read_upload


def book() -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as made:
        first = made.add_worksheet("填表说明")
        first.write(0, 0, "请如实填写")
        second = made.add_worksheet("台账")
        second.merge_range(0, 0, 0, 3, "政务新媒体台账")
        second.merge_range(1, 0, 2, 0, "名称")
        second.merge_range(1, 1, 1, 2, "人员")
        second.write(1, 3, "认证到期")
        second.write(2, 1, "责任人")
        second.write(2, 2, "管理员")
        second.merge_range(3, 0, 4, 0, "云溪公安")
        day = made.add_format({"num_format": "yyyy-mm-dd"})
        second.write_datetime(3, 3, date(2027, 3, 1), day)
        second.write(4, 1, 7.0)
        hidden = made.add_worksheet("旧")
        hidden.hide()
        hidden.write(0, 0, "看不见")
    return content.getvalue()


def test_every_visible_sheet_is_read_and_merged_cells_all_say_what_was_written() -> None:
    told, register = read_books(book(), most_rows=50)
    assert (told.name, told.rows) == ("填表说明", [["请如实填写"]])
    assert register.rows == [
        ["政务新媒体台账"] * 4,
        ["名称", "人员", "人员", "认证到期"],
        ["名称", "责任人", "管理员"],
        ["云溪公安", "", "", "2027-03-01"],
        ["云溪公安", "7"],
    ]


def test_one_sheet_can_be_asked_for_and_rows_are_cut() -> None:
    (only,) = read_upload("a.XLSX", book(), most_rows=2, sheet=1)
    assert only.name == "台账"
    assert len(only.rows) == 2
    with pytest.raises(Refused, match="打不开"):
        read_upload("a.xlsx", book(), most_rows=2, sheet=2)  # the hidden one is none of them


def test_merged_ranges_that_overlap_a_million_times_cost_nothing() -> None:
    rows = [["x", *[""] * 99] for _ in range(100)]
    cells._spread(rows, (((0, 0), (1_048_575, 16_383)) for _ in range(1_000_000)))
    assert rows[99][99] == "x"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_csv_is_one_sheet(encoding: str) -> None:
    (sheet,) = read_upload("a.csv", "名称,平台\n云溪公安,微信\n".encode(encoding), most_rows=9)
    assert sheet.rows == [["名称", "平台"], ["云溪公安", "微信"]]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.xlsx", b"", "打不开"),
        ("a.xls", b"not a book", "打不开"),
        ("a.csv", b"\xff\xfe\x00\xd8", "编码"),
        ("a.csv", b"x" * (20 * 1024 * 1024 + 1), "20 MB"),
        ("a.csv", b'"' + b"x" * 200_000, "读不出来"),
    ],
)
def test_what_is_no_sheet_is_refused_in_words(name: str, content: bytes, says: str) -> None:
    with pytest.raises(Refused, match=says):
        read_upload(name, content, most_rows=9)


def test_an_empty_file_is_an_empty_sheet() -> None:
    (sheet,) = read_upload("a.csv", b"", most_rows=9)
    assert sheet.rows == []
