"""Followers as an account may know them: no nickname and no avatar since 2021-12-27."""

from typing import Any

from minxin.simulator import people
from minxin.simulator.api.calls import Call
from minxin.simulator.records import Follower
from minxin.simulator.refusals import Refused

PAGE = 10_000


def _info(follower: Follower) -> dict[str, Any]:
    if not follower.is_following:
        return {"subscribe": 0, "openid": follower.openid, "tagid_list": []}
    return {
        "subscribe": 1,
        "openid": follower.openid,
        "language": "zh_CN",
        "subscribe_time": int(follower.followed_at or 0),
        "remark": "",
        "groupid": 0,
        "tagid_list": [],
        "subscribe_scene": follower.subscribe_scene,
        "qr_scene": int(follower.qr_scene) if follower.qr_scene.isdecimal() else 0,
        "qr_scene_str": "" if follower.qr_scene.isdecimal() else follower.qr_scene,
    }


async def info(call: Call) -> dict[str, Any]:
    """GET /cgi-bin/user/info?openid="""
    if not call.account.may_send:
        raise Refused(48001)
    follower = people.by_openid(call.world, call.account, call.query("openid"))
    if follower is None:
        raise Refused(40003)
    return _info(follower)


async def info_of_many(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/user/info/batchget: at most 100."""
    if not call.account.may_send:
        raise Refused(48001)
    asked = call.json().get("user_list")
    if not isinstance(asked, list) or not 1 <= len(asked) <= 100:
        raise Refused(40032)
    found = []
    for one in asked:
        openid = one.get("openid") if isinstance(one, dict) else None
        follower = people.by_openid(call.world, call.account, str(openid))
        if follower is None:
            raise Refused(40003)
        found.append(_info(follower))
    return {"user_info_list": found}


async def listing(call: Call) -> dict[str, Any]:
    """GET /cgi-bin/user/get?next_openid=: 10,000 a page, in the order of following."""
    if not call.account.may_send:
        raise Refused(48001)
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
