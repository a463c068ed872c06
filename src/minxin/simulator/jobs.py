"""What happens later, by the simulator's clock: a publication ends, a verify ticket is pushed."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from minxin.simulator.database import from_json, to_json
from minxin.simulator.world import World

LONGEST_SLEEP = 1.0


def add(world: World, kind: str, *, after: float, **args: Any) -> None:
    """Do `kind` of `World.jobs` in `after` seconds of the simulator's time. Kept across restarts."""
    world.database.insert("jobs", due_at=world.clock.now() + after, kind=kind, args=to_json(args))
    start(world)


def start(world: World) -> None:
    """Let what is due happen by itself from now on."""
    world.woken.set()
    if world.runner is None or world.runner.done():
        world.runner = asyncio.get_running_loop().create_task(_keep_running(world))
        world.tasks.add(world.runner)


async def finish_due(world: World) -> None:
    """Do all that is due, also what a job makes due at once, and wait for it."""
    while due := _take(world):
        await asyncio.gather(*due)


async def _keep_running(world: World) -> None:
    """Sleep until something is due, somebody moved the clock or added a job."""
    while True:
        world.woken.clear()
        for job in _take(world):  # a slow account holds nobody else up
            task = asyncio.get_running_loop().create_task(job)
            world.tasks.add(task)
            task.add_done_callback(world.tasks.discard)
        row = world.database.one("SELECT min(due_at) AS next FROM jobs")
        wait = None if row is None or row["next"] is None else LONGEST_SLEEP
        if row is not None and row["next"] is not None:
            ahead = row["next"] - world.clock.now()
            wait = min(LONGEST_SLEEP, max(0.0, ahead / max(world.clock.rate, 0.001)))
        try:
            await asyncio.wait_for(world.woken.wait(), wait)
        except TimeoutError:
            continue


def _take(world: World) -> list[Coroutine[Any, Any, None]]:
    """What is due, taken off the list, in its order."""
    rows = world.database.all(
        "DELETE FROM jobs WHERE due_at <= ? RETURNING id, due_at, kind, args", world.clock.now()
    )
    return [
        world.jobs[row["kind"]](world, from_json(row["args"]))
        for row in sorted(rows, key=lambda row: (row["due_at"], row["id"]))
        if row["kind"] in world.jobs  # a file of a later version may hold another kind
    ]
