"""Who may see which picture."""

from django.db.models import QuerySet

from minxin.agencies.models import Staff
from minxin.citizens.models import Citizen
from minxin.core.errors import NotFound
from minxin.tickets.models import Attachment, Ticket
from minxin.tickets.queries.co_handling import co_task_for, is_hers
from minxin.tickets.queries.reading import ticket_for


def waiting_pictures(citizen: Citizen) -> QuerySet[Attachment]:
    """What she has uploaded and not filed."""
    found: QuerySet[Attachment] = Attachment.objects.filter(citizen=citizen, ticket=None)
    return found


def picture_of(citizen: Citizen, code: str) -> Attachment:
    """One of her own, filed or not; `NotFound` otherwise."""
    found: Attachment | None = Attachment.objects.filter(
        citizen=citizen, code=code, removed_at=None
    ).first()
    if found is None:
        raise NotFound
    return found


def picture_for(staff: Staff, number: str, code: str) -> Attachment:
    """One of a ticket that a person may read; `NotFound` otherwise."""
    ticket = ticket_for(staff, number)
    found: Attachment | None = Attachment.objects.filter(
        ticket=ticket, code=code, removed_at=None
    ).first()
    if found is None:
        raise NotFound
    return found


def co_picture_for(staff: Staff, task: int, code: str) -> Attachment:
    """One of the ticket that a co-handler's task is about, while the task is hers; `NotFound` otherwise."""
    asked = co_task_for(staff, task)
    found: Attachment | None = Attachment.objects.filter(
        ticket=asked.ticket, code=code, removed_at=None
    ).first()
    if found is None or not is_hers(asked):
        raise NotFound
    return found


def pictures_of(ticket: Ticket) -> list[Attachment]:
    """All of a ticket, in the order in which they came; those whose file is gone among them."""
    return list(Attachment.objects.filter(ticket=ticket).select_related("event"))
