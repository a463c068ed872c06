"""Drafts: written, changed, listed, and gone from the box once they are sent or published."""

from html.parser import HTMLParser
from typing import Any

import nh3

from minxin.simulator import random_ids
from minxin.simulator.api.calls import OK, Call, has_escapes
from minxin.simulator.asked import listing, mapping, number, page, words
from minxin.simulator.database import Row, from_json, to_json
from minxin.simulator.refusals import Refused

MOST_ARTICLES = 8
MOST_PICTURES = 20
# The limits of December 2025, in characters; content also in bytes, the link in bytes.
TITLE, AUTHOR, DIGEST, DIGEST_MADE = 32, 16, 128, 54
CONTENT, CONTENT_BYTES, LINK_BYTES = 20_000, 1024 * 1024, 1024
TAGS = {"section", "figure", "figcaption"}
OURS = ("/sim/materials/", "//mmbiz.qpic.cn/")


async def add(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/draft/add: up to eight articles."""
    if has_escapes(call.body):
        raise Refused(40033)
    posted = listing(call.json(), "articles", 44003, most=10_000)
    if len(posted) > MOST_ARTICLES:
        raise Refused(45008)
    articles = [_article(call, one) for one in posted]
    database, app_id = call.world.database, call.account.app_id
    last = database.one("SELECT coalesce(max(number), 0) AS n FROM drafts WHERE app_id = ?", app_id)
    media_id, now = random_ids.media_id(), call.world.clock.now()
    database.insert(
        "drafts", media_id=media_id, app_id=app_id, articles=to_json(articles), created_at=now,
        updated_at=now, number=(last["n"] if last else 0) + 1,
    )  # fmt: skip
    return {"media_id": media_id}


async def get(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/draft/get."""
    row = find(call, words(call.json(), "media_id", 40007))
    return {
        "news_item": all_shown(call, row),
        "create_time": int(row["created_at"]),
        "update_time": int(row["updated_at"]),
    }


async def update(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/draft/update: one article, counted from 0."""
    if has_escapes(call.body):
        raise Refused(40033)
    asked = call.json()
    row = find(call, words(asked, "media_id", 40007))
    articles = from_json(row["articles"])
    index = number(asked, "index", 40114, default=0)
    if index >= len(articles):
        raise Refused(40114)
    posted = asked.get("articles")
    if isinstance(posted, list):  # WeChat takes a list of one too
        posted = posted[0] if posted else None
    if not isinstance(posted, dict):
        raise Refused(44003)
    articles[index] = _article(call, posted)
    call.world.database.run(
        "UPDATE drafts SET articles = ?, updated_at = ? WHERE media_id = ?",
        to_json(articles), call.world.clock.now(), row["media_id"],
    )  # fmt: skip
    return OK


async def delete(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/draft/delete."""
    row = find(call, words(call.json(), "media_id", 40007))
    forget(call, row["media_id"])
    return OK


async def count(call: Call) -> dict[str, Any]:
    """GET /cgi-bin/draft/count."""
    return {"total_count": _count(call)}


async def batch_get(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/draft/batchget: newest first, twenty a page."""
    asked = call.json()
    offset, size = page(asked)
    is_short = number(asked, "no_content", default=0, most=1) == 1
    rows = call.world.database.all(
        "SELECT * FROM drafts WHERE app_id = ? ORDER BY updated_at DESC, number DESC "
        "LIMIT ? OFFSET ?",
        call.account.app_id, size, offset,
    )  # fmt: skip
    items = []
    for row in rows:
        articles = all_shown(call, row)
        if is_short:
            for article in articles:
                article.pop("content", None)
        items.append(
            {
                "media_id": row["media_id"],
                "content": {
                    "news_item": articles,
                    "create_time": int(row["created_at"]),
                    "update_time": int(row["updated_at"]),
                },
                "update_time": int(row["updated_at"]),
            }
        )
    return {"total_count": _count(call), "item_count": len(items), "item": items}


async def switch(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/draft/switch: whether drafts are on (`checkonly=1`), or turn them on for good."""
    if call.query("checkonly") == "1":
        row = call.world.database.one(
            "SELECT draft_switch FROM accounts WHERE app_id = ?", call.account.app_id
        )
        return {**OK, "is_open": row["draft_switch"] if row else 0}
    call.world.database.run(
        "UPDATE accounts SET draft_switch = 1 WHERE app_id = ?", call.account.app_id
    )
    return {**OK, "is_open": 1}


def find(call: Call, media_id: str) -> Row:
    """The draft; 40007 when it is not there, or was sent already."""
    row = call.world.database.one(
        "SELECT * FROM drafts WHERE media_id = ? AND app_id = ?", media_id, call.account.app_id
    )
    if row is None:
        raise Refused(40007)
    return row


def forget(call: Call, media_id: str) -> None:
    """It leaves the box."""
    call.world.database.run("DELETE FROM drafts WHERE media_id = ?", media_id)


def as_material(call: Call, media_id: str) -> dict[str, Any] | None:
    """A draft as get_material answers it."""
    row = call.world.database.one(
        "SELECT * FROM drafts WHERE media_id = ? AND app_id = ?",
        media_id,
        call.account.app_id,
    )
    return None if row is None else {"news_item": all_shown(call, row)}


def all_shown(call: Call, row: Row) -> list[dict[str, Any]]:
    """The articles of a draft as they are read back: with addresses of their cover and preview."""
    return [
        _shown(call, preview_slug(row["media_id"], index), one)
        for index, one in enumerate(from_json(row["articles"]), start=1)
    ]


def cards(call: Call, row: Row) -> list[dict[str, str]]:
    """The articles of a draft as cards in a chat; their links are previews."""
    return [
        {
            "title": one["title"],
            "description": one["digest"],
            "picture_url": f"/sim/materials/{one['thumb_media_id']}",
            "url": one["url"],
        }
        for one in all_shown(call, row)
    ]


def preview_slug(media_id: str, index: int) -> str:
    """Where one article of a draft, counted from 1, can be looked at before it is out."""
    return f"draft.{index}.{media_id}"


def _shown(call: Call, slug: str, article: dict[str, Any]) -> dict[str, Any]:
    found = dict(article)
    found["thumb_url"] = (
        str(call.request.url_for("material", media_id=article["thumb_media_id"]))
        if article.get("thumb_media_id")
        else ""
    )
    found["url"] = str(call.request.url_for("article", slug=slug))
    return found


def _count(call: Call) -> int:
    row = call.world.database.one(
        "SELECT count(*) AS n FROM drafts WHERE app_id = ?", call.account.app_id
    )
    return row["n"] if row else 0


def _article(call: Call, posted: Any) -> dict[str, Any]:
    """What is kept of a posted article; the first wrong field has its own errcode."""
    if not isinstance(posted, dict):
        raise Refused(47001)
    kind = words(posted, "article_type", 47001, default="news")
    if kind not in {"news", "newspic"}:
        raise Refused(40008)
    title = words(posted, "title", 45003, most=TITLE)
    content = words(posted, "content", 45166, most=CONTENT, most_code=45166, longest=CONTENT_BYTES)
    content = clean(content)
    digest = words(posted, "digest", 45004, default="", most=DIGEST)
    found: dict[str, Any] = {
        "article_type": kind,
        "title": title,
        "author": words(posted, "author", 45110, default="", most=AUTHOR),
        "digest": digest or text_of(content)[:DIGEST_MADE],
        "content": content,
        "content_source_url": words(
            posted, "content_source_url", 40039, default="", longest=LINK_BYTES
        ),
        "show_cover_pic": 0,
        "need_open_comment": number(posted, "need_open_comment", default=0, most=1),
        "only_fans_can_comment": number(posted, "only_fans_can_comment", default=0, most=1),
    }
    if kind == "news":
        found["thumb_media_id"] = words(posted, "thumb_media_id", 40007)
        _check_picture(call, found["thumb_media_id"])
        for name in ("pic_crop_235_1", "pic_crop_1_1"):
            if name in posted:
                found[name] = words(posted, name, 47001)
    else:
        pictures = listing(
            mapping(posted, "image_info", 40007), "image_list", 40007, most=MOST_PICTURES
        )
        chosen = []
        for one in pictures:
            if not isinstance(one, dict):
                raise Refused(47001)
            media_id = words(one, "image_media_id", 40007)
            _check_picture(call, media_id)
            chosen.append({"image_media_id": media_id})
        found["image_info"] = {"image_list": chosen}
        found["thumb_media_id"] = chosen[0]["image_media_id"]
    return found


def _check_picture(call: Call, media_id: str) -> None:
    row = call.world.database.one(
        "SELECT type FROM materials WHERE media_id = ? AND app_id = ?",
        media_id,
        call.account.app_id,
    )
    if row is None or row["type"] not in {"image", "thumb"}:
        raise Refused(40007)


def text_of(content: str) -> str:
    """The words of an article's HTML."""
    reader = _Words()
    reader.feed(content)
    reader.close()
    return " ".join("".join(reader.found).split())


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def clean(content: str) -> str:
    """An article's HTML as WeChat keeps it: no scripts, no pictures from elsewhere."""
    return nh3.clean(
        content,
        tags=nh3.ALLOWED_TAGS | TAGS,
        attributes={**nh3.ALLOWED_ATTRIBUTES, "*": {"style", "class"}, "a": {"href"}},
        attribute_filter=_attribute,
        link_rel=None,
    )


def _attribute(tag: str, name: str, value: str) -> str | None:
    is_foreign = tag == "img" and name == "src" and not any(part in value for part in OURS)
    return None if is_foreign else value
