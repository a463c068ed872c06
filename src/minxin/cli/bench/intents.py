"""`minxin bench intents`: are unanswered questions that ask for the same put together, and how fast?

Data: `labelled.csv` (segmented_text, near_dup_group): the messages come in their order, one after another, as
questions do; each joins an intent or begins one. The groups label near duplicates only: what asks for the same
in other words counts as wrong here when it is joined, so precision is a lower bound for "the same matter".
`unlabelled_2017_2020.csv`: its subjects, which are as short as a question is, for speed and how many fall
together; nothing judges those.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any

from minxin.cli.bench import data_folder
from minxin.cli.bench.neighbours import read
from minxin.knowledge.clustering import HOLD, JOIN, Grouping

LONGEST = 300  # characters of a question that are kept


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", help="folder of the set, or its parent (MINXIN_BENCH_DATA)")
    parser.add_argument("--test", help="a file of labelled messages to be judged on instead")


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """Pairs within intents against the groups; intents made of short subjects, and the time for one."""
    folder = data_folder(arguments.data, "citizen_messages")
    labelled = read(Path(arguments.test) if arguments.test else folder / "labelled.csv")
    texts = [row["segmented_text"].replace(" ", "")[:LONGEST] for row in labelled]
    placed, seconds = put_together(texts)
    found = agreement([row["near_dup_group"] for row in labelled], placed)
    found |= {"messages": len(texts), "intents": len(set(placed)), "join": JOIN, "hold": HOLD}
    found["ms_per_message"] = round(1000 * seconds / len(texts), 2)
    print(f"{len(texts)} labelled messages: {found}", file=sys.stderr)
    subjects = [row["留言主题"].strip() for row in read(folder / "unlabelled_2017_2020.csv")]
    placed, seconds = put_together(subjects)
    sizes = Counter(placed)
    found["subjects"] = len(subjects)
    found["subject_intents"] = len(sizes)
    found["subjects_in_intents_of_two_or_more"] = sum(n for n in sizes.values() if n > 1)
    found["largest_subject_intent"] = max(sizes.values(), default=0)
    found["ms_per_subject"] = round(1000 * seconds / max(len(subjects), 1), 2)
    return found


def put_together(texts: Sequence[str]) -> tuple[list[int], float]:
    """The intent of each text, as the nightly work would find it, and the seconds it took."""
    began = time.perf_counter()
    grouping, intents, made = Grouping(), list[int](), 0
    for number, text in enumerate(texts):
        joined = grouping.place(text)
        if joined is None:
            made += 1
        intent = made if joined is None else joined.intent
        grouping.put(number, intent, text)
        intents.append(intent)
    return intents, time.perf_counter() - began


def agreement(labels: Sequence[Hashable], intents: Sequence[Hashable]) -> dict[str, float]:
    """Of all pairs in one intent how many share a label, and the other way round: precision, recall, F1."""
    both = _pairs(Counter(zip(labels, intents, strict=True)))
    joined, labelled = _pairs(Counter(intents)), _pairs(Counter(labels))
    precision = both / joined if joined else 1.0
    recall = both / labelled if labelled else 1.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {
        "pair_precision": round(precision, 4),
        "pair_recall": round(recall, 4),
        "pair_f1": round(f1, 4),
    }


def _pairs(sizes: "Counter[Any]") -> int:
    return sum(size * (size - 1) // 2 for size in sizes.values())
