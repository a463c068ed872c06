"""人工: a person is wanted."""

from minxin.conversations.actions import ask_for_person
from minxin.gateway import wording
from minxin.gateway.responders import commands
from minxin.gateway.turn import Desk, InThread, Reply, Say, Turn


def hand_over_to_a_person(turn: Turn, desk: Desk) -> Reply | None:
    """Puts the conversation before the agents of the account and says when to expect them."""
    return handed_over(turn) if commands.bare(turn.text) in commands.PERSON else None


def handed_over(turn: Turn) -> InThread:
    """Note that she waits; she keeps what she was filling in."""

    def work() -> Say:
        ask_for_person(turn.citizen_key, now=turn.now)
        return Say(wording.PERSON)

    return InThread(work)
