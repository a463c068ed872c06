"""企业微信 under a prefix of its own (`/wecom`), as far as reminders to staff use it.

One enterprise with applications and robots. What is not confirmed by a source we could read is a
setting of `POST /sim/wecom`, named so: how many messages a robot takes a minute.
"""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from minxin.simulator import faults, random_ids
from minxin.simulator.api.calls import CutResponse, Dropped, json_response, read_body, strike
from minxin.simulator.database import from_json, to_json
from minxin.simulator.refusals import Refused
from minxin.simulator.world import World

PREFIX = "/wecom"
LIFE = 7200
KINDS = ("text", "markdown", "textcard")
LIMITS = {"text": 2048, "markdown": 2048, "textcard": 512}
LONGEST_CHECK = 4 * 3600
Endpoint = Callable[[World, Request, dict[str, Any]], dict[str, Any]]


def _refuse(code: int, message: str) -> Refused:
    return Refused(code, message)


def gettoken(world: World, request: Request, asked: dict[str, Any]) -> dict[str, Any]:
    """GET /cgi-bin/gettoken: the same token while it lasts."""
    given, secret = (request.query_params.get(name, "") for name in ("corpid", "corpsecret"))
    if not secret:
        raise _refuse(41004, "corpsecret missing")
    app = world.database.one("SELECT * FROM wecom_apps WHERE corp_id = ? LIMIT 1", given)
    if app is None:
        raise _refuse(40013, "invalid corpid")
    app = world.database.one(
        "SELECT * FROM wecom_apps WHERE corp_id = ? AND secret = ?", given, secret
    )
    if app is None:
        raise _refuse(40001, "invalid credential")
    now = world.clock.now()
    if not app["token"] or app["token_until"] <= now:
        world.database.run(
            "UPDATE wecom_apps SET token = ?, token_until = ? WHERE id = ?",
            random_ids.access_token(), now + LIFE, app["id"],
        )  # fmt: skip
        app = world.database.one("SELECT * FROM wecom_apps WHERE id = ?", app["id"])
        assert app is not None  # noqa: S101
    return {
        "errcode": 0,
        "errmsg": "ok",
        "access_token": app["token"],
        "expires_in": int(app["token_until"] - now),
    }


