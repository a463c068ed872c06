"""Where a ticket is on its way, as a parcel's would be told: a stage of five."""

from enum import IntEnum

from minxin.tickets.rules.states import OVER


class Stage(IntEnum):
    """The stages in order."""

    FILED = 0
    ACCEPTED = 1
    HANDLED = 2
    ANSWERED = 3
    CLOSED = 4


_STAGES = {
    "submitted": Stage.FILED,
    "accepted": Stage.ACCEPTED,
    "answered": Stage.ANSWERED,
    "closed": Stage.CLOSED,
}


def stage_of(state: str) -> Stage | None:
    """The stage of a state; None for what left the way: withdrawn, declined, ended."""
    if state in {"withdrawn", "declined", "ended"}:
        return None
    return _STAGES.get(state, Stage.HANDLED)


def is_reached(state: str, stage: Stage) -> bool:
    """Whether a ticket has come so far."""
    here = stage_of(state)
    return here is not None and (stage < here or (stage == here and state in OVER | {"submitted"}))
