"""WeChat's pushes: five seconds, three tries, and what the citizen sees of the answer."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import aiohttp
from yarl import URL

from minxin.simulator import chats, faults, platforms, random_ids, sessions
from minxin.simulator.clock import china
from minxin.simulator.faults import Fault
from minxin.simulator.lean_http import Pool
from minxin.simulator.records import Account, Follower, Outcome
from minxin.simulator.world import World
from minxin.wechat import (
    EVENTS,
    MAX_BODY,
    MAX_TEXT_BYTES,
    CallbackRefused,
    CallbackSecrets,
    Format,
    Handover,
    MessagePush,
    NewsReply,
    PassiveReply,
    Push,
    TextReply,
    parse_reply,
    seal_push,
    sign_verification,
)

TRIES = 3
LOST = "the push was lost on the way (a fault you asked for)"
# Events whose answer WeChat does not show (facts: 被动回复用户消息), by their value's name.
UNANSWERABLE = frozenset(
    {
        "Unfollowed", "MenuViewed", "MiniProgramOpened", "TemplateSent", "MassSent", "Published",
        "SubscriptionAnswered", "SubscriptionChanged", "SubscriptionSent", "SessionOpened",
        "SessionClosed", "SessionSwitched", "VerificationPassed", "VerificationFailed",
        "AuthorizationChanged",
    }
)  # fmt: skip
_EVENT_NAMES = {cls: name for name, cls in reversed(EVENTS.items())}


class TryFailed(Exception):
    """One try without an answer; WeChat tries again."""

    def __init__(self, reason: str, *, is_late: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_late = is_late


class _Lost(Exception):
    """The push is lost on the way, and WeChat does not know."""


def name_of(inbound: Push) -> str:
    """What the stage calls a push."""
    if isinstance(inbound, MessagePush):
        return type(inbound).__name__.lower()
    return str(getattr(inbound, "event", None) or _EVENT_NAMES.get(type(inbound), "event"))


async def push(world: World, account: Account, follower: Follower, inbound: Push) -> Outcome:
    """Push until answered, three times at most, and put the answer into the chat."""
    began = time.perf_counter()
    outcome = await _deliver(world, account, follower, inbound, began)
    _count(world, account, outcome)
    detail = {"content": getattr(inbound, "content", None) or getattr(inbound, "key", None)}
    if outcome.reply is not None:
        detail["reply"] = outcome.reply.get("text") or outcome.reply.get("type")
    world.note(account, follower.openid, "push", name_of(inbound), outcome, detail)
    return outcome


async def tell(world: World, account: Account, inbound: Push) -> Outcome:
    """Push an event that nobody's chat shows: a publication ended, a mass message was sent."""
    outcome = await _deliver(world, account, None, inbound, time.perf_counter())
    world.note(account, inbound.openid, "push", name_of(inbound), outcome)
    return outcome


