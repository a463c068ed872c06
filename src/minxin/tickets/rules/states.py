"""Which acts are possible in which state."""

from enum import StrEnum
from types import MappingProxyType


class Verb(StrEnum):
    """What can happen to a ticket."""

    FILE = "filed"
    ACCEPT = "accepted"
    ASSIGN = "assigned"
    ANSWER = "answered"
    CLOSE = "closed"
    REOPEN = "reopened"
    RATE = "rated"
    NOTE = "noted"
    STOP = "clock_stopped"
    RESUME = "clock_resumed"


S, A, G, N, C, R = "submitted", "accepted", "assigned", "answered", "closed", "reopened"


# From which states an act is possible, and the state it leads to (None: stays).
TRANSITIONS: MappingProxyType[Verb, tuple[frozenset[str], str | None]] = MappingProxyType(
    {
        Verb.ACCEPT: (frozenset({S}), A),
        Verb.ASSIGN: (frozenset({S, A, G, R}), G),
        Verb.ANSWER: (frozenset({A, G, R}), N),
        Verb.CLOSE: (frozenset({N}), C),
        Verb.REOPEN: (frozenset({N, C}), R),
        Verb.RATE: (frozenset({N, C}), None),
        Verb.NOTE: (frozenset({S, A, G, N, R}), None),
        Verb.STOP: (frozenset({A, G, R}), None),
        Verb.RESUME: (frozenset({A, G, R}), None),
    }
)


OPEN = frozenset({S, A, G, R})


OVER = frozenset({N, C})


def may_follow(state: str, verb: Verb) -> bool:
    """Whether an act is possible in a state."""
    return state in TRANSITIONS[verb][0]


def state_after(state: str, verb: Verb) -> str:
    """The state an act leads to."""
    return TRANSITIONS[verb][1] or state
