"""A `Paper` as docx, by python-docx, which is imported here only when it is used.

The package carries no clock: every part is stored under one day, and the properties say the day of
the paper. Styles are set once (Normal is 3号仿宋 on a grid of 22 lines by 28 characters), so that who
goes on writing in Word stays inside the standard.
"""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

from minxin.reports.layout import measures as m
from minxin.reports.layout.blocks import (
    Addressees,
    Annex,
    Attachments,
    Block,
    Centered,
    Form,
    Heading,
    Paper,
    Paragraph,
    Signature,
    Table,
    Title,
    printable,
    said_on,
)
from minxin.reports.layout.titles import ACROSS, UPRIGHT, lines_of

if TYPE_CHECKING:
    from docx.document import Document

HEADINGS = {1: m.HEI, 2: m.KAI, 3: m.FANG, 4: m.FANG}
_STORED = (1980, 1, 1, 0, 0, 0)


def as_docx(paper: Paper) -> bytes:
    """The document as Word and WPS open it."""
    import docx

    document = docx.Document()
    _properties(document, paper)
    _styles(document)
    _page(document.sections[0], is_wide=False)
    document.settings.odd_and_even_pages_header_footer = True
    for block in paper.blocks:
        _write(document, block)
    made = io.BytesIO()
    document.save(made)
    return _without_clock(made.getvalue())


def _without_clock(made: bytes) -> bytes:
    kept = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(made)) as source,
        zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            about = zipfile.ZipInfo(name, _STORED)
            about.compress_type = zipfile.ZIP_DEFLATED
            about.external_attr = 0o600 << 16
            target.writestr(about, source.read(name))
    return kept.getvalue()


def _properties(document: Document, paper: Paper) -> None:
    about = document.core_properties
    made = datetime.combine(paper.made_on, time(), UTC)
    author = printable(paper.author)[:255]
    about.title, about.author, about.last_modified_by = printable(paper.title)[:255], author, author
    about.created = about.modified = made
    about.revision, about.language, about.comments = 1, "zh-CN", ""


# Page and type ---------------------------------------------------------------------------------


def _styles(document: Document) -> None:
    from docx.enum.text import WD_LINE_SPACING
    from docx.shared import Pt

    normal: Any = document.styles["Normal"]
    _face(normal.element.get_or_add_rPr(), m.FANG)
    normal.font.size = Pt(m.TEXT)
    spacing = normal.paragraph_format
    spacing.line_spacing_rule, spacing.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(m.LINE)
    spacing.space_before = spacing.space_after = Pt(0)
    spacing.widow_control = False


def _page(section: Any, *, is_wide: bool) -> None:
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm

    section.page_width, section.page_height = Mm(m.PAGE[0]), Mm(m.PAGE[1])
    section.orientation = WD_ORIENT.PORTRAIT
    sides = (m.TOP, m.RIGHT, m.BOTTOM, m.LEFT)
    if is_wide:
        section.page_width, section.page_height = section.page_height, section.page_width
        section.orientation = WD_ORIENT.LANDSCAPE
        sides = (m.LEFT, m.BOTTOM - 10, m.RIGHT, m.TOP - 10)
    section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = (
        Mm(each) for each in sides
    )
    section.header_distance = Mm(15)
    section.footer_distance = Mm(max(sides[2] - 12, 10))
    # The grid: how far from line to line in twentieths, how much wider a character in 4096ths of a point.
    grid = section._sectPr.find(_w("docGrid"))
    if grid is None:
        grid = _child(section._sectPr, "docGrid")
    grid.set(_w("type"), "linesAndChars")
    grid.set(_w("linePitch"), str(round(m.LINE * 20)))
    grid.set(_w("charSpace"), str(round((m.PITCH - m.TEXT) * 4096)))
    for footer, is_even in ((section.footer, False), (section.even_page_footer, True)):
        footer.is_linked_to_previous = False
        _page_number(footer.paragraphs[0], is_even=is_even)


