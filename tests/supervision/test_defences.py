"""False alarms and defences: their own way, and what the rules learn from those that were accepted."""

from datetime import datetime, timedelta

import pytest

from minxin.accounts import actions as accounts
from minxin.core.errors import NotFound, Refused
from minxin.supervision import actions, queries
from minxin.supervision.models import Candidate, Defence, Finding
from tests.supervision.conftest import Office, looked, posted
from tests.supervision.rectifying import (
    DAY,
    Desk,
    desk_of,
    fresh,
    ledger,
    opened,
    seen,
    signed,
    stale,
)
from tests.support.city import SETUP, City

pytestmark = pytest.mark.django_db
REASON = "当日已推送，接口没有返回"


@pytest.fixture
def desk(office: Office, city: City, now: datetime) -> Desk:
    return desk_of(office, city, now)


def disputed(desk: Desk, finding: Finding, now: datetime, kind: str = "false_alarm") -> Finding:
    actions.dispute(
        fresh(finding), kind=kind, statement=REASON, proof=seen(now), actor=desk.clerk, now=now
    )
    return fresh(finding)


def candidates(desk: Desk, indicator: str = "update.stale") -> list[str]:
    rows = Candidate.objects.filter(account=desk.office.account, indicator=indicator)
    return [each.status for each in rows.order_by("id")]


def test_an_accepted_one_withdraws_the_finding_and_teaches_the_rule(
    desk: Desk, now: datetime
) -> None:
    finding = disputed(desk, signed(desk, stale(desk, now), now), now)
    assert finding.state == "disputed"
    actions.accept_defence(finding, reason="经核实确有推送", actor=desk.supervisor, now=now)
    assert (fresh(finding).state, candidates(desk)) == ("withdrawn", ["overturned"])
    assert ledger(finding)[-2:] == ["dispute", "accept"]
    defence = queries.lessons_for(desk.supervisor).get()
    assert (defence.decision, defence.decided_by) == ("经核实确有推送", desk.supervisor)
    lesson = queries.lessons_by_rule(desk.supervisor)[0]
    assert (lesson.indicator, lesson.pack, lesson.findings) == (
        "update.stale", "national-update", 1,
    )  # fmt: skip
    assert (lesson.false_alarms, lesson.defences) == (1, 0)
    assert queries.lessons_by_rule(desk.of_water) == []
    assert queries.lessons_by_rule(desk.city.administrator) == []


def test_the_same_silence_does_not_accuse_again_while_it_lasts(desk: Desk, now: datetime) -> None:
    finding = disputed(desk, signed(desk, stale(desk, now), now), now)
    actions.accept_defence(finding, reason="经核实确有推送", actor=desk.supervisor, now=now)
    account = finding.account
    for day in (1, 2):
        looked(account, 1, now=now + day * DAY)
        actions.evaluate([account], now=now + day * DAY)
        assert candidates(desk) == ["overturned"]
    # It is not judged for a while, and then again: still the same silence.
    account.status = "closed"
    account.save()
    actions.evaluate([account], now=now + 3 * DAY)
    assert Candidate.objects.get(account=account, indicator="update.stale").gone_at is not None
    account.status = "active"
    account.save()
    looked(account, 3, now=now + 4 * DAY)
    actions.evaluate([account], now=now + 4 * DAY)
    row = Candidate.objects.get(account=account, indicator="update.stale")
    assert (row.status, row.gone_at) == ("overturned", None)


def test_another_silence_does(desk: Desk, now: datetime) -> None:
    finding = disputed(desk, signed(desk, stale(desk, now), now), now)
    actions.accept_defence(finding, reason="经核实确有推送", actor=desk.supervisor, now=now)
    later = now + 20 * DAY
    posted(finding.account, 16, now=later)
    looked(finding.account, 20, now=later)
    actions.evaluate([finding.account], now=later)
    assert candidates(desk) == ["overturned", "open"]


def test_facts_that_changed_accuse_anew_and_the_same_do_not(desk: Desk, now: datetime) -> None:
    def register(name: str) -> None:
        accounts.register(
            agency=desk.city.police, name=name, platform="wechat", kind="subscription", is_verified=True, actor=SETUP,
            now=now,
        )  # fmt: skip

    account, indicator = desk.office.account, "account.duplicate_platform"
    register("云溪交警")
    actions.evaluate([account], now=now)
    candidate = Candidate.objects.get(account=account, indicator=indicator)
    actions.confirm(candidate, evidence=seen(now), actor=desk.supervisor, now=now)
    finding = disputed(desk, signed(desk, candidate.finding, now), now, "defence")
    actions.accept_defence(finding, reason="上级批准各设一个", actor=desk.supervisor, now=now)
    actions.evaluate([account], now=now + DAY)
    assert candidates(desk, indicator) == ["overturned"]
    register("云溪出入境")
    actions.evaluate([account], now=now + 2 * DAY)
    assert candidates(desk, indicator) == ["overturned", "open"]
    lesson = queries.lessons_by_rule(desk.supervisor)[0]
    assert (lesson.indicator, lesson.false_alarms, lesson.defences) == (indicator, 0, 1)


def test_a_rejected_one_gives_back_the_time_it_took(desk: Desk, now: datetime) -> None:
    finding = disputed(desk, signed(desk, opened(desk, now), now), now + timedelta(hours=3))
    later = now + 10 * DAY
    assert not queries.overdue(queries.findings_for(desk.supervisor), now=later).exists()
    actions.reject_defence(finding, reason="截图是另一账号的", actor=desk.supervisor, now=later)
    after = fresh(finding)
    assert after.state == "signed"
    assert after.due_at is not None
    assert (after.due_at.month, after.due_at.day) == (12, 11)  # five working days from 4 December
    assert Defence.objects.get().status == "rejected"
    disputed(desk, finding, later)  # with better proof, once more
    assert Defence.objects.count() == 2


def test_a_defence_needs_words_proof_and_a_kind(desk: Desk, now: datetime) -> None:
    finding = signed(desk, opened(desk, now), now)
    good = {"kind": "defence", "statement": REASON, "proof": seen(now)}
    for changed, says in (
        ({"kind": "excuse"}, "误报还是申辩"),
        ({"statement": "不"}, "理由"),
        ({"proof": None}, "至少一样"),
        ({"proof": seen(now, "ftp://a/b")}, "http"),
    ):
        with pytest.raises(Refused, match=says):
            actions.dispute(finding, actor=desk.clerk, now=now, **(good | changed))  # type: ignore[arg-type]
    assert (fresh(finding).state, Defence.objects.count()) == ("signed", 0)


def test_only_a_supervisor_who_did_not_state_it_decides_with_a_reason(
    desk: Desk, now: datetime
) -> None:
    finding = disputed(desk, signed(desk, opened(desk, now), now), now)
    for who in (desk.clerk, desk.of_water, desk.city.administrator):
        with pytest.raises(NotFound):
            actions.accept_defence(finding, reason="经核实确有推送", actor=who, now=now)
    with pytest.raises(Refused, match="理由"):
        actions.accept_defence(finding, reason=" ", actor=desk.supervisor, now=now)
    assert (fresh(finding).state, Defence.objects.get().status) == ("disputed", "open")
