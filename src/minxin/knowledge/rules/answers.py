"""Decisions about entries: which are in force, how sure an answer is. Pure."""

import math
from dataclasses import dataclass
from datetime import date

# An answer is given from SURE on, and when the next best entry is at least MARGIN behind, or from
# CERTAIN on; near questions are offered from NEAR on. Chosen on one half of the citizens' questions
# in tests/knowledge, reported on the other half by its test.
SURE = 0.45
MARGIN = 0.12
BARRED_MARGIN = 0.15
CERTAIN = 0.9
NEAR = 0.15
# A near question shares a word that says what it is about, or at least this much of what was asked.
NEAR_SHARE = 0.35
# Words in which a question about anything may meet a question about anything else: when, where, how
# much, and what every office does.
_GENERAL = """
时候 时间 几点 今天 明天 昨天 今年 明年 去年 每年 多久 现在 以前 以后 开始 附近 地方 一个 一次 一张 一年
一个月 标准 东西 事情 问题 安排 办理 申请 领取
"""
GENERAL_WORDS = frozenset(_GENERAL.split())
_GENERAL_CHARACTERS = frozenset("".join(GENERAL_WORDS))
NEAR_QUESTIONS = 3
QUESTION_LIMIT = 300


@dataclass(frozen=True, slots=True)
class Answer:
    """A published entry as a citizen may hear it; always with its source."""

    entry_id: int
    agency_id: int
    question: str
    text: str
    source_title: str
    document_number: str
    source_url: str
    issuing_agency: str
    region_code: str
    valid_from: date | None
    valid_until: date | None
    # From this day its source holds no more and its owner has not looked at it yet; None: nothing is so.
    held_from: date | None = None
    held_why: str = ""
    # For whom or in which case it holds, where entries differ in that; the name of its region.
    audience: str = ""
    region_name: str = ""
    # What can be done next, as it is written: `rules.steps`.
    next_steps: str = ""
    # Who keeps it, by name; what it adds to or narrows (`rules.inheritance`), and whether nobody below may narrow it.
    agency_name: str = ""
    overrides: int = 0
    narrowing: str = ""
    is_binding: bool = False
    # What nearer units add, the outermost first; only in an answer as an account tells it.
    additions: "tuple[Answer, ...]" = ()

    def __hash__(self) -> int:
        return self.entry_id  # cheap: words made of an answer are remembered by it


@dataclass(frozen=True, slots=True)
class Near:
    """A question that is close to what was asked."""

    entry_id: int
    question: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One reading of a question that has several: what is tapped, and in what they differ (`audience`,
    `region`, or `question`: different matters)."""

    entry_id: int
    words: str
    by: str


@dataclass(frozen=True, slots=True)
class Lookup:
    """What the index knows: an answer, or none and up to three near questions, or what to ask back."""

    answer: Answer | None
    confidence: float
    near: tuple[Near, ...]
    # How the question was read when words in it were typed by their sound; empty when they were not.
    corrected: str = ""
    # What would have been given, had its source not ended; never together with an answer.
    held: Answer | None = None
    choices: tuple[Choice, ...] = ()

    def __hash__(self) -> int:
        return hash(self.confidence)  # cheap, as with `Answer`


def is_held(answer: Answer, on: date) -> bool:
    """Whether an answer may not be given as current on a day: its source has ended and nobody who keeps
    it has said yet that it is still right."""
    return answer.held_from is not None and on >= answer.held_from


def is_in_force(valid_from: date | None, valid_until: date | None, on: date) -> bool:
    """Whether something holds on a day; both ends belong to it."""
    return (valid_from is None or valid_from <= on) and (valid_until is None or on <= valid_until)


# How many digits of a region code name the province, city, county, township and village (GB/T 2260,
# GB/T 10114); what follows is zero for the area as a whole.
_LEVELS = (2, 4, 6, 9, 12)


def area_of(code: str) -> str:
    """The digits with which the codes of everything inside a region begin."""
    for level in _LEVELS:
        if not code[level:].strip("0"):
            return code[:level]
    return code


def is_for_region(entry_region: str, region: str) -> bool:
    """Whether an entry holds in a region: everywhere, there, or in an area around it."""
    return not entry_region or region.startswith(area_of(entry_region))


def around(region: str) -> list[str]:
    """The region codes of entries that hold in a region: none, its own, and those of the areas around
    it, written with 6, 9 or 12 digits."""
    areas = [region[:level] for level in _LEVELS if level <= len(area_of(region))]
    codes = [area.ljust(length, "0") for area in areas for length in (6, 9, 12)]
    return list(dict.fromkeys(["", region, *codes]))


def weight_of(token: str, frequency: int, number: int) -> float:
    """How much a token tells that stands in `frequency` of `number` questions: BM25's inverse
    frequency, half of it for a single character; one never seen tells a little more than one seen
    once, for the question is about something else then, but not a number: it is somebody's own."""
    if not frequency and token.isdecimal():
        return 0.1
    seen = max(frequency, 0.5)
    value = max(math.log(1 + (number - seen + 0.5) / (seen + 0.5)), 0.1) if number else 0.1
    return value if len(token) > 1 else 0.5 * value


def similarity(shared: float, of_asked: float, of_known: float, covered: float) -> float:
    """How much an entry is what was asked, 0 to 1.

    From the weights of what the question shares with one way of asking for the entry, of the whole
    question, and of the whole way; and from the share of the question's words that stand anywhere in
    the entry, its answer included: for what citizens ask often stands only there. A way of asking
    that stands in the question as a whole, and is most of it, counts 0.1 more: the rest is a story.
    """
    if not shared:
        return 0.0
    alike = 0.6 * shared / of_asked + 0.4 * shared / of_known
    value = 0.65 * alike + 0.35 * covered
    is_inside = shared > 0.999 * of_known and shared > 0.5 * of_asked
    return min(value + 0.1, 1.0) if is_inside else value


def is_near(shared: frozenset[str], share: float) -> bool:
    """Whether a question is worth offering: it meets what was asked in a token that is neither one of
    `GENERAL_WORDS` nor a character of them, or in `share` of its weight."""
    return share >= NEAR_SHARE or bool(shared - GENERAL_WORDS - _GENERAL_CHARACTERS)


def is_sure(best: float, second: float, barred: float = 0.0) -> bool:
    """Whether the best entry may be given: alike enough, not one of two equally good ones, and not a
    makeshift for one that is much more alike but expired or of another place (`barred`)."""
    if barred > best + BARRED_MARGIN:
        return False
    return best >= CERTAIN or (best >= SURE and best - second >= MARGIN)
