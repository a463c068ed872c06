"""The cells of an uploaded spreadsheet, read in a process of its own.

The reader takes memory for every cell of the rectangle that a sheet spans, and a process that cannot
get it is aborted: one value in the last cell of an otherwise empty sheet, five kilobytes to upload,
asks for 512 GB. So a stranger's file is opened by a child with limits of its own, and when it dies
nobody else does. Run as `python -m minxin.knowledge.cells`: the file on stdin, JSON on stdout.
"""

import io
import json
import os
import subprocess
import sys
import zipfile
from datetime import date, datetime

MOST_MEMORY = 1024 * 1024 * 1024  # bytes
MOST_SECONDS = 30
MOST_UNPACKED = 200 * 1024 * 1024  # bytes, all members of an xlsx or ods together
# Even a sheet of equal rows packs to a hundredth; small files may be as they like.
MOST_RATIO = 300
SMALL = 20 * 1024 * 1024
_UNREADABLE = 3


class Unreadable(Exception):
    """Not a spreadsheet, or a damaged one."""


class TooLarge(Exception):
    """It would take more memory or time to read than a sheet of questions ever needs."""


def read_cells(content: bytes, *, most_rows: int) -> list[list[str]]:
    """The first sheet, at most so many rows, without empty cells at the ends of rows.

    Raises `TooLarge` or `Unreadable`.
    """
    _look_inside(content)
    ours = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    try:
        read = subprocess.run(  # noqa: S603  (our own module; the file goes to stdin)
            [sys.executable, "-m", __name__, str(most_rows)],
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
            cells: list[list[str]] = json.loads(read.stdout)
            return cells
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
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).replace("\0", "").strip()


def _row(values: list[object]) -> list[str]:
    texts = [_text(value) for value in values]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def main() -> int:
    """Read stdin, write the cells to stdout; 3 when the file cannot be opened."""
    _limit_this_process()
    from python_calamine import CalamineError, CalamineWorkbook

    content = sys.stdin.buffer.read()
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = book.get_sheet_by_index(0)
        values = sheet.to_python(skip_empty_area=False, nrows=int(sys.argv[1]))
    except (CalamineError, ValueError, OSError, IndexError):
        return _UNREADABLE
    json.dump([_row(list(row)) for row in values], sys.stdout, ensure_ascii=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
