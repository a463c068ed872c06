"""A person has taken the conversation."""

from minxin.gateway.turn import Desk, Reply, Silence, Turn


def keep_silent_while_a_person_answers(turn: Turn, desk: Desk) -> Reply | None:
    """The machine does not talk into a conversation that staff answer."""
    return Silence() if turn.dialogue.is_attended else None
