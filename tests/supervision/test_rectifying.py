"""A finding from its notice to its end, and all that may not be."""

from datetime import date, datetime, timedelta

import pytest

from minxin.accounts import actions as accounts
from minxin.agencies import actions as agencies
from minxin.agencies import audit
from minxin.agencies.models import AuditEntry, Staff, StaffNotice
from minxin.agencies.rules import Role
from minxin.core.errors import NotFound, Refused
from minxin.supervision import actions, queries
from minxin.supervision.models import (
    Candidate,
    Feedback,
    LedgerStep,
    NoticeLine,
    RectificationNotice,
)
from minxin.supervision.rules.clock import SHANGHAI
from tests.supervision.conftest import Office, looked, posted
from tests.supervision.rectifying import (
    DAY,
    WORDS,
    Desk,
    answered,
    desk_of,
    fresh,
    ledger,
    notified,
    opened,
    seen,
    signed,
    stale,
)
from tests.support.city import SETUP, City

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(office: Office, city: City, now: datetime) -> Desk:
    return desk_of(office, city, now)


def told(who: Staff) -> list[str]:
    rows = StaffNotice.objects.filter(staff=who, kind__startswith="finding.").order_by("id")
    return [each.text for each in rows]


# The whole way -------------------------------------------------------------------------------


def test_from_the_notice_to_the_end_with_proof_made_by_the_system(
    desk: Desk, now: datetime
) -> None:
    finding = stale(desk, now)
    notice = notified(desk, finding, now)
    assert notice.number == "云溪市人民政府整改〔2026〕1号"
    assert (notice.issuer, notice.unit) == (desk.city.root, desk.city.police)
    line = NoticeLine.objects.get()
    # Tuesday 24 November, a veto: three working days, Friday at six.
    assert line.due_at == datetime(2026, 11, 27, 18, tzinfo=SHANGHAI)
    assert "没有查到更新" in line.detail
    assert told(desk.clerk) == ["收到整改通知单 云溪市人民政府整改〔2026〕1号，1 个问题，请签收"]
    assert actions.sign_notice(notice, actor=desk.clerk, now=now + DAY) == 1
    later = now + 2 * DAY
    posted(finding.account, -1.5, now=now)
    feedback = actions.answer_finding(
        fresh(finding), measure="republish", done="已补发两条信息。", done_on=later.date(),
        actor=desk.clerk, now=later,
    )  # fmt: skip
    assert (feedback.evidence, feedback.proof["kind"], feedback.is_late) == (
        None, "newer_item", False,
    )  # fmt: skip
    actions.pass_review(fresh(finding), actor=desk.supervisor, now=later)
    actions.close_finding(fresh(finding), actor=desk.supervisor, now=later)
    closed = fresh(finding)
    assert (closed.state, closed.ended_at) == ("closed", later)
    assert ledger(finding) == ["open", "issue", "sign", "answer", "approve", "close"]
    last = LedgerStep.objects.get(finding=finding, act="close")
    assert (last.by, last.facts["proof"]["holds"]) == (desk.supervisor, True)
    verbs = AuditEntry.objects.filter(verb__startswith="finding.").order_by("id")
    assert [each.verb for each in verbs] == [
        "finding.opened", "finding.notified", "finding.signed", "finding.answered",
        "finding.passed", "finding.closed",
    ]  # fmt: skip


def test_one_notice_for_several_problems_of_a_unit(desk: Desk, now: datetime) -> None:
    rows = [opened(desk, now, severity=each) for each in ("veto", "major", "minor")]
    notice = actions.issue_notice(rows, requirement=WORDS, actor=desk.supervisor, now=now)
    dues = [each.due_at.astimezone(SHANGHAI).date() for each in notice.lines.all()]
    assert dues == [date(2026, 11, 27), date(2026, 12, 1), date(2026, 12, 8)]
    again = actions.issue_notice(
        [opened(desk, now)], requirement=WORDS, due_on=date(2026, 12, 31), actor=desk.second,
        now=now,
    )  # fmt: skip
    assert (again.serial, again.number) == (2, "云溪市人民政府整改〔2026〕2号")
    assert again.lines.get().due_at == datetime(2026, 12, 31, 18, tzinfo=SHANGHAI)
    assert actions.sign_notice(notice, actor=desk.clerk, now=now) == 3
    with pytest.raises(Refused, match="已经签收"):
        actions.sign_notice(notice, actor=desk.clerk, now=now)


