"""Permanent material, and pictures that stand inside articles."""

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.datastructures import UploadFile
from starlette.responses import Response

from minxin.simulator import random_ids
from minxin.simulator.api.calls import OK, Answer, Call
from minxin.simulator.api.drafts import as_material
from minxin.simulator.asked import page, words
from minxin.simulator.database import Row
from minxin.simulator.refusals import Refused

Beginnings = tuple[tuple[bytes, str], ...]
PNG, JPEG = (b"\x89PNG", "image/png"), (b"\xff\xd8\xff", "image/jpeg")
GIF, BMP = (b"GIF8", "image/gif"), (b"BM", "image/bmp")
SOUNDS: Beginnings = (
    (b"#!AMR", "audio/amr"), (b"ID3", "audio/mp3"), (b"\xff\xfb", "audio/mp3"),
    (b"\xff\xf3", "audio/mp3"), (b"RIFF", "audio/wav"), (b"0&\xb2u", "audio/wma"),
)  # fmt: skip
MEGABYTE = 1024 * 1024
# type: largest size in bytes, the beginnings a file of it has, how many an account may keep.
KINDS: Mapping[str, tuple[int, Beginnings, int]] = {
    "image": (10 * MEGABYTE, (PNG, JPEG, GIF, BMP), 100_000),
    "voice": (2 * MEGABYTE, SOUNDS, 1000),
    "video": (10 * MEGABYTE, ((b"", "video/mp4"),), 1000),
    "thumb": (64 * 1024, (JPEG,), 100_000),
}
IN_ARTICLE = MEGABYTE


async def read_file(call: Call, limit: int, too_large: int = 45001) -> tuple[bytes, str]:
    """The file in the form's `media`: its bytes and its name; 41005 when there is none."""
    form = await call.form()
    file = form.get("media")
    if not isinstance(file, UploadFile):
        raise Refused(41005, "media data missing")
    body = await file.read(limit + 1)
    if not body:
        raise Refused(41005, "media data missing")
    if len(body) > limit:
        raise Refused(too_large)
    return body, file.filename or "media"


def kind_of(body: bytes, beginnings: Beginnings) -> str | None:
    """The content type that the first bytes tell, not the name."""
    return next((name for start, name in beginnings if body.startswith(start)), None)


async def add(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/material/add_material?type=, a form; a video comes with a `description`."""
    kind = call.query("type")
    if kind not in KINDS:
        raise Refused(40004)
    limit, beginnings, most = KINDS[kind]
    body, name = await read_file(call, limit)
    content_type = kind_of(body, beginnings)
    if content_type is None:
        raise Refused(40005)
    title = introduction = ""
    if kind == "video":
        title, introduction = await _description(call)
    database, app_id = call.world.database, call.account.app_id
    count = database.one(
        "SELECT count(*) AS n, coalesce(max(number), 0) AS last FROM materials "
        "WHERE app_id = ? AND type = ?",
        app_id, kind,
    )  # fmt: skip
    assert count is not None  # noqa: S101
    if count["n"] >= most:
        raise Refused(45001, "material count out of limit")
    media_id = random_ids.media_id()
    database.insert(
        "materials", media_id=media_id, app_id=app_id, type=kind, name=name,
        content_type=content_type, body=body, title=title, introduction=introduction,
        updated_at=call.world.clock.now(), number=count["last"] + 1,
    )  # fmt: skip
    if kind in {"image", "thumb"}:
        return {"media_id": media_id, "url": _address(call, media_id), "item": []}
    return {"media_id": media_id, "item": []}


async def _description(call: Call) -> tuple[str, str]:
    form = await call.form()
    text = form.get("description")
    if not isinstance(text, str):
        raise Refused(40007, "video description missing")
    try:
        found = msgspec.json.decode(text)
    except msgspec.DecodeError:
        raise Refused(47001) from None
    if not isinstance(found, dict):
        raise Refused(47001)
    return words(found, "title", 45003), words(found, "introduction", 45004, default="")


async def get(call: Call) -> Answer:
    """POST /cgi-bin/material/get_material: bytes; a video's address; a draft's articles."""
    media_id = words(call.json(), "media_id", 40007)
    row = call.world.database.one(
        "SELECT * FROM materials WHERE media_id = ? AND app_id = ?", media_id, call.account.app_id
    )
    if row is None:
        found = as_material(call, media_id)
        if found is None:
            raise Refused(40007)
        return found
    if row["type"] == "video":
        return {
            "title": row["title"],
            "description": row["introduction"],
            "down_url": _address(call, media_id),
        }
    return as_file(row)


def as_file(row: Row) -> Response:
    """A download, as WeChat names it: the id and the extension."""
    extension = row["content_type"].rpartition("/")[2]
    name = f"{row['media_id'][:32]}.{extension}"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(row["body"], media_type=row["content_type"], headers=headers)


async def delete(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/material/del_material."""
    count = call.world.database.run(
        "DELETE FROM materials WHERE media_id = ? AND app_id = ?",
        words(call.json(), "media_id", 40007),
        call.account.app_id,
    )
    if not count:
        raise Refused(40007)
    return OK


async def count(call: Call) -> dict[str, Any]:
    """GET /cgi-bin/material/get_materialcount."""
    rows = call.world.database.all(
        "SELECT type, count(*) AS n FROM materials WHERE app_id = ? GROUP BY type",
        call.account.app_id,
    )
    counts = {row["type"]: row["n"] for row in rows}
    return {
        "voice_count": counts.get("voice", 0),
        "video_count": counts.get("video", 0),
        "image_count": counts.get("image", 0) + counts.get("thumb", 0),
        "news_count": 0,
    }


async def listing(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/material/batchget_material: newest first, twenty a page."""
    asked = call.json()
    kind = words(asked, "type", 40007)
    if kind == "news":  # permanent news ended in 2022; drafts and publications took its place
        return {"item": [], "total_count": 0, "item_count": 0}
    if kind not in {"image", "voice", "video"}:
        raise Refused(40007)
    offset, size = page(asked)
    database, app_id = call.world.database, call.account.app_id
    kinds = ("image", "thumb") if kind == "image" else (kind, kind)
    total = database.one(
        "SELECT count(*) AS n FROM materials WHERE app_id = ? AND type IN (?, ?)", app_id, *kinds
    )
    rows = database.all(
        "SELECT media_id, name, updated_at FROM materials WHERE app_id = ? AND type IN (?, ?) "
        "ORDER BY updated_at DESC, number DESC LIMIT ? OFFSET ?",
        app_id, *kinds, size, offset,
    )  # fmt: skip
    items = []
    for row in rows:
        item = {
            "media_id": row["media_id"],
            "name": row["name"],
            "update_time": int(row["updated_at"]),
            "tags": [],
        }
        if kind == "image":
            item["url"] = _address(call, row["media_id"])
        items.append(item)
    return {"item": items, "total_count": total["n"] if total else 0, "item_count": len(items)}


async def upload_picture(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/media/uploadimg: a picture inside an article; not counted, never deleted."""
    body, name = await read_file(call, IN_ARTICLE, 40009)
    content_type = kind_of(body, (PNG, JPEG))
    if content_type is None:
        raise Refused(40005)
    media_id = random_ids.media_id()
    call.world.database.insert(
        "materials", media_id=media_id, app_id=call.account.app_id, type="in_article", name=name,
        content_type=content_type, body=body, updated_at=call.world.clock.now(), number=0,
    )  # fmt: skip
    return {"url": _address(call, media_id)}


def _address(call: Call, media_id: str) -> str:
    return str(call.request.url_for("material", media_id=media_id))
