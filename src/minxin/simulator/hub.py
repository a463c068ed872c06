"""Who listens to what happens: the phones and the stage, over server-sent events."""

import asyncio
from collections.abc import AsyncIterator, Collection
from typing import Any

from minxin.simulator.database import to_json

HEARTBEAT = 15.0
WAITING = 1000


class Hub:
    """Passes events on to listeners. An event is a name, a mapping, and the citizen it concerns."""

    def __init__(self) -> None:
        self._listeners: dict[asyncio.Queue[str | None], Collection[int] | None] = {}
        self._is_closed = False

    @property
    def listeners(self) -> int:
        return len(self._listeners)

    def tell(self, name: str, data: dict[str, Any], *, citizen: int | None = None) -> None:
        """Pass on; a listener that has fallen too far behind is let go and will come again."""
        if not self._listeners:
            return
        text = f"event: {name}\ndata: {to_json(data)}\n\n"
        for queue, citizens in list(self._listeners.items()):
            if citizen is not None and citizens is not None and citizen not in citizens:
                continue
            try:
                queue.put_nowait(text)
            except asyncio.QueueFull:
                del self._listeners[queue]
                queue.get_nowait()
                queue.put_nowait(None)

    async def listen(self, citizens: Collection[int] | None) -> AsyncIterator[str]:
        """The stream for one listener: all events without a citizen and those of `citizens`."""
        queue: asyncio.Queue[str | None] = asyncio.Queue(WAITING)
        self._listeners[queue] = citizens
        try:
            yield "retry: 1000\nevent: ready\ndata: {}\n\n"
            while not self._is_closed:
                try:
                    text = await asyncio.wait_for(queue.get(), HEARTBEAT)
                except TimeoutError:
                    text = ": still here\n\n"
                if text is None:
                    return
                yield text
        finally:
            self._listeners.pop(queue, None)

    def close(self) -> None:
        """End every stream: the server is stopping."""
        self._is_closed = True
        for queue in self._listeners:
            try:
                queue.put_nowait(None)
            except asyncio.QueueFull:
                queue.get_nowait()
                queue.put_nowait(None)
