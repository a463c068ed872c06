"""`minxin bench inbox`: the inbox of a busy agency through the web server, and how soon a message is in it.

A database of its own is filled (`inbox_model` says how), the site is served as `minxin web` serves it, with
a worker beside it, and read by an agent's page (`inbox_load`). Then citizens speak through the gateway's
callback, and each time it is measured how long an open page takes to show it: the page's own way, from the
stream to the list and to the thread, while other agents have the inbox open too.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from typing import Any

from minxin.cli.bench.postgres import NotInstalled, postgres
from minxin.cli.bench.processes import Server, serving
from minxin.cli.bench.rooms import environment, in_django

OPEN, CLOSED, MESSAGES = 200, 20_000, 30
PAGE_BAR_MS, ARRIVAL_BAR_MS = 200, 1000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--open", type=int, default=OPEN, help=f"open conversations ({OPEN})")
    parser.add_argument("--closed", type=int, default=CLOSED, help=f"closed ones ({CLOSED})")
    parser.add_argument("--pages", type=int, default=100, help="times each page is read (100)")
    parser.add_argument("--said", type=int, default=40, help="messages whose way is timed (40)")
    parser.add_argument(
        "--agents", type=int, default=10, help="others with the inbox open meanwhile (10)"
    )
    parser.add_argument("--postgres", action="store_true", help="on a throwaway PostgreSQL")
    parser.add_argument("--server-core", type=int, default=0, help="the server's core (0)")
    parser.add_argument("--load-core", type=int, default=1, help="the people's core (1)")
    parser.add_argument("--data", help="not needed: the city is made up")


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """p50 and p99 in ms of the pages and of a message's way to them, queries and bytes of each page."""
    if not arguments.postgres:
        return _measured(arguments, {})
    try:
        with postgres() as address:
            return _measured(arguments, {"MINXIN_DATABASE_URL": address})
    except NotInstalled:
        sys.exit("PostgreSQL's server binaries are not installed.")


def _measured(arguments: argparse.Namespace, where: dict[str, str]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="minxin-bench-") as home:
        env = environment(home, **where)
        fill = "from minxin.cli.bench.inbox_model import fill; fill(**__import__('json').loads(sys.stdin.read()))"
        size = {"open_": arguments.open, "closed": arguments.closed, "messages": MESSAGES,
                "agents": arguments.agents}  # fmt: skip
        city = json.loads(in_django(env, fill, json.dumps(size)).splitlines()[-1])
        with serving("minxin.site.application:app", arguments.server_core, env) as server:
            worker = [sys.executable, "-m", "minxin.cli", "worker"]
            with Server.started(worker, server.port, arguments.server_core, env):
                order = {**city, "port": server.port, "pages": arguments.pages,
                         "said": arguments.said}  # fmt: skip
                before = server.cpu_seconds()
                found = _load(arguments, order)
                spent = server.cpu_seconds() - before
        count = "from minxin.cli.bench.inbox_model import count; count(sys.stdin.read())"
        queries = json.loads(in_django(env, count, json.dumps(city)).splitlines()[-1])
    for words in found.pop("failed")[:20]:
        print(words, file=sys.stderr)
    times: dict[str, list[float]] = found.pop("times")
    answer: dict[str, Any] = {
        "open": arguments.open,
        "closed": arguments.closed,
        "database": "postgresql" if arguments.postgres else "sqlite",
        "page_bar_ms": PAGE_BAR_MS,
        "arrival_bar_ms": ARRIVAL_BAR_MS,
        "server_cpu_seconds": round(spent, 2),
        **found,
        **{f"{name}_queries": number for name, number in queries.items()},
    }
    for name, each in sorted(times.items()):
        for share in (50, 99):
            answer[f"{name}_p{share}_ms"] = round(_at(each, share / 100), 1)
        answer[f"{name}_max_ms"] = round(max(each, default=0.0) * 1000, 1)
    return answer


def _load(arguments: argparse.Namespace, order: dict[str, Any]) -> dict[str, Any]:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "minxin.cli.bench.inbox_load", str(arguments.load_core)],
        input=json.dumps(order),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _at(times: list[float], share: float) -> float:
    """The time in ms below which a share of them lies."""
    ordered = sorted(times) or [0.0]
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000
