"""`minxin bench supervision`: all indicators over all accounts and a year of figures, beside pandas.

Each side runs in a process of its own, in turns, from the same Parquet files to the same three answers
(`activity`, `standing`, `hits`), which are held against each other. `--scale` is the register of a large
province: a hundred thousand accounts, 36.5 million rows.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from minxin.cli.bench import supervision_model as model
from minxin.supervision.figures.engine import Engine, engine
from minxin.supervision.figures.store import Store, of_account

ACCOUNTS, MANY = 5_000, 100_000
SAMPLE = 40  # account pages opened
ANSWERS = ("activity", "standing", "hits")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--accounts", type=int, default=ACCOUNTS, help=f"accounts ({ACCOUNTS})")
    parser.add_argument("--scale", action="store_true", help="a hundred thousand accounts")
    parser.add_argument("--rounds", type=int, default=3, help="measurements of each, in turns (3)")
    parser.add_argument("--data", help="not needed: the register is made up")


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """Seconds, the ratio to pandas, memory, an account's page, a night."""
    accounts = MANY if arguments.scale else arguments.accounts
    with tempfile.TemporaryDirectory(prefix="minxin-bench-") as home:
        folder = Path(home)
        print(f"{accounts} accounts and a year ...", file=sys.stderr)
        with engine(spill=folder) as made:
            rows = model.make(made, folder, accounts)
        sides: dict[str, list[dict[str, Any]]] = {"duckdb": [], "pandas": []}
        for _ in range(arguments.rounds):
            for name, found in sides.items():
                found.append(_apart(name, folder))
                last = found[-1]
                print(f"{name}: {last['seconds']:.2f} s, {last['mb']} MB", file=sys.stderr)
        page = _apart("page", folder)
        differing = _compared(folder)
        night = _apart("night", folder)
    ratios = [
        theirs["seconds"] / ours["seconds"]
        for ours, theirs in zip(sides["duckdb"], sides["pandas"], strict=True)
    ]
    return {
        "seconds": round(statistics.median(each["seconds"] for each in sides["duckdb"]), 3),
        "times_faster_than_pandas": round(statistics.median(ratios), 1),
        "accounts": accounts,
        "rows": rows,
        "differing_rows": differing,
        "seconds_pandas": round(statistics.median(each["seconds"] for each in sides["pandas"]), 2),
        "cpu_seconds": round(statistics.median(each["cpu"] for each in sides["duckdb"]), 2),
        "cpu_seconds_pandas": round(statistics.median(each["cpu"] for each in sides["pandas"]), 2),
        "peak_mb": max(each["mb"] for each in sides["duckdb"]),
        "peak_mb_pandas": max(each["mb"] for each in sides["pandas"]),
        "hits": sides["duckdb"][-1]["hits"],
        "account_page_ms": page["p50_ms"],
        "account_page_max_ms": page["max_ms"],
        "nightly_seconds": round(night["seconds"], 2),
    }


def _apart(side: str, folder: Path) -> dict[str, Any]:
    """One side in a process of its own, so that its memory is its own."""
    code = f"from minxin.cli.bench.supervision import side; side({side!r}, {str(folder)!r})"
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _packs() -> Any:
    import django
    from django.conf import settings

    if not settings.configured:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minxin.site.settings")
    django.setup()
    from minxin.supervision.packs import SHIPPED, load

    return tuple(load(path) for path in sorted(SHIPPED.glob("*.toml")))


def _ready(found: Engine, folder: Path, packs: Any) -> None:
    found.set_packs(packs, at=model.TODAY)
    for name in ("accounts", "looks", "figures"):
        path = folder / name
        found.set_file(name, path if path.is_dir() else path.with_suffix(".parquet"))


def side(name: str, folder: str) -> None:
    """What a process of its own does, and its figures as JSON."""
    packs, where = _packs(), Path(folder)
    if name == "pandas":
        import pandas  # noqa: F401  (loading the library is not what is measured)

        from minxin.cli.bench import supervision_peer as peer
    else:
        import duckdb  # noqa: F401
    began, used = time.perf_counter(), time.process_time()
    found: dict[str, Any] = {}
    if name == "pandas":
        frames = peer.evaluate(where, packs, model.TODAY)
        found["seconds"] = time.perf_counter() - began
        for query in ANSWERS:
            frames[query].to_parquet(where / f"{query}.pandas", index=False)
        found["hits"] = len(frames["hits"])
    elif name == "duckdb":
        with engine(spill=where) as ours:
            _ready(ours, where, packs)
            ours.evaluate()
            found["seconds"] = time.perf_counter() - began
            found["hits"] = ours.rows("SELECT count(*) FROM hits")[0][0]
            for query in ANSWERS:
                ours.connection.execute(
                    f"COPY {query} TO '{where / query}.duckdb' (FORMAT parquet)"
                )
    elif name == "page":
        found |= _pages(where, packs)
    else:
        found["seconds"] = _night(where, packs)
    found["cpu"] = time.process_time() - used
    found["mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps(found))


def _pages(folder: Path, packs: Any) -> dict[str, Any]:
    """What an account's page asks for, from the files: its year, day by day."""
    times = []
    with engine() as ours:
        _ready(ours, folder, packs)
        most = ours.rows("SELECT max(account_id) FROM accounts")[0][0]
        for number in range(1, most, max(most // SAMPLE, 1)):
            began = time.perf_counter()
            of_account(ours, number)
            times.append((time.perf_counter() - began) * 1000)
    return {"p50_ms": round(statistics.median(times), 1), "max_ms": round(max(times), 1)}


def _night(folder: Path, packs: Any) -> float:
    """The last day of a month for every account, kept whole or not at all: the dearest night, for all 31
    days are written anew. Then everything is evaluated."""
    last = model.TODAY - timedelta(days=1)
    store = Store(folder / "figures")
    with engine(spill=folder) as made:
        accounts = made.rows(f"SELECT count(*) FROM read_parquet('{folder / 'accounts.parquet'}')")  # noqa: S608
        model.tempers(made, accounts[0][0])
        model.make_days(made, folder / "fresh.parquet", last, last)
    with engine(spill=folder) as ours:
        began = time.perf_counter()
        ours.set_file("fresh", folder / "fresh.parquet")
        store.put(ours, last, "fresh")
        _ready(ours, folder, packs)
        ours.evaluate()
        return time.perf_counter() - began


def _compared(folder: Path) -> int:
    """How many rows of the two sides differ, over all three answers."""
    differing = 0
    with engine() as both:
        for name in ANSWERS:
            pair = [f"read_parquet('{folder / name}.{each}')" for each in ("duckdb", "pandas")]
            columns = {row[0]: row[1] for row in both.rows(f"DESCRIBE SELECT * FROM {pair[0]}")}  # noqa: S608
            said = ", ".join(f"CAST({each} AS {kind}) AS {each}" for each, kind in columns.items())
            for one, other in (pair, pair[::-1]):
                words = f"SELECT {said} FROM {one} EXCEPT ALL SELECT {said} FROM {other}"  # noqa: S608
                differing += both.rows(f"SELECT count(*) FROM ({words})")[0][0]  # noqa: S608
    return differing
