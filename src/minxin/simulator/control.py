"""The control API: `/sim/`. What a test, a demonstration or the phone asks of the simulator."""

from datetime import datetime

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from minxin.simulator import acts, chats, faults, jobs, pages, people, platforms, register
from minxin.simulator.asking import MOST, answer, integer, is_count, posted, words
from minxin.simulator.clock import CHINA
from minxin.simulator.database import from_json
from minxin.simulator.records import Account, Follower
from minxin.simulator.refusals import ControlError
from minxin.simulator.requests import (
    AccountPosted,
    Act,
    BlockPosted,
    CitizenPosted,
    ClickPosted,
    ClockPosted,
    FaultPosted,
    FollowPosted,
    ReadPosted,
    SayPosted,
    ScanPosted,
    ViewPosted,
)
from minxin.simulator.world import World


def _world(request: Request) -> World:
    world: World = request.app.state.world
    return world


def _who(world: World, act: Act) -> tuple[Account, Follower]:
    account = world.account_or_404(act.app_id)
    return account, people.follower_or_404(world, account, act.openid)


# Accounts and people ----------------------------------------------------------------------------


async def accounts(request: Request) -> Response:
    """The accounts, the main one first; POST makes or changes one and verifies its callback."""
    world = _world(request)
    if request.method == "POST":
        body, is_new = await register.post(world, await posted(request, AccountPosted))
        return answer(body, 201 if is_new else 200)
    return answer([account.as_json() for account in world.accounts()])


async def account(request: Request) -> Response:
    """One account with its menu; DELETE takes it away with its chats."""
    world = _world(request)
    found = world.account_or_404(request.path_params["app_id"])
    if request.method == "DELETE":
        register.remove(world, found.app_id)
        return Response(status_code=204)
    row = world.database.one(
        "SELECT count(*) AS n FROM followers WHERE app_id = ? AND is_following = 1", found.app_id
    )
    return answer({**found.as_json(), "menu": found.menu, "followers": row["n"] if row else 0})


async def citizens(request: Request) -> Response:
    """The people who have a phone; POST gives somebody one."""
    world = _world(request)
    if request.method == "POST":
        number = people.new_citizen(world, (await posted(request, CitizenPosted)).nickname)
        return answer(people.citizen_json(world, number), 201)
    limit, search = integer(request, "limit", 200), words(request, "search")
    rows = world.database.all(
        "SELECT id FROM citizens WHERE instr(nickname, ?) > 0 ORDER BY id LIMIT ?", search, limit
    )
    return answer([people.citizen_json(world, row["id"]) for row in rows])


async def followers(request: Request) -> Response:
    """Whom an account knows; POST lets somebody follow."""
    world = _world(request)
    if request.method == "POST":
        return await _follow(world, await posted(request, FollowPosted))
    found = world.account_or_404(request.query_params.get("app_id"))
    rows = world.database.all(
        "SELECT f.openid, f.citizen, f.is_following, f.is_blocked, f.followed_at, c.nickname "
        "FROM followers f JOIN citizens c ON c.id = f.citizen WHERE f.app_id = ? AND f.rowid > ? "
        "ORDER BY f.rowid LIMIT ?",
        found.app_id, integer(request, "after", 0), integer(request, "limit", 1000),
    )  # fmt: skip
    return answer(
        [
            {
                "openid": row["openid"],
                "citizen": row["citizen"],
                "nickname": row["nickname"],
                "following": bool(row["is_following"]),
                "blocked": bool(row["is_blocked"]),
                "followed_at": row["followed_at"],
            }
            for row in rows
        ]
    )


