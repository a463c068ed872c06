"""`minxin bench gateway --passages N`: what documents beside the entries cost the hot path, and what is felt while an index is
built again.

Two gateways on the same database, one that reads documents and one that does not, answer the same kind of
sentences in turns. Then the synonyms change (all entries are read anew) and every document does, under load: the longest
answer is the longest stall anybody met. Quotes are timed in a process of their own.
"""

import contextlib
import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from minxin.cli.bench.processes import Loader, Server, serving
from minxin.cli.bench.rooms import in_django

OURS = "from minxin.cli.bench.gateway_passages import seed, quotes, synonyms_changed, documents_changed"
TARGET = "minxin.site.application:app"
COUNT = 24_000
A_DOCUMENT = 100  # passages of one
Measure = Callable[..., dict[str, Any]]
Wait = Callable[[Server, Loader], None]


def with_passages(
    env: dict[str, str], core: int, loader: Loader, one: Measure, wait: Wait,
    *, passages: int, rounds: int, scale: float,
) -> dict[str, Any]:  # fmt: skip
    """The figures of this bench; `one` measures a load of a gateway, `wait` until it answers."""
    print(f"{passages} passages ...", file=sys.stderr)
    in_django(env, f"{OURS}\nseed({passages})")
    count = int(COUNT * scale)
    reading = env | {"MINXIN_QUOTE_DOCUMENTS": "1"}
    with contextlib.ExitStack() as on:
        servers = {
            "without": on.enter_context(serving(TARGET, core, env)),
            "with": on.enter_context(serving(TARGET, core, reading)),
        }
        began = time.monotonic()
        for server in servers.values():
            wait(server, loader)
            _until_idle(server)
        found: dict[str, Any] = {
            "passages": passages,
            "ready_seconds": round(time.monotonic() - began, 1),
        }
        measured: dict[str, list[dict[str, Any]]] = {name: [] for name in servers}
        for number in range(rounds + 1):  # the first only warms
            for name, server in servers.items():
                result = one(server, loader, 32, count if number else count // 10)
                if number:
                    measured[name].append(result)
                    print(
                        f"{name:8} {result['cpu_us']:.1f} us CPU, p99 {result['p99_ms']:.2f} ms",
                        file=sys.stderr,
                    )
        for key in ("cpu_us", "p50_ms", "p99_ms", "max_ms"):
            for name, results in measured.items():
                found[f"{key}_{name}"] = round(statistics.median(each[key] for each in results), 2)
        pairs = list(zip(measured["with"], measured["without"], strict=True))
        for key in ("cpu_us", "p99_ms"):
            found[f"{key}_added"] = round(statistics.median(a[key] - b[key] for a, b in pairs), 2)
        for change in ("synonyms", "documents"):
            in_django(env, f"{OURS}\n{change}_changed()")
            result = one(servers["with"], loader, 32, count)
            for key in ("p50_ms", "p99_ms", "max_ms"):
                found[f"{key}_{change}_read_anew"] = round(result[key], 2)
            _until_idle(servers["with"])
    told: dict[str, Any] = json.loads(
        in_django(reading, f"{OURS}\nprint(quotes())").splitlines()[-1]
    )
    return found | told


def _until_idle(server: Server, seconds: float = 240) -> None:
    """Until it has used next to no CPU for two seconds."""
    until, before = time.monotonic() + seconds, server.cpu_seconds()
    while time.monotonic() < until:
        time.sleep(2)
        now = server.cpu_seconds()
        if now - before < 0.1:
            return
        before = now
    sys.exit("The gateway did not come to rest in time.")


# In processes with Django -------------------------------------------------------------------------


def seed(passages: int) -> None:
    """Regulations of a hundred articles each, about what the questions are about."""
    from minxin.agencies.models import Agency
    from minxin.cli.bench import questions
    from minxin.knowledge.models import Document, DocumentChange, Passage
    from minxin.knowledge.rules import comparable

    agency, now = Agency.objects.get(), datetime.now(UTC)
    asked = [question.rstrip("？") for question, _ in questions.all_questions()]
    for number in range(passages // A_DOCUMENT):
        title = f"云溪市政务服务事项办理规定（第{number + 1}号）"
        document = Document.objects.create(
            agency=agency, title=title, normal_title=comparable(title), issuing_agency=agency.name,
            status="published", sha256=f"{number:064d}", created_at=now, updated_at=now,
        )  # fmt: skip
        Passage.objects.bulk_create(
            Passage(
                document=document, position=at, kind="article", article=f"第{at + 1}条",
                text=f"第{at + 1}条 {asked[(number * A_DOCUMENT + at) % len(asked)]}，申请人应当提交材料，"
                f"受理单位自受理之日起{at % 28 + 2}个工作日内办结，收费{number * 7 % 90 + at}元。",
            )
            for at in range(A_DOCUMENT)
        )  # fmt: skip
        DocumentChange.objects.create(document_id=document.pk)


def synonyms_changed() -> None:
    """As saving a set of synonyms tells every index."""
    from minxin.knowledge.models import IndexChange
    from minxin.knowledge.queries.synonyms import SYNONYMS_CHANGED

    IndexChange.objects.create(entry_id=SYNONYMS_CHANGED)


def documents_changed() -> None:
    """As if every document had been published again."""
    from minxin.knowledge.models import Document, DocumentChange

    DocumentChange.objects.bulk_create(
        DocumentChange(document_id=number)
        for number in Document.objects.order_by("pk").values_list("pk", flat=True)
    )


def quotes(count: int = 300) -> str:
    """The CPU of a quote that nobody asked for before, in a process that does nothing else."""
    from minxin.cli.bench import questions
    from minxin.knowledge.passages import PassageIndex

    index = PassageIndex()
    index.build()
    asked = [question for question, _ in questions.all_questions()]
    today = datetime.now(UTC).date()
    times = []
    for number in range(count):
        question = f"{asked[number * 31 % len(asked)].rstrip('？')}收费多少钱，要几天"
        began = time.process_time()
        index.quote(question, on=today)
        times.append((time.process_time() - began) * 1000)
    times.sort()
    middle, high = times[len(times) // 2], times[int(len(times) * 0.99)]
    return json.dumps({"quote_cpu_p50_ms": round(middle, 2), "quote_cpu_p99_ms": round(high, 2)})
