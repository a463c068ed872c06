"""`minxin bench tickets`: a city's tickets through the web server, with twenty agents at work on one core.

A database of its own is filled (`tickets_model` says how), the site is served as `minxin web` serves it, and
twenty agents and five citizens work for a minute. Then every page is asked once more for how its queries
find their rows.
"""

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from minxin.cli.bench.postgres import NotInstalled, postgres
from minxin.cli.bench.processes import serving
from minxin.cli.bench.rooms import environment, in_django

TICKETS, SECONDS, THINK = 100_000, 60, 5.0
BAR_MS = 300
WARM = 8


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--scale", type=int, default=TICKETS, help=f"tickets ({TICKETS})")
    parser.add_argument("--seconds", type=int, default=SECONDS, help=f"of work ({SECONDS})")
    parser.add_argument(
        "--think", type=float, default=THINK, help=f"mean seconds between two pages ({THINK})"
    )
    parser.add_argument("--postgres", action="store_true", help="on a throwaway PostgreSQL")
    parser.add_argument("--server-core", type=int, default=0, help="the server's core (0)")
    parser.add_argument("--load-core", type=int, default=1, help="the people's core (1)")
    parser.add_argument(
        "--home",
        help="a folder in which the city (SQLite) is kept, and used again when it is there",
    )
    parser.add_argument("--tell", action="store_true", help="each address's own times, on stderr")
    parser.add_argument("--data", help="not needed: the city is made up")


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """p50, p95 and p99 in ms per act, CPU per request, and what was read in full."""
    with _home(arguments) as home, _database(arguments) as where:
        env = environment(str(home), **where)
        city = _city(home, env, arguments)
        with serving("minxin.site.application:app", arguments.server_core, env) as server:
            order = {**city, "port": server.port, "think": arguments.think, "tell": arguments.tell}
            _load(arguments, {**order, "seconds": WARM, "think": 0.5})
            before = server.cpu_seconds()
            found = _load(arguments, {**order, "seconds": arguments.seconds})
            spent = server.cpu_seconds() - before
        plans = "from minxin.cli.bench.tickets_plans import look; look(sys.stdin.read())"
        told = json.loads(in_django(env, plans, json.dumps(city)).splitlines()[-1])
    for words in [*found["failed"][:20], *told["words"]]:
        print(words, file=sys.stderr)
    times = found["times"]
    for address in sorted(name for name in times if " " in name):
        print(f"{_at(times[address], 0.5):8.1f} ms  {address}", file=sys.stderr)
    acts = {name: each for name, each in times.items() if " " not in name}
    requests = sum(map(len, acts.values()))
    answer: dict[str, Any] = {
        "tickets": arguments.scale,
        "ledger_rows": arguments.scale * 10,
        "database": "postgresql" if arguments.postgres else "sqlite",
        "requests": requests,
        "failed": len(found["failed"]),
        "cpu_ms_per_request": round(spent / max(requests, 1) * 1000, 1),
        "server_core_busy": round(spent / arguments.seconds, 3),
        "queries_without_index": len(told["without_index"]),
        "bar_ms": BAR_MS,
    }
    for name, each in sorted(acts.items()):
        for share in (50, 95, 99):
            answer[f"{name}_p{share}_ms"] = round(_at(each, share / 100), 1)
    return answer


@contextlib.contextmanager
def _home(arguments: argparse.Namespace) -> Iterator[Path]:
    if arguments.home and arguments.postgres:
        sys.exit("--home keeps a city on SQLite; PostgreSQL is a throwaway one.")
    if arguments.home:
        place = Path(arguments.home)
        if place.exists() and any(place.iterdir()) and not _kept(place, arguments.scale).exists():
            sys.exit(f"{place} holds something, but no whole city of {arguments.scale} tickets.")
        yield place
        return
    with tempfile.TemporaryDirectory(prefix="minxin-bench-") as home:
        yield Path(home)


def _kept(home: Path, scale: int) -> Path:
    return home / f"bench-city-{scale}"


def _city(home: Path, env: dict[str, str], arguments: argparse.Namespace) -> dict[str, Any]:
    """Who works in the city, signed in; it is filled unless it is kept from before."""
    kept, model = _kept(home, arguments.scale), "from minxin.cli.bench.tickets_model import"
    if not kept.exists():
        in_django(env, f"{model} fill; fill(int(sys.stdin.read()))", str(arguments.scale))
        kept.touch()
    told: dict[str, Any] = json.loads(
        in_django(env, f"{model} sign_in; sign_in()").splitlines()[-1]
    )
    return told


@contextlib.contextmanager
def _database(arguments: argparse.Namespace) -> Iterator[dict[str, str]]:
    if not arguments.postgres:
        yield {}
        return
    try:
        with postgres() as address:
            yield {"MINXIN_DATABASE_URL": address}
    except NotInstalled:
        sys.exit("PostgreSQL's server binaries are not installed.")


def _load(arguments: argparse.Namespace, order: dict[str, Any]) -> dict[str, Any]:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "minxin.cli.bench.tickets_load", str(arguments.load_core)],
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
