"""Third-party platforms (第三方平台): what WeChat keeps of them, and what it tells them."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from yarl import URL

from minxin.simulator import jobs, random_ids
from minxin.simulator.database import Row, from_json, to_json
from minxin.simulator.records import Account, Outcome
from minxin.simulator.refusals import ControlError
from minxin.simulator.world import World
from minxin.wechat import CallbackSecrets, ComponentEvent, Mode, seal_component_event

TICKET_EVERY = 600.0
TICKET_LIFE = 12 * 3600.0
PRE_AUTH_LIFE = 1800.0
CODE_LIFE = 3600.0
# Permission sets an account can give: number, and the paths it opens (权限集).
FUNCTIONS: dict[int, tuple[str, tuple[str, ...]]] = {
    1: ("消息管理", ("/cgi-bin/message/custom/", "/customservice/", "/cgi-bin/customservice/")),
    2: ("用户管理", ("/cgi-bin/user/", "/cgi-bin/tags/", "/cgi-bin/changeopenid")),
    3: ("帐号服务", ("/cgi-bin/qrcode/", "/cgi-bin/shorten/")),
    4: ("网页服务", ("/cgi-bin/ticket/",)),
    6: ("数据统计", ("/datacube/",)),
    7: ("群发与通知", ("/cgi-bin/message/", "/cgi-bin/template/", "/wxaapi/", "/wxa/")),
    11: ("素材管理", ("/cgi-bin/material/", "/cgi-bin/media/", "/cgi-bin/draft/",
                  "/cgi-bin/freepublish/", "/cgi-bin/comment/")),
    15: ("自定义菜单", ("/cgi-bin/menu/", "/cgi-bin/get_current_selfmenu_info")),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Platform:
    """A third-party platform. `message_url` holds `$APPID$` where the account's AppID stands."""

    app_id: str
    name: str
    secret: str = field(repr=False)
    token: str = field(repr=False)
    aes_key: str = field(repr=False)
    event_url: str
    message_url: str
    redirect_domain: str
    ticket: str = field(repr=False)
    ticket_at: float | None
    is_pushing: bool

    @property
    def secrets(self) -> CallbackSecrets:
        return CallbackSecrets(self.app_id, self.token, self.aes_key, Mode.SAFE)

    def address_for(self, account: Account) -> str:
        return self.message_url.replace("$APPID$", account.app_id)

    def as_json(self) -> dict[str, Any]:
        """Without credentials."""
        return {
            "component_appid": self.app_id,
            "name": self.name,
            "event_url": self.event_url,
            "message_url": self.message_url,
            "redirect_domain": self.redirect_domain,
            "is_pushing": self.is_pushing,
            "ticket_at": self.ticket_at,
        }


def _from(row: Row) -> Platform:
    values = {name: row[name] for name in Platform.__slots__}
    return Platform(**{**values, "is_pushing": bool(row["is_pushing"])})


def by_id(world: World, app_id: str) -> Platform | None:
    row = world.database.one("SELECT * FROM components WHERE app_id = ?", app_id)
    return None if row is None else _from(row)


def all_of(world: World) -> list[Platform]:
    return [_from(row) for row in world.database.all("SELECT * FROM components ORDER BY rowid")]


def keep(world: World, platform: Platform) -> None:
    """A new platform begins to get tickets at once, and every ten minutes."""
    is_new = by_id(world, platform.app_id) is None
    world.database.run(
        "INSERT OR REPLACE INTO components (app_id, name, secret, token, aes_key, event_url, "
        "message_url, redirect_domain, ticket, ticket_at, is_pushing) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(getattr(platform, name) for name in Platform.__slots__),
    )
    if is_new:
        jobs.add(world, "component_ticket", after=0.0, component=platform.app_id)


async def push_ticket(world: World, args: dict[str, Any]) -> None:
    """The job every ten minutes: a new ticket, if the platform wants them."""
    platform = by_id(world, args["component"])
    if platform is None:
        return
    jobs.add(world, "component_ticket", after=TICKET_EVERY, component=platform.app_id)
    if platform.is_pushing:
        await send_ticket(world, platform)


async def send_ticket(world: World, platform: Platform) -> bool:
    """Make a ticket, valid for twelve hours, and push it; whether `success` was answered."""
    ticket, now = f"ticket@@@{random_ids.letters(80)}", world.clock.now()
    world.database.run(
        "UPDATE components SET ticket = ?, ticket_at = ? WHERE app_id = ?",
        ticket, now, platform.app_id,
    )  # fmt: skip
    return await tell(world, platform, "component_verify_ticket", {"ComponentVerifyTicket": ticket})