def test_a_supervisor_of_the_unit_itself_issues_in_the_unit_s_name(
    desk: Desk, now: datetime
) -> None:
    finding = opened(desk, now, desk.office.weibo)
    notice = actions.issue_notice([finding], requirement=WORDS, actor=desk.office.of_water, now=now)
    assert (notice.issuer, notice.serial) == (desk.city.water, 1)


def test_returned_reopened_and_closed_with_a_person_s_evidence(desk: Desk, now: datetime) -> None:
    finding = answered(desk, signed(desk, opened(desk, now), now), now)
    actions.return_finding(finding, reason="截图看不清", actor=desk.supervisor, now=now + 8 * DAY)
    returned = fresh(finding)
    # Five working days were left when it was fed back; so many are left again.
    assert (returned.state, returned.due_at) == (
        "signed", datetime(2026, 12, 9, 18, tzinfo=SHANGHAI),
    )  # fmt: skip
    later = now + 9 * DAY
    answered(desk, returned, later)
    assert [each.round for each in queries.feedback_of(finding)] == [2, 1]
    actions.pass_review(fresh(finding), actor=desk.supervisor, now=later)
    with pytest.raises(Refused, match="附上"):
        actions.close_finding(fresh(finding), actor=desk.supervisor, now=later)
    with pytest.raises(Refused, match="之后"):
        actions.close_finding(
            fresh(finding), proof=seen(later - DAY), actor=desk.supervisor, now=later
        )
    actions.close_finding(fresh(finding), proof=seen(later), actor=desk.supervisor, now=later)
    actions.reopen_finding(
        fresh(finding), reason="又发现同样的广告", actor=desk.supervisor, now=later + 3 * DAY
    )
    again = fresh(finding)
    assert (again.state, again.ended_at, again.due_at) == (
        "signed", None, datetime(2026, 12, 11, 18, tzinfo=SHANGHAI),
    )  # fmt: skip
    assert ledger(finding)[-4:] == ["answer", "approve", "close", "reopen"]


def test_the_system_s_contrary_word_is_overruled_only_with_a_reason(
    desk: Desk, now: datetime
) -> None:
    finding = answered(desk, signed(desk, stale(desk, now), now), now, "republish")
    actions.pass_review(finding, actor=desk.supervisor, now=now)
    later = now + DAY
    looked(finding.account, 1, now=later)
    given = {"proof": seen(later), "actor": desk.supervisor, "now": later}
    with pytest.raises(Refused, match="仍然存在"):
        actions.close_finding(fresh(finding), **given)
    actions.close_finding(fresh(finding), reason="另一平台已更新，属同一内容", **given)
    step = LedgerStep.objects.get(finding=finding, act="close")
    assert (step.facts["proof"]["kind"], fresh(finding).state) == ("no_newer_item", "closed")


# Deadlines -----------------------------------------------------------------------------------


