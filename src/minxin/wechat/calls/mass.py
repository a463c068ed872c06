"""Mass messages (群发). Repeatable only with a `clientmsgid`, by which WeChat knows the second one."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from minxin.wechat._call import Call, Nothing, Struct

Kind = Literal["mpnews", "text", "voice", "image", "mpvideo", "wxcard"]


class Content(Struct, frozen=True):
    """What is sent: `kind`, and its `media_id`, its words (text), or several pictures (image)."""

    kind: Kind
    media_id: str = ""
    text: str = ""
    media_ids: tuple[str, ...] = ()

    def fields(self) -> dict[str, Any]:
        """The part of the payload that WeChat's kind asks for."""
        match self.kind:
            case "text":
                return {"msgtype": "text", "text": {"content": self.text}}
            case "image" if self.media_ids:
                return {"msgtype": "image", "images": {"media_ids": list(self.media_ids)}}
            case "wxcard":
                return {"msgtype": "wxcard", "wxcard": {"card_id": self.media_id}}
        return {"msgtype": self.kind, self.kind: {"media_id": self.media_id}}


class Sent(Struct, frozen=True):
    """Queued: MASSSENDJOBFINISH tells the end. `msg_data_id` is what comments and analytics use."""

    msg_id: int
    msg_data_id: int = 0


class Status(Struct, frozen=True):
    """SENDING, SEND_SUCCESS, SEND_FAIL or DELETE."""

    msg_id: int
    msg_status: str


class Speed(Struct, frozen=True):
    speed: int
    realspeed: int


def _submit(
    path: str, audience: Mapping[str, Any], content: Content, key: str, ignore_reprint: bool
) -> Call[Sent]:
    asked = {**audience, **content.fields()}
    if content.kind == "mpnews":
        asked["send_ignore_reprint"] = int(ignore_reprint)
    if key:
        asked["clientmsgid"] = key
    return Call("POST", path, Sent, payload=asked, is_repeatable=bool(key))


def to_all(content: Content, *, clientmsgid: str, ignore_reprint: bool = False) -> Call[Sent]:
    """Everybody. `clientmsgid`, at most 64 bytes: a second send with it answers 45065."""
    audience = {"filter": {"is_to_all": True}}
    path = "/cgi-bin/message/mass/sendall"
    return _submit(path, audience, content, clientmsgid, ignore_reprint)


def to_tag(
    tag: int, content: Content, *, clientmsgid: str, ignore_reprint: bool = False
) -> Call[Sent]:
    """The followers with a tag."""
    audience = {"filter": {"is_to_all": False, "tag_id": tag}}
    path = "/cgi-bin/message/mass/sendall"
    return _submit(path, audience, content, clientmsgid, ignore_reprint)


def to_many(
    openids: Sequence[str], content: Content, *, clientmsgid: str, ignore_reprint: bool = False
) -> Call[Sent]:
    """Two to ten thousand followers; service accounts only."""
    path = "/cgi-bin/message/mass/send"
    return _submit(path, {"touser": list(openids)}, content, clientmsgid, ignore_reprint)


def preview(openid: str, content: Content) -> Call[Nothing]:
    """To one follower, a hundred times a day."""
    asked = {"touser": openid, **content.fields()}
    path = "/cgi-bin/message/mass/preview"
    return Call("POST", path, Nothing, payload=asked, is_repeatable=False)


def status(msg_id: int) -> Call[Status]:
    return Call("POST", "/cgi-bin/message/mass/get", Status, payload={"msg_id": msg_id})


def delete(msg_id: int, *, article_idx: int = 0) -> Call[Nothing]:
    """One article, counted from 1, or all (0). Cards stay in the chats."""
    asked = {"msg_id": msg_id, "article_idx": article_idx}
    return Call("POST", "/cgi-bin/message/mass/delete", Nothing, payload=asked)


def speed() -> Call[Speed]:
    return Call("POST", "/cgi-bin/message/mass/speed/get", Speed, payload={})


def set_speed(value: int) -> Call[Nothing]:
    """0 (fastest, 800,000 a minute) to 4."""
    return Call("POST", "/cgi-bin/message/mass/speed/set", Nothing, payload={"speed": value})
