"""Where a ticket stands."""

from minxin.citizens.queries import by_key
from minxin.core.errors import NotFound
from minxin.core.ids import normal_ticket_number
from minxin.gateway import wording
from minxin.gateway.responders import commands
from minxin.gateway.turn import Desk, InThread, Reply, Say, Turn
from minxin.text import mask
from minxin.tickets import queries
from minxin.tickets.guessing import note_wrong_number
from minxin.tickets.rules import OPEN, day_words

SHOWN = 5


def tell_ticket_progress(turn: Turn, desk: Desk) -> Reply | None:
    """Answers 进度 and a ticket number with the citizen's own tickets; another's is not found."""
    number = normal_ticket_number(turn.text) if len(turn.text) <= 60 else None
    if number is None and commands.bare(turn.text) not in commands.PROGRESS:
        return None
    return progress(turn, desk, number or "")


def progress(turn: Turn, desk: Desk, number: str) -> InThread:
    """One ticket, or the latest ones."""

    def work() -> Say:
        citizen = by_key(turn.citizen_key)
        if number:
            try:
                tickets = [queries.by_number_for_citizen(number, citizen)]
            except NotFound:
                return _apart(turn, desk, number)
        else:
            tickets = list(queries.of_citizen(citizen)[:SHOWN])
        if not tickets:
            return Say(wording.NO_TICKETS)
        parts = []
        for ticket in tickets:
            if queries.is_discreet(ticket):  # staff read the conversation too
                parts.append(wording.READ_IT_THERE)
                continue
            state = queries.shown_status_label(ticket)
            lines = [f"{ticket.number}　{state}", f"“{queries.in_brief(ticket, 24)}”"]
            if ticket.status in OPEN:
                due = day_words(ticket.due_at.astimezone(turn.now.tzinfo).date(), turn.today)
                deadline = queries.deadline_of(ticket, now=turn.now)
                lines.append(f"{ticket.agency.name}办理，承诺{due}前答复（{deadline.words}）")
            elif number and ticket.answer:
                lines.append(f"答复：{mask(ticket.answer)[:300]}")
            parts.append("\n".join(lines))
        is_told = number and not queries.is_discreet(tickets[0])
        page = f"tickets/{tickets[0].number}/" if is_told else "tickets/"
        return Say("\n\n".join([*parts, wording.link_words("查看办理过程", desk.page(turn, page))]))

    return InThread(work)


def _apart(turn: Turn, desk: Desk, number: str) -> Say:
    """A report of wrongdoing has a number too; where it stands is not said in the chat."""
    try:
        queries.wrongdoing_by_number(number, by_key(turn.citizen_key))
    except NotFound:
        is_guessing = note_wrong_number(turn.citizen_key)
        return Say(wording.TOO_MANY_NUMBERS if is_guessing else wording.NO_SUCH_TICKET)
    link = wording.link_words("查看办理过程", desk.page(turn, "tickets/"))
    return Say(f"{wording.READ_IT_THERE}\n{link}")
