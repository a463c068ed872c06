"""What can be sent to a citizen, and by which channel it goes. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, assert_never


class Channel(StrEnum):
    """The ways to a citizen."""

    CUSTOM = "custom"
    TEMPLATE = "template"
    SUBSCRIPTION = "subscription"
    MASS = "mass"
    SMS = "sms"


@dataclass(frozen=True, slots=True)
class TextContent:
    """Words, as a customer-service message."""

    text: str


@dataclass(frozen=True, slots=True)
class MenuContent:
    """Words with choices to tap (msgmenu), as a customer-service message: (id, words) each."""

    head: str
    items: tuple[tuple[str, str], ...]
    tail: str = ""


@dataclass(frozen=True, slots=True)
class TemplateContent:
    """A template message of a verified service account: keyword -> value, and what a tap opens."""

    template_id: str
    data: Mapping[str, str]
    url: str = ""


@dataclass(frozen=True, slots=True)
class SubscriptionContent:
    """A subscription notice she agreed to: keyword -> value, and the page a tap opens."""

    template_id: str
    data: Mapping[str, str]
    page: str = ""


@dataclass(frozen=True, slots=True)
class MassContent:
    """A mass message: to all followers, or to those with a tag.

    `value` is the words of a text, otherwise the media_id; `title` is what staff read of it.
    """

    kind: Literal["text", "mpnews", "image", "voice", "mpvideo"]
    value: str
    title: str = ""
    tag: int | None = None


@dataclass(frozen=True, slots=True)
class SmsContent:
    """A text message to the telephone number she left, by consent."""

    text: str


Content = (
    TextContent | MenuContent | TemplateContent | SubscriptionContent | MassContent | SmsContent
)


def channel_of(content: Content) -> Channel:
    """By which channel a content goes."""
    match content:
        case TextContent() | MenuContent():
            return Channel.CUSTOM
        case TemplateContent():
            return Channel.TEMPLATE
        case SubscriptionContent():
            return Channel.SUBSCRIPTION
        case MassContent():
            return Channel.MASS
        case SmsContent():
            return Channel.SMS
        case _:
            assert_never(content)


def content_as_json(content: Content) -> dict[str, Any]:
    """A content as it is kept in a row."""
    match content:
        case TextContent(text):
            return {"kind": "text", "text": text}
        case MenuContent(head, items, tail):
            return {"kind": "menu", "head": head, "items": [list(i) for i in items], "tail": tail}
        case TemplateContent(template_id, data, url):
            return {"kind": "template", "template": template_id, "data": dict(data), "url": url}
        case SubscriptionContent(template_id, data, page):
            return {
                "kind": "subscription", "template": template_id, "data": dict(data), "page": page,
            }  # fmt: skip
        case MassContent(kind, value, title, tag):
            return {"kind": "mass", "type": kind, "value": value, "title": title, "tag": tag}
        case SmsContent(text):
            return {"kind": "sms", "text": text}
        case _:
            assert_never(content)


def content_from_json(value: Mapping[str, Any]) -> Content:
    """The content in a row. Raises KeyError, TypeError or ValueError for what is none."""
    match value["kind"]:
        case "text":
            return TextContent(str(value["text"]))
        case "menu":
            items = tuple((str(key), str(words)) for key, words in value["items"])
            return MenuContent(value["head"], items, value["tail"])
        case "template":
            return TemplateContent(value["template"], dict(value["data"]), value["url"])
        case "subscription":
            return SubscriptionContent(value["template"], dict(value["data"]), value["page"])
        case "mass":
            return MassContent(value["type"], value["value"], value["title"], value["tag"])
        case "sms":
            return SmsContent(str(value["text"]))
        case other:
            raise ValueError(f"no content: {other!r}")


_LINK = re.compile(r'<a href="[^"]*">(.*?)</a>')


def without_links(text: str) -> str:
    """A text as a person reads it: of `<a href>` only the words."""
    return _LINK.sub(r"[\1]", text)


def content_as_text(content: Content) -> str:
    """What staff read of it."""
    match content:
        case TextContent(text) | SmsContent(text):
            return text
        case MenuContent(head, items, tail):
            return without_links("\n".join([head, *(f"· {w}" for _, w in items), tail]).strip())
        case TemplateContent(_, data) | SubscriptionContent(_, data):
            return "\n".join(data.values())
        case MassContent(kind, value, title):
            return title or (value if kind == "text" else f"[{kind}]")
        case _:
            assert_never(content)
