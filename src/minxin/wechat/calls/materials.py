"""Permanent material."""

import json
from typing import Any, Literal

from minxin.wechat._call import Call, File, Nothing, Struct


class Added(Struct, frozen=True):
    media_id: str
    url: str = ""


class Counts(Struct, frozen=True):
    voice_count: int
    video_count: int
    image_count: int
    news_count: int


class Item(Struct, frozen=True):
    media_id: str
    name: str = ""
    update_time: int = 0
    url: str = ""


class Page(Struct, frozen=True):
    total_count: int
    item_count: int
    item: tuple[Item, ...]


class Video(Struct, frozen=True):
    title: str
    description: str
    down_url: str


class News(Struct, frozen=True):
    news_item: tuple[dict[str, Any], ...]


def add(kind: Literal["image", "voice", "thumb"], file: File) -> Call[Added]:
    path = "/cgi-bin/material/add_material"
    return Call("POST", path, Added, {"type": kind}, file=file, is_repeatable=False)


def add_video(file: File, *, title: str, introduction: str) -> Call[Added]:
    """A video goes out with a description beside it."""
    text = json.dumps({"title": title, "introduction": introduction}, ensure_ascii=False)
    described = File(file.name, file.body, fields={"description": text})
    path = "/cgi-bin/material/add_material"
    return Call("POST", path, Added, {"type": "video"}, file=described, is_repeatable=False)


def get(media_id: str) -> Call[bytes]:
    """The bytes of a picture or a voice."""
    path = "/cgi-bin/material/get_material"
    return Call("POST", path, bytes, payload={"media_id": media_id})


def get_video(media_id: str) -> Call[Video]:
    path = "/cgi-bin/material/get_material"
    return Call("POST", path, Video, payload={"media_id": media_id})


def delete(media_id: str) -> Call[Nothing]:
    path = "/cgi-bin/material/del_material"
    return Call("POST", path, Nothing, payload={"media_id": media_id})


def counts() -> Call[Counts]:
    return Call("GET", "/cgi-bin/material/get_materialcount", Counts)


def page(
    kind: Literal["image", "voice", "video"], *, offset: int = 0, count: int = 20
) -> Call[Page]:
    """Newest first, at most twenty."""
    asked = {"type": kind, "offset": offset, "count": count}
    return Call("POST", "/cgi-bin/material/batchget_material", Page, payload=asked)
