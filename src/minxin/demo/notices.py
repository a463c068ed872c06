"""The notice of the inspection that was signed last quarter, signed as generated; and the report of the
quarter that runs, a draft that waits for its words."""

from datetime import datetime, timedelta

from minxin.agencies.models import Agency, Staff
from minxin.reports import actions, queries
from minxin.reports.presets import presets
from minxin.reports.rules.figures import Over
from minxin.reports.rules.presets import chosen
from minxin.supervision.models import Campaign
from minxin.supervision.rules.clock import day_of

SIGNER = "huangwei"


def play_quarter(now: datetime) -> int:
    """Of the whole city, as it stands today; how many accounts it speaks of."""
    actor, root = Staff.objects.get(username=SIGNER), Agency.objects.get(code="yunxi")
    today = day_of(now)
    facts = queries.quarter_facts(
        root, today.year, (today.month - 1) // 3 + 1, agency_said=root.name,
        area_said=queries.area_of(root), now=now,
    )  # fmt: skip
    preset = chosen(presets()[0], root.region_code, "quarter")
    actions.draft_quarter(facts, preset, agency=root, actor=actor, now=now)
    return len(facts.this.of(Over.ACCOUNTS))


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
