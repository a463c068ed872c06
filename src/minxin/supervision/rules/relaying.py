"""Whether an item relays something: the same link, or titles that are the same. Pure.

Alike is not the same: what is only alike is shown to a person, who says whether it is a relay.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from urllib.parse import urlsplit

ALIKE = 0.7  # our own; on titles of relayed notices less begins to be other notices of one office
SHORTEST = 6  # characters of a title: shorter ones are alike by chance
BEFORE = timedelta(days=3)  # an account may relay before somebody has written the task down
AFTER = timedelta(days=30)  # so long after the term a late relay is still looked for
_MARKS = re.compile(r"[\s\W_]+")
_PREFIX = re.compile(r"^(?:【[^】]{1,12}】|\[[^\]]{1,12}\]|(?:转发|转载)[:：|｜]?)+")


@dataclass(frozen=True, slots=True)
class Published:
    """An item of an account. `names_link`: the link of the task stands in its text."""

    number: int
    title: str
    url: str
    at: datetime
    names_link: bool = False


def bare_title(title: str) -> str:
    """A title without marks, spaces and the word that says it is relayed."""
    normal = unicodedata.normalize("NFKC", title).strip().lower()
    return _MARKS.sub("", _PREFIX.sub("", normal))


def bare_link(url: str) -> str:
    """A link without its scheme, fragment and last slash; empty for none."""
    parts = urlsplit(url.strip())
    if not parts.netloc:
        return ""
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.netloc.lower()}{parts.path.rstrip('/')}{query}"


def likeness(one: str, other: str) -> float:
    """How alike two titles are, 0 to 1; 1 for the same, 0 where one is too short to say."""
    first, second = bare_title(one), bare_title(other)
    if min(len(first), len(second)) < SHORTEST:
        return 0.0
    if first == second:
        return 1.0
    return min(0.99, SequenceMatcher(None, first, second, autojunk=False).ratio())


def is_relay(title: str, source_url: str, item: Published) -> bool:
    """Whether an item is a relay beyond doubt: its title is the same, or it names the same link."""
    if likeness(title, item.title) == 1.0:
        return True
    link = bare_link(source_url)
    return "/" in link and (item.names_link or link == bare_link(item.url))


def first_relay(title: str, source_url: str, items: Iterable[Published]) -> Published | None:
    """The earliest of them that is one beyond doubt."""
    found = (each for each in items if is_relay(title, source_url, each))
    return min(found, key=lambda each: (each.at, each.number), default=None)


def alike(title: str, items: Iterable[Published], *, most: int = 3) -> list[tuple[Published, int]]:
    """Those a person should look at, the likest first, with their likeness in per cent."""
    found = [(each, likeness(title, each.title)) for each in items]
    found = [(each, how) for each, how in found if ALIKE <= how < 1.0]
    found.sort(key=lambda each: (-each[1], each[0].at))
    return [(each, int(how * 100)) for each, how in found[:most]]
