"""Scanning: the QR codes there are, and what a phone does with what it read (`/sim/codes`, `/sim/scans`)."""

from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from minxin.simulator import acts, people
from minxin.simulator.api import qr_codes
from minxin.simulator.asking import answer, integer, posted
from minxin.simulator.requests import CodeScanned
from minxin.simulator.world import World

CODE_ADDRESS = "http://weixin.qq.com/q/"
MOST = 200


async def codes(request: Request) -> Response:
    """The codes that still work, newest first, with the address of their picture."""
    world: World = request.app.state.world
    most = integer(request, "limit", MOST)
    rows = world.database.all(
        "SELECT q.*, a.name FROM qr_codes q JOIN accounts a ON a.app_id = q.app_id "
        "WHERE q.expires_at IS NULL OR q.expires_at >= ? ORDER BY q.rowid DESC LIMIT ?",
        world.clock.now(),
        min(most, MOST),
    )
    return answer(
        [
            {
                "ticket": row["ticket"],
                "url": row["url"],
                "app_id": row["app_id"],
                "account": row["name"],
                "scene": row["scene"],
                "picture": f"/cgi-bin/showqrcode?ticket={quote(row['ticket'])}",
                "is_permanent": bool(row["is_permanent"]),
                "expires_at": row["expires_at"],
            }
            for row in rows
        ]
    )


async def scan(request: Request) -> Response:
    """Her camera read a code: an account's, an address, or words."""
    world: World = request.app.state.world
    asked = await posted(request, CodeScanned)
    people.citizen_json(world, asked.citizen)
    row = qr_codes.by_address(world, asked.text)
    if row is None:
        return answer(_other(asked.text))
    account = world.account_or_404(row["app_id"])
    follower = people.known_as(world, account, asked.citizen)
    found = {"app_id": account.app_id, "scene": row["scene"], "openid": follower.openid}
    if not follower.is_following and not asked.follow:
        return answer({"kind": "account", **found})
    outcome = await acts.scan(world, account, follower, row["scene"], ticket=row["ticket"])
    return answer({"kind": "scanned", **found, "outcome": outcome.as_json()})


def _other(text: str) -> dict[str, str]:
    """What is no account's code that still works."""
    if text.startswith(CODE_ADDRESS):
        return {"kind": "expired"}
    try:
        parts = urlsplit(text)
    except ValueError:
        return {"kind": "text", "text": text}
    if parts.scheme in {"http", "https"} and parts.netloc:
        return {"kind": "page", "url": text}
    return {"kind": "text", "text": text}
