"""Which acts are possible in which state: the one table. docs/reference/ticket-states.md is held to it."""

from enum import StrEnum
from types import MappingProxyType


class Verb(StrEnum):
    """What can happen to a ticket."""

    FILE = "filed"
    ACCEPT = "accepted"
    ASSIGN = "assigned"
    SIGN = "signed"
    ASK_RETURN = "return_asked"
    GRANT_RETURN = "return_granted"
    REFUSE_RETURN = "return_refused"
    DISPUTE = "disputed"
    ARBITRATE = "arbitrated"
    ASK_EXTENSION = "extension_asked"
    GRANT_EXTENSION = "extended"
    REFUSE_EXTENSION = "extension_refused"
    STOP = "clock_stopped"
    RESUME = "clock_resumed"
    ANSWER = "answered"
    SUBMIT_REPLY = "reply_submitted"
    TAKE_BACK = "reply_taken_back"
    SEND_BACK = "reply_sent_back"
    APPROVE_REPLY = "reply_passed"
    CLOSE = "closed"
    CALL_BACK = "called_back"
    REDO = "redone"
    ARCHIVE = "archived"
    REOPEN = "reopened"
    RATE = "rated"
    NOTE = "noted"
    MERGE = "merged"
    UNMERGE = "unmerged"
    WITHDRAW = "withdrawn"
    SUPPLEMENT = "supplemented"
    ASK_TIME = "time_asked"
    DECLINE = "not_accepted"
    OBJECT = "objected"
    CO_HANDLE = "co_handled"
    SET_APART = "moved"
    FLAG = "flagged"
    UNFLAG = "unflagged"
    PROPOSE_MALICIOUS = "malicious_proposed"
    REFUSE_MALICIOUS = "malicious_refused"
    END = "ended"
    APPEAL = "appealed"
    RESTORE = "restored"
    KEEP_ENDED = "appeal_refused"


S, A, G, N, C, R = "submitted", "accepted", "assigned", "answered", "closed", "reopened"
K, T, D, W, X = "signed", "returning", "disputed", "withdrawn", "declined"
V, Z, E = "reviewing", "archived", "ended"
# No state: back where the ticket stood when it was ended (`MaliciousMark.stood`).
STOOD = "stood"
_IN_HAND = frozenset({A, G, K, R})

# From which states an act is possible, and the state it leads to (None: stays).
TRANSITIONS: MappingProxyType[Verb, tuple[frozenset[str], str | None]] = MappingProxyType(
    {
        Verb.ACCEPT: (frozenset({S}), A),
        Verb.ASSIGN: (frozenset({S, V}) | _IN_HAND, G),
        Verb.SIGN: (frozenset({A, G, R}), K),
        Verb.ASK_RETURN: (_IN_HAND, T),
        Verb.GRANT_RETURN: (frozenset({T}), G),
        Verb.REFUSE_RETURN: (frozenset({T}), G),
        Verb.DISPUTE: (frozenset({G, K}), D),
        Verb.ARBITRATE: (frozenset({D}), G),
        Verb.ASK_EXTENSION: (_IN_HAND | {V}, None),
        Verb.GRANT_EXTENSION: (_IN_HAND | {V}, None),
        Verb.REFUSE_EXTENSION: (_IN_HAND | {V}, None),
        Verb.STOP: (_IN_HAND, None),
        Verb.RESUME: (_IN_HAND, None),
        Verb.ANSWER: (_IN_HAND, N),
        Verb.SUBMIT_REPLY: (_IN_HAND | {V}, V),
        Verb.TAKE_BACK: (frozenset({V}), K),
        Verb.SEND_BACK: (frozenset({V}), K),
        Verb.APPROVE_REPLY: (frozenset({V}), N),
        Verb.CLOSE: (frozenset({N}), C),
        Verb.CALL_BACK: (frozenset({N, C}), None),
        Verb.REDO: (frozenset({N, C}), G),
        Verb.ARCHIVE: (frozenset({C}), Z),
        Verb.REOPEN: (frozenset({N, C}), R),
        Verb.RATE: (frozenset({N, C}), None),
        Verb.NOTE: (frozenset({S, N, T, D, V}) | _IN_HAND, None),
        Verb.WITHDRAW: (frozenset({S, T, D, V}) | _IN_HAND, W),
        Verb.MERGE: (frozenset({S, A, G, K}), None),
        Verb.UNMERGE: (frozenset({S}) | _IN_HAND, None),
        Verb.SUPPLEMENT: (frozenset({S, T, D, V}) | _IN_HAND, None),
        Verb.ASK_TIME: (_IN_HAND, None),
        Verb.DECLINE: (frozenset({S, A, G}), X),
        Verb.OBJECT: (frozenset({X}), S),
        Verb.CO_HANDLE: (_IN_HAND, None),
        Verb.SET_APART: (frozenset({S, T, D, V, N, C, W, X, E, Z}) | _IN_HAND, "moved"),
        Verb.FLAG: (frozenset({S, T, D, V, N, C, W, X, E}) | _IN_HAND, None),
        Verb.UNFLAG: (frozenset({S, T, D, V, N, C, W, X, E}) | _IN_HAND, None),
        Verb.PROPOSE_MALICIOUS: (frozenset({S}) | _IN_HAND, None),
        Verb.REFUSE_MALICIOUS: (frozenset({S}) | _IN_HAND, None),
        Verb.END: (frozenset({S}) | _IN_HAND, E),
        Verb.APPEAL: (frozenset({E}), None),
        Verb.RESTORE: (frozenset({E}), STOOD),
        Verb.KEEP_ENDED: (frozenset({E}), None),
    }
)


OPEN = frozenset({S, T, D, V}) | _IN_HAND
OVER = frozenset({N, C, Z})


def may_follow(state: str, verb: Verb) -> bool:
    """Whether an act is possible in a state."""
    return verb in TRANSITIONS and state in TRANSITIONS[verb][0]


def state_after(state: str, verb: Verb) -> str:
    """The state an act leads to."""
    return TRANSITIONS[verb][1] or state
