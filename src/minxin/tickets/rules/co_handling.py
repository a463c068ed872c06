"""What a co-handler's task can go through. Pure; docs/reference/ticket-states.md is held to it."""

from enum import StrEnum
from types import MappingProxyType

# Working days a main unit may give, ours.
LONGEST_TASK = 30


class CoVerb(StrEnum):
    """What can happen to a co-handler's task."""

    SIGN = "co_signed"
    ANSWER = "co_answered"
    RETURN = "co_returned"
    RECALL = "co_recalled"


_G, _K = "assigned", "signed"
CO_TRANSITIONS: MappingProxyType[CoVerb, tuple[frozenset[str], str]] = MappingProxyType(
    {
        CoVerb.SIGN: (frozenset({_G}), _K),
        CoVerb.ANSWER: (frozenset({_G, _K}), "answered"),
        CoVerb.RETURN: (frozenset({_G, _K}), "returned"),
        CoVerb.RECALL: (frozenset({_G, _K}), "recalled"),
    }
)
CO_OPEN = frozenset({_G, _K})


def co_may_follow(state: str, verb: CoVerb) -> bool:
    """Whether an act is possible in a state of a co-handler's task."""
    return state in CO_TRANSITIONS[verb][0]
