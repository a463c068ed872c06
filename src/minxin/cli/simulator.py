"""`minxin simulator`: the local WeChat with its phone; `minxin simulator storm`: a callback storm."""

import argparse
import json
import sys
import time
from typing import Any

LINE = (
    "{lasted_seconds:7.1f} s  pushed {pushed:8d}  answered {answered:8d}  empty {empty:6d}  "
    "late {late:5d}  wrong {wrong:5d}  failed {failed:5d}  retried {retried:5d}  "
    "p50 {p50_ms:8.1f} ms  p99 {p99_ms:8.1f} ms"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, help="port (MINXIN_SIMULATOR_PORT, 8100)")
    commands = parser.add_subparsers(dest="action", metavar="storm")
    storm = commands.add_parser(
        "storm", help="push at the accounts' callbacks and measure the answers"
    )
    storm.add_argument("--port", type=int, dest="storm_port", help="where the simulator listens")
    storm.add_argument("--accounts", type=int, default=1)
    storm.add_argument("--followers", type=int, default=1000)
    storm.add_argument("--rate", type=float, default=100.0, help="messages a second")
    storm.add_argument("--seconds", type=float, default=10.0)
    storm.add_argument("--scale", type=float, default=1.0, help="multiplies followers and rate")
    storm.add_argument("--callback", help="make the missing accounts with this callback address")
    storm.add_argument("--token", help="their token")
    storm.add_argument("--aes-key", help="their EncodingAESKey")
    storm.add_argument("--mode", choices=("plain", "compatible", "safe"), default="plain")
    storm.add_argument("--json", action="store_true", help="the report as JSON on stdout")


def run(arguments: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM. Needs no Django and no database of ours."""
    from pathlib import Path

    from minxin.core import env
    from minxin.simulator import serve

    port = arguments.port or env.number("MINXIN_SIMULATOR_PORT", 8100)
    if arguments.action == "storm":
        return _storm(arguments, f"http://{arguments.host}:{arguments.storm_port or port}")
    home = Path(env.text("MINXIN_HOME") or "var").resolve()
    home.mkdir(parents=True, exist_ok=True)
    serve(home, arguments.host, port)
    return 0


def _storm(arguments: argparse.Namespace, base: str) -> int:
    """Ask the running simulator for a storm and watch it; 1 when it was refused or lost messages."""
    import httpx

    asked: dict[str, Any] = {
        "accounts": arguments.accounts,
        "followers": round(arguments.followers * arguments.scale),
        "rate": arguments.rate * arguments.scale,
        "seconds": arguments.seconds,
    }
    if arguments.callback:
        asked |= {"callback_url": arguments.callback, "mode": arguments.mode}
        asked |= {"token": arguments.token} if arguments.token else {}
        asked |= {"aes_key": arguments.aes_key} if arguments.aes_key else {}
    with httpx.Client(base_url=base, timeout=600, trust_env=False) as client:
        try:
            answer = client.post("/sim/storm", json=asked)
        except httpx.TransportError:
            print(f"no simulator answers at {base}; start `minxin simulator` or `minxin run`")
            return 1
        if answer.is_error:
            print(answer.json()["error"])
            return 1
        try:
            report = _watch(client)
        except KeyboardInterrupt:
            client.delete("/sim/storm")
            report = _watch(client)
    print(
        json.dumps(report, ensure_ascii=False, indent=2)
        if arguments.json
        else LINE.format(**report)
    )
    if report["accounts"] < arguments.accounts:
        print(
            f"only {report['accounts']} accounts have a callback, not {arguments.accounts}; "
            "--callback makes the missing ones",
            file=sys.stderr,
        )
    for reason, count in report["reasons"].items():
        print(f"  {count} × {reason}", file=sys.stderr)
    is_good = report["state"] == "over" and not report["wrong"] and not report["failed"]
    return 0 if is_good else 1


def _watch(client: Any) -> dict[str, Any]:
    """Until it is over, a line a second on stderr."""
    while True:
        report: dict[str, Any] = client.get("/sim/storm").json()
        if report["state"] in {"over", "refused"}:
            print(file=sys.stderr)
            return report
        words = (
            "preparing the followers" if report["state"] == "preparing" else LINE.format(**report)
        )
        print(f"\r{words}", end="", file=sys.stderr, flush=True)
        time.sleep(1)
