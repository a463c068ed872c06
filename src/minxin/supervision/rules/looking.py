"""Looking back: from a page to its text, and what of a text is shown around a place."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from html.parser import HTMLParser

from minxin.supervision.rules.packs import Severity
from minxin.text import Expression, Terms, find_private, mask

AROUND = 24  # characters shown before and after a place
MOST_PLACES = 5  # of one expression in one item: more say nothing new
SHORTEST = 2  # characters of an expression; one alone stands everywhere
_BLOCKS = frozenset(
    {"address", "article", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption", "figure",
     "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "ol", "p", "pre",
     "section", "table", "td", "th", "tr", "ul"}
)  # fmt: skip
_UNSEEN = frozenset({"script", "style", "template", "noscript"})
_ENDS = "。！？；!?;\n"
_GRAVE = {Severity.VETO: 0, Severity.MAJOR: 1, Severity.MINOR: 2}


class _Text(HTMLParser):
    """What a reader sees of a page. A section that is never closed hides no more than itself."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag in _BLOCKS:
            self.parts.append("\n")
        elif tag == "img":
            self.parts.append(next((value or "" for name, value in attrs if name == "alt"), ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.parts.append(data)


def plain(text: str) -> str:
    """Text as it is kept: no NUL, no blank lines, one space for many."""
    lines = (re.sub(r"[^\S\n]+", " ", line).strip() for line in text.replace("\0", "").split("\n"))
    return "\n".join(line for line in lines if line)


def text_of_html(page: str) -> str:
    """The text of an article: what stands in its blocks on lines of their own, the words that describe
    pictures too, no scripts."""
    reader = _Text()
    reader.feed(page)
    reader.close()
    return plain("".join(reader.parts))


def whole(title: str, text: str) -> str:
    """What is looked through, and what a hit's offset counts in."""
    return f"{title}\n{text}"


def fingerprint(title: str, text: str) -> str:
    """SHA-256 of title and text, hexadecimal."""
    return hashlib.sha256(whole(title, text).encode("utf-8", "surrogatepass")).hexdigest()


def excerpt(text: str, start: int, end: int) -> str:
    """What stands around a place, private numbers masked, on one line."""
    first, last = max(0, start - AROUND), min(len(text), end + AROUND)
    # Masked before it is cut: a number that the cut would halve must not pass.
    masked = mask(text[max(0, first - 24) : last + 24])
    if len(masked) == min(len(text), last + 24) - max(0, first - 24):
        masked = masked[first - max(0, first - 24) :][: last - first]
    cut = masked.replace("\n", " ")
    return ("…" if first else "") + cut + ("…" if last < len(text) else "")


def sentence(text: str, offset: int, length: int) -> tuple[str, int]:
    """The sentence that a place stands in, and where in it the place begins."""
    start = max(text.rfind(mark, 0, offset) for mark in _ENDS) + 1
    ends = [at for mark in _ENDS if (at := text.find(mark, offset + length)) >= 0]
    return text[start : min(ends, default=len(text))], offset - start


def around(text: str, offset: int, length: int) -> tuple[str, str, str]:
    """A text before, at and after a place, each with private numbers masked."""
    end = offset + length
    return mask(text[:offset]), mask(text[offset:end]), mask(text[end:])


@dataclass(frozen=True, slots=True)
class Sought:
    """One expression of a list. `key` names it, `since` leaves out what was published before."""

    key: str
    words: str
    instead: str
    severity: Severity
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Met:
    """What stands at a place of a text. `sought` is None for a person's number."""

    key: str
    words: str
    start: int
    end: int
    sought: Sought | None


class Search:
    """Finds the expressions of a list, or, without any, numbers of persons."""

    def __init__(self, sought: Iterable[Sought], *, for_private: bool = False) -> None:
        self._sought = tuple(sought)
        self._for_private = for_private
        self._terms = Terms([Expression(each.words, each.instead) for each in self._sought])

    def find(self, text: str) -> list[Met]:
        """Every place, at most `MOST_PLACES` of each expression; numbers of persons are masked."""
        if self._for_private:
            return [
                Met(each.kind, mask(text[each.start : each.end]), each.start, each.end, None)
                for each in find_private(text)
            ]
        met: list[Met] = []
        counts: dict[int, int] = {}
        for place in self._terms.find(text):
            counts[place.number] = counts.get(place.number, 0) + 1
            if counts[place.number] <= MOST_PLACES:
                each = self._sought[place.number]
                met.append(Met(each.key, each.words, place.start, place.end, each))
        return met


def indicator_of(kind: str, severity: Severity) -> str:
    """The indicator that a hit of a list of this kind is of: a person's number, an advertisement, a
    veto by what the list says of the expression; else it is a plain error of wording."""
    match kind:
        case "privacy":
            return "content.privacy"
        case "ads":
            return "content.ad"
    return "content.serious" if severity is Severity.VETO else "content.wording"


def gravest(severities: Iterable[str]) -> Severity:
    """The most serious of them; at least one must be given."""
    return min((Severity(each) for each in severities), key=_GRAVE.__getitem__)
