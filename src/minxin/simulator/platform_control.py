"""The control API of third-party platforms: `/sim/components`, `/sim/authorizations`."""

from dataclasses import replace

from msgspec import UNSET
from starlette.requests import Request
from starlette.responses import Response

from minxin.simulator import acceptance, jobs, platforms, random_ids
from minxin.simulator.asking import answer, posted
from minxin.simulator.platforms import FUNCTIONS, Platform
from minxin.simulator.refusals import ControlError
from minxin.simulator.requests import AcceptancePosted, AuthorizationPosted, ComponentPosted
from minxin.simulator.world import World
from minxin.wechat import CallbackSecrets, Mode

_GIVEN = ("name", "secret", "token", "aes_key", "event_url", "message_url", "redirect_domain")


def _world(request: Request) -> World:
    world: World = request.app.state.world
    return world


async def components(request: Request) -> Response:
    """The platforms; POST makes or changes one. Credentials are answered for a new one only."""
    world = _world(request)
    if request.method == "GET":
        return answer([platform.as_json() for platform in platforms.all_of(world)])
    asked = await posted(request, ComponentPosted)
    app_id = random_ids.app_id() if asked.component_appid is UNSET else asked.component_appid
    if world.account(app_id) is not None:
        raise ControlError(f"{app_id} is the AppID of an account", 409)
    before = platforms.by_id(world, app_id)
    platform = before or Platform(
        app_id=app_id, name="第三方平台", secret=random_ids.app_secret(),
        token=random_ids.letters(24), aes_key=random_ids.aes_key(), event_url="", message_url="",
        redirect_domain="", ticket="", ticket_at=None, is_pushing=True,
    )  # fmt: skip
    values = {name: getattr(asked, name) for name in _GIVEN}
    platform = replace(
        platform, **{name: value for name, value in values.items() if value is not UNSET}
    )
    try:
        CallbackSecrets(platform.app_id, platform.token, platform.aes_key, Mode.SAFE)
    except ValueError as error:
        raise ControlError(f"aes_key: {error}") from None
    if platform.message_url and "$APPID$" not in platform.message_url:
        raise ControlError("message_url holds $APPID$ where the AppID of the account stands")
    platforms.keep(world, platform)
    await jobs.finish_due(world)
    found = platform.as_json()
    if before is None:
        found |= {
            "secret": platform.secret, "token": platform.token, "aes_key": platform.aes_key,
        }  # fmt: skip
    return answer(found, 201 if before is None else 200)


async def authorizations(request: Request) -> Response:
    """An account authorises a platform without the page, or takes it back."""
    world, asked = _world(request), await posted(request, AuthorizationPosted)
    platform = _platform(world, asked.component_appid)
    account = world.account_or_404(asked.app_id)
    if asked.choice == "revoke":
        await platforms.revoke(world, platform, account)
        return answer({"choice": "revoke"})
    functions = list(FUNCTIONS) if asked.functions is None else asked.functions
    code = await platforms.authorize(world, platform, account, functions, "")
    return answer({"choice": "authorize", "authorization_code": code})


async def run_acceptance(request: Request) -> Response:
    """Run the cases of 全网发布检测; what passed and what was said instead."""
    world, asked = _world(request), await posted(request, AcceptancePosted)
    cases = await acceptance.run(world, _platform(world, asked.component_appid))
    return answer(
        {"passed": all(case.passed for case in cases), "cases": [one.as_json() for one in cases]}
    )


def _platform(world: World, app_id: str) -> Platform:
    found = platforms.by_id(world, app_id)
    if found is None:
        raise ControlError(f"there is no platform {app_id[:64]}", 404)
    return found
