"""One call of WeChat's API: who calls, with what, and the faults that strike it."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from minxin.simulator import faults
from minxin.simulator.api import tokens
from minxin.simulator.faults import Fault
from minxin.simulator.records import Account, Outcome
from minxin.simulator.refusals import Refused
from minxin.simulator.world import World

MAX_JSON = 2 * 1024 * 1024
_ESCAPED = re.compile(rb"\\u([0-9a-fA-F]{4})")


@dataclass(frozen=True, slots=True)
class Call:
    """A request that was let in. `account` is the token's, or the one the query names."""

    world: World
    request: Request
    account: Account
    body: bytes

    def query(self, name: str) -> str:
        return self.request.query_params.get(name, "")

    async def form(self) -> FormData:
        """The posted form; 41005 when it is none."""
        try:
            return await self.request.form(max_files=4, max_fields=8)
        except HTTPException:
            raise Refused(41005, "media data missing") from None

    def json(self) -> dict[str, Any]:
        r"""The posted object. \u escapes stay as they stand: WeChat shows them to people so."""
        return read_json(self.body)


def read_json(body: bytes) -> dict[str, Any]:
    if not body.strip():
        raise Refused(44002, "empty post data")
    try:
        # An escape below U+0080 is JSON's own need (control characters), so it is read.
        found = msgspec.json.decode(_ESCAPED.sub(_kept, body))
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Refused(47001, "data format error") from None
    if not isinstance(found, dict):
        raise Refused(47001, "data format error")
    return found


def _kept(match: re.Match[bytes]) -> bytes:
    return match.group(0) if int(match.group(1), 16) < 0x80 else b"\\\\u" + match.group(1)


def has_escapes(body: bytes) -> bool:
    """Whether Chinese was written as escapes, which menus refuse with 40033."""
    return any(int(found, 16) >= 0x80 for found in _ESCAPED.findall(body))


Answer = dict[str, Any] | Response
Endpoint = Callable[[Call], Awaitable[Answer]]
OK: dict[str, Any] = {"errcode": 0, "errmsg": "ok"}


class Dropped(Exception):
    """Close the connection without an answer."""


async def serve(
    request: Request, endpoint: Endpoint, *, method: str, needs_token: bool = True
) -> Response:
    """Let in, strike with the armed fault, answer; errors are errcodes with HTTP 200."""
    world: World = request.app.state.world
    began = time.perf_counter()
    account: Account | None = None
    status, reason = "answered", ""
    path = request.url.path
    strikes: Fault | None = None
    body = b""
    try:
        body = await read_body(request)
        account = await _caller(world, request, body, needs_token=needs_token, check=False)
        strikes = faults.take(world, account.app_id if account else None, path)
        if strikes is not None and strikes.kind == "token_taken":
            tokens.take_away(world, request.query_params.get("access_token", ""))
        if strikes is not None:
            early = await strike(strikes)
            if early is not None:
                status, reason = "failed", f"{strikes.kind} (a fault you asked for)"
                return early
        if method == "POST" and request.method != "POST":
            raise Refused(43002, "require POST method")
        account = await _caller(world, request, body, needs_token=needs_token, check=True)
        if account is None:
            raise Refused(40013)
        answer = await endpoint(Call(world, request, account, body))
        response = answer if isinstance(answer, Response) else json_response(answer)
        if strikes is not None and strikes.kind == "lost_reply":
            raise Dropped
        return response
    except Refused as refused:
        status, reason = "refused", f"{refused.code} {refused.message}"
        response = json_response(refused.as_json())
        world.keep_refusal(
            refused.rid, account, path, body if needs_token else b"", bytes(response.body)
        )
        return response
    except Dropped:
        status, reason = "failed", "the connection was cut (a fault you asked for)"
        return CutResponse()
    finally:
        if account is not None:
            elapsed = (time.perf_counter() - began) * 1000
            world.note(account, None, "api", path, Outcome(status, None, elapsed, 1, reason))


async def read_body(request: Request) -> bytes:
    """What was posted, up to 2 MB; a form is left to the endpoint."""
    if "multipart/form-data" in request.headers.get("content-type", ""):
        return b""  # read as a form by the endpoint
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_JSON:
            raise Refused(45002, "content size out of limit")
    return bytes(body)


async def _caller(
    world: World, request: Request, body: bytes, *, needs_token: bool, check: bool
) -> Account | None:
    """The account that calls; with `check`, `Refused` when it may not."""
    query = request.query_params
    if needs_token:
        found = tokens.owner(world, query.get("access_token", ""), check=check)
        return found
    app_id = query.get("appid", "")
    if not app_id and body:
        try:
            app_id = str(read_json(body).get("appid", ""))
        except Refused:
            if check:
                raise
    if check and not app_id:
        raise Refused(41002, "appid missing")
    return world.account(app_id)


async def strike(fault: Fault) -> Response | None:
    """What a fault answers instead of the endpoint; None when the call goes on."""
    match fault.kind:
        case "delay":
            await asyncio.sleep(fault.seconds)
        case "http_500":
            return Response("<html>Internal Server Error</html>", status_code=fault.status)
        case "drop":
            raise Dropped
        case "bad_json":
            return Response(b'{"errcode":0,"errms', media_type="application/json")
        case "expired_token":
            raise Refused(40001)
        case "error":
            code = int(fault.args.get("errcode", -1))
            raise Refused(code, str(fault.args.get("errmsg", "")))
    return None


class CutResponse(Response):
    """Begin an answer and break it off: the client sees a connection that was cut."""

    def __init__(self) -> None:
        super().__init__(b"{", headers={"content-length": "4096", "connection": "close"})


def json_response(answer: dict[str, Any]) -> Response:
    """UTF-8 JSON without escapes, as WeChat writes it."""
    return Response(msgspec.json.encode(answer), media_type="application/json; encoding=utf-8")
