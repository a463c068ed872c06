"""`minxin bench replies`: how well does `text.replies` read official replies, how often is it wrong?

Data: `with_official_replies.csv` (message and reply) and `reply_quality_100.csv` (the same with one
team's marks 完整性指标 and 可解释性指标, 1 or 0) in `citizen_messages`. Whoever wrote the patterns of the
reading had read replies of both files, marks included: these figures are not of unseen replies.
"""

import argparse
import csv
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from minxin.cli.bench import data_folder
from minxin.text.replies import (
    ON_SUBJECT,
    Past,
    Reading,
    body_of,
    coverage,
    explains,
    fingerprint,
    read_reply,
)

COMPLETE = 60  # points from which a reply counts as complete
WINDOW = 500  # replies before it that each reply is held against
DRAWS = 2000  # of the bootstrap


@dataclass(frozen=True, slots=True)
class Pair:
    """A message, its reply, and the team's marks where there are any."""

    question: str
    reply: str
    is_complete: bool | None = None
    is_explained: bool | None = None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", help="folder of the set, or its parent (MINXIN_BENCH_DATA)")
    parser.add_argument(
        "--sample", metavar="KIND", help="print 20 replies with this finding on stderr, to be read"
    )


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """Shares of flagged replies, subject against swapped replies, agreement with the marks, speed."""
    folder = data_folder(arguments.data, "citizen_messages")
    pairs = read(folder / "with_official_replies.csv")
    marked = [
        each for each in read(folder / "reply_quality_100.csv") if each.is_complete is not None
    ]
    if len(pairs) < 2 or not marked:
        sys.exit("Nothing to measure: there are no replies, or none with marks.")
    readings, times = timed(pairs)
    if arguments.sample:
        show(pairs, readings, arguments.sample)
    return {
        "replies": len(pairs),
        "flagged": flagged(readings),
        "subject": subject(pairs),
        "marks": agreement(marked),
        "ms_p50": round(statistics.median(times), 2),
        "ms_p99": round(sorted(times)[int(len(times) * 0.99)], 2),
        "window": WINDOW,
    }


def read(path: Path) -> list[Pair]:
    """The rows of a sheet that have both a message and a reply; ends with a sentence otherwise."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        return [
            Pair(
                " ".join(f"{row['留言主题']}\n{row['留言详情']}".split()),
                " ".join(row["答复意见"].split()),
                *(_mark(row.get(name)) for name in ("完整性指标", "可解释性指标")),
            )
            for row in rows
            if (row["答复意见"] or "").strip()
        ]
    except OSError as error:
        sys.exit(f"Cannot read {path}: {error.strerror}.")
    except (KeyError, ValueError) as error:
        sys.exit(f"{path} is not a sheet of messages and replies in UTF-8: {error}.")


def _mark(cell: str | None) -> bool | None:
    return {"1": True, "0": False}.get((cell or "").strip())


def timed(pairs: Sequence[Pair]) -> tuple[list[Reading], list[float]]:
    """Each reply read beside the `WINDOW` before it, and the milliseconds it took."""
    past = [Past(fingerprint(each.reply), fingerprint(each.question)) for each in pairs]
    readings, times = [], []
    for at, each in enumerate(pairs):
        before = past[max(0, at - WINDOW) : at]
        began = time.perf_counter()
        readings.append(read_reply(each.question, each.reply, past=before))
        times.append((time.perf_counter() - began) * 1000)
    return readings, times


def flagged(readings: Sequence[Reading]) -> dict[str, float]:
    """Share of replies per kind of finding, the commonest first; `any_block` held back altogether."""
    counts = Counter(kind for each in readings for kind in {one.kind for one in each.findings})
    counts["any_block"] = sum(bool(each.blocks) for each in readings)
    return {kind: round(count / len(readings), 4) for kind, count in counts.most_common()}


def subject(pairs: Sequence[Pair]) -> dict[str, float]:
    """`off_subject` on each reply beside its own question, and beside another's: a known mistake."""
    others = list(range(len(pairs)))
    random.Random(7).shuffle(others)
    bodies = [body_of(each.reply) for each in pairs]
    own = [coverage(each.question, body) for each, body in zip(pairs, bodies, strict=True)]
    wrong = [
        coverage(pairs[at].question, bodies[other])
        for at, other in enumerate(others)
        if pairs[at].reply != pairs[other].reply
    ]
    return {
        "own_flagged": round(sum(each < ON_SUBJECT for each in own) / len(own), 4),
        "swapped_flagged": round(sum(each < ON_SUBJECT for each in wrong) / len(wrong), 4),
        "auc": round(auc([*((True, x) for x in own), *((False, x) for x in wrong)]), 4),
    }


