"""A signed campaign with many failing checks, for tests that kill who opens their findings."""

from datetime import datetime

from minxin.accounts.models import Account
from minxin.supervision.actions import campaigns
from minxin.supervision.models import Check, Evidence, Inspection
from minxin.supervision.rules.inspection import State
from tests.supervision.inspections import Team, opened
from tests.support.city import City

MANY = 400


def fail_all(city: City, team: Team, now: datetime) -> str:
    """So many accounts, each settled with one veto, straight into the tables; the campaign's number and
    how many findings are to come."""
    Account.objects.bulk_create(
        Account(
            agency=city.water, name=f"云溪第{number}号", platform="weibo", region_code="990102",
            created_at=now, updated_at=now,
        )
        for number in range(MANY)
    )  # fmt: skip
    campaign = opened(city, team, now)
    rows = list(campaign.inspections.order_by("id"))
    proofs = Evidence.objects.bulk_create(
        Evidence(
            account_id=row.account_id, link="https://weibo.example/u/1", seen_at=now, kept_at=now,
            kept_by=team.lead,
        )
        for row in rows
    )  # fmt: skip
    Check.objects.bulk_create(
        Check(
            inspection=row, indicator="update.stale", severity="veto", mark="fails",
            note="超过 14 天没有更新", evidence=proof, is_draft=False, checked_at=now, checked_by=team.lead,
        )
        for row, proof in zip(rows, proofs, strict=True)
    )  # fmt: skip
    Inspection.objects.filter(campaign=campaign).update(state=State.SETTLED.value)
    total = campaigns.sign_campaign(campaign, actor=team.lead, now=now)
    assert total == len(rows)
    return f"{campaign.pk} {total}"
