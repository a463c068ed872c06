"""The files that messages name: temporary and permanent material, and how long a voice is."""

import math
from collections.abc import Mapping
from typing import Any

from minxin.simulator import random_ids
from minxin.simulator.database import Row
from minxin.simulator.world import World

LIFE = 3 * 86400.0  # of temporary material, in seconds
VOICE_KINDS = {"audio/amr": "amr", "audio/mp3": "mp3"}
_FRAME = 0.02  # seconds in a frame of AMR
# Bytes behind the head of a frame, by its type (RFC 4867; 3GPP TS 26.101 and 26.201).
_NARROW = (12, 13, 15, 17, 19, 20, 26, 31, 5, 0, 0, 0, 0, 0, 0, 0)
_WIDE = (17, 23, 32, 36, 40, 46, 50, 58, 60, 5, 0, 0, 0, 0, 0, 0)
# Kilobits a second of MPEG 1 and MPEG 2 layer III, by the number in the head of a frame.
_MPEG1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0)
_MPEG2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0)
_SEARCHED = 64 * 1024


def keep(
    world: World, app_id: str, kind: str, name: str, content_type: str, body: bytes, **more: Any
) -> str:
    """Keep a file as temporary material, which goes after three days; its media_id.

    `more`: title and introduction of a video, the speex of a voice.
    """
    media_id, now = random_ids.media_id(), world.clock.now()
    world.database.run("DELETE FROM media WHERE created_at < ?", now - LIFE)
    world.database.insert(
        "media", media_id=media_id, app_id=app_id, type=kind, name=name,
        content_type=content_type, body=body, created_at=now, **more,
    )  # fmt: skip
    return media_id


def find(
    world: World, app_id: str, media_id: object, *, with_body: bool = False
) -> tuple[str, Row] | None:
    """Where the phone finds material of an account, temporary or permanent, and its row."""
    if not isinstance(media_id, str) or not media_id:
        return None
    columns = "body" if with_body else "NULL AS body"
    for table in ("media", "materials"):
        row = world.database.one(
            f"SELECT type, content_type, title, introduction, {columns} FROM {table} "  # noqa: S608
            "WHERE media_id = ? AND app_id = ?",
            media_id,
            app_id,
        )
        if row is not None:
            return f"/sim/{table}/{media_id}", row
    return None


def with_files(world: World, app_id: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a message with what the phone needs of its files.

    `url`, for a voice `data.seconds`, for a video or music `data.thumb_url`. Material that is not
    there any more leaves the content as it is.
    """
    found, data = dict(content), dict(content.get("data") or {})
    if content.get("media_id"):
        is_voice = content["type"] == "voice"
        file = find(world, app_id, content["media_id"], with_body=is_voice)
        if file is not None:
            found.setdefault("url", file[0])
            if is_voice and not data.get("seconds"):
                data["seconds"] = seconds_of(file[1]["body"]) or 1
    thumb = find(world, app_id, data.get("thumb_media_id"))
    if thumb is not None:
        data.setdefault("thumb_url", thumb[0])
    return {**found, "data": data} if data else found


def silence(seconds: float) -> bytes:
    """A voice in AMR in which nobody speaks: frames without data, twenty milliseconds each."""
    return b"#!AMR\n" + b"\x7c" * round(seconds / _FRAME)


def seconds_of(body: bytes) -> int | None:
    """How long a voice is, in whole seconds, at least one; None when its format is not known."""
    if body.startswith(b"#!AMR-WB\n"):
        return _whole(_frames(body, 9, _WIDE) * _FRAME)
    if body.startswith(b"#!AMR\n"):
        return _whole(_frames(body, 6, _NARROW) * _FRAME)
    return _seconds_of_mp3(body)


def _frames(body: bytes, at: int, sizes: tuple[int, ...]) -> int:
    count = 0
    while at < len(body):
        at += 1 + sizes[(body[at] >> 3) & 15]
        count += 1
    return count


def _seconds_of_mp3(body: bytes) -> int | None:
    """By the bit rate of the first frame: right for a constant one, near for others."""
    at = 0
    if body.startswith(b"ID3") and len(body) > 10:
        size = 0
        for part in body[6:10]:
            size = size << 7 | part & 127
        at = 10 + size
    for start in range(at, min(at + _SEARCHED, len(body) - 2)):
        first, second, third = body[start : start + 3]
        if first != 0xFF or second & 0xE6 != 0xE2:  # eleven bits of ones, then layer III
            continue
        rate = (_MPEG1 if second & 0x08 else _MPEG2)[third >> 4]
        if rate:
            return _whole((len(body) - start) * 8 / (rate * 1000))
    return None


def _whole(seconds: float) -> int:
    return max(1, math.ceil(seconds - 1e-9))
