"""`minxin bench notify`: the outgoing queue into the simulator, beside a plain loop of wechatpy.

The sender on one core, the simulator on the other, in turns: one worker process that claims, sends and
notes each message in its database; and wechatpy in a loop, which notes nothing. Both send the same words
to followers who have just spoken. Then a batch of bulk messages waits, and urgent ones are put behind
it: how long until WeChat has them. In the end the worker is killed under load and started again: what
the simulator got is compared with what the rows say. Needs Linux (`/proc`) and two cores.
"""

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from typing import Any

from minxin.cli.bench import notify_parts as parts
from minxin.cli.bench.processes import Server, free_port
from minxin.cli.bench.rooms import environment, in_django

WORKER = "import django; django.setup(); from minxin.cli.bench.notify_parts import work; work()"
PARTS = "from minxin.cli.bench import notify_parts as parts"
URGENT, PAUSE = 20, 0.5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rounds", type=int, default=3, help="measurements of each, in turns (3)")
    parser.add_argument(
        "--count", type=int, default=6000, help="messages of one measurement (6000)"
    )
    parser.add_argument(
        "--bulk", type=int, default=50_000, help="rows of the waiting batch (50000)"
    )
    parser.add_argument("--scale", action="store_true", help="a batch of a million rows")
    parser.add_argument("--worker-core", type=int, default=0, help="core of the sender (0)")
    parser.add_argument("--simulator-core", type=int, default=1, help="core of the simulator (1)")


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """Rates, ratio and CPU of both; latency of urgent messages; what a kill left."""
    if not hasattr(os, "sched_setaffinity") or (os.cpu_count() or 1) < 2:
        sys.exit("This bench needs Linux and two cores: one for the sender, one for the simulator.")
    bulk = 1_000_000 if arguments.scale else arguments.bulk
    with tempfile.TemporaryDirectory(prefix="minxin-bench-") as home, contextlib.ExitStack() as on:
        port = free_port()
        env = environment(home, MINXIN_SIMULATOR_PORT=str(port))
        command = [sys.executable, "-m", "minxin.cli", "simulator", "--port", str(port)]
        on.enter_context(Server.started(command, port, arguments.simulator_core, env))
        followers = max(arguments.count, bulk)
        there = parts.Simulator(f"http://127.0.0.1:{port}", home, followers)
        print(f"{followers} followers ...", file=sys.stderr)
        openids = there.openids()
        in_django(env, f"{PARTS}\nparts.seed(sys.stdin.read())", json.dumps(openids))
        found = _rates(arguments, env, there, openids)
        found |= _urgent(arguments, env, there, openids, bulk)
        found |= _killed(arguments, env, there, openids)
    return found


def _rates(
    arguments: argparse.Namespace, env: dict[str, str], there: parts.Simulator, openids: list[str]
) -> dict[str, Any]:
    count, core = arguments.count, arguments.worker_core
    ours, theirs = [], []
    for number in range(arguments.rounds):
        there.speak(openids[:count])
        _put(env, f"rate{number}", openids[:count])
        ours.append(_worker(env, core, count))
        there.speak(openids[:count])
        theirs.append(_loop(env, core, there, openids[:count]))
        print(
            f"queue {ours[-1]['per_second']:.0f}/s, {ours[-1]['cpu_us']:.0f} us CPU;"
            f" wechatpy {theirs[-1]['per_second']:.0f}/s, {theirs[-1]['cpu_us']:.0f} us CPU",
            file=sys.stderr,
        )

    def middle(rows: list[dict[str, float]], name: str) -> float:
        return statistics.median(row[name] for row in rows)

    pairs = zip(ours, theirs, strict=True)
    return {
        "messages_per_second": round(middle(ours, "per_second")),
        "messages_per_second_wechatpy": round(middle(theirs, "per_second")),
        "rate_ratio_wechatpy": round(
            statistics.median(a["per_second"] / b["per_second"] for a, b in pairs), 2
        ),
        "cpu_us_per_message": round(middle(ours, "cpu_us")),
        "cpu_us_per_message_wechatpy": round(middle(theirs, "cpu_us")),
        "not_sent": int(sum(row["not_sent"] for row in ours)),
        "rows": count,
    }


def _put(env: dict[str, str], name: str, openids: list[str]) -> None:
    code = f"{PARTS}\nparts.put({name!r}, sys.stdin.read())"
    in_django(env, code, json.dumps(openids))


