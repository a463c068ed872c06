"""The layout of GB/T 9704-2012, read back from what was written."""

import io
import re
import zipfile
from datetime import date

import pytest
from django.core.checks import run_checks
from docx import Document
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from minxin.reports.layout import (
    Addressees,
    Annex,
    Cell,
    Form,
    Heading,
    Paper,
    Paragraph,
    PdfUnavailable,
    Sheet,
    Table,
    Title,
    as_docx,
    as_html,
    as_pdf,
    as_xlsx,
    numbered,
    pdf,
    pdf_obstacle,
    said_on,
)
from minxin.reports.layout.docx import signature_indents
from tests.reports.papers import whole_paper

needs_pdf = pytest.mark.skipif(bool(pdf_obstacle()), reason="WeasyPrint's system libraries")


def opened(paper: Paper) -> "Document":  # type: ignore[valid-type]
    return Document(io.BytesIO(as_docx(paper)))


def test_the_text_is_156_by_225_millimetres_on_a4() -> None:
    page = opened(whole_paper()).sections[0]

    def mm(length: int) -> float:
        return round(length / 36000, 1)

    assert (mm(page.page_width), mm(page.page_height)) == (210, 297)
    assert (mm(page.top_margin), mm(page.left_margin)) == (37, 28)
    assert mm(page.page_width - page.left_margin - page.right_margin) == 156
    assert mm(page.page_height - page.top_margin - page.bottom_margin) == 225


def test_a_page_takes_22_lines_of_28_characters() -> None:
    document = opened(whole_paper())
    grid = document.sections[0]._sectPr.find(qn("w:docGrid"))
    line = int(grid.get(qn("w:linePitch"))) / 20
    character = 16 + int(grid.get(qn("w:charSpace"))) / 4096
    high, wide = 225 / 25.4 * 72, 156 / 25.4 * 72
    assert high // line == 22
    assert (wide + 0.01) // character == 28
    assert document.styles["Normal"].paragraph_format.line_spacing.pt == pytest.approx(line)


@pytest.mark.parametrize(
    ("says", "face", "points"),
    [
        ("云溪市人民政府办公室关于", "方正小标宋简体", 22),
        ("一、总体情况", "黑体", 16),
        ("（一）上期整改", "楷体_GB2312", 16),
        ("1.内容更新", "仿宋_GB2312", 16),
        ("本次抽查账号", "仿宋_GB2312", 16),
    ],
)
def test_typefaces_by_level(says: str, face: str, points: int) -> None:
    line = next(each for each in opened(whole_paper()).paragraphs if says in each.text)
    run = line.runs[0]
    assert run._r.rPr.find(qn("w:rFonts")).get(qn("w:eastAsia")) == face
    assert run.font.size.pt == points


def test_paragraphs_begin_two_characters_in_and_addressees_do_not() -> None:
    lines = opened(whole_paper()).paragraphs
    text = next(each for each in lines if each.text.startswith("本次抽查"))
    assert text._p.pPr.find(qn("w:ind")).get(qn("w:firstLineChars")) == "200"
    to = next(each for each in lines if each.text.startswith("各县（区）"))
    assert to.text.endswith("直属机构：")
    assert to._p.pPr is None or to._p.pPr.find(qn("w:ind")) is None


def test_table_titles_repeat_and_rows_do_not_break() -> None:
    table = opened(whole_paper()).tables[0]
    rows = table._tbl.tr_lst
    assert rows[0].trPr.find(qn("w:tblHeader")) is not None
    assert all(row.trPr.find(qn("w:cantSplit")) is not None for row in rows)
    assert len(rows) == 1 + 79 + 1
    assert [cell.text for cell in table.rows[80].cells] == ["", "合计", "", "", "79"]


def test_pages_are_numbered_outside_in_4_hao() -> None:
    section = opened(whole_paper()).sections[0]
    odd, even = section.footer.paragraphs[0], section.even_page_footer.paragraphs[0]
    assert "PAGE" in odd._p.xml
    assert [each.alignment.name for each in (odd, even)] == ["RIGHT", "LEFT"]
    assert odd.runs[0].font.size.pt == 14


def test_a_wide_annex_lies_across_and_the_next_stands_again() -> None:
    shapes = [each.orientation.name for each in opened(whole_paper()).sections]
    assert shapes == ["PORTRAIT", "LANDSCAPE", "PORTRAIT"]


