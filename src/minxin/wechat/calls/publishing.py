"""Free publishing (发布): a draft becomes articles with addresses; followers are not notified.

Personal, unverified and non-verifiable accounts get 48001 since July 2025.
"""

from minxin.wechat._call import Call, Nothing, Struct
from minxin.wechat.calls.drafts import Draft

RUNNING = 1


class Submitted(Struct, frozen=True):
    """Queued: PUBLISHJOBFINISH, or `status`, tells the end."""

    publish_id: str
    msg_data_id: int = 0


class Address(Struct, frozen=True):
    idx: int
    article_url: str


class Detail(Struct, frozen=True):
    count: int
    item: tuple[Address, ...]


class Status(Struct, frozen=True):
    """0 published, 1 running, 2 originality, 3 failed, 4 review, 5 deleted, 6 banned."""

    publish_id: str
    publish_status: int
    article_id: str = ""
    article_detail: Detail | None = None
    fail_idx: tuple[int, ...] = ()


class Listed(Struct, frozen=True):
    article_id: str
    content: Draft
    update_time: int


class Page(Struct, frozen=True):
    total_count: int
    item_count: int
    item: tuple[Listed, ...]


def submit(media_id: str) -> Call[Submitted]:
    path = "/cgi-bin/freepublish/submit"
    return Call("POST", path, Submitted, payload={"media_id": media_id}, is_repeatable=False)


def status(publish_id: str) -> Call[Status]:
    asked = {"publish_id": publish_id}
    return Call("POST", "/cgi-bin/freepublish/get", Status, payload=asked)


def page(*, offset: int = 0, count: int = 20, no_content: bool = False) -> Call[Page]:
    """Newest first, at most twenty."""
    asked = {"offset": offset, "count": count, "no_content": int(no_content)}
    return Call("POST", "/cgi-bin/freepublish/batchget", Page, payload=asked)


def article(article_id: str) -> Call[Draft]:
    """53600 when there is none."""
    asked = {"article_id": article_id}
    return Call("POST", "/cgi-bin/freepublish/getarticle", Draft, payload=asked)


def delete(article_id: str, *, index: int = 0) -> Call[Nothing]:
    """One article, counted from 1, or all (0). It cannot be undone."""
    asked = {"article_id": article_id, "index": index}
    return Call("POST", "/cgi-bin/freepublish/delete", Nothing, payload=asked)
