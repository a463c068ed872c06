"""All writes of tickets."""

from minxin.tickets.actions.asking_again import rate, reopen
from minxin.tickets.actions.filing import file, unlink_citizen
from minxin.tickets.actions.handling import (
    accept,
    answer,
    answer_message,
    assign,
    classify,
    close,
    note,
    note_reading,
)
from minxin.tickets.actions.ledger import resume_clock, stop_clock
from minxin.tickets.actions.upkeep import (
    close_silently_accepted,
    keep_category,
    keep_preset,
    remind_of_deadlines,
)

__all__ = [
    "accept",
    "answer",
    "answer_message",
    "assign",
    "classify",
    "close",
    "close_silently_accepted",
    "file",
    "keep_category",
    "keep_preset",
    "note",
    "note_reading",
    "rate",
    "remind_of_deadlines",
    "reopen",
    "resume_clock",
    "stop_clock",
    "unlink_citizen",
]
