"""`minxin web`: the root application under Granian."""

import argparse
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


def serve(target: str, *, host: str, port: int, workers: int = 1) -> None:
    """Granian as we run it everywhere, the benchmarks included."""
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels
    from granian.server import Server

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
    ).serve()
