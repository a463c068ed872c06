"""Pages in the phone's browser: the script they load as JS-SDK, and what it asks of the simulator.

The script speaks to the phone by postMessage; the phone asks here. So a page needs no right to call
the simulator itself, and its origin is what the browser says, not what the page says.
"""

import hmac
from pathlib import Path
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from minxin.simulator import files, pages
from minxin.simulator.api.authorisation import same_host
from minxin.simulator.api.media import KINDS
from minxin.simulator.asking import answer, integer, posted
from minxin.simulator.records import Account
from minxin.simulator.refusals import ControlError
from minxin.simulator.requests import PageConfigured
from minxin.simulator.world import World
from minxin.wechat import sign_js_url

SCRIPT = Path(__file__).parent / "jweixin.js"
LONGEST_VOICE = 60
LOOPBACK = "localhost"


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
    # Out of the box the pages of this machine may: a phone of the simulator shows no others unasked.
    allowed = account.js_domains or (LOOPBACK,)
    if not host or not any(same_host(host, domain) for domain in allowed):
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
    limit, beginnings = KINDS["image"]
    world, account, body = await _body(request, "image", limit)
    kind = next((name for start, name in beginnings if body.startswith(start)), None)
    if kind is None:
        raise ControlError("the body is no PNG, JPEG or GIF", 400)
    return _kept(files.keep(world, account.app_id, "image", "image", kind, body))


async def upload_voice(request: Request) -> Response:
    """POST /sim/js/voices?app_id=&seconds=, speex as the body: a voice, as wx.uploadVoice makes it.

    `media/get/jssdk` answers the speex as it came, `media/get` an AMR of that length: silence.
    """
    limit, _ = KINDS["voice"]
    seconds = integer(request, "seconds", 1)
    if not 1 <= seconds <= LONGEST_VOICE:
        raise ControlError(f"a voice lasts 1 to {LONGEST_VOICE} seconds", 400)
    world, account, body = await _body(request, "audio", limit)
    if not body:
        raise ControlError("the voice is empty", 400)
    sound = files.silence(seconds)
    media_id = files.keep(world, account.app_id, "voice", "voice", "audio/amr", sound, speex=body)
    return _kept(media_id)


async def _body(request: Request, kind: str, limit: int) -> tuple[World, Account, bytes]:
    world: World = request.app.state.world
    if not request.headers.get("content-type", "").startswith(f"{kind}/"):
        # Unlike a form, this cannot be posted here by another site unasked.
        raise ControlError(f"post the file with Content-Type: {kind}/...", 415)
    account = world.account_or_404(request.query_params.get("app_id"))
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise ControlError(f"the file is larger than {limit // 1024 // 1024} MB", 413)
    return world, account, bytes(body)


def _kept(media_id: str) -> Response:
    return answer({"media_id": media_id}, 201)
