"""Many followers at once: made without events, for tests and storms."""

import asyncio
from itertools import islice

from minxin.simulator import people, random_ids
from minxin.simulator.records import Account
from minxin.simulator.world import World

CHUNK = 20_000


async def make(world: World, account: Account, count: int) -> None:
    """`count` new people follow the account; nobody is told. A million takes some 20 seconds.

    They are numbered after those who are there: 关注者1, 关注者2, ...
    """
    openids = random_ids.openids(account.app_id, count)
    now, day = world.clock.now(), world.clock.day()
    while chunk := list(islice(openids, CHUNK)):
        row = world.database.one("SELECT coalesce(max(id), 0) AS last FROM citizens")
        first = (row["last"] if row else 0) + 1
        numbers = range(first, first + len(chunk))
        with world.database.transaction():
            world.database.many(
                "INSERT INTO citizens (id, nickname, colour, created_at) VALUES (?, ?, ?, ?)",
                ((n, f"关注者{n}", people.COLOURS[n % len(people.COLOURS)], now) for n in numbers),
            )
            world.database.many(
                "INSERT INTO followers (app_id, openid, citizen, is_following, followed_at, "
                "last_act_at) VALUES (?, ?, ?, 1, ?, ?)",
                (
                    (account.app_id, openid, n, now, now)
                    for openid, n in zip(chunk, numbers, strict=True)
                ),
            )
            world.database.run(
                "INSERT INTO follow_log (app_id, day, source, change) VALUES (?, ?, ?, ?)",
                account.app_id, day, people.BY_SEARCH, len(chunk),
            )  # fmt: skip
        await asyncio.sleep(0)
    world.hub.tell("accounts", {"app_id": account.app_id})


def of(world: World, account: Account, most: int) -> list[str]:
    """Openids of followers, at most so many."""
    rows = world.database.all(
        "SELECT openid FROM followers WHERE app_id = ? AND is_following = 1 LIMIT ?",
        account.app_id,
        most,
    )
    return [row["openid"] for row in rows]
