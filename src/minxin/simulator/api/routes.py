"""WeChat's paths and what serves them."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from minxin.simulator import faults
from minxin.simulator.api import authorisation, media, menus, messages, tokens, users
from minxin.simulator.api.calls import CutResponse, Dropped, Endpoint, json_response, serve, strike
from minxin.simulator.refusals import Refused
from minxin.simulator.world import World

# path, method WeChat wants, endpoint. The account comes from the access token.
WITH_TOKEN: tuple[tuple[str, str, Endpoint], ...] = (
    ("/cgi-bin/message/custom/send", "POST", messages.send),
    ("/cgi-bin/message/custom/typing", "POST", messages.typing),
    ("/cgi-bin/user/info", "GET", users.info),
    ("/cgi-bin/user/info/batchget", "POST", users.info_of_many),
    ("/cgi-bin/user/get", "GET", users.listing),
    ("/cgi-bin/menu/create", "POST", menus.create),
    ("/cgi-bin/menu/get", "GET", menus.get),
    ("/cgi-bin/menu/delete", "GET", menus.delete),
    ("/cgi-bin/get_current_selfmenu_info", "GET", menus.as_it_stands),
    ("/cgi-bin/media/upload", "POST", media.upload),
    ("/cgi-bin/media/get", "GET", media.get),
)
# The account is named by `appid`, in the query or in the posted object.
WITH_APP_ID: tuple[tuple[str, str, Endpoint], ...] = (
    ("/cgi-bin/token", "GET", tokens.token),
    ("/cgi-bin/stable_token", "POST", tokens.stable_token),
    ("/sns/oauth2/access_token", "GET", authorisation.access_token),
    ("/sns/oauth2/refresh_token", "GET", authorisation.refresh_token),
)
# The citizen's own token says who is meant.
WITH_GRANT: tuple[tuple[str, Callable[[Request], Awaitable[dict[str, Any]]]], ...] = (
    ("/sns/userinfo", authorisation.user_info),
    ("/sns/auth", authorisation.is_valid),
)


def _route(path: str, method: str, endpoint: Endpoint, *, needs_token: bool) -> Route:
    async def answer(request: Request) -> Response:
        return await serve(request, endpoint, method=method, needs_token=needs_token)

    answer.__doc__ = endpoint.__doc__
    return Route(path, answer, methods=["GET", "POST"])


def _granted(path: str, endpoint: Callable[[Request], Awaitable[dict[str, Any]]]) -> Route:
    async def answer(request: Request) -> Response:
        world: World = request.app.state.world
        try:
            fault = faults.take(world, None, path)
            early = None if fault is None else await strike(fault)
            return early or json_response(await endpoint(request))
        except Refused as refused:
            return json_response(refused.as_json())
        except Dropped:
            return CutResponse()

    answer.__doc__ = endpoint.__doc__
    return Route(path, answer, methods=["GET", "POST"])


async def _unknown(request: Request) -> Response:
    """WeChat's answer on a path it does not have."""
    return json_response(Refused(40066, "invalid url").as_json())


ROUTES: list[Route] = [
    *(_route(*entry, needs_token=True) for entry in WITH_TOKEN),
    *(_route(*entry, needs_token=False) for entry in WITH_APP_ID),
    *(_granted(*entry) for entry in WITH_GRANT),
    Route("/connect/oauth2/authorize", authorisation.authorize, methods=["GET"]),
    Route("/connect/oauth2/consent", authorisation.consent, methods=["POST"]),
    Route("/cgi-bin/{rest:path}", _unknown, methods=["GET", "POST"]),
    Route("/sns/{rest:path}", _unknown, methods=["GET", "POST"]),
]
