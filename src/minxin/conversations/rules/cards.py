"""What a message is besides words: a picture, a voice, a place, a link, or something not shown here. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

# WeChat keeps what a citizen sent for three days (获取临时素材); what was fetched before stays.
MEDIA_DAYS = 3

# By their first bytes: what a browser may show, and how a recording is called that is saved.
_SIGNS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"#!AMR", "audio/amr"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
)


@dataclass(frozen=True, slots=True)
class Picture:
    """Fetched through us; no browser of ours asks WeChat."""

    media_id: str


@dataclass(frozen=True, slots=True)
class Voice:
    """`words`: what WeChat understood, empty where it told nothing."""

    media_id: str
    words: str


@dataclass(frozen=True, slots=True)
class Place:
    """Degrees north and east as WeChat tells them, and the address she sent with them."""

    latitude: float
    longitude: float
    address: str

    @property
    def coordinates(self) -> str:
        return f"{self.latitude:.6f}, {self.longitude:.6f}"


@dataclass(frozen=True, slots=True)
class Link:
    """A page she passed on; `url` is empty when it is no address of the web."""

    title: str
    description: str
    url: str


@dataclass(frozen=True, slots=True)
class NotShown:
    """A kind of message that is not shown here, by WeChat's name."""

    kind: str


Card = Picture | Voice | Place | Link | NotShown


def card_of(kind: str, data: Mapping[str, Any] | None) -> Card | None:
    """The card of a message row; None for words, for events, and for what was erased."""
    if data is None:
        return None
    match kind:
        case "Image":
            return Picture(_text(data, "media_id"))
        case "Voice":
            return Voice(_text(data, "media_id"), _text(data, "recognition"))
        case "Location" | "LocationPicked":
            try:
                north, east = float(data["latitude"]), float(data["longitude"])
            except (KeyError, TypeError, ValueError):
                return NotShown(kind)
            if not (abs(north) <= 90 and abs(east) <= 180):
                return NotShown(kind)
            return Place(north, east, _text(data, "label"))
        case "Link":
            url = _text(data, "url")
            is_web = urlsplit(url).scheme in {"http", "https"} if url else False
            return Link(_text(data, "title"), _text(data, "description"), url if is_web else "")
        case "Video" | "ShortVideo":
            return NotShown(kind)
        case "Unknown":
            return NotShown(_text(data, "kind") or kind)
    return None


def media_type(content: bytes) -> str:
    """What a file is by its first bytes; empty for what is neither a picture nor a recording."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for sign, kind in _SIGNS if content.startswith(sign)), "")


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    return value.strip() if isinstance(value, str) else ""
