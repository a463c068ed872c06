"""The notice of the inspection that was signed last quarter: drafted from it, signed as generated."""

from datetime import datetime, timedelta

from minxin.agencies.models import Staff
from minxin.reports import actions, queries
from minxin.reports.presets import presets
from minxin.reports.rules.presets import chosen
from minxin.supervision.models import Campaign
from minxin.supervision.rules.clock import day_of

SIGNER = "huangwei"


def play_notice() -> int:
    """Signed two days after the results were; how many accounts it speaks of."""
    campaign = Campaign.objects.filter(standing="signed").latest("ended_at")
    signed_at: datetime | None = campaign.ended_at
    assert signed_at is not None  # noqa: S101  (it is signed)
    at = signed_at + timedelta(days=2)
    actor = Staff.objects.get(username=SIGNER)
    facts = queries.notice_facts(
        campaign, agency_said=campaign.agency.name, area=queries.area_of(campaign.agency),
        report_by=day_of(at) + timedelta(days=10),
    )  # fmt: skip
    preset = chosen(presets()[0], campaign.region_code or campaign.agency.region_code)
    document = actions.draft_notice(facts, preset, campaign=campaign, actor=actor, now=at)
    actions.sign(
        document,
        on=day_of(at),
        revision=document.revision,
        stands_for_doubts=False,
        actor=actor,
        now=at,
    )
    return len(facts.accounts)
