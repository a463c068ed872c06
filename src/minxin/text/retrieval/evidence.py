"""What speaks for a text: few kinds of evidence, each of which can be said in a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass

WINDOW = 60  # characters: an answer stands in one place
PASSAGE = 200  # characters: about an article, an item, a row
_SATURATION = 1.2  # BM25's k1 within a passage


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found in one text for one question, all but `elsewhere` in units of BM25.

    `frequency`: BM25 of the whole text. `covered`: inverse frequencies of the question's words that
    stand anywhere. `together`: of its bigrams that stand within `WINDOW` characters. `passage`: BM25
    of its bigrams in the best passage of `PASSAGE` characters. `elsewhere`: the question names a
    place, and the beginning of the text names another province only.
    """

    frequency: float
    covered: float = 0.0
    together: float = 0.0
    passage: float = 0.0
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each kind counts; round numbers from the middle of a plateau (`minxin bench retrieval`)."""

    covered: float = 1.0
    together: float = 1.0
    passage: float = 1.0
    elsewhere: float = 10.0

    def score(self, evidence: Evidence) -> float:
        """One number; higher is better."""
        return (
            evidence.frequency
            + self.covered * evidence.covered
            + self.together * evidence.together
            + self.passage * evidence.passage
            - (self.elsewhere if evidence.elsewhere else 0.0)
        )


def in_one_place(text: str, tokens: Sequence[tuple[str, float]]) -> tuple[float, float]:
    """(`together`, `passage`) of `Evidence` for weighed tokens.

    A text no longer than a window holds all in one place; its passage is itself.
    """
    places: list[tuple[int, str, float]] = []
    for token, weight in tokens:
        at = text.find(token)
        while at >= 0:
            places.append((at, token, weight))
            at = text.find(token, at + 1)
    if not places:
        return 0.0, 0.0
    places.sort()
    return _best_window(places), _best_passage(places, len(text))


def _best_window(places: list[tuple[int, str, float]]) -> float:
    """The greatest sum of weights of different tokens that begin within `WINDOW` characters."""
    best = total = 0.0
    inside: dict[str, int] = {}
    first = 0
    for at, token, weight in places:
        count = inside.get(token, 0)
        if not count:
            total += weight
        inside[token] = count + 1
        while places[first][0] < at - WINDOW:
            _, gone, lost = places[first]
            inside[gone] -= 1
            if not inside[gone]:
                total -= lost
            first += 1
        if total > best:
            best = total
    return best


def _best_passage(places: list[tuple[int, str, float]], length: int) -> float:
    """BM25 of the best stretch of `PASSAGE` characters, of those that begin at every half of one."""
    half = PASSAGE // 2
    halves: dict[int, dict[str, tuple[int, float]]] = {}
    for at, token, weight in places:
        held = halves.setdefault(at // half, {})
        held[token] = (held.get(token, (0, 0.0))[0] + 1, weight)
    best = 0.0
    for number, held in halves.items():
        after = halves.get(number + 1, {})
        total = 0.0
        for token, (count, weight) in held.items():
            count += after[token][0] if token in after else 0
            total += weight * count * (_SATURATION + 1) / (count + _SATURATION)
        for token, (count, weight) in after.items():
            if token not in held:
                total += weight * count * (_SATURATION + 1) / (count + _SATURATION)
        best = max(best, total)
    return best
