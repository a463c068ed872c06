"""Comments under articles: opened, listed, chosen, answered. Numbers are counted per article."""

from typing import Any

from minxin.simulator import people
from minxin.simulator.api import drafts
from minxin.simulator.api.calls import OK, Call
from minxin.simulator.asked import number, words
from minxin.simulator.database import Row
from minxin.simulator.refusals import ControlError, Refused
from minxin.simulator.world import World

MOST_A_PAGE = 50
LONGEST = 600
ALL, NORMAL, ELECTED = 0, 1, 2


async def open_comments(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/comment/open."""
    return _set_open(call, can_comment=True)


async def close_comments(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/comment/close."""
    return _set_open(call, can_comment=False)


def _set_open(call: Call, *, can_comment: bool) -> dict[str, Any]:
    row = _article(call, call.json())
    call.world.database.run(
        "UPDATE articles SET can_comment = ? WHERE id = ?", int(can_comment), row["id"]
    )
    return OK


async def listing(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/comment/list: fewer than fifty a page, all (0), normal (1) or chosen (2)."""
    asked = call.json()
    row = _article(call, asked)
    begin = number(asked, "begin", 88010, default=0)
    count = number(asked, "count", 88010, least=1, most=MOST_A_PAGE - 1)
    kind = number(asked, "type", 88010, default=ALL, most=ELECTED)
    where = "FROM comments WHERE article = ? AND (? = 0 OR is_elected = ? - 1)"
    values = (row["id"], kind, kind)
    total = call.world.database.one(f"SELECT count(*) AS n {where}", *values)
    rows = call.world.database.all(
        f"SELECT * {where} ORDER BY number DESC LIMIT ? OFFSET ?", *values, count, begin
    )
    found = []
    for one in rows:
        comment: dict[str, Any] = {
            "user_comment_id": one["number"],
            "openid": one["openid"],
            "create_time": int(one["at"]),
            "content": one["content"],
            "comment_type": one["is_elected"],
        }
        if one["reply"]:
            comment["reply"] = {"content": one["reply"], "create_time": int(one["replied_at"])}
        found.append(comment)
    return {**OK, "total": total["n"] if total else 0, "comment": found}


async def elect(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/comment/markelect: everybody may read it."""
    return _change(call, "is_elected = 1")


async def unelect(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/comment/unmarkelect."""
    return _change(call, "is_elected = 0")


async def delete(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/comment/delete."""
    comment = _comment(call, call.json())
    call.world.database.run("DELETE FROM comments WHERE id = ?", comment["id"])
    return OK


async def reply(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/comment/reply/add: one answer; 88005 when there is one already."""
    asked = call.json()
    comment = _comment(call, asked)
    content = words(asked, "content", 88007, most=LONGEST)
    if comment["reply"]:
        raise Refused(88005)
    call.world.database.run(
        "UPDATE comments SET reply = ?, replied_at = ? WHERE id = ?",
        content, call.world.clock.now(), comment["id"],
    )  # fmt: skip
    return OK


async def delete_reply(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/comment/reply/delete: 87009 when there is none."""
    comment = _comment(call, call.json())
    if not comment["reply"]:
        raise Refused(87009)
    return _change(call, "reply = '', replied_at = NULL")


def _change(call: Call, assignment: str) -> dict[str, Any]:
    """`assignment` comes from this file only."""
    comment = _comment(call, call.json())
    call.world.database.run(
        f"UPDATE comments SET {assignment} WHERE id = ?",  # noqa: S608
        comment["id"],
    )
    return OK


def _article(call: Call, asked: dict[str, Any]) -> Row:
    """By msg_data_id and index, counted from 0."""
    data_id = number(asked, "msg_data_id", 88001)
    index = number(asked, "index", 88001, default=0, most=drafts.MOST_ARTICLES - 1)
    row = call.world.database.one(
        "SELECT * FROM articles WHERE msg_data_id = ? AND idx = ? AND app_id = ?",
        data_id, index + 1, call.account.app_id,
    )  # fmt: skip
    if row is None or row["is_deleted"]:
        raise Refused(88001)
    return row


def _comment(call: Call, asked: dict[str, Any]) -> Row:
    article = _article(call, asked)
    row = call.world.database.one(
        "SELECT * FROM comments WHERE article = ? AND number = ?",
        article["id"],
        number(asked, "user_comment_id", 88008),
    )
    if row is None:
        raise Refused(88008)
    return row


# What the readers do ----------------------------------------------------------------------------


def write(world: World, article: Row, citizen: int, content: str) -> int:
    """A reader writes; her comment is read by the account alone until it is chosen."""
    account = world.account_or_404(article["app_id"])
    follower = people.known_as(world, account, citizen)
    if article["is_deleted"] or not article["can_comment"]:
        raise ControlError("comments are closed under this article", 409)
    if article["only_followers_comment"] and not follower.is_following:
        raise ControlError("only followers may comment under this article", 409)
    if not content.strip() or len(content) > LONGEST:
        raise ControlError(f"a comment has 1 to {LONGEST} characters")
    last = world.database.one(
        "SELECT coalesce(max(number), 0) AS n FROM comments WHERE article = ?", article["id"]
    )
    found = (last["n"] if last else 0) + 1
    world.database.insert(
        "comments", app_id=article["app_id"], article=article["id"], number=found, citizen=citizen,
        openid=follower.openid, at=world.clock.now(), content=content.strip(),
    )  # fmt: skip
    return found


def under(world: World, article: Row, citizen: int | None) -> list[dict[str, Any]]:
    """What a reader sees: the chosen ones, and her own."""
    rows = world.database.all(
        "SELECT * FROM comments WHERE article = ? AND (is_elected = 1 OR citizen = ?) "
        "ORDER BY is_elected DESC, number",
        article["id"], citizen,
    )  # fmt: skip
    return [
        {
            "id": row["number"],
            "nickname": people.citizen_json(world, row["citizen"])["nickname"],
            "at": row["at"],
            "content": row["content"],
            "elected": bool(row["is_elected"]),
            "mine": row["citizen"] == citizen,
            "reply": row["reply"],
        }
        for row in rows
    ]
