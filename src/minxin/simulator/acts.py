"""What a citizen does on her phone: follow, say, tap, scan, leave."""

from dataclasses import replace
from typing import Any

from minxin.simulator import chats, people, pushes, random_ids, sessions
from minxin.simulator.composing import compose
from minxin.simulator.records import Account, Follower, Outcome
from minxin.simulator.refusals import ControlError
from minxin.simulator.world import World
from minxin.wechat import (
    Followed,
    MenuClicked,
    MenuViewed,
    MessagePush,
    Push,
    Scanned,
    Text,
    Unfollowed,
)


def _common(world: World, account: Account, follower: Follower) -> dict[str, Any]:
    return {
        "account": account.original_id,
        "openid": follower.openid,
        "created_at": int(world.clock.now()),
    }


async def follow(
    world: World, account: Account, follower: Follower, *, scene: str = "", is_silent: bool = False,
    ticket: str = "",
) -> Outcome:  # fmt: skip
    """Follow, by search or by a QR code with a scene. Following twice pushes nothing.

    `ticket` is the code's own; without it the event carries one that is made up.
    """
    if follower.is_following:
        if scene:
            return await scan(world, account, follower, scene, ticket=ticket)
        return Outcome("accepted", None, 0.0, 0, "she follows already")
    follower = people.follow(world, follower, scene=scene)
    world.hub.tell("chats", {"citizen": follower.citizen}, citizen=follower.citizen)
    if is_silent:
        return Outcome("accepted", None, 0.0, 0, "silent: no event was pushed")
    inbound = Followed(
        **_common(world, account, follower),
        scene=scene or None,
        ticket=(ticket or random_ids.media_id()) if scene else None,
    )
    return await pushes.push(world, account, follower, inbound)


async def unfollow(world: World, account: Account, follower: Follower) -> Outcome:
    """Leave. The account hears of it; an answer would reach nobody."""
    if not follower.is_following:
        return Outcome("accepted", None, 0.0, 0, "she does not follow")
    follower = people.unfollow(world, follower)
    world.hub.tell("chats", {"citizen": follower.citizen}, citizen=follower.citizen)
    inbound = Unfollowed(**_common(world, account, follower))
    return await pushes.push(world, account, follower, inbound)


async def scan(
    world: World, account: Account, follower: Follower, scene: str, *, ticket: str = ""
) -> Outcome:
    """Scan the account's code: SCAN for a follower, subscribe with the scene for a new one."""
    if not follower.is_following:
        return await follow(world, account, follower, scene=scene, ticket=ticket)
    people.open_window(world, follower.openid, "scan")
    inbound = Scanned(
        **_common(world, account, follower), scene=scene, ticket=ticket or random_ids.media_id()
    )
    return await pushes.push(world, account, follower, inbound)


async def click(world: World, account: Account, follower: Follower, key: str) -> Outcome:
    """Tap a menu button of type click."""
    needs_following(follower)
    people.open_window(world, follower.openid, "menu")
    inbound = MenuClicked(**_common(world, account, follower), key=key)
    return await pushes.push(world, account, follower, inbound)


async def view(world: World, account: Account, follower: Follower, url: str) -> Outcome:
    """Tap a menu button of type view: the page opens at once, the account hears of it."""
    needs_following(follower)
    inbound = MenuViewed(**_common(world, account, follower), url=url)
    return await pushes.push(world, account, follower, inbound)


async def say(
    world: World,
    account: Account,
    follower: Follower,
    message: dict[str, Any],
    *,
    client_id: str = "",
    base: str = "",
) -> Outcome:
    """Send a message. Tapping an item of a msgmenu (`menu_id`) counts as a menu click, not as a
    message: the account may then write three times within a minute.

    A message with a `client_id` that stands in the chat is not sent again. `base` is where the
    account's server reaches the simulator, for the address of a picture.
    """
    needs_following(follower)
    if client_id and _was_sent(world, follower, client_id):
        return Outcome("accepted", None, 0.0, 0, "a message with this client_id was sent already")
    inbound = put(world, account, follower, message, client_id=client_id, base=base)
    return await pushes.push(world, account, follower, inbound)


def put(
    world: World, account: Account, follower: Follower, message: dict[str, Any], *,
    client_id: str = "", base: str = "",
) -> MessagePush:  # fmt: skip
    """Put her message into the chat; what there is to push."""
    common = _common(world, account, follower)
    inbound, content = compose(world, account, message, common, base)
    is_menu = isinstance(inbound, Text) and inbound.menu_id is not None
    people.open_window(world, follower.openid, "menu" if is_menu else "message")
    if client_id:
        content["data"] = {**content.get("data", {}), "client_id": client_id}
    chats.add(world, follower, sender="citizen", via=None, content=content)
    session = sessions.of(world, follower.openid)
    if session is not None and session["agent"]:
        words = str(content.get("text", ""))
        sessions.record(world, account, follower, session["agent"], sessions.CITIZEN_WROTE, words)
    return inbound


def _was_sent(world: World, follower: Follower, client_id: str) -> bool:
    """The answer may have been lost on its way to the phone, which then sends once more."""
    row = world.database.one(
        "SELECT 1 FROM messages WHERE openid = ? AND sender = 'citizen' "
        "AND json_extract(content, '$.data.client_id') = ?",
        follower.openid,
        client_id,
    )
    return row is not None


async def push_raw(world: World, account: Account, follower: Follower, inbound: Push) -> Outcome:
    """Push any event of the library's as it stands, addressed to this account."""
    inbound = replace(inbound, account=account.original_id, openid=follower.openid)
    return await pushes.push(world, account, follower, inbound)


def needs_following(follower: Follower) -> None:
    """`ControlError` 409 for who does not follow."""
    if not follower.is_following:
        raise ControlError(
            f"{follower.openid} does not follow this account, so nothing can be sent",
            409,
            say="您还没有关注这个公众号，不能发消息",
        )
