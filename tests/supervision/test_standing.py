"""Evaluations by day, candidates, and the named person who decides."""

import hashlib
from datetime import datetime, timedelta

import pytest

from minxin.accounts import actions as accounts
from minxin.accounts.models import Filing
from minxin.agencies.models import AuditEntry, Staff, StaffNotice
from minxin.core.errors import NotFound, Refused
from minxin.supervision import actions, queries
from minxin.supervision.models import Candidate, Coverage, Evaluation, Evidence, Trace
from minxin.supervision.rules.sources import Source
from tests.supervision.conftest import Office, looked, posted
from tests.support.city import SETUP, City

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


def evaluate(office: Office, now: datetime) -> Evaluation:
    actions.evaluate([office.account], now=now)
    return Evaluation.objects.get(account=office.account, is_latest=True)


def stale(office: Office) -> list[str]:
    rows = Candidate.objects.filter(account=office.account, indicator="update.stale")
    return [each.status for each in rows.order_by("id")]


def overdue(office: Office, now: datetime) -> Candidate:
    posted(office.account, 15, now=now)
    looked(office.account, 30, now=now)
    assert evaluate(office, now).level == "overdue"
    return Candidate.objects.get(account=office.account, indicator="update.stale")


def evidence(office: Office, seen_at: datetime, now: datetime) -> Evidence:
    return actions.keep_evidence(
        office.account, link="https://mp.weixin.qq.com/s/abc", file=("页面.png", PNG),
        note="最近一条是两周前", seen_at=seen_at, actor=office.supervisor, now=now,
    )  # fmt: skip


def test_each_day_keeps_its_evaluation_and_knows_the_one_before(
    office: Office, now: datetime
) -> None:
    posted(office.account, 4, now=now)
    looked(office.account, 30, now=now)
    assert (evaluate(office, now).level, evaluate(office, now).before) == ("fresh", "")
    looked(office.account, 1, now=now + DAY)
    tomorrow = evaluate(office, now + DAY)
    assert (tomorrow.level, tomorrow.before, tomorrow.days) == ("notice", "fresh", 5)
    assert evaluate(office, now + DAY + timedelta(hours=1)).before == "fresh"
    assert [each.level for each in queries.history_of(office.account)] == ["notice", "fresh"]
    assert Evaluation.objects.filter(account=office.account, is_latest=True).count() == 1


def test_a_clock_behind_the_last_evaluation_keeps_nothing(office: Office, now: datetime) -> None:
    posted(office.account, 4, now=now)
    evaluate(office, now)
    before = list(Evaluation.objects.values())
    actions.evaluate([office.account], now=now - 2 * DAY)
    assert list(Evaluation.objects.values()) == before


def test_an_overdue_account_becomes_a_candidate_once(office: Office, now: datetime) -> None:
    candidate = overdue(office, now)
    assert (candidate.status, candidate.severity, candidate.pack) == (
        "open", "veto", "national-update",
    )  # fmt: skip
    assert candidate.facts["days"] == 15
    looked(office.account, 1, now=now + DAY)
    evaluate(office, now + DAY)
    candidate.refresh_from_db()
    assert (stale(office), candidate.facts["days"]) == (["open"], 16)


def test_a_late_trace_lets_the_candidate_go_and_a_new_silence_makes_another(
    office: Office, now: datetime
) -> None:
    overdue(office, now)
    posted(office.account, 2, now=now)
    assert evaluate(office, now).level == "fresh"
    assert stale(office) == ["gone"]
    later = now + 13 * DAY
    looked(office.account, 13, now=later)
    assert evaluate(office, later).level == "overdue"
    assert stale(office) == ["gone", "open"]


def test_not_knowing_decides_nothing(office: Office, now: datetime) -> None:
    overdue(office, now)
    assert evaluate(office, now + 6 * DAY).level == "unknown"
    assert stale(office) == ["open"]


