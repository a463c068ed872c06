"""Web authorisation: the page a citizen passes through, and what her code is worth.

Which citizen it is: each has a browser of her own inside her phone, told apart by its host
`c<number>.localhost`. The host of this request tells, else that of `redirect_uri`, else the referer's.
"""

import re
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from minxin.simulator import pages, people, random_ids
from minxin.simulator.api.calls import OK, Call
from minxin.simulator.records import Account
from minxin.simulator.refusals import ControlError, Refused
from minxin.simulator.world import World

CODE_LIFE = 300.0
TOKEN_LIFE = 7200
REFRESH_LIFE = 30 * 86400.0
SCOPES = ("snsapi_base", "snsapi_userinfo")
_CITIZEN_HOST = re.compile(r"c([1-9][0-9]{0,8})\.localhost")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]", "::1"})
_STATE = re.compile(r"[0-9A-Za-z_\-=.]{0,128}")


class BadAuthorisation(Exception):
    """What the page says instead of going on; the numbers are WeChat's."""

    def __init__(self, title: str, detail: str) -> None:
        super().__init__(title)
        self.title = title
        self.detail = detail


def citizen_of_host(host: str) -> int | None:
    found = _CITIZEN_HOST.fullmatch(host.lower())
    return int(found.group(1)) if found else None


def address_for(citizen: int, url: str) -> str:
    """An address of this machine as her in-phone browser opens it; others stay as they are."""
    parts = urlsplit(url)
    if (parts.hostname or "") not in _LOOPBACK:
        return url
    host = f"c{citizen}.localhost" + (f":{parts.port}" if parts.port else "")
    return urlunsplit(parts._replace(netloc=host))


async def authorize(request: Request) -> Response:
    """GET /connect/oauth2/authorize: silent for snsapi_base, and for followers; else she is asked."""
    world: World = request.app.state.world
    query = request.query_params
    address = query.get("redirect_uri", "")
    try:
        account = _checked(world, request, address)
    except BadAuthorisation as error:
        return pages.notice(error.title, error.detail, status=400)
    citizen = _citizen(request, address)
    if citizen is None:
        return pages.open_in_wechat(request, account, _candidates(world, account))
    try:
        follower = people.known_as(world, account, citizen)
    except ControlError:
        return pages.notice("找不到这部手机", f"模拟器里没有编号为 {citizen} 的市民。", status=404)
    scope, state = query["scope"], query.get("state", "")
    address = address_for(citizen, address)
    is_silent = scope == "snsapi_base" or (
        follower.is_following and query.get("forcePopup") != "true"
    )
    if is_silent:
        return _go(world, account, follower.openid, scope, address, state)
    ticket = random_ids.letters(32)
    world.database.insert(
        "consents", ticket=ticket, app_id=account.app_id, openid=follower.openid, scope=scope,
        address=address, state=state, expires_at=world.clock.now() + CODE_LIFE,
    )  # fmt: skip
    return pages.consent(account, people.citizen_json(world, citizen), ticket)


async def consent(request: Request) -> Response:
    """POST /connect/oauth2/consent: she allowed, or refused, what the page asked."""
    world: World = request.app.state.world
    form = await request.form()
    row = world.database.one(
        "DELETE FROM consents WHERE ticket = ? RETURNING *", str(form.get("ticket", ""))
    )
    if row is None or row["expires_at"] < world.clock.now():
        return pages.notice("页面已过期", "请返回后重新打开。", status=400)
    account = world.account(row["app_id"])
    if account is None or form.get("answer") != "allow":
        return pages.notice("已取消授权", "没有任何信息提供给对方，可以关闭本页。")
    return _go(world, account, row["openid"], row["scope"], row["address"], row["state"])


def _checked(world: World, request: Request, address: str) -> Account:
    query = request.query_params
    account = world.account(query.get("appid", ""))
    if account is None:
        raise BadAuthorisation("AppID 参数错误", "错误码：10013。没有这个公众号。")
    if query.get("response_type") != "code":
        raise BadAuthorisation("response_type 参数错误", "错误码：10004。应为 code。")
    if query.get("scope") not in SCOPES or not account.may_authorise:
        raise BadAuthorisation(
            "Scope 参数错误或没有 Scope 权限",
            "错误码：10005。网页授权只开放给已认证的服务号，以及已认证的政府、媒体类公众号。",
        )
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise BadAuthorisation("redirect_uri 参数错误", "错误码：10003。缺少回调地址。")
    wanted = account.oauth_domain or urlsplit(account.callback_url).hostname or ""
    if wanted and not same_host(parts.hostname, wanted):
        raise BadAuthorisation(
            "redirect_uri 域名与后台配置不一致",
            f"错误码：10003。网页授权域名是 {wanted}，回调地址的域名是 {parts.hostname}。",
        )
    if not _STATE.fullmatch(query.get("state", "")):
        raise BadAuthorisation("state 参数错误", "错误码：10016。至多 128 个字母、数字。")
    return account


def same_host(one: str, other: str) -> bool:
    """Whether two hosts are one for WeChat's domain checks."""
    return _plain(one) == _plain(other)


def _plain(host: str) -> str:
    """All names of this machine are one."""
    is_ours = host in _LOOPBACK or citizen_of_host(host) is not None
    return "localhost" if is_ours else host.lower()


def _citizen(request: Request, address: str) -> int | None:
    hosts = (
        request.url.hostname,
        urlsplit(address).hostname,
        urlsplit(request.headers.get("referer", "")).hostname,
    )
    for host in hosts:
        found = citizen_of_host(host or "")
        if found is not None:
            return found
    return None


