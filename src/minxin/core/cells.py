"""The cells of an uploaded spreadsheet, read in a process of its own.

The reader takes memory for every cell of the rectangle that a sheet spans, and a process that cannot
get it is aborted: one value in the last cell of an otherwise empty sheet, five kilobytes to upload,
asks for 512 GB. So a stranger's file is opened by a child with limits of its own, and when it dies
nobody else does. Run as `python -m minxin.core.cells`: the file on stdin, JSON on stdout.
"""

import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

MOST_MEMORY = 1024 * 1024 * 1024  # bytes
MOST_SECONDS = 30
MOST_UNPACKED = 200 * 1024 * 1024  # bytes, all members of an xlsx or ods together
# Even a sheet of equal rows packs to a hundredth; small files may be as they like.
MOST_RATIO = 300
SMALL = 20 * 1024 * 1024
MOST_SHEETS = 30
ALL = "all"  # instead of the number of a sheet
_UNREADABLE = 3


class Unreadable(Exception):
    """Not a spreadsheet, or a damaged one."""


class TooLarge(Exception):
    """It would take more memory or time to read than a sheet of this house ever needs."""


@dataclass(frozen=True, slots=True)
class Cells:
    """One sheet of a book: its name and its rows as text, without empty cells at their ends."""

    name: str
    rows: list[list[str]]


def read_cells(content: bytes, *, most_rows: int) -> list[list[str]]:
    """The first sheet, at most so many rows. Raises `TooLarge` or `Unreadable`."""
    return read_books(content, most_rows=most_rows, sheet="0")[0].rows


def read_books(content: bytes, *, most_rows: int, sheet: str = ALL) -> list[Cells]:
    """The visible sheets (or the one of this number), at most so many rows of each. What was written
    into merged cells stands in each of them. Raises `TooLarge` or `Unreadable`.
    """
    _look_inside(content)
    ours = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    try:
        read = subprocess.run(  # noqa: S603  (our own module; the file goes to stdin)
            [sys.executable, "-m", __name__, str(most_rows), sheet],
            input=content,
            capture_output=True,
            timeout=2 * MOST_SECONDS,
            env=ours,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise TooLarge from error
    match read.returncode:
        case 0:
            return [Cells(name, rows) for name, rows in json.loads(read.stdout)]
        case code if code == _UNREADABLE:
            raise Unreadable
    raise TooLarge


def _look_inside(content: bytes) -> None:
    """Refuse a zip whose own list says that it unpacks to too much; one that lies meets the limits of
    the child."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            unpacked = sum(member.file_size for member in book.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise Unreadable from error
    if unpacked > MOST_UNPACKED or (unpacked > SMALL and unpacked > MOST_RATIO * len(content)):
        raise TooLarge


def _limit_this_process() -> None:
    try:
        import resource
    except ImportError:  # not on this system; the time limit holds everywhere
        return
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _text(value: object) -> str:
    if isinstance(value, datetime):
        has_hour = value.time() != time(0)
        return value.isoformat(" ", "minutes") if has_hour else value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).replace("\0", "").strip()


def _row(values: Sequence[object]) -> list[str]:
    texts = [_text(value) for value in values]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _spread(
    rows: list[list[Any]], merged: Iterable[tuple[tuple[int, int], tuple[int, int]]]
) -> None:
    """Write what stands in the first of merged cells into all of them, as far as there are cells."""
    left = 2_000_000  # cells; ranges may overlap in a file that was made to hurt
    for (top, start), (bottom, end) in merged:
        if top >= len(rows) or start >= len(rows[top]):
            continue
        value = rows[top][start]
        for row in rows[top : bottom + 1]:
            width = min(end + 1, len(row)) - start
            if (left := left - max(width, 1)) < 0:
                return
            if width > 0:
                row[start : start + width] = [value] * width


def _sheets(content: bytes, most_rows: int, wanted: str) -> list[tuple[str, list[list[str]]]]:
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    seen = [
        at
        for at, about in enumerate(book.sheets_metadata)
        if about.typ == SheetTypeEnum.WorkSheet and about.visible == SheetVisibleEnum.Visible
    ] or [0]
    if wanted != ALL:
        seen = [seen[int(wanted)]]
    found = []
    for at in seen[:MOST_SHEETS]:
        sheet = book.get_sheet_by_index(at)
        rows = [list(row) for row in sheet.to_python(skip_empty_area=False, nrows=most_rows)]
        _spread(rows, sheet.merged_cell_ranges or ())
        found.append((sheet.name, [_row(row) for row in rows]))
    return found


def main() -> int:
    """Read stdin, write the cells to stdout; 3 when the file cannot be opened."""
    _limit_this_process()
    from python_calamine import CalamineError

    content = sys.stdin.buffer.read()
    try:
        found = _sheets(content, int(sys.argv[1]), sys.argv[2])
    except (CalamineError, ValueError, OSError, IndexError):
        return _UNREADABLE
    json.dump(found, sys.stdout, ensure_ascii=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
