"""What time does, and what an administrator keeps."""

import contextlib
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from minxin.agencies import audit
from minxin.agencies.actions import notify_staff
from minxin.agencies.models import Agency
from minxin.agencies.queries import ensure_may_everywhere, staff_with
from minxin.agencies.rules import Permission
from minxin.core.actors import Actor, System
from minxin.core.errors import Refused
from minxin.tickets import queries
from minxin.tickets.actions.handling import close
from minxin.tickets.models import (
    Category,
    Ticket,
)
from minxin.tickets.rules import OPEN, day_words


def close_silently_accepted(*, now: datetime) -> int:
    """Close what was answered a week ago and not complained about; how many."""
    closed = 0
    for ticket in queries.silently_accepted(now)[:200]:
        with contextlib.suppress(Refused):  # rated or reopened a moment ago
            close(ticket, actor=System("clock"), now=now)
            closed += 1
    return closed


def remind_of_deadlines(*, now: datetime) -> int:
    """Tell agencies what is due today or overdue; how many were told."""
    told = 0
    today = timezone.localtime(now).date()
    open_tickets = Ticket.objects.filter(status__in=OPEN, stopped_at=None)
    end = timezone.localtime(now).replace(hour=23, minute=59, second=59)
    for ticket in open_tickets.filter(due_at__lte=end).select_related("agency")[:2000]:
        due = timezone.localtime(ticket.due_at).date()
        words = gettext_noop("工单 %(number)s 应于%(day)s答复") % {
            "number": ticket.number,
            "day": day_words(due, today),
        }
        people = staff_with(Permission.ANSWER_TICKETS, ticket.agency)
        link = f"/console/tickets/{ticket.number}/"
        told += notify_staff(people, kind="deadline", text=words, link=link, now=now)
    return told


@transaction.atomic
def keep_category(
    *,
    code: str,
    name: str,
    agency: Agency | None,
    keywords: str,
    actor: Actor,
    now: datetime,
) -> Category:
    """Add a category or change it."""
    ensure_may_everywhere(actor, Permission.EDIT_SETTINGS)
    category, _is_new = Category.objects.update_or_create(
        code=code, defaults={"name": name, "agency": agency, "keywords": keywords}
    )
    audit.record(actor, "category.kept", category, now=now, after={"name": name})
    return category
