"""A call to somebody outside that ends in time, whatever the other side does."""

import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, Self


class Deadline:
    """Ends a call after so many seconds, by shutting its connection: the limits of httpx are for each wait, and
    who sends a byte now and then is never over them. Connecting is not ended; it has a limit of its own."""

    def __init__(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True
        self._socket: socket.socket | None = None

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._timer.cancel()

    def trace(self, name: str, info: Mapping[str, Any]) -> None:
        """httpx's extension of this name: what it says of a connection is noted."""
        if name in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            self._socket = info["return_value"].get_extra_info("socket")

    def _end(self) -> None:
        if self._socket is not None:
            with suppress(OSError):  # it is closed already
                # Not the method of TLS: that takes its state away from who is reading.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