def test_a_person_confirms_with_evidence_seen_after_the_limit(
    office: Office, now: datetime
) -> None:
    candidate = overdue(office, now)
    early = evidence(office, now - 3 * DAY, now)
    with pytest.raises(Refused, match="限期之前"):
        actions.confirm(candidate, evidence=early, actor=office.supervisor, now=now)
    assert stale(office) == ["open"]
    good = evidence(office, now, now)
    actions.confirm(
        candidate, evidence=good, reason="页面确无更新", actor=office.supervisor, now=now
    )
    candidate.refresh_from_db()
    assert (candidate.status, candidate.decided_by, candidate.evidence) == (
        "confirmed", office.supervisor, good,
    )  # fmt: skip
    entry = AuditEntry.objects.get(verb="candidate.confirmed")
    assert (entry.actor_name, entry.after["evidence"]) == ("黄薇", good.pk)
    with pytest.raises(Refused, match="已经有人处理"):
        actions.confirm(candidate, evidence=good, actor=office.supervisor, now=now)
    looked(office.account, 1, now=now + DAY)
    evaluate(office, now + DAY)
    assert stale(office) == ["confirmed"]  # the same silence is not found anew


def test_what_came_in_meanwhile_stops_the_confirmation(office: Office, now: datetime) -> None:
    candidate, good = overdue(office, now), evidence(office, now, now)
    posted(office.account, 1, now=now)
    with pytest.raises(Refused, match="不存在"):
        actions.confirm(candidate, evidence=good, actor=office.supervisor, now=now)
    assert stale(office) == ["gone"]


def test_a_look_grown_old_stops_the_confirmation(office: Office, now: datetime) -> None:
    candidate = overdue(office, now)
    later = now + 6 * DAY
    good = evidence(office, later, later)
    with pytest.raises(Refused, match="补查"):
        actions.confirm(candidate, evidence=good, actor=office.supervisor, now=later)
    assert stale(office) == ["open"]


def test_evidence_that_was_changed_is_refused(office: Office, now: datetime) -> None:
    candidate, good = overdue(office, now), evidence(office, now, now)
    assert good.sha256 == hashlib.sha256(PNG).hexdigest()
    with open(good.file.path, "ab") as file:
        file.write(b"x")
    with pytest.raises(Refused, match="不一致"):
        actions.confirm(candidate, evidence=good, actor=office.supervisor, now=now)
    assert stale(office) == ["open"]


def test_dismissing_needs_a_reason_and_holds_for_this_silence(
    office: Office, now: datetime
) -> None:
    candidate = overdue(office, now)
    with pytest.raises(Refused, match="理由"):
        actions.dismiss(candidate, reason=" ", actor=office.supervisor, now=now)
    actions.dismiss(candidate, reason="当日停电，已补报", actor=office.supervisor, now=now)
    looked(office.account, 1, now=now + DAY)
    evaluate(office, now + DAY)
    assert stale(office) == ["dismissed"]


@pytest.mark.parametrize("who", ["operator", "wang", "outsider", "administrator"])
def test_nobody_else_decides(office: Office, city: City, now: datetime, who: str) -> None:
    candidate, good = overdue(office, now), evidence(office, now, now)
    actor = getattr(city, who)
    with pytest.raises(NotFound):
        actions.confirm(candidate, evidence=good, actor=actor, now=now)
    with pytest.raises(NotFound):
        actions.dismiss(candidate, reason="不成立不成立", actor=actor, now=now)
    assert stale(office) == ["open"]


def test_the_supervisor_of_one_bureau_does_not_decide_on_another(
    office: Office, now: datetime
) -> None:
    candidate = overdue(office, now)
    with pytest.raises(NotFound):
        actions.dismiss(candidate, reason="不成立不成立", actor=office.of_water, now=now)
    assert stale(office) == ["open"]
    assert not queries.evaluations_for(office.of_water).exists()
    assert queries.evaluations_for(office.supervisor).count() == 1


