"""`minxin bench distress`: how often citizens' real messages are taken for a cry for help.

Data: `citizen_messages`. Nothing in it is marked as danger, so what is counted is what is heard; `--show` prints it
to be read by eye. The subjects are as long as what people write in a chat; the whole messages are letters of some 200 characters.
"""

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from minxin.cli.bench import data_folder
from minxin.cli.bench.neighbours import read
from minxin.conversations.rules.safety import lines_of
from minxin.conversations.rules.shipped_safety import RULES
from minxin.text import Alarms, AlarmSet

TURNS = 20_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", help="folder of the set, or its parent (MINXIN_BENCH_DATA)")
    parser.add_argument("--show", type=int, default=0, help="print so many of what was heard")


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """Shares in 10,000 of subjects and of whole messages, by set; microseconds for one that says nothing of it."""
    folder = data_folder(arguments.data, "citizen_messages")
    subjects: list[str] = []
    letters: list[str] = []
    for name in ("with_official_replies.csv", "unlabelled_2017_2020.csv"):
        for row in read(folder / name):
            subjects.append(row["留言主题"].strip())
            letters.append(" ".join(f"{row['留言主题']}。{row['留言详情']}".split()))
    letters += [
        (row["raw_subject_plus_detail"] or row["segmented_text"].replace(" ", "")).strip()
        for row in read(folder / "labelled.csv")
    ]
    subjects, letters = list(dict.fromkeys(subjects)), list(dict.fromkeys(letters))
    alarms = Alarms([AlarmSet(row[0], lines_of(row[2]), lines_of(row[3])) for row in RULES])
    found: dict[str, Any] = {}
    for name, texts in (("subjects", subjects), ("letters", letters)):
        found |= _heard(alarms, name, texts, arguments.show)
    plain = [each for each in subjects if alarms.find(each) is None]
    return found | {"microseconds": _cost(alarms, plain)}


def _heard(alarms: Alarms, name: str, texts: Sequence[str], show: int) -> dict[str, Any]:
    heard = [(each, text) for text in texts if (each := alarms.find(text)) is not None]
    for each, text in random.Random(0).sample(heard, min(show, len(heard))):
        at = max(text.find(each.said[:2]) - 30, 0)
        print(f"{name}\t{each.label}\t{each.said}\t{text[at : at + 90]}", file=sys.stderr)
    kinds = Counter(each.label for each, _ in heard)
    return {
        name: len(texts),
        f"{name}_heard": len(heard),
        f"{name}_heard_per_10k": round(10_000 * len(heard) / len(texts), 1),
        f"{name}_by_set": dict(kinds.most_common()),
    }


def _cost(alarms: Alarms, texts: Sequence[str]) -> float:
    began = time.process_time()
    for number in range(TURNS):
        alarms.find(texts[number % len(texts)])
    return round((time.process_time() - began) / TURNS * 1e6, 2)
