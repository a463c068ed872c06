"""Reading pictures (OCR), finding codes in them, and voices as text."""

from typing import Any, Literal

from minxin.wechat._call import Call, File, Nothing, Struct


class Text(Struct, frozen=True):
    result: str = ""


def paper(
    kind: Literal[
        "idcard", "bizlicense", "driving", "drivinglicense", "bankcard", "platenum", "comm"
    ],
    file: File,
) -> Call[dict[str, Any]]:
    """What stands on it, by WeChat's own names. The file goes in the form's `img`."""
    sent = File(file.name, file.body, field_name="img")
    return Call("POST", f"/cv/ocr/{kind}", dict[str, Any], file=sent)


def codes_in(file: File) -> Call[dict[str, Any]]:
    """QR and bar codes with their places."""
    sent = File(file.name, file.body, field_name="img")
    return Call("POST", "/cv/img/qrcode", dict[str, Any], file=sent)


def crop(file: File) -> Call[dict[str, Any]]:
    """Where a picture is best cut."""
    sent = File(file.name, file.body, field_name="img")
    return Call("POST", "/cv/img/aicrop", dict[str, Any], file=sent)


def add_voice(voice_id: str, file: File, *, format: str = "mp3") -> Call[Nothing]:
    """Ask for the words with `voice_as_text` within ten seconds."""
    params = {"voice_id": voice_id, "format": format, "lang": "zh_CN"}
    path = "/cgi-bin/media/voice/addvoicetorecofortext"
    return Call("POST", path, Nothing, params, file=file)


def voice_as_text(voice_id: str) -> Call[Text]:
    path = "/cgi-bin/media/voice/queryrecoresultfortext"
    return Call("POST", path, Text, {"voice_id": voice_id, "lang": "zh_CN"}, payload={})
