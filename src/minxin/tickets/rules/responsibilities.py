"""The responsibility list as plain values: what a version changes, and which line a request falls under."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

# What an office writes for a matter that is handled alike everywhere.
EVERYWHERE = frozenset(
    {"全市", "全县", "全区", "全省", "全域", "全辖区", "辖区", "不限", "所有", "全部", "-", "—"}
)
SEPARATOR = "/"


@dataclass(frozen=True, slots=True)
class Key:
    """What a line is found by: the path of its matter, and its place, empty for everywhere."""

    matter: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Duty:
    """What a line says: main agency, co-handlers in the order of their numbers, legal basis."""

    agency: int
    co: tuple[int, ...] = ()
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """One line that two versions do not have alike; None where a version lacks it."""

    key: Key
    before: Duty | None
    after: Duty | None

    @property
    def kind(self) -> str:
        """`added`, `removed` or `changed`."""
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"


def differences(before: Mapping[Key, Duty], after: Mapping[Key, Duty]) -> list[Difference]:
    """What changes from one version to the next, in the order of matter and place."""
    keys = sorted({*before, *after}, key=lambda key: (key.matter, key.place))
    return [
        Difference(key, before.get(key), after.get(key))
        for key in keys
        if before.get(key) != after.get(key)
    ]


def applied(before: Mapping[Key, Duty], changes: Iterable[Difference]) -> dict[Key, Duty]:
    """A version with changes made to it."""
    found = dict(before)
    for each in changes:
        if each.after is None:
            found.pop(each.key, None)
        else:
            found[each.key] = each.after
    return found


def place_of(text: str) -> str:
    """A place as it is kept: without spaces around, empty for everywhere."""
    place = " ".join(text.split())
    return "" if place in EVERYWHERE else place


@dataclass(frozen=True, slots=True)
class Line:
    """A line in force with the words that tell its matter and its number."""

    number: int
    matter: int
    matter_path: str
    words: tuple[str, ...]
    place: str
    agency: int


@dataclass(frozen=True, slots=True)
class Found:
    """A line that a request falls under, and what of the request says so."""

    line: Line
    words: tuple[str, ...]
    by_category: bool
    weight: tuple[int, int, int]


def lines_for(
    lines: Sequence[Line], *, text: str, place: str, matters: frozenset[int] = frozenset()
) -> list[Found]:
    """The lines a request falls under, the best first.

    A line is met when its matter is one of `matters` (the category's) or its words stand in the text, and
    its place, if it has one, stands in the place or the text. Lines of the category come first, then those
    of whose words more characters stand in the text, then those with the longer place.
    """
    said = f"{place}\n{text}"
    met = []
    for line in lines:
        if line.place and line.place not in said:
            continue
        words = tuple(word for word in line.words if word in text)
        by_category = line.matter in matters
        if not words and not by_category:
            continue
        weight = (int(by_category), sum(map(len, words)), len(line.place))
        met.append(Found(line, words, by_category, weight))
    return sorted(met, key=lambda each: (*(-part for part in each.weight), each.line.number))


def words_of(words: str) -> tuple[str, ...]:
    """Comma separated words, in their order, each once."""
    parts = (part.strip() for part in words.replace("，", ",").replace("、", ",").split(","))
    return tuple(dict.fromkeys(part for part in parts if part))


def words_met(text: str, words: str) -> tuple[str, ...]:
    """Which of comma separated words stand in a text."""
    return tuple(word for word in words_of(words) if word in text)