async def _follow(world: World, asked: FollowPosted) -> Response:
    account = world.account_or_404(asked.app_id)
    is_known = asked.openid is not None and world.database.one(
        "SELECT 1 FROM followers WHERE openid = ?", asked.openid
    )
    if is_known or (asked.openid is not None and asked.nickname is None):
        follower = people.follower_or_404(world, account, asked.openid)
    else:
        citizen = asked.citizen
        if citizen is None:
            if asked.nickname is None:
                raise ControlError("say who follows: nickname, citizen or openid")
            citizen = people.new_citizen(world, asked.nickname)
        follower = people.known_as(world, account, citizen, asked.openid or "")
    outcome = await acts.follow(world, account, follower, scene=asked.scene, is_silent=asked.silent)
    citizen_json = people.citizen_json(world, follower.citizen)
    body = {
        "openid": follower.openid,
        "citizen": follower.citizen,
        "nickname": citizen_json["nickname"],
        "host": citizen_json["host"],
        "greeting": outcome.as_json(),
    }
    return answer(body, 201)


# What a citizen does ----------------------------------------------------------------------------


async def say(request: Request) -> Response:
    """A citizen says something; waits for what she sees."""
    world, asked = _world(request), await posted(request, SayPosted)
    account, follower = _who(world, asked)
    if (asked.text is None) == (asked.message is None):
        raise ControlError("give text, or message: {type, ...}, and not both")
    message = {"type": "text", "text": asked.text} if asked.message is None else asked.message
    client_id, base = asked.client_id, str(request.base_url)
    outcome = await acts.say(world, account, follower, message, client_id=client_id, base=base)
    return answer(outcome.as_json())


async def unfollow(request: Request) -> Response:
    """She leaves the account."""
    world, asked = _world(request), await posted(request, Act)
    return answer((await acts.unfollow(world, *_who(world, asked))).as_json())


async def scan(request: Request) -> Response:
    """She scans the account's QR code."""
    world, asked = _world(request), await posted(request, ScanPosted)
    return answer((await acts.scan(world, *_who(world, asked), asked.scene)).as_json())


async def click(request: Request) -> Response:
    """She taps a menu button of type click."""
    world, asked = _world(request), await posted(request, ClickPosted)
    return answer((await acts.click(world, *_who(world, asked), asked.key)).as_json())


async def view(request: Request) -> Response:
    """She taps a menu button of type view."""
    world, asked = _world(request), await posted(request, ViewPosted)
    return answer((await acts.view(world, *_who(world, asked), asked.url)).as_json())


async def block(request: Request) -> Response:
    """She refuses the account's messages, or takes them again."""
    world, asked = _world(request), await posted(request, BlockPosted)
    _, follower = _who(world, asked)
    world.database.run(
        "UPDATE followers SET is_blocked = ? WHERE openid = ?",
        int(asked.blocked),
        follower.openid,
    )
    return answer({"blocked": asked.blocked})


# What can be seen -------------------------------------------------------------------------------


async def seen(request: Request) -> Response:
    """A chat as the citizen sees it, oldest first."""
    world, query = _world(request), request.query_params
    account = world.account_or_404(query.get("app_id"))
    follower = people.follower_or_404(world, account, query.get("openid"))
    after, limit = integer(request, "after", 0), integer(request, "limit", 0)
    return answer(chats.seen(world, account, follower.openid, after=after, limit=limit))


async def phone_chats(request: Request) -> Response:
    """One phone: its owner and her chats."""
    world, citizen = _world(request), integer(request, "citizen")
    me = people.citizen_json(world, citizen)
    return answer({"me": me, "chats": chats.list_json(world, citizen)})


async def phone_chat(request: Request) -> Response:
    """One chat as the phone opens it."""
    world = _world(request)
    account = world.account_or_404(request.query_params.get("app_id"))
    return answer(chats.chat_json(world, account, integer(request, "citizen")))


async def read(request: Request) -> Response:
    """She looked at the chat."""
    world, asked = _world(request), await posted(request, ReadPosted)
    account = world.account_or_404(asked.app_id)
    chats.mark_read(world, people.known_as(world, account, asked.citizen))
    return Response(status_code=204)