def test_an_inspector_s_record_is_a_trace_and_a_look(office: Office, now: datetime) -> None:
    seen = now.date() - 16 * DAY
    actions.record_seen(
        office.weibo, newest_on=seen, title="旧消息", link="https://weibo.com/1/a", seen_at=now,
        actor=office.supervisor, now=now,
    )  # fmt: skip
    trace, look = Trace.objects.get(), Coverage.objects.get()
    assert (trace.source, trace.evidence.sha256, trace.is_day_only) == ("inspector", "", True)
    assert (look.since, look.until) == (trace.published_at, now)
    actions.evaluate([office.weibo], now=now)
    standing = Evaluation.objects.get()
    assert (standing.level, standing.grade) == ("overdue", "B")


def test_an_empty_page_is_a_look_too(office: Office, now: datetime) -> None:
    actions.record_seen(
        office.weibo, newest_on=None, link="https://weibo.com/1", seen_at=now,
        actor=office.supervisor, now=now,
    )  # fmt: skip
    assert not Trace.objects.exists()
    actions.evaluate([office.weibo], now=now)
    assert Evaluation.objects.get().level == "zombie"


def test_a_unit_s_own_report_is_grade_c_and_no_look(
    office: Office, city: City, now: datetime
) -> None:
    actions.record_seen(
        office.account, newest_on=now.date() - 6 * DAY, link="https://mp.weixin.qq.com/s/x",
        seen_at=now, actor=city.operator, now=now,
    )  # fmt: skip
    assert Trace.objects.get().source == "self_report"
    assert not Coverage.objects.exists()
    looked(office.account, 30, now=now)
    assert evaluate(office, now).level == "contradictory"
    assert stale(office) == []


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"link": "javascript:alert(1)"}, "http://"),
        ({"link": ""}, "至少一样"),
        ({"file": ("a.exe", PNG)}, "PNG"),
        ({"file": ("a.png", b"MZ" + bytes(20))}, "PNG"),
        ({"file": ("a.png", PNG + bytes(10 * 1024 * 1024))}, "10 MB"),
        ({"days": -1}, "不能晚于查看时间"),
        ({"later": 1}, "不能晚于现在"),
    ],
)
def test_a_record_that_cannot_be_is_refused_in_words(
    office: Office, now: datetime, changed: dict[str, object], says: str
) -> None:
    days, later = int(str(changed.pop("days", 3))), int(str(changed.pop("later", 0)))
    given = {"link": "https://weibo.com/1", "file": None} | changed
    with pytest.raises(Refused, match=says):
        actions.record_seen(
            office.weibo, newest_on=now.date() - days * DAY, seen_at=now + later * DAY,
            actor=office.supervisor, now=now, **given,
        )  # type: ignore[arg-type]  # fmt: skip
    assert not Trace.objects.exists()
    assert not Evidence.objects.exists()


def test_the_register_s_own_indicators(office: Office, city: City, now: datetime) -> None:
    twin = accounts.register(
        agency=city.water, name="云溪水务二号", platform="weibo", actor=SETUP, now=now
    )
    actions.evaluate([office.weibo, twin], now=now)
    found = Candidate.objects.order_by("account_id", "indicator")
    assert [(each.account, each.indicator) for each in found] == [
        (office.weibo, "account.duplicate_platform"),
        (twin, "account.duplicate_platform"),
        (twin, "account.uncertified"),
    ]
    proof = actions.keep_evidence(
        twin, link="https://weibo.com/2", seen_at=now, actor=office.supervisor, now=now
    )
    actions.confirm(found[2], evidence=proof, actor=office.supervisor, now=now)
    assert Candidate.objects.get(indicator="account.uncertified").status == "confirmed"


def test_an_account_without_a_filing_number_is_told_once_the_register_describes_it(
    office: Office, now: datetime
) -> None:
    def found() -> list[str]:
        rows = Candidate.objects.filter(indicator="account.unfiled").order_by("id")
        return [each.status for each in rows]

    actions.evaluate(queries.supervised(), now=now)
    assert found() == []
    filing = Filing.objects.create(account=office.weibo, url="https://weibo.com/1")
    actions.evaluate(queries.supervised(), now=now)
    assert found() == ["open"]
    filing.number = "云新媒备2026001"
    filing.save()
    actions.evaluate(queries.supervised(), now=now)
    assert found() == ["gone"]


