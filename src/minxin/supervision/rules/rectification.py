"""The life of a finding: its states, the one table of steps between them, and who may take which.

The order of the steps (通知、签收、整改、反馈、审核、复查、销号) is office practice as published notices tell it;
no national document lays it down. Steps that change no state (an extension asked for, granted, refused)
stand in the same table, so that the ledger has one grammar.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    """Where a finding stands."""

    OPEN = "open"
    NOTIFIED = "notified"
    SIGNED = "signed"
    ANSWERED = "answered"
    REVIEWED = "reviewed"
    DISPUTED = "disputed"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Origin(StrEnum):
    """Where a finding came from."""

    CANDIDATE = "candidate"
    CAMPAIGN_CHECK = "campaign_check"
    LOOKBACK = "lookback"
    MANUAL = "manual"


ENDED = frozenset({State.CLOSED, State.WITHDRAWN})
RUNNING = frozenset({State.NOTIFIED, State.SIGNED})  # where the unit's deadline runs


class Side(StrEnum):
    """Who takes a step: who supervises, or the unit that hosts the account."""

    SUPERVISOR = "supervisor"
    UNIT = "unit"


class Act(StrEnum):
    """One step; `wording.py` says it."""

    OPEN = "open"
    ISSUE = "issue"
    REISSUE = "reissue"
    SIGN = "sign"
    ANSWER = "answer"
    APPROVE = "approve"
    RETURN = "return"
    CLOSE = "close"
    REOPEN = "reopen"
    DISPUTE = "dispute"
    ACCEPT = "accept"
    UPHOLD = "uphold"
    ASK_EXTENSION = "ask_extension"
    GRANT = "grant"
    REFUSE = "refuse"
    SETTLE = "settle"


class Why(StrEnum):
    """Why a step may not be taken."""

    NOT_NOW = "not_now"
    MOVED = "moved"
    NOT_MOVED = "not_moved"
    GONE = "gone"
    NOT_GONE = "not_gone"
    OWN = "own"
    LATE = "late"
    WAITS = "waits"
    NONE_WAITS = "none_waits"
    NO_REASON = "no_reason"


@dataclass(frozen=True, slots=True)
class Situation:
    """What decides which steps may be taken.

    `is_moved`: another agency hosts the account than the notice was sent to. `is_gone`: the account was
    closed for good. `is_own`: who acts gave the feedback or the defence that is judged. `waits`: an
    extension was asked for and not decided.
    """

    state: State
    is_moved: bool = False
    is_gone: bool = False
    is_own: bool = False
    is_late: bool = False
    waits: bool = False


Guard = Callable[[Situation], Why | None]


def _here(one: Situation) -> Why | None:
    return Why.MOVED if one.is_moved else None


def _moved(one: Situation) -> Why | None:
    return None if one.is_moved else Why.NOT_MOVED


def _alive(one: Situation) -> Why | None:
    return Why.GONE if one.is_gone else None


def _gone(one: Situation) -> Why | None:
    return None if one.is_gone else Why.NOT_GONE


def _another(one: Situation) -> Why | None:
    return Why.OWN if one.is_own else None


def _in_time(one: Situation) -> Why | None:
    return Why.LATE if one.is_late else None


def _none_waits(one: Situation) -> Why | None:
    return Why.WAITS if one.waits else None


def _waits(one: Situation) -> Why | None:
    return None if one.waits else Why.NONE_WAITS


@dataclass(frozen=True, slots=True)
class Transition:
    """One line of the table. `after` is None where the state stays."""

    act: Act
    side: Side
    before: frozenset[State]
    after: State | None
    guards: tuple[Guard, ...] = ()
    needs_reason: bool = False


def _line(
    act: Act, side: Side, before: str, after: State | None, *guards: Guard, reason: bool = False
) -> Transition:
    return Transition(
        act, side, frozenset(State(each) for each in before.split()), after, guards, reason
    )


_S, _U = Side.SUPERVISOR, Side.UNIT
# The whole life, in reading order, of two steps that are possible the likely one first. A finding begins with OPEN, before which it has no state.
TRANSITIONS: tuple[Transition, ...] = (
    _line(Act.OPEN, _S, "", State.OPEN),
    _line(Act.ISSUE, _S, "open", State.NOTIFIED, _alive),
    _line(Act.REISSUE, _S, "notified signed", State.NOTIFIED, _alive, _moved),
    _line(Act.SIGN, _U, "notified", State.SIGNED, _here),
    _line(Act.ANSWER, _U, "signed", State.ANSWERED, _here),
    _line(Act.DISPUTE, _U, "signed", State.DISPUTED, _here, reason=True),
    _line(Act.ASK_EXTENSION, _U, "signed", None, _here, _in_time, _none_waits, reason=True),
    _line(Act.GRANT, _S, "signed", None, _waits, _another),
    _line(Act.REFUSE, _S, "signed", None, _waits, _another, reason=True),
    _line(Act.APPROVE, _S, "answered", State.REVIEWED, _another),
    _line(Act.CLOSE, _S, "reviewed", State.CLOSED, _another),
    _line(Act.RETURN, _S, "answered reviewed", State.SIGNED, _another, reason=True),
    _line(Act.ACCEPT, _S, "disputed", State.WITHDRAWN, _another, reason=True),
    _line(Act.UPHOLD, _S, "disputed", State.SIGNED, _another, reason=True),
    _line(Act.REOPEN, _S, "closed", State.SIGNED, _alive, reason=True),
    _line(Act.SETTLE, _S, "open notified signed", State.CLOSED, _gone, reason=True),
)
_BY_ACT = {each.act: each for each in TRANSITIONS}
SHORTEST_REASON = 4


def transition(act: Act) -> Transition:
    """Its line of the table."""
    return _BY_ACT[act]


def refusal(act: Act, situation: Situation, *, reason: str | None = None) -> Why | None:
    """Why a step may not be taken now; None when it may. Without `reason` words are not asked for."""
    line = _BY_ACT[act]
    if situation.state not in line.before:
        return Why.NOT_NOW
    for guard in line.guards:
        if (why := guard(situation)) is not None:
            return why
    if reason is not None and line.needs_reason and len(reason.strip()) < SHORTEST_REASON:
        return Why.NO_REASON
    return None


def state_after(act: Act, state: State) -> State:
    """Where a step leads."""
    after = _BY_ACT[act].after
    return state if after is None else after


def possible(side: Side, situation: Situation) -> tuple[Act, ...]:
    """The steps this side may take now, in the order of the table."""
    return tuple(
        each.act
        for each in TRANSITIONS
        if each.side is side and refusal(each.act, situation) is None
    )


def replayed(acts: Iterable[Act]) -> State | None:
    """Where a whole ledger leads; None when the table does not know such a history, or it is empty."""
    state: State | None = None
    for act in acts:
        if state is None:
            if act is not Act.OPEN:
                return None
            state = State.OPEN
            continue
        if state not in _BY_ACT[act].before:
            return None
        state = state_after(act, state)
    return state


def is_overdue(state: State | str, due_at: datetime | None, *, at: datetime) -> bool:
    """Whether the unit is late: its deadline passed and nothing was fed back."""
    return due_at is not None and State(state) in RUNNING and due_at < at
