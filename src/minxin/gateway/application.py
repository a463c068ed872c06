"""The gateway: `/wechat/<AppID>/callback`, from bytes to bytes."""

import asyncio
import functools
import gc
import json
import logging
import threading
import time
from collections.abc import Awaitable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings

from minxin import wechat
from minxin.accounts.actions import note_callback_verified
from minxin.accounts.checks.asking import PROBE_KIND
from minxin.accounts.queries import AccountSettings
from minxin.conversations.actions import (
    BLANK,
    Answered,
    DialogueState,
    Recorded,
    ReplyRecord,
)
from minxin.core.actors import System
from minxin.gateway.deliveries import delivery_of
from minxin.gateway.desk import LiveDesk
from minxin.gateway.figures import FIGURES
from minxin.gateway.pace import Pace, Speed
from minxin.gateway.platforms import PlatformDoor
from minxin.gateway.probes import probed
from minxin.gateway.recorder import PATIENCE, NotRecorded, Overloaded, Recorder
from minxin.gateway.register import Register
from minxin.gateway.remembered import Remembered, keep
from minxin.gateway.responders import respond
from minxin.gateway.safety import SafetyNet
from minxin.gateway.slow import THREADS, Late, SlowLane, closing, tell_late
from minxin.gateway.turn import Better, InThread, Memory, Say, Silence, Turn
from minxin.knowledge.index import LiveIndex
from minxin.knowledge.own_model.live import LiveModel
from minxin.knowledge.passages import PassageIndex

log = logging.getLogger("minxin.gateway")

_ZONE = ZoneInfo(settings.TIME_ZONE)
PLAIN = [("content-type", "text/plain; charset=utf-8")]
BODIES = {
    wechat.Format.XML: [("content-type", "application/xml; charset=utf-8")],
    wechat.Format.JSON: [("content-type", "application/json; charset=utf-8")],
}


