"""Reads of campaigns: lists, one account's check table, progress, and the results that notices tell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from minxin.agencies.models import Staff
from minxin.agencies.rules import Permission
from minxin.core.errors import NotFound
from minxin.supervision.models import Campaign, Check, Inspection, Signing
from minxin.supervision.queries.populations import units_of
from minxin.supervision.queries.results import (
    Amendment,
    CampaignResults,
    FailingCheck,
    Tally,
    line_said,
    results,
)
from minxin.supervision.rules.inspection import ENDED, Standing, State

__all__ = [
    "Amendment",
    "CampaignResults",
    "FailingCheck",
    "Progress",
    "Tally",
    "campaign_for",
    "campaigns_for",
    "check_table",
    "checks_of",
    "inspection_for",
    "inspections_for",
    "line_said",
    "next_after",
    "progress_of",
    "released_for",
    "released_one",
    "results",
    "second_looks_for",
    "states_of",
    "worklist_of",
]

CONFIRM = Permission.CONFIRM_CANDIDATES

# Lists ---------------------------------------------------------------------------------------


def campaigns_for(staff: Staff) -> QuerySet[Campaign]:
    """The campaigns of the areas a person supervises, with how many accounts each has and has ended."""
    rows: QuerySet[Campaign] = Campaign.objects.visible_to(staff, CONFIRM)
    ended = Q(inspections__state__in=[each.value for each in ENDED])
    return (
        rows.select_related("agency", "opened_by", "ended_by")
        .defer("results", "packs")
        .annotate(total=Count("inspections"), ended=Count("inspections", filter=ended))
    )


def campaign_for(staff: Staff, number: int) -> Campaign:
    """One of them; raises `NotFound`."""
    rows: QuerySet[Campaign] = Campaign.objects.visible_to(staff, CONFIRM)
    found = rows.select_related("agency", "opened_by", "ended_by").filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def inspections_for(staff: Staff, permission: Permission = CONFIRM) -> QuerySet[Inspection]:
    """The accounts in campaigns that a person may see as a supervisor."""
    rows: QuerySet[Inspection] = Inspection.objects.visible_to(staff, permission)
    return rows.select_related("campaign__agency", "account__agency", "inspector", "reviewer")


def inspection_for(staff: Staff, number: int) -> Inspection:
    """One of them; raises `NotFound`."""
    found = inspections_for(staff).filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def worklist_of(staff: Staff) -> QuerySet[Inspection]:
    """What this person has to check in campaigns that run, in the order in which she meets it."""
    return inspections_for(staff).filter(
        inspector=staff, state=State.WAITING.value, campaign__standing=Standing.RUNNING.value
    ).order_by("campaign__due_on", "campaign_id", "agency_id", "id")  # fmt: skip


def next_after(staff: Staff, inspection: Inspection) -> Inspection | None:
    """What she checks next: the following one of her worklist, from its beginning at the end."""
    mine = worklist_of(staff).exclude(pk=inspection.pk)
    due, campaign = inspection.campaign.due_on, inspection.campaign_id
    in_unit = Q(agency_id__gt=inspection.agency_id) | Q(
        agency_id=inspection.agency_id, pk__gt=inspection.pk
    )
    in_campaign = Q(campaign_id__gt=campaign) | Q(campaign_id=campaign) & in_unit
    later = Q(campaign__due_on__gt=due) | Q(campaign__due_on=due) & in_campaign
    return mine.filter(later).first() or mine.first()


def second_looks_for(staff: Staff) -> QuerySet[Inspection]:
    """What waits for a second look by this person: not her own check, not her own unit."""
    own = units_of([staff])[staff.pk]
    rows = inspections_for(staff).filter(
        state=State.SECOND.value, campaign__standing=Standing.RUNNING.value
    )
    return rows.exclude(inspector=staff).exclude(account__agency__in=own)


def released_for(staff: Staff) -> QuerySet[Inspection]:
    """What was released to a unit, for who keeps its accounts and is no supervisor of them."""
    judged = Inspection.objects.visible_to(staff, CONFIRM)
    return _released(staff).exclude(pk__in=judged.values("pk"))


def _released(staff: Staff) -> QuerySet[Inspection]:
    return inspections_for(staff, Permission.RECORD_UPDATES).filter(released_at__isnull=False)


def released_one(staff: Staff, number: int) -> Inspection:
    """One of what was released, for the unit and for who may see it anyway; raises `NotFound`."""
    found = _released(staff).filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def checks_of(inspection: Inspection) -> list[Check]:
    """The lines of an account's check table, in the order of the table."""
    order = {code: place for place, code in enumerate(inspection.campaign.lines)}
    rows = inspection.checks.select_related("evidence", "checked_by")
    return sorted(rows, key=lambda each: order.get(each.indicator, len(order)))


def check_table(staff: Staff, campaign: Campaign) -> QuerySet[Check]:
    """《账号检查表》 of a campaign: every line that was handed in."""
    rows: QuerySet[Check] = Check.objects.visible_to(staff, CONFIRM)
    return rows.filter(inspection__campaign=campaign, is_draft=False).select_related(
        "inspection__inspector", "inspection__reviewer", "evidence", "checked_by"
    )


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a person or a place is: of so many accounts, how many wait and how many have ended."""

    name: str
    total: int
    waiting: int
    ended: int


def progress_of(campaign: Campaign, by: Callable[[Inspection], str]) -> list[Progress]:
    """Progress by what a function says of each account; not an order of merit: by name."""
    found: dict[str, list[str]] = {}
    for each in campaign.inspections.select_related("inspector"):
        found.setdefault(by(each), []).append(each.state)
    ended = {each.value for each in ENDED}
    return [
        Progress(
            name, len(states), states.count(State.WAITING.value),
            sum(state in ended for state in states),
        )
        for name, states in sorted(found.items())
    ]  # fmt: skip


def states_of(campaign: Campaign) -> dict[str, int]:
    """How many accounts stand in each state; those with none are left out."""
    rows = campaign.inspections.order_by().values_list("state").annotate(n=Count("pk"))
    return dict(rows)


def signing_of(campaign: Campaign) -> Signing | None:
    """How far its findings are opened; None while it is not signed, and for what was signed before
    findings were opened by a job."""
    return Signing.objects.filter(campaign=campaign).first()
