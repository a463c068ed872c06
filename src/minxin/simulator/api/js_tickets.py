"""Tickets with which a page signs its wx.config."""

from typing import Any

from minxin.simulator import random_ids
from minxin.simulator.api.calls import OK, Call
from minxin.simulator.refusals import Refused

LIFE = 7200
RENEWED_BELOW = 300


async def get(call: Call) -> dict[str, Any]:
    """GET /cgi-bin/ticket/getticket?type=jsapi: the same one until it is nearly over."""
    kind = call.query("type")
    if kind not in {"jsapi", "wx_card"}:
        raise Refused(40097)
    world, app_id, now = call.world, call.account.app_id, call.world.clock.now()
    row = world.database.one("SELECT * FROM js_tickets WHERE app_id = ? AND type = ?", app_id, kind)
    if row is None or row["expires_at"] - now < RENEWED_BELOW:
        value, expires_at = f"{random_ids.letters(86)}", now + LIFE
        world.database.run(
            "INSERT OR REPLACE INTO js_tickets (app_id, type, value, expires_at) "
            "VALUES (?, ?, ?, ?)",
            app_id, kind, value, expires_at,
        )  # fmt: skip
        return {**OK, "ticket": value, "expires_in": LIFE}
    return {**OK, "ticket": row["value"], "expires_in": int(row["expires_at"] - now)}
