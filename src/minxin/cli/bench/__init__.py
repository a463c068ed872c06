"""`minxin bench <name>`: measures one thing, prints one JSON object on stdout, the rest on stderr.

Each bench is one file with `add_arguments(parser)` and `run(arguments) -> dict`.
"""

import argparse
import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

BENCHES = {
    "answers": "the sentences that answer policy questions: overlap, coverage against wrongness, speed",
    "distress": "how often citizens' real messages are taken for a cry for help, and what listening costs",
    "gateway": "a citizen's sentence through the whole path, beside an echo and the usual stack",
    "inbox": "200 open conversations among 20,000, and how soon an open page shows a message",
    "intents": "unanswered questions put together: pairs against labelled groups, time for one",
    "laws": "a collection of statutes loaded: time, memory, every article cited as its source has it",
    "lookback": "every published text looked through once more for a list of expressions",
    "neighbours": "tickets that say the same: pairs found, look-ups among 100 thousand and a million",
    "notify": "messages a second out of the queue, beside a plain loop; urgent ones behind a batch",
    "tickets": "a city's tickets through the web server, twenty agents at work on one core",
    "supervision": "all indicators over all accounts and a year of figures, beside pandas",
    "replies": "how official replies are read: agreement with marks, share flagged, speed",
    "retrieval": "recall and latency of the answer index on policy questions",
    "routing": "which class a citizen's message belongs to, how surely, how fast, beside a plain model",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    listing = "; ".join(f"{name}: {what}" for name, what in BENCHES.items())
    parser.add_argument("bench", choices=sorted(BENCHES), metavar="name", help=listing)
    parser.add_argument("options", nargs=argparse.REMAINDER, help="the bench's own: name --help")


def run(arguments: argparse.Namespace) -> int:
    """Run the bench and print what it found."""
    name = arguments.bench
    bench = importlib.import_module(f"minxin.cli.bench.{name}")
    parser = argparse.ArgumentParser(prog=f"minxin bench {name}", description=BENCHES[name])
    parser.add_argument("--json", action="store_true", help="print the JSON on one line")
    bench.add_arguments(parser)
    own = parser.parse_args(arguments.options)
    found: dict[str, Any] = bench.run(own)
    print(json.dumps(found, ensure_ascii=False, indent=None if own.json else 2))
    return 0


def data_folder(given: str | None, name: str) -> Path:
    """The folder of a data set: what was given, or its parent, or MINXIN_BENCH_DATA, or `../shared/data`
    seen from here or from the project's root.

    Exits with a sentence when there is none: the sets are not part of the project.
    """
    root = Path(given or os.environ.get("MINXIN_BENCH_DATA") or "../shared/data")
    if not (given or os.environ.get("MINXIN_BENCH_DATA") or root.is_dir()):
        root = Path(__file__).resolve().parents[4] / root
    for folder in (root / name, root):
        if folder.is_dir() and (folder.name == name or given):
            return folder
    sys.exit(
        f"No data for this bench: {root / name} is not there. Name its folder with --data or "
        "MINXIN_BENCH_DATA; docs/reference/bench.md tells what is expected."
    )
