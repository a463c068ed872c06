"""One process that serves the simulator and ends cleanly."""

import asyncio
import signal
from pathlib import Path

from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server.embed import Server

from minxin.simulator.application import create_app


def serve(home: Path, host: str = "127.0.0.1", port: int = 8100) -> None:
    """Serve until SIGINT or SIGTERM. Open streams are ended first, or they would hold the end up."""
    asyncio.run(_serve(home, host, port))


async def _serve(home: Path, host: str, port: int) -> None:
    app = create_app(home)
    server = Server(
        app,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        websockets=False,
        backlog=1024,
        log_level=LogLevels.error,
    )
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    serving = loop.create_task(server.serve())
    waiting = loop.create_task(stop.wait())
    await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    hub = app.state.world.hub
    hub.close()
    for _ in range(40):  # the listeners' last words: stopping in the middle of one ends in a panic
        if not hub.listeners:
            break
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.1)
    if not serving.done():
        server.stop()  # type: ignore[no-untyped-call]
    await serving
    await asyncio.sleep(0.1)
