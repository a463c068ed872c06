"""The right channels for what is not for this one, and what was not accepted."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from minxin.accounts.models import Account
from minxin.agencies.models import Staff
from minxin.agencies.rules import Permission
from minxin.core.once import once
from minxin.tickets.models import NonAcceptance, Redirect, Ticket
from minxin.tickets.rules import REOPEN_WITHIN, Verb, may_follow
from minxin.tickets.rules.redirects import hints


@dataclass(frozen=True, slots=True)
class Proposal:
    """A channel that may be the right one, and the words of the text that hint at it."""

    redirect: Redirect
    said: tuple[str, ...]


def redirects(account: Account) -> list[Redirect]:
    """The channels that hold for an account: its region's own rows instead of the national ones."""
    region = account.region_code or account.agency.region_code
    rows = Redirect.objects.filter(region_code__in=["", region])
    chosen: dict[str, Redirect] = {}
    for row in once(("redirects", region), lambda: list(rows)):
        if row.code not in chosen or row.region_code:
            chosen[row.code] = row
    return [row for row in chosen.values() if row.is_active]


def proposals(text: str, account: Account) -> list[Proposal]:
    """The channels that the words of a text hint at, the likeliest first. A proposal, never a decision."""
    rows = {row.code: row for row in redirects(account)}
    found = hints(text, [(row.code, row.words) for row in rows.values()])
    return [Proposal(rows[hint.code], hint.said) for hint in found]


def non_acceptances(ticket: Ticket) -> QuerySet[NonAcceptance]:
    """The decisions not to accept a ticket, the newest first: two at most."""
    return ticket.non_acceptances.select_related("redirect", "decided_by")


def can_object(ticket: Ticket, *, now: datetime) -> bool:
    """Whether its citizen may still object: once, within `REOPEN_WITHIN`."""
    rows = list(non_acceptances(ticket))
    return (
        may_follow(ticket.status, Verb.OBJECT)
        and len(rows) == 1
        and now - rows[0].decided_at <= REOPEN_WITHIN
    )


@dataclass(frozen=True, slots=True)
class Declined:
    """How often something was not accepted for a channel, was objected to, and accepted after that."""

    redirect: str
    decided: int
    objected: int
    upheld: int


def declined_counts(
    *,
    since: datetime,
    until: datetime | None = None,
    agency_path: str = "",
    staff: Staff | None = None,
) -> list[Declined]:
    """By channel, the most frequent first, of the branch of an agency, `until` not included. Counts only, of all
    tickets, or of those that a person may read.

    `upheld`: after the objection the ticket was not declined a second time.
    """
    again = Q(objected_at__isnull=False) & ~Q(ticket__status=Ticket.Status.DECLINED)
    # From the few refusals to their tickets, never from all tickets a person may read.
    rows: QuerySet[NonAcceptance] = NonAcceptance.objects.all()
    if staff is not None:
        rows = NonAcceptance.objects.visible_to(staff, Permission.READ_TICKETS)
    decided = rows.filter(decided_at__gte=since, ticket__agency__path__startswith=agency_path)
    if until is not None:
        decided = decided.filter(decided_at__lt=until)
    counted = (
        decided.order_by()
        .values("redirect__name")
        .annotate(
            decided=Count("pk"),
            objected=Count("pk", filter=Q(objected_at__isnull=False)),
            upheld=Count("pk", filter=again),
        )
    )
    found = [
        Declined(row["redirect__name"], row["decided"], row["objected"], row["upheld"])
        for row in counted
    ]
    return sorted(found, key=lambda each: (-each.decided, each.redirect))