async def stream(request: Request) -> Response:
    """Server-sent events; `citizens=1,2` limits messages to theirs."""
    text = words(request, "citizens")
    chosen = None
    if text:
        numbers = text.split(",")
        if len(numbers) > 10 or not all(is_count(one) for one in numbers):
            raise ControlError("citizens is a list of up to ten numbers: 1,2,3", 400)
        chosen = frozenset(int(one) for one in numbers)
    return StreamingResponse(
        _world(request).hub.listen(chosen),
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


async def exchanges(request: Request) -> Response:
    """What was pushed and called lately, newest first."""
    world = _world(request)
    rows = world.database.all(
        "SELECT * FROM exchanges WHERE id > ? ORDER BY id DESC LIMIT ?",
        integer(request, "after", 0),
        min(integer(request, "limit", 50), 1000),
    )
    found = []
    for row in rows:
        account = world.account(row["app_id"])
        name = account.name if account else ""
        found.append({**dict(row), "detail": from_json(row["detail"]), "account": name})
    return answer(found)


async def media(request: Request) -> Response:
    """The bytes of uploaded media."""
    row = _world(request).database.one(
        "SELECT body, content_type FROM media WHERE media_id = ?", request.path_params["media_id"]
    )
    if row is None:
        raise ControlError("there is no such media, or it is older than three days", 404)
    return Response(row["body"], media_type=row["content_type"], headers=pages.HEADERS)


async def avatar(request: Request) -> Response:
    """A citizen's picture."""
    citizen = people.citizen_json(_world(request), request.path_params["number"])
    svg = pages.avatar_svg(str(citizen["nickname"])[-1:], str(citizen["colour"]))
    return Response(svg, media_type="image/svg+xml", headers=pages.HEADERS)


async def picture(request: Request) -> Response:
    """An account's picture."""
    account = _world(request).account_or_404(request.path_params["app_id"])
    svg = pages.avatar_svg(account.letter, account.colour)
    return Response(svg, media_type="image/svg+xml", headers=pages.HEADERS)


# Faults and the clock ---------------------------------------------------------------------------


async def fault_list(request: Request) -> Response:
    """The armed faults; POST arms one, DELETE disarms all."""
    world = _world(request)
    if request.method == "GET":
        return answer(faults.list_json(world))
    if request.method == "DELETE":
        return answer({"removed": faults.remove(world, None)})
    asked = await posted(request, FaultPosted)
    if asked.app_id is not None and platforms.by_id(world, asked.app_id) is None:
        world.account_or_404(asked.app_id)
    number = faults.add(
        world,
        app_id=asked.app_id,
        endpoint=asked.endpoint,
        kind=asked.kind,
        times=asked.times,
        probability=asked.probability,
        args=msgspec.to_builtins(asked.args),
    )
    return answer({"id": number}, 201)


async def fault(request: Request) -> Response:
    """Disarm one fault."""
    number = request.path_params["number"]
    if number > MOST or not faults.remove(_world(request), number):
        raise ControlError(f"there is no fault {number}", 404)
    return answer({"removed": 1})


async def clock(request: Request) -> Response:
    """The simulator's time; POST sets, advances, speeds up, stops or resets it."""
    world = _world(request)
    if request.method == "POST":
        asked = await posted(request, ClockPosted)
        if asked.reset:
            world.clock.reset()
        else:
            moment = asked.set
            if isinstance(moment, str):
                moment = _moment(moment)
            later = (world.clock.now() if moment is None else moment) + (asked.advance_s or 0.0)
            if not 0 <= later < 32_503_680_000:
                raise ControlError("the clock goes from 1970 to 3000")
            world.clock.change(
                set_to=moment,
                advance=asked.advance_s or 0.0,
                rate=asked.rate,
                frozen=asked.frozen,
            )
        await jobs.finish_due(world)
        jobs.start(world)
        world.hub.tell("clock", world.clock.as_json())
    return answer(world.clock.as_json())


def _moment(text: str) -> float:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ControlError("set is a Unix time in seconds or an ISO moment") from None
    if not 1971 <= moment.year < 3000:
        raise ControlError("set is a moment between 1971 and 3000")
    return (moment if moment.tzinfo else moment.replace(tzinfo=CHINA)).timestamp()
