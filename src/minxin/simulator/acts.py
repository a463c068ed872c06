"""What a citizen does on her phone: follow, say, tap, scan, leave."""

from dataclasses import replace
from typing import Any

from minxin.simulator import chats, people, pushes, random_ids, sessions
from minxin.simulator.records import Account, Follower, Outcome
from minxin.simulator.refusals import ControlError
from minxin.simulator.world import World
from minxin.wechat import (
    Followed,
    Image,
    Link,
    Location,
    MenuClicked,
    MenuViewed,
    MessagePush,
    Push,
    Scanned,
    ShortVideo,
    Text,
    Unfollowed,
    Video,
    Voice,
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
    _needs_following(follower)
    people.open_window(world, follower.openid, "menu")
    inbound = MenuClicked(**_common(world, account, follower), key=key)
    return await pushes.push(world, account, follower, inbound)


async def view(world: World, account: Account, follower: Follower, url: str) -> Outcome:
    """Tap a menu button of type view: the page opens at once, the account hears of it."""
    _needs_following(follower)
    inbound = MenuViewed(**_common(world, account, follower), url=url)
    return await pushes.push(world, account, follower, inbound)


async def say(
    world: World,
    account: Account,
    follower: Follower,
    message: dict[str, Any],
    *,
    client_id: str = "",
) -> Outcome:
    """Send a message. Tapping an item of a msgmenu (`menu_id`) counts as a menu click, not as a
    message: the account may then write three times within a minute."""
    _needs_following(follower)
    inbound, content = _compose(message, _common(world, account, follower))
    is_menu = isinstance(inbound, Text) and inbound.menu_id is not None
    people.open_window(world, follower.openid, "menu" if is_menu else "message")
    if client_id:
        content["data"] = {**content.get("data", {}), "client_id": client_id}
    chats.add(world, follower, sender="citizen", via=None, content=content)
    session = sessions.of(world, follower.openid)
    if session is not None and session["agent"]:
        words = str(content.get("text", ""))
        sessions.record(world, account, follower, session["agent"], sessions.CITIZEN_WROTE, words)
    return await pushes.push(world, account, follower, inbound)


async def push_raw(world: World, account: Account, follower: Follower, inbound: Push) -> Outcome:
    """Push any event of the library's as it stands, addressed to this account."""
    inbound = replace(inbound, account=account.original_id, openid=follower.openid)
    return await pushes.push(world, account, follower, inbound)


def _needs_following(follower: Follower) -> None:
    if not follower.is_following:
        raise ControlError(
            f"{follower.openid} does not follow this account, so nothing can be sent", 409
        )


def _compose(message: dict[str, Any], common: dict[str, Any]) -> tuple[MessagePush, dict[str, Any]]:
    """The push and what stands in the chat."""
    common = {**common, "message_id": random_ids.message_id()}
    kind = message.get("type", "text")

    def words(name: str, default: str | None = None) -> str:
        value = message.get(name, default)
        if value is None:
            raise ControlError(f"a message of type {kind} needs {name}")
        if not isinstance(value, str):
            raise ControlError(f"message.{name} is a string")
        return value

    def number(name: str, default: float | None = None) -> float:
        value = message.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ControlError(f"a message of type {kind} needs the number {name}")
        return float(value)

    media_id = random_ids.media_id()
    match kind:
        case "text":
            content = words("text")
            if not content.strip():
                raise ControlError("text is empty; WeChat sends no empty message")
            menu_id = message.get("menu_id")
            menu_id = None if menu_id is None else str(menu_id)
            return Text(**common, content=content, menu_id=menu_id), {
                "type": "text",
                "text": content,
            }
        case "image":
            url = words("picture_url")
            media_id = words("media_id", media_id)
            content_json = {"type": "image", "url": url, "media_id": media_id}
            return Image(**common, picture_url=url, media_id=media_id), content_json
        case "voice":
            recognised = message.get("recognition")
            media_id = words("media_id", media_id)
            voice = Voice(
                **common,
                media_id=media_id,
                format=words("format", "amr"),
                recognition=None if recognised is None else words("recognition"),
            )
            data = {"recognition": recognised, "seconds": number("seconds", 3)}
            return voice, {"type": "voice", "media_id": media_id, "data": data}
        case "video" | "shortvideo":
            cls = Video if kind == "video" else ShortVideo
            media_id = words("media_id", media_id)
            thumb = words("thumb_media_id", random_ids.media_id())
            video = cls(**common, media_id=media_id, thumb_media_id=thumb)
            return video, {"type": kind, "media_id": media_id}
        case "location":
            place = Location(
                **common,
                latitude=number("latitude"),
                longitude=number("longitude"),
                scale=int(number("scale", 16)),
                label=words("label", ""),
            )
            data = {"latitude": place.latitude, "longitude": place.longitude, "label": place.label}
            return place, {"type": "location", "data": data}
        case "link":
            link = Link(
                **common,
                title=words("title"),
                description=words("description", ""),
                url=words("url"),
            )
            data = {"title": link.title, "description": link.description}
            return link, {"type": "link", "url": link.url, "data": data}
    raise ControlError(
        "message.type is text, image, voice, video, shortvideo, location or link; "
        f"not {str(kind)[:40]}"
    )
