"""Pages in the phone's browser: the script they load as JS-SDK, and what it asks of the simulator.

The script speaks to the phone by postMessage; the phone asks here. So a page needs no right to call
the simulator itself, and its origin is what the browser says, not what the page says.
"""

import hmac
from pathlib import Path
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from minxin.simulator import pages, random_ids
from minxin.simulator.api.authorisation import same_host
from minxin.simulator.api.media import KINDS, LIFE
from minxin.simulator.asking import answer, posted
from minxin.simulator.records import Account
from minxin.simulator.refusals import ControlError
from minxin.simulator.requests import PageConfigured
from minxin.simulator.world import World
from minxin.wechat import sign_js_url

SCRIPT = Path(__file__).parent / "jweixin.js"


async def script(request: Request) -> Response:
    """GET /sim/jweixin.js: what a page loads here instead of Tencent's file of the same name."""
    return Response(
        SCRIPT.read_bytes(), media_type="text/javascript; charset=utf-8",
        headers={**pages.HEADERS, "cache-control": "no-cache"},
    )  # fmt: skip


async def config(request: Request) -> Response:
    """Whether a page may use the SDK; `err_msg` is what the page hears."""
    world: World = request.app.state.world
    asked = await posted(request, PageConfigured)
    account = world.account(asked.app_id)
    return answer({"err_msg": f"config:{_verdict(world, account, asked)}"})


def _verdict(world: World, account: Account | None, asked: PageConfigured) -> str:
    if account is None:
        return "fail"
    try:
        host = urlsplit(asked.url).hostname or ""
    except ValueError:
        host = ""
    wanted = account.oauth_domain or urlsplit(account.callback_url).hostname or ""
    if not host or (wanted and not same_host(host, wanted)):
        return "invalid url domain"
    row = world.database.one(
        "SELECT value FROM js_tickets WHERE app_id = ? AND type = 'jsapi' AND expires_at > ?",
        account.app_id, world.clock.now(),
    )  # fmt: skip
    if row is None:
        return "invalid signature"
    right = sign_js_url(row["value"], asked.nonce, asked.timestamp, asked.url)
    is_right = hmac.compare_digest(right.encode(), asked.signature.lower().encode())
    return "ok" if is_right else "invalid signature"


async def upload_image(request: Request) -> Response:
    """POST /sim/js/images?app_id=, the picture as the body: temporary media, as wx.uploadImage makes it."""
    world: World = request.app.state.world
    if not request.headers.get("content-type", "").startswith("image/"):
        # Unlike a form, a picture cannot be posted here by another site unasked.
        raise ControlError("post a picture with Content-Type: image/...", 415)
    account = world.account_or_404(request.query_params.get("app_id"))
    limit, beginnings = KINDS["image"]
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise ControlError("the picture is larger than 10 MB", 413)
    kind = next((name for start, name in beginnings if body.startswith(start)), None)
    if kind is None:
        raise ControlError("the body is no PNG, JPEG or GIF", 400)
    media_id, now = random_ids.media_id(), world.clock.now()
    world.database.run("DELETE FROM media WHERE created_at < ?", now - LIFE)
    world.database.insert(
        "media", media_id=media_id, app_id=account.app_id, type="image", name="image",
        content_type=kind, body=bytes(body), created_at=now,
    )  # fmt: skip
    return answer({"media_id": media_id}, 201)
