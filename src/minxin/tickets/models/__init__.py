"""Tables of tickets: each in the file that is named after it."""

from minxin.tickets.models.applications import Application, OwnershipDecision
from minxin.tickets.models.attachments import Attachment
from minxin.tickets.models.batches import BatchAnswer, BatchItem
from minxin.tickets.models.calling_back import CallBack
from minxin.tickets.models.co_handling import CoTask
from minxin.tickets.models.exchange import ExchangeRecord
from minxin.tickets.models.facts import FactsMonth, TicketFacts
from minxin.tickets.models.flags import ConfidentialReader, Flagging
from minxin.tickets.models.handing import (
    CityPlatform,
    Handover,
    HandoverAct,
    HandoverDifference,
    IntakeMode,
    SeenNonce,
)
from minxin.tickets.models.kinds import Category, Nature
from minxin.tickets.models.ladder import LadderRung, LadderStep
from minxin.tickets.models.ledger import ChangesLedger, LedgerEntry
from minxin.tickets.models.malicious import MaliciousMark
from minxin.tickets.models.matters import Matter
from minxin.tickets.models.merging import Follower
from minxin.tickets.models.notices import NoticeGrant
from minxin.tickets.models.policies import HandlingPolicy
from minxin.tickets.models.promises import DeadlinePreset, SpanUnit
from minxin.tickets.models.publications import Publication
from minxin.tickets.models.redirects import NonAcceptance, Redirect
from minxin.tickets.models.replies import ReplyCheck
from minxin.tickets.models.responsibilities import Responsibility, ResponsibilityList
from minxin.tickets.models.responsibility_imports import (
    ImportedResponsibility,
    ResponsibilityImport,
)
from minxin.tickets.models.reviewing import ReplyDraft
from minxin.tickets.models.router import RouterModel
from minxin.tickets.models.routing import (
    Correction,
    Dispatch,
    RoutingExample,
    RoutingRule,
    RoutingSetting,
)
from minxin.tickets.models.sampling import InspectedReply, ReplyInspection, ReplyJudgement
from minxin.tickets.models.survey import Survey
from minxin.tickets.models.ticket_imports import ImportedTicket, TicketImport
from minxin.tickets.models.tickets import Rating, Ticket, TicketEvent
from minxin.tickets.models.webhooks import TicketWebhook, WebhookDelivery
from minxin.tickets.models.wrongdoing import WrongdoingPicture, WrongdoingReport, WrongdoingStep

__all__ = [
    "Application",
    "Attachment",
    "BatchAnswer",
    "BatchItem",
    "CallBack",
    "Category",
    "ChangesLedger",
    "CityPlatform",
    "CoTask",
    "ConfidentialReader",
    "Correction",
    "DeadlinePreset",
    "Dispatch",
    "ExchangeRecord",
    "FactsMonth",
    "Flagging",
    "Follower",
    "HandlingPolicy",
    "Handover",
    "HandoverAct",
    "HandoverDifference",
    "ImportedResponsibility",
    "ImportedTicket",
    "InspectedReply",
    "IntakeMode",
    "LadderRung",
    "LadderStep",
    "LedgerEntry",
    "MaliciousMark",
    "Matter",
    "Nature",
    "NonAcceptance",
    "NoticeGrant",
    "OwnershipDecision",
    "Publication",
    "Rating",
    "Redirect",
    "ReplyCheck",
    "ReplyDraft",
    "ReplyInspection",
    "ReplyJudgement",
    "Responsibility",
    "ResponsibilityImport",
    "ResponsibilityList",
    "RouterModel",
    "RoutingExample",
    "RoutingRule",
    "RoutingSetting",
    "SeenNonce",
    "SpanUnit",
    "Survey",
    "Ticket",
    "TicketEvent",
    "TicketFacts",
    "TicketImport",
    "TicketWebhook",
    "WebhookDelivery",
    "WrongdoingPicture",
    "WrongdoingReport",
    "WrongdoingStep",
]
