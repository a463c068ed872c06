"""The Starlette application of the simulator."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from minxin.simulator import (
    api,
    browsing,
    control,
    crowd_control,
    jobs,
    openapi,
    pages,
    platform_control,
    reading,
    scanning,
    taps,
    uploads,
    wecom_control,
)
from minxin.simulator.api import wecom
from minxin.simulator.asking import answer
from minxin.simulator.refusals import ControlError
from minxin.simulator.world import PUSH_LIMIT, RETRY_PAUSE, World

READ, BOTH = ["GET"], ["GET", "POST"]


def _routes() -> list[BaseRoute]:
    sim = [
        Route("/accounts", control.accounts, methods=BOTH),
        Route("/accounts/{app_id}", control.account, methods=["GET", "DELETE"]),
        Route("/citizens", control.citizens, methods=BOTH),
        Route("/followers", control.followers, methods=BOTH),
        Route("/say", control.say, methods=["POST"]),
        Route("/unfollow", control.unfollow, methods=["POST"]),
        Route("/scan", control.scan, methods=["POST"]),
        Route("/codes", scanning.codes, methods=READ),
        Route("/scans", scanning.scan, methods=["POST"]),
        Route("/js/config", browsing.config, methods=["POST"]),
        Route("/js/images", browsing.upload_image, methods=["POST"]),
        Route("/js/voices", browsing.upload_voice, methods=["POST"]),
        Route("/media", uploads.upload, methods=["POST"]),
        Route("/tap", taps.tap, methods=["POST"]),
        Route("/click", control.click, methods=["POST"]),
        Route("/view", control.view, methods=["POST"]),
        Route("/block", control.block, methods=["POST"]),
        Route("/seen", control.seen, methods=READ),
        Route("/chats", control.phone_chats, methods=READ),
        Route("/chat", control.phone_chat, methods=READ),
        Route("/read", control.read, methods=["POST"]),
        Route("/stream", control.stream, methods=READ),
        Route("/exchanges", control.exchanges, methods=READ),
        Route("/faults", control.fault_list, methods=["GET", "POST", "DELETE"]),
        Route("/faults/{number:int}", control.fault, methods=["DELETE"]),
        Route("/clock", control.clock, methods=BOTH),
        Route("/articles", reading.listing, methods=READ),
        Route("/bookmarks", reading.bookmarks, methods=READ),
        Route("/articles/{slug}", reading.article, methods=READ),
        Route("/articles/{slug}/body", reading.body, methods=READ),
        Route("/articles/{slug}/acts", reading.act, methods=["POST"]),
        Route("/articles/{slug}/comments", reading.comment, methods=["POST"]),
        Route("/subscriptions", reading.subscriptions_of, methods=BOTH),
        Route("/templates", reading.keep_template, methods=["POST"]),
        Route("/components", platform_control.components, methods=BOTH),
        Route("/authorizations", platform_control.authorizations, methods=["POST"]),
        Route("/acceptance", platform_control.run_acceptance, methods=["POST"]),
        Route("/crowds", crowd_control.crowd, methods=["POST"]),
        Route("/storm", crowd_control.blow, methods=["GET", "POST", "DELETE"]),
        Route("/agents", reading.agent, methods=["POST"]),
        Route("/recognitions", reading.recognition, methods=["POST"]),
        Route("/wecom", wecom_control.wecom, methods=BOTH),
        Route("/wecom/seen", wecom_control.seen, methods=READ),
        Route("/openapi.json", openapi.document, methods=READ),
        Route("/docs", openapi.page, methods=READ),
    ]
    return [
        Route("/", _home, methods=READ),
        Route("/phone", pages.phone, methods=READ),
        Route("/wecom", wecom_control.page, methods=READ),
        Mount("/phone/built", StaticFiles(directory=pages.BUILT, check_dir=False)),
        Route("/sim/media/{media_id}", control.media, methods=READ, name="media"),
        Route("/sim/materials/{media_id}", reading.material, methods=READ, name="material"),
        Route("/s/{slug:path}", reading.page, methods=READ, name="article"),
        Route("/sim/avatars/{number:int}.svg", control.avatar, methods=READ, name="avatar"),
        Route("/sim/pictures/{app_id}.svg", control.picture, methods=READ, name="account_picture"),
        Route("/sim/jweixin.js", browsing.script, methods=READ),
        Route("/sim/icon.svg", pages.icon, methods=READ),
        Mount("/sim", routes=sim),
        *wecom.ROUTES,
        *api.ROUTES,
    ]


async def _home(request: Request) -> Response:
    """To the phone."""
    return RedirectResponse("/phone")


async def _control_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ControlError)  # noqa: S101
    return answer({"error": error.sentence, **error.more}, error.status)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    if error.status_code == 404:
        sentence = f"there is no {request.url.path}; GET /sim/docs lists what there is"
    elif error.status_code == 405:
        sentence = f"{request.url.path} does not take {request.method}"
    else:
        sentence = error.detail
    return answer({"error": sentence}, error.status_code, error.headers)


def create_app(
    home: Path, *, push_limit: float = PUSH_LIMIT, retry_pause: float = RETRY_PAUSE
) -> Starlette:
    """The local WeChat with its state in `home`/simulator.sqlite3.

    `push_limit` (seconds a push may take) and `retry_pause` (between the beginnings of two tries)
    are WeChat's unless a test is in a hurry.
    """
    world = World.at(home, push_limit=push_limit, retry_pause=retry_pause)
    world.jobs = api.JOBS

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        jobs.start(world)
        try:
            yield
        finally:
            await world.close()

    app = Starlette(
        routes=_routes(),
        lifespan=lifespan,
        exception_handlers={ControlError: _control_error, HTTPException: _http_error},
    )
    app.state.world = world
    return app
