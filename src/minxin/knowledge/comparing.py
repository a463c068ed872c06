"""Whether two texts of two agencies on the same matter say otherwise, and in what. Pure.

False alarms are worse than misses: an editor who was sent to look at three pairs that are no conflict looks at no
fourth. So two things are compared only where they ask the same (`asked_alike`), or where two sentences are the same
but for a fact, on the same matter; and never where a word says that another case is meant (`saying.cases_of`).
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from minxin.knowledge.rules.answers import GENERAL_WORDS
from minxin.knowledge.rules.saying import (
    Fact,
    Sentence,
    cases_of,
    claims_of,
    facts_of,
    papers_of,
    sentences_of,
)
from minxin.knowledge.rules.validity import overlap
from minxin.knowledge.synonyms import plain, tokens
from minxin.text import bare, likeness, normal
from minxin.text.answers.questions import Kind, kind_of

# Of pairs made by hand (tests/knowledge/test_conflict_rules.py) and of what `minxin bench conflicts` finds.
SUBSET = 0.75  # where one question says more than the other
CLAUSE = 0.5  # how alike what stands around two facts must be
SKELETON = 0.8  # how alike two sentences of documents must be without their facts
SHORTEST = 8  # bigrams of such a sentence
CLAIM = 0.7
# Where one fact alone stands on either side, which are taken to answer a question of a kind.
_SOLE = {
    "money": {Kind.HOW_MUCH},
    "share": {Kind.HOW_MUCH, Kind.HOW_MANY},
    "span": {Kind.HOW_LONG, Kind.WHEN},
    "date": {Kind.WHEN},
    "time": {Kind.WHEN},
    "phone": {Kind.CONTACT},
    "place": {Kind.WHERE, Kind.CONTACT},
    "office": {Kind.WHERE, Kind.WHO},
    "number": {Kind.HOW_MANY},
}
# Every office has its own: compared only where a question asks for it.
_OWN = frozenset(("time", "phone", "place", "office"))
_BEGINS = re.compile(r"施行|生效|印发|发布|废止|有效期至|之日起实施")
# A day at the end of a text is when it was signed.
_UNTIL = re.compile(r"截止|截至|日前|期限|延长|延期|开学|报名|申报|申请|受理|缴")
_TITLE_WORDS = frozenset(
    [
        "关于",
        "印发",
        "通知",
        "办法",
        "规定",
        "实施",
        "意见",
        "细则",
        "指南",
        "办事",
        "服务",
        "管理",
        "办理",
        "方案",
        "措施",
        "公告",
        "若干",
        "有关",
        "工作",
        "暂行",
        "试行",
        "条例",
        "做好",
        "进一步",
        "人民",
        "政府",
        "政策",
        "支持",
        "实施办法",
        "实施细则",
        "实施方案",
    ]
)
_ASKING = frozenset("哪怎咋啥谁吗")
_PLACE_NAME = re.compile(r"[\u4e00-\u9fff]{2,5}?(?:省|市|自治区|县|区|街道|镇|乡)")


@dataclass(frozen=True, slots=True)
class Text:
    """One side: an entry (`ways` in which it is asked) or a passage of a document (no ways, its title)."""

    ways: tuple[str, ...]
    title: str
    text: str
    region_code: str = ""
    audience: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something both say, and say otherwise: its kind, the words of each side, and where they stand."""

    kind: str
    one: str
    other: str
    first: tuple[tuple[int, int], ...]
    second: tuple[tuple[int, int], ...]

    def turned(self) -> "Difference":
        """The same, seen from the other side."""
        return Difference(self.kind, self.other, self.one, self.second, self.first)


@lru_cache(maxsize=65_536)
def _read(way: str) -> tuple[frozenset[str], Kind, frozenset[str]]:
    """A way of asking as it is compared: what it is about, what it asks for, which case."""
    return words_asked(way), kind_of(bare(normal(way))), cases_of(plain(normal(way)))


@dataclass(frozen=True, slots=True)
class Asked:
    """How alike two entries ask: the kinds of question they share; `is_same` where the words are the same."""

    is_same: bool
    kinds: frozenset[Kind]


