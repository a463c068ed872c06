"""How words are taken together before questions are compared. Pure.

The shortest of a shipped group stands for all of it, so that no word weighs more for its length; nobody ever
sees it. Of an agency's own set the official word stands for the others, in the words of the groups above.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from minxin.knowledge.synonyms.base import GROUPS
from minxin.text import words
from minxin.text.segmentation import FORM, HAN


@dataclass(frozen=True, slots=True)
class SynonymRule:
    """One agency's set: `others` mean `word`; in what is written, too, when `both_ways`."""

    agency_path: str
    word: str
    others: tuple[str, ...]
    both_ways: bool


class Table:
    """What replaces what: in a citizen's question, and in what officials wrote. Never changes."""

    __slots__ = ("_asked", "_in_asked", "_in_written", "_written")

    def __init__(self, asked: Mapping[str, str], written: Mapping[str, str]) -> None:
        self._asked, self._in_asked = asked, _any(asked)
        self._written, self._in_written = written, _any(written)

    def asked(self, text: str) -> str:
        """A question in the words that stand for all; `text` as `minxin.text.normal` makes it."""
        return self._in_asked.sub(lambda match: self._asked[match[0]], text)

    def written(self, text: str) -> str:
        """A way of asking or an answer in these words."""
        return self._in_written.sub(lambda match: self._written[match[0]], text)

    def knows(self, word: str) -> bool:
        """Whether a word is one of the table's."""
        return word in self._asked


def _any(table: Mapping[str, str]) -> re.Pattern[str]:
    # Longest first: 社会保障卡 before 社会保险, 上小学 before 小学.
    found = sorted(table, key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, found)) or r"(?!)")


def shipped() -> dict[str, str]:
    """What stands for each word of the shipped groups."""
    table: dict[str, str] = {}
    for group in GROUPS:
        members = group.split()
        head = min((word for word in members if len(word) > 1), key=len)
        for member in members:
            table.setdefault(member, head)
    return table


SHIPPED = {group.split()[0]: tuple(group.split()[1:]) for group in GROUPS}
_HEADS = shipped()
BASE = Table(_HEADS, _HEADS)


def table_of(rules: Sequence[SynonymRule]) -> Table:
    """The shipped groups with the sets of a branch of agencies, the highest first: the nearest wins.

    A set with the first word of a shipped group takes the place of that group; what stood for the group
    still does, so that entries read by the tables above are met. Where it is a word that the set does not
    name, the official word, which no longer stands for itself, stands for it.
    """
    if not rules:
        return BASE
    asked = dict(_HEADS)
    written = dict(_HEADS)
    for rule in rules:
        for gone in SHIPPED.get(rule.word, ()):
            asked.pop(gone, None)
            written.pop(gone, None)
        head = written.get(rule.word, rule.word)
        if rule.word in SHIPPED:
            head = _HEADS[rule.word]
            for table in (asked, written):
                table[head] = rule.word
                table[rule.word] = head
        for other in rule.others:
            asked[other] = head
            if rule.both_ways:
                written[other] = head
    return Table(asked, written)


class Tables:
    """The table of each agency: its own sets, and those of the agencies above it.

    `misses`: an agency was asked for of which no path is known; whoever fills this reads them anew.
    """

    def __init__(
        self, rules: Iterable[SynonymRule] = (), paths: Mapping[int, str] | None = None
    ) -> None:
        self.rules = tuple(sorted(rules, key=lambda rule: (rule.agency_path, rule.word)))
        self._paths = dict(paths or {})
        self._by_rules: dict[tuple[SynonymRule, ...], Table] = {(): BASE}
        self._by_agency: dict[int, Table] = {}
        self.misses = False

    def of(self, agency_id: int) -> Table:
        """The table by which an agency's entries are read, and the questions put to its accounts."""
        found = self._by_agency.get(agency_id)
        if found is None:
            path = self._paths.get(agency_id)
            if path is None:
                self.misses = self.misses or bool(agency_id)
                return BASE
            mine = tuple(rule for rule in self.rules if path.startswith(rule.agency_path))
            found = self._by_rules.get(mine)
            if found is None:
                found = self._by_rules[mine] = table_of(mine)
            self._by_agency[agency_id] = found
        return found

    def path_of(self, agency_id: int) -> str:
        """Where an agency stands in the tree; empty where that is not known."""
        return self._paths.get(agency_id, "")

    def with_rule(
        self, path: str, rule: SynonymRule | None, instead: SynonymRule | None = None
    ) -> Table:
        """The table of a branch as it would be with one set added or changed, in the place of one that
        stood there (`instead`) under the same word or another; without either, that one taken away."""
        new = [rule] if rule else []
        gone = {(each.agency_path, each.word) for each in (rule, instead) if each}
        mine = [
            each
            for each in self.rules
            if path.startswith(each.agency_path) and (each.agency_path, each.word) not in gone
        ]
        return table_of(sorted([*mine, *new], key=lambda each: (each.agency_path, each.word)))

    def have_moved(self, paths: Mapping[int, str]) -> bool:
        """Whether an agency that is known stands elsewhere by now, under other rules perhaps."""
        return any(paths.get(number, path) != path for number, path in self._paths.items())

    def learn(self, paths: Mapping[int, str]) -> None:
        """Take in where agencies stand."""
        self._paths = dict(paths)
        self._by_agency = {}
        self.misses = False


def plain(text: str) -> str:
    """The text in the words of the shipped groups alone; `text` as `minxin.text.normal` makes it."""
    return BASE.asked(text)


def tokens(text: str) -> frozenset[str]:
    """What two questions are compared by: words that carry matter, not form, and the characters of
    the Chinese ones. `text` in the words of officials (`plain`), normalised."""
    matter = [word for word in words(text) if word not in FORM]
    return frozenset(matter).union(*[word for word in matter if word[0] >= HAN])
