"""A file of any kind this house reads, told apart by what it holds and not by its name."""

import zipfile
from collections.abc import Callable, Sequence
from pathlib import PurePath

from minxin.text.documents.blocks import Block, Reading, Trouble, Unreadable
from minxin.text.documents.pdf import Page, Recognise, pages_of, reading_of
from minxin.text.documents.plain import decoded, read_plain
from minxin.text.documents.tables import blocks_of_rows
from minxin.text.documents.web import read_page
from minxin.text.documents.word import check_archive, read_word

MOST_BYTES = 90 * 1024 * 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_NAMES = {
    "pdf": {".pdf"},
    "word": {".docx", ".docm"},
    "sheet": {".xlsx", ".xlsm", ".ods", ".xls", ".csv"},
    "page": {".html", ".htm", ".shtml", ".mht"},
    "text": {".txt", ".md", ".markdown"},
}

Sheets = Callable[[str, bytes], Sequence[tuple[str, Sequence[Sequence[str]]]]]


def kind_of(name: str, content: bytes) -> str:
    """`pdf`, `word`, `sheet`, `page`, `text`. Raises `Unreadable` for what is none of them, and for a file
    whose name says another than it holds."""
    if not content.strip(b"\0 \t\r\n"):
        raise Unreadable(Trouble.EMPTY)
    if len(content) > MOST_BYTES:
        raise Unreadable(Trouble.TOO_LARGE)
    ending = PurePath(name).suffix.lower()
    kind = _held(content, ending)
    claimed = next((each for each, endings in _NAMES.items() if ending in endings), "")
    if claimed and claimed != kind and not {claimed, kind} <= {"text", "page"}:
        raise Unreadable(Trouble.WRONG_TYPE, ending)
    return kind


def _held(content: bytes, ending: str) -> str:
    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if b"%PDF-" in content[:1024]:
        return "pdf"
    if content.startswith(_OLE):
        if _ENCRYPTED in content[: 1024 * 1024] or _ENCRYPTED in content[-1024 * 1024 :]:
            raise Unreadable(Trouble.ENCRYPTED)
        if ending == ".xls":
            return "sheet"
        raise Unreadable(Trouble.OLD_FORMAT, ending or ".doc")
    if content.startswith(b"PK"):
        with check_archive(content) as archive:
            names = archive.namelist()
        if "word/document.xml" in names:
            return "word"
        if "xl/workbook.xml" in names or "xl/workbook.bin" in names or "content.xml" in names:
            return "sheet"
        raise Unreadable(Trouble.UNKNOWN_TYPE, ending)
    if start[:15].lower().startswith((b"<!doctype html", b"<html")) or (
        ending in _NAMES["page"] and b"<" in start
    ):
        return "page"
    if start.startswith(
        (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"Rar!", b"7z\xbc\xaf", b"MZ", b"{\\rtf")
    ):
        raise Unreadable(Trouble.UNKNOWN_TYPE, ending)
    decoded(content)
    return "sheet" if ending == ".csv" else "text"


def read(
    name: str,
    content: bytes,
    *,
    sheets: Sheets | None = None,
    recognise: Recognise | None = None,
    on_page: Callable[[int, int], bool] | None = None,
) -> Reading:
    """All of a file as blocks. Raises `Unreadable` when there is nothing to be read.

    `sheets` reads the rows of a spreadsheet (its cells are read in a process of their own, by the caller).
    `on_page` hears (page, pages) after each page of a PDF; when it says False, reading ends there.
    """
    kind = kind_of(name, content)
    match kind:
        case "pdf":
            pages: list[Page] = []
            total = 0
            for total, page in pages_of(content, recognise=recognise):
                pages.append(page)
                if on_page is not None and not on_page(page.number, total):
                    break
            reading = reading_of(pages, total)
        case "word":
            try:
                reading = read_word(content)
            except zipfile.BadZipFile as error:
                raise Unreadable(Trouble.DAMAGED) from error
        case "page":
            reading = read_page(content)
        case "sheet" if sheets is not None:
            blocks: list[Block] = []
            for title, rows in sheets(name, content):
                blocks += blocks_of_rows(rows, name=title, is_sheet=True)
            reading = Reading(tuple(blocks))
        case "sheet":
            raise Unreadable(Trouble.UNKNOWN_TYPE, PurePath(name).suffix)
        case _:
            is_markdown = PurePath(name).suffix.lower() in {".md", ".markdown"}
            reading = read_plain(decoded(content), is_markdown=is_markdown)
    if not reading.blocks:
        is_scan = any(note.trouble == Trouble.SCANNED_PAGE for note in reading.notes)
        raise Unreadable(Trouble.SCANNED_PAGE if is_scan else Trouble.NO_TEXT)
    return reading
