"""QR codes with a scene, short keys, and the ticket with which a page signs its wx.config."""

from urllib.parse import quote

from minxin.wechat._call import Call, Struct

SHOW = "https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket="


class Code(Struct, frozen=True):
    ticket: str
    url: str
    expire_seconds: int = 0

    @property
    def picture(self) -> str:
        """Where the picture is."""
        return SHOW + quote(self.ticket)


class ShortKey(Struct, frozen=True):
    short_key: str


class LongData(Struct, frozen=True):
    long_data: str
    create_time: int = 0
    expire_seconds: int = 0


class Ticket(Struct, frozen=True):
    ticket: str
    expires_in: int


def temporary(scene: str | int, *, seconds: int) -> Call[Code]:
    """At most 30 days; a scene of 1 to 64 characters, or a number of 32 bits."""
    kind, name = (
        ("QR_STR_SCENE", "scene_str") if isinstance(scene, str) else ("QR_SCENE", "scene_id")
    )
    asked = {
        "action_name": kind,
        "expire_seconds": seconds,
        "action_info": {"scene": {name: scene}},
    }
    return Call("POST", "/cgi-bin/qrcode/create", Code, payload=asked)


def permanent(scene: str | int) -> Call[Code]:
    """One of 100,000; a number goes from 1 to 100,000."""
    kind, name = (
        ("QR_LIMIT_STR_SCENE", "scene_str")
        if isinstance(scene, str)
        else ("QR_LIMIT_SCENE", "scene_id")
    )
    asked = {"action_name": kind, "action_info": {"scene": {name: scene}}}
    return Call("POST", "/cgi-bin/qrcode/create", Code, payload=asked)


def shorten(long_data: str, *, seconds: int = 2_592_000) -> Call[ShortKey]:
    """At most 4 KB, at most 30 days."""
    asked = {"long_data": long_data, "expire_seconds": seconds}
    return Call("POST", "/cgi-bin/shorten/gen", ShortKey, payload=asked)


def fetch(short_key: str) -> Call[LongData]:
    asked = {"short_key": short_key}
    return Call("POST", "/cgi-bin/shorten/fetch", LongData, payload=asked)


def js_ticket() -> Call[Ticket]:
    """For `sign_js_url`; keep it for `expires_in` seconds."""
    return Call("GET", "/cgi-bin/ticket/getticket", Ticket, {"type": "jsapi"})