def test_more_time_is_asked_for_before_the_deadline_only(desk: Desk, now: datetime) -> None:
    finding = signed(desk, opened(desk, now), now)
    until, clerk = date(2026, 12, 10), desk.clerk
    with pytest.raises(Refused, match="现在的整改期限"):
        actions.ask_extension(
            finding, until=date(2026, 12, 1), reason="系统改版", actor=clerk, now=now
        )
    with pytest.raises(Refused, match="期限已过"):
        actions.ask_extension(
            finding, until=until, reason="系统改版", actor=clerk, now=now + 8 * DAY
        )
    actions.ask_extension(finding, until=until, reason="系统改版", actor=clerk, now=now)
    with pytest.raises(Refused, match="已经申请过"):
        actions.ask_extension(fresh(finding), until=until, reason="系统改版", actor=clerk, now=now)
    assert fresh(finding).due_at == datetime(2026, 12, 1, 18, tzinfo=SHANGHAI)
    actions.grant_extension(fresh(finding), actor=desk.supervisor, now=now + 8 * DAY)
    granted = fresh(finding)
    assert (granted.due_at, granted.extension_until) == (
        datetime(2026, 12, 10, 18, tzinfo=SHANGHAI), None,
    )  # fmt: skip
    with pytest.raises(Refused, match="没有待答复"):
        actions.grant_extension(granted, actor=desk.supervisor, now=now)


def test_an_extension_is_refused_with_a_reason_or_lapses_with_the_feedback(
    desk: Desk, now: datetime
) -> None:
    finding = signed(desk, opened(desk, now), now)
    until = date(2026, 12, 2)
    actions.ask_extension(finding, until=until, reason="系统改版", actor=desk.clerk, now=now)
    with pytest.raises(Refused, match="日期已过"):
        actions.grant_extension(fresh(finding), actor=desk.supervisor, now=now + 20 * DAY)
    with pytest.raises(Refused, match="理由"):
        actions.refuse_extension(fresh(finding), reason="", actor=desk.supervisor, now=now)
    actions.refuse_extension(
        fresh(finding), reason="改版不影响删除", actor=desk.supervisor, now=now
    )
    assert fresh(finding).due_at == datetime(2026, 12, 1, 18, tzinfo=SHANGHAI)
    assert told(desk.clerk)[-1].endswith("没有同意")
    actions.ask_extension(fresh(finding), until=until, reason="再次申请", actor=desk.clerk, now=now)
    assert answered(desk, finding, now).extension_until is None
    with pytest.raises(Refused, match="现在不能"):
        actions.grant_extension(fresh(finding), actor=desk.supervisor, now=now)


def test_late_is_shown_and_stops_with_the_feedback_which_says_so(desk: Desk, now: datetime) -> None:
    finding = signed(desk, opened(desk, now), now)
    rows, late = queries.findings_for(desk.supervisor), now + 9 * DAY
    assert not queries.overdue(rows, now=now).exists()
    assert list(queries.overdue(rows, now=late)) == [finding]
    assert queries.finding_counts(rows, now=late).overdue == 1
    answered(desk, finding, late)
    assert Feedback.objects.get().is_late
    assert not queries.overdue(rows, now=late).exists()


# What may not be -----------------------------------------------------------------------------


def test_a_second_feedback_waits_for_the_review(desk: Desk, now: datetime) -> None:
    finding = answered(desk, signed(desk, opened(desk, now), now), now)
    with pytest.raises(Refused, match="现在不能这样处理"):
        answered(desk, finding, now)
    assert (Feedback.objects.count(), ledger(finding)[-1]) == (1, "answer")


def test_nobody_outside_sees_signs_answers_or_decides(desk: Desk, now: datetime) -> None:
    finding = opened(desk, now)
    outsiders = (desk.of_water, desk.city.wang, desk.city.administrator, desk.office.of_water)
    for who in (*outsiders, desk.clerk):
        with pytest.raises(NotFound):
            actions.issue_notice([finding], requirement=WORDS, actor=who, now=now)
    notice = notified(desk, finding, now)
    for who in outsiders:
        with pytest.raises(NotFound):
            queries.finding_for(who, finding.pk)
        with pytest.raises(NotFound):
            queries.notice_for(who, notice.pk)
        with pytest.raises(NotFound):
            actions.sign_notice(notice, actor=who, now=now)
    with pytest.raises(NotFound):
        actions.sign_notice(notice, actor=desk.supervisor, now=now)
    actions.sign_notice(notice, actor=desk.clerk, now=now)
    for who in (*outsiders, desk.supervisor):
        with pytest.raises(NotFound):
            actions.answer_finding(
                fresh(finding), measure="delete", done="已删除这条信息。", done_on=now.date(),
                proof=seen(now), actor=who, now=now,
            )  # fmt: skip
    answered(desk, finding, now)
    for who in (*outsiders, desk.clerk):
        with pytest.raises(NotFound):
            actions.pass_review(fresh(finding), actor=who, now=now)
    assert ledger(finding) == ["open", "issue", "sign", "answer"]


