"""What a third-party platform calls: /cgi-bin/component/..., with tokens of its own."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from minxin.simulator import faults, platforms, random_ids
from minxin.simulator.api import authorisation, tokens
from minxin.simulator.api.calls import (
    OK,
    Call,
    CutResponse,
    Dropped,
    json_response,
    read_body,
    read_json,
    strike,
)
from minxin.simulator.asked import number, words
from minxin.simulator.database import Row, from_json, to_json
from minxin.simulator.platforms import Platform
from minxin.simulator.records import Account
from minxin.simulator.refusals import Refused
from minxin.simulator.world import World

LIFE = 7200
OPTIONS = {
    "location_report": {"0", "1", "2"},
    "voice_recognize": {"0", "1"},
    "customer_service": {"0", "1"},
}
VERIFIED, UNVERIFIED = 0, -1
KIND_IDS = {"subscription": 0, "service": 2}


@dataclass(frozen=True, slots=True)
class PlatformCall:
    """A request that was let in, by a platform."""

    world: World
    request: Request
    platform: Platform
    asked: dict[str, Any]


Endpoint = Callable[[PlatformCall], Awaitable[dict[str, Any]]]


def serve(endpoint: Endpoint, *, needs_token: bool) -> Callable[[Request], Awaitable[Response]]:
    """Let a platform in; errors are errcodes with HTTP 200, faults strike as everywhere."""

    async def answer(request: Request) -> Response:
        world: World = request.app.state.world
        try:
            body = await read_body(request)
            fault = faults.take(world, _name_of(body), request.url.path)
            early = None if fault is None else await strike(fault)
            if early is not None:
                return early
            if request.method != "POST":
                raise Refused(43002)
            asked = read_json(body)
            platform = _caller(world, request, asked, needs_token=needs_token)
            found = await endpoint(PlatformCall(world, request, platform, asked))
            if fault is not None and fault.kind == "lost_reply":
                raise Dropped
            return json_response(found)
        except Refused as refused:
            return json_response(refused.as_json())
        except Dropped:
            return CutResponse()

    answer.__doc__ = endpoint.__doc__
    return answer


def _name_of(body: bytes) -> str | None:
    """The platform a call names, before anybody looked whether it may."""
    try:
        return str(read_json(body).get("component_appid", ""))
    except Refused:
        return None


def _caller(
    world: World, request: Request, asked: dict[str, Any], *, needs_token: bool
) -> Platform:
    platform = platforms.by_id(world, words(asked, "component_appid", 40013))
    if platform is None:
        raise Refused(40013)
    if needs_token:
        check_token(world, request, platform)
    return platform


def check_token(world: World, request: Request, platform: Platform) -> None:
    """Its own token, under either name; 61014 for an account's, 40001 or 42001 as everywhere."""
    query = request.query_params
    value = query.get("component_access_token") or query.get("access_token") or ""
    if not value:
        raise Refused(41001)
    row = world.database.one("SELECT * FROM tokens WHERE value = ?", value)
    if row is None or row["is_killed"]:
        raise Refused(40001)
    if row["chain"] != "component" or row["app_id"] != platform.app_id:
        raise Refused(61014)
    if row["expires_at"] <= world.clock.now():
        raise Refused(42001) if row["is_latest"] else Refused(40001)


async def start_push(call: PlatformCall) -> dict[str, Any]:
    """POST /cgi-bin/component/api_start_push_ticket: a ticket now, and every ten minutes."""
    if words(call.asked, "component_secret", 41004) != call.platform.secret:
        raise Refused(40125)
    call.world.database.run(
        "UPDATE components SET is_pushing = 1 WHERE app_id = ?", call.platform.app_id
    )
    await platforms.send_ticket(call.world, call.platform)
    return OK


async def token(call: PlatformCall) -> dict[str, Any]:
    """POST /cgi-bin/component/api_component_token: for the latest ticket, twelve hours long."""
    platform, now = call.platform, call.world.clock.now()
    if words(call.asked, "component_appsecret", 41004) != platform.secret:
        raise Refused(40125)
    ticket = words(call.asked, "component_verify_ticket", 61006)
    if ticket != platform.ticket or not platform.ticket:
        raise Refused(61006)
    if now - (platform.ticket_at or 0.0) > platforms.TICKET_LIFE:
        raise Refused(61005)
    value = tokens.issue(call.world, platform.app_id, "component", kills=False)
    return {"component_access_token": value, "expires_in": LIFE}


async def pre_auth_code(call: PlatformCall) -> dict[str, Any]:
    """POST /cgi-bin/component/api_create_preauthcode: for one authorisation, half an hour long."""
    code = f"preauthcode@@@{random_ids.letters(50)}"
    call.world.database.insert(
        "pre_auth_codes", code=code, component=call.platform.app_id,
        expires_at=call.world.clock.now() + platforms.PRE_AUTH_LIFE,
    )  # fmt: skip
    return {"pre_auth_code": code, "expires_in": int(platforms.PRE_AUTH_LIFE)}


