"""`minxin web`: the root application under Granian."""

import argparse
import contextlib
import os


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="address to listen on (MINXIN_HOST, 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on (MINXIN_PORT, 8000)")
    parser.add_argument("--workers", type=int, default=1, help="processes (1)")
    parser.add_argument(
        "--only", choices=["gateway", "site"], default="", help="serve only one half"
    )


def run(arguments: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM."""
    if arguments.only:
        os.environ["MINXIN_WEB_ONLY"] = arguments.only
    from django.conf import settings

    serve(
        "minxin.site.application:app",
        host=arguments.host or settings.MINXIN_HOST,
        port=arguments.port or settings.MINXIN_PORT,
        workers=arguments.workers,
    )
    return 0


def serve(target: str, *, host: str, port: int, workers: int = 1, is_plain: bool = False) -> None:
    """Granian as we run it everywhere, the benchmarks included; `is_plain`: as it comes, to compare."""
    from granian.constants import HTTPModes, Interfaces, Loops
    from granian.log import LogLevels
    from granian.server import Server

    if not is_plain:
        _take_turns()
    Server(
        target,
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        workers=workers,
        http=HTTPModes.http1,
        websockets=False,
        backlog=2048,
        log_level=LogLevels.warning,
        workers_kill_timeout=8,
        respawn_failed_workers=True,
        loop=Loops.asyncio if is_plain else Loops.auto,
    ).serve()


def _take_turns() -> None:
    """Ask Linux not to interrupt one of our threads whenever another one gets something to do.

    A request goes back and forth between the server's threads and the event loop half a dozen times;
    with the default policy each of these wakings throws out the thread that is at work. Measured with
    `minxin bench gateway`: half the cost of a bare request, three quarters of an answered one. What
    inherits the policy: the worker processes and all their threads.
    """
    if hasattr(os, "SCHED_BATCH"):
        with contextlib.suppress(OSError):  # a container may forbid it: slower, not wrong
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
