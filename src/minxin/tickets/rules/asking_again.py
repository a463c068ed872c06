"""Whether a citizen may ask again."""

from datetime import datetime, timedelta
from enum import StrEnum

from minxin.tickets.rules.states import Verb, may_follow

# The five levels of 国办发〔2019〕51号 (好差评); the last two are 差评.
DISSATISFIED = frozenset({"dissatisfied", "very_dissatisfied"})


# Who said this of an answer files anew; 基本满意 is no 差评, yet something may be left to do.
CONTENT = frozenset({"very_satisfied", "satisfied"})


# Ours, no rule behind them: how long a citizen may reopen, how often, and when an answer that she
# says nothing about counts as accepted.
REOPEN_WITHIN = timedelta(days=15)


MOST_REOPENINGS = 1


CLOSES_AFTER = timedelta(days=7)


class Bar(StrEnum):
    """What keeps a citizen from asking again."""

    IN_HAND = "in_hand"
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"
    ENDED = "ended"
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
    if state == "withdrawn":
        return Bar.WITHDRAWN
    if state == "declined":
        return Bar.DECLINED
    if state == "ended":
        return Bar.ENDED
    if not may_follow(state, Verb.REOPEN) or answered_at is None:
        return Bar.IN_HAND
    if level in CONTENT:
        return Bar.CONTENT
    if times >= MOST_REOPENINGS:
        return Bar.TOO_OFTEN
    if now - answered_at > REOPEN_WITHIN:
        return Bar.TOO_LATE
    return None
