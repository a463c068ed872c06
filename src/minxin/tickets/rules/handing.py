"""Hand-over to the city's platform: whose request it is, what its states mean, when to try again. Pure."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

# What a platform may say of a ticket, in the order of its life there (our names, ADR 23).
STATES = MappingProxyType(
    {
        "received": "已登记",
        "dispatched": "已派单",
        "handling": "办理中",
        "replied": "已答复",
        "closed": "已办结",
        "refused": "不予受理",
    }
)
ANSWERING = frozenset({"replied", "closed", "refused"})
LEASE = timedelta(seconds=60)  # who has not been heard of for so long has lost the act
LONGEST_PAUSE = timedelta(minutes=30)
PROMISE = "已转交%s办理，答复时间以其为准"


def division_chain(code: str) -> tuple[str, ...]:
    """A division's code and those around it, the nearest first: 990121, 990100, 990000 (GB/T 2260)."""
    plain = code.strip()
    if len(plain) < 6 or not plain.isdecimal():
        return (plain,) if plain else ()
    found = [plain] if len(plain) > 6 else []
    for each in (plain[:6], plain[:4] + "00", plain[:2] + "0000"):
        if each not in found:
            found.append(each)
    return tuple(found)


def mode_of(code: str, modes: Mapping[str, str]) -> str:
    """The code, of those that have a mode, by which a division goes; "" when none has."""
    return next((each for each in division_chain(code) if each in modes), "")


def pause_after(attempts: int, lot: float) -> timedelta:
    """How long to wait after so many attempts: 5 s, doubled, half an hour at most; `lot` of 0 to 1 spreads."""
    seconds = min(5.0 * 2 ** min(attempts - 1, 12), LONGEST_PAUSE.total_seconds())
    return timedelta(seconds=seconds * (0.8 + 0.2 * lot))


def agrees(our_state: str, their_state: str) -> bool:
    """Whether our state of a ticket fits what the platform says of it."""
    if their_state in ANSWERING:
        return our_state in {"answered", "closed", "archived", "withdrawn", "reopened"}
    return our_state not in {"answered", "closed", "archived"}
