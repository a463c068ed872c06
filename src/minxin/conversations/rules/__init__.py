"""Decisions about conversations: windows, quotas, retries. Pure."""

import zlib
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

# WeChat, 发送客服消息: within 48 hours of a citizen's message, at most 5 messages; a new message of
# hers starts both anew.
WINDOW = timedelta(hours=48)
WINDOW_MESSAGES = 5
# Ours: a conversation that staff left alone this long returns to the machine.
IDLE = timedelta(minutes=30)
# Ours: how long it counts that somebody has words in the box; the page says so again before that.
WRITING = timedelta(seconds=25)
# Ours: so long after an answer that she said nothing to, nobody waits for her any more.
STILL_WAITED_FOR = timedelta(days=7)
# Ours: a claim older than this belongs to a worker that died.
LEASE = timedelta(seconds=60)
FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(minutes=10)
MOST_ATTEMPTS = 30
# WeChat, 发送客服消息: after a click, a scan or following, three messages within a minute.
ACT_WINDOW = timedelta(minutes=1)
# WeChat: `client_msg_id` of a template message is known again for ten minutes. Ours: one less.
TEMPLATE_KNOWN = timedelta(minutes=9)


class Priority(IntEnum):
    """What goes first. Bulk never takes the last threads: what is urgent leaves within a second."""

    URGENT = 0
    NORMAL = 1
    BULK = 2


def pause_before(attempt: int, draw: float) -> timedelta:
    """How long to wait before the next attempt: doubling, at most ten minutes, spread by `draw`
    (0 to 1) so that a thousand rows do not knock at once."""
    pause: timedelta = min(FIRST_PAUSE * float(2 ** min(attempt - 1, 12)), LONGEST_PAUSE)
    return pause * (0.75 + draw / 2)


def is_attended(attended_at: datetime | None, now: datetime) -> bool:
    """Whether a person is answering, so that the machine keeps silent."""
    return attended_at is not None and now - attended_at < IDLE


# The kinds of a message row in which a citizen said something; the others are events.
WORDS = frozenset({"Text", "Image", "Voice", "Video", "ShortVideo", "Location", "Link"})
# The kinds after which WeChat lets us write to her: what she said, and what 发送客服消息 lists (a click
# or a scan from the menu, following, scanning). Opening a link, or a report of WeChat's, is none.
ACTS = WORDS | {"Followed", "Scanned", "MenuClicked", "CodeScanned"}
# What WeChat reports of our own doings: nothing that she did.
REPORTS = frozenset(
    {
        "TemplateSent", "MassSent", "Published", "SubscriptionSent", "SessionOpened",
        "SessionClosed", "SessionSwitched", "VerificationPassed", "VerificationFailed",
    }
)  # fmt: skip


class Queue(StrEnum):
    """The lists of the inbox. A conversation stands in all that fit, until it is closed."""

    ALL = "all"
    WAITING = "waiting"  # a citizen asked for a person, and nobody has come yet
    MINE = "mine"
    AGENCY = "agency"  # open ones of the agencies a person works in, not of those below
    CITIZEN = "citizen"  # answered by staff, and she has said nothing since
    UNREAD = "unread"
    CLOSED = "closed"


SHADES = 6


def shade_of(word: str) -> int:
    """Which of `SHADES` colours a tag has, the same wherever the word stands. The word says what it is;
    the colour only helps to find it again."""
    return zlib.crc32(word.encode()) % SHADES