def _count(world: World, account: Account, outcome: Outcome) -> None:
    """For the analytics: how often an hour the callback was called, how often in vain, how slowly."""
    if not outcome.tries:
        return
    moment = china(world.clock.now())
    world.database.run(
        "INSERT INTO callback_hours (app_id, day, hour, count, failed, total_ms, longest_ms) "
        "VALUES (?, ?, ?, 1, ?, ?, ?) ON CONFLICT (app_id, day, hour) DO UPDATE SET "
        "count = count + 1, failed = failed + excluded.failed, "
        "total_ms = total_ms + excluded.total_ms, "
        "longest_ms = max(longest_ms, excluded.longest_ms)",
        account.app_id, moment.date().isoformat(), moment.hour,
        int(outcome.status in {"late", "failed"}), outcome.elapsed_ms, outcome.elapsed_ms,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """Who is pushed: the account's own server, or a platform it authorised."""

    account: Account
    url: str
    secrets: CallbackSecrets
    format: Format


def targets_of(world: World, account: Account) -> list[Target]:
    """The account's own server first, then the platforms, with their own keys and always safe."""
    found = []
    if account.callback_url:
        found.append(Target(account, account.callback_url, account.secrets, account.format))
    for platform in platforms.platforms_of(world, account):
        url = platform.address_for(account)
        found.append(Target(account, url, platform.secrets, Format.XML))
    return found


@dataclass(frozen=True, slots=True)
class Answer:
    """What one target made of a push: an outcome's status, and the reply before anybody saw it."""

    status: str
    tries: int
    reply: PassiveReply | None = None
    reason: str = ""
    is_wrong: bool = False


async def _deliver(
    world: World, account: Account, follower: Follower | None, inbound: Push, began: float
) -> Outcome:
    def ended(answer: Answer, reply: dict[str, object] | None = None) -> Outcome:
        elapsed = (time.perf_counter() - began) * 1000
        return Outcome(answer.status, reply, elapsed, answer.tries, answer.reason)

    targets = targets_of(world, account)
    if not targets:
        return ended(
            Answer("failed", 0, None, "the account has no callback_url, so nothing was pushed")
        )
    answers = await asyncio.gather(*(ask(world, target, inbound) for target in targets))
    answer = _together(answers)
    is_answerable = follower is not None and type(inbound).__name__ not in UNANSWERABLE
    if follower is None or not is_answerable:
        return ended(replace(answer, status="accepted") if answer.reply is not None else answer)
    if answer.status in {"failed", "late"}:
        if answer.reason != LOST:
            chats.hint(world, follower)
        return ended(answer)
    if answer.reply is None:
        return ended(answer)
    content = chats.reply_json(answer.reply)
    if isinstance(answer.reply, Handover):
        sessions.wait(world, account, follower)
        reason = "handed over to WeChat's customer service"
        return ended(replace(answer, status="accepted", reason=reason), content)
    chats.add(world, follower, sender="account", via="passive", content=content)
    return ended(answer, content)


def _together(answers: Sequence[Answer]) -> Answer:
    """One answer of several: two services that both reply make the citizen see a fault."""
    replies = [answer for answer in answers if answer.reply is not None]
    tries = max(answer.tries for answer in answers)
    if len(replies) > 1:
        return Answer("failed", tries, None, f"{len(replies)} services answered the same message")
    if replies:
        return replies[0]
    good = [answer for answer in answers if answer.status == "accepted"]
    return good[0] if good and len(good) == len(answers) else _worst(answers)


def _worst(answers: Sequence[Answer]) -> Answer:
    return next(answer for answer in answers if answer.status != "accepted")


Send = Callable[[World, Target, dict[str, str], bytes], Awaitable[bytes]]


async def ask(world: World, target: Target, inbound: Push, *, send: Send | None = None) -> Answer:
    """Push until answered, three times at most. `send` delivers one body (over aiohttp)."""
    failure = TryFailed("")
    for tries in range(1, TRIES + 1):
        started = time.perf_counter()
        try:
            body = await _try(world, target, inbound, send or _send)
        except TryFailed as error:
            failure = error
            if tries < TRIES:
                spent = time.perf_counter() - started
                await asyncio.sleep(max(0.0, world.retry_pause - spent))
            continue
        except _Lost:
            return Answer("failed", tries, None, LOST)
        try:
            reply = _accept(body, target.secrets, inbound)
        except CallbackRefused as error:
            # An answer that is no answer is not asked for again.
            return Answer("failed", tries, None, error.reason, is_wrong=True)
        return Answer("accepted" if reply is None else "answered", tries, reply)
    return Answer("late" if failure.is_late else "failed", TRIES, None, failure.reason)


def _accept(body: bytes, secrets: CallbackSecrets, inbound: Push) -> PassiveReply | None:
    """The reply as WeChat takes it; `CallbackRefused` for what it would not show."""
    reply = parse_reply(body, secrets, to=inbound.openid)
    match reply:
        case TextReply(content) if not content:
            raise CallbackRefused("a text reply without words")
        case TextReply(content) if len(content.encode()) > MAX_TEXT_BYTES:
            raise CallbackRefused(
                f"a text reply of {len(content.encode())} bytes; at most {MAX_TEXT_BYTES}"
            )
        case NewsReply(articles) if not articles:
            raise CallbackRefused("a news reply without articles")
        case NewsReply(articles):
            # Since 2018-10-12: one article in answer to a message, eight to an event.
            return NewsReply(articles[: 1 if isinstance(inbound, MessagePush) else 8])
    return reply


async def _try(world: World, target: Target, inbound: Push, send: Send) -> bytes:
    """One delivery: the body of the answer. A new timestamp, nonce and signature each time."""
    fault = faults.take(world, target.account.app_id, faults.CALLBACK)
    query, body = seal_push(inbound, target.secrets, format=target.format, now=time.time())
    match fault:
        case Fault(kind="drop"):
            raise TryFailed("the connection was reset (a fault you asked for)")
        case Fault(kind="lost_push"):
            raise _Lost
        case Fault(kind="wrong_signature"):
            for name in ("signature", "msg_signature"):
                if name in query:
                    query[name] = query[name][::-1]
        case Fault(kind="bad_json"):
            body = body[: len(body) // 2]
        case Fault(kind="out_of_order"):
            await _be_overtaken(world, target, fault)
    try:
        async with asyncio.timeout(world.push_limit):
            if fault is not None and fault.kind == "delay":
                await asyncio.sleep(fault.seconds)
            if fault is not None and fault.kind == "duplicate_push":
                again, same = seal_push(
                    inbound, target.secrets, format=target.format, now=time.time()
                )
                answers = await asyncio.gather(
                    send(world, target, query, body), send(world, target, again, same)
                )
                return answers[0]
            answer = await send(world, target, query, body)
    except TimeoutError:
        raise TryFailed(f"no answer within {world.push_limit:g} seconds", is_late=True) from None
    except (aiohttp.ClientError, OSError) as error:
        raise TryFailed(f"{type(error).__name__}: {target.url} was not reached") from error
    if target.account.app_id in world.overtaken:
        world.overtaken[target.account.app_id].set()
    match fault:
        case Fault(kind="lost_reply"):
            raise TryFailed("the answer was lost (a fault you asked for)", is_late=True)
        case Fault(kind="http_500"):
            raise TryFailed(f"HTTP {fault.status} (a fault you asked for)")
    return answer


async def _be_overtaken(world: World, target: Target, fault: Fault) -> None:
    """Wait until another push to the account was answered; the 5 seconds begin only then."""
    overtaken = world.overtaken.setdefault(target.account.app_id, asyncio.Event())
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(overtaken.wait(), fault.seconds)
    world.overtaken.pop(target.account.app_id, None)


async def _send(world: World, target: Target, query: dict[str, str], body: bytes) -> bytes:
    kind = "application/json" if target.format is Format.JSON else "text/xml"
    async with world.session.post(
        URL(target.url).update_query(query),
        data=body,
        headers={"Content-Type": kind},
        allow_redirects=False,
    ) as response:
        answer = await response.content.read(MAX_BODY + 1)
        while len(answer) <= MAX_BODY and (more := await response.content.read(MAX_BODY)):
            answer += more
        if response.status != 200:
            raise TryFailed(f"the callback answered HTTP {response.status}")
        return answer


def lean(pool: Pool) -> Send:
    """The cheaper way for a storm, over plain http."""

    async def send(world: World, target: Target, query: dict[str, str], body: bytes) -> bytes:
        kind = "application/json" if target.format is Format.JSON else "text/xml"
        mark = "&" if "?" in target.url else "?"
        status, answer = await pool.post(f"{target.url}{mark}{urlencode(query)}", body, kind)
        if status != 200:
            raise TryFailed(f"the callback answered HTTP {status}")
        return answer

    return send


async def verify(world: World, account: Account) -> str:
    """GET the callback with an echostr; what is wrong, in a sentence, or nothing."""
    echostr = str(random_ids.message_id())
    query = sign_verification(
        account.secrets, echostr=echostr, now=time.time(), nonce=random_ids.letters(10)
    )
    address = account.callback_url
    try:
        url = URL(address).update_query(query)
        if url.scheme not in {"http", "https"} or not url.host:
            return f"{address} is not an http:// or https:// address"
        async with asyncio.timeout(world.push_limit):
            async with world.session.get(url, allow_redirects=False) as response:
                answer = await response.content.read(4096)
                status = response.status
    except TimeoutError:
        return f"{address} did not answer within {world.push_limit:g} seconds"
    except ValueError as error:
        return f"{address} is not an address: {error}"
    except (aiohttp.ClientError, OSError) as error:
        return f"{address} was not reached: {type(error).__name__}"
    if status == 403:
        return (
            f"{address} answered HTTP 403: it did not accept the signature; is its token the same?"
        )
    if status != 200:
        return f"{address} answered HTTP {status} instead of 200 with the echostr"
    if answer != echostr.encode():
        with contextlib.suppress(UnicodeDecodeError):
            return f"{address} answered {answer[:80].decode()!r} instead of the echostr {echostr}"
        return f"{address} answered {len(answer)} bytes that are not the echostr {echostr}"
    return ""
