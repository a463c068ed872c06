"""A citizen's own rows as a sheet: CSV or XLSX. Few rows: written in one go."""

import csv
import io
from collections.abc import Iterable, Sequence

import xlsxwriter
from django.http import HttpResponse
from django.utils.http import content_disposition_header

from minxin.core.sheets import defused

SHAPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def sheet(
    titles: Sequence[object], rows: Iterable[Sequence[str]], shape: str, name: str
) -> HttpResponse:
    """A download of one of `SHAPES`, called `name`."""
    lines = [[str(title) for title in titles], *([defused(cell) for cell in row] for row in rows)]
    made = _book(lines) if shape == "xlsx" else _text(lines)
    answer = HttpResponse(made, content_type=SHAPES[shape])
    disposition = content_disposition_header(True, f"{name}.{shape}")
    answer["Content-Disposition"] = disposition or "attachment"
    answer["Cache-Control"] = "no-store"
    return answer


def _text(lines: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    return b"\xef\xbb\xbf" + text.getvalue().encode()  # so that spreadsheets read UTF-8


def _book(lines: Sequence[Sequence[str]]) -> bytes:
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        page = book.add_worksheet()
        page.freeze_panes(1, 0)
        for number, line in enumerate(lines):
            page.write_row(number, 0, line)
    return file.getvalue()
