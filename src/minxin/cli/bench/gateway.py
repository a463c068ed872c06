"""`minxin bench gateway`: what one citizen's sentence costs, recorded and answered.

Servers on one core, the load on the other, in turns: the root application as it is deployed (idle
console included) with ten thousand entries in a database of its own; a bare RSGI echo on the same
server as it comes, and once more with our event loop and scheduling; wechatpy + Flask + gunicorn, which
echoes and records nothing. CPU is what the kernel
charged to the server's process tree. In the end the gateway is killed under load, and every message
it acknowledged is looked for on disk. Needs Linux (`/proc`) and two cores.
"""

import argparse
import contextlib
import json
import os
import statistics
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from minxin.cli.bench import questions
from minxin.cli.bench.gateway_passages import with_passages
from minxin.cli.bench.load import APP_ID, SECRETS
from minxin.cli.bench.processes import Loader, Server, free_port, serving
from minxin.cli.bench.rooms import environment, in_django, one_account

OURS = "from minxin.cli.bench.gateway import seed, missing"
CONNECTIONS = (1, 32, 256)
PATH = f"/wechat/{APP_ID}/callback"
# Requests of one measurement: enough for some seconds of CPU on each stack.
ECHO = "minxin.cli.bench.peers:echo"
COUNTS = {"gateway": 24_000, "echo": 40_000, "tuned_echo": 40_000, "wechatpy": 5_000}
FEWER_AT_ONE = 8
NEVER_SAID = 8_000
_NUMBERED = {"next": 1_000_000}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rounds", type=int, default=3, help="measurements of each, in turns (3)")
    parser.add_argument("--scale", type=float, default=1.0, help="times as many requests (1.0)")
    parser.add_argument(
        "--passages", type=int, default=0, help="instead: what so many passages of documents add"
    )
    parser.add_argument("--data", help="not needed: questions and entries are made up")
    parser.add_argument("--server-core", type=int, default=0, help="core of the servers (0)")
    parser.add_argument("--load-core", type=int, default=1, help="core of the load (1)")


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """Ratios at 32 connections; costs, rates and latencies at each number of connections."""
    if not hasattr(os, "sched_setaffinity") or (os.cpu_count() or 1) < 2:
        sys.exit("This bench needs Linux and two cores: one for the servers, one for the load.")
    with tempfile.TemporaryDirectory(prefix="minxin-bench-") as home, contextlib.ExitStack() as on:
        env = environment(home)
        print("ten thousand entries ...", file=sys.stderr)
        in_django(env, f"{OURS}\nseed()")
        core = arguments.server_core
        if arguments.passages:
            loader = on.enter_context(Loader(arguments.load_core))
            return with_passages(
                env, core, loader, _one, _wait_until_ready,
                passages=arguments.passages, rounds=arguments.rounds, scale=arguments.scale,
            )  # fmt: skip
        servers = {
            "echo": on.enter_context(serving(ECHO, core, env, is_plain=True)),
            "tuned_echo": on.enter_context(serving(ECHO, core, env)),
            "gateway": on.enter_context(serving("minxin.site.application:app", core, env)),
            "wechatpy": on.enter_context(_usual_stack(core, env)),
        }
        loader = on.enter_context(Loader(arguments.load_core))
        _wait_until_ready(servers["gateway"], loader)
        measured = _measure(servers, loader, arguments.rounds, arguments.scale)
        found = _figures(measured)
        new = _never_said(servers["gateway"], loader, arguments.rounds, arguments.scale)
        measured["gateway"][32] += new.pop("results")
        found |= new
        found |= _killed(servers["gateway"], loader, env, measured["gateway"])
    return found


