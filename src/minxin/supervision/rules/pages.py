"""What a page says of itself: title, account and day. Proposals for a form, never facts.

That WeChat's article pages carry `#activity-name`, `#js_name`, `#publish_time` and `var ct` is not
confirmed by any source of WeChat's own; other pages are read by what HTML and Open Graph say.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from lxml import etree

from minxin.supervision.rules.clock import SHANGHAI, day_of

EARLIEST = date(2000, 1, 1)
MOST_LETTERS = 200
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,20})", re.I)
_CODECS = {
    "gbk": "gb18030", "gb2312": "gb18030", "gb18030": "gb18030", "big5": "big5",
    "utf-8": "utf-8", "utf8": "utf-8",
}  # fmt: skip
_DAY = re.compile(r"(?<!\d)(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)")
_UNIX = re.compile(r"\bvar\s+ct\s*=\s*[\"'](\d{9,10})[\"']")


@dataclass(frozen=True, slots=True)
class PageRead:
    """`published_on`: a day in Shanghai; None when the page names none that can be. `is_future`: it
    names only days that are still to come."""

    title: str = ""
    account: str = ""
    published_on: date | None = None
    is_future: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found that the form asks for."""
        return not (self.title or self.account or self.published_on)


def is_page(content_type: str) -> bool:
    """Whether an answer calls itself a page."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind in {"text/html", "application/xhtml+xml"}


def read_page(content: bytes, content_type: str, *, now: datetime) -> PageRead:
    """Read a page's bytes, whole or cut off. Never raises for what they are."""
    text = _decoded(content, content_type)
    parser = etree.HTMLParser(encoding="utf-8", recover=True, no_network=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError):
        return PageRead()
    if root is None:
        return PageRead()

    def first(*paths: str) -> str:
        return next((said for path in paths for said in _texts(root, path)), "")

    days = list(_days(lambda path: list(_texts(root, path)), text))
    today = day_of(now)
    possible = [each for each in days if EARLIEST <= each <= today]
    return PageRead(
        title=first(
            "//meta[@property='og:title']/@content", "//h1[@id='activity-name']", "//title"
        ),
        account=first("//*[@id='js_name']", "//meta[@property='og:article:author']/@content"),
        published_on=possible[0] if possible else None,
        is_future=not possible and any(each > today for each in days),
    )


def is_other_account(said: str, recorded: str) -> bool:
    """Whether a page names another account than the recorded one; spaces and case do not count."""
    plain = ["".join(each.split()).casefold() for each in (said, recorded)]
    return bool(said) and plain[0] != plain[1]


def _decoded(content: bytes, content_type: str) -> str:
    """By the mark at its beginning, the header, the page's own word, else UTF-8."""
    codec = "utf-8-sig"
    if not content.startswith(b"\xef\xbb\xbf"):
        head = content[:4096].decode("ascii", "replace")
        found = _CHARSET.search(content_type) or _CHARSET.search(head)
        codec = _CODECS.get(found[1].lower(), "utf-8") if found else "utf-8"
    return content.decode(codec, "replace").replace("\x00", "")


def _texts(root: etree._Element, path: str) -> Iterator[str]:
    """What stands at a path, in one line; nothing that could not be decoded."""
    found = root.xpath(path)
    for each in found if isinstance(found, list) else []:
        said = (
            "".join(str(part) for part in each.itertext())
            if isinstance(each, etree._Element)
            else str(each)
        )
        said = " ".join(said.split())[:MOST_LETTERS]
        if said and "\ufffd" not in said:
            yield said


def _days(texts: Callable[[str], list[str]], source: str) -> Iterator[date]:
    """The days that a page calls its own, the surest first."""
    for said in texts("//*[@id='publish_time']"):
        yield from _day_written(said)
    for unix in _UNIX.findall(source)[:1]:
        yield day_of(datetime.fromtimestamp(int(unix), tz=UTC))
    for path in (
        "//meta[@property='og:article:published_time' or @property='article:published_time']"
        "/@content",
        "//time/@datetime",
    ):
        for said in texts(path)[:1]:
            yield from _day_of_moment(said)


def _day_of_moment(said: str) -> Iterator[date]:
    try:
        moment = datetime.fromisoformat(said)
        day = day_of(moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI))
    except (ValueError, OverflowError):
        yield from _day_written(said)
    else:
        yield day


def _day_written(said: str) -> Iterator[date]:
    found = _DAY.search(said)
    if found:
        try:
            yield date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            return
