"""A sheet is checked row by row before anything is written, and written in short steps."""

import io
from dataclasses import replace
from datetime import date, datetime

import pytest
import xlsxwriter
from django.db import transaction

from minxin.agencies.models import Agency, AuditEntry
from minxin.agencies.queries import agencies_for
from minxin.agencies.rules import Permission
from minxin.core.errors import NotFound, Refused
from minxin.knowledge.actions import CHUNK, create_entry, import_entries
from minxin.knowledge.importing import COLUMNS, Sheet, read_date, read_rows, read_sheet
from minxin.knowledge.index import LiveIndex
from minxin.knowledge.models import Entry, IndexChange
from tests.knowledge.conftest import Editors
from tests.knowledge.drafts import draft
from tests.knowledge.test_editing import everything
from tests.support.city import City

TITLES = "编号,标准问题,其他问法,答案,来源标题,发布机关,生效日期,失效日期,维护单位,状态"
ROW = "p-1,怎样申领居住证？,居住证|暂住证,到派出所。,居住证条例,市公安局,2026-1-1,,,已发布"


def read(city: City, editors: Editors, *lines: str, titles: str = TITLES) -> Sheet:
    content = "\n".join((titles, *lines)).encode()
    own = agencies_for(editors.li, Permission.EDIT_KNOWLEDGE)
    return read_rows(read_sheet("entries.csv", content), own, city.police)


def test_a_sheet_becomes_entries(city: City, editors: Editors, now: datetime) -> None:
    sheet = read(city, editors, ROW, ",怎样申请护照？,,去窗口。,,,,,东桥派出所,")
    assert sheet.errors == ()
    assert import_entries(sheet.rows, actor=editors.li, now=now) == (2, 0)
    first, second = Entry.objects.order_by("id")
    assert (first.code, first.status, first.agency) == ("p-1", "published", city.police)
    assert first.valid_from == date(2026, 1, 1)
    assert {way.text for way in first.variants.all()} == {"居住证", "暂住证"}
    assert (second.status, second.agency) == ("draft", city.station)
    assert second.code.startswith("station-")
    index = LiveIndex()
    index.build()
    assert index.lookup("暂住证怎么办", on=now.date()).answer is not None


def test_the_same_code_or_question_is_updated(city: City, editors: Editors, now: datetime) -> None:
    import_entries(read(city, editors, ROW).rows, actor=editors.li, now=now)
    again = read(
        city,
        editors,
        ROW.replace("到派出所。", "到窗口。").replace("居住证|暂住证", "居住证"),
        ",怎样申请护照？,,去窗口。,,,,,,",
    )
    assert again.updates == 1
    assert import_entries(again.rows, actor=editors.li, now=now) == (1, 1)
    by_question = read(city, editors, ",怎样申请护照？,,去大厅。,,,,,,")
    assert by_question.updates == 1
    assert import_entries(by_question.rows, actor=editors.li, now=now) == (0, 1)
    kept = Entry.objects.get(code="p-1")
    assert kept.answer == "到窗口。"
    assert [way.text for way in kept.variants.all()] == ["居住证"]
    assert Entry.objects.get(question="怎样申请护照？").answer == "去大厅。"
    assert Entry.objects.count() == 2


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (ROW.replace("怎样申领居住证？", ""), "标准问题", "请填写标准问题"),
        (ROW.replace("到派出所。", ""), "答案", "请填写答案"),
        (ROW.replace("居住证条例", ""), "来源标题", "没有来源"),
        (ROW.replace("市公安局", ""), "发布机关", "发布机关"),
        (ROW.replace("2026-1-1,", "2026-13-1,"), "生效日期", "2026-01-31"),
        (ROW.replace("2026-1-1,,", "2026-1-1,2025-1-1,"), "失效日期", "不能早于"),
        (ROW.replace("已发布", "批准"), "状态", "草稿"),
        (ROW.replace(",,已发布", ",水务局,已发布"), "维护单位", "维护单位"),
        (ROW.replace("怎样申领居住证？", "问" * 201), "标准问题", "200"),
    ],
)
def test_what_is_wrong_is_said_row_by_row(
    city: City, editors: Editors, row: str, column: str, words: str
) -> None:
    sheet = read(city, editors, ",怎样申请护照？,,去窗口。,,,,,,", "", row)
    assert len(sheet.rows) == 1
    (error,) = sheet.errors
    assert (error.row, error.column) == (4, column)
    assert words in error.message


def test_a_row_that_says_a_thing_twice_is_wrong(city: City, editors: Editors) -> None:
    sheet = read(city, editors, ROW, ROW, ",怎样申领居住证？,,别的。,,,,,,")
    assert [(error.row, error.column) for error in sheet.errors] == [
        (3, "编号"),
        (3, "标准问题"),
        (4, "标准问题"),
    ]


