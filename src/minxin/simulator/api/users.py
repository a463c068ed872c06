"""Followers as an account may know them: no nickname and no avatar since 2021-12-27."""

from typing import Any

from minxin.simulator import people
from minxin.simulator.api.calls import OK, Call
from minxin.simulator.asked import words
from minxin.simulator.records import Follower
from minxin.simulator.refusals import Refused
from minxin.simulator.world import World

PAGE = 10_000


def _info(world: World, follower: Follower) -> dict[str, Any]:
    if not follower.is_following:
        return {"subscribe": 0, "openid": follower.openid, "tagid_list": []}
    tags = people.tags_of(world, follower.openid)
    return {
        "subscribe": 1,
        "openid": follower.openid,
        "language": "zh_CN",
        "subscribe_time": int(follower.followed_at or 0),
        "remark": follower.remark,
        "groupid": tags[0] if tags else 0,
        "tagid_list": tags,
        "subscribe_scene": follower.subscribe_scene,
        "qr_scene": int(follower.qr_scene) if follower.qr_scene.isdecimal() else 0,
        "qr_scene_str": "" if follower.qr_scene.isdecimal() else follower.qr_scene,
    }


async def info(call: Call) -> dict[str, Any]:
    """GET /cgi-bin/user/info?openid="""
    follower = people.by_openid(call.world, call.account, call.query("openid"))
    if follower is None:
        raise Refused(40003)
    return _info(call.world, follower)


async def info_of_many(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/user/info/batchget: at most 100."""
    asked = call.json().get("user_list")
    if not isinstance(asked, list) or not 1 <= len(asked) <= 100:
        raise Refused(40032)
    found = []
    for one in asked:
        openid = one.get("openid") if isinstance(one, dict) else None
        follower = people.by_openid(call.world, call.account, str(openid))
        if follower is None:
            raise Refused(40003)
        found.append(_info(call.world, follower))
    return {"user_info_list": found}


async def set_remark(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/user/info/updateremark: fewer than thirty characters."""
    asked = call.json()
    follower = people.by_openid(call.world, call.account, words(asked, "openid", 40003))
    if follower is None or not follower.is_following:
        raise Refused(40003)
    remark = words(asked, "remark", 45004, default="", most=29)
    call.world.database.run(
        "UPDATE followers SET remark = ? WHERE openid = ?", remark, follower.openid
    )
    return OK


async def listing(call: Call) -> dict[str, Any]:
    """GET /cgi-bin/user/get?next_openid=: 10,000 a page, in the order of following."""
    database, app_id = call.world.database, call.account.app_id
    after = 0
    if start := call.query("next_openid"):
        row = database.one(
            "SELECT rowid FROM followers WHERE openid = ? AND app_id = ?", start, app_id
        )
        if row is None:
            raise Refused(40003)
        after = row["rowid"]
    total = database.one(
        "SELECT count(*) AS n FROM followers WHERE app_id = ? AND is_following = 1", app_id
    )
    rows = database.all(
        "SELECT openid FROM followers WHERE app_id = ? AND is_following = 1 AND rowid > ? "
        "ORDER BY rowid LIMIT ?",
        app_id, after, PAGE,
    )  # fmt: skip
    openids = [row["openid"] for row in rows]
    found: dict[str, Any] = {"total": total["n"] if total else 0, "count": len(openids)}
    if openids:
        found["data"] = {"openid": openids}
    found["next_openid"] = openids[-1] if openids else ""
    return found
