"""What follows from a call-back (回访). Pure.

That a citizen is called on the day after an answer, and that what is unsolved for the handler's reasons is
done again, was seen in local rules; no national one says so. The numbers are ours.
"""

from enum import StrEnum

from minxin.tickets.rules.asking_again import DISSATISFIED

# A working day after the answer; when nobody answers, again on the next working day, so often.
WORKING_DAYS = 1
MOST_CALLS = 3


class Reached(StrEnum):
    """How a call ended."""

    CONNECTED = "connected"
    NO_ANSWER = "no_answer"
    SWITCHED_OFF = "switched_off"
    WRONG_NUMBER = "wrong_number"
    DECLINED = "declined"


# After these nobody calls again.
FINAL = frozenset({Reached.WRONG_NUMBER, Reached.DECLINED})


class Resolved(StrEnum):
    """Whether it is solved, as she says."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"
    UNSURE = "unsure"


class Outcome(StrEnum):
    """What the caller decides: closed; done again, for the handler's reasons; or not content without
    the handler's fault, which is recorded with its reason, and closed."""

    CLOSED = "closed"
    REDO = "redo"
    RECORDED = "recorded"


def possible_outcomes(resolved: str, level: str) -> frozenset[Outcome]:
    """What may be decided after what she said; `level` of the five levels of satisfaction.

    Who says that it is solved and is content is not called a failure; who is not content, or says that
    nothing is solved, is never closed without a reason.
    """
    if resolved == Resolved.NO or level in DISSATISFIED:
        return frozenset({Outcome.REDO, Outcome.RECORDED})
    if resolved == Resolved.PARTLY:
        return frozenset(Outcome)
    return frozenset({Outcome.CLOSED})


def is_over_after(reached: str, calls: int) -> bool:
    """Whether nobody calls again after `calls` calls of which the last ended so."""
    return reached in FINAL or calls >= MOST_CALLS
