"""Serves a WSGI application over RSGI: Django's pages beside the gateway in one process.

At most `THREADS` requests are in Django at once, so pages cannot starve the gateway of the GIL by
number. Small bodies travel whole; larger uploads and streamed downloads travel chunk by chunk.
"""

import asyncio
import io
import sys
from collections.abc import Callable, Coroutine, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

THREADS = 4
WHOLE_BODY = 1 << 20
CHUNK_TIMEOUT = 30.0

Headers = list[tuple[str, str]]


class Scope(Protocol):
    """What RSGI tells of a request."""

    proto: str
    http_version: str
    server: str
    client: str
    scheme: str
    method: str
    path: str
    query_string: str
    authority: str | None

    @property
    def headers(self) -> Any: ...


WSGIApplication = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class _Upload(io.RawIOBase):
    """A request body that arrives while it is read, for a thread that may wait."""

    def __init__(self, chunks: Any, loop: asyncio.AbstractEventLoop) -> None:
        self._chunks = chunks
        self._loop = loop
        self._left = b""
        self._is_over = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._left and not self._is_over:
            future = asyncio.run_coroutine_threadsafe(self._next(), self._loop)
            chunk = future.result(CHUNK_TIMEOUT)
            if chunk is None:
                self._is_over = True
            else:
                self._left = chunk
        size = min(len(buffer), len(self._left))
        buffer[:size] = self._left[:size]
        self._left = self._left[size:]
        return size

    async def _next(self) -> bytes | None:
        try:
            return bytes(await self._chunks.__anext__())
        except StopAsyncIteration:
            return None


class Bridge:
    """An RSGI coroutine in front of a WSGI application."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="page")

    def close(self) -> None:
        """Take no more requests; those in a thread finish."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def __call__(self, scope: Scope, proto: Any) -> None:
        loop = asyncio.get_running_loop()
        headers = scope.headers
        length = headers.get("content-length")
        is_chunked = "transfer-encoding" in headers
        body: io.RawIOBase | io.BytesIO
        if is_chunked or (length and length.isdecimal() and int(length) > WHOLE_BODY):
            body = io.BufferedReader(_Upload(proto.__aiter__(), loop))  # type: ignore[assignment]
        else:
            body = io.BytesIO(await proto() if length else b"")
        environ = _environ(scope, headers, body, is_chunked)
        exchange = _Exchange(self._application, environ, proto, loop)
        await loop.run_in_executor(self._threads, exchange.run)
        exchange.answer_whole()


class _Exchange:
    """One request and its answer; `run` is called in a thread, the rest on the loop."""

    def __init__(
        self,
        application: WSGIApplication,
        environ: dict[str, Any],
        proto: Any,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._application = application
        self._environ = environ
        self._proto = proto
        self._loop = loop
        self._status = 500
        self._headers: Headers = []
        self._whole: bytes | None = None

    def start_response(
        self, status: str, headers: Headers, exc_info: Any = None
    ) -> Callable[[bytes], Any]:
        self._status = int(status.split(" ", 1)[0])
        self._headers = [(name.lower(), value) for name, value in headers]
        return _refuse_write

    def run(self) -> None:
        result = self._application(self._environ, self.start_response)
        try:
            chunks = iter(result)
            first = next(chunks, b"")
            second = next(chunks, None) if not _is_streamed(result) else None
            if second is None and not _is_streamed(result):
                self._whole = first
                return
            self._stream(first, second, chunks)
        finally:
            close = getattr(result, "close", None)
            if close is not None:
                close()

    def _stream(self, first: bytes, second: bytes | None, rest: Iterator[bytes]) -> None:
        transport = self._on_loop(self._open_stream())
        try:
            for chunk in (first, second):
                if chunk:
                    self._on_loop(transport.send_bytes(chunk))
            for chunk in rest:
                if chunk:
                    self._on_loop(transport.send_bytes(chunk))
        except Exception as error:  # the reader went away, or reads too slowly to hold a thread
            if type(error).__name__ not in {
                "RSGIProtocolClosed",
                "RSGIProtocolError",
                "TimeoutError",
            }:
                raise

    async def _open_stream(self) -> Any:
        return self._proto.response_stream(self._status, self._headers)

    def _on_loop(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(_await(work), self._loop).result(CHUNK_TIMEOUT)

    def answer_whole(self) -> None:
        if self._whole is not None:
            if self._whole:
                self._proto.response_bytes(self._status, self._headers, self._whole)
            else:
                self._proto.response_empty(self._status, self._headers)


async def _await(work: Coroutine[Any, Any, Any]) -> Any:
    return await work


def _refuse_write(data: bytes) -> None:
    raise RuntimeError("the write() callable of WSGI is not supported")


def _is_streamed(result: Any) -> bool:
    return bool(getattr(result, "streaming", False))


def _environ(scope: Scope, headers: Any, body: Any, is_chunked: bool) -> dict[str, Any]:
    authority = headers.get("host") or scope.authority or scope.server
    host, _, port = authority.rpartition(":")
    if not host or not port.isdecimal():
        host, port = authority, "443" if scope.scheme == "https" else "80"
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode("utf-8").decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]") or scope.client,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": body,
        "wsgi.input_terminated": is_chunked,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "HTTP_HOST": authority,
    }
    for name, value in headers.items():
        if "_" in name:
            continue  # X_Forwarded and X-Forwarded must not become one
        key = name.upper().replace("-", "_")
        if key == "CONTENT_TYPE" or key == "CONTENT_LENGTH":
            environ[key] = value
            continue
        key = f"HTTP_{key}"
        environ[key] = (
            f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{value}"
            if key in environ and key != "HTTP_HOST"
            else value
        )
    return environ
