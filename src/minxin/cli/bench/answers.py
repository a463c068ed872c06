"""`minxin bench answers`: are the sentences that come out the ones that answer?

Data: `documents.jsonl` (docid, text) and `questions.jsonl` (docid, question, answer) of `policy_qa`. Five
folds, all questions about one document in the same fold: weights and confidence are learned on four and
judged on the fifth. With `--test` they are learned from `--data` and judged on that file alone.
"""

import argparse
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from minxin.cli.bench import data_folder
from minxin.cli.bench.retrieval import read
from minxin.text import Index
from minxin.text.answers import SHIPPED, SURE, Passage, Weighing, extract
from minxin.text.answers.questions import read_question
from minxin.text.answers.weighing import NAMES, Asked, Text, runs
from minxin.text.classifier import folds

FOLDS = 5
WRONG = 0.3  # an answer whose characters overlap less with the given one is wrong
HELD = 0.5  # unless its sentences hold this share of the given one's clauses
AIMED = 0.1  # the share of wrong ones for which the threshold is chosen
SOME = 20  # answers, before a share is believed
SOFT = 0.1  # how much better a run must be to be the one that is learned
PENALTY = 12.0
SIGNS = 8

Numbers = NDArray[np.float64]


class Case(NamedTuple):
    """A question with the answer somebody marked in a document, and the document that is found for it."""

    question: str
    answer: str
    gold: Passage
    found: Passage
    group: str


class Judged(NamedTuple):
    """One answer beside the marked one."""

    exact: bool
    f1: float
    rouge: float
    shown_f1: float
    held: float
    confidence: float
    milliseconds: float

    @property
    def is_wrong(self) -> bool:
        """Whether neither its core nor its sentences are what was marked."""
        return self.f1 < WRONG and self.held < HELD


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", help="folder of the set, or its parent (MINXIN_BENCH_DATA)")
    parser.add_argument("--test", help="a file of questions to be judged on alone")
    parser.add_argument("--weights", action="store_true", help="print what all of --data teaches")


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """Quality given the gold and given the retrieved document, and the time of one question."""
    folder = data_folder(arguments.data, "policy_qa")
    documents = {row["docid"]: row["text"] for row in read(folder / "documents.jsonl")}
    index = Index()
    names = list(documents)
    index.build(enumerate(documents.values()))

    def cases(path: Path) -> list[Case]:
        return [_case(row, documents, names, index) for row in read(path)]

    known = cases(folder / "questions.jsonl")
    test = cases(Path(arguments.test)) if arguments.test else []
    if not known or (arguments.test and not test):
        sys.exit("Nothing to measure: there is no question with an answer.")
    if arguments.weights:
        weighing = learned(known)
        print({n: round(w, 2) for n, w in zip(NAMES, weighing.runs, strict=True)}, file=sys.stderr)
        print([round(each, 2) for each in weighing.confidence], file=sys.stderr)
    if test:
        parts = [(known, test)]
    else:
        fold = folds([case.group for case in known], FOLDS)
        both = list(zip(known, fold, strict=True))
        parts = [
            ([case for case, of in both if of != one], [case for case, of in both if of == one])
            for one in range(FOLDS)
        ]
    return measured(parts)


def _case(row: dict[str, Any], documents: dict[str, str], names: list[str], index: Index) -> Case:
    hits = index.search(row["question"], 1)
    found = names[hits[0].id] if hits else row["docid"]
    return Case(
        row["question"],
        row["answer"],
        Passage(row["docid"], documents[row["docid"]]),
        Passage(found, documents[found]),
        row["docid"],
    )


