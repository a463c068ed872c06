"""Tapping a button of the menu (`/sim/tap`): what her phone does and what the account hears."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from minxin.simulator import acts, articles, chats, files, menus, people
from minxin.simulator.api import drafts
from minxin.simulator.asking import answer, posted
from minxin.simulator.records import Account, Follower, Outcome
from minxin.simulator.refusals import ControlError
from minxin.simulator.requests import TapPosted
from minxin.simulator.world import World
from minxin.wechat import (
    CodeScanned,
    LocationPicked,
    MenuClicked,
    MenuViewed,
    MiniProgramOpened,
    PhotosPicked,
    Push,
)

GONE = "该内容已被删除"
Opened = dict[str, str]


@dataclass(frozen=True, slots=True)
class Tap:
    """Who tapped which button of which menu, and what she scanned or chose."""

    world: World
    account: Account
    follower: Follower
    button: dict[str, Any]
    menu_id: str | None
    asked: TapPosted
    base: str

    @property
    def kind(self) -> str:
        return str(self.button["type"])

    @property
    def origin(self) -> dict[str, Any]:
        """What every push carries."""
        return {
            "account": self.account.original_id,
            "openid": self.follower.openid,
            "created_at": int(self.world.clock.now()),
        }

    async def push(self, inbound: Push) -> Outcome:
        return await acts.push_raw(self.world, self.account, self.follower, inbound)


async def tap(request: Request) -> Response:
    """She taps a button of the menu she sees, by its place, with what she scanned or chose."""
    world: World = request.app.state.world
    asked = await posted(request, TapPosted)
    account = world.account_or_404(asked.app_id)
    follower = people.follower_or_404(world, account, asked.openid)
    acts.needs_following(follower)
    menu_id, button = _button(world, account, follower, asked.button)
    one = Tap(world, account, follower, button, menu_id, asked, str(request.base_url))
    work, needed = _KINDS[one.kind]
    for name in ("scanned", "pictures", "place"):
        if (getattr(asked, name) is None) == (name == needed):
            raise ControlError(
                f"a button of type {one.kind} takes {needed or 'none of scanned, pictures, place'}"
            )
    outcomes, opened = await work(one)
    return answer(
        {"button": button, "outcomes": [each.as_json() for each in outcomes], "opens": opened}
    )


def _button(
    world: World, account: Account, follower: Follower, path: list[int]
) -> tuple[str | None, dict[str, Any]]:
    """The button at a place of her menu; the phone may still show an older menu."""
    menu_id, buttons = menus.shown_to(world, account, follower.openid)
    found: dict[str, Any] = {"sub_button": buttons or []}
    for index in path:
        below = found.get("sub_button") or []
        if index >= len(below):
            raise ControlError(f"there is no button at {path}", say="菜单刚刚更新，请再点一次")
        found = below[index]
    if found.get("sub_button"):
        raise ControlError(f"the button at {path} only opens its sub-menu")
    return menu_id, found


# One function for each kind: what was pushed, and what her phone opens ---------------------------

Done = tuple[list[Outcome], Opened | None]


async def _click(one: Tap) -> Done:
    people.open_window(one.world, one.follower.openid, "menu")
    return [await one.push(MenuClicked(**one.origin, key=one.button["key"]))], None


async def _view(one: Tap) -> Done:
    url = one.button["url"]
    pushed = MenuViewed(**one.origin, url=url, menu_id=one.menu_id)
    return [await one.push(pushed)], {"url": url}


async def _mini_program(one: Tap) -> Done:
    page = one.button["pagepath"]
    pushed = MiniProgramOpened(**one.origin, page=page, menu_id=one.menu_id)
    opened = {"appid": one.button["appid"], "pagepath": page, "url": one.button["url"]}
    return [await one.push(pushed)], opened


async def _scan(one: Tap) -> Done:
    """Both kinds push; only scancode_waitmsg waits for an answer, but WeChat shows what comes."""
    scanned = one.asked.scanned
    assert scanned is not None  # noqa: S101
    people.open_window(one.world, one.follower.openid, "menu")
    pushed = CodeScanned(
        **one.origin, event=one.kind, key=one.button["key"],
        scan_type=one.asked.scan_type, result=scanned,
    )  # fmt: skip
    return [await one.push(pushed)], None


async def _photos(one: Tap) -> Done:
    """The event first, with the digest of each picture; then each as a message of its own."""
    pictures = one.asked.pictures or []
    if one.kind == "pic_sysphoto" and len(pictures) > 1:
        raise ControlError("the camera takes one picture", say="拍照一次只能发一张")
    digests = []
    for media_id in pictures:
        file = files.find(one.world, one.account.app_id, media_id, with_body=True)
        if file is None or file[1]["type"] != "image":
            raise ControlError(
                f"{media_id[:64]} is no picture that POST /sim/media answered",
                say="图片已经过期，请重新选择",
            )
        digests.append(hashlib.md5(file[1]["body"], usedforsecurity=False).hexdigest())
    messages = [{"type": "image", "media_id": media_id} for media_id in pictures]
    pushed = PhotosPicked(
        **one.origin, event=one.kind, key=one.button["key"], count=len(digests),
        digests=tuple(digests),
    )  # fmt: skip
    return await _with_messages(one, pushed, messages), None


async def _place(one: Tap) -> Done:
    place = one.asked.place
    assert place is not None  # noqa: S101
    pushed = LocationPicked(
        **one.origin, key=one.button["key"], latitude=place.latitude, longitude=place.longitude,
        scale=place.scale, label=place.label, place=place.name or None,
    )  # fmt: skip
    message = {
        "type": "location", "latitude": place.latitude, "longitude": place.longitude,
        "scale": place.scale, "label": place.label, "name": place.name,
    }  # fmt: skip
    return await _with_messages(one, pushed, [message]), None


async def _with_messages(one: Tap, event: Push, messages: list[dict[str, Any]]) -> list[Outcome]:
    """She sees her messages at once; the account hears of the event before it hears them."""
    said = [
        acts.put(one.world, one.account, one.follower, message, base=one.base)
        for message in messages
    ]
    return [await one.push(pushed) for pushed in (event, *said)]


# These four tell the account nothing: they were made for accounts without a server.


async def _material(one: Tap) -> Done:
    """WeChat sends the permanent material that the button names."""
    media_id = one.button["media_id"]
    file = files.find(one.world, one.account.app_id, media_id)
    if file is None or file[1]["type"] not in {"image", "voice", "video"}:
        raise ControlError(f"there is no material {media_id[:64]}", 404, say=GONE)
    content = {"type": file[1]["type"], "media_id": media_id}
    chats.add(one.world, one.follower, sender="account", via="menu", content=content)
    return [], None


async def _article_card(one: Tap) -> Done:
    cards = _cards(one)
    content = {"type": "news", "articles": cards}
    chats.add(one.world, one.follower, sender="account", via="menu", content=content)
    return [], None


async def _article_page(one: Tap) -> Done:
    return [], {"url": _cards(one)[0]["url"]}


def _cards(one: Tap) -> list[dict[str, str]]:
    rows = articles.of_set(one.world, one.button["article_id"])
    cards = [
        articles.card(one.world, row, one.base)
        for row in rows
        if row["app_id"] == one.account.app_id
    ]
    if not cards:
        raise ControlError("there is no such article", 404, say=GONE)
    return cards


async def _draft_page(one: Tap) -> Done:
    """What permanent news was is a draft now: its first article."""
    media_id = one.button["media_id"]
    row = one.world.database.one(
        "SELECT 1 FROM drafts WHERE media_id = ? AND app_id = ?", media_id, one.account.app_id
    )
    if row is None:
        raise ControlError(f"there is no draft {media_id[:64]}", 404, say=GONE)
    return [], {"url": articles.address(one.base, drafts.preview_slug(media_id, 1))}


# kind: what is done, and what of it the phone has to say.
_KINDS: dict[str, tuple[Callable[[Tap], Awaitable[Done]], str]] = {
    "click": (_click, ""),
    "view": (_view, ""),
    "miniprogram": (_mini_program, ""),
    "scancode_push": (_scan, "scanned"),
    "scancode_waitmsg": (_scan, "scanned"),
    "pic_sysphoto": (_photos, "pictures"),
    "pic_photo_or_album": (_photos, "pictures"),
    "pic_weixin": (_photos, "pictures"),
    "location_select": (_place, "place"),
    "media_id": (_material, ""),
    "article_id": (_article_card, ""),
    "article_view_limited": (_article_page, ""),
    "view_limited": (_draft_page, ""),
}
