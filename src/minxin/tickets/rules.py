"""Decisions about tickets: states, guards, words about deadlines. Pure."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType


class Verb(StrEnum):
    """What can happen to a ticket."""

    FILE = "filed"
    ACCEPT = "accepted"
    ASSIGN = "assigned"
    ANSWER = "answered"
    CLOSE = "closed"
    REOPEN = "reopened"
    RATE = "rated"
    NOTE = "noted"


S, A, G, N, C, R = "submitted", "accepted", "assigned", "answered", "closed", "reopened"

# From which states an act is possible, and the state it leads to (None: stays).
TRANSITIONS: MappingProxyType[Verb, tuple[frozenset[str], str | None]] = MappingProxyType(
    {
        Verb.ACCEPT: (frozenset({S}), A),
        Verb.ASSIGN: (frozenset({S, A, G, R}), G),
        Verb.ANSWER: (frozenset({A, G, R}), N),
        Verb.CLOSE: (frozenset({N}), C),
        Verb.REOPEN: (frozenset({N, C}), R),
        Verb.RATE: (frozenset({N, C}), None),
        Verb.NOTE: (frozenset({S, A, G, N, R}), None),
    }
)
OPEN = frozenset({S, A, G, R})
OVER = frozenset({N, C})

# The five levels of 国办发〔2019〕51号 (好差评); the last two are 差评.
DISSATISFIED = frozenset({"dissatisfied", "very_dissatisfied"})
# Who said this of an answer files anew; 基本满意 is no 差评, yet something may be left to do.
CONTENT = frozenset({"very_satisfied", "satisfied"})

# Ours, no rule behind them: how long a citizen may reopen, how often, and when an answer that she
# says nothing about counts as accepted.
REOPEN_WITHIN = timedelta(days=15)
MOST_REOPENINGS = 3
CLOSES_AFTER = timedelta(days=7)
# Ours, when a region has adopted no preset for this nature of demand.
FALLBACK_DAYS = 5
SHORTEST_TEXT = 4
LONGEST_TEXT = 2000


def may_follow(state: str, verb: Verb) -> bool:
    """Whether an act is possible in a state."""
    return state in TRANSITIONS[verb][0]


def state_after(state: str, verb: Verb) -> str:
    """The state an act leads to."""
    return TRANSITIONS[verb][1] or state


class Bar(StrEnum):
    """What keeps a citizen from asking again."""

    IN_HAND = "in_hand"
    CONTENT = "content"
    TOO_LATE = "too_late"
    TOO_OFTEN = "too_often"


def bar_to_reopening(
    state: str, answered_at: datetime | None, times: int, level: str | None, now: datetime
) -> Bar | None:
    """Why a citizen may not ask again, or None when she may.

    She may when the ticket is answered or closed, she has not called this answer good (`level` of
    its rating; None: not rated, as when silence closed it), at most `REOPEN_WITHIN` have passed
    since that answer, and she has asked again fewer than `MOST_REOPENINGS` times.
    """
    if not may_follow(state, Verb.REOPEN) or answered_at is None:
        return Bar.IN_HAND
    if level in CONTENT:
        return Bar.CONTENT
    if times >= MOST_REOPENINGS:
        return Bar.TOO_OFTEN
    if now - answered_at > REOPEN_WITHIN:
        return Bar.TOO_LATE
    return None


# Words that tell the nature of a demand (国办发〔2020〕53号 names the five classes).
_NATURE_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("report", ("举报", "检举")),
    ("complaint", ("投诉", "扰民", "乱收费", "态度恶劣", "不合理", "违规", "噪音", "噪声", "油烟")),
    ("suggestion", ("建议", "希望能", "能不能增加", "可否增设")),
    ("consult", ("请问", "咨询", "怎么办理", "如何办理", "什么时候", "多少钱", "需要什么")),
)


def guess_nature(text: str) -> str:
    """The nature a text speaks of; 求助 when nothing tells. Staff can change it."""
    for nature, words in _NATURE_WORDS:
        if any(word in text for word in words):
            return nature
    return "help"


def matching(text: str, keywords: str) -> int:
    """How many characters of a category's keywords (comma separated) stand in a text."""
    words = keywords.replace("，", ",").replace("、", ",").split(",")
    return sum(len(word.strip()) for word in words if word.strip() and word.strip() in text)


def day_words(day: date, today: date) -> str:
    """A day as people say it: 今天, 明天, 11月30日, 2027年1月4日."""
    if day == today:
        return "今天"
    if day == today + timedelta(days=1):
        return "明天"
    if day == today - timedelta(days=1):
        return "昨天"
    if day.year == today.year:
        return f"{day.month}月{day.day}日"
    return f"{day.year}年{day.month}月{day.day}日"


def deadline_words(days_left: int, is_past: bool) -> str:
    """How a deadline stands: 还剩 2 个工作日, 今天到期, 已超期 1 个工作日."""
    if is_past:
        return f"已超期 {max(-days_left, 1)} 个工作日"
    if days_left <= 0:
        return "今天到期"
    return f"还剩 {days_left} 个工作日"
