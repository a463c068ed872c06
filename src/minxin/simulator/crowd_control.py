"""The control API of crowds: `/sim/crowds`, `/sim/storm`."""

from starlette.requests import Request
from starlette.responses import Response

from minxin.simulator import crowds, storm
from minxin.simulator.asking import answer, posted
from minxin.simulator.refusals import ControlError
from minxin.simulator.requests import CrowdPosted, StormPosted
from minxin.simulator.world import World


def _world(request: Request) -> World:
    world: World = request.app.state.world
    return world


async def crowd(request: Request) -> Response:
    """Let many people follow an account at once."""
    world, asked = _world(request), await posted(request, CrowdPosted)
    account = world.account_or_404(asked.app_id)
    await crowds.make(world, account, asked.count)
    return answer({"app_id": account.app_id, "made": asked.count}, 201)


async def blow(request: Request) -> Response:
    """POST begins a storm, GET tells how it goes, DELETE ends it."""
    world = _world(request)
    if request.method == "POST":
        return answer(storm.start(world, await posted(request, StormPosted)).as_json(), 202)
    if world.storm is None:
        raise ControlError("there was no storm yet", 404)
    if request.method == "DELETE":
        storm.stop(world)
    return answer(world.storm.as_json())
