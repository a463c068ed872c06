"""What of an answered ticket may be read by everybody. Pure."""

import re
from dataclasses import dataclass

from minxin.text import find_private, mask, mask_houses
from minxin.tickets.rules.neighbours import road_of

# Never, whatever a city sets: who reports wrongdoing is protected by law.
NEVER_PUBLIC = frozenset({"report"})
# Three decimals of a degree are about a hundred metres: the street, not the door.
DECIMALS = 3

_NAMED = re.compile(r"(?:我叫|本人|我是|联系人|姓名)[:：是]?\s*[\u3400-\u9fff]{2,4}")


@dataclass(frozen=True, slots=True)
class Draft:
    """What the machine proposes to publish: numbers masked, the place to street level."""

    text: str
    answer: str
    place: str


def drafted(text: str, answer: str, place: str) -> Draft:
    """The masked version of a ticket, for a person to read beside the whole one. Names the machine knows
    only by the words before them; the person looks for the rest."""
    return Draft(_masked(text), _masked(answer), road_of(place))


def coarse(latitude: float | None, longitude: float | None) -> tuple[float | None, float | None]:
    """Coordinates to street level; None stays None."""
    if latitude is None or longitude is None:
        return None, None
    return round(latitude, DECIMALS), round(longitude, DECIMALS)


def what_gives_away(text: str) -> list[str]:
    """What in words about to be published names or numbers somebody; the release is refused for it."""
    return [text[each.start : each.end] for each in find_private(text)]


def _masked(text: str) -> str:
    found = mask(text)
    found = _NAMED.sub(lambda match: match[0][:2] + "×××", found)
    return mask_houses(found)
