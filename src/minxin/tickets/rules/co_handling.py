"""What a co-handler's task can go through. Pure; docs/reference/ticket-states.md is held to it."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from minxin.core.working_time import WorkingCalendar
from minxin.tickets.rules.ladder import Anchor, Rung, Step, rung_at

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


def co_step(
    due_at: datetime,
    done: frozenset[Step],
    ladder: Sequence[Rung],
    calendar: WorkingCalendar,
    now: datetime,
) -> Step | None:
    """What is to be done about a task's due time now: 提醒 before it, 催办 after it, each once, when the ticket's
    own ladder says. 督办 is for the ticket alone. What was to come before the limit is void once it passed.
    """
    for step in (Step.URGE, Step.REMIND):
        if step in done:
            if step is Step.URGE:
                return None
            continue
        times = [
            rung_at(each, due_at, calendar)
            for each in ladder
            if each.anchor is Anchor.DUE
            and each.step is step
            and each.is_before is (step is Step.REMIND)
        ]
        if times and min(times) <= now and (step is Step.URGE or now < due_at):
            return step
    return None