def test_checking_writes_nothing(city: City, editors: Editors) -> None:
    before = everything()
    assert read(city, editors, ROW).rows
    assert everything() == before


def test_an_entry_of_another_agency_cannot_be_taken_over(
    city: City, editors: Editors, now: datetime
) -> None:
    theirs = replace(draft("水费是多少？", "两元。"), code="w-1")
    create_entry(theirs, agency=city.water, actor=editors.gao, now=now)
    before = everything()
    sheet = read(city, editors, ROW.replace("p-1", "w-1"))
    assert sheet.rows == ()
    assert [(error.row, error.column) for error in sheet.errors] == [(2, "编号")]
    mine: list[tuple[Agency, object]] = [(city.police, theirs)]
    with pytest.raises(NotFound):  # and not past the check either
        import_entries(mine, actor=editors.li, now=now)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        import_entries([(city.water, draft("水费是多少？"))], actor=editors.li, now=now)
    with pytest.raises(Refused):
        import_entries(
            [(city.police, draft("一？")), (city.police, draft(""))], actor=editors.li, now=now
        )
    assert everything() == before


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_is_read_in_its_encoding(encoding: str) -> None:
    cells = read_sheet("a.csv", '标准问题,答案\r\n龘怎样办？,"第一行\n第二行"\r\n'.encode(encoding))
    assert cells == [["标准问题", "答案"], ["龘怎样办？", "第一行\n第二行"]]


def test_an_xlsx_is_read(city: City, editors: Editors, now: datetime) -> None:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, list(COLUMNS))
        as_date = book.add_format({"num_format": "yyyy-mm-dd"})
        for column, title in enumerate(COLUMNS):
            value = {
                "编号": 17,
                "标准问题": "怎样申领居住证？",
                "答案": "到派出所。",
                "适用区划": 990100,
                "生效日期": date(2026, 3, 1),
            }.get(title, "")
            if isinstance(value, date):
                sheet.write_datetime(1, column, value, as_date)
            else:
                sheet.write(1, column, value)
    own = agencies_for(editors.li, Permission.EDIT_KNOWLEDGE)
    found = read_rows(read_sheet("a.XLSX", content.getvalue()), own, city.police)
    assert found.errors == ()
    (_agency, written) = found.rows[0]
    assert (written.code, written.region_code) == ("17", "990100")
    assert written.valid_from == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.xlsx", b"not a workbook"),
        ("a.xlsx", b"PK\x03\x04 broken"),
        ("a.csv", b"\xff\xff\xff\xff"),
        ("a.csv", b""),
        ("a.csv", "问题,回答\n一,二".encode()),
        ("a.csv", b'x,"' + b"y" * 200_000),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(
    city: City, editors: Editors, name: str, content: bytes
) -> None:
    with pytest.raises(Refused) as refusal:
        read_rows(read_sheet(name, content), [city.police], city.police)
    assert refusal.value.field == "file"
    assert refusal.value.message.endswith("。")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-01-31", date(2026, 1, 31)),
        ("2026/1/31", date(2026, 1, 31)),
        ("2026.1.31", date(2026, 1, 31)),
        ("2026年1月31日", date(2026, 1, 31)),
        ("2026-01-31 00:00:00", date(2026, 1, 31)),
        ("2026-02-30", None),
        ("明天", None),
        ("2026-1", None),
    ],
)
def test_a_date_is_read_as_people_write_it(text: str, day: date | None) -> None:
    assert read_date(text) == day


def test_a_large_import_goes_in_steps_and_can_be_stopped(
    city: City, editors: Editors, now: datetime
) -> None:
    rows = [(city.police, draft(f"第{number}项业务怎样办理？")) for number in range(2 * CHUNK + 1)]
    heard: list[int] = []

    def stop_after_the_second(done: int) -> bool:
        heard.append(done)
        return len(heard) < 2

    done = import_entries(rows, actor=editors.li, now=now, on_progress=stop_after_the_second)
    assert (done, heard) == ((2 * CHUNK, 0), [CHUNK, 2 * CHUNK])
    assert AuditEntry.objects.filter(verb="knowledge.imported").count() == 2
    assert import_entries(rows, actor=editors.li, now=now) == (1, 2 * CHUNK)
    assert Entry.objects.count() == 2 * CHUNK + 1
    # What stood there so already changed nothing, and the indexes need not look.
    assert IndexChange.objects.count() == 2 * CHUNK + 1


def test_a_code_made_by_the_import_meets_no_other(
    city: City, editors: Editors, now: datetime
) -> None:
    taken = [(city.police, replace(draft(f"{n}？"), code=f"police-{n:05}")) for n in (1, 3, 6)]
    import_entries(taken, actor=editors.li, now=now)
    with transaction.atomic():
        import_entries(
            [(city.police, draft(f"新{n}？")) for n in range(9)], actor=editors.li, now=now
        )
    assert Entry.objects.count() == 12
