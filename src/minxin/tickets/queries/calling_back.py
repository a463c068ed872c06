"""Who is to be called back, and what came of it."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from minxin.agencies.models import Staff
from minxin.agencies.rules import Permission
from minxin.core.errors import NotFound
from minxin.core.once import once
from minxin.tickets.models import CallBack, ReplyCheck, Ticket, TicketEvent


def call_backs_waiting(staff: Staff) -> QuerySet[CallBack]:
    """Who is to be called, in the branches a person answers for; who has left is not."""
    found: QuerySet[CallBack] = CallBack.objects.visible_to(staff, Permission.ANSWER_TICKETS)
    return found.filter(
        status=CallBack.Status.WAITING, ticket__citizen__isnull=False
    ).select_related("ticket__agency", "ticket__category", "ticket__citizen", "ticket__account")


def call_backs_due(staff: Staff, *, now: datetime) -> QuerySet[CallBack]:
    """Those that are due by the end of today."""
    end = timezone.localtime(now).replace(hour=23, minute=59, second=59, microsecond=0)
    return call_backs_waiting(staff).filter(due_at__lte=end)


def call_back_for(staff: Staff, number: str) -> CallBack:
    """The call-back that waits with this ticket; `NotFound` for who may not call."""
    found = call_backs_waiting(staff).filter(ticket__number=number).first()
    if found is None:
        raise NotFound
    return found


def call_backs_of(ticket: Ticket) -> list[CallBack]:
    """All of a ticket, the newest first."""
    return once(
        ("call_backs", ticket.pk), lambda: list(ticket.call_backs.select_related("called_by"))
    )


def waiting_call_back(ticket: Ticket) -> CallBack | None:
    """The one that waits for the answer in force."""
    waiting, mine = CallBack.Status.WAITING, ticket.reopened_times
    rows = call_backs_of(ticket)
    return next((each for each in rows if each.status == waiting and each.round == mine), None)


def took_part_in_answer(ticket: Ticket, staff: Staff) -> bool:
    """Whether a person wrote the answer in force, or let it go: she does not ask how it was."""
    check = ReplyCheck.objects.filter(ticket=ticket, round=ticket.reopened_times).first()
    if check is not None and check.staff_id == staff.pk:
        return True
    last = TicketEvent.objects.filter(ticket=ticket, verb="answered").order_by("-pk").first()
    return last is not None and last.staff_id == staff.pk
