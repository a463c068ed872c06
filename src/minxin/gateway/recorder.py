"""The writer: one thread per process that commits all that waits, again and again.

A message waits only for the commit in flight. What arrives in one breath of the event loop is handed
over together: a hand-over for each message made the two threads snatch the interpreter from each
other, and a message cost five times as much. Nothing waits for a timer. The queue is swapped under
its lock, so nothing is acknowledged that was not in the batch; a batch that fails, or a thread that
dies, fails everything that waits, so that WeChat asks again.
"""

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import DataError, IntegrityError, close_old_connections, connection
from django.db import Error as DatabaseProblem
from prometheus_client import Counter, Gauge, Histogram

from minxin.conversations.actions import (
    Answer,
    Answered,
    Delivery,
    DialogueState,
    KnownKeys,
    Recorded,
    ReplyRecord,
    record_batch,
)

log = logging.getLogger("minxin.gateway")

LARGEST_BATCH = 512
LONGEST_QUEUE = 8192
# A hand-over waits until so many turns of the loop brought nothing new, but not longer than so many.
QUIET_TURNS = 2
MOST_TURNS = 8
# WeChat waits five seconds for an answer: what is not on disk by then is not acknowledged, in seconds.
PATIENCE = 4.5
# A commit that lasts longer means trouble, in seconds.
SLOW_COMMIT = 3.0
# A reply that no further message takes along is recorded after this time, in seconds.
REPLIES_AFTER = 0.02
RECOVERY_PAUSE = 0.5

_batches = Counter("minxin_gateway_batches", "Group commits")
_messages = Counter("minxin_gateway_recorded", "Messages recorded for the first time")
_repeats = Counter("minxin_gateway_repeats", "Pushes that were there already")
_failures = Counter("minxin_gateway_failed_batches", "Group commits that failed")
_waiting = Gauge("minxin_gateway_waiting", "Messages waiting for a commit")
_seconds = Histogram(
    "minxin_gateway_commit_seconds",
    "Time of one group commit",
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5),
)


class NotRecorded(Exception):
    """The message is not on disk: it must not be acknowledged."""


class Overloaded(NotRecorded):
    """More waits than can be recorded in time."""


_Waiting = tuple[Delivery, "asyncio.Future[Recorded]", Any]
Record = Callable[..., Sequence[Recorded]]
# What to say at once to what was handed over with a delivery, of whom this is remembered, who has
# followed before. Asked on the writer's thread; see `minxin.conversations.recording.Answer`.
AnswerAtOnce = Callable[[Any, DialogueState, bool], Answered | None]