def test_an_account_that_is_gone_is_not_evaluated_and_one_being_closed_is(
    office: Office, now: datetime
) -> None:
    overdue(office, now)
    office.account.status = "closing"
    office.account.save()
    assert evaluate(office, now).level == "overdue"
    office.account.status = "closed"
    office.account.save()
    assert office.account not in queries.supervised()
    assert evaluate(office, now).level == "exempt"
    assert stale(office) == ["gone"]


def test_looks_that_touch_become_one(office: Office, now: datetime) -> None:
    for since, until in ((9, 7), (3, 1), (7, 3)):
        actions.keep_look(
            office.account, Source.ARTICLE_FIGURES, since=now - since * DAY,
            until=now - until * DAY, now=now,
        )  # fmt: skip
    look = Coverage.objects.get()
    assert (look.since, look.until) == (now - 9 * DAY, now - DAY)


def test_counts_are_of_what_a_person_may_see(office: Office, now: datetime) -> None:
    overdue(office, now)
    actions.evaluate([office.weibo], now=now)
    counts = queries.counts_for(office.supervisor)
    assert (counts.total, counts.accused, counts.unknown) == (2, 1, 1)
    counts = queries.counts_for(office.of_water)
    assert (counts.total, counts.accused, counts.unknown) == (1, 0, 1)


# The digest ------------------------------------------------------------------------------------


def notices(who: Staff) -> list[str]:
    rows = StaffNotice.objects.filter(staff=who, kind="updates").order_by("id")
    return [each.text for each in rows]


def two_days(office: Office, now: datetime, *, silent: float = 9.0) -> None:
    """Evaluated the day before `now` and at `now`; the look goes on."""
    posted(office.account, silent, now=now)
    looked(office.account, 30, now=now - DAY)
    evaluate(office, now - DAY)
    looked(office.account, 2, now=now)
    evaluate(office, now)


def test_whose_accounts_grew_more_pressing_hears_of_it_once(
    office: Office, city: City, now: datetime
) -> None:
    two_days(office, now, silent=10)
    assert actions.remind(now=now) == 2
    assert actions.remind(now=now + timedelta(hours=1)) == 0
    words = ["1 个账号的更新情况更紧了，最紧的是“云溪公安”：预警"]
    assert notices(office.supervisor) == notices(city.operator) == words
    for other in (city.wang, city.outsider, city.administrator, office.of_water):
        assert notices(other) == []


def test_nothing_changed_nobody_is_told(office: Office, now: datetime) -> None:
    two_days(office, now, silent=9)  # a reminder yesterday and today
    assert actions.remind(now=now) == 0


def test_while_the_last_digest_is_unread_there_is_no_other(office: Office, now: datetime) -> None:
    two_days(office, now, silent=12)
    assert actions.remind(now=now) == 0
    looked(office.account, 1, now=now + DAY)
    evaluate(office, now + DAY)
    assert actions.remind(now=now + DAY) == 2
    looked(office.account, 1, now=now + 2 * DAY)
    assert evaluate(office, now + 2 * DAY).level == "overdue"
    assert actions.remind(now=now + 2 * DAY) == 0
    StaffNotice.objects.update(read_at=now)
    assert actions.remind(now=now + 2 * DAY) == 2


def test_days_off_are_quiet_and_monday_tells_of_the_weekend(office: Office, now: datetime) -> None:
    saturday = now + 4 * DAY
    two_days(office, saturday - DAY, silent=4)
    StaffNotice.objects.all().delete()
    for day in (saturday, saturday + DAY, saturday + 2 * DAY):
        looked(office.account, 1, now=day)
        evaluate(office, day)
        count = actions.remind(now=day)
        assert count == (2 if day == saturday + 2 * DAY else 0)
    assert "提醒" in notices(office.supervisor)[0]
