"""Temporary media: upload and get, kept for three days."""

from typing import Any

from starlette.datastructures import UploadFile
from starlette.responses import Response

from minxin.simulator import files
from minxin.simulator.api.calls import Answer, Call
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
    extension = row["content_type"].rpartition("/")[2]
    name = f"{row['media_id'][:32]}.{extension}"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(row["body"], media_type=row["content_type"], headers=headers)
