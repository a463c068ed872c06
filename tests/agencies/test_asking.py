"""Fields asked of units within a weekly budget; telling the unit above, by a person only."""

from datetime import date, datetime, timedelta

import pytest

from minxin.agencies import actions, reminder_queries
from minxin.agencies.actions import asking
from minxin.agencies.models import Escalation, FieldsAsked, StaffNotice
from minxin.agencies.reminder_rules import ESCALATES, kind_of, planned_week, week_of
from minxin.agencies.rules import Role
from minxin.core.errors import AlreadyDone, NotFound, Refused
from tests.support.city import SETUP, City

DAY = timedelta(days=1)


@pytest.fixture
def city(city: City, now: datetime) -> City:
    """王芳 supervises the whole city here."""
    city.wang.memberships.all().delete()
    actions.grant_role(city.wang, city.root, Role.SUPERVISOR, actor=SETUP, now=now)
    return city


def test_a_full_week_moves_the_request_and_nothing_is_dropped(city: City, now: datetime) -> None:
    def ask(fields: int) -> FieldsAsked:
        return actions.ask_fields(
            [city.police], title="季度自查表", fields=fields, actor=city.wang, now=now
        )[0]

    monday = week_of(now)
    assert ask(30).week == monday
    assert ask(20).week == monday + 7 * DAY  # 40 a week
    assert ask(10).week == monday
    assert ask(90).week == monday + 14 * DAY  # more than any week: one of its own
    told = FieldsAsked.objects.exclude(told_at=None)
    assert sorted(row.fields for row in told) == [10, 30]
    assert city.operator.notices.filter(kind="asked").count() == 2
    assert actions.tell_asked(now=now) == 0
    assert actions.tell_asked(now=now + 7 * DAY) == 1
    assert actions.tell_asked(now=now + 7 * DAY) == 0
    assert city.operator.notices.filter(kind="asked").count() == 3


def test_weeks_are_planned_without_cutting() -> None:
    first = date(2026, 11, 23)
    assert planned_week(first, {}, 40, 40) == first
    assert planned_week(first, {first: 1}, 40, 40) == first + 7 * DAY
    assert planned_week(first, {first: 40, first + 7 * DAY: 39}, 2, 40) == first + 14 * DAY


@pytest.mark.parametrize(
    ("change", "field"),
    [({"title": " "}, "title"), ({"fields": 0}, "fields"), ({"fields": 501}, "fields"),
     ({"link": "javascript:1"}, "link"), ({"link": "//evil.example"}, "link")],
)  # fmt: skip
def test_a_bad_request_is_refused_in_words(
    city: City, now: datetime, change: dict[str, object], field: str
) -> None:
    given: dict[str, object] = {"title": "自查表", "fields": 3, "link": ""} | change
    with pytest.raises(Refused) as refused:
        actions.ask_fields([city.police], actor=city.wang, now=now, **given)  # type: ignore[arg-type]
    assert refused.value.field == field
    assert not FieldsAsked.objects.exists()
    assert not StaffNotice.objects.exists()


def test_who_supervises_nothing_asks_nothing(city: City, now: datetime) -> None:
    with pytest.raises(NotFound):
        actions.ask_fields([city.police], title="表", fields=1, actor=city.operator, now=now)
    assert not FieldsAsked.objects.exists()


def _told(city: City, now: datetime) -> None:
    for link in ("/a", "/b"):
        actions.notify_staff([city.operator], "账号更新", kind="updates", link=link, now=now)


def test_escalation_is_proposed_and_never_happens_by_itself(city: City, now: datetime) -> None:
    _told(city, now)
    above = actions.add_staff(
        username="gaoyuan", name="高远", agency=city.root, role=Role.OPERATOR,
        password="Yunxi-bridge-lantern-9", must_change_password=False, actor=SETUP, now=now,
    )  # fmt: skip
    assert reminder_queries.proposals_for(city.wang, now=now + DAY) == []
    later = now + 3 * DAY
    proposal = reminder_queries.proposals_for(city.wang, now=later)[0]
    assert (proposal.agency, proposal.kind, proposal.count) == (city.police, "updates", 2)
    actions.plan_reminders(now=later)
    assert not above.notices.exists()
    assert actions.escalate(proposal, actor=city.wang, now=later) == 1
    words = above.notices.get().text
    assert "云溪市公安局" in words
    assert "2 件" in words
    assert city.operator.name not in words  # of a unit, not of a person
    assert reminder_queries.proposals_for(city.wang, now=later) == []
    with pytest.raises(AlreadyDone):
        actions.escalate(proposal, actor=city.wang, now=later)
    assert above.notices.count() == 1


def test_what_somebody_of_the_unit_has_looked_at_is_not_proposed(city: City, now: datetime) -> None:
    _told(city, now)
    first = city.operator.notices.first()
    assert first is not None
    actions.read_notices(city.operator, [first.pk], now=now)
    found = reminder_queries.proposals_for(city.wang, now=now + 3 * DAY)
    assert [each.count for each in found] == [1]


def test_leaving_it_needs_a_reason(city: City, now: datetime) -> None:
    _told(city, now)
    later = now + 3 * DAY
    proposal = reminder_queries.proposals_for(city.wang, now=later)[0]
    with pytest.raises(Refused):
        actions.waive_escalation(proposal, reason=" ", actor=city.wang, now=later)
    assert not Escalation.objects.exists()
    actions.waive_escalation(proposal, reason="已电话沟通", actor=city.wang, now=later)
    assert Escalation.objects.get().decision == "waived"


def test_a_supervisor_elsewhere_sees_no_proposal(city: City, now: datetime) -> None:
    _told(city, now)
    actions.grant_role(city.outsider, city.water, Role.SUPERVISOR, actor=SETUP, now=now)
    assert reminder_queries.proposals_for(city.outsider, now=now + 3 * DAY) == []
    with pytest.raises(NotFound):
        reminder_queries.proposal_for(city.outsider, city.police.pk, "updates", now=now + 3 * DAY)


def test_every_kind_that_may_be_told_above_says_to_whom() -> None:
    assert set(asking._WHERE) == set(ESCALATES)


def test_a_kind_is_known_by_its_family() -> None:
    assert kind_of("finding.closed").name == "整改事项"
    assert kind_of("finding.notified").may_escalate
    assert not kind_of("something.new").is_urgent
