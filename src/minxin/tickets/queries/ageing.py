"""What time alone moves: answers accepted by silence, closed tickets that nobody may ask again."""

from collections import defaultdict
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from minxin.agencies.models import Agency
from minxin.tickets.models import HandlingPolicy, Ticket
from minxin.tickets.rules import REOPEN_WITHIN
from minxin.tickets.rules.policies import DEFAULTS, NAMES, policy


def silently_accepted(now: datetime) -> QuerySet[Ticket]:
    """Answered tickets about which the citizen said nothing for as many days as their agency waits."""
    special = _agencies_by_days()
    others = [pk for agencies in special.values() for pk in agencies]
    due = Q(answered_at__lt=now - timedelta(days=DEFAULTS.closes_after_days))
    found = due & ~Q(agency__in=others) if others else due
    for days, agencies in special.items():
        found |= Q(answered_at__lt=now - timedelta(days=days), agency__in=agencies)
    return Ticket.objects.filter(found, status=Ticket.Status.ANSWERED)


def _agencies_by_days() -> dict[int, list[int]]:
    """The agencies that wait another time than most, by how many days."""
    rows = list(HandlingPolicy.objects.values("agency__path", *NAMES))
    decided = [(row["agency__path"], row) for row in rows if row["closes_after_days"] is not None]
    if not decided:
        return {}
    found = defaultdict(list)
    for pk, path in Agency.objects.under(tuple(where for where, _row in decided)).values_list(
        "pk", "path"
    ):
        days = policy(decided, path).closes_after_days
        if days != DEFAULTS.closes_after_days:
            found[days].append(pk)
    return dict(found)


def to_archive(now: datetime) -> QuerySet[Ticket]:
    """Closed tickets whose citizens may not ask again any more."""
    return Ticket.objects.filter(
        status=Ticket.Status.CLOSED, answered_at__lt=now - REOPEN_WITHIN
    ).order_by("pk")
