"""人工: a person is wanted."""

from datetime import date

from minxin.conversations.actions import ask_for_person, tell_out_of_hours
from minxin.conversations.queries import Office
from minxin.core.working_time import OFFICE_ZONE
from minxin.gateway import wording
from minxin.gateway.responders import commands
from minxin.gateway.turn import Desk, InThread, Reply, Say, Turn


def hand_over_to_a_person(turn: Turn, desk: Desk) -> Reply | None:
    """Puts the conversation before the agents of the account and says when to expect them."""
    return handed_over(turn) if commands.bare(turn.text) in commands.PERSON else None


def told_out_of_hours(turn: Turn) -> tuple[Office, bool]:
    """The office of the account, and whether she is to hear now that nobody is there."""
    return tell_out_of_hours(turn.citizen_key, account_id=turn.account.id, now=turn.now)


def today_of(turn: Turn) -> date:
    """The day it is in the office."""
    return turn.now.astimezone(OFFICE_ZONE).date()


def handed_over(turn: Turn) -> InThread:
    """Note that she waits; she keeps what she was filling in."""

    def work() -> Say:
        ask_for_person(turn.citizen_key, now=turn.now)
        office, is_news = told_out_of_hours(turn)
        words = wording.away_words(office, today_of(turn)) if is_news else ""
        return Say(words or wording.person_words(office))

    return InThread(work)
