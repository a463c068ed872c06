"""Articles that have an address: published or sent to everybody, read, liked, shared, commented."""

from typing import Any

from minxin.simulator import people, random_ids
from minxin.simulator.database import Row, from_json, to_json
from minxin.simulator.records import Account
from minxin.simulator.refusals import ControlError
from minxin.simulator.world import World

# What a reader does; each at most once, but reading, which is counted once a day.
ACTS = ("read", "share", "like", "zaikan", "collect", "finish")
# From where she came, by the numbers of the analytics of November 2025.
SCENES = {0: "会话", 1: "朋友圈", 2: "公众号主页", 3: "搜一搜", 4: "推荐", 5: "其他"}


def address(base: str, slug: str) -> str:
    """Where an article is read."""
    return f"{base.rstrip('/')}/s/{slug}"


def publish(
    world: World, account: Account, article_id: str, data_id: int, contents: list[dict[str, Any]],
    *, was_notified: bool,
) -> None:  # fmt: skip
    """One article per content, counted from 1."""
    now = world.clock.now()
    for index, content in enumerate(contents, start=1):
        world.database.insert(
            "articles", app_id=account.app_id, article_id=article_id, idx=index,
            msg_data_id=data_id, slug=random_ids.slug(), content=to_json(content),
            was_notified=int(was_notified), published_at=now, updated_at=now,
            can_comment=content.get("need_open_comment", 0),
            only_followers_comment=content.get("only_fans_can_comment", 0),
        )  # fmt: skip


def of_set(world: World, article_id: str, *, with_deleted: bool = False) -> list[Row]:
    """The articles of a set, in order."""
    return world.database.all(
        "SELECT * FROM articles WHERE article_id = ? AND (is_deleted = 0 OR ?) ORDER BY idx",
        article_id,
        with_deleted,
    )


def delete(world: World, app_id: str, article_id: str, index: int) -> int:
    """Take one (from 1) or all (0) away; how many there were."""
    count = world.database.run(
        "UPDATE articles SET is_deleted = 1, updated_at = ? "
        "WHERE app_id = ? AND article_id = ? AND is_deleted = 0 AND (? = 0 OR idx = ?)",
        world.clock.now(), app_id, article_id, index, index,
    )  # fmt: skip
    world.hub.tell("articles", {"app_id": app_id})
    return count


def by_slug(world: World, slug: str) -> Row:
    """The article at an address, or a sentence that says there is none."""
    row = world.database.one("SELECT * FROM articles WHERE slug = ?", slug)
    if row is None:
        raise ControlError("there is no such article", 404)
    return row


def act(world: World, row: Row, citizen: int, what: str, *, scene: int = 0) -> bool:
    """A reader does something; whether it counted. Reading counts once a day and a person."""
    if what not in ACTS:
        raise ControlError(f"act is one of {', '.join(ACTS)}")
    people.citizen_json(world, citizen)
    day = world.clock.day()
    known = world.database.one(
        "SELECT 1 FROM article_acts WHERE article = ? AND act = ? AND citizen = ? "
        "AND (? != 'read' OR day = ?)",
        row["id"], what, citizen, what, day,
    )  # fmt: skip
    if known is not None:
        return False
    world.database.insert(
        "article_acts", app_id=row["app_id"], article=row["id"], citizen=citizen,
        at=world.clock.now(), day=day, act=what, scene=scene,
    )  # fmt: skip
    return True


def undo(world: World, row: Row, citizen: int, what: str) -> bool:
    """She takes a like, a 在看 or a bookmark back."""
    if what not in {"like", "zaikan", "collect"}:
        raise ControlError("only like, zaikan and collect can be taken back")
    return bool(
        world.database.run(
            "DELETE FROM article_acts WHERE article = ? AND act = ? AND citizen = ?",
            row["id"], what, citizen,
        )
    )  # fmt: skip


def counts(world: World, row: Row) -> dict[str, int]:
    """How often each act was done."""
    rows = world.database.all(
        "SELECT act, count(*) AS n FROM article_acts WHERE article = ? GROUP BY act", row["id"]
    )
    found = {one["act"]: one["n"] for one in rows}
    return {name: found.get(name, 0) for name in ACTS}


def card(world: World, row: Row, base: str) -> dict[str, str]:
    """An article as a card in a chat."""
    found = as_json(world, row)
    return {
        "title": found["title"],
        "description": found["digest"],
        "picture_url": found["cover"],
        "url": address(base, row["slug"]),
    }


def as_json(world: World, row: Row, citizen: int | None = None) -> dict[str, Any]:
    """An article as the reader shows it; with `citizen` what she did herself."""
    account = world.account(row["app_id"])
    content = from_json(row["content"])
    mine = [] if citizen is None else world.database.all(
        "SELECT DISTINCT act FROM article_acts WHERE article = ? AND citizen = ?",
        row["id"], citizen,
    )  # fmt: skip
    return {
        "slug": row["slug"],
        "app_id": row["app_id"],
        "account": account.name if account else "",
        "title": content["title"],
        "author": content["author"],
        "digest": content["digest"],
        "content": content["content"],
        "source_url": content["content_source_url"],
        "cover": f"/sim/materials/{content['thumb_media_id']}",
        "pictures": [
            f"/sim/materials/{one['image_media_id']}"
            for one in content.get("image_info", {}).get("image_list", [])
        ],
        "published_at": row["published_at"],
        "is_deleted": bool(row["is_deleted"]),
        "can_comment": bool(row["can_comment"]),
        "only_followers_comment": bool(row["only_followers_comment"]),
        "counts": counts(world, row),
        "mine": [one["act"] for one in mine],
    }
