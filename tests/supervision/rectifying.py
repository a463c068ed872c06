"""A finding and the people around it, for the tests of its life."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from minxin.accounts.models import Account
from minxin.agencies.models import Staff
from minxin.agencies.rules import Role
from minxin.supervision import actions
from minxin.supervision.models import Candidate, Finding, LedgerStep, RectificationNotice
from minxin.supervision.rules.packs import Severity
from minxin.supervision.rules.rectification import Origin
from tests.supervision.conftest import Office, add, looked, posted
from tests.support.city import City

DAY = timedelta(days=1)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
WORDS = "请按期完成整改并反馈。"


@dataclass(frozen=True, slots=True)
class Desk:
    """黄薇 supervises the whole city, 何涛 runs the accounts of the police, 周敏 those of the water
    bureau; 林静 is a second supervisor."""

    office: Office
    city: City
    second: Staff
    of_water: Staff

    @property
    def supervisor(self) -> Staff:
        return self.office.supervisor

    @property
    def clerk(self) -> Staff:
        return self.city.operator


def desk_of(office: Office, city: City, now: datetime) -> Desk:
    return Desk(
        office, city, add("linjing", "林静", Role.SUPERVISOR, city.root, now),
        add("zhoumin", "周敏", Role.OPERATOR, city.water, now),
    )  # fmt: skip


def seen(at: datetime, link: str = "https://mp.weixin.qq.com/s/abc") -> actions.Fresh:
    return actions.Fresh(seen_at=at, link=link, file=("页面.png", PNG))


def opened(desk: Desk, now: datetime, account: Account | None = None, **given: object) -> Finding:
    wanted: dict[str, object] = {
        "account": account or desk.office.account, "indicator": "content.ad",
        "title": "页面有商业广告", "severity": Severity.MAJOR, "origin": Origin.MANUAL,
        "facts": {"detail": "一条信息末尾有商业广告。", "title": "周末天气提示"},
    }  # fmt: skip
    return actions.open_finding(actor=desk.supervisor, now=now, **(wanted | given))  # type: ignore[arg-type]


def stale(desk: Desk, now: datetime) -> Finding:
    """The police's account is silent for 15 days, and confirmed to be."""
    account = desk.office.account
    posted(account, 15, now=now)
    looked(account, 30, now=now)
    actions.evaluate([account], now=now)
    candidate = Candidate.objects.get(account=account, indicator="update.stale")
    actions.confirm(candidate, evidence=seen(now), actor=desk.supervisor, now=now)
    return Finding.objects.get(candidate=candidate)


def notified(desk: Desk, finding: Finding, now: datetime) -> RectificationNotice:
    return actions.issue_notice([finding], requirement=WORDS, actor=desk.supervisor, now=now)


def signed(desk: Desk, finding: Finding, now: datetime) -> Finding:
    actions.sign_notice(notified(desk, finding, now), actor=desk.clerk, now=now)
    return fresh(finding)


def answered(desk: Desk, finding: Finding, now: datetime, measure: str = "delete") -> Finding:
    actions.answer_finding(
        fresh(finding), measure=measure, done="已删除这条信息。", done_on=now.date(),
        proof=seen(now), actor=desk.clerk, now=now,
    )  # fmt: skip
    return fresh(finding)


def fresh(finding: Finding) -> Finding:
    return Finding.objects.get(pk=finding.pk)


def ledger(finding: Finding) -> list[str]:
    rows = LedgerStep.objects.filter(finding=finding).order_by("position")
    return [each.act for each in rows]
