"""A few findings of the fictional city, each at another place of its way."""

from datetime import datetime, timedelta
from typing import Any

from minxin.accounts.models import Account
from minxin.agencies.models import Staff
from minxin.demo import sheets
from minxin.demo.updates import INSPECTOR, plain_picture
from minxin.supervision import actions
from minxin.supervision.models import Finding
from minxin.supervision.rules.clock import day_of, midnight
from minxin.supervision.terms import terms_of

KEY = "demo-%s"


def play_findings(now: datetime) -> int:
    """Open them and walk their steps, days ago; how many there are."""
    rows = sheets.script("findings")
    inspector = Staff.objects.get(username=INSPECTOR)
    for number, row in enumerate(rows, 1):
        account = Account.objects.get(name=row["name"], platform=row["platform"])
        opened_at = _ago(now, row["opened_days_ago"])
        proof = actions.keep_evidence(
            account, link=row["facts"].get("url", ""), file=("页面截图.png", plain_picture()),
            seen_at=opened_at, actor=inspector, now=opened_at,
        )  # fmt: skip
        finding = actions.open_finding(
            account=account, indicator=row["indicator"], title=row["title"],
            severity=row["severity"], origin="manual", origin_key=KEY % number, evidence=proof,
            facts=row["facts"], actor=inspector, now=opened_at,
        )  # fmt: skip
        clerk = Staff.objects.get(username=row["clerk"])
        for place, (name, days, *words) in enumerate(row["steps"], 1):
            at = _ago(now, days) + timedelta(hours=place)
            _step(Finding.objects.get(pk=finding.pk), name, words, clerk, inspector, min(at, now))
    return len(rows)


def _ago(now: datetime, days: int) -> datetime:
    """Nine in the morning of that day."""
    return midnight(day_of(now) - timedelta(days=days)) + timedelta(hours=9)


def _step(
    finding: Finding, name: str, words: list[Any], clerk: Staff, inspector: Staff, at: datetime
) -> None:
    unit: dict[str, Any] = {"actor": clerk, "now": at}
    office: dict[str, Any] = {"actor": inspector, "now": at}
    seen = actions.Fresh(
        seen_at=at, link=str(finding.facts.get("url", "")), file=("整改后截图.png", plain_picture())
    )
    match name:
        case "notice":
            requirement = terms_of(finding.account.region_code).requirement
            actions.issue_notice([finding], requirement=requirement, **office)
        case "sign":
            assert finding.notice is not None  # noqa: S101
            actions.sign_notice(finding.notice, **unit)
        case "answer":
            actions.answer_finding(
                finding, measure=words[0], done=words[1], done_on=at.date(), proof=seen, **unit
            )
        case "dispute":
            actions.dispute(finding, kind=words[0], statement=words[1], proof=seen, **unit)
        case "extend":
            assert finding.due_at is not None  # noqa: S101
            until = finding.due_at.date() + timedelta(days=7)
            actions.ask_extension(finding, until=until, reason=words[0], **unit)
        case "approve":
            actions.pass_review(finding, **office)
        case "close":
            actions.close_finding(finding, proof=seen, reason=words[0], **office)
        case "accept":
            actions.accept_defence(finding, reason=words[0], **office)
        case _:
            raise ValueError(name)
