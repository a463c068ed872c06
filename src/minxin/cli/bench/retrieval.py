"""`minxin bench retrieval`: does the index find the document that answers a policy question, how fast?

Data: `documents.jsonl` (docid, text) and `questions.jsonl` (docid, question). For the larger sizes
the same documents stand among passages cut from statutes (`../laws/laws.jsonl`) or, without those,
among recombined sentences of the documents; these only make the hay stack larger.
"""

import argparse
import itertools
import json
import math
import random
import resource
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from minxin.cli.bench import data_folder
from minxin.text import Index, Weights

PASSAGE = 200
TRIES = 3  # each question is timed so often, and its middle time counts
FOLDS = 5
# What cross-validation chooses among: half, all, or one and a half of each kind of evidence.
GRID = [
    Weights(covered, together, passage, elsewhere)
    for covered, together, passage in itertools.product((0.5, 1.0, 1.5), repeat=3)
    for elsewhere in (0.0, 10.0)
]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", help="folder of the set, or its parent (MINXIN_BENCH_DATA)")
    parser.add_argument("--test", help="a file of questions to be judged on instead")
    parser.add_argument("--scale", action="store_true", help="also one million passages")


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """Quality on the documents alone and at each size; latencies per question in milliseconds."""
    folder = data_folder(arguments.data, "policy_qa")
    documents = read(folder / "documents.jsonl")
    questions = read(Path(arguments.test) if arguments.test else folder / "questions.jsonl")
    if not documents or not questions:
        sys.exit("Nothing to measure: there is no document, or no question.")
    found: dict[str, Any] = {}
    larger = [10_000, 100_000] + ([1_000_000] if arguments.scale else [])
    for size in [len(documents), *(size for size in larger if size > len(documents))]:
        measured = measure(folder, documents, questions, size)
        name = "" if size == len(documents) else f"_{size // 1000}k"
        for key, value in measured.items():
            found[f"{key}{name}"] = value
        print(f"{size} passages: {measured}", file=sys.stderr)
    found["documents"] = len(documents)
    found["questions"] = len(questions)
    return found


def read(path: Path) -> list[dict[str, Any]]:
    """The rows of a JSON-lines file; ends with a sentence when it cannot be read."""
    try:
        with path.open(encoding="utf-8") as lines:
            return [json.loads(line) for line in lines if line.strip()]
    except OSError as error:
        sys.exit(f"Cannot read {path}: {error.strerror}.")
    except ValueError as error:
        sys.exit(f"{path} is not one JSON object per line in UTF-8: {error}.")


def measure(
    folder: Path, documents: list[dict[str, Any]], questions: list[dict[str, Any]], size: int
) -> dict[str, Any]:
    """Build an index of `size` passages and ask every question."""
    before = memory_mb()
    index = Index()
    began = time.perf_counter()
    names = [row["docid"] for row in documents]
    texts = itertools.chain(
        (row["text"] for row in documents), hay(folder, documents, size - len(documents))
    )
    index.build(enumerate(texts))
    build_seconds = time.perf_counter() - began
    index_mb = memory_mb() - before
    for row in questions[:50]:
        index.search(row["question"])  # warm
    ranks, times, answered = [], [], 0
    for row in questions:
        tries = []
        for _ in range(TRIES):
            start = time.perf_counter()
            hits = index.search(row["question"], 10)
            tries.append((time.perf_counter() - start) * 1000)
        times.append(statistics.median(tries))  # what other processes do is not ours
        ids = [names[hit.id] if hit.id < len(names) else "" for hit in hits]
        ranks.append(ids.index(row["docid"]) + 1 if row["docid"] in ids else 0)
        answered += holds_answer(
            row, [documents[hit.id] for hit in hits[:1] if hit.id < len(names)]
        )
    times.sort()
    found = {
        **quality(ranks),
        "answer_at_1": round(answered / len(ranks), 4),
        "p50_ms": round(statistics.median(times), 3),
        "p99_ms": round(times[min(len(times) - 1, int(len(times) * 0.99))], 3),
        "build_seconds": round(build_seconds, 2),
        "index_mb": round(index_mb),
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    return found | (cross_validated(index, names, questions) if size == len(names) else {})


def quality(ranks: list[int]) -> dict[str, float]:
    """Of the ranks of the right documents, 0 where it is not among the first ten."""
    count = len(ranks)
    return {
        "recall_at_1": round(sum(rank == 1 for rank in ranks) / count, 4),
        "recall_at_5": round(sum(1 <= rank <= 5 for rank in ranks) / count, 4),
        "recall_at_10": round(sum(rank > 0 for rank in ranks) / count, 4),
        "mrr": round(sum(1 / rank for rank in ranks if rank) / count, 4),
        "ndcg": round(sum(1 / math.log2(1 + rank) for rank in ranks if rank) / count, 4),
    }


def holds_answer(row: dict[str, Any], documents: list[dict[str, Any]]) -> bool:
    """Whether the first document is the right one or holds the beginning of its answer word for word:
    many documents of the set stand in it twice."""
    answer = "".join(filter(str.isalnum, row.get("answer", "")))[:20]
    return any(
        row["docid"] == each["docid"]
        or (bool(answer) and answer in "".join(filter(str.isalnum, each["text"])))
        for each in documents
    )


def cross_validated(
    index: Index, names: list[str], questions: list[dict[str, Any]]
) -> dict[str, float]:
    """What the index is worth when its weights are chosen without the questions it is judged on."""
    wanted = {name: number for number, name in enumerate(names)}
    ranks: dict[Weights, list[int]] = {weights: [] for weights in GRID}
    for row in questions:
        found = index.evidence(row["question"], 10)
        for weights in GRID:
            hits = [hit.id for hit in index.ranked(found, 10, weights)]
            due = wanted.get(row["docid"], -1)
            ranks[weights].append(hits.index(due) + 1 if due in hits else 0)
    order = list(range(len(questions)))
    random.Random(7).shuffle(order)
    judged: list[int] = []
    for fold in range(FOLDS):
        held_out = set(order[fold::FOLDS])

        def worth(weights: Weights, held_out: set[int] = held_out) -> float:
            return sum(
                1 / rank for at, rank in enumerate(ranks[weights]) if rank and at not in held_out
            )

        best = max(GRID, key=worth)
        judged += [ranks[best][at] for at in sorted(held_out)]
    found_at = quality(judged)
    return {f"cross_validated_{key}": found_at[key] for key in ("recall_at_1", "mrr", "ndcg")}


def memory_mb() -> float:
    """What this process holds in memory now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1024**2


def hay(folder: Path, documents: list[dict[str, Any]], count: int) -> Iterator[str]:
    """`count` passages of about `PASSAGE` characters, the same ones each time: the statutes cut in
    pieces, then sentences of theirs put together anew (of the documents', where no statutes are)."""
    if count <= 0:
        return
    laws = folder.parent / "laws" / "laws.jsonl"
    sentences: list[str] = []
    rows = read(laws) if laws.exists() else documents
    for row in rows:
        text = "".join(row["text"].split())
        for at in range(0, len(text), PASSAGE):
            if laws.exists() and count > 0:
                count -= 1
                yield text[at : at + PASSAGE]
        sentences += [part for part in text.split("。") if 8 <= len(part) <= 80] or [text[:80]]
    draw = random.Random(7)
    while count > 0:
        count -= 1
        yield "。".join(draw.choices(sentences, k=5))
