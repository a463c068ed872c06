"""What is left of a call's day, a month's clearings, a request by its rid, what answers by itself."""

from typing import Any

from minxin.simulator.api import tokens
from minxin.simulator.api.calls import OK, Call
from minxin.simulator.asked import words
from minxin.simulator.database import from_json
from minxin.simulator.refusals import Refused
from minxin.simulator.world import World

CLEARINGS = 10  # a month, with the AppID and with the secret together
CLEARINGS_OF_ONE = 50
RID_LIFE = 7 * 86400.0


def limit_of(call: Call, path: str, daily: int) -> int:
    """The day's limit of a path for this account; 0 is none."""
    return int(call.account.quotas.get(path, daily))


def spend(call: Call, path: str, daily: int) -> None:
    """Count one call; 45009 once the day's limit is used up."""
    limit = limit_of(call, path, daily)
    used = tokens.used_today(call.world, call.account.app_id, path)
    if limit and used >= limit:
        raise Refused(45009)
    tokens.count_today(call.world, call.account.app_id, path)


def get_with(limits: dict[str, int]) -> Any:
    """The endpoint that knows the paths: `limits` says how often a day each may be called."""

    async def get(call: Call) -> dict[str, Any]:
        """POST /cgi-bin/openapi/quota/get: the day's limit, what is used, what remains."""
        path = words(call.json(), "cgi_path", 76021)
        if path not in limits:
            raise Refused(76021)
        limit = limit_of(call, path, limits[path]) or 2**31 - 1
        used = tokens.used_today(call.world, call.account.app_id, path)
        quota = {"daily_limit": limit, "used": used, "remain": max(0, limit - used)}
        return {
            **OK,
            "quota": quota,
            "rate_limit": {"call_count": 0, "refresh_second": 0},
            "component_rate_limit": {"call_count": 0, "refresh_second": 0},
        }

    return get


def clear_with(limits: dict[str, int]) -> Any:
    async def clear(call: Call) -> dict[str, Any]:
        """POST /cgi-bin/openapi/quota/clear: one path anew, fifty times a month."""
        path = words(call.json(), "cgi_path", 76021)
        if path not in limits:
            raise Refused(76021)
        _spend_clearing(call.world, call.account.app_id, "quota_clear", CLEARINGS_OF_ONE)
        _forget(call, path)
        return OK

    return clear


async def clear_all(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/clear_quota: every path anew, ten times a month; else 48006."""
    if words(call.json(), "appid", 40013) != call.account.app_id:
        raise Refused(40013)
    return _clear_all(call)


async def clear_all_with_secret(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/clear_quota/v2: the same with the secret instead of a token."""
    if words(call.json(), "appsecret", 41004) != call.account.secret:
        raise Refused(40125)
    return _clear_all(call)


def _clear_all(call: Call) -> dict[str, Any]:
    _spend_clearing(call.world, call.account.app_id, "clear_quota", CLEARINGS)
    _forget(call, None)
    return OK


def _spend_clearing(world: World, app_id: str, name: str, most: int) -> None:
    month = world.clock.day()[:7]
    row = world.database.one(
        "SELECT count FROM counters WHERE app_id = ? AND name = ? AND day = ?", app_id, name, month
    )
    if row is not None and row["count"] >= most:
        raise Refused(48006)
    world.database.run(
        "INSERT INTO counters (app_id, name, day, count) VALUES (?, ?, ?, 1) "
        "ON CONFLICT (app_id, name, day) DO UPDATE SET count = count + 1",
        app_id, name, month,
    )  # fmt: skip


def _forget(call: Call, path: str | None) -> None:
    """Paths begin with a slash; other counters (forced refreshes, mass sends) stay."""
    call.world.database.run(
        "DELETE FROM counters WHERE app_id = ? AND day = ? AND name LIKE '/%' AND "
        "(? IS NULL OR name = ?)",
        call.account.app_id, call.world.clock.day(), path, path,
    )  # fmt: skip


async def by_rid(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/openapi/rid/get: a call that was refused within seven days."""
    rid = words(call.json(), "rid", 76002)
    row = call.world.database.one("SELECT * FROM refusals WHERE rid = ?", rid)
    if row is None or row["at"] < call.world.clock.now() - RID_LIFE:
        raise Refused(76001)
    if row["app_id"] != call.account.app_id:
        raise Refused(76003)
    return {
        **OK,
        "request": {
            "invoke_time": int(row["at"]),
            "cost_in_ms": 1,
            "request_url": row["path"],
            "request_body": row["request"],
            "response_body": row["response"],
            "client_ip": row["address"],
        },
    }


async def auto_reply(call: Call) -> dict[str, Any]:
    """GET /cgi-bin/get_current_autoreply_info: what the account's own backend was set to answer."""
    kept = call.world.database.one(
        "SELECT auto_reply FROM accounts WHERE app_id = ?", call.account.app_id
    )
    found: dict[str, Any] = from_json(kept["auto_reply"]) if kept else {}
    return {"is_add_friend_reply_open": 0, "is_autoreply_open": 0, **found}
