"""Tags of followers: a hundred an account, twenty a follower, fifty followers a call."""

from typing import Any

from minxin.simulator import people
from minxin.simulator.api.calls import OK, Call
from minxin.simulator.asked import mapping, number, openids, words
from minxin.simulator.refusals import Refused

FIRST = 100  # 0, 1 and 2 are WeChat's own (2: starred)
RESERVED = frozenset({0, 1, 2})
MOST_TAGS = 100
MOST_OF_FOLLOWER = 20
MOST_FOLLOWERS_TO_DELETE = 100_000
LONGEST_NAME = 30
PAGE = 10_000


async def create(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/tags/create."""
    name = _name(call)
    database, app_id = call.world.database, call.account.app_id
    count = database.one(
        "SELECT count(*) AS n, coalesce(max(id), ?) AS last FROM tags WHERE app_id = ?",
        FIRST - 1,
        app_id,
    )
    assert count is not None  # noqa: S101
    if count["n"] >= MOST_TAGS:
        raise Refused(45056)
    _check_free(call, name, but=None)
    database.insert("tags", app_id=app_id, id=count["last"] + 1, name=name)
    return {"tag": {"id": count["last"] + 1, "name": name}}


async def get(call: Call) -> dict[str, Any]:
    """GET /cgi-bin/tags/get: all tags with their counts."""
    rows = call.world.database.all(
        "SELECT t.id, t.name, count(f.openid) AS n FROM tags t "
        "LEFT JOIN taggings g ON g.app_id = t.app_id AND g.tag = t.id "
        "LEFT JOIN followers f ON f.openid = g.openid AND f.is_following = 1 "
        "WHERE t.app_id = ? GROUP BY t.id ORDER BY t.id",
        call.account.app_id,
    )
    return {"tags": [{"id": row["id"], "name": row["name"], "count": row["n"]} for row in rows]}


async def update(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/tags/update: another name."""
    found, name = _tag(call, mapping(call.json(), "tag"), "id"), _name(call)
    _check_free(call, name, but=found)
    call.world.database.run(
        "UPDATE tags SET name = ? WHERE app_id = ? AND id = ?", name, call.account.app_id, found
    )
    return OK


async def delete(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/tags/delete: 45057 above 100,000 followers, who must lose it first."""
    found = _tag(call, mapping(call.json(), "tag"), "id")
    database, app_id = call.world.database, call.account.app_id
    count = database.one(
        "SELECT count(*) AS n FROM taggings WHERE app_id = ? AND tag = ?", app_id, found
    )
    if count is not None and count["n"] > MOST_FOLLOWERS_TO_DELETE:
        raise Refused(45057)
    database.run("DELETE FROM taggings WHERE app_id = ? AND tag = ?", app_id, found)
    database.run("DELETE FROM tags WHERE app_id = ? AND id = ?", app_id, found)
    return OK


async def followers(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/user/tag/get: who has a tag, 10,000 a page."""
    asked = call.json()
    found = _tag(call, asked, "tagid")
    database, app_id = call.world.database, call.account.app_id
    after = 0
    if start := words(asked, "next_openid", 40003, default=""):
        row = database.one(
            "SELECT id FROM taggings WHERE app_id = ? AND tag = ? AND openid = ?",
            app_id, found, start,
        )  # fmt: skip
        if row is None:
            raise Refused(40003)
        after = row["id"]
    rows = database.all(
        "SELECT g.openid FROM taggings g JOIN followers f ON f.openid = g.openid "
        "WHERE g.app_id = ? AND g.tag = ? AND f.is_following = 1 AND g.id > ? "
        "ORDER BY g.id LIMIT ?",
        app_id, found, after, PAGE,
    )  # fmt: skip
    names = [row["openid"] for row in rows]
    if not names:
        return {"count": 0}
    return {"count": len(names), "data": {"openid": names}, "next_openid": names[-1]}


async def tag_many(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/tags/members/batchtagging: all of them or none."""
    asked = call.json()
    names, found = _receivers(call, asked), _tag(call, asked, "tagid")
    database, app_id = call.world.database, call.account.app_id
    for openid in names:
        row = database.one(
            "SELECT count(*) AS n FROM taggings WHERE openid = ? AND tag != ?", openid, found
        )
        if row is not None and row["n"] >= MOST_OF_FOLLOWER:
            raise Refused(45059)
    with database.transaction():
        for openid in names:
            # The tag a follower got last is the one a conditional menu looks at.
            database.run("DELETE FROM taggings WHERE openid = ? AND tag = ?", openid, found)
            database.insert("taggings", app_id=app_id, openid=openid, tag=found)
    return OK


async def untag_many(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/tags/members/batchuntagging."""
    asked = call.json()
    names, found = _receivers(call, asked), _tag(call, asked, "tagid")
    with call.world.database.transaction():
        for openid in names:
            call.world.database.run(
                "DELETE FROM taggings WHERE openid = ? AND tag = ?", openid, found
            )
    return OK


async def of_follower(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/tags/getidlist."""
    follower = people.by_openid(call.world, call.account, words(call.json(), "openid", 40003))
    if follower is None:
        raise Refused(40003)
    return {"tagid_list": people.tags_of(call.world, follower.openid)}


def _name(call: Call) -> str:
    tag = mapping(call.json(), "tag")
    name = words(tag, "name", 45157, longest=LONGEST_NAME, most_code=45158).strip()
    if not name or name == "星标组":
        raise Refused(45157)
    return name


def _check_free(call: Call, name: str, *, but: int | None) -> None:
    row = call.world.database.one(
        "SELECT id FROM tags WHERE app_id = ? AND name = ?", call.account.app_id, name
    )
    if row is not None and row["id"] != but:
        raise Refused(45157)


def _tag(call: Call, inside: dict[str, Any], name: str) -> int:
    found = number(inside, name, 45159)
    if found in RESERVED:
        raise Refused(45058)
    if (
        call.world.database.one(
            "SELECT 1 FROM tags WHERE app_id = ? AND id = ?", call.account.app_id, found
        )
        is None
    ):
        raise Refused(45159)
    return found


def _receivers(call: Call, asked: dict[str, Any]) -> list[str]:
    names = openids(asked, most=50)
    for openid in names:
        follower = people.by_openid(call.world, call.account, openid)
        if follower is None:
            raise Refused(40003)
        if not follower.is_following:
            raise Refused(49003)
    return names
