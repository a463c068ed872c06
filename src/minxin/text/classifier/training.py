"""Learning a classifier from examples. scikit-learn is loaded here only: asking needs none of it.

Margins of a support vector machine are no probabilities. Scores that the calibration learns from come
from folds in which the text, and whatever is nearly the same text, was not learnt from; the model that is
kept learns from everything.
"""

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minxin.text.classifier.features import Counts, counts, grams, letters
from minxin.text.classifier.model import (
    MOST_BYTES,
    Card,
    Classifier,
    Floats,
    softmax,
    weighed,
)

FEWEST = 20  # examples of a label
MOST_BITS, LEAST_BITS = 21, 16
FOLDS = 3
IN_TEXTS = 3  # an n-gram of fewer texts tells nothing that holds elsewhere
COST = 1.0  # of the support vector machine
HEAD, BOOST = 40.0, 3.0

Places = NDArray[np.int64]


class TooLittleHistory(Exception):
    """Fewer than two labels have enough examples; `examples` says how many each has."""

    def __init__(self, examples: dict[str, int], fewest: int) -> None:
        super().__init__(f"fewer than two labels have {fewest} examples: {examples}")
        self.examples = examples
        self.fewest = fewest


def learn(
    texts: Sequence[str],
    labels: Sequence[str],
    *,
    groups: Sequence[Hashable] | None = None,
    fewest: int = FEWEST,
) -> Classifier:
    """A classifier from texts and their labels.

    `groups`: the same value for texts that are nearly the same; without it, texts of the same letters
    are. Labels with fewer than `fewest` different texts are left out and named in the card; raises
    `TooLittleHistory` when fewer than two are left.
    """
    kept = [letters(text) for text in texts]
    grouped = list(groups) if groups is not None else kept
    having = Counter(label for label, _group in set(zip(labels, grouped, strict=True)))
    known = sorted(label for label, count in having.items() if count >= fewest)
    if len(known) < 2:
        raise TooLittleHistory(dict(having), fewest)
    number = {label: at for at, label in enumerate(known)}
    rows = [at for at, label in enumerate(labels) if label in number and kept[at]]
    answers = np.array([number[labels[at]] for at in rows], np.int64)
    bits = _bits(len(known))
    found = counts(grams([kept[at] for at in rows], bits), bits, head=HEAD, boost=BOOST)
    fold = folds([grouped[at] for at in rows], FOLDS)
    scores = np.zeros((len(rows), len(known)))
    for one in range(FOLDS):
        learnt, held = np.flatnonzero(fold != one), np.flatnonzero(fold == one)
        if len(set(answers[learnt])) < len(known):
            raise TooLittleHistory(dict(having), fewest)
        weights, bias, rarity = _fit(_of(found, learnt), answers[learnt], bits, len(known))
        scores[held] = _scores(_of(found, held), weights, bias, rarity, len(held))
    scale, shift = _calibrated(scores, answers)
    weights, bias, rarity = _fit(found, answers, bits, len(known))
    card = Card(
        labels=tuple(known),
        examples=tuple(int(count) for count in np.bincount(answers, minlength=len(known))),
        left_out={label: count for label, count in sorted(having.items()) if count < fewest},
        bits=bits,
        head=HEAD,
        boost=BOOST,
    )
    return Classifier(card, weights, rarity, bias, scale, shift)


def folds(groups: Sequence[Hashable], count: int) -> Places:
    """A fold for each text, 0 to `count` - 1: texts of one group share theirs, folds are about as large.

    The same groups give the same folds: largest group first, into the smallest fold.
    """
    sizes = Counter(groups)
    filled = [0] * count
    of: dict[Hashable, int] = {}
    for group, size in sizes.most_common():
        of[group] = min(range(count), key=lambda fold: (filled[fold], fold))
        filled[of[group]] += size
    return np.array([of[group] for group in groups], np.int64)


def _bits(labels: int) -> int:
    """As many numbers of n-grams as the file may hold, in half floats, at most `2 ** MOST_BITS`."""
    bits = MOST_BITS
    while bits > LEAST_BITS and (labels + 1) * 2 << bits > MOST_BYTES:
        bits -= 1
    return bits


def _of(found: Counts, rows: Places) -> Counts:
    """The counts of some texts, numbered anew in the order of `rows` (ascending)."""
    place = np.full(int(found.text.max(initial=-1)) + 1, -1, np.int64)
    inside = rows[rows < len(place)]
    place[inside] = np.arange(len(inside))
    here = place[found.text]
    kept = here >= 0
    return Counts(here[kept], found.number[kept], found.weight[kept])


def _fit(
    found: Counts, answers: Places, bits: int, labels: int
) -> tuple[NDArray[np.float16], Floats, NDArray[np.float16]]:
    """Weights, bias and rarity of one model."""
    from scipy.sparse import csr_matrix
    from sklearn.svm import LinearSVC

    texts = len(answers)
    in_texts = np.bincount(found.number, minlength=1 << bits)
    known = in_texts >= min(IN_TEXTS, max(1, texts // 50))
    rarity = np.where(known, np.log((1 + texts) / (1 + in_texts)) + 1, 0).astype(np.float16)
    columns = np.cumsum(known) - 1
    values = weighed(found, rarity, texts)
    used = known[found.number]
    matrix = csr_matrix(
        (values[used], (found.text[used], columns[found.number[used]])),
        shape=(texts, int(known.sum())),
    )
    machine: Any = LinearSVC(C=COST, class_weight="balanced", random_state=0).fit(matrix, answers)
    coefficients, bias = machine.coef_, machine.intercept_
    if labels == 2:  # one machine tells two labels apart
        coefficients, bias = np.vstack([-coefficients, coefficients]), np.array([-bias[0], bias[0]])
    weights = np.zeros((1 << bits, labels), np.float16)
    weights[known] = coefficients.T
    return weights, np.asarray(bias, np.float64), rarity


def _scores(
    found: Counts,
    weights: NDArray[np.float16],
    bias: Floats,
    rarity: NDArray[np.float16],
    texts: int,
) -> Floats:
    values = weighed(found, rarity, texts)
    scores = np.tile(bias, (texts, 1))
    for label in range(scores.shape[1]):
        said = weights[found.number, label].astype(np.float64) * values
        scores[:, label] += np.bincount(found.text, said, texts)
    return scores


def _calibrated(scores: Floats, answers: Places) -> tuple[float, Floats]:
    """Scale and shifts that make the answers likeliest (temperature with one shift per label)."""
    from scipy.optimize import minimize

    labels = scores.shape[1]
    right = np.eye(labels)[answers]

    def cost(at: Floats) -> tuple[float, Floats]:
        chance = softmax(scores * at[0] + at[1:])
        off = chance - right
        loss = -np.log(chance[right == 1] + 1e-12).mean() + 1e-4 * float(at[1:] @ at[1:])
        slope = np.concatenate([[(off * scores).sum()], off.sum(axis=0)]) / len(scores)
        slope[1:] += 2e-4 * at[1:]
        return float(loss), slope

    start = np.concatenate([[2.0], np.zeros(labels)])
    best = minimize(
        cost, start, jac=True, method="L-BFGS-B", bounds=[(0.1, 50)] + [(-10, 10)] * labels
    )
    return float(best.x[0]), np.asarray(best.x[1:], np.float64)