@lru_cache(maxsize=65_536)
def words_asked(way: str) -> frozenset[str]:
    """What a way of asking is about, synonyms taken together; without single characters."""
    found = tokens(plain(bare(normal(way))))
    return frozenset(
        word
        for word in found
        if (len(word) > 1 or word.isdecimal()) and not _ASKING & frozenset(word)
    )


def may_be_compared(one: Text, other: Text) -> bool:
    """Whether two texts hold in a place together and for the same people."""
    return overlap(one.region_code, other.region_code) and one.audience == other.audience


def asked_alike(one: Iterable[str], other: Iterable[str]) -> Asked | None:
    """Whether two entries are asked the same; None where they are not, or where nothing says so.

    A word only the one has and a word only the other has: they ask for two things. A number must be the same.
    """
    is_same, is_near, kinds = False, False, set[Kind]()
    ways = [_read(way) for way in other]
    for way in one:
        mine, kind, cases = _read(way)
        if not mine - GENERAL_WORDS:
            continue
        for theirs, their_kind, their_cases in ways:
            if cases != their_cases:
                continue
            if mine == theirs:
                is_near = True
                if kind == their_kind:
                    is_same = True
                    kinds.add(kind)
            elif mine < theirs or theirs < mine:
                is_near = is_near or len(mine & theirs) >= SUBSET * len(mine | theirs)
    return Asked(is_same, frozenset(kinds)) if is_near else None


def compare(one: Text, other: Text) -> tuple[Difference, ...]:
    """What two texts say otherwise; empty where nothing, or where they cannot be compared."""
    if not may_be_compared(one, other):
        return ()
    if one.ways and other.ways:
        asked = asked_alike(one.ways, other.ways)
        if asked is not None and cases_of(one.ways[0]) == cases_of(other.ways[0]):
            return _of_entries(one, other, asked)
        return ()
    if not same_matter(one, other):
        return ()
    return _of_sentences(sentences_of(one.text), sentences_of(other.text))


# Two entries -----------------------------------------------------------------------------------------


def _of_entries(one: Text, other: Text, asked: Asked) -> tuple[Difference, ...]:
    found = list(_facts_differ(facts_of(one.text), facts_of(other.text), asked, one, other))
    found += _claims_differ(one, other, 1 if Kind.MAY_I in asked.kinds else 2)
    if asked.is_same and asked.kinds & {Kind.MATERIALS, Kind.HOW, Kind.WHAT}:
        found += _papers_differ(one.text, other.text)
    return tuple(found)


def _facts_differ(
    mine: tuple[Fact, ...], theirs: tuple[Fact, ...], asked: Asked, one: Text, other: Text
) -> Iterable[Difference]:
    for group in sorted({fact.group for fact in mine} & {fact.group for fact in theirs}):
        first = [fact for fact in mine if fact.group == group]
        second = [fact for fact in theirs if fact.group == group]
        values = {fact.value for fact in first}, {fact.value for fact in second}
        kind = group[0]
        if kind in _OWN and (one.region_code != other.region_code or not asked.is_same):
            continue
        pairs = [(a, b) for a in first for b in second if _is_pair(a, b, values)]
        if kind not in _OWN:
            alike = [(likeness(a.about, b.about), a, b) for a, b in pairs]
            best = max(alike, key=lambda each: each[0], default=None)
            if best is not None and best[0] >= CLAUSE:
                yield _of_facts(kind, best[1], best[2], one, other)
                continue
        is_sole = len(values[0]) == len(values[1]) == 1
        if pairs and is_sole and asked.is_same and asked.kinds & _SOLE[kind]:
            a, b = pairs[0]
            if kind != "office" or not (a.value in b.value or b.value in a.value):
                yield _of_facts(kind, a, b, one, other)


def _is_pair(one: Fact, other: Fact, values: tuple[set[str], set[str]]) -> bool:
    """Two values that could be of the same thing: neither stands on the other side, no other case is meant."""
    return (
        one.value not in values[1]
        and other.value not in values[0]
        and one.cases == other.cases
        and one.is_conditional == other.is_conditional
    )


def _of_facts(kind: str, one: Fact, other: Fact, first: Text, second: Text) -> Difference:
    return Difference(
        kind, first.text[one.start : one.end], second.text[other.start : other.end],
        ((one.start, one.end),), ((other.start, other.end),),
    )  # fmt: skip


