"""Sheets beside a document: the annexes as tables to count on. Same rows, same bytes."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

import xlsxwriter

from minxin.core.sheets import defused

Value = str | int | float | date | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: a name of at most 31 characters, a line on top, titles, rows.

    A number stays a number; text that begins like a formula stays text.
    """

    name: str
    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    widths: tuple[float, ...] = ()
    has_total: bool = False


def as_xlsx(sheets: Iterable[Sheet], *, title: str, author: str, made_on: date) -> bytes:
    """The book. `made_on` is the only day in it."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        book.set_properties(
            {"title": title, "author": author, "created": datetime.combine(made_on, time())}
        )
        for sheet in sheets:
            _write(book, sheet)
    return file.getvalue()


def _write(book: xlsxwriter.Workbook, sheet: Sheet) -> None:
    page = book.add_worksheet(sheet.name[:31])
    head = book.add_format({"bold": True, "font_size": 14, "align": "center", "valign": "vcenter"})
    titles = book.add_format({"bold": True, "border": 1, "align": "center", "text_wrap": True})
    plain = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
    day = book.add_format({"border": 1, "num_format": "yyyy-mm-dd", "valign": "top"})
    total = book.add_format({"border": 1, "bold": True})
    last = len(sheet.columns) - 1
    if last:
        page.merge_range(0, 0, 0, last, sheet.heading, head)
    else:
        page.write_string(0, 0, sheet.heading, head)
    page.set_row(0, 28)
    for at, name in enumerate(sheet.columns):
        page.write_string(1, at, name, titles)
        page.set_column(at, at, sheet.widths[at] if sheet.widths else 16)
    for number, row in enumerate(sheet.rows, start=2):
        is_total = sheet.has_total and number == len(sheet.rows) + 1
        for at, value in enumerate(row):
            look = total if is_total else plain
            match value:
                case None:
                    page.write_blank(number, at, None, look)
                case date():
                    page.write_datetime(number, at, value, day)
                case int() | float():
                    page.write_number(number, at, value, look)
                case _:
                    page.write_string(number, at, defused(value), look)
    page.freeze_panes(2, 0)
    page.repeat_rows(1)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    if len(sheet.rows):
        body = len(sheet.rows) - (1 if sheet.has_total else 0)
        page.autofilter(1, 0, 1 + max(body, 1), last)
