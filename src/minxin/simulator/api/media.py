"""Temporary media: upload and get, kept for three days; the video of a mass message."""

from typing import Any

from starlette.datastructures import UploadFile
from starlette.responses import Response

from minxin.simulator import files
from minxin.simulator.api.calls import Answer, Call
from minxin.simulator.asked import words
from minxin.simulator.refusals import Refused

LIFE = files.LIFE
# type: largest size in bytes and the beginnings a file of it has.
KINDS: dict[str, tuple[int, tuple[tuple[bytes, str], ...]]] = {
    "image": (
        10 * 1024 * 1024,
        ((b"\x89PNG", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF8", "image/gif")),
    ),
    "voice": (
        2 * 1024 * 1024,
        ((b"#!AMR", "audio/amr"), (b"ID3", "audio/mp3"), (b"\xff\xfb", "audio/mp3")),
    ),
    "video": (10 * 1024 * 1024, ((b"", "video/mp4"),)),
    "thumb": (64 * 1024, ((b"\xff\xd8\xff", "image/jpeg"),)),
}


async def upload(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/media/upload?type=, a form with the file in `media`."""
    kind = call.query("type")
    if kind not in KINDS:
        raise Refused(40004)
    form = await call.form()
    file = form.get("media")
    if not isinstance(file, UploadFile):
        raise Refused(41005, "media data missing")
    limit, beginnings = KINDS[kind]
    body = await file.read(limit + 1)
    if not body:
        raise Refused(41005, "media data missing")
    if len(body) > limit:
        raise Refused(45001)
    content_type = next((name for start, name in beginnings if body.startswith(start)), None)
    if content_type is None:
        raise Refused(40005)
    name = file.filename or "media"
    media_id = files.keep(call.world, call.account.app_id, kind, name, content_type, body)
    return {"type": kind, "media_id": media_id, "created_at": int(call.world.clock.now())}


async def get(call: Call) -> Answer:
    """GET /cgi-bin/media/get?media_id=: the bytes, or for a video its address."""
    row = call.world.database.one(
        "SELECT * FROM media WHERE media_id = ? AND app_id = ?",
        call.query("media_id"),
        call.account.app_id,
    )
    if row is None or row["created_at"] < call.world.clock.now() - LIFE:
        raise Refused(40007)
    if row["type"] == "video":
        return {"video_url": str(call.request.url_for("media", media_id=row["media_id"]))}
    return _download(row["media_id"], row["content_type"], row["body"])


async def get_js_voice(call: Call) -> Answer:
    """GET /cgi-bin/media/get/jssdk?media_id=: the speex of a voice that wx.uploadVoice sent up."""
    row = call.world.database.one(
        "SELECT media_id, speex, created_at FROM media "
        "WHERE media_id = ? AND app_id = ? AND speex IS NOT NULL",
        call.query("media_id"),
        call.account.app_id,
    )
    if row is None or row["created_at"] < call.world.clock.now() - LIFE:
        raise Refused(40007)
    return _download(row["media_id"], "voice/speex", row["speex"])


def _download(media_id: str, content_type: str, body: bytes) -> Response:
    name = f"{media_id[:32]}.{content_type.rpartition('/')[2]}"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type=content_type, headers=headers)


async def video_for_mass(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/media/uploadvideo: a video with title and description, for mass/send(all)."""
    asked, world, app_id = call.json(), call.world, call.account.app_id
    media_id = words(asked, "media_id", 40007)
    title = words(asked, "title", 45003)
    introduction = words(asked, "description", 45004, default="")
    found = files.find(world, app_id, media_id, with_body=True)
    if found is None or found[1]["type"] != "video":
        raise Refused(40007)
    row = found[1]
    made = files.keep(
        world, app_id, "video", "media", row["content_type"], row["body"], title=title,
        introduction=introduction,
    )  # fmt: skip
    return {"type": "video", "media_id": made, "created_at": int(world.clock.now())}
