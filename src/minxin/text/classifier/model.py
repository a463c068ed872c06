"""A linear model over character n-grams: which label a text has, how surely, and which words say so.

Only NumPy is needed to ask it; learning is `training`. A file of it holds arrays and JSON and is read
without executing anything.
"""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from minxin.text.classifier.features import Counts, counts, grams, letters
from minxin.text.segmentation import HAN, cut

FORMAT = 1
MOST_BYTES = 48_000_000  # of the arrays
BATCH = 256  # texts weighed together

Floats = NDArray[np.float64]


class Unreadable(Exception):
    """A file is not a classifier of this format."""


class Card(msgspec.Struct, frozen=True):
    """What a model says of itself. `examples`: per label, in the order of `labels`; `left_out`: labels
    with too few examples to be learnt."""

    labels: tuple[str, ...]
    examples: tuple[int, ...]
    left_out: dict[str, int]
    bits: int
    head: float
    boost: float
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class Guess:
    """A label, the calibrated probability that it is right, the words that spoke for it most."""

    label: str
    probability: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Classifier:
    """`weights` (2 ** bits x labels) and `rarity` (2 ** bits) hold half floats; `scale` and `shift`
    (labels) turn scores into what softmax makes calibrated probabilities of."""

    card: Card
    weights: NDArray[np.float16]
    rarity: NDArray[np.float16]
    bias: Floats
    scale: float
    shift: Floats

    @property
    def labels(self) -> tuple[str, ...]:
        return self.card.labels

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """One row per text, one column per label; each row sums to 1."""
        parts = [
            self._scores([letters(text) for text in texts[at : at + BATCH]])
            for at in range(0, len(texts), BATCH)
        ]
        scores = np.concatenate(parts) if parts else np.zeros((0, len(self.labels)))
        return softmax(scores * self.scale + self.shift)

    def top(self, text: str, n: int = 3) -> list[Guess]:
        """The `n` likeliest labels, likeliest first; none for a text without letters."""
        kept = letters(text)
        if not kept:
            return []
        chance = softmax(self._scores([kept]) * self.scale + self.shift)[0]
        order = np.argsort(-chance)[:n]
        spoken = self._spoken(kept)
        return [
            Guess(self.labels[label], float(chance[label]), _loudest(kept, spoken[:, label]))
            for label in order
        ]

    def _scores(self, kept: Sequence[str]) -> Floats:
        card = self.card
        found = counts(grams(kept, card.bits), card.bits, head=card.head, boost=card.boost)
        values = weighed(found, self.rarity, len(kept))
        said = self.weights[found.number].astype(np.float64) * values[:, None]
        scores = np.tile(self.bias, (len(kept), 1))
        for label in range(scores.shape[1]):
            scores[:, label] += np.bincount(found.text, said[:, label], len(kept))
        return scores

    def _spoken(self, kept: str) -> Floats:
        """Per character and label, how much the n-grams over it say for the label rather than for others."""
        found, card = grams([kept], self.card.bits), self.card
        for_label = self.weights[found.number].astype(np.float64)
        for_label -= for_label.mean(axis=1, keepdims=True)
        times = (1 + card.boost * np.exp(-found.at / card.head)) / found.length
        for_label *= (times * self.rarity[found.number].astype(np.float64))[:, None]
        spoken = np.zeros((len(kept), len(self.labels)))
        for length in range(1, int(found.length.max()) + 1):
            of_it = found.length == length
            for step in range(length):
                np.add.at(spoken, found.at[of_it] + step, for_label[of_it])
        return spoken

    def save(self, path: Path) -> None:
        """Write it to a file, whole or not at all."""
        card = np.frombuffer(msgspec.json.encode(self.card), np.uint8)
        held = io.BytesIO()
        np.savez_compressed(
            held, card=card, weights=self.weights, rarity=self.rarity, bias=self.bias,
            scale=np.array(self.scale), shift=self.shift,
        )  # fmt: skip
        beside = path.with_name(f"{path.name}.new")
        beside.write_bytes(held.getvalue())
        beside.replace(path)


def load(path: Path) -> Classifier:
    """A classifier from its file. Raises `Unreadable` when it is not one, `OSError` when it is not there."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
            card = msgspec.json.decode(held["card"].tobytes(), type=Card)
            model = Classifier(
                card,
                held["weights"],
                held["rarity"],
                held["bias"],
                float(held["scale"]),
                held["shift"],
            )
    except (
        ValueError,
        KeyError,
        TypeError,
        EOFError,
        zipfile.BadZipFile,
        msgspec.MsgspecError,
    ) as error:
        raise Unreadable(f"{path.name} is not a classifier") from error
    size, labels = 1 << card.bits, len(card.labels)
    fits = (
        card.format == FORMAT
        and model.weights.shape == (size, labels)
        and model.rarity.shape == (size,)
        and model.bias.shape == model.shift.shape == (labels,)
    )
    if not fits:
        raise Unreadable(f"{path.name} is of another format, or damaged")
    return model


def weighed(found: Counts, rarity: NDArray[np.float16], texts: int) -> Floats:
    """What each n-gram counts in its text: its weight times rarity, each text of length 1."""
    values = found.weight * rarity[found.number].astype(np.float64)
    length = np.sqrt(np.bincount(found.text, values * values, texts))
    length[length == 0] = 1
    return values / length[found.text]


def softmax(scores: Floats) -> Floats:
    """Rows of probabilities."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    result: Floats = raised / raised.sum(axis=1, keepdims=True)
    return result


def _loudest(kept: str, spoken: Floats, most: int = 4) -> tuple[str, ...]:
    """Words of two characters and more that speak for a label, loudest first."""
    sums: dict[str, float] = {}
    at = 0
    for word in cut(kept):
        if len(word) > 1 and word[0] >= HAN:
            sums[word] = sums.get(word, 0.0) + float(spoken[at : at + len(word)].sum())
        at += len(word)
    loud = sorted((word for word in sums if sums[word] > 0), key=lambda word: -sums[word])
    return tuple(loud[:most])
