"""Decisions about conversations: windows, quotas, retries. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

# WeChat, 发送客服消息: within 48 hours of a citizen's message, at most 5 messages; a new message of
# hers starts both anew.
WINDOW = timedelta(hours=48)
WINDOW_MESSAGES = 5
# Ours: a conversation that staff left alone this long returns to the machine.
IDLE = timedelta(minutes=30)
# Ours: a claim older than this belongs to a worker that died.
LEASE = timedelta(seconds=60)
FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(minutes=10)
MOST_ATTEMPTS = 30
# WeChat's codes after which a message waits until the citizen speaks again.
HOLD = frozenset({45015, 45047})


@dataclass(frozen=True, slots=True)
class TextContent:
    """Words."""

    text: str


@dataclass(frozen=True, slots=True)
class MenuContent:
    """Words with choices to tap (msgmenu): (id, words) each."""

    head: str
    items: tuple[tuple[str, str], ...]
    tail: str = ""


Content = TextContent | MenuContent


def content_as_json(content: Content) -> dict[str, Any]:
    """A content as it is kept in a row."""
    match content:
        case TextContent(text):
            return {"kind": "text", "text": text}
        case MenuContent(head, items, tail):
            return {"kind": "menu", "head": head, "items": [list(i) for i in items], "tail": tail}


def content_from_json(value: dict[str, Any]) -> Content:
    """The content in a row."""
    if value["kind"] == "menu":
        items = tuple((str(key), str(words)) for key, words in value["items"])
        return MenuContent(value["head"], items, value["tail"])
    return TextContent(value["text"])


_LINK = re.compile(r'<a href="[^"]*">(.*?)</a>')


def without_links(text: str) -> str:
    """A text as a person reads it: of `<a href>` only the words."""
    return _LINK.sub(r"[\1]", text)


def content_as_text(content: Content) -> str:
    """What staff read of it."""
    match content:
        case TextContent(text):
            return text
        case MenuContent(head, items, tail):
            return without_links("\n".join([head, *(f"· {w}" for _, w in items), tail]).strip())


def pause_before(attempt: int, draw: float) -> timedelta:
    """How long to wait before the next attempt: doubling, at most ten minutes, spread by `draw`
    (0 to 1) so that a thousand rows do not knock at once."""
    pause: timedelta = min(FIRST_PAUSE * float(2 ** min(attempt - 1, 12)), LONGEST_PAUSE)
    return pause * (0.75 + draw / 2)


def is_attended(attended_at: datetime | None, now: datetime) -> bool:
    """Whether a person is answering, so that the machine keeps silent."""
    return attended_at is not None and now - attended_at < IDLE


def window_ends(last_citizen_message_at: datetime | None) -> datetime | None:
    """Until when WeChat lets us write to her."""
    return None if last_citizen_message_at is None else last_citizen_message_at + WINDOW


# The kinds of a message row in which a citizen said something; the others are events.
WORDS = frozenset({"Text", "Image", "Voice", "Video", "ShortVideo", "Location", "Link"})
