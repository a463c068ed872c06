"""`minxin bench routing`: does the classifier know which class a citizen's message belongs to, and how
surely?

Data: `labelled.csv` (label, segmented_text, near_dup_group); the text is `segmented_text` without its
spaces. Five folds; messages that are nearly the same stand in one fold. The peer, TF-IDF of one to three
characters with a linear support vector machine as they come, learns and is judged on the same folds.
"""

import argparse
import csv
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from minxin.cli.bench import data_folder
from minxin.text.classifier import TooLittleHistory, folds, learn
from minxin.text.classifier.measuring import calibration_error, coverage, macro_f1

FOLDS = 5
PRECISION = 0.98
COLUMNS = ("label", "segmented_text", "near_dup_group")
LONGEST_CELL = 1_000_000


class Message(NamedTuple):
    """One row: what is judged, the right class, its near-duplicates' number."""

    text: str
    label: str
    group: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", help="folder of the set, or its parent (MINXIN_BENCH_DATA)")
    parser.add_argument("--test", help="a file to be judged on alone, learning from all of --data")


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """Quality over the folds, or on the file alone; speed and size of one model."""
    known = read(data_folder(arguments.data, "citizen_messages") / "labelled.csv")
    test = read(Path(arguments.test)) if arguments.test else []
    if not known or (arguments.test and not test):
        sys.exit("Nothing to measure: there is no message.")
    if test:
        return measure([(known, test)])
    fold = folds([message.group for message in known], FOLDS)
    return measure(
        [
            (
                [message for message, of in zip(known, fold, strict=True) if of != one],
                [message for message, of in zip(known, fold, strict=True) if of == one],
            )
            for one in range(FOLDS)
        ]
    )


def read(path: Path) -> list[Message]:
    """The messages of a file; ends with a sentence when it cannot be read."""
    before = csv.field_size_limit(LONGEST_CELL)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
            if missing:
                sys.exit(f"{path} lacks the columns {', '.join(missing)}.")
            return [
                Message(row["segmented_text"].replace(" ", ""), row["label"], row["near_dup_group"])
                for row in rows
            ]
    except OSError as error:
        sys.exit(f"Cannot read {path}: {error.strerror}.")
    except (UnicodeDecodeError, csv.Error) as error:
        sys.exit(f"{path} is not a CSV file in UTF-8: {error}.")
    finally:
        csv.field_size_limit(before)


def measure(parts: Sequence[tuple[list[Message], list[Message]]]) -> dict[str, Any]:
    """Learn from the first of each part and judge the second; figures over all that were judged."""
    right: list[str] = []
    ours: list[str] = []
    peers: list[str] = []
    chances: list[NDArray[np.float64]] = []
    learning, asking, size = [], 0.0, 0.0
    for learnt, judged in parts:
        texts = [message.text for message in judged]
        began = time.process_time()
        try:
            model = learn(
                [message.text for message in learnt],
                [message.label for message in learnt],
                groups=[message.group for message in learnt],
            )
        except TooLittleHistory as error:
            sys.exit(f"Too little to learn from: {error}.")
        learning.append(time.process_time() - began)
        began = time.process_time()
        chance = model.probabilities(texts)
        asking += time.process_time() - began
        with tempfile.TemporaryDirectory() as folder:
            model.save(Path(folder) / "model.npz")
            size = max(size, (Path(folder) / "model.npz").stat().st_size / 1e6)
        right += [message.label for message in judged]
        ours += [model.labels[at] for at in chance.argmax(axis=1)]
        chances.append(chance.max(axis=1))
        peers += peer(learnt, texts)
        print(f"{len(learnt)} learnt, {len(judged)} judged: {learning[-1]:.1f} s", file=sys.stderr)
    hit = np.array([a == b for a, b in zip(ours, right, strict=True)], np.float64)
    sure = np.concatenate(chances)
    return {
        "macro_f1": round(macro_f1(right, ours), 4),
        "accuracy": round(float(hit.mean()), 4),
        "ece": round(calibration_error(sure, hit), 4),
        "coverage_at_98": round(coverage(sure, hit, PRECISION), 4),
        "messages_per_second": round(len(right) / asking),
        "model_mb": round(size, 1),
        "train_seconds": round(float(np.median(learning)), 2),
        "peer_macro_f1": round(macro_f1(right, peers), 4),
        "messages": len(right),
    }


def peer(learnt: Sequence[Message], texts: Sequence[str]) -> list[str]:
    """What the plain pair of scikit-learn says."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    vectors = TfidfVectorizer(analyzer="char", ngram_range=(1, 3))
    matrix = vectors.fit_transform(message.text for message in learnt)
    machine = LinearSVC(random_state=0).fit(matrix, [message.label for message in learnt])
    return [str(label) for label in machine.predict(vectors.transform(texts))]