def _content(asked: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    kind = str(asked.get("msgtype", ""))
    if kind not in KINDS:
        raise _refuse(40008, "invalid message type")
    body = asked.get(kind)
    if not isinstance(body, dict):
        raise _refuse(40058, f"missing {kind}")
    text = str(body.get("description" if kind == "textcard" else "content", ""))
    if not text:
        raise _refuse(44004, "text content is empty")
    if len(text.encode()) > LIMITS[kind]:
        raise _refuse(45002, "content size out of limit")
    if kind == "textcard" and not (body.get("title") and body.get("url")):
        raise _refuse(40058, "textcard needs title and url")
    return kind, body


def send(world: World, request: Request, asked: dict[str, Any]) -> dict[str, Any]:
    """POST /cgi-bin/message/send: to members, each known repeat swallowed."""
    token = request.query_params.get("access_token", "")
    if not token:
        raise _refuse(41001, "access_token missing")
    app = world.database.one("SELECT * FROM wecom_apps WHERE token = ?", token)
    if app is None:
        raise _refuse(40014, "invalid access_token")
    now = world.clock.now()
    if app["token_until"] <= now:
        raise _refuse(42001, "access_token expired")
    if asked.get("agentid") != app["agent_id"]:
        raise _refuse(40056, "invalid agentid")
    kind, body = _content(asked)
    wanted = [each for each in str(asked.get("touser", "")).split("|") if each]
    members = {each.lower() for each in from_json(app["members"])}
    there = [each for each in wanted if each.lower() in members]
    missing = [each.lower() for each in wanted if each.lower() not in members]
    if not there:
        raise _refuse(81013, "user & party & tag all invalid")
    number = hashlib.sha256(f"{app['id']}{to_json(asked)}".encode()).hexdigest()
    is_repeat = False
    if asked.get("enable_duplicate_check") == 1:
        span = min(int(asked.get("duplicate_check_interval", 1800)), LONGEST_CHECK)
        is_repeat = (
            world.database.one(
                "SELECT 1 FROM wecom_received WHERE digest = ? AND at > ?", number, now - span
            )
            is not None
        )
    for member in [] if is_repeat else there:
        _keep(world, f"app:{app['agent_id']}", member, kind, body, number)
    found = {"errcode": 0, "errmsg": "ok", "msgid": random_ids.request_id()}
    return {**found, "invaliduser": "|".join(missing)} if missing else found


def robot(world: World, request: Request, asked: dict[str, Any]) -> dict[str, Any]:
    """POST /cgi-bin/webhook/send: to a group."""
    key = request.query_params.get("key", "")
    row = world.database.one("SELECT * FROM wecom_robots WHERE key = ?", key)
    if row is None:
        raise _refuse(93000, "invalid webhook url")
    kind, body = _content(asked)
    recent = world.database.one(
        "SELECT count(*) AS n FROM wecom_received WHERE via = ? AND at > ?",
        f"robot:{row['name']}", world.clock.now() - 60,
    )  # fmt: skip
    if row["a_minute"] and recent is not None and recent["n"] >= row["a_minute"]:
        raise _refuse(45009, "api freq out of limit")
    _keep(world, f"robot:{row['name']}", str(row["name"]), kind, body, "")
    return {"errcode": 0, "errmsg": "ok"}


def _keep(world: World, via: str, to: str, kind: str, body: dict[str, Any], digest: str) -> None:
    world.database.insert(
        "wecom_received", at=world.clock.now(), via=via, recipient=to, type=kind,
        content=to_json(body), digest=digest,
    )  # fmt: skip


def received(world: World, to: str = "", most: int = 100) -> list[dict[str, Any]]:
    """What came in, the newest first; of one member or group when `to` names it."""
    rows = world.database.all(
        "SELECT * FROM wecom_received WHERE ? = '' OR recipient = ? ORDER BY id DESC LIMIT ?",
        to, to, most,
    )  # fmt: skip
    return [
        {
            "id": row["id"],
            "at": row["at"],
            "via": row["via"],
            "to": row["recipient"],
            "type": row["type"],
            "content": from_json(row["content"]),
        }
        for row in rows
    ]


def _serve(endpoint: Endpoint, method: str) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        world: World = request.app.state.world
        try:
            body = await read_body(request)
            fault = faults.take(world, None, request.url.path)
            if fault is not None and fault.kind in {"expired_token", "token_taken"}:
                raise _refuse(42001, "access_token expired")
            early = None if fault is None else await strike(fault)
            if early is not None:
                return early
            if request.method != method:
                raise _refuse(43001 if method == "GET" else 43002, f"require {method} method")
            asked = from_json(body.decode()) if body else {}
            if not isinstance(asked, dict):
                raise _refuse(40058, "the body is no object")
            response = json_response(endpoint(world, request, asked))
            if fault is not None and fault.kind == "lost_reply":
                raise Dropped
            return response
        except Refused as refused:
            return json_response({"errcode": refused.code, "errmsg": refused.message})
        except ValueError:  # what is no JSON
            return json_response({"errcode": 40058, "errmsg": "Warning: wrong json format."})
        except Dropped:
            return CutResponse()

    answer.__doc__ = endpoint.__doc__
    return answer


ROUTES: list[Route] = [
    Route(f"{PREFIX}{path}", _serve(endpoint, method), methods=["GET", "POST"])
    for path, endpoint, method in (
        ("/cgi-bin/gettoken", gettoken, "GET"),
        ("/cgi-bin/message/send", send, "POST"),
        ("/cgi-bin/webhook/send", robot, "POST"),
    )
]
