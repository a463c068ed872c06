"""A confirmed problem becomes a finding, once, and belongs to whom its account belongs."""

from datetime import datetime, timedelta

import pytest

from minxin.accounts import actions as accounts
from minxin.agencies.models import AuditEntry, Staff
from minxin.agencies.rules import Permission
from minxin.core.errors import NotFound, Refused
from minxin.supervision import actions
from minxin.supervision.models import Candidate, Finding
from minxin.supervision.rules.packs import Severity
from minxin.supervision.rules.rectification import Origin
from tests.supervision.conftest import Office, looked, posted
from tests.support.city import SETUP, City

pytestmark = pytest.mark.django_db


def opened(office: Office, now: datetime, actor: Staff | None = None, **given: object) -> Finding:
    wanted: dict[str, object] = {
        "account": office.weibo, "indicator": "content.ad", "title": "页面有商业广告",
        "severity": Severity.MAJOR, "origin": Origin.MANUAL,
        "facts": {"detail": "10月8日一条信息末尾有商业广告。"},
    }  # fmt: skip
    return actions.open_finding(actor=actor or office.supervisor, now=now, **(wanted | given))  # type: ignore[arg-type]


def test_a_confirmed_candidate_opens_its_finding_in_the_same_breath(
    office: Office, now: datetime
) -> None:
    posted(office.account, 15, now=now)
    looked(office.account, 30, now=now)
    actions.evaluate([office.account], now=now)
    candidate = Candidate.objects.get(account=office.account, indicator="update.stale")
    proof = actions.keep_evidence(
        office.account, link="https://mp.weixin.qq.com/s/abc", seen_at=now,
        actor=office.supervisor, now=now,
    )  # fmt: skip
    actions.confirm(candidate, evidence=proof, actor=office.supervisor, now=now)
    finding = Finding.objects.get()
    assert (finding.candidate, finding.evidence, finding.state) == (candidate, proof, "open")
    assert (finding.title, finding.severity, finding.agency) == (
        "内容不更新", "veto", office.account.agency,
    )  # fmt: skip
    assert finding.facts["days"] == 15
    assert finding.found_at == candidate.found_at
    entry = AuditEntry.objects.get(verb="finding.opened")
    assert (entry.actor_name, entry.after["origin"]) == ("黄薇", "candidate")


def test_a_refused_confirmation_opens_nothing(office: Office, now: datetime) -> None:
    posted(office.account, 15, now=now)
    looked(office.account, 30, now=now)
    actions.evaluate([office.account], now=now)
    candidate = Candidate.objects.get(account=office.account, indicator="update.stale")
    early = actions.Fresh(seen_at=now - timedelta(days=9), link="https://mp.weixin.qq.com/s/abc")
    with pytest.raises(Refused, match="限期之前"):
        actions.confirm(candidate, evidence=early, actor=office.supervisor, now=now)
    assert not Finding.objects.exists()


def test_the_same_key_opens_once(office: Office, now: datetime) -> None:
    given = {"origin": Origin.CAMPAIGN_CHECK, "origin_key": "check-7"}
    first = opened(office, now, **given)
    again = opened(office, now + timedelta(hours=1), **given)
    other = opened(office, now, origin=Origin.LOOKBACK, origin_key="check-7")
    assert (first, other) == (again, Finding.objects.get(origin="lookback"))
    assert Finding.objects.count() == 2
    assert AuditEntry.objects.filter(verb="finding.opened").count() == 2
    without = {opened(office, now).pk, opened(office, now).pk}
    assert len(without) == 2
    with pytest.raises(ValueError, match="another account"):
        opened(office, now, account=office.account, **given)


@pytest.mark.parametrize("who", ["operator", "wang", "outsider", "administrator"])
def test_nobody_else_opens_one(office: Office, city: City, now: datetime, who: str) -> None:
    with pytest.raises(NotFound):
        opened(office, now, actor=getattr(city, who))
    with pytest.raises(NotFound):
        opened(office, now, actor=office.of_water, account=office.account)
    assert not Finding.objects.exists()


def test_without_words_or_with_another_account_s_evidence_none_is_opened(
    office: Office, now: datetime
) -> None:
    proof = actions.keep_evidence(
        office.account, link="https://mp.weixin.qq.com/s/abc", seen_at=now,
        actor=office.supervisor, now=now,
    )  # fmt: skip
    for wrong in ({"title": " "}, {"evidence": proof}):
        with pytest.raises(Refused):
            opened(office, now, **wrong)
    assert not Finding.objects.exists()


def test_who_sees_it_follows_the_account(office: Office, city: City, now: datetime) -> None:
    finding = opened(office, now)

    def seen_by(who: Staff) -> list[Finding]:
        return list(Finding.objects.visible_to(who, Permission.READ_SUPERVISION))

    assert (seen_by(office.of_water), seen_by(city.wang)) == ([finding], [])
    accounts.transfer(office.weibo, city.police, reason="职责调整", actor=SETUP, now=now)
    finding.refresh_from_db()
    assert (seen_by(office.of_water), finding.agency) == ([], city.water)
