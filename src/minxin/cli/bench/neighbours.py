"""`minxin bench neighbours`: are tickets that say the same found, and how fast among very many?

Data: `labelled.csv` (segmented_text, near_dup_group) judges the pairs; `unlabelled_2017_2020.csv` gives the
sentences of which the hay stack is made. Its tickets are three to five sentences of different messages put
together anew: they share more with one another than real ones do, which makes a look-up dearer, not cheaper.
"""

import argparse
import csv
import itertools
import random
import re
import resource
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from minxin.cli.bench import data_folder
from minxin.text import NearDuplicates, likeness, shingles
from minxin.tickets.rules.neighbours import SIMILAR

CURVE = (0.3, 0.35, 0.4, 0.45, 0.5, 0.6)
CHUNK = 20_000
ASKED = 500
_SENTENCE = re.compile(r"[^。！？!?；;\n]+")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", help="folder of the set, or its parent (MINXIN_BENCH_DATA)")
    parser.add_argument("--test", help="a file of labelled messages to be judged on instead")
    parser.add_argument("--scale", type=int, help="tickets in one more hay stack, say 1000000")


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """Pairs against the groups; look-ups in milliseconds among 100 thousand tickets and `--scale`."""
    folder = data_folder(arguments.data, "citizen_messages")
    labelled = read(Path(arguments.test) if arguments.test else folder / "labelled.csv")
    found = pairs_found(labelled)
    print(f"{len(labelled)} messages: {found}", file=sys.stderr)
    messages = [
        " ".join(f"{row['留言主题']}。{row['留言详情']}".split())
        for row in read(folder / "unlabelled_2017_2020.csv")
    ]
    for size in [100_000, *([arguments.scale] if arguments.scale else [])]:
        measured = lookups(messages, size)
        print(f"{size} tickets: {measured}", file=sys.stderr)
        found |= {f"{key}_{size // 1000}k": value for key, value in measured.items()}
    return found


def read(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file; ends with a sentence when it cannot be read."""
    before = csv.field_size_limit(10_000_000)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))
    except OSError as error:
        sys.exit(f"Cannot read {path}: {error.strerror}.")
    finally:
        csv.field_size_limit(before)


def pairs_found(rows: Sequence[dict[str, str]]) -> dict[str, Any]:
    """Every message looked up among those before it, as tickets come in. Precision, recall and F1 of the
    pairs, and of the pairs within the groups that linked messages make (`grouped_`)."""
    texts = [row["segmented_text"].replace(" ", "") for row in rows]
    groups = [row["near_dup_group"] for row in rows]
    index, links = NearDuplicates(), dict[tuple[int, int], float]()
    sets = [shingles(text) for text in texts]
    for number, text in enumerate(texts):
        for other in index.candidates(text):
            how = likeness(sets[number], sets[other])
            if how >= min(CURVE):
                links[other, number] = how
        index.add([(number, text)])
    true = set(_pairs(_members(groups)))
    if not true:
        sys.exit("Nothing to measure: no two messages are of one group.")
    curve = {
        f"{least:.2f}": _scores({pair for pair, how in links.items() if how >= least}, true)
        for least in CURVE
    }
    linked = {pair for pair, how in links.items() if how >= SIMILAR}
    together = _scores(set(_pairs(_members(_components(len(texts), linked)))), true)
    return {
        **_scores(linked, true),
        **{f"grouped_{key}": value for key, value in together.items()},
        "messages": len(texts),
        "true_pairs": len(true),
        "curve": curve,
    }


def _members(groups: Sequence[object]) -> Iterable[list[int]]:
    members: defaultdict[object, list[int]] = defaultdict(list)
    for number, group in enumerate(groups):
        members[group].append(number)
    return members.values()


def _pairs(groups: Iterable[list[int]]) -> Iterator[tuple[int, int]]:
    return itertools.chain.from_iterable(itertools.combinations(group, 2) for group in groups)


def _components(count: int, links: Iterable[tuple[int, int]]) -> list[int]:
    parent = list(range(count))

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = number = parent[parent[number]]
        return number

    for one, other in links:
        parent[root(one)] = root(other)
    return [root(number) for number in range(count)]


def _scores(found: set[tuple[int, int]], true: set[tuple[int, int]]) -> dict[str, float]:
    right = len(found & true)
    precision = right / len(found) if found else 0.0
    recall = right / len(true)
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}


def lookups(messages: Sequence[str], size: int) -> dict[str, Any]:
    """An index of `size` tickets, kept and read again from disk, asked about `ASKED` messages with a sentence
    left out and a few characters changed, whose originals are among the tickets.

    A look-up is all of it: sketch, candidates, their texts (from memory) and the exact measure.
    `found` is the share of the originals among what is at least `SIMILAR`, of those that are.
    """
    draw = random.Random(11)
    asked = draw.sample([each for each in messages if len(each) >= 60], ASKED)
    texts = [*asked, *itertools.islice(hay(messages, draw), size - len(asked))]
    began, index = time.perf_counter(), NearDuplicates()
    for at in range(0, size, CHUNK):
        index.add(enumerate(texts[at : at + CHUNK], at))
    build_seconds = time.perf_counter() - began
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        index.save(folder)
        megabytes = sum(path.stat().st_size for path in folder.iterdir()) / 2**20
        index = NearDuplicates.load(folder)
        times, met, due, measured = [], 0, 0, []
        for number, text in enumerate(asked):
            changed = altered(text, draw)
            start = time.perf_counter()
            wanted = shingles(changed)
            candidates = index.candidates(changed)
            near = {each: likeness(wanted, shingles(texts[each])) for each in candidates}
            times.append((time.perf_counter() - start) * 1000)
            measured.append(len(candidates))
            if likeness(wanted, shingles(text)) >= SIMILAR:
                due += 1
                met += near.get(number, 0.0) >= SIMILAR
    times.sort()
    return {
        "p50_ms": round(statistics.median(times), 2),
        "p99_ms": round(times[int(len(times) * 0.99)], 2),
        "found": round(met / due, 4),
        "candidates_p50": statistics.median(measured),
        "build_seconds": round(build_seconds, 1),
        "index_mb": round(megabytes),
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def hay(messages: Sequence[str], draw: random.Random) -> Iterator[str]:
    """Tickets without end, each of three to five sentences that real people wrote, of different messages."""
    sentences = [
        one.strip()
        for message in messages
        for one in _SENTENCE.findall(message)
        if 6 <= len(one.strip()) <= 80
    ]
    while True:
        yield "。".join(draw.choices(sentences, k=draw.randint(3, 5)))


def altered(text: str, draw: random.Random) -> str:
    """The same matter as another person may write it: a sentence fewer, one character in twenty another."""
    parts = _SENTENCE.findall(text)
    if len(parts) > 2:
        parts.pop(draw.randrange(len(parts)))
    return "".join(draw.choice(text) if draw.random() < 0.05 else char for char in "。".join(parts))
