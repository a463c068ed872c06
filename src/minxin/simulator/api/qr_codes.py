"""QR codes with a scene, the picture a phone scans, and short keys for long data."""

import io
from typing import Any

import segno
from starlette.requests import Request
from starlette.responses import Response

from minxin.simulator import random_ids
from minxin.simulator.api.calls import OK, Call
from minxin.simulator.asked import mapping, number, words
from minxin.simulator.database import Row
from minxin.simulator.refusals import Refused
from minxin.simulator.world import World

MOST_PERMANENT = 100_000
LONGEST_LIFE, DEFAULT_LIFE = 2_592_000, 60
LONGEST_SHORTENED = 4096
LONGEST_KEY_LIFE = 2_592_000
ACTIONS = {  # action: whether the scene is text, whether the code is permanent
    "QR_SCENE": (False, False),
    "QR_STR_SCENE": (True, False),
    "QR_LIMIT_SCENE": (False, True),
    "QR_LIMIT_STR_SCENE": (True, True),
}


async def create(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/qrcode/create: temporary up to 30 days, or one of 100,000 permanent ones."""
    asked = call.json()
    action = asked.get("action_name")
    if not isinstance(action, str) or action not in ACTIONS:
        raise Refused(40052)
    is_text, is_permanent = ACTIONS[action]
    scene = mapping(mapping(asked, "action_info", 40053), "scene", 40053)
    if is_text:
        value = words(scene, "scene_str", 40053, longest=64)
    else:
        most = 100_000 if is_permanent else 2**32 - 1
        value = str(number(scene, "scene_id", 40053, least=1, most=most))
    database, app_id, now = call.world.database, call.account.app_id, call.world.clock.now()
    found: dict[str, Any] = {}
    if is_permanent:
        row = database.one(
            "SELECT * FROM qr_codes WHERE app_id = ? AND is_permanent = 1 AND scene = ? "
            "AND is_text = ?",
            app_id, value, int(is_text),
        )  # fmt: skip
        if row is not None:  # the same scene is the same code
            return {"ticket": row["ticket"], "url": row["url"]}
        count = database.one(
            "SELECT count(*) AS n FROM qr_codes WHERE app_id = ? AND is_permanent = 1", app_id
        )
        if count is not None and count["n"] >= MOST_PERMANENT:
            raise Refused(45029)
        expires_at = None
    else:
        life = number(
            asked, "expire_seconds", 40097, default=DEFAULT_LIFE, least=1, most=LONGEST_LIFE
        )
        expires_at = now + life
        found["expire_seconds"] = life
    ticket = "gQ" + random_ids.letters(94)
    url = f"http://weixin.qq.com/q/{random_ids.letters(22)}"
    database.insert(
        "qr_codes", ticket=ticket, app_id=app_id, scene=value, is_text=int(is_text),
        is_permanent=int(is_permanent), expires_at=expires_at, url=url,
    )  # fmt: skip
    return {"ticket": ticket, **found, "url": url}


async def show(request: Request) -> Response:
    """GET /cgi-bin/showqrcode?ticket=: the picture; 404 for a ticket that is none."""
    world: World = request.app.state.world
    row = world.database.one(
        "SELECT url FROM qr_codes WHERE ticket = ?", request.query_params.get("ticket", "")
    )
    if row is None:
        return Response(status_code=404)
    return picture(row["url"])


def picture(text: str) -> Response:
    """A QR code as PNG."""
    buffer = io.BytesIO()
    segno.make(text, error="m").save(buffer, kind="png", scale=8, border=4)
    return Response(buffer.getvalue(), media_type="image/png")


def by_address(world: World, url: str) -> Row | None:
    """The code whose picture carries this address; None when it is none, or has run out."""
    row = world.database.one("SELECT * FROM qr_codes WHERE url = ?", url)
    if row is None or (row["expires_at"] is not None and row["expires_at"] < world.clock.now()):
        return None
    return row


async def shorten(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/shorten/gen: at most 4 KB, at most 30 days."""
    asked = call.json()
    data = words(asked, "long_data", 40039, longest=LONGEST_SHORTENED)
    life = number(
        asked, "expire_seconds", 40097, default=LONGEST_KEY_LIFE, least=1, most=LONGEST_KEY_LIFE
    )
    now = call.world.clock.now()
    key = random_ids.letters(15)
    call.world.database.insert(
        "short_keys", short_key=key, app_id=call.account.app_id, data=data, created_at=now,
        expires_at=now + life,
    )  # fmt: skip
    return {**OK, "short_key": key}


async def fetch(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/shorten/fetch: what was shortened."""
    row = call.world.database.one(
        "SELECT * FROM short_keys WHERE short_key = ? AND app_id = ?",
        words(call.json(), "short_key", 40039),
        call.account.app_id,
    )
    now = call.world.clock.now()
    if row is None or row["expires_at"] < now:
        raise Refused(40039)
    return {
        **OK,
        "long_data": row["data"],
        "create_time": int(row["created_at"]),
        "expire_seconds": int(row["expires_at"] - now),
    }