async def query_auth(call: PlatformCall) -> dict[str, Any]:
    """POST /cgi-bin/component/api_query_auth: tokens for a code, once."""
    world, platform = call.world, call.platform
    row = world.database.one(
        "SELECT * FROM authorization_codes WHERE code = ? AND component = ?",
        words(call.asked, "authorization_code", 61010), platform.app_id,
    )  # fmt: skip
    if row is None:
        raise Refused(61010)
    taken = world.database.run(
        "UPDATE authorization_codes SET is_used = 1 WHERE code = ? AND is_used = 0", row["code"]
    )
    if not taken or row["expires_at"] < world.clock.now():
        raise Refused(61009)
    given = platforms.authorization(world, platform, row["app_id"])
    if given is None:
        raise Refused(61003)
    value = tokens.issue(world, row["app_id"], platforms.chain_of(platform), kills=False)
    return {
        "authorization_info": {
            "authorizer_appid": row["app_id"],
            "authorizer_access_token": value,
            "expires_in": LIFE,
            "authorizer_refresh_token": given["refresh_token"],
            "func_info": _functions(given),
        }
    }


async def authorizer_token(call: PlatformCall) -> dict[str, Any]:
    """POST /cgi-bin/component/api_authorizer_token: a new token for the refresh token."""
    given = _given(call)
    if words(call.asked, "authorizer_refresh_token", 61023) != given["refresh_token"]:
        raise Refused(61023)
    value = tokens.issue(
        call.world, given["app_id"], platforms.chain_of(call.platform), kills=False
    )
    return {
        "authorizer_access_token": value,
        "expires_in": LIFE,
        "authorizer_refresh_token": given["refresh_token"],
    }


async def authorizer_info(call: PlatformCall) -> dict[str, Any]:
    """POST /cgi-bin/component/api_get_authorizer_info: the account as WeChat knows it."""
    given = _given(call)
    account = _account(call.world, given["app_id"])
    return {
        "authorizer_info": {
            "nick_name": account.name,
            "head_img": str(call.request.url_for("account_picture", app_id=account.app_id)),
            "service_type_info": {"id": KIND_IDS[account.kind]},
            "verify_type_info": {"id": VERIFIED if account.verified else UNVERIFIED},
            "user_name": account.original_id,
            "principal_name": account.name,
            "alias": "",
            "business_info": {"open_store": 0, "open_scan": 0, "open_pay": 0, "open_card": 0},
            "qrcode_url": "",
            "signature": account.description,
        },
        "authorization_info": {
            "authorizer_appid": account.app_id,
            "authorizer_refresh_token": given["refresh_token"],
            "func_info": _functions(given),
        },
    }


async def authorizer_list(call: PlatformCall) -> dict[str, Any]:
    """POST /cgi-bin/component/api_get_authorizer_list: 500 a page."""
    offset = number(call.asked, "offset", 47001, default=0)
    size = number(call.asked, "count", 47001, default=100, least=1, most=500)
    rows = call.world.database.all(
        "SELECT * FROM authorizations WHERE component = ? ORDER BY at, app_id LIMIT ? OFFSET ?",
        call.platform.app_id, size, offset,
    )  # fmt: skip
    total = call.world.database.one(
        "SELECT count(*) AS n FROM authorizations WHERE component = ?", call.platform.app_id
    )
    return {
        "total_count": total["n"] if total else 0,
        "list": [
            {
                "authorizer_appid": row["app_id"],
                "refresh_token": row["refresh_token"],
                "auth_time": int(row["at"]),
            }
            for row in rows
        ],
    }


async def get_option(call: PlatformCall) -> dict[str, Any]:
    """POST /cgi-bin/component/api_get_authorizer_option."""
    given, name = _given(call), _option(call)
    value = from_json(given["options"]).get(name, "0")
    return {"authorizer_appid": given["app_id"], "option_name": name, "option_value": value}


async def set_option(call: PlatformCall) -> dict[str, Any]:
    """POST /cgi-bin/component/api_set_authorizer_option."""
    given, name = _given(call), _option(call)
    value = str(call.asked.get("option_value", ""))
    if value not in OPTIONS[name]:
        raise Refused(61012)
    options = {**from_json(given["options"]), name: value}
    call.world.database.run(
        "UPDATE authorizations SET options = ? WHERE component = ? AND app_id = ?",
        to_json(options), given["component"], given["app_id"],
    )  # fmt: skip
    return OK


def _option(call: PlatformCall) -> str:
    name = words(call.asked, "option_name", 61012)
    if name not in OPTIONS:
        raise Refused(61012)
    return name


def _given(call: PlatformCall) -> Row:
    app_id = words(call.asked, "authorizer_appid", 40013)
    given = platforms.authorization(call.world, call.platform, app_id)
    if given is None:
        raise Refused(61003)
    return given


def _account(world: World, app_id: str) -> Account:
    account = world.account(app_id)
    if account is None:
        raise Refused(40013)
    return account


def _functions(given: Row) -> list[dict[str, Any]]:
    return [{"funcscope_category": {"id": one}} for one in platforms.functions_of(given)]


# Web authorisation on behalf of an account ------------------------------------------------------


async def code_for_token(call: Call) -> dict[str, Any]:
    """GET /sns/oauth2/component/access_token: a citizen's code, redeemed by the platform."""
    _on_behalf(call)
    return authorisation.redeem(call)


async def refresh(call: Call) -> dict[str, Any]:
    """GET /sns/oauth2/component/refresh_token."""
    _on_behalf(call)
    return await authorisation.refresh_token(call)


def _on_behalf(call: Call) -> None:
    platform = platforms.by_id(call.world, call.query("component_appid"))
    if platform is None:
        raise Refused(40013)
    check_token(call.world, call.request, platform)
    if platforms.authorization(call.world, platform, call.account.app_id) is None:
        raise Refused(61003)
