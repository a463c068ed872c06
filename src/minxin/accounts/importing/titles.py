"""Where a sheet has its titles, and a guess which column is what."""

import hashlib
import re
from collections.abc import Mapping, Sequence

from minxin.accounts.importing.columns import COLUMNS, Column, folded, spoken
from minxin.accounts.importing.values import Unclear, read_value


def _plain(title: str) -> str:
    """A title without what is said in brackets, and without marks."""
    return re.sub(r"\([^)]*\)|\[[^\]]*\]|【[^】]*】|[*:：、·\-—_.。]", "", folded(title))


def _synonyms(columns: Sequence[Column]) -> dict[str, str]:
    found: dict[str, str] = {}
    for column in columns:
        for word in (*spoken(column.title), *map(folded, column.also)):
            found.setdefault(_plain(word), column.name)
    return found


# Titles --------------------------------------------------------------------------------------

_LOOKED_AT = 20  # rows in which the titles are looked for
_HIGHEST = 3


def titles_of(rows: Sequence[Sequence[str]], header_row: int, header_rows: int) -> list[str]:
    """The title of each column; where titles stand on several rows, joined by a dot.

    `header_row` is the last of them, counted from 1.
    """
    above = rows[max(header_row - header_rows, 0) : header_row]
    width = max((len(row) for row in rows), default=0)
    found = []
    for at in range(width):
        parts: list[str] = []
        for row in above:
            text = " ".join(row[at].split()) if at < len(row) else ""
            if text and text not in parts:
                parts.append(text)
        found.append("·".join(parts))
    return found


def known_field(title: str, synonyms: Mapping[str, str]) -> str:
    """The field that a title names, or nothing."""
    parts = title.split("·")
    for text in (title, parts[-1], parts[0]):
        if name := synonyms.get(_plain(text)):
            return name
    whole = _plain(parts[-1])
    within = [word for word in synonyms if len(word) >= 4 and word in whole]
    return synonyms[max(within, key=len)] if within else ""


def find_titles(
    rows: Sequence[Sequence[str]], columns: Sequence[Column] = COLUMNS
) -> tuple[int, int]:
    """(last row of the titles, how many rows they take): where most columns are known by their title."""
    synonyms, best, found = _synonyms(columns), 0, (1, 1)
    for row in range(1, min(len(rows), _LOOKED_AT) + 1):
        for height in range(1, min(row, _HIGHEST) + 1):
            titles = titles_of(rows, row, height)
            count = len({known_field(title, synonyms) for title in titles if title} - {""})
            if count > best:
                best, found = count, (row, height)
    return found


def guess(
    titles: Sequence[str],
    samples: Sequence[Sequence[str]],
    *,
    remembered: Mapping[str, str],
    columns: Sequence[Column] = COLUMNS,
) -> list[str]:
    """The field of each column, "" for none, each at most once: as it was chosen for these titles
    before, else by title and by what stands under it."""
    named = {column.name for column in columns}
    synonyms, taken, found = _synonyms(columns), set[str](), []
    for title, under in zip(titles, samples, strict=True):
        name = remembered.get(title)
        if name is None:
            name = _by_what_stands_there(known_field(title, synonyms), under)
        if name not in named or name in taken:
            name = ""
        taken.add(name)
        found.append(name)
    return found


def _by_what_stands_there(name: str, under: Sequence[str]) -> str:
    said = [text for text in under if text]

    def all_are(other: str) -> bool:
        for text in said:
            try:
                read_value(other, text)
            except Unclear:
                return False
        return bool(said)

    if name == "holder" and all_are("principal"):
        return "principal"
    if name == "kind" and not all_are("kind") and all_are("platform"):
        return "platform"
    return name


def titles_key(titles: Sequence[str], *, of: str = "") -> str:
    """The same for sheets with the same titles, whatever their order; `of`: what the sheets are, where
    not of the register."""
    words = sorted({folded(title) for title in titles if title}) + [of] * bool(of)
    return hashlib.sha256("\n".join(words).encode()).hexdigest()
