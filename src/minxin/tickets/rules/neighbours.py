"""Which tickets are about one matter: by words, place and time. Pure.

The limits are ours, no rule behind them; that of the words is measured by `minxin bench neighbours`.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from minxin.text import likeness, normal, shingles, words

# Shared bigrams over all bigrams (Jaccard). At the same place fewer words are enough, at another place,
# where both name one, it takes nearly the same text.
SIMILAR = 0.4
SIMILAR_HERE = 0.3
SIMILAR_ELSEWHERE = 0.7
WITHIN = timedelta(days=60)
# A second, weaker grade: at the very same place within days, what shares few words may still be one
# matter told in other words. Only ever offered as possible.
POSSIBLE_HERE = 0.2
POSSIBLE_WITHIN = timedelta(days=7)
# A ticket is hot when so many joined it within the last days.
HOT = 3
HOT_WITHIN = timedelta(days=7)
# Natures whose tickets other citizens may be told of at all; never 举报, whose reporter is protected.
SHARED_NATURES = frozenset({"consult", "help", "complaint", "suggestion"})

_NUMBERED = re.compile(
    r"[0-9０-９一二三四五六七八九十]+(?:号|栋|幢|座|单元|室|户|楼|层|房|组|-|#).*"
)
_SAID = re.compile(r"[\u3400-\u9fff]{2,}")


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near two tickets are: `words` 0 to 1, `same_place` None where one names none, `days` apart.
    `is_possible`: of the weaker grade."""

    words: float
    same_place: bool | None
    days: int
    is_possible: bool = False

    @property
    def score(self) -> float:
        """The higher, the nearer: words, a bonus for the place, up to a tenth less for time."""
        return (
            self.words + (0.2 if self.same_place else 0.0) - 0.1 * min(1, self.days / WITHIN.days)
        )


def same_place(one: str, other: str) -> bool | None:
    """Whether two places, as people write them, are one; None where one of them is not named."""
    a, b = ("".join(normal(each).split()) for each in (one, other))
    if not a or not b:
        return None
    return a in b or b in a or likeness(shingles(a), shingles(b)) >= 0.5


def nearness(one: tuple[str, str, datetime], other: tuple[str, str, datetime]) -> Nearness | None:
    """How near two tickets, each as (text, place, filed_at), are; None when they are not neighbours."""
    apart = abs(one[2] - other[2])
    if apart > WITHIN:
        return None
    here = same_place(one[1], other[1])
    least = {None: SIMILAR, True: SIMILAR_HERE, False: SIMILAR_ELSEWHERE}[here]
    shared = likeness(shingles(one[0]), shingles(other[0]))
    return Nearness(shared, here, apart.days) if shared >= least else None


def possibly(one: tuple[str, str, datetime], other: tuple[str, str, datetime]) -> Nearness | None:
    """As `nearness`, of the weaker grade alone: the same road within `POSSIBLE_WITHIN`, some words in
    common, yet too few to be neighbours. None for what is nearer or farther."""
    apart = abs(one[2] - other[2])
    road = _plain(road_of(one[1]))
    if apart > POSSIBLE_WITHIN or not road or road != _plain(road_of(other[1])):
        return None
    if nearness(one, other) is not None:
        return None
    shared = likeness(shingles(one[0]), shingles(other[0]))
    return Nearness(shared, True, apart.days, True) if shared >= POSSIBLE_HERE else None


def _plain(place: str) -> str:
    return "".join(normal(place).split())


def said_by_both(hers: str, theirs: str, most: int = 6) -> list[str]:
    """Words of her own text that the other one has too, in the order of hers: nothing that she did not
    write herself is told to her."""
    other = normal(theirs)
    found = [each for each in dict.fromkeys(words(hers)) if _SAID.fullmatch(each) and each in other]
    return [
        each for each in found if not any(each != longer and each in longer for longer in found)
    ][:most]


def road_of(place: str) -> str:
    """A place without house, unit and room: what may be told to others."""
    return _NUMBERED.sub("", place).strip(" ，,、")