async def tell(world: World, platform: Platform, kind: str, fields: dict[str, Any]) -> bool:
    """Push a notice to the platform's event address; only `success` counts."""
    if not platform.event_url:
        return False
    event = ComponentEvent(
        app_id=platform.app_id, created_at=int(world.clock.now()), kind=kind, fields=fields
    )
    query, body = seal_component_event(event, platform.secrets, now=time.time())
    began = time.perf_counter()
    status, reason = "failed", ""
    try:
        async with asyncio.timeout(world.push_limit):
            async with world.session.post(
                URL(platform.event_url).update_query(query), data=body,
                headers={"Content-Type": "text/xml"}, allow_redirects=False,
            ) as response:  # fmt: skip
                answer = (await response.content.read(64)).strip()
                if response.status == 200 and answer == b"success":
                    status = "accepted"
                else:
                    reason = f"HTTP {response.status}, not the word success"
    except TimeoutError:
        reason = "no answer in time"
    except (aiohttp.ClientError, OSError, ValueError) as error:
        reason = f"{type(error).__name__}: {platform.event_url} was not reached"
    elapsed = (time.perf_counter() - began) * 1000
    account = world.account(str(fields.get("AuthorizerAppid", "")))
    if account is not None:
        world.note(account, None, "push", kind, Outcome(status, None, elapsed, 1, reason))
    return status == "accepted"


# Who authorised whom ----------------------------------------------------------------------------


def authorization(world: World, platform: Platform, app_id: str) -> Row | None:
    return world.database.one(
        "SELECT * FROM authorizations WHERE component = ? AND app_id = ?", platform.app_id, app_id
    )


def platforms_of(world: World, account: Account) -> list[Platform]:
    """The platforms that get this account's messages."""
    rows = world.database.all(
        "SELECT c.* FROM authorizations a JOIN components c ON c.app_id = a.component "
        "WHERE a.app_id = ? AND c.message_url != '' ORDER BY a.at",
        account.app_id,
    )
    return [_from(row) for row in rows]


def functions_of(row: Row) -> list[int]:
    found: list[int] = from_json(row["functions"])
    return found


async def authorize(
    world: World, platform: Platform, account: Account, functions: list[int], pre_auth_code: str
) -> str:
    """The account's administrator says yes: the platform hears of it; the code to redeem.

    The refresh token of an earlier authorisation is void from now on.
    """
    wrong = [one for one in functions if one not in FUNCTIONS]
    if wrong:
        raise ControlError(f"there is no permission set {wrong[0]}")
    before = authorization(world, platform, account.app_id)
    now = world.clock.now()
    code = f"queryauthcode@@@{random_ids.letters(64)}"
    world.database.run(
        "INSERT OR REPLACE INTO authorizations (component, app_id, refresh_token, functions, at, "
        "options) VALUES (?, ?, ?, ?, ?, ?)",
        platform.app_id, account.app_id, f"refreshtoken@@@{random_ids.letters(43)}",
        to_json(functions), now, before["options"] if before else "{}",
    )  # fmt: skip
    world.database.insert(
        "authorization_codes", code=code, component=platform.app_id, app_id=account.app_id,
        expires_at=now + CODE_LIFE,
    )  # fmt: skip
    kind = "authorized" if before is None else "updateauthorized"
    if before is None or functions_of(before) != functions:  # unchanged sets are not told
        fields = {
            "AuthorizerAppid": account.app_id,
            "AuthorizationCode": code,
            "AuthorizationCodeExpiredTime": int(now + CODE_LIFE),
            "PreAuthCode": pre_auth_code,
        }
        await tell(world, platform, kind, fields)
    return code


async def revoke(world: World, platform: Platform, account: Account) -> None:
    """The administrator takes it back: tokens and messages end, the platform hears of it."""
    if authorization(world, platform, account.app_id) is None:
        raise ControlError(f"{account.app_id} has not authorised {platform.app_id}", 409)
    world.database.run(
        "DELETE FROM authorizations WHERE component = ? AND app_id = ?",
        platform.app_id, account.app_id,
    )  # fmt: skip
    world.database.run(
        "UPDATE tokens SET is_killed = 1 WHERE app_id = ? AND chain = ?",
        account.app_id, chain_of(platform),
    )  # fmt: skip
    await tell(world, platform, "unauthorized", {"AuthorizerAppid": account.app_id})


def chain_of(platform: Platform) -> str:
    """The tokens with which a platform calls on behalf of an account."""
    return f"component:{platform.app_id}"


def may_call(world: World, chain: str, app_id: str, path: str) -> bool:
    """Whether a platform's token reaches this path: the account gave the set it belongs to."""
    platform = by_id(world, chain.partition(":")[2])
    row = None if platform is None else authorization(world, platform, app_id)
    if row is None:
        return False
    wanted = next(
        (number for number, (_, starts) in FUNCTIONS.items() if path.startswith(starts)), None
    )
    return wanted is None or wanted in functions_of(row)
