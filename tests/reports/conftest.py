"""A city whose inspection was signed: one account of the police failed, one problem fails nobody."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from django.conf import LazySettings

from minxin.reports import actions
from minxin.reports.models import Document
from minxin.reports.presets import common
from minxin.reports.queries import notice_facts
from minxin.supervision import signing
from minxin.supervision.actions import campaigns, hearing
from minxin.supervision.models import Campaign, Inspection
from minxin.supervision.rules.inspection import Mark, State
from tests.reports.planted import AGENCY
from tests.supervision.inspections import (
    Team,
    build_team,
    entries,
    hand_in,
    opened,
    other_than,
)
from tests.support.city import City, build_city


@pytest.fixture
def city(db: None, now: datetime) -> City:
    return build_city(now)


@pytest.fixture(autouse=True)
def own_files(settings: LazySettings, tmp_path_factory: pytest.TempPathFactory) -> None:
    settings.MEDIA_ROOT = tmp_path_factory.mktemp("files")


@pytest.fixture
def team(city: City, now: datetime) -> Team:
    return build_team(city, now)


def signed(campaign: Campaign, team: Team, *, now: datetime, fails: int = 1) -> Campaign:
    """All handed in and signed; so many accounts of the police have a veto and one is unfiled."""
    rows = list(campaign.inspections.order_by("id"))
    later = now + timedelta(days=20)
    for at, row in enumerate(rows):
        if at < fails:
            given = entries(update_stale=Mark.FAILS)
        elif at == fails:
            given = entries(account_unfiled=Mark.FAILS)
        else:
            given = entries()
        if hand_in(row, given, now=now) is State.SECOND:
            hearing.uphold(row, actor=other_than(row, team), now=now)
    upheld = [each for each in campaign.inspections.all() if each.state == State.UPHELD.value]
    if upheld:
        hearing.release_results(upheld, actor=team.lead, now=now)
        for row in campaign.inspections.filter(state=State.RELEASED.value):
            hearing.waive(row, actor=team.lead, now=later)
    campaigns.sign_campaign(campaign, actor=team.lead, now=later)
    signing.work(campaign.pk, clock=lambda: later)
    assert not Inspection.objects.exclude(state=State.SETTLED.value).exists()
    return Campaign.objects.get(pk=campaign.pk)


@dataclass(frozen=True, slots=True)
class Office:
    """The signed campaign, the notice drafted from it, who may do what."""

    team: Team
    campaign: Campaign
    document: Document


@pytest.fixture
def office(city: City, team: Team, now: datetime) -> Office:
    campaign = signed(opened(city, team, now), team, now=now)
    facts = notice_facts(campaign, agency_said=AGENCY, area="全市", report_by=date(2026, 12, 31))
    document = actions.draft_notice(
        facts, common(), campaign=campaign, actor=team.lead, now=now + timedelta(days=21)
    )
    return Office(team, campaign, document)
