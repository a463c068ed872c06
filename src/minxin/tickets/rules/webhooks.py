"""What partners are told of tickets, and what of a delivery that does not arrive. Pure; the numbers are ours."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from minxin.tickets.rules.states import Verb

# What can be chosen, and the steps of a ticket that it means.
EVENTS: Mapping[str, frozenset[Verb]] = MappingProxyType(
    {
        "filed": frozenset({Verb.FILE}),
        "accepted": frozenset({Verb.ACCEPT}),
        "assigned": frozenset({Verb.ASSIGN, Verb.GRANT_RETURN, Verb.ARBITRATE}),
        "signed": frozenset({Verb.SIGN}),
        "extended": frozenset({Verb.GRANT_EXTENSION}),
        "clock_stopped": frozenset({Verb.STOP}),
        "clock_resumed": frozenset({Verb.RESUME}),
        "answered": frozenset({Verb.ANSWER}),
        "rated": frozenset({Verb.RATE}),
        "closed": frozenset({Verb.CLOSE}),
        "reopened": frozenset({Verb.REOPEN, Verb.REDO, Verb.OBJECT, Verb.RESTORE}),
        "withdrawn": frozenset({Verb.WITHDRAW}),
        "declined": frozenset({Verb.DECLINE}),
        "ended": frozenset({Verb.END}),
        "merged": frozenset({Verb.MERGE, Verb.UNMERGE}),
    }
)
TEST = "test"
OF_VERB: Mapping[str, str] = MappingProxyType(
    {verb.value: name for name, verbs in EVENTS.items() for verb in verbs}
)
LEASE = timedelta(seconds=60)  # who has not been heard of for so long has lost the delivery
GIVE_UP = timedelta(days=3)
KEPT = timedelta(days=180)  # a delivery that ended stays so long
FORMER = timedelta(hours=24)  # the secret before the last one signs beside it so long
LOOK_BACK = timedelta(hours=1)  # a step that was committed late is found so long
TROUBLED = 5  # attempts after which the people of the agency are told


def is_of_receiver(code: int) -> bool:
    """Whether an answer says that the receiver takes nothing at present, not that it does not want this."""
    return code in {408, 429} or code >= 500


def gives_up(since_made: timedelta) -> bool:
    """Whether nobody tries again."""
    return since_made >= GIVE_UP
