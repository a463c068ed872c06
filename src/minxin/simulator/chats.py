"""What stands in a chat: what the citizen said and what she saw."""

from collections.abc import Sequence
from typing import Any

from minxin.simulator import files, menus, people
from minxin.simulator.database import Row, from_json, to_json
from minxin.simulator.records import Account, Follower
from minxin.simulator.world import World
from minxin.wechat import (
    Article,
    Handover,
    ImageReply,
    MusicReply,
    NewsReply,
    PassiveReply,
    TextReply,
    VideoReply,
    VoiceReply,
)

FAULT_HINT = "该公众号提供的服务出现故障，请稍后再试"


def message_json(row: Row) -> dict[str, Any]:
    """One message in the form of `GET /sim/seen`."""
    return {
        "id": row["id"],
        "at": row["at"],
        "from": row["sender"],
        "via": row["via"],
        "type": row["type"],
        **from_json(row["content"]),
    }


def add(
    world: World, follower: Follower, *, sender: str, via: str | None, content: dict[str, Any]
) -> dict[str, Any]:
    """Put a message into the chat and onto the phone. `content` has `type` and what belongs to it."""
    content = files.with_files(world, follower.app_id, content)
    kind = content.pop("type")
    number = world.database.insert(
        "messages",
        app_id=follower.app_id,
        openid=follower.openid,
        at=world.clock.now(),
        sender=sender,
        via=via,
        type=kind,
        content=to_json(content),
    )
    row = world.database.one("SELECT * FROM messages WHERE id = ?", number)
    assert row is not None  # noqa: S101
    message = message_json(row)
    world.hub.tell(
        "message",
        {"citizen": follower.citizen, "app_id": follower.app_id, "message": message},
        citizen=follower.citizen,
    )
    return message


def add_to_many(
    world: World, account: Account, openids: Sequence[str], *, via: str, content: dict[str, Any]
) -> None:
    """The same message of the account into many chats at once."""
    content = dict(content)
    kind = content.pop("type")
    now, text = world.clock.now(), to_json(content)
    last = world.database.one("SELECT coalesce(max(id), 0) AS n FROM messages")
    world.database.many(
        "INSERT INTO messages (app_id, openid, at, sender, via, type, content) "
        "VALUES (?, ?, ?, 'account', ?, ?, ?)",
        ((account.app_id, openid, now, via, kind, text) for openid in openids),
    )
    if not world.hub.listeners:
        return
    rows = world.database.all(
        "SELECT m.*, f.citizen FROM messages m JOIN followers f ON f.openid = m.openid "
        "WHERE m.id > ? ORDER BY m.id",
        last["n"] if last else 0,
    )
    for row in rows:
        data = {
            "citizen": row["citizen"], "app_id": account.app_id, "message": message_json(row),
        }  # fmt: skip
        world.hub.tell("message", data, citizen=row["citizen"])


def hint(world: World, follower: Follower) -> dict[str, Any]:
    """What WeChat tells the citizen when the account does not answer properly."""
    content = {"type": "text", "text": FAULT_HINT}
    return add(world, follower, sender="system", via="hint", content=content)


def article_json(article: Article) -> dict[str, str]:
    return {
        "title": article.title,
        "description": article.description,
        "picture_url": article.picture_url,
        "url": article.url,
    }


def reply_json(reply: PassiveReply) -> dict[str, Any]:
    """A passive reply as content of the chat."""
    match reply:
        case TextReply(content):
            return {"type": "text", "text": content}
        case ImageReply(media_id):
            return {"type": "image", "media_id": media_id}
        case VoiceReply(media_id):
            return {"type": "voice", "media_id": media_id}
        case VideoReply(media_id, title, description):
            data = {"title": title, "description": description}
            return {"type": "video", "media_id": media_id, "data": data}
        case MusicReply(thumb, title, description, url, _):
            data = {"title": title, "description": description, "thumb_media_id": thumb}
            return {"type": "music", "url": url, "data": data}
        case NewsReply(articles):
            return {"type": "news", "articles": [article_json(one) for one in articles]}
        case Handover(agent):
            return {"type": "transfer_customer_service", "data": {"agent": agent}}


def seen(
    world: World, account: Account, openid: str, *, after: int = 0, limit: int = 0
) -> list[dict[str, Any]]:
    """The chat of one follower, oldest first; with `limit` only the newest so many."""
    rows = world.database.all(
        "SELECT * FROM messages WHERE openid = ? AND app_id = ? AND id > ? ORDER BY id DESC LIMIT ?",
        openid, account.app_id, after, limit or -1,
    )  # fmt: skip
    return [message_json(row) for row in reversed(rows)]


def mark_read(world: World, follower: Follower) -> None:
    world.database.run(
        "UPDATE followers SET read_upto = (SELECT coalesce(max(id), 0) FROM messages WHERE openid = ?)"
        " WHERE openid = ?",
        follower.openid,
        follower.openid,
    )
    world.hub.tell(
        "read",
        {"citizen": follower.citizen, "app_id": follower.app_id},
        citizen=follower.citizen,
    )


def list_json(world: World, citizen: int) -> list[dict[str, Any]]:
    """The chats of one phone, the newest first: account, last message, unread count."""
    rows = world.database.all(
        "SELECT f.app_id, f.openid, f.followed_at, f.read_upto, "
        "(SELECT max(id) FROM messages m WHERE m.openid = f.openid) AS last_id, "
        "(SELECT count(*) FROM messages m WHERE m.openid = f.openid AND m.id > f.read_upto "
        " AND m.sender != 'citizen') AS unread "
        "FROM followers f WHERE f.citizen = ? AND f.is_following = 1",
        citizen,
    )
    found: list[dict[str, Any]] = []
    for row in rows:
        account = world.account(row["app_id"])
        if account is None:
            continue
        last = world.database.one("SELECT * FROM messages WHERE id = ?", row["last_id"] or 0)
        found.append(
            {
                "account": account.as_json(),
                "openid": row["openid"],
                "unread": row["unread"],
                "last": None if last is None else message_json(last),
                "at": row["followed_at"] if last is None else last["at"],
            }
        )
    return sorted(found, key=lambda chat: chat["at"] or 0, reverse=True)


def chat_json(world: World, account: Account, citizen: int) -> dict[str, Any]:
    """One chat as the phone opens it."""
    follower = people.known_as(world, account, citizen)
    return {
        "account": account.as_json(),
        "openid": follower.openid,
        "is_following": follower.is_following,
        "menu": menus.menu_for(world, account, follower.openid),
        "messages": seen(world, account, follower.openid, limit=200),
    }
