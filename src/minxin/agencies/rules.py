"""Roles and what each may do. Duties are separated: who keeps accounts does not read citizens' words,
who audits changes nothing, who reviews does not write."""

from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """A duty a member of staff has in one agency and everything below it."""

    OPERATOR = "operator"
    AGENT = "agent"
    EDITOR = "editor"
    REVIEWER = "reviewer"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    """One thing a role may do."""

    READ_CONVERSATIONS = "conversations.read"
    ANSWER_CONVERSATIONS = "conversations.answer"
    READ_TICKETS = "tickets.read"
    ASSIGN_TICKETS = "tickets.assign"
    ANSWER_TICKETS = "tickets.answer"
    READ_KNOWLEDGE = "knowledge.read"
    EDIT_KNOWLEDGE = "knowledge.edit"
    REVIEW_KNOWLEDGE = "knowledge.review"
    READ_ACCOUNTS = "accounts.read"
    EDIT_ACCOUNTS = "accounts.edit"
    READ_OUTGOING = "outgoing.read"
    RETRY_OUTGOING = "outgoing.retry"
    REVEAL_CITIZENS = "citizens.reveal"
    READ_AGENCIES = "agencies.read"
    EDIT_AGENCIES = "agencies.edit"
    READ_STAFF = "staff.read"
    EDIT_STAFF = "staff.edit"
    READ_AUDIT = "audit.read"
    EDIT_SETTINGS = "settings.edit"


P = Permission
PERMISSIONS: MappingProxyType[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.OPERATOR: frozenset(
            {P.READ_ACCOUNTS, P.EDIT_ACCOUNTS, P.READ_OUTGOING, P.RETRY_OUTGOING, P.READ_AGENCIES}
        ),
        Role.AGENT: frozenset(
            {
                P.READ_CONVERSATIONS,
                P.ANSWER_CONVERSATIONS,
                P.READ_TICKETS,
                P.ASSIGN_TICKETS,
                P.ANSWER_TICKETS,
                P.REVEAL_CITIZENS,
                P.READ_KNOWLEDGE,
                P.READ_OUTGOING,
                P.READ_AGENCIES,
            }
        ),
        Role.EDITOR: frozenset({P.READ_KNOWLEDGE, P.EDIT_KNOWLEDGE, P.READ_AGENCIES}),
        Role.REVIEWER: frozenset(
            {P.READ_KNOWLEDGE, P.REVIEW_KNOWLEDGE, P.READ_TICKETS, P.READ_AGENCIES}
        ),
        Role.SUPERVISOR: frozenset(
            {
                P.READ_CONVERSATIONS,
                P.READ_TICKETS,
                P.READ_KNOWLEDGE,
                P.READ_ACCOUNTS,
                P.READ_OUTGOING,
                P.READ_AGENCIES,
                P.READ_STAFF,
            }
        ),
        Role.AUDITOR: frozenset({P.READ_AUDIT, P.READ_AGENCIES, P.READ_STAFF}),
        Role.ADMINISTRATOR: frozenset(
            {
                P.READ_AGENCIES,
                P.EDIT_AGENCIES,
                P.READ_STAFF,
                P.EDIT_STAFF,
                P.READ_ACCOUNTS,
                P.EDIT_SETTINGS,
            }
        ),
    }
)
