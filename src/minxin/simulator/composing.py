"""A citizen's message: what is pushed of it, and what stands in the chat."""

from typing import Any

from minxin.simulator import files, random_ids
from minxin.simulator.records import Account
from minxin.simulator.refusals import ControlError
from minxin.simulator.world import World
from minxin.wechat import (
    Image,
    Link,
    Location,
    MessagePush,
    ShortVideo,
    Text,
    Video,
    Voice,
)

LONGEST_VOICE = 60  # seconds


def compose(
    world: World, account: Account, message: dict[str, Any], common: dict[str, Any], base: str
) -> tuple[MessagePush, dict[str, Any]]:
    """The push and what stands in the chat; `ControlError` for what is no message."""
    common = {**common, "message_id": random_ids.message_id()}
    kind = message.get("type", "text")

    def words(name: str, default: str | None = None) -> str:
        value = message.get(name, default)
        if value is None:
            raise ControlError(f"a message of type {kind} needs {name}")
        if not isinstance(value, str):
            raise ControlError(f"message.{name} is a string")
        return value

    def number(name: str, default: float | None = None) -> float:
        value = message.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ControlError(f"a message of type {kind} needs the number {name}")
        return float(value)

    media_id = random_ids.media_id()
    match kind:
        case "text":
            content = words("text")
            if not content.strip():
                raise ControlError("text is empty; WeChat sends no empty message")
            menu_id = message.get("menu_id")
            menu_id = None if menu_id is None else str(menu_id)
            return Text(**common, content=content, menu_id=menu_id), {
                "type": "text",
                "text": content,
            }
        case "image":
            media_id = words("media_id", media_id)
            url = words("picture_url", _address(world, account, message, base))
            content_json = {"type": "image", "url": url, "media_id": media_id}
            return Image(**common, picture_url=url, media_id=media_id), content_json
        case "voice":
            recognised = message.get("recognition")
            seconds = number("seconds", 3)
            if not 1 <= seconds <= LONGEST_VOICE:
                raise ControlError(
                    "a voice lasts from 1 to 60 seconds", say="语音最短 1 秒，最长 60 秒"
                )
            media_id = words("media_id", "") or _silence(world, account, seconds)
            voice = Voice(
                **common,
                media_id=media_id,
                format=words("format", "amr"),
                recognition=None if recognised is None else words("recognition"),
            )
            data = {"recognition": recognised, "seconds": seconds}
            return voice, {"type": "voice", "media_id": media_id, "data": data}
        case "video" | "shortvideo":
            cls = Video if kind == "video" else ShortVideo
            media_id = words("media_id", media_id)
            thumb = words("thumb_media_id", random_ids.media_id())
            video = cls(**common, media_id=media_id, thumb_media_id=thumb)
            data = {"thumb_media_id": thumb, "seconds": number("seconds", 0)}
            return video, {"type": kind, "media_id": media_id, "data": data}
        case "location":
            place = Location(
                **common,
                latitude=number("latitude"),
                longitude=number("longitude"),
                scale=int(number("scale", 16)),
                label=words("label", ""),
            )
            data = {
                "latitude": place.latitude, "longitude": place.longitude, "label": place.label,
                "scale": place.scale, "name": words("name", ""),
            }  # fmt: skip
            return place, {"type": "location", "data": data}
        case "link":
            link = Link(
                **common,
                title=words("title"),
                description=words("description", ""),
                url=words("url"),
            )
            data = {"title": link.title, "description": link.description}
            return link, {"type": "link", "url": link.url, "data": data}
    raise ControlError(
        "message.type is text, image, voice, video, shortvideo, location or link; "
        f"not {str(kind)[:40]}"
    )


def _address(world: World, account: Account, message: dict[str, Any], base: str) -> str | None:
    """Where the account's server fetches a picture that was uploaded."""
    if "picture_url" in message or "media_id" not in message:
        return None
    file = files.find(world, account.app_id, message["media_id"])
    if file is None or file[1]["type"] != "image":
        raise ControlError(
            "media_id is none of a picture that POST /sim/media answered, or it is older than three days",
            say="图片已经过期，请重新选择",
        )
    return base.rstrip("/") + file[0]


def _silence(world: World, account: Account, seconds: float) -> str:
    """Nobody speaks here: the bytes of a voice are silence of the same length."""
    body = files.silence(seconds)
    return files.keep(world, account.app_id, "voice", "voice.amr", "audio/amr", body)
