"""Texts that say nearly the same: candidates by MinHash, each then measured exactly.

A text is the set of its character bigrams. `BANDS` times `ROWS` minima of that set, computed by rensa with
a fixed seed, make `BANDS` keys; two texts that share a key are candidates. Of a pair whose sets overlap by
0.4 (Jaccard) 94 of 100 share one, by 0.5 more than 99, by 0.03, as strangers do, one in a thousand.

The index holds keys and numbers only, no text: whoever asks brings the texts of the candidates and measures
them with `likeness`. It lies in sorted parts of 8 bytes a key, 336 MB a million texts; read from a folder the
parts are mapped, so that processes share them and what is not asked for is not in memory.
"""

import json
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import rensa
from numpy.typing import NDArray

from minxin.text.segmentation import bigrams

BANDS, ROWS = 42, 3
SEED = 20_261_101
# Sketches of another version of rensa are others.
MADE = [1, rensa.RMinHash.ALGORITHM_VERSION, SEED, BANDS, ROWS]
HIGHEST = 2**32 - 1  # a number takes four bytes
CHUNK = 2_000  # texts sketched at once
# Parts are merged so that each is at least twice the next: a dozen for a million texts.
GROWTH = 2

Keys = NDArray[np.uint32]


def shingles(text: str) -> frozenset[str]:
    """What of a text is compared: its character bigrams, Latin words and numbers."""
    return frozenset(bigrams(text))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Shared shingles over all shingles of both (Jaccard), 0 to 1; 0 where one is empty."""
    if not one or not other:
        return 0.0
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared)


def sketch(texts: Sequence[str]) -> Keys:
    """The keys of texts, one row each, `BANDS` columns. The same text has the same keys everywhere."""
    parts = []
    for at in range(0, len(texts), CHUNK):
        sets = [sorted(shingles(text)) for text in texts[at : at + CHUNK]]
        rows = rensa.RMinHash.digest_matrix_from_token_sets(sets, BANDS * ROWS, SEED).to_rows()
        minima = np.array(rows, dtype=np.uint64).reshape(len(sets), BANDS, ROWS)
        key = np.zeros((len(sets), BANDS), dtype=np.uint64)
        for row in range(ROWS):  # multiplication wraps: that is the mixing
            key = (key ^ minima[:, :, row]) * np.uint64(0x9E3779B97F4A7C15)
            key ^= key >> np.uint64(29)
        parts.append((key >> np.uint64(32)).astype(np.uint32))
    return np.concatenate(parts) if parts else np.zeros((0, BANDS), dtype=np.uint32)


class NearDuplicates:
    """Numbers of texts by the keys of their sketches. `mark` is the caller's: how far she has come.

    One writer; a reader beside it opens the folder anew when `changed_at` says so. A text without any
    shingle is in no part and has no candidates.
    """

    def __init__(self) -> None:
        self.mark = 0
        self._parts: list[Keys] = []  # each (2, BANDS, n): keys sorted, and the numbers beside them
        self._names: list[str] = []

    def __len__(self) -> int:
        return sum(part.shape[2] for part in self._parts)

    def add(self, texts: Iterable[tuple[int, str]]) -> None:
        """Put texts in, by number. A number put in again is found under both of its texts.

        Raises `ValueError` for a number that is negative or above `HIGHEST`.
        """
        given = [(number, text) for number, text in texts if shingles(text)]
        if not given:
            return
        if not all(0 <= number <= HIGHEST for number, _ in given):
            raise ValueError("a number does not fit into four bytes")
        numbers = np.array([number for number, _ in given], dtype=np.uint32)
        keys = sketch([text for _, text in given]).T
        self._parts.append(_sorted(keys, np.broadcast_to(numbers, keys.shape)))
        self._names.append("")
        while len(self._parts) > 1 and self._is_small():
            last, before = self._parts.pop(), self._parts.pop()
            del self._names[-2:]
            both = np.concatenate([before, last], axis=2)
            self._parts.append(_sorted(both[0], both[1]))
            self._names.append("")

    def remove(self, numbers: Iterable[int]) -> None:
        """Forget texts by their numbers: none of their keys is kept."""
        gone = np.array(sorted(set(numbers)), dtype=np.uint32)
        kept, names = [], []
        for part, name in zip(self._parts, self._names, strict=True):
            stays = ~np.isin(part[1], gone)
            if stays.all():
                kept.append(part)
                names.append(name)
            elif stays.any():  # each text has one key in every band: as many stay in each
                kept.append(part[:, stays].reshape(2, BANDS, -1))
                names.append("")
        self._parts, self._names = kept, names

    def _is_small(self) -> bool:
        return bool(self._parts[-2].shape[2] < GROWTH * self._parts[-1].shape[2])

    def candidates(self, text: str, limit: int = 200) -> list[int]:
        """Numbers of texts that may be near duplicates, those with most keys in common first."""
        if not shingles(text):
            return []
        asked = sketch([text])[0]
        met: Counter[int] = Counter()
        for part in self._parts:
            for band, key in enumerate(asked):
                keys = part[0, band]
                start = int(np.searchsorted(keys, key, "left"))
                if start < len(keys) and keys[start] == key:
                    end = int(np.searchsorted(keys, key, "right"))
                    met.update(part[1, band, start:end].tolist())
        return [number for number, _ in sorted(met.items(), key=lambda one: (-one[1], -one[0]))][
            :limit
        ]

    def save(self, folder: Path) -> None:
        """Keep it in a folder of its own: on disk when this returns; killed in the middle, it is as it was."""
        folder.mkdir(parents=True, exist_ok=True)
        fresh = _next_number(folder)
        for at, part in enumerate(self._parts):
            if not self._names[at]:
                name = f"{fresh:06d}.npy"
                fresh += 1
                with (folder / name).open("wb") as file:
                    np.save(file, part)
                    file.flush()
                    os.fsync(file.fileno())
                self._names[at] = name
        words = json.dumps({"made": MADE, "mark": self.mark, "parts": self._names})
        beside = folder / ".index.part"
        with beside.open("w", encoding="utf-8") as text:
            text.write(words)
            text.flush()
            os.fsync(text.fileno())
        beside.replace(folder / "index.json")
        for path in folder.glob("*.npy"):
            if path.name not in self._names:
                path.unlink(missing_ok=True)  # who has it mapped keeps it

    @classmethod
    def load(cls, folder: Path) -> "NearDuplicates":
        """What a folder holds; an empty index where there is none, or one made otherwise or damaged."""
        found = cls()
        try:
            known = json.loads((folder / "index.json").read_text(encoding="utf-8"))
            if known["made"] != MADE:
                return found
            parts = [np.load(folder / name, mmap_mode="r") for name in known["parts"]]
            if any(part.shape[:2] != (2, BANDS) or part.dtype != np.uint32 for part in parts):
                return found
            found.mark, found._parts, found._names = int(known["mark"]), parts, known["parts"]
        except (OSError, ValueError, KeyError, TypeError, EOFError):
            return cls()
        return found


def changed_at(folder: Path) -> int:
    """When the index in a folder was last saved, in nanoseconds; 0 where there is none."""
    try:
        return (folder / "index.json").stat().st_mtime_ns
    except OSError:
        return 0


def _sorted(keys: Keys, numbers: Keys) -> Keys:
    order = np.argsort(keys, axis=1, kind="stable")
    return np.stack(
        [np.take_along_axis(keys, order, axis=1), np.take_along_axis(numbers, order, axis=1)]
    )


def _next_number(folder: Path) -> int:
    names = [path.stem for path in folder.glob("*.npy") if path.stem.isdecimal()]
    return max(map(int, names), default=0) + 1
