"""The menu at the bottom of a chat: create, get, delete, as it stands."""

from typing import Any
from urllib.parse import urlsplit

from minxin.simulator import menus
from minxin.simulator.api.calls import OK, Call, has_escapes
from minxin.simulator.database import to_json
from minxin.simulator.refusals import Refused

WITH_KEY = frozenset(
    {
        "click", "scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album",
        "pic_weixin", "location_select",
    }
)  # fmt: skip
WITH_MEDIA = frozenset({"media_id", "view_limited"})
WITH_ARTICLE = frozenset({"article_id", "article_view_limited"})


async def create(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/menu/create: at most 3 buttons of at most 5."""
    if has_escapes(call.body):
        raise Refused(40033)
    _keep(call, checked_buttons(call.json()))
    return OK


def checked_buttons(asked: dict[str, Any]) -> list[dict[str, Any]]:
    """The buttons as they are kept; the errcode of the first that is wrong."""
    buttons = asked.get("button")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
        raise Refused(40016)
    return [_button(button) for button in buttons]


async def get(call: Call) -> dict[str, Any]:
    """GET /cgi-bin/menu/get: 46003 when there is none."""
    if call.account.menu is None:
        raise Refused(46003)
    found: dict[str, Any] = {"menu": {"button": call.account.menu}}
    if others := menus.conditional(call.world, call.account):
        found["conditionalmenu"] = others
    return found


async def delete(call: Call) -> dict[str, Any]:
    """GET /cgi-bin/menu/delete: the conditional ones go with it."""
    _keep(call, None)
    return OK


async def as_it_stands(call: Call) -> dict[str, Any]:
    """GET /cgi-bin/get_current_selfmenu_info."""
    if call.account.menu is None:
        return {"is_menu_open": 0}
    buttons = []
    for button in call.account.menu:
        if button.get("sub_button"):
            buttons.append({"name": button["name"], "sub_button": {"list": button["sub_button"]}})
        else:
            buttons.append({name: value for name, value in button.items() if name != "sub_button"})
    return {"is_menu_open": 1, "selfmenu_info": {"button": buttons}}


def _keep(call: Call, menu: list[dict[str, Any]] | None) -> None:
    world, app_id = call.world, call.account.app_id
    stored = None if menu is None else to_json(menu)
    world.database.run("UPDATE accounts SET menu = ? WHERE app_id = ?", stored, app_id)
    if menu is None:
        world.database.run("DELETE FROM conditional_menus WHERE app_id = ?", app_id)
    menus.keep_number(world, app_id)
    world.forget(app_id)
    world.hub.tell("menu", {"app_id": app_id, "menu": menu})


def _button(button: Any) -> dict[str, Any]:
    if not isinstance(button, dict):
        raise Refused(47001)
    below = button.get("sub_button")
    if isinstance(below, dict):  # what get_current_selfmenu_info answers
        below = below.get("list")
    if not below:
        return {**_item(button, is_sub=False), "sub_button": []}
    if not isinstance(below, list) or len(below) > 5:
        raise Refused(40023)
    items = [_item(item, is_sub=True) for item in below]
    return {"name": _name(button, 16, 40018), "sub_button": items}


def _item(item: Any, *, is_sub: bool) -> dict[str, Any]:
    if not isinstance(item, dict):
        raise Refused(47001)
    if is_sub and item.get("sub_button"):
        raise Refused(40022)
    name = _name(item, *((60, 40025) if is_sub else (16, 40018)))
    kind = item.get("type")
    if not isinstance(kind, str):
        raise Refused(40024 if is_sub else 40017)
    found: dict[str, Any] = {"type": kind, "name": name}
    if kind in WITH_KEY:
        found["key"] = _value(item, "key", 128, 40026 if is_sub else 40019)
    elif kind == "view":
        found["url"] = _address(item, is_sub)
    elif kind == "miniprogram":
        found["url"] = _address(item, is_sub)
        found["appid"] = _value(item, "appid", 64, 40013)
        found["pagepath"] = _value(item, "pagepath", 1024, 40055)
    elif kind in WITH_MEDIA:
        found["media_id"] = _value(item, "media_id", 256, 40007)
    elif kind in WITH_ARTICLE:
        found["article_id"] = _value(item, "article_id", 256, 53600)
    else:
        raise Refused(40024 if is_sub else 40017)
    return found


def _name(item: dict[str, Any], limit: int, code: int) -> str:
    return _value(item, "name", limit, code)


def _value(item: dict[str, Any], name: str, limit: int, code: int) -> str:
    value = item.get(name)
    if not isinstance(value, str) or not value or len(value.encode()) > limit:
        raise Refused(code)
    return value


def _address(item: dict[str, Any], is_sub: bool) -> str:
    url = _value(item, "url", 1024, 40027 if is_sub else 40020)
    try:
        host = urlsplit(url).hostname
    except ValueError:  # http://[
        host = None
    if not url.startswith(("http://", "https://")) or not host:
        raise Refused(40054 if is_sub else 40055, "invalid button url domain")
    return url
