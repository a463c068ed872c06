"""The public list of answered tickets, and what waits to be released."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from minxin.accounts.models import Account
from minxin.agencies.models import Staff
from minxin.agencies.rules import Permission
from minxin.core.errors import NotFound
from minxin.tickets.models import Category, Publication, Ticket
from minxin.tickets.queries.reading import ticket_for
from minxin.tickets.rules import OVER
from minxin.tickets.rules.publishing import NEVER_PUBLIC

MOST_WORDS = 50


def public_natures() -> frozenset[str]:
    """Of which natures answered tickets may be shown here; 举报 never."""
    return frozenset(settings.MINXIN_PUBLIC_NATURES) - NEVER_PUBLIC


def may_be_public(ticket: Ticket) -> bool:
    """Whether a ticket may be shown at all, given her consent and a person's release."""
    return ticket.nature in public_natures() and not ticket.is_confidential


def public(account: Account) -> QuerySet[Publication]:
    """What everybody may read of an account's tickets now, the latest answer first."""
    found: QuerySet[Publication] = Publication.objects.filter(
        status=Publication.Status.RELEASED,
        revoked_at=None,
        ticket__account=account,
        ticket__status__in=OVER,
        ticket__nature__in=public_natures(),
        ticket__is_confidential=False,
    )
    return found.select_related("ticket__agency", "ticket__category")


def public_found(
    account: Account, *, words: str = "", agency: str = "", category: str = "", month: str = ""
) -> QuerySet[Publication]:
    """Those in which some words stand, of an agency (its code), a category (its code), a month (2026-11).
    A filter that means nothing finds nothing."""
    found = public(account)
    for word in words.split()[:6]:
        word = word[:MOST_WORDS]
        found = found.filter(
            Q(text__icontains=word) | Q(answer__icontains=word) | Q(place__icontains=word)
        )
    if agency:
        found = found.filter(ticket__agency__code=agency)
    if category:
        found = found.filter(ticket__category__code=category)
    if month:
        span = _month(month)
        found = (
            found.filter(answered_at__gte=span[0], answered_at__lt=span[1])
            if span
            else found.none()
        )
    return found


def public_one(account: Account, code: str) -> Publication:
    """One of them; `NotFound` otherwise, whatever the reason."""
    found = public(account).filter(code=code).first()
    if found is None:
        raise NotFound
    return found


def public_choices(
    account: Account,
) -> tuple[list[tuple[str, str]], list[tuple[str, str]], list[str]]:
    """By what the list can be narrowed: agencies and categories that have something in it, months."""
    rows = list(
        public(account)
        .order_by("-answered_at")
        .values_list("ticket__agency__code", "ticket__agency__name", "ticket__category__code", "answered_at")[:5000]
    )  # fmt: skip
    names = dict(Category.objects.values_list("code", "name"))
    agencies = sorted({(code, name) for code, name, _, _ in rows}, key=lambda pair: pair[1])
    categories = sorted({(code, names[code]) for _, _, code, _ in rows if code in names})
    months = dict.fromkeys(f"{timezone.localtime(at):%Y-%m}" for *_, at in rows if at)
    return agencies, categories, list(months)


@dataclass(frozen=True, slots=True)
class Counts:
    """What is told of all others: how many were filed and how many were answered."""

    filed: int
    answered: int


def public_counts(account: Account) -> Counts:
    """Numbers only, of every ticket of an account."""
    told = Ticket.objects.filter(account=account).aggregate(
        filed=Count("id"), answered=Count("id", filter=Q(answered_at__isnull=False))
    )
    return Counts(told["filed"], told["answered"])


def publications_visible_to(staff: Staff) -> QuerySet[Publication]:
    """What a person who may dispatch sees of consents and releases in her branches; of a confidential
    ticket nothing."""
    rows: QuerySet[Publication] = Publication.objects.visible_to(staff, Permission.ASSIGN_TICKETS)
    return rows.filter(ticket__is_confidential=False).select_related(
        "ticket__agency", "ticket__category", "decided_by"
    )


def waiting_publications(staff: Staff) -> QuerySet[Publication]:
    """Those that can be decided now: consented, answered, of a nature that may be shown."""
    return publications_visible_to(staff).filter(
        status=Publication.Status.WAITING,
        revoked_at=None,
        ticket__status__in=OVER,
        ticket__nature__in=public_natures(),
    )


def publication_for(staff: Staff, number: str) -> Publication:
    """That of a ticket a person may dispatch; `NotFound` otherwise."""
    ticket = ticket_for(staff, number, Permission.ASSIGN_TICKETS)
    found: Publication | None = publications_visible_to(staff).filter(ticket=ticket).first()
    if found is None:
        raise NotFound
    return found


def publication_of(ticket: Ticket) -> Publication | None:
    """That of one ticket, where its citizen ever consented."""
    found: Publication | None = Publication.objects.filter(ticket=ticket).first()
    return found


def _month(text: str) -> tuple[datetime, datetime] | None:
    year, _, month = text.partition("-")
    if not (year.isdecimal() and month.isdecimal() and len(text) == 7 and 1 <= int(month) <= 12):
        return None
    if not 1 <= int(year) <= 9998:
        return None
    zone = timezone.get_current_timezone()
    begin = datetime(int(year), int(month), 1, tzinfo=zone)
    after = datetime(int(year) + int(month) // 12, int(month) % 12 + 1, 1, tzinfo=zone)
    return begin, after