def agreement(marked: Sequence[Pair]) -> dict[str, Any]:
    """Score and cause against the team's marks, with 95 % bootstrap intervals; beside them what the
    mere length of a reply, and always saying the commoner mark, would give."""
    readings = [read_reply(each.question, each.reply) for each in marked]
    complete = [bool(each.is_complete) for each in marked]
    explained = [bool(each.is_explained) for each in marked]
    lengths = [float(len(body_of(each.reply))) for each in marked]
    scores = [float(each.score) for each in readings]
    said = [score >= COMPLETE for score in scores]
    causes = [explains(each.reply) for each in marked]
    return {
        "rows": len(marked),
        "complete": {
            "accuracy": interval(list(zip(complete, said, strict=True)), accuracy),
            "kappa": interval(list(zip(complete, said, strict=True)), kappa),
            "auc": interval(list(zip(complete, scores, strict=True)), auc),
            "auc_of_length": interval(list(zip(complete, lengths, strict=True)), auc),
            "accuracy_of_commoner": commoner(complete),
        },
        "explained": {
            "accuracy": interval(list(zip(explained, causes, strict=True)), accuracy),
            "kappa": interval(list(zip(explained, causes, strict=True)), kappa),
            "auc_of_score": interval(list(zip(explained, scores, strict=True)), auc),
            "auc_of_length": interval(list(zip(explained, lengths, strict=True)), auc),
            "accuracy_of_commoner": commoner(explained),
        },
    }


def commoner(marks: Sequence[bool]) -> float:
    """Accuracy of always saying the commoner mark."""
    share = sum(marks) / len(marks)
    return round(max(share, 1 - share), 3)


def accuracy(pairs: Sequence[tuple[bool, float]]) -> float:
    """Share of pairs whose two judgements are the same."""
    return sum(one == other for one, other in pairs) / len(pairs)


def kappa(pairs: Sequence[tuple[bool, float]]) -> float:
    """Cohen's kappa of two judgements, yes or no; 0 where both always say the same one."""
    count = len(pairs)
    first = sum(one for one, _ in pairs) / count
    second = sum(bool(other) for _, other in pairs) / count
    by_chance = first * second + (1 - first) * (1 - second)
    return (accuracy(pairs) - by_chance) / (1 - by_chance) if by_chance < 1 else 0.0


def auc(pairs: Sequence[tuple[bool, float]]) -> float:
    """Chance that one marked yes has the higher value than one marked no; ties count half."""
    below, rank, at = 0.0, 0, 0
    ordered = sorted(pairs, key=lambda pair: pair[1])
    yes = sum(one for one, _ in ordered)
    no = len(ordered) - yes
    if not yes or not no:
        return 0.5
    while at < len(ordered):
        end = at
        while end < len(ordered) and ordered[end][1] == ordered[at][1]:
            end += 1
        hits = sum(one for one, _ in ordered[at:end])
        misses = end - at - hits
        below += hits * (rank + misses / 2)
        rank += misses
        at = end
    return below / (yes * no)


def interval(
    pairs: Sequence[tuple[bool, float]], measure: Callable[[Sequence[tuple[bool, float]]], float]
) -> dict[str, float]:
    """The measure with its 95 % percentile-bootstrap interval, the same draws each time."""
    draw = random.Random(7)
    values = sorted(measure(draw.choices(pairs, k=len(pairs))) for _ in range(DRAWS))
    return {
        "value": round(measure(pairs), 3),
        "low": round(values[int(DRAWS * 0.025)], 3),
        "high": round(values[int(DRAWS * 0.975)], 3),
    }


def show(pairs: Sequence[Pair], readings: Sequence[Reading], kind: str) -> None:
    """Twenty replies with a finding, drawn the same each time, for a person to read."""
    hits = [at for at, each in enumerate(readings) if kind in {one.kind for one in each.findings}]
    for at in random.Random(7).sample(hits, min(20, len(hits))):
        print(
            f"{pairs[at].question[:150]}\n    {body_of(pairs[at].reply)[:300]}\n", file=sys.stderr
        )
