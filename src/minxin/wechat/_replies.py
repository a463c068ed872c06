"""Passive replies: what may be answered in the body of a callback's response."""

from dataclasses import dataclass
from typing import Any

from minxin.wechat._fields import Fields, Malformed

MAX_TEXT_BYTES = 2048
_ENDS = "。！？；\n"


@dataclass(frozen=True, slots=True)
class TextReply:
    """At most 2048 bytes of UTF-8; `cut_text` makes a text fit."""

    content: str


@dataclass(frozen=True, slots=True)
class ImageReply:
    media_id: str


@dataclass(frozen=True, slots=True)
class VoiceReply:
    media_id: str


@dataclass(frozen=True, slots=True)
class VideoReply:
    media_id: str
    title: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class MusicReply:
    thumb_media_id: str
    title: str = ""
    description: str = ""
    url: str = ""
    hq_url: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """One card of a news reply."""

    title: str
    description: str
    picture_url: str
    url: str


@dataclass(frozen=True, slots=True)
class NewsReply:
    """One article in answer to a message, up to eight in answer to an event."""

    articles: tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class Handover:
    """Hand the conversation to WeChat's own customer service, to one agent if `account` is given."""

    account: str | None = None


PassiveReply = TextReply | ImageReply | VoiceReply | VideoReply | MusicReply | NewsReply | Handover


def cut_text(text: str, limit: int = MAX_TEXT_BYTES, ending: str = "……") -> str:
    """The text when it fits `limit` bytes of UTF-8, else its longest beginning that does.

    Cut after a sentence when one ends in the second half, otherwise between characters; `ending`
    is put where something was left out.
    """
    if len(text.encode()) <= limit:
        return text
    room = limit - len(ending.encode())
    kept = text.encode()[: max(room, 0)].decode("utf-8", "ignore")
    at = max(kept.rfind(end) for end in _ENDS)
    if at > len(kept) // 2:
        kept = kept[: at + 1]
    return kept.rstrip() + ending


def reply_fields(reply: PassiveReply, to: str, sender: str, now: int) -> Fields:
    """The fields of a reply packet; `to` is the openid, `sender` the gh_ id."""
    fields: Fields = {"ToUserName": to, "FromUserName": sender, "CreateTime": now}
    match reply:
        case TextReply(content):
            fields |= {"MsgType": "text", "Content": content}
        case ImageReply(media_id):
            fields |= {"MsgType": "image", "Image": {"MediaId": media_id}}
        case VoiceReply(media_id):
            fields |= {"MsgType": "voice", "Voice": {"MediaId": media_id}}
        case VideoReply(media_id, title, description):
            video = {"MediaId": media_id, "Title": title, "Description": description}
            fields |= {"MsgType": "video", "Video": video}
        case MusicReply(thumb, title, description, url, hq_url):
            music = {
                "Title": title,
                "Description": description,
                "MusicUrl": url,
                "HQMusicUrl": hq_url,
                "ThumbMediaId": thumb,
            }
            fields |= {"MsgType": "music", "Music": music}
        case NewsReply(articles):
            items = [
                {
                    "Title": one.title,
                    "Description": one.description,
                    "PicUrl": one.picture_url,
                    "Url": one.url,
                }
                for one in articles
            ]
            fields |= {
                "MsgType": "news",
                "ArticleCount": len(items),
                "Articles": {"item": items},
            }
        case Handover(account):
            fields |= {"MsgType": "transfer_customer_service"}
            if account:
                fields |= {"TransInfo": {"KfAccount": account}}
    return fields


def reply_from(fields: Fields) -> PassiveReply:
    """The reply inside a packet; `Malformed` when WeChat would show its fault hint."""
    kind = fields.get("MsgType")

    def inside(name: str) -> dict[str, Any]:
        value = fields.get(name)
        if not isinstance(value, dict):
            raise Malformed(f"a reply of type {kind} needs {name}")
        return value

    def text(place: dict[str, Any], name: str) -> str:
        value = place.get(name, "")
        if isinstance(value, (dict, list)):
            raise Malformed(f"{name} is not a single value")
        return str(value)

    match kind:
        case "text":
            return TextReply(text(fields, "Content"))
        case "image":
            return ImageReply(text(inside("Image"), "MediaId"))
        case "voice":
            return VoiceReply(text(inside("Voice"), "MediaId"))
        case "video":
            place = inside("Video")
            return VideoReply(*(text(place, name) for name in ("MediaId", "Title", "Description")))
        case "music":
            place = inside("Music")
            names = ("ThumbMediaId", "Title", "Description", "MusicUrl", "HQMusicUrl")
            return MusicReply(*(text(place, name) for name in names))
        case "news":
            items = inside("Articles").get("item", [])
            items = items if isinstance(items, list) else [items]
            return NewsReply(
                tuple(
                    Article(
                        *(text(item, name) for name in ("Title", "Description", "PicUrl", "Url"))
                    )
                    for item in items
                    if isinstance(item, dict)
                )
            )
        case "transfer_customer_service":
            transfer = fields.get("TransInfo")
            return Handover(text(transfer, "KfAccount") if isinstance(transfer, dict) else None)
    raise Malformed(f"no reply of type {str(kind)[:40]}")
