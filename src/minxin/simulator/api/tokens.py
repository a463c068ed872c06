"""Access tokens: /cgi-bin/token and /cgi-bin/stable_token, two chains that know nothing of each other."""

from typing import TYPE_CHECKING, Any

from minxin.simulator import random_ids
from minxin.simulator.records import Account
from minxin.simulator.refusals import Refused
from minxin.simulator.world import World

if TYPE_CHECKING:
    from minxin.simulator.api.calls import Call

LIFE = 7200
HAND_OVER = 300.0
DAILY_TOKENS = 2000
DAILY_STABLE = 500_000
DAILY_FORCED = 20
BETWEEN_FORCED = 30.0


def owner(world: World, token: str, *, check: bool) -> Account | None:
    """Whose token it is. With `check`: 41001 missing, 42001 expired, 40001 unknown or superseded."""
    if not token:
        if check:
            raise Refused(41001, "access_token missing")
        return None
    row = world.database.one("SELECT * FROM tokens WHERE value = ?", token)
    if check:
        if row is None or row["is_killed"]:
            raise Refused(40001)
        if row["expires_at"] <= world.clock.now():
            # A token that was replaced is "not latest"; one that ran out is expired.
            raise Refused(42001) if row["is_latest"] else Refused(40001)
    return None if row is None else world.account(row["app_id"])


def chain_of(world: World, token: str) -> str:
    """token, stable, component, or component:<AppID of the platform that calls on behalf>."""
    row = world.database.one("SELECT chain FROM tokens WHERE value = ?", token)
    return "" if row is None else str(row["chain"])


def count_today(world: World, app_id: str, name: str) -> int:
    """Count one more use; the number of uses today, this one included."""
    world.database.run(
        "INSERT INTO counters (app_id, name, day, count) VALUES (?, ?, ?, 1) "
        "ON CONFLICT (app_id, name, day) DO UPDATE SET count = count + 1",
        app_id,
        name,
        world.clock.day(),
    )
    return used_today(world, app_id, name)


def used_today(world: World, app_id: str, name: str) -> int:
    row = world.database.one(
        "SELECT count FROM counters WHERE app_id = ? AND name = ? AND day = ?",
        app_id,
        name,
        world.clock.day(),
    )
    return 0 if row is None else int(row["count"])


def _check(call: "Call", grant_type: str, secret: str) -> None:
    account, client = call.account, call.request.client
    if grant_type != "client_credential":
        raise Refused(40002)
    if not secret:
        raise Refused(41004, "appsecret missing")
    if secret != account.secret:
        raise Refused(40125, "invalid appsecret")
    address = client.host if client else ""
    if account.ip_list and address not in account.ip_list:
        raise Refused(40164, f"invalid ip {address} ipv6 ::ffff:{address}, not in whitelist")


def issue(world: World, app_id: str, chain: str, *, kills: bool) -> str:
    """A new token of a chain. The former works for five more minutes, or not at all."""
    now = world.clock.now()
    world.database.run(
        "UPDATE tokens SET is_latest = 0, is_killed = max(is_killed, ?), "
        "expires_at = min(expires_at, ?) WHERE app_id = ? AND chain = ? AND is_latest = 1",
        int(kills), now + HAND_OVER, app_id, chain,
    )  # fmt: skip
    world.database.run("DELETE FROM tokens WHERE expires_at < ?", now - 7 * 86400)
    value = random_ids.access_token()
    world.database.insert(
        "tokens", value=value, app_id=app_id, chain=chain, issued_at=now,
        expires_at=now + LIFE, is_latest=1,
    )  # fmt: skip
    return value


def take_away(world: World, token: str) -> None:
    """Another holder of the secret fetches a new one: this one is dead, whoever uses it."""
    row = world.database.one("SELECT app_id, chain FROM tokens WHERE value = ?", token)
    if row is not None:
        issue(world, row["app_id"], row["chain"], kills=True)


async def token(call: "Call") -> dict[str, Any]:
    """GET /cgi-bin/token: always a new one."""
    _check(call, call.query("grant_type"), call.query("secret"))
    if count_today(call.world, call.account.app_id, "token") > DAILY_TOKENS:
        raise Refused(45009)
    value = issue(call.world, call.account.app_id, "token", kills=False)
    return {"access_token": value, "expires_in": LIFE}


async def stable_token(call: "Call") -> dict[str, Any]:
    """POST /cgi-bin/stable_token: the same one until less than five minutes are left.

    With force_refresh a new one and the former dead: 20 times a day, 30 seconds apart (sooner, the
    present one is answered).
    """
    asked = call.json()
    world, account = call.world, call.account
    _check(call, str(asked.get("grant_type", "")), str(asked.get("secret", "")))
    if count_today(world, account.app_id, "stable_token") > DAILY_STABLE:
        raise Refused(45009)
    now = world.clock.now()
    row = world.database.one(
        "SELECT * FROM tokens WHERE app_id = ? AND chain = 'stable' AND is_latest = 1 AND "
        "is_killed = 0 AND expires_at > ?",
        account.app_id,
        now,
    )
    forced = asked.get("force_refresh", False) is True
    if forced and (row is None or now - row["issued_at"] >= BETWEEN_FORCED):
        if used_today(world, account.app_id, "force_refresh") >= DAILY_FORCED:
            raise Refused(45009)
        count_today(world, account.app_id, "force_refresh")
        return {
            "access_token": issue(world, account.app_id, "stable", kills=True),
            "expires_in": LIFE,
        }
    if row is not None and (forced or row["expires_at"] - now >= HAND_OVER):
        return {"access_token": row["value"], "expires_in": int(row["expires_at"] - now)}
    return {"access_token": issue(world, account.app_id, "stable", kills=False), "expires_in": LIFE}
