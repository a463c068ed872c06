"""The answer of a ticket as something to learn from."""

from minxin.agencies.models import Staff
from minxin.agencies.queries import may
from minxin.agencies.rules import Permission
from minxin.tickets.models import Ticket, TicketEvent
from minxin.tickets.rules import Verb
from minxin.tickets.rules.publishing import NEVER_PUBLIC
from minxin.tickets.rules.wrongdoing import is_wrongdoing


def answer_to_learn_from(ticket: Ticket, staff: Staff) -> TicketEvent | None:
    """The last answer that the citizen got, for who may answer the ticket; None where there is none and for
    what never becomes public: confidential ones, reports of others, what may be wrongdoing of an official."""
    if ticket.is_confidential or ticket.nature in NEVER_PUBLIC or is_wrongdoing(ticket.text):
        return None
    if not may(staff, Permission.ANSWER_TICKETS, ticket.agency):
        return None
    answers = ticket.events.filter(verb=Verb.ANSWER.value, is_public=True).exclude(text="")
    return answers.order_by("-id").first()


def ticket_number_of(event: int) -> str:
    """The number of the ticket that a step belongs to; empty where there is none."""
    found = TicketEvent.objects.filter(pk=event).values_list("ticket__number", flat=True).first()
    return found or ""
