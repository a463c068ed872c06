"""Character n-grams of many texts at once, each as a number below `2 ** bits`.

One hash per n-gram, all of them computed by NumPy over the code points of all texts; the same text gives
the same numbers on every machine. N-grams of different lengths are told apart; two that share a number
by chance count as one.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from minxin.text.segmentation import normal

LONGEST = 3  # characters of an n-gram
MOST_CHARACTERS = 4000  # of one text; what comes after does not count

_NOT_KEPT = re.compile(r"[\W_]+")
_PRIME = np.uint64(0x100000001B3)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_STIR = np.uint64(0xBF58476D1CE4E5B9)


class Grams(NamedTuple):
    """N-grams in no order: the text each is of, its number, where it begins, its length."""

    text: NDArray[np.int64]
    number: NDArray[np.int64]
    at: NDArray[np.int64]
    length: NDArray[np.int64]


class Counts(NamedTuple):
    """The distinct n-grams of each text, text after text: text, number, how heavily it counts."""

    text: NDArray[np.int64]
    number: NDArray[np.int64]
    weight: NDArray[np.float64]


def letters(text: str) -> str:
    """What of a text is looked at: normalised, without spaces and punctuation, not longer than the limit."""
    kept = _NOT_KEPT.sub("", normal(text.encode("utf-8", "ignore").decode()))
    return kept[:MOST_CHARACTERS]


def grams(kept: Sequence[str], bits: int) -> Grams:
    """All n-grams of texts as `letters` gives them."""
    points = np.frombuffer("\0".join(kept).encode("utf-32-le"), np.uint32).astype(np.uint64)
    is_end = points == 0
    text = np.cumsum(is_end)
    starts = np.concatenate([np.zeros(1, np.int64), np.flatnonzero(is_end) + 1])
    at = np.arange(len(points)) - starts[text]
    hashed, whole = np.zeros(len(points), np.uint64), np.ones(len(points), bool)
    found: list[tuple[NDArray[np.int64], ...]] = []
    for length in range(1, LONGEST + 1):
        count = max(0, len(points) - length + 1)
        hashed = hashed[:count] * _PRIME + points[length - 1 :]
        whole = whole[:count] & ~is_end[length - 1 :]
        mixed = (hashed ^ np.uint64(length)) * _MIX
        mixed = ((mixed ^ (mixed >> np.uint64(29))) * _STIR) >> np.uint64(64 - bits)
        found.append(
            (
                text[:count][whole],
                mixed[whole].astype(np.int64),
                at[:count][whole],
                np.full(int(whole.sum()), length, np.int64),
            )
        )
    return Grams(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


def counts(all_grams: Grams, bits: int, *, head: float, boost: float) -> Counts:
    """Each n-gram of each text once. One at position `p` counts `1 + boost * exp(-p / head)` times: what
    somebody writes first, as in a title, is what it is about."""
    each = 1 + boost * np.exp(-all_grams.at / head)
    keys, where = np.unique((all_grams.text << bits) | all_grams.number, return_inverse=True)
    weight = np.bincount(where, weights=each, minlength=len(keys))
    return Counts(keys >> bits, keys & ((1 << bits) - 1), weight.astype(np.float64))
