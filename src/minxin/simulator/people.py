"""Citizens, whom they follow, and how long an account may write to them."""

from minxin.simulator import random_ids
from minxin.simulator.records import Account, Follower, follower_from
from minxin.simulator.refusals import ControlError, Refused
from minxin.simulator.world import World

COLOURS = (
    "#5b8def", "#e6806a", "#49b28d", "#b884d6", "#e0a33c", "#4bb0c9", "#d9739b", "#7c9a4d",
)  # fmt: skip

BY_SEARCH, BY_QR_CODE = 1, 30  # user_source of the analytics

# What lets an account write, how often, and for how many seconds (客服消息, since 2023-06-12).
WINDOWS = {
    "message": (5, 48 * 3600.0),
    "menu": (3, 60.0),
    "follow": (3, 60.0),
    "scan": (3, 60.0),
}


def new_citizen(world: World, nickname: str) -> int:
    """A person with a phone; her number names her browser's host, `c<number>.localhost`."""
    number = world.database.insert(
        "citizens", nickname=nickname, colour="", created_at=world.clock.now()
    )
    colour = COLOURS[number % len(COLOURS)]
    world.database.run("UPDATE citizens SET colour = ? WHERE id = ?", colour, number)
    world.hub.tell("citizens", {"id": number, "nickname": nickname, "colour": colour})
    return number


def citizen_json(world: World, number: int) -> dict[str, object]:
    row = world.database.one("SELECT * FROM citizens WHERE id = ?", number)
    if row is None:
        raise ControlError(f"there is no citizen {number}", 404)
    return {
        "id": row["id"],
        "nickname": row["nickname"],
        "colour": row["colour"],
        "host": f"c{row['id']}.localhost",
    }


def known_as(world: World, account: Account, citizen: int, openid: str = "") -> Follower:
    """The citizen under this account's openid, made (or the given one) when it meets her first."""
    row = world.database.one(
        "SELECT * FROM followers WHERE app_id = ? AND citizen = ?", account.app_id, citizen
    )
    if row is None:
        citizen_json(world, citizen)
        world.database.insert(
            "followers",
            app_id=account.app_id,
            openid=openid or random_ids.openid(account.app_id),
            citizen=citizen,
            is_following=0,
        )
        return known_as(world, account, citizen)
    return follower_from(row)


def by_openid(world: World, account: Account, openid: str) -> Follower | None:
    row = world.database.one(
        "SELECT * FROM followers WHERE openid = ? AND app_id = ?", openid, account.app_id
    )
    return None if row is None else follower_from(row)


def tags_of(world: World, openid: str) -> list[int]:
    """The tags of a follower; the one she got last stands last."""
    rows = world.database.all("SELECT tag FROM taggings WHERE openid = ? ORDER BY id", openid)
    return [row["tag"] for row in rows]


def follower_or_404(world: World, account: Account, openid: object) -> Follower:
    """For the control API: the follower, or a sentence that says there is none."""
    if not openid:
        raise ControlError("openid is missing: one that POST /sim/followers answered", 400)
    found = by_openid(world, account, str(openid))
    if found is None:
        raise ControlError(f"{account.app_id} knows no openid {str(openid)[:64]}", 404)
    return found


def follow(world: World, follower: Follower, *, scene: str = "") -> Follower:
    """Start following; the window to write to her opens."""
    came_by = "ADD_SCENE_QR_CODE" if scene else "ADD_SCENE_SEARCH"
    world.database.run(
        "UPDATE followers SET is_following = 1, followed_at = ?, subscribe_scene = ?, qr_scene = ? "
        "WHERE openid = ?",
        world.clock.now(), came_by, scene, follower.openid,
    )  # fmt: skip
    _log(world, follower, BY_QR_CODE if scene else BY_SEARCH, 1)
    open_window(world, follower.openid, "follow")
    return _again(world, follower)


def unfollow(world: World, follower: Follower) -> Follower:
    """Stop following: nothing may be written to her, and her chat is gone from the phone."""
    world.database.run(
        "UPDATE followers SET is_following = 0, unfollowed_at = ? WHERE openid = ?",
        world.clock.now(),
        follower.openid,
    )
    world.database.run("DELETE FROM windows WHERE openid = ?", follower.openid)
    world.database.run("DELETE FROM taggings WHERE openid = ?", follower.openid)
    _log(world, follower, BY_QR_CODE if follower.qr_scene else BY_SEARCH, -1)
    return _again(world, follower)


def _log(world: World, follower: Follower, source: int, change: int) -> None:
    """For the analytics: who came by which way, and who left."""
    world.database.insert(
        "follow_log", app_id=follower.app_id, day=world.clock.day(), source=source, change=change
    )


def open_window(world: World, openid: str, cause: str) -> None:
    """She did something: the count of that window starts anew, it does not add up."""
    count, seconds = WINDOWS[cause]
    now = world.clock.now()
    world.database.run(
        "INSERT OR REPLACE INTO windows (openid, cause, until, left) VALUES (?, ?, ?, ?)",
        openid, cause, now + seconds, count,
    )  # fmt: skip
    world.database.run("UPDATE followers SET last_act_at = ? WHERE openid = ?", now, openid)


def spend_window(world: World, openid: str) -> None:
    """Count one customer-service message; `Refused` 45015 out of time, 45047 out of count."""
    rows = world.database.all(
        "SELECT cause, left FROM windows WHERE openid = ? AND until > ? ORDER BY until",
        openid,
        world.clock.now(),
    )
    if not rows:
        raise Refused(45015)
    for row in rows:
        if row["left"] > 0:
            world.database.run(
                "UPDATE windows SET left = left - 1 WHERE openid = ? AND cause = ?",
                openid,
                row["cause"],
            )
            return
    raise Refused(45047)


def _again(world: World, follower: Follower) -> Follower:
    row = world.database.one("SELECT * FROM followers WHERE openid = ?", follower.openid)
    assert row is not None  # noqa: S101
    return follower_from(row)
