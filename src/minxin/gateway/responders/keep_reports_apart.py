"""A report of wrongdoing by officials is told the right way and does not stay in the conversation."""

from minxin.conversations.actions import withhold
from minxin.gateway import wording
from minxin.gateway.turn import Desk, InThread, Reply, Say, Turn
from minxin.tickets.rules.wrongdoing import is_wrongdoing


def keep_reports_apart(turn: Turn, desk: Desk) -> Reply | None:
    """Who reports an official is shown 12388 and a page that only named people read; the chat forgets it."""
    if not is_wrongdoing(turn.text):
        return None
    return keeping_apart(turn, desk)


def keeping_apart(turn: Turn, desk: Desk) -> InThread:
    """The work: what was said is taken out of the conversation that agents read, the form is forgotten."""

    def work() -> Say:
        withhold(turn.citizen_key, before=turn.now)
        link = wording.link_words("由专人登记", desk.page(turn, "tickets/new"))
        return Say(wording.WRONGDOING.format(link=link), memory={})

    return InThread(work)
