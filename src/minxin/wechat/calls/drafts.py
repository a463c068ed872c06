"""Drafts. Limits since December 2025: title 32, author 16, digest 128 characters, content 20,000."""

from collections.abc import Sequence

from minxin.wechat._call import Call, Nothing, Struct


class PictureId(Struct, frozen=True):
    image_media_id: str


class Pictures(Struct, frozen=True):
    image_list: tuple[PictureId, ...]


class Article(Struct, frozen=True):
    """To write: title, content, and a cover (`thumb_media_id`, permanent) or pictures (newspic).

    Read back it also has addresses: `url` of a preview, `thumb_url` of the cover.
    """

    title: str
    content: str = ""
    article_type: str = "news"
    author: str = ""
    digest: str = ""
    content_source_url: str = ""
    thumb_media_id: str = ""
    image_info: Pictures | None = None
    need_open_comment: int = 0
    only_fans_can_comment: int = 0
    pic_crop_235_1: str = ""
    pic_crop_1_1: str = ""
    url: str = ""
    thumb_url: str = ""
    is_deleted: bool = False


class Added(Struct, frozen=True):
    media_id: str


class Draft(Struct, frozen=True):
    news_item: tuple[Article, ...]
    create_time: int = 0
    update_time: int = 0


class Listed(Struct, frozen=True):
    media_id: str
    content: Draft
    update_time: int


class Page(Struct, frozen=True):
    total_count: int
    item_count: int
    item: tuple[Listed, ...]


class Count(Struct, frozen=True):
    total_count: int


class Switch(Struct, frozen=True):
    is_open: int


def add(articles: Sequence[Article]) -> Call[Added]:
    """At most eight articles. Not repeatable: a second one would be another draft."""
    asked = {"articles": list(articles)}
    return Call("POST", "/cgi-bin/draft/add", Added, payload=asked, is_repeatable=False)


def get(media_id: str) -> Call[Draft]:
    return Call("POST", "/cgi-bin/draft/get", Draft, payload={"media_id": media_id})


def update(media_id: str, index: int, article: Article) -> Call[Nothing]:
    """One article, counted from 0."""
    asked = {"media_id": media_id, "index": index, "articles": article}
    return Call("POST", "/cgi-bin/draft/update", Nothing, payload=asked)


def delete(media_id: str) -> Call[Nothing]:
    return Call("POST", "/cgi-bin/draft/delete", Nothing, payload={"media_id": media_id})


def count() -> Call[Count]:
    return Call("GET", "/cgi-bin/draft/count", Count)


def page(*, offset: int = 0, count: int = 20, no_content: bool = False) -> Call[Page]:
    """Newest first, at most twenty."""
    asked = {"offset": offset, "count": count, "no_content": int(no_content)}
    return Call("POST", "/cgi-bin/draft/batchget", Page, payload=asked)


def is_on() -> Call[Switch]:
    """Whether the account has its draft box."""
    return Call("POST", "/cgi-bin/draft/switch", Switch, {"checkonly": 1}, payload={})


def turn_on() -> Call[Switch]:
    """For good."""
    return Call("POST", "/cgi-bin/draft/switch", Switch, payload={})