def test_who_fed_back_does_not_review_herself(desk: Desk, now: datetime) -> None:
    finding = signed(desk, opened(desk, now), now)
    agencies.grant_role(
        desk.second, agency=desk.city.police, role=Role.OPERATOR, actor=SETUP, now=now
    )
    actions.answer_finding(
        finding, measure="delete", done="已删除这条信息。", done_on=now.date(), proof=seen(now),
        actor=desk.second, now=now,
    )  # fmt: skip
    for decide in (
        lambda: actions.pass_review(fresh(finding), actor=desk.second, now=now),
        lambda: actions.return_finding(
            fresh(finding), reason="截图看不清", actor=desk.second, now=now
        ),
    ):
        with pytest.raises(Refused, match="另一个人"):
            decide()
    actions.pass_review(fresh(finding), actor=desk.supervisor, now=now)
    with pytest.raises(Refused, match="另一个人"):
        actions.close_finding(fresh(finding), proof=seen(now), actor=desk.second, now=now)
    assert fresh(finding).state == "reviewed"


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"measure": "dance"}, "整改措施"),
        ({"done": "好"}, "整改情况"),
        ({"done": "改" * 1001}, "最多写"),
        ({"days": 1}, "不能晚于今天"),
        ({"days": -1}, "不能早于"),
        ({"proof": None}, "至少一样"),
        ({"link": "javascript:alert(1)"}, "http"),
    ],
)
def test_feedback_that_cannot_be_is_refused_in_words(
    desk: Desk, now: datetime, changed: dict[str, object], says: str
) -> None:
    finding = signed(desk, opened(desk, now), now)
    days = int(str(changed.pop("days", 0)))
    link = str(changed.pop("link", "https://mp.weixin.qq.com/s/a"))
    given: dict[str, object] = {
        "measure": "delete", "done": "已删除这条信息。", "done_on": now.date() + days * DAY,
        "proof": seen(now, link),
    }  # fmt: skip
    with pytest.raises(Refused, match=says):
        actions.answer_finding(finding, actor=desk.clerk, now=now, **(given | changed))  # type: ignore[arg-type]
    assert (fresh(finding).state, Feedback.objects.count()) == ("signed", 0)


def test_what_is_no_notice_is_refused_in_words(desk: Desk, now: datetime) -> None:
    finding, other = opened(desk, now), opened(desk, now, desk.office.weibo)
    given = {"requirement": WORDS, "actor": desk.supervisor, "now": now}
    wrong: list[tuple[list[object], dict[str, object], str]] = [
        ([], {}, "先选择"),
        ([finding, other], {}, "一个单位"),
        ([finding], {"requirement": " "}, "整改要求"),
        ([finding], {"due_on": now.date() - DAY}, "晚于现在"),
        ([finding], {"due_on": now.date() + 400 * DAY}, "一年"),
        ([finding] * 51, {}, "最多写"),
    ]
    for rows, changed, says in wrong:
        with pytest.raises(Refused, match=says):
            actions.issue_notice(rows, **(given | changed))  # type: ignore[arg-type]
    assert not RectificationNotice.objects.exists()
    notified(desk, finding, now)
    with pytest.raises(Refused, match="不需要改发"):
        notified(desk, fresh(finding), now)


# Meanwhile -----------------------------------------------------------------------------------