def test_the_same_paper_is_the_same_bytes_and_carries_its_own_day() -> None:
    one, other = as_docx(whole_paper()), as_docx(whole_paper())
    assert one == other
    package = zipfile.ZipFile(io.BytesIO(one))
    assert {each.date_time for each in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    about = Document(io.BytesIO(one)).core_properties
    assert about.created.date() == about.modified.date() == date(2026, 11, 26)


@needs_pdf
def test_pdf_has_the_same_bytes_and_22_lines_of_28_characters_a_page() -> None:
    import pypdfium2

    lorem = Paper("测试", (Paragraph.of("民" * (28 * 60 - 2)),))
    made = as_pdf(lorem)
    assert made == as_pdf(lorem)
    page = pypdfium2.PdfDocument(made)[0]
    assert [round(each) for each in page.get_size()] == [595, 842]
    lines = [each for each in page.get_textpage().get_text_bounded().splitlines() if "民" in each]
    assert len(lines) == 22
    assert [len(each.strip()) for each in lines] == [26] + [28] * 21


@needs_pdf
def test_every_block_reaches_the_pdf() -> None:
    import pypdfium2

    pages = pypdfium2.PdfDocument(as_pdf(whole_paper()))
    text = "".join(page.get_textpage().get_text_bounded() for page in pages)
    for words in ("附件1", "云溪第79号", "合计", "主办单位意见", "—2—", "2026年11月26日"):
        assert words in re.sub(r"\s", "", text)
    lie_across = [page.get_width() > page.get_height() for page in pages]
    assert not lie_across[0]
    assert lie_across.count(True) >= 2
    assert not lie_across[-1]


def test_without_system_libraries_there_is_a_reason_and_no_pdf(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pdf, "pdf_obstacle", lambda: "cannot load library 'libpango-1.0-0'")
    with pytest.raises(PdfUnavailable, match="libpango"):
        as_pdf(whole_paper())


def test_the_check_names_debian_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_LIBRARIES", ("libnowhere.so.7",))
    told = [each for each in run_checks() if each.id == "minxin.W003"]
    assert "libnowhere.so.7" in told[0].msg
    assert "libpango-1.0-0" in str(told[0].hint)


def test_html_escapes_links_and_carries_no_style() -> None:
    paper = Paper(
        "甲",
        (Paragraph.of("<script>alert(1)</script>"), *whole_paper().blocks),
    )
    html = as_html(paper, link=lambda ref: f"rows/{ref}/")
    assert "<script" not in html
    assert '<a class="doc-figure" href="rows/checked/">120</a>' in html
    assert "style=" not in html
    assert "<a" not in as_html(paper)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(max_size=30), min_size=1, max_size=6))
def test_whatever_people_write_opens_again(texts: list[str]) -> None:
    """Control characters, surrogates and angle brackets neither break the file nor get lost silently."""
    paper = Paper(
        texts[0],
        (
            Title(texts[0]),
            *(Paragraph.of(text) for text in texts),
            Table(("列",), tuple((text,) for text in texts)),
            Form(((Cell(texts[0], 4),),)),
            Annex(texts[-1], (Addressees(texts[-1]),)),
        ),
    )
    assert Document(io.BytesIO(as_docx(paper))).paragraphs
    as_html(paper)


def test_signatures_centre_the_agency_over_the_day() -> None:
    day = "2026年11月26日"
    over, right = signature_indents("云溪市人民政府办公室", day)
    assert right == 4
    assert over + 10 / 2 == 4 + (8 * 0.5 + 3) / 2
    long_over, long_right = signature_indents("云溪市人民政府办公室政务公开与政务新媒体监管科", day)
    assert (long_over, long_right > 4) == (2, True)


def test_numbers_of_levels_and_days_without_zeros() -> None:
    assert [numbered(1, n) for n in (1, 10, 11, 20, 23)] == [
        "一、",
        "十、",
        "十一、",
        "二十、",
        "二十三、",
    ]
    assert said_on(date(2026, 3, 5)) == "2026年3月5日"
    with pytest.raises(ValueError, match="four levels"):
        Heading("五", 5)


def test_sheets_keep_numbers_and_defuse_formulas() -> None:
    sheet = Sheet("统计", "统计表", ("单位", "账号数"), (("=1+1", 3), ("合计", 3)), has_total=True)
    made = as_xlsx([sheet], title="统计", author="云溪", made_on=date(2026, 11, 26))
    assert made == as_xlsx([sheet], title="统计", author="云溪", made_on=date(2026, 11, 26))
    rows = CalamineWorkbook.from_object(io.BytesIO(made)).get_sheet_by_index(0).to_python()
    assert rows == [["统计表", ""], ["单位", "账号数"], ["'=1+1", 3.0], ["合计", 3.0]]
