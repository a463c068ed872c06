"""Tables: tickets, their timeline and ledger, categories, deadline presets, ratings."""

from minxin.tickets.models.applications import Application, OwnershipDecision
from minxin.tickets.models.kinds import Category, Nature
from minxin.tickets.models.ledger import ChangesLedger, LedgerEntry
from minxin.tickets.models.promises import DeadlinePreset
from minxin.tickets.models.tickets import Rating, Ticket, TicketEvent

__all__ = [
    "Application",
    "Category",
    "ChangesLedger",
    "DeadlinePreset",
    "LedgerEntry",
    "Nature",
    "OwnershipDecision",
    "Rating",
    "Ticket",
    "TicketEvent",
]