def test_an_account_that_moved_is_answered_for_by_its_new_host_after_a_notice_of_its_own(
    desk: Desk, now: datetime
) -> None:
    finding = signed(desk, opened(desk, now), now)
    accounts.transfer(finding.account, desk.city.water, reason="职责调整", actor=SETUP, now=now)
    with pytest.raises(NotFound):
        answered(desk, finding, now)
    with pytest.raises(Refused, match="移交"):
        actions.answer_finding(
            fresh(finding), measure="delete", done="已删除这条信息。", done_on=now.date(),
            proof=seen(now), actor=desk.of_water, now=now,
        )  # fmt: skip
    first = fresh(finding).notice
    second = notified(desk, fresh(finding), now)
    assert (second.unit, fresh(finding).state) == (desk.city.water, "notified")
    assert first is not None
    assert first.lines.count() == 1  # what was said stays as it was said
    actions.sign_notice(second, actor=desk.of_water, now=now)
    assert ledger(finding) == ["open", "issue", "sign", "reissue", "sign"]


def test_a_notice_is_signed_for_without_what_moved_away(desk: Desk, now: datetime) -> None:
    stays = accounts.register(
        agency=desk.city.police, name="云溪交警", platform="weibo", actor=SETUP, now=now
    )
    rows = [opened(desk, now), opened(desk, now, stays)]
    notice = actions.issue_notice(rows, requirement=WORDS, actor=desk.supervisor, now=now)
    accounts.transfer(rows[0].account, desk.city.water, reason="职责调整", actor=SETUP, now=now)
    assert actions.sign_notice(notice, actor=desk.clerk, now=now) == 1
    assert [fresh(each).state for each in rows] == ["notified", "signed"]


def test_an_account_closed_meanwhile_settles_what_is_left(desk: Desk, now: datetime) -> None:
    finding, never = signed(desk, opened(desk, now), now), opened(desk, now)
    given = {"reason": "账号已注销", "actor": desk.supervisor, "now": now}
    with pytest.raises(Refused, match="还没有注销"):
        actions.settle_finding(finding, **given)
    accounts.close(finding.account, reason="职能划出", actor=SETUP, now=now)
    with pytest.raises(Refused, match="已注销"):
        notified(desk, fresh(never), now)
    actions.settle_finding(fresh(finding), **given)
    actions.settle_finding(fresh(never), **given)
    assert (fresh(finding).state, fresh(never).state) == ("closed", "closed")
    with pytest.raises(Refused, match="已注销"):
        actions.reopen_finding(fresh(finding), **given)


def test_an_account_closed_as_the_measure_is_its_own_proof(desk: Desk, now: datetime) -> None:
    finding = signed(desk, stale(desk, now), now)
    accounts.close(finding.account, reason="停更注销", actor=SETUP, now=now)
    feedback = actions.answer_finding(
        fresh(finding), measure="cancel", done="已按程序注销。", done_on=now.date(),
        actor=desk.clerk, now=now,
    )  # fmt: skip
    assert feedback.proof["kind"] == "account_gone"
    actions.pass_review(fresh(finding), actor=desk.supervisor, now=now)
    actions.close_finding(fresh(finding), actor=desk.supervisor, now=now)
    assert fresh(finding).state == "closed"


def test_who_left_signs_nothing_and_another_does(desk: Desk, city: City, now: datetime) -> None:
    notice = notified(desk, opened(desk, now), now)
    finding = fresh(notice.lines.get().finding)
    agencies.deactivate_staff(desk.clerk, actor=SETUP, now=now)
    desk.clerk.refresh_from_db()
    with pytest.raises(NotFound):
        actions.sign_notice(notice, actor=desk.clerk, now=now)
    assert queries.has_nobody_to_sign(finding)
    agencies.grant_role(city.wang, agency=city.police, role=Role.OPERATOR, actor=SETUP, now=now)
    assert not queries.has_nobody_to_sign(finding)
    actions.sign_notice(notice, actor=city.wang, now=now)
    assert fresh(finding).state == "signed"


