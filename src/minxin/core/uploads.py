"""An uploaded sheet (CSV, XLSX, XLS or ODS) as text, or a sentence that says why it cannot be read."""

import csv
import io
import itertools

from django.utils.translation import gettext as _

from minxin.core.cells import ALL, Cells, TooLarge, Unreadable, read_books
from minxin.core.errors import Refused

MAX_BYTES = 20 * 1024 * 1024
BOOKS = (".xlsx", ".xls", ".ods")


def read_upload(
    name: str, content: bytes, *, most_rows: int, sheet: int | None = None
) -> list[Cells]:
    """The sheets of a file (only that of this number, if one is named), at most so many rows of each.

    A CSV file is one sheet, in UTF-8 or GB 18030. Raises `Refused` for the field `file`: too large,
    not a table, a bomb, an unknown encoding.
    """
    if len(content) > MAX_BYTES:
        raise Refused(_("文件超过 20 MB，请拆分后分批导入。"), field="file")
    if not name.lower().endswith(BOOKS):
        return [Cells("", _lines(content, most_rows))]
    try:
        return read_books(content, most_rows=most_rows, sheet=ALL if sheet is None else str(sheet))
    except Unreadable as error:
        raise Refused(_("这个表格文件打不开，请另存为 xlsx 后再试。"), field="file") from error
    except TooLarge as error:
        raise Refused(
            _("这个表格展开后太大，无法读取。请删去多余的空行和空列，或另存为 CSV 后再试。"),
            field="file",
        ) from error


def _lines(content: bytes, most_rows: int) -> list[list[str]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Refused(_("文件的编码无法识别，请另存为 UTF-8 编码的 CSV，或 xlsx。"), field="file")
    try:
        reader = csv.reader(io.StringIO(text.replace("\0", ""), newline=""))
        return list(itertools.islice(reader, most_rows))
    except csv.Error as error:
        raise Refused(_("这个 CSV 文件读不出来，请另存为 xlsx 后再试。"), field="file") from error
