"""Files that a citizen sends from her phone (`/sim/media`): pictures, voices, videos."""

from urllib.parse import urlsplit

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from minxin.simulator import files
from minxin.simulator.asking import answer
from minxin.simulator.refusals import ControlError
from minxin.simulator.world import World

MB = 1024 * 1024
ROOM_FOR_THE_FORM = 64 * 1024
# kind: the largest size in bytes, what it begins with (from which byte), what people call it.
KINDS: dict[str, tuple[int, tuple[tuple[int, bytes, str], ...], str]] = {
    "image": (
        10 * MB,
        (
            (0, b"\x89PNG", "image/png"),
            (0, b"\xff\xd8\xff", "image/jpeg"),
            (0, b"GIF8", "image/gif"),
        ),
        "图片",
    ),
    "voice": (
        2 * MB,
        (
            (0, b"#!AMR", "audio/amr"),
            (0, b"ID3", "audio/mp3"),
            (0, b"\xff\xfb", "audio/mp3"),
            (0, b"\xff\xf3", "audio/mp3"),
        ),
        "语音",
    ),
    # WeChat makes MP4 of every video; a browser may only be able to record WebM.
    "video": (
        10 * MB,
        ((4, b"ftyp", "video/mp4"), (0, b"\x1a\x45\xdf\xa3", "video/webm")),
        "视频",
    ),
    "thumb": (64 * 1024, ((0, b"\xff\xd8\xff", "image/jpeg"),), "封面"),
}
FORMATS = {
    "image": "PNG、JPG 或 GIF",
    "voice": "AMR 或 MP3",
    "video": "MP4 或 WebM",
    "thumb": "JPG",
}


async def upload(request: Request) -> Response:
    """A file of hers, as a form with the file in `media`: kept as temporary material for three days."""
    world: World = request.app.state.world
    _check_origin(request)
    kind = request.query_params.get("type", "")
    if kind not in KINDS:
        raise ControlError(f"type is one of {', '.join(KINDS)} in the query", 400)
    account = world.account_or_404(request.query_params.get("app_id"))
    limit, beginnings, words = KINDS[kind]
    body = await _file(request, limit, too_large(kind))
    content_type = next(
        (name for at, start, name in beginnings if body[at:].startswith(start)), None
    )
    if content_type is None:
        formats = FORMATS[kind]
        raise ControlError(
            f"the file is no {kind} of a known format", 400,
            say=f"这个文件不是微信能发的{words}，请选 {formats} 格式的文件",
        )  # fmt: skip
    media_id = files.keep(world, account.app_id, kind, "media", content_type, body)
    found = {"media_id": media_id, "url": f"/sim/media/{media_id}", "content_type": content_type}
    return answer({**found, "size": len(body)}, 201)


def too_large(kind: str) -> ControlError:
    limit, _, words = KINDS[kind]
    size = f"{limit // MB} MB" if limit >= MB else f"{limit // 1024} KB"
    return ControlError(
        f"the {kind} is larger than {size}",
        413,
        say=f"{words}太大，不能超过 {size}，请换一个小一些的",
    )


def _check_origin(request: Request) -> None:
    """Another site's form can be posted here by any browser, and browsers say where it came from."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise ControlError("another site may not upload here", 403)


async def _file(request: Request, limit: int, refusal: ControlError) -> bytes:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise ControlError("post a form (multipart/form-data) with the file in media", 415)
    length = request.headers.get("content-length", "")
    if not length.isascii() or not length.isdecimal():
        raise ControlError("Content-Length is missing: say how large the form is", 411)
    if int(length[:12]) > limit + ROOM_FOR_THE_FORM:
        raise refusal
    async with request.form(max_files=1, max_fields=4) as form:
        file = form.get("media")
        if not isinstance(file, UploadFile):
            raise ControlError("the form has no file in media", 400)
        body = await file.read(limit + 1)
    if not body:
        raise ControlError("the file is empty", 400, say="这个文件是空的，请换一个")
    if len(body) > limit:
        raise refusal
    return body