def _claims_differ(one: Text, other: Text, least: int) -> Iterable[Difference]:
    theirs = claims_of(other.text)
    for a in claims_of(one.text):
        for b in theirs:
            if (
                a.kind == b.kind
                and a.is_so != b.is_so
                and a.cases == b.cases
                and len(a.about) >= least
                and likeness(a.about, b.about) >= CLAIM
            ):
                yield Difference(
                    a.kind, one.text[a.start : a.end], other.text[b.start : b.end],
                    ((a.start, a.end),), ((b.start, b.end),),
                )  # fmt: skip
                return


def _papers_differ(one: str, other: str) -> Iterable[Difference]:
    first, second = papers_of(one), papers_of(other)
    if not first or not second:
        return
    only_one = [each for each in first if not any(_same_paper(each[0], it[0]) for it in second)]
    only_other = [each for each in second if not any(_same_paper(each[0], it[0]) for it in first)]
    shared = len(first) - len(only_one)
    if (only_one or only_other) and shared >= 1 and 2 * shared >= min(len(first), len(second)):
        yield Difference(
            "papers", "、".join(each[0] for each in only_one), "、".join(each[0] for each in only_other),
            tuple((start, end) for _name, start, end in only_one),
            tuple((start, end) for _name, start, end in only_other),
        )  # fmt: skip


def _same_paper(one: str, other: str) -> bool:
    first, second = (
        re.sub(r"原件|及?复印件|有效|本人|居民|近期|一寸|免冠|\d+张", "", plain(normal(each)))
        for each in (one, other)
    )
    return first in second or second in first or likeness(tokens(first), tokens(second)) >= 0.5


# Documents -------------------------------------------------------------------------------------------


def matter_of(title: str) -> frozenset[str]:
    """What a document or a question is about, without places and the words of any title."""
    text = _PLACE_NAME.sub("", re.sub(r"[（(〔\[].*?[)）〕\]]", "", normal(title)))
    return frozenset(word for word in words_asked(text) if word not in _TITLE_WORDS)


def same_matter(one: Text, other: Text) -> bool:
    """Whether a passage is of a document on the same matter as another passage, or as an entry."""
    first = matter_of(one.ways[0] if one.ways else one.title)
    second = matter_of(other.ways[0] if other.ways else other.title)
    if cases_of(one.title) != cases_of(other.title) and not (one.ways or other.ways):
        return False
    shared, least = len(first & second), min(len(first), len(second))
    return least > 0 and shared >= 0.6 * least and (shared >= 2 or first == second)


def _of_sentences(
    mine: tuple[Sentence, ...], theirs: tuple[Sentence, ...]
) -> tuple[Difference, ...]:
    found = []
    for one in mine:
        for other in theirs:
            found += sentence_differs(one, other)
    return tuple(found)


def sentence_differs(one: Sentence, other: Sentence) -> list[Difference]:
    """What two sentences say otherwise that are the same but for a fact."""
    if not one.facts or len(one.facts) != len(other.facts) or one.cases != other.cases:
        return []
    if len(one.skeleton) < SHORTEST or likeness(one.skeleton, other.skeleton) < SKELETON:
        return []
    if _BEGINS.search(one.text) or _BEGINS.search(other.text):
        return []
    pairs = list(zip(one.facts, other.facts, strict=True))
    if any(a.group != b.group for a, b in pairs):
        return []
    return [
        Difference(
            a.kind, one.text[a.start - one.start : a.end - one.start],
            other.text[b.start - other.start : b.end - other.start],
            ((a.start, a.end),), ((b.start, b.end),),
        )
        for a, b in pairs
        if a.value != b.value
        and a.kind not in _OWN
        and (a.kind != "date" or (not a.unit and _UNTIL.search(one.text)))
    ]  # fmt: skip


def text_mark(text: Text) -> str:
    """A text in short: what was decided about a pair holds until this is another."""
    words = "\n".join((*sorted(text.ways), text.title, text.text, text.region_code, text.audience))
    return hashlib.sha256(normal(words).encode()).hexdigest()[:32]


def newer_of(one: date | None, other: date | None) -> int:
    """Which of two days is later: 1, 2, or 0 where that cannot be said."""
    if one is None or other is None or one == other:
        return 0
    return 1 if one > other else 2
