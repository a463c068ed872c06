"""Whose requests go to the city's platform, and how far each is."""

from datetime import datetime

from django.db.models import Q, QuerySet

from minxin.accounts.models import Account
from minxin.agencies.models import Agency, Staff
from minxin.agencies.rules import Permission
from minxin.citizens.models import Citizen
from minxin.conversations.queries import position_of
from minxin.core.errors import NotFound
from minxin.tickets.models import (
    CityPlatform,
    Handover,
    HandoverAct,
    HandoverDifference,
    IntakeMode,
    Ticket,
    TicketEvent,
)
from minxin.tickets.queries.neighbours import SETTLED
from minxin.tickets.rules import Verb
from minxin.tickets.rules.handing import STATES, mode_of

CURSOR = "handover_events"
# What a citizen does that the platform has to hear, by the verb of the event.
TOLD = {
    Verb.RATE.value: HandoverAct.Kind.RATE,
    Verb.REOPEN.value: HandoverAct.Kind.REOPEN,
    Verb.WITHDRAW.value: HandoverAct.Kind.WITHDRAW,
}


def platform_for(
    citizen: Citizen | None, account: Account, agency: Agency, division: str = ""
) -> CityPlatform | None:
    """The platform that takes over a request: by the division of its place, else the one the citizen chose,
    else the account's, else the agency's. None where requests are handled here."""
    modes = {row.region_code: row for row in IntakeMode.objects.select_related("platform")}
    if not modes:
        return None
    hers = citizen.region_code if citizen else ""
    region = division or hers or account.region_code or agency.region_code
    row = modes.get(mode_of(region, {code: each.mode for code, each in modes.items()}))
    if row is None or row.mode != IntakeMode.Mode.HAND_OVER or row.platform is None:
        return None
    return row.platform if row.platform.is_active else None


def platform_by_code(code: str) -> CityPlatform | None:
    """The platform in use that calls itself so; for its callbacks."""
    return CityPlatform.objects.filter(code=code, is_active=True, way="http").first()


def handover_of(ticket: Ticket) -> Handover | None:
    """Where a ticket was handed over to; None for one that is handled here."""
    if ticket.handed_over_at is None:
        return None
    return Handover.objects.filter(ticket=ticket).select_related("platform").first()


def state_said(handover: Handover) -> str:
    """The platform's state in Chinese; "" before it said anything."""
    return STATES.get(handover.their_state, "")


def acts_of(handover: Handover) -> QuerySet[HandoverAct]:
    """What the platform was and is to be told, in order."""
    return handover.acts.order_by("id")


def unsent_events(*, now: datetime, most: int) -> list[TicketEvent]:
    """What citizens did with handed-over tickets since it was last looked, in order."""
    rows = TicketEvent.objects.filter(
        pk__gt=position_of(CURSOR),
        at__lte=now - SETTLED,
        verb__in=list(TOLD),
        ticket__handed_over_at__isnull=False,
    )
    return list(rows.select_related("ticket__handover").order_by("pk")[:most])


# For staff -----------------------------------------------------------------------------------


def platforms_visible_to(staff: Staff) -> QuerySet[CityPlatform]:
    """The platforms whose settings a person keeps."""
    found: QuerySet[CityPlatform] = CityPlatform.objects.visible_to(staff, Permission.EDIT_SETTINGS)
    return found.select_related("agency")


def platform_visible(staff: Staff, number: int) -> CityPlatform:
    """One of them; `NotFound` otherwise."""
    found = platforms_visible_to(staff).filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def modes() -> QuerySet[IntakeMode]:
    """How the divisions take requests in: what holds for everybody here."""
    return IntakeMode.objects.select_related("platform")


def acts_visible_to(staff: Staff) -> QuerySet[HandoverAct]:
    """What is on its way of the tickets a person may assign, the newest first; confidential ones have no
    words here."""
    found: QuerySet[HandoverAct] = HandoverAct.objects.visible_to(staff, Permission.ASSIGN_TICKETS)
    return found.filter(Q(handover__ticket__is_confidential=False)).select_related(
        "handover__ticket__agency", "handover__platform"
    )


def differences_visible_to(staff: Staff) -> QuerySet[HandoverDifference]:
    """Where the two sides differ, of the platforms whose tickets a person may assign."""
    found: QuerySet[HandoverDifference] = HandoverDifference.objects.visible_to(
        staff, Permission.ASSIGN_TICKETS
    )
    return found.select_related("platform__agency", "ticket__agency", "mended_by")


def difference_visible(staff: Staff, number: int) -> HandoverDifference:
    """One of them; `NotFound` otherwise."""
    found = differences_visible_to(staff).filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def is_known(platform: CityPlatform, our_number: str) -> bool:
    """Whether a ticket of this number was handed over to a platform."""
    return Handover.objects.filter(platform=platform, ticket__number=our_number).exists()
