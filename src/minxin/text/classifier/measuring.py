"""How good a classifier is: figures over what it said of texts it had not learnt from."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

BINS = 15  # of the calibration error


def macro_f1(right: Sequence[str], said: Sequence[str]) -> float:
    """The mean, over the classes that are there, of 2 x hits / (right + said)."""
    pairs = list(zip(right, said, strict=True))
    scores = []
    for label in sorted(set(right)):
        hits = sum(a == label == b for a, b in pairs)
        scores.append(
            2 * hits / (sum(a == label for a, _ in pairs) + sum(b == label for _, b in pairs))
        )
    return sum(scores) / len(scores)


def calibration_error(sure: NDArray[np.float64], hit: NDArray[np.float64]) -> float:
    """Expected calibration error: |how sure - how often right| in 15 bins of equal width, weighed by
    how many fell into each."""
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    off = np.bincount(bins, sure - hit, BINS)
    return float(np.abs(off).sum() / len(sure))


def coverage(sure: NDArray[np.float64], hit: NDArray[np.float64], precision: float) -> float:
    """The largest share of texts, surest first, of which at least `precision` are right; equally
    sure ones are taken together."""
    order = np.argsort(-sure, kind="stable")
    share_right = np.cumsum(hit[order]) / np.arange(1, len(order) + 1)
    is_last = np.append(np.diff(sure[order]) != 0, True)
    good = np.flatnonzero(is_last & (share_right >= precision))
    return float((good[-1] + 1) / len(order)) if len(good) else 0.0
