"""PDF: page by page, so that a long one is bounded, shows how far it is and can be taken up again."""

import re
import statistics
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pypdfium2

from minxin.text.documents.blocks import Block, Note, Reading, Trouble, Unreadable

MOST_PAGES = 2_000
MOST_CHARACTERS = 20_000  # of one page
SCALE = 200 / 72  # a page is drawn with 200 dots an inch for recognition
MOST_PIXELS = 12_000_000
_LEAST_TEXT = 8  # characters; a page with less and a picture is a scan
_NUMBER = re.compile(
    r"[-—–－―\s·.]*(?:第\s*)?\d{1,4}(?:\s*页)?(?:\s*[/，,共]+\s*\d{1,4}\s*页?)?[-—–－―\s·.]*\Z"
)
_ENDS = tuple("。；;：:！!？?…”")
_BEGINS = re.compile(
    r"(?:第[〇零一二三四五六七八九十百千\d]+[编章节条]|[（(][一二三四五六七八九十百\d]+[）)]|[一二三四五六七八九十]+、"
    r"|\d{1,2}[.．、]\s*\D|附\s*[件则]|[①-⑳]|[-·●■◆]\s)"
)
_PICTURE = 3  # FPDF_PAGEOBJ_IMAGE

SURE = 0.85  # ours: a page that is recognised less surely on the whole is to be looked at


@dataclass(frozen=True, slots=True)
class Recognised:
    """What was recognised on a picture: its lines from above, and how sure that is on the whole (0 to 1)."""

    lines: tuple[str, ...]
    sure: float = 1.0


Recognise = Callable[[Any], Recognised]  # of a picture (PIL)


@dataclass(frozen=True, slots=True)
class Page:
    """One page as lines; `trouble` says why there are none, or why they are to be looked at."""

    number: int
    lines: tuple[str, ...]
    is_recognised: bool = False
    trouble: Trouble | None = None


def pages_of(
    content: bytes, *, start: int = 1, recognise: Recognise | None = None
) -> Iterator[tuple[int, Page]]:
    """(how many pages there are, page) from page `start` on, one at a time: nothing of a page stays in
    memory when the next is read. A scan is recognised when there is something to recognise it with.

    Raises `Unreadable` before the first page.
    """
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        is_locked = "password" in str(error).lower() or "security" in str(error).lower()
        raise Unreadable(Trouble.ENCRYPTED if is_locked else Trouble.DAMAGED) from error
    with closing(document):
        total = len(document)
        if total == 0:
            raise Unreadable(Trouble.EMPTY)
        if total > MOST_PAGES:
            raise Unreadable(Trouble.TOO_MANY_PAGES, str(total))
        for number in range(start, total + 1):
            yield total, _page(document, number, recognise)


def _page(document: pypdfium2.PdfDocument, number: int, recognise: Recognise | None) -> Page:
    try:
        with closing(document[number - 1]) as page:
            with closing(page.get_textpage()) as words:
                text = words.get_text_range(0, min(words.count_chars(), MOST_CHARACTERS))
            lines = _lines(text)
            if sum(map(len, lines)) >= _LEAST_TEXT or not _has_picture(page):
                return Page(number, lines)
            if recognise is None:
                return Page(number, lines, trouble=Trouble.SCANNED_PAGE)
            dots = page.get_width() * page.get_height()
            scale = min(SCALE, (MOST_PIXELS / max(dots, 1)) ** 0.5)
            picture = page.render(scale=scale).to_pil()
            found = recognise(picture)
            trouble = Trouble.PAGE_UNSURE if found.sure < SURE else None
            return Page(
                number, found.lines, is_recognised=True,
                trouble=trouble if found.lines else Trouble.PAGE_EMPTY,
            )  # fmt: skip
    except (pypdfium2.PdfiumError, ValueError, OSError, MemoryError):
        return Page(number, (), trouble=Trouble.PAGE_UNREADABLE)


def _has_picture(page: pypdfium2.PdfPage) -> bool:
    return any(each.type == _PICTURE for each in page.get_objects(max_depth=4))


def _lines(text: str) -> tuple[str, ...]:
    # A soft hyphen at a line's end comes as U+FFFE.
    plain = text.replace("\ufffe", "").replace("\0", "")
    return tuple(line.strip() for line in re.split(r"[\r\n]+", plain) if line.strip())


def reading_of(pages: Sequence[Page], total: int | None = None) -> Reading:
    """Paragraphs out of the lines of pages: without page numbers, running heads and feet, with broken
    lines joined, across pages, too."""
    running = _running(pages)
    notes = tuple(Note(each.trouble, page=each.number) for each in pages if each.trouble)
    kept = [
        (line, page.number)
        for page in pages
        for at, line in enumerate(page.lines)
        if not _is_edge(page, at) or not (_NUMBER.match(line) or _shape(line) in running)
    ]
    widths = [len(line) for line, _ in kept if len(line) >= 15]
    full = statistics.quantiles(widths, n=4)[2] if len(widths) > 3 else max(widths, default=40)
    blocks: list[Block] = []
    text, page_number, before = "", None, ""
    for line, number in kept:
        goes_on = (
            text
            and len(before) >= 0.82 * full
            and not (before.endswith(_ENDS) and len(before) < 0.97 * full)
            and not (before.endswith(("。", "；", "：")))
            and not _BEGINS.match(line)
        )
        if goes_on:
            text += _joint(text, line) + line
        else:
            if text:
                blocks.append(Block(text, page=page_number))
            text, page_number = line, number
        before = line
    if text:
        blocks.append(Block(text, page=page_number))
    is_recognised = any(page.is_recognised for page in pages)
    return Reading(tuple(blocks), notes, total or len(pages), is_recognised)


def _joint(before: str, after: str) -> str:
    return " " if before[-1:].isascii() and after[:1].isascii() and before[-1:].isalnum() else ""


def _is_edge(page: Page, at: int) -> bool:
    return at < 2 or at >= len(page.lines) - 2


def _shape(line: str) -> str:
    return re.sub(r"\d+", "#", re.sub(r"\s+", "", line))


def _running(pages: Sequence[Page]) -> frozenset[str]:
    """What stands at the edge of most pages."""
    met: Counter[str] = Counter()
    for page in pages:
        edges = {_shape(line) for at, line in enumerate(page.lines) if _is_edge(page, at)}
        met.update(edges)
    least = max(3, 0.5 * len(pages))
    return frozenset(shape for shape, count in met.items() if count >= least and len(shape) <= 60)
