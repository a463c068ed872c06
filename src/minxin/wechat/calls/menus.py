"""The menu at the bottom of a chat, and menus for some followers."""

from collections.abc import Sequence
from typing import Any

from minxin.wechat._call import Call, Nothing, Struct


class Button(Struct, frozen=True):
    """`type` click, view, scancode_push, ...; with `sub_button` a heading of at most five."""

    name: str
    type: str = ""
    key: str = ""
    url: str = ""
    media_id: str = ""
    article_id: str = ""
    appid: str = ""
    pagepath: str = ""
    sub_button: tuple["Button", ...] = ()


class Menu(Struct, frozen=True):
    button: tuple[Button, ...]
    menuid: int = 0


class Rule(Struct, frozen=True):
    """Whom a conditional menu is for. Sex, region and language are refused (65320)."""

    tag_id: str = ""
    client_platform_type: str = ""


class ConditionalMenu(Struct, frozen=True):
    button: tuple[Button, ...]
    matchrule: Rule
    menuid: int


class Menus(Struct, frozen=True):
    menu: Menu
    conditionalmenu: tuple[ConditionalMenu, ...] = ()


class Current(Struct, frozen=True):
    """As it stands, also when it was made by hand; `selfmenu_info` as WeChat structures it."""

    is_menu_open: int
    selfmenu_info: dict[str, Any] = {}


class Made(Struct, frozen=True):
    menuid: int


class Matched(Struct, frozen=True):
    button: tuple[Button, ...]


def create(buttons: Sequence[Button]) -> Call[Nothing]:
    """At most three."""
    return Call("POST", "/cgi-bin/menu/create", Nothing, payload={"button": list(buttons)})


def get() -> Call[Menus]:
    """46003 when there is none."""
    return Call("GET", "/cgi-bin/menu/get", Menus)


def delete() -> Call[Nothing]:
    """The conditional ones go with it."""
    return Call("GET", "/cgi-bin/menu/delete", Nothing)


def current() -> Call[Current]:
    return Call("GET", "/cgi-bin/get_current_selfmenu_info", Current)


def add_conditional(buttons: Sequence[Button], rule: Rule) -> Call[Made]:
    """65303 without a menu of the account's own."""
    asked = {"button": list(buttons), "matchrule": rule}
    path = "/cgi-bin/menu/addconditional"
    return Call("POST", path, Made, payload=asked, is_repeatable=False)


def delete_conditional(menuid: int) -> Call[Nothing]:
    asked = {"menuid": str(menuid)}
    return Call("POST", "/cgi-bin/menu/delconditional", Nothing, payload=asked)


def try_match(openid: str) -> Call[Matched]:
    """What a follower sees."""
    return Call("POST", "/cgi-bin/menu/trymatch", Matched, payload={"user_id": openid})
