"""Every form that a unit's staff fill in counts in the unit's weekly budget of fields, once."""

from datetime import datetime, timedelta

import pytest

from minxin.agencies import actions as agencies
from minxin.agencies.models import FieldsAsked
from minxin.agencies.reminder_queries import fields_spent
from minxin.agencies.reminder_rules import week_of
from minxin.agencies.rules import Role
from minxin.supervision import actions
from minxin.supervision.actions import campaigns, hearing
from minxin.supervision.models import Inspection
from minxin.supervision.packs import library
from minxin.supervision.rules.asking import DISPUTE, EXTENSION, FEEDBACK
from minxin.supervision.rules.inspection import USUAL, Mark, Purpose, State
from tests.supervision.conftest import Office, add
from tests.supervision.inspections import (
    build_team,
    entries,
    hand_in,
    other_than,
    plan,
    released,
)
from tests.supervision.inspections import opened as opened_campaign
from tests.supervision.rectifying import (
    DAY,
    WORDS,
    Desk,
    answered,
    desk_of,
    fresh,
    notified,
    opened,
    seen,
    signed,
)
from tests.support.city import SETUP, City


@pytest.fixture
def desk(office: Office, city: City, now: datetime) -> Desk:
    return desk_of(office, city, now)


def counted() -> list[tuple[str, str, int]]:
    rows = FieldsAsked.objects.order_by("pk")
    return [(each.kind, each.agency.code, each.fields) for each in rows]


def test_a_notice_asks_for_a_feedback_form_a_finding(desk: Desk, now: datetime) -> None:
    findings = [opened(desk, now) for _ in range(3)]
    notice = actions.issue_notice(findings, requirement=WORDS, actor=desk.supervisor, now=now)
    assert counted() == [("feedback", "police", 3 * FEEDBACK)]
    row = FieldsAsked.objects.get()
    assert notice.number in row.title
    assert (row.week, row.told_at, row.asked_by) == (week_of(now), now, desk.supervisor)
    # The notice itself was told; nothing is told a second time.
    assert desk.clerk.notices.filter(kind="asked").count() == 0
    assert desk.clerk.notices.filter(kind="finding.notified").count() == 1


def test_what_is_sent_back_or_reopened_is_asked_for_again(desk: Desk, now: datetime) -> None:
    finding = signed(desk, opened(desk, now), now)
    answered(desk, finding, now)
    actions.return_finding(fresh(finding), reason="截图看不清", actor=desk.second, now=now + DAY)
    answered(desk, finding, now + DAY)
    later = now + 7 * DAY
    actions.return_finding(fresh(finding), reason="还是看不清", actor=desk.second, now=later)
    assert counted() == [("feedback", "police", FEEDBACK)] * 3
    spent = fields_spent(desk.city.police, week_of(now))
    assert spent == {week_of(now): 2 * FEEDBACK, week_of(later): FEEDBACK}


def test_what_a_unit_says_of_itself_counts_too(desk: Desk, now: datetime) -> None:
    finding = signed(desk, opened(desk, now), now)
    until = (now + 60 * DAY).date()
    actions.ask_extension(
        fresh(finding), until=until, reason="供应商要换人", actor=desk.clerk, now=now
    )
    actions.dispute(
        fresh(finding), kind="false_alarm", statement="这不是广告，是公益海报。", proof=seen(now),
        actor=desk.clerk, now=now,
    )  # fmt: skip
    assert counted()[1:] == [("defence", "police", EXTENSION), ("defence", "police", DISPUTE)]


def test_a_refused_step_counts_nothing(desk: Desk, now: datetime) -> None:
    finding = opened(desk, now)
    with pytest.raises(Exception, match="整改要求"):
        actions.issue_notice([finding], requirement="短", actor=desk.supervisor, now=now)
    assert counted() == []


def test_forms_take_their_room_and_requests_wait(desk: Desk, now: datetime) -> None:
    """A notice has its deadline and does not wait; what a supervisor asks beside it does."""
    for _round in range(11):
        notified(desk, opened(desk, now), now)
    police = desk.city.police
    assert fields_spent(police, week_of(now)) == {week_of(now): 44}  # 40 a week
    row = agencies.ask_fields([police], title="表", fields=1, actor=desk.supervisor, now=now)[0]
    assert row.week == week_of(now) + 7 * DAY
    assert row.kind == "request"


def test_a_statement_is_asked_for_each_failing_line(city: City, now: datetime) -> None:
    team = build_team(city, now)
    row = released(opened_campaign(city, team, now), team, now=now)
    assert counted() == [("defence", "police", 2)]
    # Checked once more and released again: asked once more.
    hearing.waive(row, actor=team.clerk, now=now)
    hearing.recheck(Inspection.objects.get(pk=row.pk), reason="结论有误", actor=team.lead, now=now)
    hand_in(row, entries(account_unfiled=Mark.FAILS), now=now)
    hearing.uphold(row, actor=other_than(row, team), now=now)
    hearing.release_results([row], actor=team.lead, now=now + timedelta(minutes=1))
    assert counted() == [("defence", "police", 2), ("defence", "police", 1)]


def test_a_self_check_asks_those_who_are_told_to_check_and_not_who_tells(
    city: City, now: datetime
) -> None:
    team = build_team(city, now)
    district = add("renjun", "任军", Role.SUPERVISOR, city.police, now)
    agencies.grant_role(district, city.root, Role.SUPERVISOR, actor=SETUP, now=now)
    campaign = campaigns.open_campaign(
        plan(now, purpose=Purpose.SELF), city.root, [team.lead, district],
        library=library(), actor=team.lead, now=now,
    )  # fmt: skip
    hers = campaign.inspections.filter(inspector=district)
    assert hers.count() > 0
    assert campaign.inspections.filter(inspector=team.lead).count() > 0
    assert counted() == [("check", "police", hers.count() * len(USUAL))]
    # What somebody left is shared out: only that is new, and it is asked of who gets it.
    other = add("zhoulan", "周兰", Role.SUPERVISOR, city.water, now)
    agencies.grant_role(other, city.root, Role.SUPERVISOR, actor=SETUP, now=now)
    left = campaign.inspections.filter(inspector=team.lead, state=State.WAITING.value).count()
    campaigns.remove_inspector(campaign, team.lead, actor=team.lead, now=now)
    campaigns.add_inspector(campaign, other, actor=team.lead, now=now)
    assert campaigns.share_out(campaign, actor=team.lead, now=now + DAY) == (left, 0)
    assert counted()[1:] == [("check", "water", left * len(USUAL))]