def _worker(env: dict[str, str], core: int, count: int) -> dict[str, float]:
    """One worker until its queue is empty."""
    done = subprocess.run(  # noqa: S603
        ["taskset", "-c", str(core), sys.executable, "-c", WORKER],  # noqa: S607
        env={**env, "MINXIN_BENCH_UNTIL_EMPTY": "1"},
        check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return {
        "per_second": count / told["seconds"],
        "cpu_us": told["cpu_seconds"] / count * 1e6,
        "not_sent": told["not_sent"],
    }


def _loop(
    env: dict[str, str], core: int, there: parts.Simulator, openids: list[str]
) -> dict[str, float]:
    code = "from minxin.cli.bench.notify_parts import loop; loop()"
    done = subprocess.run(  # noqa: S603
        ["taskset", "-c", str(core), sys.executable, "-c", code],  # noqa: S607
        input=json.dumps({"base": there.base, "token": there.token(), "openids": openids}),
        env=env, check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return {
        "per_second": len(openids) / told["seconds"],
        "cpu_us": told["cpu_seconds"] / len(openids) * 1e6,
    }


def _urgent(
    arguments: argparse.Namespace,
    env: dict[str, str],
    there: parts.Simulator,
    openids: list[str],
    bulk: int,
) -> dict[str, Any]:
    """Seconds from an urgent row's writing to its arrival, while a batch is being sent."""
    print(f"a batch of {bulk} rows ...", file=sys.stderr)
    there.speak(openids[:URGENT])
    code = f"{PARTS}\nparts.put_bulk(sys.stdin.read(), {there.template()!r})"
    in_django(env, code, json.dumps(openids[:bulk]))
    command = ["taskset", "-c", str(arguments.worker_core), sys.executable, "-c", WORKER]
    worker = subprocess.Popen(command, env=env, stdout=sys.stderr, start_new_session=True)  # noqa: S603
    try:
        time.sleep(2)
        code = f"{PARTS}\nprint(parts.urgent(sys.stdin.read(), {PAUSE}))"
        told = json.loads(in_django(env, code, json.dumps(openids[:URGENT])).splitlines()[-1])
    finally:
        worker.terminate()
        worker.wait(20)
    if told["bulk_left"] == 0:
        sys.exit("The batch was over before the urgent messages were: give it more rows (--bulk).")
    seconds = sorted(told["seconds"])
    print(f"urgent: {seconds}", file=sys.stderr)
    in_django(env, f"{PARTS}\nparts.drop_bulk()")
    return {
        "urgent_p50_s": round(statistics.median(seconds), 3),
        "urgent_max_s": round(seconds[-1], 3),
        "bulk_rows": bulk,
        "bulk_per_second": round(told["bulk_per_second"]),
    }


def _killed(
    arguments: argparse.Namespace, env: dict[str, str], there: parts.Simulator, openids: list[str]
) -> dict[str, Any]:
    """kill -9 in the middle, start again, settle: nothing lost, nothing twice, the rest is marked."""
    count = arguments.count
    there.speak(openids[:count])
    before = there.got()
    _put(env, "kill", openids[:count])
    worker = subprocess.Popen(  # noqa: S603
        ["taskset", "-c", str(arguments.worker_core), sys.executable, "-c", WORKER],  # noqa: S607
        env=env, stdout=sys.stderr, start_new_session=True,
    )  # fmt: skip
    until = time.monotonic() + 60
    while there.got().total() < before.total() + count // 4:
        time.sleep(0.05)
        if time.monotonic() > until:
            worker.kill()
            sys.exit("The worker did not send.")
    worker.kill()
    worker.wait()
    in_django(env, f"{PARTS}\nparts.settle()")
    _worker(env, arguments.worker_core, count)
    told = in_django(env, f"{PARTS}\nprint(parts.rows('kill'))")
    rows = json.loads(told.splitlines()[-1])
    got = Counter(there.got())
    got.subtract(before)
    lost = sum(got[openid] == 0 for openid, status in rows.items() if status == "sent")
    return {
        "sent_twice": sum(number > 1 for number in got.values()),
        "lost": lost + sum(status not in {"sent", "unsure"} for status in rows.values()),
        "uncertain": sum(status == "unsure" for status in rows.values()),
    }
