"""The four kinds of filing (开设、变更、关停、注销): which steps they take, what may begin when. Pure."""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What is filed: 国办发〔2018〕123号 names these four."""

    OPEN = "open"
    CHANGE = "change"
    CLOSE = "close"
    CANCEL = "cancel"


class Step(StrEnum):
    """What is to be done next; the last two are ends."""

    SIGN = "sign"
    APPROVE = "approve"
    PLATFORM = "platform"
    ANNOUNCE = "announce"
    REPORT = "report"
    DONE = "done"
    WITHDRAWN = "withdrawn"


ENDS = frozenset({Step.DONE, Step.WITHDRAWN})
# By which step the thing itself has happened, so that a deadline after it begins to run.
HAPPENS_AT: Mapping[Kind, Step] = {
    Kind.OPEN: Step.PLATFORM,
    Kind.CHANGE: Step.PLATFORM,
    Kind.CLOSE: Step.ANNOUNCE,
    Kind.CANCEL: Step.PLATFORM,
}


class Act(StrEnum):
    """What the ledger of a filing tells of, beside the steps themselves."""

    BEGIN = "begin"
    ARISE = "arise"
    AMEND = "amend"
    HAPPEN = "happen"
    SIGN = "sign"
    APPROVE = "approve"
    PLATFORM = "platform"
    ANNOUNCE = "announce"
    REPORT = "report"
    RETURN = "return"
    WITHDRAW = "withdraw"
    SETTLE = "settle"


class Obstacle(StrEnum):
    """Why a filing cannot begin, or cannot go on."""

    UNDER_WAY = "under_way"
    ALREADY_OPEN = "already_open"
    NOT_YET_OPEN = "not_yet_open"
    GONE = "gone"
    CLOSING = "closing"
    CLOSED_ALREADY = "closed_already"
    NOT_CLOSING = "not_closing"
    NOT_CLOSED_YET = "not_closed_yet"
    NOT_ANNOUNCED = "not_announced"


def steps_of(wanted: Sequence[tuple[Step, str]], changed: Collection[str] = ()) -> tuple[Step, ...]:
    """The steps of one filing; a step with a condition only where such a thing changed.

    >>> [each.value for each in steps_of([(Step.SIGN, ""), (Step.ANNOUNCE, "agency")], ["name"])]
    ['sign']
    """
    return tuple(step for step, only in wanted if not only or only in changed)


def after(steps: Sequence[Step], step: Step) -> Step:
    """What follows a step: the next, or the end."""
    place = steps.index(step) + 1
    return steps[place] if place < len(steps) else Step.DONE


def why_not_begin(
    kind: Kind, *, status: str, under_way: Collection[str], done: Collection[str], is_filed: bool
) -> Obstacle | None:
    """Why an account of a status cannot begin a filing; None when it may.

    `under_way` and `done` are the kinds of its filings that are not ended, and that were finished;
    `is_filed`: the register has its filing number.
    """
    if kind in under_way:
        return Obstacle.UNDER_WAY
    match kind:
        case Kind.OPEN:
            # One that was opened may still have to be filed, but not twice.
            if status == "closed":
                return Obstacle.GONE
            if status == "closing":
                return Obstacle.CLOSING
            return Obstacle.ALREADY_OPEN if Kind.OPEN in done or is_filed else None
        case Kind.CHANGE | Kind.CLOSE:
            if status == "closed":
                return Obstacle.GONE
            if status == "planned":
                return Obstacle.NOT_YET_OPEN
            if kind is Kind.CLOSE and status == "closing" and Kind.CLOSE in done:
                return Obstacle.CLOSED_ALREADY
        case Kind.CANCEL:
            if status == "closed":
                return Obstacle.GONE
            if status != "closing":
                return Obstacle.NOT_CLOSING
    return None


def why_not_cancel(*, is_closing_done: bool, is_announced: bool) -> Obstacle | None:
    """Why an account cannot be cancelled yet: its closing has to be filed, its end announced.

    In practice the notice stands before the platform is dealt with (大连金普新区, 2025).
    """
    if not is_announced:
        return Obstacle.NOT_ANNOUNCED
    return None if is_closing_done else Obstacle.NOT_CLOSED_YET


def merged(
    before: Mapping[str, Mapping[str, Any]], fresh: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    """Changes with later ones: what was in the beginning, what is now; what came back is no change."""
    found = {name: dict(change) for name, change in before.items()}
    for name, change in fresh.items():
        first = found.get(name, change)
        found[name] = {**change, **{key: first[key] for key in first if key.startswith("before")}}
    return {name: change for name, change in found.items() if change["before"] != change["after"]}