def measured(parts: Sequence[tuple[list[Case], list[Case]]]) -> dict[str, Any]:
    """All figures over the parts (learned from, judged)."""
    gold: list[Judged] = []
    found: list[Judged] = []
    given: list[Judged] = []
    shipped: list[Judged] = []
    peer: list[Judged] = []
    thresholds = []
    for known, judged in parts:
        weighing = learned(known)
        inner = [judge(case, case.found, weighing) for case in known]
        threshold = threshold_of(inner)
        thresholds.append(threshold)
        for case in judged:
            gold.append(judge(case, case.gold, weighing))
            found.append(judge(case, case.found, weighing))
            shipped.append(judge(case, case.found, SHIPPED))
            peer.append(best_sentence(case, case.found))
            if found[-1].confidence >= threshold:
                given.append(found[-1])
        print(f"threshold {threshold:.3f}, judged {len(judged)}", file=sys.stderr)
    times = sorted(each.milliseconds for each in found)
    sure = [each for each in shipped if each.confidence >= SURE]
    return {
        **_means(found, ""),
        **_means(gold, "_gold"),
        "coverage": round(len(given) / len(found), 4),
        "wrong": _wrong(given),
        "given": len(given),
        "threshold": round(statistics.median(thresholds), 3),
        "shipped_coverage": round(len(sure) / len(found), 4),
        "shipped_wrong": _wrong(sure),
        "curve": _curve(found),
        "p50_ms": round(statistics.median(times), 2),
        "p99_ms": round(times[min(len(times) - 1, int(len(times) * 0.99))], 2),
        "peer_f1": round(statistics.mean(each.f1 for each in peer), 4),
        "peer_rouge_l": round(statistics.mean(each.rouge for each in peer), 4),
        "peer_wrong": _wrong(peer),
        "questions": len(found),
    }


def _means(some: list[Judged], name: str) -> dict[str, float]:
    return {
        f"exact{name}": round(statistics.mean(each.exact for each in some), 4),
        f"f1{name}": round(statistics.mean(each.f1 for each in some), 4),
        f"rouge_l{name}": round(statistics.mean(each.rouge for each in some), 4),
        f"sentence_f1{name}": round(statistics.mean(each.shown_f1 for each in some), 4),
        f"held{name}": round(statistics.mean(each.held for each in some), 4),
    }


def _wrong(some: list[Judged]) -> float:
    return round(sum(each.is_wrong for each in some) / len(some), 4) if some else 0.0


def _curve(some: list[Judged]) -> list[list[float]]:
    """[share answered, share of these that are wrong], the surest first."""
    ordered = sorted(some, key=lambda each: -each.confidence)
    shares = (0.05, 0.1, 0.2, 0.3, 0.5, 1.0)
    return [[share, _wrong(ordered[: max(int(share * len(ordered)), 1)])] for share in shares]


def threshold_of(some: list[Judged]) -> float:
    """The lowest confidence from which on at most `AIMED` are wrong; 1 when there is none."""
    ordered = sorted(some, key=lambda each: -each.confidence)
    best, wrong = 1.0, 0
    for count, each in enumerate(ordered, 1):
        wrong += each.is_wrong
        if count >= SOME and wrong <= AIMED * count:
            best = each.confidence
    return best


# Judging -----------------------------------------------------------------------------------------

_NOTHING = re.compile(r"[\W_]+")


def level(text: str) -> str:
    """What is compared: letters and digits alone."""
    return _NOTHING.sub("", text)


def overlap(said: str, answer: str) -> float:
    """F1 of the characters of two texts, each as often as it stands there; 0 to 1."""
    shared = sum((Counter(said) & Counter(answer)).values())
    return 2 * shared / (len(said) + len(answer)) if shared else 0.0


def common(one: str, other: str) -> int:
    """The length of the longest common subsequence, all columns of a row at once in one number
    (Hyyrö 2004)."""
    places: dict[str, int] = {}
    for at, sign in enumerate(one):
        places[sign] = places.get(sign, 0) | 1 << at
    full = (1 << len(one)) - 1
    row = full
    for sign in other:
        met = row & places.get(sign, 0)
        row = (row + met | row - met) & full
    return len(one) - row.bit_count()


def rouge_l(said: str, answer: str) -> float:
    """F1 of the longest common subsequence of characters."""
    shared = common(said, answer)
    return 2 * shared / (len(said) + len(answer)) if shared else 0.0


def held_share(shown: str, answer: str) -> float:
    """The share of the answer's clauses, by characters, that stand in what is shown."""
    clauses = [part for each in re.split(r"[，。；：！？\s]", answer) if (part := level(each))]
    total = sum(map(len, clauses))
    return sum(len(each) for each in clauses if each in shown) / total if total else 0.0


