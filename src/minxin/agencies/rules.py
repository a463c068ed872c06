"""Roles and what each may do. Duties are separated: who keeps accounts does not read citizens' words,
who audits changes nothing, who reviews does not write."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
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
    DISCIPLINE = "discipline"


class Permission(StrEnum):
    """One thing a role may do."""

    READ_CONVERSATIONS = "conversations.read"
    ANSWER_CONVERSATIONS = "conversations.answer"
    READ_TICKETS = "tickets.read"
    ASSIGN_TICKETS = "tickets.assign"
    ANSWER_TICKETS = "tickets.answer"
    FILE_TICKETS = "tickets.file"
    REVIEW_REPLIES = "tickets.review"
    INSPECT_REPLIES = "tickets.inspect"
    SUPERVISE_TICKETS = "tickets.supervise"
    CONFIRM_MALICIOUS = "tickets.malicious"
    HANDLE_WRONGDOING = "wrongdoing.handle"
    READ_KNOWLEDGE = "knowledge.read"
    EDIT_KNOWLEDGE = "knowledge.edit"
    REVIEW_KNOWLEDGE = "knowledge.review"
    READ_ACCOUNTS = "accounts.read"
    EDIT_ACCOUNTS = "accounts.edit"
    REVIEW_FILINGS = "accounts.review"
    IMPORT_REGISTER = "accounts.import"
    READ_OUTGOING = "outgoing.read"
    RETRY_OUTGOING = "outgoing.retry"
    REVEAL_CITIZENS = "citizens.reveal"
    READ_AGENCIES = "agencies.read"
    EDIT_AGENCIES = "agencies.edit"
    READ_STAFF = "staff.read"
    EDIT_STAFF = "staff.edit"
    READ_AUDIT = "audit.read"
    READ_MODEL = "model.read"
    EDIT_SETTINGS = "settings.edit"
    READ_SUPERVISION = "supervision.read"
    RECORD_UPDATES = "supervision.record"
    CONFIRM_CANDIDATES = "supervision.confirm"
    RECTIFY_FINDINGS = "supervision.rectify"
    ANSWER_FINDINGS = "supervision.answer"
    READ_REPORTS = "reports.read"
    WRITE_REPORTS = "reports.write"
    SIGN_REPORTS = "reports.sign"
    EDIT_RULES = "supervision.rules"


P = Permission
PERMISSIONS: MappingProxyType[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.OPERATOR: frozenset(
            {
                P.READ_ACCOUNTS,
                P.EDIT_ACCOUNTS,
                P.REVIEW_FILINGS,
                P.IMPORT_REGISTER,
                P.READ_OUTGOING,
                P.RETRY_OUTGOING,
                P.READ_AGENCIES,
                P.READ_SUPERVISION,
                P.RECORD_UPDATES,
                P.ANSWER_FINDINGS,
                P.READ_REPORTS,
                P.WRITE_REPORTS,
            }
        ),
        Role.AGENT: frozenset(
            {
                P.READ_CONVERSATIONS,
                P.ANSWER_CONVERSATIONS,
                P.READ_TICKETS,
                P.ASSIGN_TICKETS,
                P.ANSWER_TICKETS,
                P.FILE_TICKETS,
                P.REVEAL_CITIZENS,
                P.READ_KNOWLEDGE,
                P.READ_OUTGOING,
                P.READ_AGENCIES,
            }
        ),
        Role.EDITOR: frozenset({P.READ_KNOWLEDGE, P.EDIT_KNOWLEDGE, P.READ_AGENCIES}),
        Role.REVIEWER: frozenset(
            {
                P.READ_KNOWLEDGE,
                P.REVIEW_KNOWLEDGE,
                P.READ_TICKETS,
                P.REVIEW_REPLIES,
                P.INSPECT_REPLIES,
                P.CONFIRM_MALICIOUS,
                P.READ_AGENCIES,
            }
        ),
        Role.SUPERVISOR: frozenset(
            {
                P.READ_CONVERSATIONS,
                P.READ_TICKETS,
                P.INSPECT_REPLIES,
                P.SUPERVISE_TICKETS,
                P.CONFIRM_MALICIOUS,
                P.READ_KNOWLEDGE,
                P.READ_ACCOUNTS,
                P.REVIEW_FILINGS,
                P.IMPORT_REGISTER,
                P.READ_OUTGOING,
                P.READ_AGENCIES,
                P.READ_STAFF,
                P.READ_SUPERVISION,
                P.RECORD_UPDATES,
                P.CONFIRM_CANDIDATES,
                P.RECTIFY_FINDINGS,
                P.READ_REPORTS,
                P.WRITE_REPORTS,
                P.SIGN_REPORTS,
                P.EDIT_RULES,
            }
        ),
        Role.AUDITOR: frozenset({P.READ_AUDIT, P.READ_MODEL, P.READ_AGENCIES, P.READ_STAFF}),
        Role.ADMINISTRATOR: frozenset(
            {
                P.READ_AGENCIES,
                P.EDIT_AGENCIES,
                P.READ_STAFF,
                P.EDIT_STAFF,
                P.READ_ACCOUNTS,
                P.EDIT_SETTINGS,
                P.READ_MODEL,
            }
        ),
        # Reports of wrongdoing by officials: these people alone, and nothing else of anybody's.
        Role.DISCIPLINE: frozenset({P.HANDLE_WRONGDOING}),
    }
)


# What a key of the open API may be given. Everything else is a person's to do.
KEY_RIGHTS = (P.READ_TICKETS, P.FILE_TICKETS, P.ANSWER_TICKETS, P.REVEAL_CITIZENS)


# Separation of duties: GB/T 22239-2019 8.1.4.2 asks that the powers of administrators be separated
# (system, security and audit are three people) and that each has the least it needs. Who reads the
# audit writes nothing, who gives rights uses none of them, who reviews does not review herself.
_WRITES = frozenset({Role.OPERATOR, Role.AGENT, Role.EDITOR, Role.REVIEWER, Role.DISCIPLINE})
CONFLICTS: MappingProxyType[Role, frozenset[Role]] = MappingProxyType(
    {
        Role.AUDITOR: _WRITES | {Role.ADMINISTRATOR},
        Role.ADMINISTRATOR: _WRITES | {Role.AUDITOR, Role.SUPERVISOR},
        Role.SUPERVISOR: frozenset({Role.ADMINISTRATOR}),
        Role.DISCIPLINE: frozenset({Role.AUDITOR, Role.ADMINISTRATOR}),
        Role.OPERATOR: frozenset({Role.AUDITOR, Role.ADMINISTRATOR}),
        Role.AGENT: frozenset({Role.AUDITOR, Role.ADMINISTRATOR}),
        Role.EDITOR: frozenset({Role.AUDITOR, Role.ADMINISTRATOR, Role.REVIEWER}),
        Role.REVIEWER: frozenset({Role.AUDITOR, Role.ADMINISTRATOR, Role.EDITOR}),
    }
)


def roles_with(permission: Permission) -> tuple[Role, ...]:
    """The roles that carry a permission, in the order of `Role`."""
    return tuple(role for role in Role if permission in PERMISSIONS[role])


def conflict(held: Iterable[Role], wanted: Role) -> Role | None:
    """A role among those held that one person may not have beside the wanted one, or None."""
    return next((role for role in held if role in CONFLICTS[wanted]), None)


def classes_in(password: str) -> int:
    """How many kinds of characters stand in a password: capitals, small letters, digits, others.

    A character that has no case, such as 民, counts among the others.
    """
    return (
        any(char.isupper() for char in password)
        + any(char.islower() for char in password)
        + any(char.isdigit() for char in password)
        + any(not (char.isupper() or char.islower() or char.isdigit()) for char in password)
    )


# The tree ------------------------------------------------------------------------------------

LONGEST_PATH = 255


def outermost(paths: Iterable[str]) -> tuple[str, ...]:
    """The paths that lie inside none of the others, sorted, each once."""
    kept: list[str] = []
    for path in sorted(set(paths)):
        if not kept or not path.startswith(kept[-1]):
            kept.append(path)
    return tuple(kept)


def narrowed(paths: Iterable[str], branch: str) -> tuple[str, ...]:
    """What of these branches lies inside one: never more than there was."""
    inside = [path for path in paths if path.startswith(branch)]
    around = [branch for path in paths if branch.startswith(path)]
    return outermost([*inside, *around])


def is_within(path: str, branches: Iterable[str]) -> bool:
    """Whether a path is one of the branches or lies below one."""
    return any(path.startswith(branch) for branch in branches)


def path_below(parent: str, agency_id: int) -> str:
    """The path of an agency: its parent's and its own id, `/1/12/`. It always ends with a slash, so
    that a prefix never ends inside an id."""
    return f"{parent or '/'}{agency_id}/"


def ancestor_paths(path: str) -> tuple[str, ...]:
    """The path itself and those of all agencies above it, the root first."""
    ids = path.strip("/").split("/")
    return tuple("/" + "/".join(ids[:depth]) + "/" for depth in range(1, len(ids) + 1))


def is_root(path: str) -> bool:
    """Whether nothing is above this path."""
    return path.count("/") == 2


# The audit -----------------------------------------------------------------------------------

HIDDEN = "（不记录）"
# Keys of `before` and `after` whose values never reach the audit: credentials and personal data.
PRIVATE = frozenset(
    {
        "password",
        "secret",
        "token",
        "aes_key",
        "access_token",
        "openid",
        "nickname",
        "real_name",
        "phone",
        "id_number",
        "address",
    }
)


def without_private(value: object) -> object:
    """The value with what stands under a private key replaced, at any depth; empty stays empty."""
    match value:
        case Mapping():
            return {
                str(key): HIDDEN if str(key) in PRIVATE and item else without_private(item)
                for key, item in value.items()
            }
        case list() | tuple():
            return [without_private(item) for item in value]
        case set() | frozenset():
            return sorted((without_private(item) for item in value), key=str)
        case str():
            return value.replace("\0", "")
        case float():
            return str(value)  # a database may give another notation back, and break the chain
        case _:
            return value


# GB/T 22239-2019 8.1.4.1 a: passwords are changed from time to time. How often is the operator's to
# decide (MINXIN_PASSWORD_DAYS); how many may not come back is five.
REMEMBERED = 5


def is_too_old(set_at: datetime | None, *, days: int, now: datetime) -> bool:
    """Whether a password set then has to be changed; never without a moment or with no days."""
    return set_at is not None and days > 0 and now - set_at >= timedelta(days=days)