class Gateway:
    """One per process. `start` and `stop` are called by the root application."""

    def __init__(self) -> None:
        self._register = Register()
        self._index = LiveIndex()
        self._passages = PassageIndex(apart=settings.MINXIN_HOME / "passages")
        self._model = LiveModel()
        self._desk = LiveDesk(self._register, self._index, self._passages, self._model)
        self._pace = Pace(settings.MINXIN_CITIZEN_PACE)
        self._remembered = Remembered()
        self._recorder = Recorder(self._at_once)
        self._stop = threading.Event()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="dialogue")
        self._loop: asyncio.AbstractEventLoop | None = None
        self._slow = SlowLane(self._threads)
        self._late: dict[asyncio.Future[Say], Late] = {}
        self._platforms = PlatformDoor(self._register, self._threads, closing)

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to follow accounts and entries, and to write."""
        self._loop = loop
        # Every sentence makes some dozens of objects that die at once, and the index keeps a million
        # that do not: with Python's thresholds the collector took a fifth of the whole cost.
        gc.set_threshold(100_000, 50, 100)
        self._recorder.start(loop)
        self._register.start(self._stop)
        self._index.start(self._stop)
        self._model.start(self._stop)
        if settings.MINXIN_QUOTE_DOCUMENTS:  # else nothing is read: documents need memory
            self._passages.start(self._stop)

    def stop(self) -> None:
        """Write what waits, then end."""
        self._stop.set()
        self._recorder.stop()
        for late in list(self._late.values()):
            if late.otherwise is not None:  # nobody waits for a model any more
                self._threads.submit(closing(tell_late), late.turn, late.otherwise)
        self._slow.stop()
        self._threads.shutdown(wait=True, cancel_futures=False)

    def is_ready(self) -> bool:
        """Whether a citizen would be answered now."""
        return not self.why_not_ready()

    def why_not_ready(self) -> str:
        """What is missing, in words for an operator; empty when nothing is."""
        if self._recorder.trouble:
            return self._recorder.trouble
        if not self._register.is_read:
            return "the accounts are not read yet"
        if not self._index.is_ready:
            return "the answer index is not built yet"
        return ""

    def __call__(self, scope: Any, proto: Any, path: str) -> Awaitable[None]:
        """Answer `/wechat/<AppID>/callback`; the server awaits what comes back."""
        account = self._register.accounts.get(path[8:-9]) if path[-9:] == "/callback" else None
        if account is None:
            return self._platforms(scope, proto, path, self._loop)
        method = scope.method
        if method == "POST":
            return self._push(account, scope, proto)
        if method == "GET":
            return self._verified(account, _query(scope.query_string), proto)
        return _answered(proto, 405, "GET or POST\n")

    async def _verified(self, account: AccountSettings, query: dict[str, str], proto: Any) -> None:
        try:
            echo = wechat.verify_url(query, account.secrets, now=time.time())
        except wechat.CallbackRefused as refusal:
            self._refuse(account, refusal, proto)
            return
        proto.response_str(200, PLAIN, echo)
        if "probe" in query:  # our own check, not WeChat
            return
        self._threads.submit(closing(note_callback_verified), account.id, actor=System("gateway"),
                             now=datetime.now(_ZONE))  # fmt: skip

    async def _push(self, account: AccountSettings, scope: Any, proto: Any) -> None:
        length = scope.headers.get("content-length")
        if length and (not length.isdecimal() or int(length) > wechat.MAX_BODY):
            self._refuse(account, wechat.TooLarge(f"a body of {length[:20]} bytes"), proto)
            return
        body = await proto()
        began = time.time()
        try:
            query = _query(scope.query_string)
            opened = wechat.open_callback(query, body, account.secrets, now=began)
        except wechat.CallbackRefused as refusal:
            self._refuse(account, refusal, proto)
            return
        inbound = opened.inbound
        if type(inbound) is wechat.Unknown and inbound.kind == PROBE_KIND:
            said = probed(account, inbound, self._desk, now=datetime.fromtimestamp(began, _ZONE))
            sealed = wechat.seal_reply(_reply(said), opened, account.secrets, now=time.time())
            proto.response_bytes(200, BODIES[opened.format], sealed)
            return
        delivery = delivery_of(inbound, account.app_id, account.id)
        key, speed = delivery.citizen_key, Speed.FINE
        if isinstance(inbound, wechat.MessagePush):
            speed = self._pace.of(key, began)
        arrival = _Arrival(account, inbound, key, began, speed)
        try:
            recorded = await self._recorder.put(delivery, arrival)
            answered = recorded.answered
            if answered is None:
                said = await self._answer(arrival, recorded)
            else:
                said = answered.words
                if said:
                    FIGURES.answered += 1
                else:
                    FIGURES.silent += 1
        except Overloaded:
            FIGURES.failed += 1
            proto.response_str(503, PLAIN, "busy\n")
            return
        except NotRecorded:
            FIGURES.failed += 1
            proto.response_str(500, PLAIN, "not recorded\n")
            return
        ended = time.time()
        FIGURES.took(ended - began)
        if not said:
            proto.response_bytes(200, PLAIN, b"success")
            return
        reply = _reply(said)
        sealed = wechat.seal_reply(reply, opened, account.secrets, now=ended)
        proto.response_bytes(200, BODIES[opened.format], sealed)

    def _refuse(
        self, account: AccountSettings, refusal: wechat.CallbackRefused, proto: Any
    ) -> None:
        FIGURES.refused += 1
        log.warning("refused a push to %s: %s", account.app_id, refusal.reason)
        proto.response_str(refusal.status, PLAIN, "refused\n")

    async def _answer(self, arrival: "_Arrival", recorded: Recorded) -> str:
        """What to say to a repeat, or after some work; empty for nothing (or not yet)."""
        if recorded.reply is not None:
            earlier = json.loads(recorded.reply)
            if not earlier.get("later"):
                return str(earlier.get("text", ""))
        turn = arrival.turn(
            recorded.dialogue, recorded.has_followed_before, message_id=recorded.message_id
        )
        reply = respond(turn, self._desk)
        if isinstance(reply, InThread | Better):
            return await self._in_thread(turn, reply, PATIENCE - (time.time() - arrival.began))
        return self._say(turn, reply)

    def _at_once(
        self, arrival: "_Arrival", dialogue: DialogueState, has_followed: bool
    ) -> Answered | None:
        """What is said from memory, on the writer's thread; None for what takes work."""
        inbound = arrival.inbound
        words: str | None = None
        if dialogue is BLANK and isinstance(inbound, wechat.Text) and inbound.menu_id is None:
            words = inbound.content
            day = _day(int(arrival.began) // 900)
            answers = self._remembered.of(arrival.account, self._generation, day)
            found = answers.get(words)
            if found is not None and arrival.speed is Speed.FINE:
                return found
        try:
            reply = respond(arrival.turn(dialogue, has_followed), self._desk)
        except Exception:
            log.exception("a reply could not be found")  # asked again, alone, once it is on disk
            return None
        if isinstance(reply, Silence):
            return _SILENT
        if isinstance(reply, InThread | Better):
            return None
        if reply.memory is not None:
            kept = _kept(reply.text, reply.is_unknown, reply.about)
            return Answered(reply.text, kept, _form(reply.memory))
        answered = _said(reply.text, reply.is_unknown, reply.about)
        if words is not None and reply.holds_today:
            keep(answers, words, answered)
        return answered

    @property
    def _generation(self) -> tuple[int, int, SafetyNet]:
        """What changes with the entries, the model's settings and what must not wait: what was answered before
        is forgotten."""
        return self._index.generation, self._model.generation, self._register.safety

    def _say(self, turn: Turn, reply: Say | Silence) -> str:
        if isinstance(reply, Silence) or not reply.text:
            FIGURES.silent += 1
            self._note(turn, _SILENT.reply)
            return ""
        FIGURES.answered += 1
        kept = _kept(reply.text, reply.is_unknown, reply.about)
        self._note(turn, kept, reply.memory)
        return reply.text

    def _note(self, turn: Turn, kept: str, memory: Memory | None = None) -> None:
        self._recorder.note(ReplyRecord(turn.message_id, turn.citizen_key, kept, _form(memory)))

    async def _in_thread(self, turn: Turn, reply: InThread | Better, seconds: float) -> str:
        late = Late(turn)
        work = asyncio.ensure_future(self._slow.work_out(reply, late))
        done, _ = await asyncio.wait({work}, timeout=max(seconds, 0.0))
        if done:
            try:
                return self._say(turn, work.result())
            except Overloaded:
                raise
            except Exception as error:
                log.exception("a reply could not be worked out")
                raise NotRecorded(type(error).__name__) from error
        FIGURES.later += 1
        self._note(turn, _LATER)
        self._late[work] = late
        work.add_done_callback(self._deliver_later)
        return ""

    def _deliver_later(self, work: "asyncio.Future[Say]") -> None:
        turn = self._late.pop(work).turn
        if work.cancelled() or work.exception() is not None:
            log.error("a late reply to message %s could not be worked out", turn.message_id)
            return
        said = work.result()
        self._note(turn, _LATER, said.memory)
        if said.text and not self._stop.is_set():
            self._threads.submit(closing(tell_late), turn, said)


class _Arrival(msgspec.Struct, frozen=True):
    """A push that waits to be recorded; `began` is Unix time in seconds."""

    account: AccountSettings
    inbound: wechat.Inbound
    citizen_key: str
    began: float
    speed: Speed = Speed.FINE

    def turn(self, dialogue: DialogueState, has_followed: bool, *, message_id: int = 0) -> Turn:
        """The turn that responders are asked about."""
        return Turn(
            self.account,
            dialogue,
            self.inbound,
            message_id,
            self.citizen_key,
            has_followed,
            datetime.fromtimestamp(self.began, _ZONE),
            speed=self.speed,
        )


@functools.lru_cache(maxsize=16)
def _day(quarter: int) -> date:
    """The day of a quarter of an hour since 1970; days begin on one everywhere."""
    return datetime.fromtimestamp(quarter * 900, _ZONE).date()


_json = json.JSONEncoder(ensure_ascii=False).encode
_LATER = _json({"later": True})
_SILENT = Answered("", _json({"silent": True}))


@functools.lru_cache(maxsize=2048)  # the same answers again and again
def _reply(words: str) -> wechat.TextReply:
    """Words as WeChat takes them."""
    return wechat.TextReply(wechat.cut_text(words))


@functools.lru_cache(maxsize=8192)
def _said(text: str, is_unknown: bool, about: int) -> Answered:
    """What is said and changes nothing: one object, however many ways people have of asking for it."""
    return Answered(text, _kept(text, is_unknown, about))


@functools.lru_cache(maxsize=2048)
def _kept(text: str, is_unknown: bool, about: int) -> str:
    """What is kept of words that were said, and of which entry they are."""
    kept: dict[str, object] = {"text": text}
    if is_unknown:
        kept["unknown"] = True
    if about:
        kept["about"] = about
    return _json(kept)


def _form(memory: Memory | None) -> str | None:
    """What the dialogue remembers from now on, as it is recorded."""
    if memory is None:
        return None
    return _json(memory) if memory else "null"


async def _answered(proto: Any, status: int, words: str) -> None:
    proto.response_str(status, PLAIN, words)


def _query(text: str) -> dict[str, str]:
    """A query as a dict; WeChat's own needs no decoding."""
    if "%" in text or "+" in text:
        return dict(parse_qsl(text, keep_blank_values=True))
    return dict([pair.split("=", 1) for pair in text.split("&") if "=" in pair])