def _page_number(line: Any, *, is_even: bool) -> None:
    """— 1 — in 4号, one character from the outer edge (GB/T 9704-2012 7.5)."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH as SIDE
    from docx.shared import Pt

    line.alignment = SIDE.LEFT if is_even else SIDE.RIGHT
    line.paragraph_format.left_indent = Pt(m.PAGE_NUMBER if is_even else 0)
    line.paragraph_format.right_indent = Pt(0 if is_even else m.PAGE_NUMBER)
    for text, kind in (("— ", ""), ("", "begin"), (" PAGE ", "code"), ("", "end"), (" —", "")):
        run = line.add_run("" if kind else text)
        run.font.size = Pt(m.PAGE_NUMBER)
        _face(run._r.get_or_add_rPr(), m.NUMBER)
        if kind == "code":
            code = _child(run._r, "instrText")
            code.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            code.text = text
        elif kind:
            _child(run._r, "fldChar").set(_w("fldCharType"), kind)


def _w(name: str) -> str:
    from docx.oxml.ns import qn

    return str(qn(f"w:{name}"))


def _child(parent: Any, name: str) -> Any:
    from docx.oxml import OxmlElement

    made = OxmlElement(f"w:{name}")
    parent.append(made)
    return made


def _face(properties: Any, faces: tuple[str, ...]) -> None:
    """The first of the typefaces for every script; a machine without it takes what it likens to it.

    A docx names one face per script and no second choice; the office itself substitutes.
    """
    fonts = properties.find(_w("rFonts"))
    if fonts is None:
        fonts = properties.get_or_add_rFonts()
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(_w(script), faces[0])
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(_w(theme), None)


def _say(line: Any, text: str, faces: tuple[str, ...], size: float = m.TEXT) -> None:
    from docx.shared import Pt

    run = line.add_run(printable(text))  # python-docx makes line breaks of "\n"
    run.font.size = Pt(size)
    _face(run._r.get_or_add_rPr(), faces)


def _indent(line: Any, characters: float) -> None:
    """The first line so many characters in, in Word's own hundredths, with points for others."""
    from docx.shared import Pt

    line.paragraph_format.first_line_indent = Pt(m.PITCH * characters)
    line._p.get_or_add_pPr().find(_w("ind")).set(_w("firstLineChars"), str(round(characters * 100)))


# Blocks ----------------------------------------------------------------------------------------


def _write(document: Document, block: Block) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH as SIDE
    from docx.shared import Pt

    match block:
        case Title(text):
            line = document.add_paragraph()
            line.alignment = SIDE.CENTER
            line.paragraph_format.line_spacing = Pt(m.TITLE_LINE)
            line.paragraph_format.keep_with_next = True
            line.paragraph_format.space_after = Pt(m.LINE)
            _say(line, "\n".join(lines_of(text)), m.SONG, m.TITLE)
        case Centered(text):
            line = document.add_paragraph()
            line.alignment = SIDE.CENTER
            line.paragraph_format.space_after = Pt(m.LINE)
            _say(line, text, m.FANG)
        case Addressees(text):
            _say(document.add_paragraph(), f"{text.rstrip('：:')}：", m.FANG)
        case Heading(text, level):
            line = document.add_paragraph()
            line.paragraph_format.keep_with_next = True
            _outline(line, level)
            _indent(line, 2)
            _say(line, text, HEADINGS[level])
        case Paragraph(spans, is_flush):
            line = document.add_paragraph()
            line.alignment = SIDE.JUSTIFY
            if not is_flush:
                _indent(line, 2)
            _say(line, "".join(span.text for span in spans), m.FANG)
        case Table():
            _table(document, block)
        case Form():
            _form(document, block)
        case Attachments(names):
            _attachments(document, names)
        case Signature():
            _signature(document, block)
        case Annex():
            _annex(document, block)


def _outline(line: Any, level: int) -> None:
    """So that Word's navigation shows the headings."""
    outline = _child(line._p.get_or_add_pPr(), "outlineLvl")
    outline.set(_w("val"), str(level - 1))


def _attachments(document: Document, names: tuple[str, ...]) -> None:
    from docx.shared import Pt

    if not names:
        return
    document.add_paragraph()
    for at, name in enumerate(names):
        number = f"{at + 1}. " if len(names) > 1 else ""
        line = document.add_paragraph()
        head = "附件：" if at == 0 else "　　　"
        hang = m.PITCH * (3 + (1 if number else 0))
        line.paragraph_format.left_indent = Pt(m.PITCH * 2 + hang)
        line.paragraph_format.first_line_indent = Pt(-hang)
        _say(line, f"{head}{number}{name}", m.FANG)


