"""Which menu a follower sees: the newest conditional one that fits her, else the account's own."""

from typing import Any

from minxin.simulator import people
from minxin.simulator.database import from_json
from minxin.simulator.records import Account
from minxin.simulator.world import World

FIRST = 400_000_000


def menu_for(world: World, account: Account, openid: str) -> list[dict[str, Any]] | None:
    """The buttons. Of several tags the one she got last decides."""
    return shown_to(world, account, openid)[1]


def new_number(world: World) -> int:
    """The MenuId of one more menu."""
    return world.next_number("menu", FIRST)


def keep_number(world: World, app_id: str) -> None:
    """The account's own menu is another one now."""
    world.database.keep(f"menu.{app_id}", str(new_number(world)))


def shown_to(
    world: World, account: Account, openid: str
) -> tuple[str | None, list[dict[str, Any]] | None]:
    """The number and the buttons of the menu that a follower sees."""
    rows = world.database.all(
        "SELECT menu_id, buttons, rule FROM conditional_menus WHERE app_id = ? ORDER BY menu_id DESC",
        account.app_id,
    )
    if rows and account.menu is not None:
        tags = people.tags_of(world, openid)
        for row in rows:
            if _fits(from_json(row["rule"]), tags):
                return str(row["menu_id"]), from_json(row["buttons"])
    return world.database.value(f"menu.{account.app_id}") or None, account.menu


def conditional(world: World, account: Account) -> list[dict[str, Any]]:
    """The conditional menus as menu/get answers them, newest first."""
    rows = world.database.all(
        "SELECT * FROM conditional_menus WHERE app_id = ? ORDER BY menu_id DESC", account.app_id
    )
    return [
        {
            "button": from_json(row["buttons"]),
            "matchrule": from_json(row["rule"]),
            "menuid": row["menu_id"],
        }
        for row in rows
    ]


def _fits(rule: dict[str, str], tags: list[int]) -> bool:
    """The phone on the screen is an Android one: client_platform_type 2."""
    tag, platform = rule.get("tag_id"), rule.get("client_platform_type")
    if tag and (not tags or str(tags[-1]) != tag):
        return False
    return platform in {None, "", "2"}