def _judged(core: str, shown: str, answer: str, confidence: float, milliseconds: float) -> Judged:
    said, marked, whole = level(core), level(answer), level(shown)
    return Judged(
        said == marked,
        overlap(said, marked),
        rouge_l(said, marked),
        overlap(whole, marked),
        held_share(whole, answer),
        confidence,
        milliseconds,
    )


def judge(case: Case, passage: Passage, weighing: Weighing) -> Judged:
    """What comes out of one passage beside what was marked, and the time it took."""
    began = time.perf_counter()
    found = extract(case.question, [passage], weighing=weighing)
    took = (time.perf_counter() - began) * 1000
    if found is None:
        return _judged("", "", case.answer, 0.0, took)
    return _judged(found.core, found.bundle.text, case.answer, found.confidence, took)


def best_sentence(case: Case, passage: Passage) -> Judged:
    """The peer: the best sentence of the passage by BM25 over bigrams and words."""
    text = Text(passage.text)
    said = [passage.text[unit.start : unit.end] for unit in text.units]
    index = Index()
    index.build(enumerate(said))
    hits = index.search(case.question, 1)
    best = said[hits[0].id] if hits else said[0]
    return _judged(best, best, case.answer, 1.0, 0.0)


# Learning ----------------------------------------------------------------------------------------


def learned(known: list[Case]) -> Weighing:
    """Weights of runs by a softmax over all runs of a question whose aim is their overlap with what was
    marked; then the confidence by a logistic model of what is not wrong, in the documents found."""
    tables: list[Numbers] = []
    aims: list[Numbers] = []
    for case in known:
        text = Text(case.gold.text)
        tried = list(runs(Asked(read_question(case.question), [text]), [text]))
        if not tried:
            continue
        marked = level(case.answer)
        values = np.array([
            overlap(level(text.text[text.clauses[each.first].start : text.clauses[each.last].end]), marked)
            for each, _ in tried
        ])  # fmt: skip
        tables.append(np.array([numbers for _, numbers in tried]))
        soft = np.exp((values - values.max()) / SOFT)
        aims.append(soft / soft.sum())
    weights = _softmax_weights(tables, aims)
    plain = Weighing(tuple(float(each) for each in weights), (0.0,) * SIGNS)
    signs, right = [], []
    for case in known:
        found = extract(case.question, [case.found], weighing=plain)
        if found is not None:
            judged = _judged(found.core, found.bundle.text, case.answer, 0.0, 0.0)
            signs.append(found.signs)
            right.append(not judged.is_wrong)
    return Weighing(plain.runs, _logistic(np.array(signs), np.array(right, dtype=float)))


def _softmax_weights(tables: list[Numbers], aims: list[Numbers]) -> Numbers:
    rows, aim = np.concatenate(tables), np.concatenate(aims)
    scale = rows.std(axis=0) + 1e-6
    rows = rows / scale
    begins = np.cumsum([0, *map(len, tables)])[:-1]
    of = np.repeat(np.arange(len(tables)), [len(table) for table in tables])

    def loss(weights: Numbers) -> tuple[float, Numbers]:
        value = rows @ weights
        value -= np.maximum.reduceat(value, begins)[of]
        raised = np.exp(value)
        sums = np.add.reduceat(raised, begins)[of]
        slope = rows.T @ (raised / sums - aim)
        cost = -(aim * (value - np.log(sums))).sum() + PENALTY * (weights @ weights) / 2
        return float(cost), slope + PENALTY * weights

    start = np.zeros(rows.shape[1])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 100})
    return np.asarray(found.x / scale)


def _logistic(signs: Numbers, right: Numbers) -> tuple[float, ...]:
    def loss(weights: Numbers) -> float:
        value = signs @ weights
        cost = np.logaddexp(0.0, value).sum() - right @ value
        return float(cost + 0.5 * (weights[1:] @ weights[1:]))

    found = minimize(loss, np.zeros(signs.shape[1]), method="L-BFGS-B")
    return tuple(float(each) for each in found.x)
