"""`minxin simulator`: the local WeChat with its phone."""

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, help="port (MINXIN_SIMULATOR_PORT, 8100)")


def run(arguments: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM. Needs no Django and no database of ours."""
    from pathlib import Path

    from minxin.core import env
    from minxin.simulator import serve

    home = Path(env.text("MINXIN_HOME") or "var").resolve()
    home.mkdir(parents=True, exist_ok=True)
    port = arguments.port or env.number("MINXIN_SIMULATOR_PORT", 8100)
    serve(home, arguments.host, port)
    return 0
