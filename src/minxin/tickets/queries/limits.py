"""What a region promises, and what comes of it for one demand."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from minxin.accounts.models import Account
from minxin.agencies.models import Agency
from minxin.agencies.queries import working_calendar
from minxin.core.working_time import Due, Span, Unit, WorkingCalendar, before, due
from minxin.tickets.models import DeadlinePreset, Ticket
from minxin.tickets.rules import promise_words
from minxin.tickets.rules.limits import TO_THE_MINUTE, Limits, regions_for

Urgency = DeadlinePreset.Urgency


@dataclass(frozen=True, slots=True)
class Promise:
    """What is promised for a demand: the moment, whether it may move, how it is said, by which table."""

    at: datetime
    is_provisional: bool
    words: str
    basis: str


@dataclass(frozen=True, slots=True)
class Moments:
    """When things are due that begin now: the answer, the signature, and when the light turns."""

    answer: Due
    sign_at: datetime | None
    yellow_at: datetime | None
    red_at: datetime | None
    words: str


def presets() -> QuerySet[DeadlinePreset]:
    """All lines of all tables."""
    return DeadlinePreset.objects.all()


def limits_of(preset: DeadlinePreset) -> Limits:
    """A line as spans."""

    def span(part: str) -> Span | None:
        amount = getattr(preset, f"{part}_amount")
        return None if amount is None else Span(amount, Unit(getattr(preset, f"{part}_unit")))

    version = f"（{preset.version}）" if preset.version else ""
    return Limits(
        Span(preset.amount, Unit(preset.unit)), span("sign"), span("complex"), span("yellow"),
        span("red"), f"{preset.name}{version}" if preset.is_verified else "",
    )  # fmt: skip


def limits_for(
    nature: str, account: Account, agency: Agency, *, urgency: str = Urgency.ORDINARY
) -> Limits:
    """The adopted limits of the nearest region; what has none for urgent demands treats them as ordinary.

    Without any, an answer within `FALLBACK_DAYS` working days, and nothing else.
    """
    regions = regions_for(account.region_code or agency.region_code)
    found = DeadlinePreset.objects.filter(nature=nature, is_active=True, region_code__in=regions)
    rows = sorted(
        (each for each in found if each.urgency in (urgency, Urgency.ORDINARY)),
        key=lambda each: (each.urgency != urgency, regions.index(each.region_code)),
    )
    return limits_of(rows[0]) if rows else Limits()


def limits_of_ticket(ticket: Ticket) -> Limits:
    """As `limits_for`, for a ticket as it is now."""
    urgency = Urgency.URGENT if ticket.is_urgent else Urgency.ORDINARY
    return limits_for(ticket.nature, ticket.account, ticket.agency, urgency=urgency)


def moments(limits: Limits, calendar: WorkingCalendar, *, now: datetime) -> Moments:
    """What comes of limits that begin to run now, on a calendar."""
    local = timezone.localtime(now)
    answer = due(local, limits.answer, calendar)
    return Moments(
        answer,
        due(local, limits.sign, calendar).at if limits.sign else None,
        before(answer.at, limits.yellow, calendar) if limits.yellow else None,
        before(answer.at, limits.red, calendar) if limits.red else None,
        promise_words(
            answer.at.date(), local.date(), answer.is_provisional,
            answer.at.time() if limits.answer.unit in TO_THE_MINUTE else None,
        ),
    )  # fmt: skip


def promise_for(
    nature: str,
    account: Account,
    agency: Agency,
    *,
    now: datetime,
    urgency: str = Urgency.ORDINARY,
) -> Promise:
    """The promise for a demand filed now: the region's limit on the agency's calendar and hours."""
    limits = limits_for(nature, account, agency, urgency=urgency)
    found = moments(limits, working_calendar(agency), now=now)
    return Promise(found.answer.at, found.answer.is_provisional, found.words, limits.basis)
