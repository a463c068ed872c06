"""Co-handlers' tasks: for the main unit beside its ticket, for the co-handler while it is hers."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from minxin.agencies.models import Staff
from minxin.agencies.rules import Permission
from minxin.core.errors import NotFound
from minxin.tickets.models import CoTask, Ticket
from minxin.tickets.rules.co_handling import CO_OPEN

# No ladder reminds longer before.
LOOK_AHEAD = timedelta(days=60)


def co_tasks_of(ticket: Ticket) -> QuerySet[CoTask]:
    """All of a ticket's, in the order of their due times: for who may read the ticket."""
    found: QuerySet[CoTask] = CoTask.objects.filter(ticket=ticket)
    return found.select_related("agency", "named_by", "done_by")


def open_co_tasks(ticket: Ticket) -> QuerySet[CoTask]:
    """Those that nobody has answered, returned or recalled."""
    return co_tasks_of(ticket).filter(status__in=CO_OPEN)


def co_tasks_visible_to(staff: Staff) -> QuerySet[CoTask]:
    """What the units a person answers for were asked to do for others."""
    found: QuerySet[CoTask] = CoTask.objects.visible_to(staff, Permission.ANSWER_TICKETS)
    return found.select_related("ticket", "ticket__agency", "agency")


def co_task_for(staff: Staff, number: int) -> CoTask:
    """One of them; `NotFound` otherwise."""
    found = co_tasks_visible_to(staff).filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def is_hers(task: CoTask) -> bool:
    """Whether the co-handler still may read of the ticket what she needs."""
    return task.status in CO_OPEN and not task.ticket.is_confidential


def co_tasks_to_escalate(now: datetime) -> QuerySet[CoTask]:
    """Open ones whose due time is near or past and of which not everything was said; those due first first."""
    rows = CoTask.objects.filter(status__in=CO_OPEN, urged_at=None, due_at__lt=now + LOOK_AHEAD)
    return rows.select_related("agency", "ticket__agency").order_by("due_at", "pk")
