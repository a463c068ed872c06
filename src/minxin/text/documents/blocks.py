"""What a file holds, whatever its format: blocks in their order; and why one cannot be read."""

from dataclasses import dataclass
from enum import StrEnum


class Trouble(StrEnum):
    """What may be wrong with a file, or with a page of it."""

    EMPTY = "empty"
    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"
    BOMB = "bomb"
    TOO_LARGE = "too_large"
    TOO_MANY_PAGES = "too_many_pages"
    WRONG_TYPE = "wrong_type"  # detail: what it is called
    OLD_FORMAT = "old_format"  # .doc, .wps, .ppt
    UNKNOWN_TYPE = "unknown_type"
    UNKNOWN_ENCODING = "unknown_encoding"
    NO_TEXT = "no_text"
    # of which the rest was read all the same:
    SCANNED_PAGE = "scanned_page"  # and nothing here recognises characters
    PAGE_UNREADABLE = "page_unreadable"
    PAGE_EMPTY = "page_empty"  # of a scan: nothing was recognised
    PAGE_UNSURE = "page_unsure"  # of a scan: recognised, but not surely
    MACROS_IGNORED = "macros_ignored"
    PICTURES_IGNORED = "pictures_ignored"  # detail: how many
    FOOTNOTES_IGNORED = "footnotes_ignored"


class Unreadable(Exception):
    """A file of which nothing can be read."""

    def __init__(self, trouble: Trouble, detail: str = "") -> None:
        super().__init__(f"{trouble} {detail}".strip())
        self.trouble = trouble
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Note:
    """What was not understood of a file that was read; pages count from 1."""

    trouble: Trouble
    page: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a heading or a row of a table, its text as it stands in the file.

    `level` is that of a heading (1 the highest), 0 for what the file does not mark as one. Of a row `cells`
    are its cells, `titles` those of the table's first row where it has one, `row` its number below that.
    """

    text: str
    level: int = 0
    page: int | None = None
    cells: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    row: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was read of a file."""

    blocks: tuple[Block, ...]
    notes: tuple[Note, ...] = ()
    pages: int | None = None
    is_recognised: bool = False