def _signature(document: Document, block: Signature) -> None:
    """The day four characters from the right, the agency centred over it (GB/T 9704-2012 7.3.5.2)."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH as SIDE
    from docx.shared import Pt

    day = said_on(block.on) if block.on else "    年  月  日"
    document.add_paragraph().paragraph_format.keep_with_next = True
    agency_in, day_in = signature_indents(block.agency, day)
    for text, inward, is_last in ((block.agency, agency_in, False), (day, day_in, True)):
        line = document.add_paragraph()
        line.alignment = SIDE.RIGHT
        line.paragraph_format.right_indent = Pt(m.PITCH * inward)
        line.paragraph_format.keep_with_next = not is_last
        _say(line, text, m.FANG)


def signature_indents(agency: str, day: str) -> tuple[float, float]:
    """How many characters from the right the agency and the day stand.

    The day four, the agency centred over it, but never nearer the edge than two: then the day moves in.
    """
    wide = sum(0.5 if char.isascii() else 1.0 for char in day)
    over = 4 + (wide - len(agency)) / 2
    if over >= 2:
        return over, 4.0
    return 2.0, 2 + (len(agency) - wide) / 2


def _annex(document: Document, block: Annex) -> None:
    from docx.enum.section import WD_SECTION
    from docx.enum.text import WD_ALIGN_PARAGRAPH as SIDE
    from docx.shared import Pt

    _page(document.add_section(WD_SECTION.NEW_PAGE), is_wide=block.is_wide)
    _say(document.add_paragraph(), f"附件{block.number}", m.HEI)
    line = document.add_paragraph()
    line.alignment = SIDE.CENTER
    line.paragraph_format.line_spacing = Pt(m.TITLE_LINE)
    line.paragraph_format.space_before = line.paragraph_format.space_after = Pt(m.LINE / 2)
    wide = ACROSS if block.is_wide else UPRIGHT
    _say(line, "\n".join(lines_of(block.title, wide)), m.SONG, m.TITLE)
    for inner in block.blocks:
        _write(document, inner)


# Tables ----------------------------------------------------------------------------------------


def _grid(document: Document, rows: int, shares: tuple[float, ...]) -> Any:
    """An empty table over the whole line, its widths fixed, its cells written cell by cell below.

    `table.cell()` walks the table for every cell; with thousands of rows that is all the time there is.
    """
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.shared import Emu

    section: Any = document.sections[-1]
    wide = section.page_width - section.left_margin - section.right_margin
    table: Any = document.add_table(rows=rows, cols=len(shares))
    table.style = document.styles["Table Grid"]
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    widths = [Emu(int(wide * share)) for share in shares]
    for column, width in zip(table._tbl.tblGrid.gridCol_lst, widths, strict=True):
        column.w = width
    for row in table._tbl.tr_lst:
        properties = row.get_or_add_trPr()
        _child(properties, "cantSplit")
        for cell, width in zip(row.tc_lst, widths, strict=True):
            cell.width = width
    return table


def _fill(
    cell: Any, text: str, faces: tuple[str, ...], *, is_centred: bool, lines: int = 1
) -> None:
    """Write one cell on its XML, at a tenth of the price of python-docx's own cell."""
    properties = cell.get_or_add_tcPr()
    _child(properties, "vAlign").set(_w("val"), "center")
    paragraph = cell.p_lst[0]
    about = paragraph.get_or_add_pPr()
    spacing = _child(about, "spacing")
    spacing.set(_w("line"), str(round(m.TABLE_LINE * 20)))
    spacing.set(_w("lineRule"), "atLeast")
    _child(about, "jc").set(_w("val"), "center" if is_centred else "left")
    run = paragraph.add_r()
    run_about = run.get_or_add_rPr()
    _face(run_about, faces)
    _child(run_about, "sz").set(_w("val"), str(round(m.TABLE * 2)))
    run.text = printable(text) + "\n" * (lines - 1)


def _table(document: Document, block: Table) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH as SIDE

    if block.caption:
        line = document.add_paragraph()
        line.alignment = SIDE.CENTER
        line.paragraph_format.keep_with_next = True
        _say(line, block.caption, m.HEI, 14.0)
    grid = _grid(document, 1 + len(block.rows), block.shares)
    rows = grid._tbl.tr_lst
    _child(rows[0].get_or_add_trPr(), "tblHeader")
    for cell, text in zip(rows[0].tc_lst, block.columns, strict=True):
        _fill(cell, text, m.HEI, is_centred=True)
    for number, row in enumerate(block.rows, start=1):
        is_total = block.has_total and number == len(block.rows)
        face = m.HEI if is_total else m.FANG
        for cell, text, is_short in zip(rows[number].tc_lst, row, block.centred, strict=True):
            _fill(cell, text, face, is_centred=is_short or is_total)


def _form(document: Document, block: Form) -> None:
    grid = _grid(document, len(block.rows), block.shares)
    for row, cells in zip(grid.rows, block.rows, strict=True):
        at, made = 0, row.cells
        for cell in cells:
            whole = made[at].merge(made[at + cell.span - 1]) if cell.span > 1 else made[at]
            at += cell.span
            _fill(
                whole._tc, cell.text, m.HEI if cell.is_label else m.FANG,
                is_centred=cell.is_label, lines=cell.lines,
            )  # fmt: skip