class Recorder:
    """Records deliveries on behalf of an event loop, with what `answer` says to them at once."""

    def __init__(self, answer: AnswerAtOnce | None = None, record: Record = record_batch) -> None:
        self._answer = answer
        self._record = record
        self._known = KnownKeys()
        self._ready = threading.Condition()
        self._queue: list[_Waiting] = []
        self._replies: list[ReplyRecord] = []
        # Touched on the loop only.
        self._arriving: list[_Waiting] = []
        self._deadlines: deque[tuple[float, list[asyncio.Future[Recorded]]]] = deque()
        self._said: list[ReplyRecord] = []
        self._is_watching = False
        self._is_stopping = False
        self._trouble = "the writer has not started"
        self._commit_began = 0.0  # monotonic; 0 between commits
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    @property
    def trouble(self) -> str:
        """Why messages cannot be recorded right now; empty when they can."""
        began = self._commit_began
        if not self._trouble and began and time.monotonic() - began > SLOW_COMMIT:
            return "the database has been locked or silent for seconds"
        return self._trouble

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to write."""
        self._loop = loop
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Write what waits, then end. Call it on the loop."""
        with self._ready:
            self._queue += self._arriving
            self._replies += self._said
            self._arriving, self._said = [], []
            self._is_stopping = True
            self._ready.notify()
        if self._thread is not None:
            self._thread.join(5)

    def put(self, delivery: Delivery, arrival: Any = None) -> "asyncio.Future[Recorded]":
        """Hand over a delivery, and what `answer` needs to know of it; the future is done when it is
        on disk, and fails with `NotRecorded` when it is not after `PATIENCE`. Call it on the loop."""
        assert self._loop is not None  # noqa: S101  (started before it serves)
        if self._is_stopping or self._thread is None:
            raise NotRecorded(self._trouble or "the writer is stopping")
        if len(self._arriving) + len(self._queue) >= LONGEST_QUEUE:
            raise Overloaded("too many messages wait")
        future: asyncio.Future[Recorded] = self._loop.create_future()
        self._arriving.append((delivery, future, arrival))
        if len(self._arriving) == 1:
            self._loop.call_soon(self._hand_over, 1, 0, 0)
        return future

    def note(self, reply: ReplyRecord) -> None:
        """Have a reply recorded with the next batch. Call it on the loop."""
        assert self._loop is not None  # noqa: S101
        self._said.append(reply)
        if len(self._said) == 1:
            self._loop.call_later(REPLIES_AFTER, self._hand_over_replies)

    def _hand_over(self, turns: int, before: int, quiet: int) -> None:
        """Give what has arrived to the writer, once the loop brings nothing more."""
        assert self._loop is not None  # noqa: S101
        count = len(self._arriving)
        if not count:
            return
        quiet = 0 if count > before else quiet + 1
        if quiet < QUIET_TURNS and turns < MOST_TURNS and count < LARGEST_BATCH:
            # The server's own threads have the next requests in hand: let them run.
            time.sleep(0)
            self._loop.call_soon(self._hand_over, turns + 1, count, quiet)
            return
        arriving, self._arriving = self._arriving, []
        # One timer for all: they expire in the order in which they came.
        if not self._is_watching:
            self._is_watching = True
            self._loop.call_later(PATIENCE, self._expire)
        futures = [future for _, future, _ in arriving]
        self._deadlines.append((self._loop.time() + PATIENCE, futures))
        with self._ready:
            if not self._is_stopping:
                self._queue += arriving
                self._replies += self._said
                self._said = []
                self._ready.notify()
                return
        _reject(futures, NotRecorded(self._trouble or "stopping"))

    def _hand_over_replies(self) -> None:
        if self._said:
            with self._ready:
                self._replies += self._said
                self._said = []
                self._ready.notify()

    def _resolve(
        self, futures: list["asyncio.Future[Recorded]"], results: Sequence[Recorded]
    ) -> None:
        for future, result in zip(futures, results, strict=True):
            if not future.done():
                future.set_result(result)
        while self._deadlines and _are_done(self._deadlines[0][1]):
            self._deadlines.popleft()

    def _expire(self) -> None:
        assert self._loop is not None  # noqa: S101
        now = self._loop.time() + 0.001
        while self._deadlines and (
            self._deadlines[0][0] <= now or _are_done(self._deadlines[0][1])
        ):
            _, futures = self._deadlines.popleft()
            _reject(futures, NotRecorded("not recorded in time"))
        self._is_watching = bool(self._deadlines)
        if self._is_watching:
            self._loop.call_later(max(self._deadlines[0][0] - now, 0.01), self._expire)

    def _take(self) -> tuple[list[_Waiting], list[ReplyRecord], bool]:
        with self._ready:
            while not (self._queue or self._replies or self._is_stopping):
                self._ready.wait()
            batch, self._queue = self._queue[:LARGEST_BATCH], self._queue[LARGEST_BATCH:]
            replies, self._replies = self._replies, []
            _waiting.set(len(self._queue))
            return batch, replies, self._is_stopping and not batch and not replies

    def _run(self) -> None:
        batch: list[_Waiting] = []
        try:
            self._trouble = ""
            while True:
                batch, replies, is_over = self._take()
                if is_over:
                    return
                self._write(batch, replies)
                batch = []
        except BaseException:
            log.exception("the writer died")
            raise
        finally:
            self._trouble = self._trouble or "the writer has ended"
            with self._ready:
                left, self._queue = [*batch, *self._queue], []
                self._is_stopping = True
            self._fail(left, NotRecorded(self._trouble))
            connection.close()

    def _write(self, batch: list[_Waiting], replies: list[ReplyRecord]) -> None:
        began = self._commit_began = time.monotonic()
        now = datetime.now(UTC)
        try:
            results = self._record(
                [item[0] for item in batch],
                replies,
                answer=self._answer_of(batch),
                known=self._known,
                now=now,
            )
        except (DataError, IntegrityError, ValueError, TypeError) as error:
            if len(batch) + len(replies) > 1:
                self._write_apart(batch, replies)
            else:
                log.exception("a message or a reply cannot be recorded")
                self._fail(batch, NotRecorded(type(error).__name__))
            return
        except Exception as error:
            if not isinstance(error, DatabaseProblem):
                log.exception("a batch could not be recorded")
            self._failed(batch, replies if isinstance(error, DatabaseProblem) else [], error)
            return
        finally:
            self._commit_began = 0.0
        if self._trouble:
            log.warning("messages are recorded again")
            self._trouble = ""
        _batches.inc()
        _seconds.observe(time.monotonic() - began)
        fresh = sum(result.is_new for result in results)
        _messages.inc(fresh)
        if fresh != len(results):
            _repeats.inc(len(results) - fresh)
        if batch:
            futures = [future for _, future, _ in batch]
            self._on_loop(self._resolve, futures, results)

    def _answer_of(self, batch: list[_Waiting]) -> Answer | None:
        answer = self._answer
        if answer is None:
            return None
        return lambda place, state, has_followed: answer(batch[place][2], state, has_followed)

    def _write_apart(self, batch: list[_Waiting], replies: list[ReplyRecord]) -> None:
        """One by one, so that what cannot be recorded keeps nothing else from it."""
        for reply in replies:
            self._write([], [reply])
        for place, item in enumerate(batch):
            if self._trouble:  # the database has gone meanwhile
                self._fail(batch[place:], NotRecorded(self._trouble))
                return
            self._write([item], [])

    def _failed(self, batch: list[_Waiting], replies: list[ReplyRecord], error: Exception) -> None:
        _failures.inc()
        self._trouble = f"the database does not take messages ({type(error).__name__})"
        log.error("%s messages are not recorded: %s", len(batch), type(error).__name__)
        self._fail(batch, NotRecorded(self._trouble))
        with self._ready:
            # What was said stays to be recorded; a long outage must not fill the memory.
            self._replies = (replies + self._replies)[-LONGEST_QUEUE:]
            waiting, self._queue = self._queue, []
        self._fail(waiting, NotRecorded(self._trouble))
        self._recover()

    def _recover(self) -> None:
        """Wait until the database answers a write again, failing at once whatever comes."""
        while not self._is_stopping:
            time.sleep(RECOVERY_PAUSE)
            with self._ready:
                waiting, self._queue = self._queue, []
            self._fail(waiting, NotRecorded(self._trouble))
            try:
                close_old_connections()
                connection.close()
                with connection.cursor() as cursor:
                    if connection.vendor == "sqlite":
                        cursor.execute("BEGIN IMMEDIATE")
                        cursor.execute("ROLLBACK")
                    else:
                        cursor.execute("SELECT 1")
            except DatabaseProblem:
                continue
            self._trouble = ""
            log.warning("the database answers again")
            return

    def _fail(self, waiting: list[_Waiting], error: NotRecorded) -> None:
        if waiting:
            self._on_loop(_reject, [future for _, future, _ in waiting], error)

    def _on_loop(self, function: Callable[..., None], *arguments: object) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(function, *arguments)


def _are_done(futures: list["asyncio.Future[Recorded]"]) -> bool:
    return all(future.done() for future in futures)


def _reject(futures: list["asyncio.Future[Recorded]"], error: NotRecorded) -> None:
    for future in futures:
        if not future.done():
            future.set_exception(error)
