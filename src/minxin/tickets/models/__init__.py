"""Tables of tickets: each in the file that is named after it."""

from minxin.tickets.models.applications import Application, OwnershipDecision
from minxin.tickets.models.attachments import Attachment
from minxin.tickets.models.facts import TicketFacts
from minxin.tickets.models.flags import ConfidentialReader, Flagging
from minxin.tickets.models.kinds import Category, Nature
from minxin.tickets.models.ledger import ChangesLedger, LedgerEntry
from minxin.tickets.models.merging import Follower
from minxin.tickets.models.promises import DeadlinePreset
from minxin.tickets.models.redirects import NonAcceptance, Redirect
from minxin.tickets.models.replies import ReplyCheck
from minxin.tickets.models.tickets import Rating, Ticket, TicketEvent
from minxin.tickets.models.wrongdoing import WrongdoingPicture, WrongdoingReport, WrongdoingStep

__all__ = [
    "Application",
    "Attachment",
    "Category",
    "ChangesLedger",
    "ConfidentialReader",
    "DeadlinePreset",
    "Flagging",
    "Follower",
    "LedgerEntry",
    "Nature",
    "NonAcceptance",
    "OwnershipDecision",
    "Rating",
    "Redirect",
    "ReplyCheck",
    "Ticket",
    "TicketEvent",
    "TicketFacts",
    "WrongdoingPicture",
    "WrongdoingReport",
    "WrongdoingStep",
]