def test_a_host_that_was_retired_gets_no_notice(desk: Desk, now: datetime) -> None:
    finding = opened(desk, now, desk.office.weibo)
    desk.city.water.is_active = False
    desk.city.water.save()
    with pytest.raises(Refused, match="停用"):
        notified(desk, fresh(finding), now)
    assert fresh(finding).state == "open"


# Proofs --------------------------------------------------------------------------------------


def test_a_unit_s_own_word_is_no_proof(desk: Desk, now: datetime) -> None:
    finding = signed(desk, stale(desk, now), now)
    later = now + DAY
    actions.record_seen(
        finding.account, newest_on=later.date(), title="补发", link="https://mp.weixin.qq.com/s/x",
        seen_at=later, actor=desk.clerk, now=later,
    )  # fmt: skip
    proof = actions.seen_by_the_system(fresh(finding), now=later)
    assert (proof.kind, proof.holds) == ("reported_item", None)


def test_that_nothing_came_is_said_only_where_somebody_looked(desk: Desk, now: datetime) -> None:
    finding = signed(desk, stale(desk, now), now)
    assert actions.seen_by_the_system(finding, now=now + DAY).kind == "cannot_tell"
    looked(finding.account, 1, now=now + DAY)
    assert actions.seen_by_the_system(finding, now=now + DAY).kind == "no_newer_item"


def test_an_item_of_the_day_of_the_finding_known_by_its_day_alone_proves_nothing(
    desk: Desk, now: datetime
) -> None:
    finding = stale(desk, now)
    actions.record_seen(
        finding.account, newest_on=now.date(), link="https://mp.weixin.qq.com/s/x",
        seen_at=now + timedelta(hours=14), actor=desk.supervisor, now=now + timedelta(hours=14),
    )  # fmt: skip
    proof = queries.proof_of(fresh(finding), now=now + timedelta(hours=15))
    assert (proof.kind, proof.holds) == ("cannot_tell", None)


def test_what_the_register_says_now_proves_what_it_said_then(desk: Desk, now: datetime) -> None:
    account = accounts.register(
        agency=desk.city.police, name="云溪交警", platform="weibo", actor=SETUP, now=now
    )
    actions.evaluate([account], now=now)
    candidate = Candidate.objects.get(indicator="account.uncertified")
    actions.confirm(candidate, evidence=seen(now), actor=desk.supervisor, now=now)
    finding = candidate.finding
    assert actions.seen_by_the_system(finding, now=now).kind == "still_hit"
    account.is_verified = True
    account.save()
    proof = actions.seen_by_the_system(fresh(finding), now=now)
    assert (proof.kind, proof.holds) == ("no_longer_hit", True)


def test_a_dead_link_of_a_menu_is_gone_when_the_menu_was_published_without_it(
    desk: Desk, now: datetime
) -> None:
    url, account = "https://a.example/dead", desk.office.account
    facts = {"detail": "菜单打开是空页", "url": url}
    finding = opened(desk, now, indicator="interact.menu_dead", facts=facts)

    def published(link: str, at: datetime) -> None:
        menu = [{"name": "办事", "sub_button": [{"type": "view", "name": "查询", "url": link}]}]
        audit.record(SETUP, "account.menu_published", account, after=menu, now=at)

    def found() -> tuple[str, bool | None]:
        proof = queries.proof_of(fresh(finding), now=now + 3 * DAY)
        return proof.kind.value, proof.holds

    assert found() == ("cannot_tell", None)  # nothing was ever published through us
    published("https://a.example/other", now - DAY)
    assert found() == ("cannot_tell", None)  # so the dead one stood in another menu
    published(url, now + DAY)
    assert found() == ("link_there", False)
    published("https://a.example/alive", now + 2 * DAY)
    assert found() == ("link_gone", True)