def _candidates(world: World, account: Account) -> list[dict[str, Any]]:
    rows = world.database.all(
        "SELECT citizen FROM followers WHERE app_id = ? AND is_following = 1 "
        "ORDER BY followed_at LIMIT 8",
        account.app_id,
    )
    return [people.citizen_json(world, row["citizen"]) for row in rows]


def _go(
    world: World, account: Account, openid: str, scope: str, address: str, state: str
) -> Response:
    """Back to the account's page with a code that works once, for five minutes."""
    code, now = random_ids.code(), world.clock.now()
    world.database.run("DELETE FROM codes WHERE expires_at < ?", now - 86400)
    world.database.insert(
        "codes", code=code, app_id=account.app_id, openid=openid, scope=scope,
        expires_at=now + CODE_LIFE,
    )  # fmt: skip
    parts = urlsplit(address)
    query = [*parse_qsl(parts.query, keep_blank_values=True), ("code", code), ("state", state)]
    target = urlunsplit(parts._replace(query=urlencode(query)))
    return RedirectResponse(target, status_code=302, headers={"cache-control": "no-store"})


# What the account's server does with the code ---------------------------------------------------


async def access_token(call: Call) -> dict[str, Any]:
    """GET /sns/oauth2/access_token."""
    _check_secret(call)
    return redeem(call)


def redeem(call: Call) -> dict[str, Any]:
    """Two hours of knowing who she is, for a code that works once."""
    world, account = call.world, call.account
    if call.query("grant_type") != "authorization_code":
        raise Refused(40002)
    if not call.query("code"):
        raise Refused(41008)
    row = world.database.one("SELECT * FROM codes WHERE code = ?", call.query("code"))
    if row is None or row["app_id"] != account.app_id or row["expires_at"] < world.clock.now():
        raise Refused(40029)
    taken = world.database.run(
        "UPDATE codes SET is_used = 1 WHERE code = ? AND is_used = 0", row["code"]
    )
    if not taken:
        raise Refused(40163)
    return _grant(call, row["openid"], row["scope"], random_ids.access_token())


async def refresh_token(call: Call) -> dict[str, Any]:
    """GET /sns/oauth2/refresh_token: the same person for two more hours; the token lasts 30 days."""
    if call.query("grant_type") != "refresh_token":
        raise Refused(40002)
    if not call.query("refresh_token"):
        raise Refused(41003)
    world = call.world
    row = world.database.one(
        "SELECT * FROM grants WHERE refresh_token = ? AND app_id = ?",
        call.query("refresh_token"),
        call.account.app_id,
    )
    if row is None:
        raise Refused(40030)
    if row["refresh_until"] < world.clock.now():
        raise Refused(42002)
    world.database.run("DELETE FROM grants WHERE access_token = ?", row["access_token"])
    return _grant(call, row["openid"], row["scope"], row["refresh_token"], row["refresh_until"])


async def user_info(request: Request) -> dict[str, Any]:
    """GET /sns/userinfo: nickname and picture, for snsapi_userinfo. No sex, no region since 2021."""
    world: World = request.app.state.world
    row = _valid_grant(world, request)
    if row["scope"] != "snsapi_userinfo":
        raise Refused(48001)
    follower = world.database.one("SELECT * FROM followers WHERE openid = ?", row["openid"])
    assert follower is not None  # noqa: S101
    citizen = people.citizen_json(world, follower["citizen"])
    return {
        "openid": row["openid"],
        "nickname": citizen["nickname"],
        "sex": 0,
        "language": "",
        "city": "",
        "province": "",
        "country": "",
        "headimgurl": str(request.url_for("avatar", number=citizen["id"])),
        "privilege": [],
    }


async def is_valid(request: Request) -> dict[str, Any]:
    """GET /sns/auth: whether a token still works."""
    _valid_grant(request.app.state.world, request)
    return OK


def app_of(request: Request) -> str | None:
    """The account that a citizen's token was given to."""
    world: World = request.app.state.world
    token = request.query_params.get("access_token", "")
    row = world.database.one("SELECT app_id FROM grants WHERE access_token = ?", token)
    return None if row is None else str(row["app_id"])


def _valid_grant(world: World, request: Request) -> Any:
    query = request.query_params
    if not query.get("access_token"):
        raise Refused(41001, "access_token missing")
    if not query.get("openid"):
        raise Refused(41009)
    row = world.database.one("SELECT * FROM grants WHERE access_token = ?", query["access_token"])
    if row is None:
        raise Refused(40001)
    if row["expires_at"] < world.clock.now():
        raise Refused(42001)
    if row["openid"] != query["openid"]:
        raise Refused(40003)
    return row


def _check_secret(call: Call) -> None:
    if not call.query("secret"):
        raise Refused(41004, "appsecret missing")
    if call.query("secret") != call.account.secret:
        raise Refused(40125, "invalid appsecret")


def _grant(
    call: Call, openid: str, scope: str, refresh: str, until: float | None = None
) -> dict[str, Any]:
    now, token = call.world.clock.now(), random_ids.access_token()
    call.world.database.insert(
        "grants", access_token=token, refresh_token=refresh, app_id=call.account.app_id,
        openid=openid, scope=scope, expires_at=now + TOKEN_LIFE,
        refresh_until=until or now + REFRESH_LIFE,
    )  # fmt: skip
    return {
        "access_token": token,
        "expires_in": TOKEN_LIFE,
        "refresh_token": refresh,
        "openid": openid,
        "scope": scope,
    }
