"""Tables: tickets, their timeline and ledger, who follows them, categories, deadline presets, ratings,
readings of answers, what waits for review, rules of handling."""

from minxin.tickets.models.applications import Application, OwnershipDecision
from minxin.tickets.models.calling_back import CallBack
from minxin.tickets.models.flags import ConfidentialReader, Flagging
from minxin.tickets.models.kinds import Category, Nature
from minxin.tickets.models.ledger import ChangesLedger, LedgerEntry
from minxin.tickets.models.merging import Follower
from minxin.tickets.models.policies import HandlingPolicy
from minxin.tickets.models.promises import DeadlinePreset
from minxin.tickets.models.replies import ReplyCheck
from minxin.tickets.models.reviewing import ReplyDraft
from minxin.tickets.models.tickets import Rating, Ticket, TicketEvent

__all__ = [
    "Application",
    "CallBack",
    "Category",
    "ChangesLedger",
    "ConfidentialReader",
    "DeadlinePreset",
    "Flagging",
    "Follower",
    "HandlingPolicy",
    "LedgerEntry",
    "Nature",
    "OwnershipDecision",
    "Rating",
    "ReplyCheck",
    "ReplyDraft",
    "Ticket",
    "TicketEvent",
]
