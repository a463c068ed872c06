"""Temporary media, kept for three days, the video of a mass message, pictures inside articles."""

from typing import Literal

from minxin.wechat._call import Call, File, Struct


class Uploaded(Struct, frozen=True):
    type: str
    created_at: int
    media_id: str = ""
    thumb_media_id: str = ""


class Picture(Struct, frozen=True):
    url: str


def upload(kind: Literal["image", "voice", "video", "thumb"], file: File) -> Call[Uploaded]:
    return Call("POST", "/cgi-bin/media/upload", Uploaded, {"type": kind}, file=file)


def get(media_id: str) -> Call[bytes]:
    """The bytes; of a video WeChat answers its address, which is refused here."""
    return Call("GET", "/cgi-bin/media/get", bytes, {"media_id": media_id})


def get_js_voice(media_id: str) -> Call[bytes]:
    """The speex, 16,000 samples a second, of a voice that a page sent up with wx.uploadVoice."""
    return Call("GET", "/cgi-bin/media/get/jssdk", bytes, {"media_id": media_id})


def video_for_mass(media_id: str, *, title: str, description: str = "") -> Call[Uploaded]:
    """A video with what is written about it; mass messages (mpvideo) name the id it answers."""
    asked = {"media_id": media_id, "title": title, "description": description}
    return Call("POST", "/cgi-bin/media/uploadvideo", Uploaded, payload=asked)


def upload_picture(file: File) -> Call[Picture]:
    """At most 1 MB, jpg or png; not counted, never deleted."""
    return Call("POST", "/cgi-bin/media/uploadimg", Picture, file=file)
