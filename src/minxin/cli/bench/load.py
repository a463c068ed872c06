"""The load of `minxin bench gateway`, in a process of its own: WeChat's pushes over raw connections.

Reads one order (JSON) per line on stdin, answers one result (JSON) per line on stdout. Pushes are
encrypted before the clock starts, each with a MsgId of its own.
"""

import asyncio
import json
import os
import random
import sys
import time
from collections import deque
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from minxin import wechat
from minxin.cli.bench import questions

APP_ID = "wxbench0123456789a"
SECRETS = wechat.CallbackSecrets(APP_ID, "bencht0ken", "b" * 43, wechat.Mode.SAFE)
CITIZENS = 400
# One answer in so many is opened afterwards, to see that it is an answer.
SAMPLE = 50
GIVEN_UP_AFTER = 60.0


def push(number: int, text: str, path: str) -> bytes:
    """The bytes of one request: safe mode, XML, keep-alive."""
    inbound = wechat.Text(
        account="gh_bench",
        openid=f"oBench{number % CITIZENS:018d}",
        created_at=int(time.time()),
        message_id=number,
        content=text,
    )
    query, body = wechat.seal_push(inbound, SECRETS, format=wechat.Format.XML, now=time.time())
    head = (
        f"POST {path}?{urlencode(query)} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Content-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class _Run:
    """What all connections of one order share."""

    def __init__(self, requests: Sequence[tuple[int, bytes]], over: "asyncio.Future[None]") -> None:
        self.left = deque(requests)
        self.open = len(requests)
        self.over = over
        self.acknowledged: list[int] = []
        self.refused = 0
        self.times: list[float] = []
        self.samples: list[bytes] = []

    def done(self, number: int, status: int, body: bytes, seconds: float) -> None:
        self.times.append(seconds)
        if status == 200:
            self.acknowledged.append(number)
            if len(self.acknowledged) % SAMPLE == 0:
                self.samples.append(body)
        else:
            self.refused += 1
        self.open -= 1
        if not self.open and not self.over.done():
            self.over.set_result(None)


class _Connection(asyncio.Protocol):
    """One keep-alive connection: the next request leaves when the answer is whole."""

    def __init__(self, run: _Run) -> None:
        self._run = run
        self._got = b""
        self._number = 0
        self._began = 0.0
        self._is_busy = False
        self._transport: asyncio.Transport | None = None
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101
        self._transport = transport
        self._next()

    def _next(self) -> None:
        assert self._transport is not None  # noqa: S101
        if not self._run.left:
            self._transport.close()
            return
        self._number, request = self._run.left.popleft()
        self._is_busy = True
        self._began = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._got = self._got + data if self._got else data
        end = self._got.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self._got[:end].lower()
        at = head.find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self._got) < end + 4 + length:
            return
        body, self._got = self._got[end + 4 :], b""
        self._is_busy = False
        status = int(head[9:12])
        self._run.done(self._number, status, body, time.perf_counter() - self._began)
        if b"connection: close" not in head:
            self._next()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.lost.done():
            self.lost.set_result(None)
        if self._is_busy:  # died before it answered
            self._run.done(self._number, 0, b"", time.perf_counter() - self._began)
            self._is_busy = False


async def _lane(port: int, run: _Run) -> None:
    """Keep one connection open as long as there is something to push."""
    loop = asyncio.get_running_loop()
    while run.left:
        try:
            _, connection = await loop.create_connection(
                lambda: _Connection(run), "127.0.0.1", port
            )
        except OSError:
            if run.over.done():
                return
            number, _ = run.left.popleft()
            run.done(number, 0, b"", 0.0)
            continue
        await connection.lost


async def _carry_out(order: dict[str, Any]) -> dict[str, Any]:
    draw = random.Random(order["first"])
    citizens = questions.Citizens(draw, is_each_new=bool(order.get("is_each_new")))
    numbers = range(order["first"], order["first"] + order["count"])
    requests = [(number, push(number, citizens.ask(), order["path"])) for number in numbers]
    print(json.dumps({"ready": True}), flush=True)
    sys.stdin.readline()
    run = _Run(requests, asyncio.get_running_loop().create_future())
    began = time.perf_counter()
    lanes = [asyncio.create_task(_lane(order["port"], run)) for _ in range(order["connections"])]
    done, _ = await asyncio.wait([run.over], timeout=GIVEN_UP_AFTER)
    seconds = time.perf_counter() - began
    for lane in lanes:
        lane.cancel()
    times = sorted(run.times) or [0.0]
    return {
        "is_over": bool(done),
        "seconds": seconds,
        "acknowledged": len(run.acknowledged),
        "refused": run.refused,
        "p50_ms": times[len(times) // 2] * 1000,
        "p99_ms": times[min(len(times) - 1, int(len(times) * 0.99))] * 1000,
        "max_ms": times[-1] * 1000,
        "answered": sum(map(_is_answer, run.samples)) / max(len(run.samples), 1),
        "sourced": sum(map(_is_sourced, run.samples)) / max(len(run.samples), 1),
        "numbers": run.acknowledged if order.get("tell_numbers") else [],
    }


def _words(body: bytes) -> str:
    try:
        reply = wechat.parse_reply(body, SECRETS)
    except wechat.CallbackRefused:
        return ""
    return reply.content if isinstance(reply, wechat.TextReply) else ""


def _is_answer(body: bytes) -> bool:
    return bool(_words(body))


def _is_sourced(body: bytes) -> bool:
    return "来源：" in _words(body)


def main() -> None:
    """Carry out orders until stdin ends."""
    os.sched_setaffinity(0, {int(sys.argv[1])})
    for line in sys.stdin:
        print(json.dumps(asyncio.run(_carry_out(json.loads(line)))), flush=True)


if __name__ == "__main__":
    main()
