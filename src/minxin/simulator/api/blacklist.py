"""Whom an account does not want to hear, and followers who came from another account."""

from typing import Any

from minxin.simulator import people
from minxin.simulator.api.calls import OK, Call
from minxin.simulator.asked import listing, openids, words
from minxin.simulator.refusals import Refused

MOST = 20
PAGE = 10_000


async def get(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/tags/members/getblacklist: 10,000 a page, in the order of listing."""
    asked = call.json()
    database, app_id = call.world.database, call.account.app_id
    after = (0.0, "")
    if start := words(asked, "begin_openid", 40003, default=""):
        row = database.one(
            "SELECT blacklisted_at FROM followers WHERE openid = ? AND app_id = ? "
            "AND is_blacklisted = 1",
            start, app_id,
        )  # fmt: skip
        if row is None:
            raise Refused(40003)
        after = (row["blacklisted_at"], start)
    rows = database.all(
        "SELECT openid FROM followers WHERE app_id = ? AND is_blacklisted = 1 AND "
        "(blacklisted_at, openid) > (?, ?) ORDER BY blacklisted_at, openid LIMIT ?",
        app_id, *after, PAGE,
    )  # fmt: skip
    total = database.one(
        "SELECT count(*) AS n FROM followers WHERE app_id = ? AND is_blacklisted = 1", app_id
    )
    names = [row["openid"] for row in rows]
    found: dict[str, Any] = {"total": total["n"] if total else 0, "count": len(names)}
    if names:
        found |= {"data": {"openid": names}, "next_openid": names[-1]}
    return found


async def add(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/tags/members/batchblacklist: at most twenty."""
    return _set(call, is_blacklisted=True)


async def remove(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/tags/members/batchunblacklist."""
    return _set(call, is_blacklisted=False)


def _set(call: Call, *, is_blacklisted: bool) -> dict[str, Any]:
    names = openids(call.json(), most=MOST)
    for openid in names:
        if people.by_openid(call.world, call.account, openid) is None:
            raise Refused(40003)
    now = call.world.clock.now() if is_blacklisted else None
    with call.world.database.transaction():
        for openid in names:
            call.world.database.run(
                "UPDATE followers SET is_blacklisted = ?, blacklisted_at = ? WHERE openid = ?",
                int(is_blacklisted), now, openid,
            )  # fmt: skip
    return OK


async def change_openids(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/changeopenid: the openids of followers who were moved from another account."""
    asked = call.json()
    former_app_id = words(asked, "from_appid", 40013)
    names = listing(asked, "openid_list", 40032, most=100)
    found = []
    for name in names:
        row = call.world.database.one(
            "SELECT openid FROM former_openids WHERE app_id = ? AND former_app_id = ? "
            "AND former = ?",
            call.account.app_id, former_app_id, str(name),
        )  # fmt: skip
        one = {"ori_openid": str(name)}
        if row is None:
            found.append({**one, "err_msg": "ori_openid error"})
        else:
            found.append({**one, "new_openid": row["openid"], "err_msg": "ok"})
    return {**OK, "result_list": found}
