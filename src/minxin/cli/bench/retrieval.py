"""`minxin bench retrieval`: does the index find the document that answers a policy question, how fast?

Data: `documents.jsonl` (docid, text) and `questions.jsonl` (docid, question). For the larger sizes
the same documents stand among passages cut from statutes (`../laws/laws.jsonl`) or, without those,
among recombined sentences of the documents; these only make the hay stack larger.
"""

import argparse
import itertools
import json
import random
import resource
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from minxin.cli.bench import data_folder
from minxin.text import Index

PASSAGE = 200
TRIES = 3  # each question is timed so often, and its middle time counts


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
    index = Index()
    began = time.perf_counter()
    names = [row["docid"] for row in documents]
    texts = itertools.chain(
        (row["text"] for row in documents), hay(folder, documents, size - len(documents))
    )
    index.build(enumerate(texts))
    build_seconds = time.perf_counter() - began
    for row in questions[:50]:
        index.search(row["question"])  # warm
    ranks, times = [], []
    for row in questions:
        tries = []
        for _ in range(TRIES):
            start = time.perf_counter()
            hits = index.search(row["question"], 10)
            tries.append((time.perf_counter() - start) * 1000)
        times.append(statistics.median(tries))  # what other processes do is not ours
        ids = [names[hit.id] if hit.id < len(names) else "" for hit in hits]
        ranks.append(ids.index(row["docid"]) + 1 if row["docid"] in ids else 0)
    times.sort()
    count = len(ranks)
    return {
        "recall_at_1": round(sum(rank == 1 for rank in ranks) / count, 4),
        "recall_at_5": round(sum(1 <= rank <= 5 for rank in ranks) / count, 4),
        "recall_at_10": round(sum(rank > 0 for rank in ranks) / count, 4),
        "mrr": round(sum(1 / rank for rank in ranks if rank) / count, 4),
        "p50_ms": round(statistics.median(times), 3),
        "p99_ms": round(times[min(len(times) - 1, int(len(times) * 0.99))], 3),
        "build_seconds": round(build_seconds, 2),
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


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