def _measure(
    servers: dict[str, Server], loader: Loader, rounds: int, scale: float
) -> dict[str, dict[int, list[dict[str, Any]]]]:
    measured: dict[str, dict[int, list[dict[str, Any]]]] = {
        name: {connections: [] for connections in CONNECTIONS} for name in servers
    }
    for number in range(rounds + 1):  # the first only warms
        for connections in CONNECTIONS:
            for name, server in servers.items():
                count = int(COUNTS[name] * (scale if number else 0.1))
                result = _one(server, loader, connections, count // (FEWER_AT_ONE if connections == 1 else 1))  # fmt: skip
                if not number:
                    continue
                measured[name][connections].append(result)
                print(
                    f"{name:10} {connections:3} connections: {result['cpu_us']:6.1f} us CPU,"
                    f" {result['per_second']:6.0f}/s, p50 {result['p50_ms']:.2f} ms,"
                    f" p99 {result['p99_ms']:.2f} ms, answered {result['answered']:.2f}",
                    file=sys.stderr,
                )
    return measured


def _never_said(server: Server, loader: Loader, rounds: int, scale: float) -> dict[str, Any]:
    """The cost of sentences that nobody said before: nothing that is remembered helps."""
    results = [
        _one(server, loader, 32, int(NEVER_SAID * scale), is_each_new=True) for _ in range(rounds)
    ]
    cost = statistics.median(each["cpu_us"] for each in results)
    print(f"gateway     32 connections: {cost:6.1f} us CPU, each sentence new", file=sys.stderr)
    return {
        "cpu_us_gateway_new_32": round(cost, 1),
        "p99_ms_gateway_new_32": round(statistics.median(each["p99_ms"] for each in results), 2),
        "results": results,
    }


def _one(
    server: Server, loader: Loader, connections: int, count: int, *, is_each_new: bool = False
) -> dict[str, Any]:
    first = _NUMBERED["next"]
    _NUMBERED["next"] += count
    order = {"port": server.port, "path": PATH, "connections": connections}
    loader.prepare({**order, "first": first, "count": count, "is_each_new": is_each_new})
    before = server.cpu_seconds()
    result = loader.go()
    # The last replies are recorded after the last answer: they belong to the cost.
    time.sleep(0.05)
    used = server.cpu_seconds() - before
    return {
        **result,
        "first": first,
        "count": count,
        "cpu_us": used / count * 1e6,
        "per_second": count / result["seconds"],
    }


def _figures(measured: dict[str, dict[int, list[dict[str, Any]]]]) -> dict[str, Any]:
    def middle(name: str, connections: int, key: str) -> float:
        return float(statistics.median(each[key] for each in measured[name][connections]))

    def ratio(one: str, other: str, connections: int) -> float:
        pairs = zip(measured[one][connections], measured[other][connections], strict=True)
        return round(float(statistics.median(a["cpu_us"] / b["cpu_us"] for a, b in pairs)), 2)

    found: dict[str, Any] = {
        "cpu_ratio_wechatpy": ratio("wechatpy", "gateway", 32),
        "cpu_ratio_echo": ratio("gateway", "echo", 32),
        "cpu_ratio_tuned_echo": ratio("gateway", "tuned_echo", 32),
        "p50_ms": round(middle("gateway", 32, "p50_ms"), 2),
        "p99_ms": round(middle("gateway", 32, "p99_ms"), 2),
        "per_second": round(middle("gateway", 32, "per_second")),
        "answered_share": round(middle("gateway", 32, "answered"), 3),
        "sourced_share": round(middle("gateway", 32, "sourced"), 3),
    }
    for connections in CONNECTIONS:
        for name in measured:
            ending = f"{name}_{connections}"
            found[f"cpu_us_{ending}"] = round(middle(name, connections, "cpu_us"), 1)
            found[f"per_second_{ending}"] = round(middle(name, connections, "per_second"))
            found[f"p50_ms_{ending}"] = round(middle(name, connections, "p50_ms"), 2)
            found[f"p99_ms_{ending}"] = round(middle(name, connections, "p99_ms"), 2)
        if connections != 32:
            found[f"cpu_ratio_wechatpy_{connections}"] = ratio("wechatpy", "gateway", connections)
            found[f"cpu_ratio_echo_{connections}"] = ratio("gateway", "echo", connections)
    return found


def _killed(
    server: Server, loader: Loader, env: dict[str, str], measured: dict[int, list[dict[str, Any]]]
) -> dict[str, int]:
    """Kill the gateway under load; how many messages it acknowledged in the whole run, how many of
    them are not on disk."""
    first, count = _NUMBERED["next"], 20_000
    loader.prepare(
        {
            "port": server.port,
            "path": PATH,
            "connections": 32,
            "first": first,
            "count": count,
            "tell_numbers": True,
        }
    )
    loader.begin()
    time.sleep(0.8)
    server.kill()
    last = loader.result()
    ranges = []
    for results in measured.values():
        for each in results:
            if each["refused"]:
                print(f"{each['refused']} pushes were refused", file=sys.stderr)
            ranges.append([each["first"], each["count"], each["acknowledged"]])
    claim = json.dumps({"ranges": ranges, "numbers": last["numbers"]})
    answer = in_django(env, f"{OURS}\nprint(missing(sys.stdin.read()))", claim)
    acknowledged = len(last["numbers"]) + sum(each[2] for each in ranges)
    return {
        "acknowledged": acknowledged,
        "acknowledged_before_kill": len(last["numbers"]),
        "lost": int(answer.split()[-1]),
    }


# In processes with Django -------------------------------------------------------------------------


def seed() -> None:
    """One account, one agency, ten thousand entries."""
    from minxin.core.actors import System
    from minxin.knowledge.actions import EntryDraft, import_entries

    actor, now = System("bench"), datetime.now(UTC)
    agency = one_account(
        APP_ID, secret="0" * 32, token=SECRETS.token, aes_key=SECRETS.aes_key or ""
    ).agency
    answer = (
        "可以在政务服务中心办事大厅办理，也可以在手机上提交。材料齐全的当场受理，一般5个工作日办结。\n\n"
        "需要：\n1. 本人有效身份证件\n2. 申请表（现场填写）\n3. 与申请事项有关的证明"
    )
    rows = [
        (
            agency,
            EntryDraft(
                question=question,
                variants=(variant,),
                answer=f"{question.rstrip('？')}：{answer}",
                source_title="云溪市政务服务办事指南",
                issuing_agency=agency.name,
                status="published",
            ),
        )
        for question, variant in questions.all_questions()
    ]
    import_entries(rows, actor=actor, now=now)


def missing(claim: str) -> int:
    """How many of the claimed messages have no row."""
    from minxin.conversations.models import Message
    from minxin.conversations.recording import delivery_name

    claimed = json.loads(claim)
    kept = set(Message.objects.values_list("delivery", flat=True))
    lost = sum(delivery_name(f"m:{number}") not in kept for number in claimed["numbers"])
    for first, count, acknowledged in claimed["ranges"]:
        numbers = range(first, first + count)
        found = sum(delivery_name(f"m:{number}") in kept for number in numbers)
        lost += max(acknowledged - found, 0)
    return lost


@contextlib.contextmanager
def _usual_stack(core: int, env: dict[str, str]) -> Iterator[Server]:
    """gunicorn as it starts by default: one synchronous worker, a connection per request. (With
    `gthread` and connections kept alive it was measured at 0.8 of this.)"""
    port = free_port()
    command = [
        *(sys.executable, "-m", "gunicorn", "minxin.cli.bench.peers:usual_stack()"),
        *("--bind", f"127.0.0.1:{port}", "--workers", "1", "--log-level", "error"),
    ]
    with Server.started(command, port, core, env) as server:
        yield server


def _wait_until_ready(server: Server, loader: Loader, seconds: float = 120) -> None:
    """Until the gateway answers from its index and the console has been opened once."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if _one(server, loader, 1, 50 * 2)["sourced"] > 0:
            break
        time.sleep(0.3)
    else:
        sys.exit("The gateway did not answer in time.")
    with contextlib.suppress(OSError):
        page = f"http://127.0.0.1:{server.port}/console/sign-in/"
        urllib.request.urlopen(page, timeout=10).close()
