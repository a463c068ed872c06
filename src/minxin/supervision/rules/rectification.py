"""The life of a finding: its states, the one table of steps between them, and who may take which.

The order of the steps (通知、签收、整改、反馈、审核、复查、销号) is office practice as published notices tell it;
no national document lays it down. Steps that change no state (an extension asked for, granted, refused)
stand in the same table, so that the ledger has one grammar.
"""

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
