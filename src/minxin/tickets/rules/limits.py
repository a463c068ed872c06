"""What a region's table says of one demand: limits as spans, lights, whose table it is. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from minxin.core.working_time import Span, Unit

# Ours, when a region has adopted no limit for this nature of demand.
FALLBACK_DAYS = 5
FALLBACK = Span(FALLBACK_DAYS, Unit.WORKING_DAYS)
# How long a limit may be at most, so that a slip of the finger promises nothing in ten years. Ours.
MOST = {
    Unit.WORKING_MINUTES: 6_000,
    Unit.WORKING_HOURS: 700,
    Unit.WORKING_DAYS: 90,
    Unit.HOURS: 2_200,
    Unit.DAYS: 120,
}
# In these a promise names the time of day, not only the day.
TO_THE_MINUTE = frozenset({Unit.WORKING_MINUTES, Unit.WORKING_HOURS, Unit.HOURS})


class Light(StrEnum):
    """The light of a ticket whose region has lights."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Limits:
    """Spans from the dispatch on: by when to answer, to sign, and what a complex matter may take; what is
    left when a light turns. `basis` names the table, empty where nobody has verified its source."""

    answer: Span = FALLBACK
    sign: Span | None = None
    complex: Span | None = None
    yellow: Span | None = None
    red: Span | None = None
    basis: str = ""


def light_of(now: datetime, yellow_at: datetime | None, red_at: datetime | None) -> Light | None:
    """Which light a running ticket shows; None where its region has none."""
    if yellow_at is None or red_at is None:
        return None
    if now >= red_at:
        return Light.RED
    return Light.YELLOW if now >= yellow_at else Light.GREEN


def regions_for(code: str) -> tuple[str, ...]:
    """Whose table may hold for a place, the nearest first: its own, the county's, the prefecture's, the
    province's (GB/T 2260), then one that names no region."""
    if not code:
        return ("",)
    wider = (code[:6], f"{code[:4]}00", f"{code[:2]}0000") if len(code) >= 6 else ()
    return tuple(dict.fromkeys((code, *wider, "")))


def span_from(text: str) -> Span:
    """A span as the shipped tables write it: "3 working_days". Raises ValueError for anything else."""
    amount, unit = text.split()
    return Span(int(amount), Unit(unit))
