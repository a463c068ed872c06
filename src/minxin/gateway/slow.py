"""What is worked out beside the event loop: what needs the database, and what waits for a model.

Two sets of threads, each with a bound: a model that takes its time keeps nobody from filing a ticket, and
what would wait too long is not begun.
"""

import asyncio
import functools
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from django.db import close_old_connections, transaction

from minxin.citizens.queries import by_key
from minxin.conversations.actions import send
from minxin.conversations.contents import MenuContent, TextContent
from minxin.core.actors import System
from minxin.gateway.recorder import Overloaded
from minxin.gateway.turn import Better, InThread, Say, Turn
from minxin.knowledge.actions import Asking, record_askings

log = logging.getLogger("minxin.gateway")
THREADS = 4
MODEL_THREADS = 2
MOST_WAITING = 64  # replies that are worked out or wait for a thread; one takes 10 to 50 ms
MOST_FOR_THE_MODEL = 8  # one takes seconds


@dataclass(slots=True)
class Late:
    """A reply that is being worked out; `otherwise` is what goes out if nobody can wait any longer."""

    turn: Turn
    otherwise: Say | None = None


class SlowLane:
    """Works replies out; used on the event loop."""

    def __init__(self, threads: ThreadPoolExecutor) -> None:
        self._threads = threads
        self._for_models = ThreadPoolExecutor(MODEL_THREADS, thread_name_prefix="model")
        self._waiting = self._at_the_model = 0

    def stop(self) -> None:
        """What has not begun is not begun any more."""
        self._for_models.shutdown(wait=False, cancel_futures=True)

    async def work_out(self, reply: InThread | Better, late: Late) -> Say:
        """The words. Raises `Overloaded` where too many wait and nothing can be said instead."""
        found: Say | Better
        if isinstance(reply, Better):
            found = reply
        elif self._waiting < MOST_WAITING:
            self._waiting += 1
            try:
                found = await _in(self._threads, reply.work)
            finally:
                self._waiting -= 1
        elif reply.instead is not None:
            found = reply.instead()
        else:
            raise Overloaded
        return await self._better(found, late) if isinstance(found, Better) else found

    async def _better(self, better: Better, late: Late) -> Say:
        if self._at_the_model >= MOST_FOR_THE_MODEL:
            return better.otherwise
        late.otherwise = better.otherwise
        self._at_the_model += 1
        try:
            return await _in(self._for_models, better.work) or better.otherwise
        except Exception:
            log.exception("the model's words could not be had")
            return better.otherwise
        finally:
            self._at_the_model -= 1


async def _in(threads: ThreadPoolExecutor, work: Callable[[], Any]) -> Any:
    return await asyncio.get_running_loop().run_in_executor(threads, closing(work))


def tell_late(turn: Turn, said: Say) -> None:
    """Deliver what was worked out late. What turned out to be unknown is counted here: its row was read when
    nobody knew that yet."""
    with transaction.atomic():
        send_later(turn, said.text, said.menu)
        if said.is_unknown and turn.text:
            asking = Asking(turn.account.agency_id, turn.text, turn.citizen_key, turn.now)
            record_askings([asking], now=turn.now)


def send_later(turn: Turn, text: str, menu: MenuContent | None = None) -> None:
    """Deliver a reply that took too long by customer-service message, as a menu where it has choices; once,
    whatever happens."""
    citizen = by_key(turn.citizen_key)
    key = f"later:{turn.message_id}"
    send(citizen, menu or TextContent(text), key=key, actor=System("gateway"), now=turn.now)


def closing(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function with fresh database connections around it, for threads of our own."""

    @functools.wraps(function)
    def closed(*arguments: Any, **named: Any) -> Any:
        close_old_connections()
        try:
            return function(*arguments, **named)
        finally:
            close_old_connections()

    return closed
