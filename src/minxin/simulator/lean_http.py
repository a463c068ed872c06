"""POST over kept connections, as cheaply as a storm needs it: plain http, HTTP/1.1, no redirects.

Ordinary pushes go through aiohttp, which knows all of HTTP; this costs a fifth of it.
"""

import asyncio
from collections import deque
from urllib.parse import urlsplit

Answer = tuple[int, bytes]
LONGEST_HEAD = 65_536


class Broken(OSError):
    """The other side closed the connection, or spoke something else than HTTP/1.1."""


class _Connection(asyncio.Protocol):
    """One connection: one request at a time."""

    def __init__(self) -> None:
        self._got = b""
        self._waiting: asyncio.Future[Answer] | None = None
        self._transport: asyncio.Transport | None = None
        self.is_open = True
        self.may_be_kept = True
        self._ends_with_connection: tuple[int, int] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101
        self._transport = transport

    def send(self, request: bytes) -> "asyncio.Future[Answer]":
        assert self._transport is not None  # noqa: S101
        self._got = b""
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._waiting

    def data_received(self, data: bytes) -> None:
        self._got = self._got + data if self._got else data
        try:
            answer = self._read()
        except ValueError as error:
            self._fail(Broken(str(error)))
            return
        if answer is not None and self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(answer)

    def _read(self) -> Answer | None:
        """The whole answer, once it is there."""
        end = self._got.find(b"\r\n\r\n")
        if end < 0:
            if len(self._got) > LONGEST_HEAD:
                raise ValueError("a head that never ends")
            return None
        head = self._got[:end].lower()
        if not head.startswith(b"http/1."):
            raise ValueError("not HTTP/1")
        self.may_be_kept = b"connection: close" not in head and head.startswith(b"http/1.1")
        body, status = self._got[end + 4 :], int(head[9:12])
        at = head.find(b"content-length:")
        if at >= 0:
            length = int(head[at + 15 :].split(b"\r\n", 1)[0])
            return (status, body[:length]) if len(body) >= length else None
        if b"transfer-encoding: chunked" in head:
            return _unchunked(status, body)
        self.may_be_kept = False
        self._ends_with_connection = (status, end + 4)
        return None

    def connection_lost(self, error: Exception | None) -> None:
        self.is_open = False
        if self._ends_with_connection and self._waiting and not self._waiting.done():
            status, start = self._ends_with_connection
            self._waiting.set_result((status, self._got[start:]))
        self._fail(Broken("the connection was closed"))

    def _fail(self, error: Broken) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(error)
        self.close()

    def close(self) -> None:
        self.is_open = False
        if self._transport is not None:
            self._transport.close()


def _unchunked(status: int, body: bytes) -> Answer | None:
    """The body of a chunked answer, once its last chunk is there."""
    found, at = bytearray(), 0
    while True:
        end = body.find(b"\r\n", at)
        if end < 0:
            return None
        size = int(body[at:end].split(b";")[0], 16)
        if size == 0:
            return status, bytes(found)
        if len(body) < end + 2 + size + 2:
            return None
        found += body[end + 2 : end + 2 + size]
        at = end + 2 + size + 2


class Pool:
    """Connections per host and port, used again while the other side keeps them."""

    def __init__(self) -> None:
        self._idle: dict[tuple[str, int], deque[_Connection]] = {}

    async def post(self, url: str, body: bytes, content_type: str) -> Answer:
        """The status and the body; `OSError` when there is no answer."""
        parts = urlsplit(url)
        place = (parts.hostname or "", parts.port or 80)
        path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nUser-Agent: Mozilla/4.0\r\n"
            f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        connection = await self._connection(place)
        try:
            answer = await connection.send(head.encode("latin-1") + body)
        except BaseException:
            connection.close()
            raise
        if connection.may_be_kept and connection.is_open:
            self._idle.setdefault(place, deque()).append(connection)
        else:
            connection.close()
        return answer

    async def _connection(self, place: tuple[str, int]) -> _Connection:
        idle = self._idle.get(place)
        while idle:
            connection = idle.pop()
            if connection.is_open:
                return connection
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(_Connection, *place)
        return connection

    def close(self) -> None:
        for idle in self._idle.values():
            for connection in idle:
                connection.close()
        self._idle.clear()
