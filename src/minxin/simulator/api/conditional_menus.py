"""Menus for some followers: by tag, and nothing that tells who they are (65320)."""

from typing import Any
from urllib.parse import urlsplit

from minxin.simulator import menus, people
from minxin.simulator.api.calls import OK, Call, has_escapes
from minxin.simulator.api.menus import checked_buttons
from minxin.simulator.asked import mapping, number, words
from minxin.simulator.database import to_json
from minxin.simulator.refusals import Refused

VOID = ("sex", "country", "province", "city", "language", "group_id")
MOST_DOMAINS = 3


async def add(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/menu/addconditional: needs a menu of the account's own (65303)."""
    if has_escapes(call.body):
        raise Refused(40033)
    asked = call.json()
    if call.account.menu is None:
        raise Refused(65303)
    rule = _rule(call, mapping(asked, "matchrule", 65304))
    buttons = checked_buttons(asked)
    _check_domains(call, buttons)
    menu_id = menus.new_number(call.world)
    call.world.database.insert(
        "conditional_menus", menu_id=menu_id, app_id=call.account.app_id,
        buttons=to_json(buttons), rule=to_json(rule), created_at=call.world.clock.now(),
    )  # fmt: skip
    call.world.hub.tell("menu", {"app_id": call.account.app_id})
    return {"menuid": str(menu_id)}


async def delete(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/menu/delconditional: 65301 when there is no such menu."""
    count = call.world.database.run(
        "DELETE FROM conditional_menus WHERE menu_id = ? AND app_id = ?",
        number(call.json(), "menuid", 65301),
        call.account.app_id,
    )
    if not count:
        raise Refused(65301)
    call.world.hub.tell("menu", {"app_id": call.account.app_id})
    return OK


async def try_match(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/menu/trymatch: what a follower sees, by openid."""
    follower = people.by_openid(call.world, call.account, words(call.json(), "user_id", 65302))
    if follower is None:
        raise Refused(65302)
    found = menus.menu_for(call.world, call.account, follower.openid)
    if found is None:
        raise Refused(46003)
    return {"button": found}


def _rule(call: Call, posted: dict[str, Any]) -> dict[str, str]:
    if any(posted.get(name) for name in VOID):
        raise Refused(65320)
    found = {}
    for name in ("tag_id", "client_platform_type"):
        value = posted.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if value:
            if not isinstance(value, str) or not value.isdecimal():
                raise Refused(65304)
            found[name] = value
    if not found:
        raise Refused(65304)
    if found.get("client_platform_type", "1") not in {"1", "2", "3"}:
        raise Refused(65304)
    return found


def _check_domains(call: Call, buttons: list[dict[str, Any]]) -> None:
    """At most three hosts in all conditional menus together (65316)."""
    hosts = set()
    for menu in (buttons, *(one["button"] for one in menus.conditional(call.world, call.account))):
        for button in menu:
            for item in (button, *button.get("sub_button", ())):
                if item.get("url"):
                    hosts.add(urlsplit(item["url"]).hostname)
    if len(hosts) > MOST_DOMAINS:
        raise Refused(65316)
