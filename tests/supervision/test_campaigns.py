"""Campaigns through the room's actions: the frozen list, the sharing, the check, the signing."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from minxin.accounts import actions as accounts
from minxin.accounts.models import Account
from minxin.agencies import actions as agencies
from minxin.agencies.models import AuditEntry
from minxin.agencies.rules import Role
from minxin.core.errors import AlreadyDone, NotFound, Refused
from minxin.supervision import signing
from minxin.supervision.actions import campaigns, checking, hearing
from minxin.supervision.models import Check, Evidence, Finding, Inspection
from minxin.supervision.packs import library
from minxin.supervision.queries.campaigns import (
    campaign_for,
    campaigns_for,
    next_after,
    results,
    second_looks_for,
    worklist_of,
)
from minxin.supervision.queries.populations import (
    digest_of,
    drift_of,
    members_of,
    orphans_of,
    row_from,
)
from minxin.supervision.rules.inspection import Mark, State
from minxin.supervision.rules.sampling import Design, Method, draw
from tests.supervision.conftest import add
from tests.supervision.inspections import (
    PROOF,
    Team,
    build_team,
    entries,
    hand_in,
    opened,
    other_than,
    plan,
    released,
)
from tests.support.city import SETUP, City


@pytest.fixture
def team(city: City, now: datetime) -> Team:
    return build_team(city, now)


# The list and the sample -------------------------------------------------------------------------


def test_the_sample_is_drawn_again_from_what_was_kept(
    city: City, team: Team, now: datetime
) -> None:
    design = Design(Method.PROPORTIONAL, size=4)
    campaign = opened(city, team, now, design=design, strata=("place",))
    kept = campaign.population
    assert kept.sha256 == digest_of(kept.members)
    rows = [row_from(each) for each in kept.members]
    again = draw(members_of(rows), campaigns.design_of(campaign), campaign.seed)
    drawn = campaign.inspections.order_by("account_id")
    assert tuple(drawn.values_list("account_id", flat=True)) == again
    assert len(again) == 4
    assert {each.region_code for each in drawn} == {"990100", "990102"}  # one of each stratum


def test_rules_of_the_government_bind_the_government(city: City, team: Team, now: datetime) -> None:
    accounts.register(
        agency=city.water, name="云溪团委", platform="douyin", affiliation="mass", actor=SETUP, now=now
    )  # fmt: skip
    campaign = opened(city, team, now)
    assert "云溪团委" not in {each["name"] for each in campaign.population.members}
    told = {each["id"]: each for each in campaign.packs}
    assert told["national-update"]["certainty"] == "national"
    assert told["national-update"]["fallback"] == ["990100", "990102"]  # no rule of its own there


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"seed": " "}, "seed"),
        ({"period_until": date(2026, 9, 1)}, "period_until"),
        ({"due_on": date(2026, 11, 1)}, "due_on"),
        ({"lines": ()}, "lines"),
        ({"lines": ("made.up",)}, "lines"),
        ({"region_code": "123456"}, "agency"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_in_words(
    city: City, team: Team, now: datetime, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(Refused) as refusal:
        opened(city, team, now, **changes)
    assert refusal.value.field == field
    assert not campaigns_for(team.lead).exists()


def test_only_who_supervises_the_area_opens_and_sees_it(
    city: City, team: Team, now: datetime
) -> None:
    for person in (team.of_water, team.clerk, city.outsider):
        with pytest.raises(NotFound):
            campaigns.open_campaign(
                plan(now), city.root, [team.lead], library=library(), actor=person, now=now
            )
    campaign = opened(city, team, now)
    assert campaign_for(team.lead, campaign.pk) == campaign
    for person in (team.of_water, team.clerk):
        with pytest.raises(NotFound):
            campaign_for(person, campaign.pk)
    with pytest.raises(Refused) as refusal:
        campaigns.open_campaign(
            plan(now), city.root, [team.of_water], library=library(), actor=team.lead, now=now
        )
    assert refusal.value.field == "inspectors"


# Who checks ------------------------------------------------------------------------------------


def test_the_work_is_even_and_never_of_her_own_unit(city: City, team: Team, now: datetime) -> None:
    agencies.grant_role(team.lead, city.police, Role.AGENT, actor=SETUP, now=now)
    campaign = opened(city, team, now)
    owners = list(campaign.inspections.values_list("inspector__username", flat=True))
    mine = campaign.inspections.filter(inspector=team.lead)
    assert [each.agency.code for each in mine] == ["water"]
    assert sorted(owners.count(each) for each in ("gaojie", "qinlan")) == [3, 3]
    assert not orphans_of(campaign)


def test_one_whom_nobody_may_check_is_told(city: City, team: Team, now: datetime) -> None:
    agencies.grant_role(team.lead, city.police, Role.AGENT, actor=SETUP, now=now)
    campaign = campaigns.open_campaign(
        plan(now), city.root, [team.lead], library=library(), actor=team.lead, now=now
    )
    assert {each.agency.code for each in orphans_of(campaign)} == {"police"}
    given, left = campaigns.share_out(campaign, actor=team.lead, now=now)
    assert (given, left) == (0, 6)
    campaigns.add_inspector(campaign, team.second, actor=team.lead, now=now)
    assert campaigns.share_out(campaign, actor=team.lead, now=now) == (6, 0)
    assert not orphans_of(campaign)
    with pytest.raises(AlreadyDone):
        campaigns.share_out(campaign, actor=team.lead, now=now)


@pytest.mark.parametrize("how", ["leaves", "deactivated", "loses the duty", "moves to the unit"])
def test_what_an_inspector_leaves_behind_is_told_and_shared_out(
    city: City, team: Team, now: datetime, how: str
) -> None:
    campaign = opened(city, team, now)
    hers = set(campaign.inspections.filter(inspector=team.third).values_list("pk", flat=True))
    assert len(hers) >= 2
    match how:
        case "leaves":
            campaigns.remove_inspector(campaign, team.third, actor=team.lead, now=now)
        case "deactivated":
            agencies.deactivate_staff(team.third, actor=SETUP, now=now)
        case "loses the duty":
            agencies.withdraw_role(team.third.memberships.get(), actor=SETUP, now=now)
        case _:
            agencies.grant_role(team.third, city.police, Role.AGENT, actor=SETUP, now=now)
            police = {each.pk for each in campaign.inspections.filter(agency=city.police)}
            hers &= police
    assert {each.pk for each in orphans_of(campaign)} == hers
    campaigns.share_out(campaign, actor=team.lead, now=now)
    assert not orphans_of(campaign)
    owners = set(Inspection.objects.filter(pk__in=hers).values_list("inspector", flat=True))
    assert team.third.pk not in owners


def test_accounts_that_come_go_and_move_are_told_and_the_list_stays(
    city: City, team: Team, now: datetime
) -> None:
    campaign = opened(city, team, now)
    kept = campaign.population.sha256
    new = accounts.register(
        agency=city.water, name="云溪水务抖音", platform="douyin", actor=SETUP, now=now
    )
    gone, moved = team.accounts[1], team.accounts[2]
    accounts.close(Account.objects.get(pk=gone.pk), reason="单位合并", actor=SETUP, now=now)
    accounts.transfer(
        Account.objects.get(pk=moved.pk), city.water, reason="职能划转", actor=SETUP, now=now
    )
    drift = drift_of(campaign)
    assert [each.pk for each in drift.added] == [new.pk]
    assert [each.account_id for each in drift.gone] == [gone.pk]
    assert [(each.account_id, to) for each, to in drift.moved] == [(moved.pk, "云溪市水务局")]
    assert digest_of(campaign.population.members) == kept
    with pytest.raises(Refused):
        hearing.withdraw_inspection(drift.gone[0], reason=" ", actor=team.lead, now=now)
    hearing.withdraw_inspection(drift.gone[0], reason="账号已经注销", actor=team.lead, now=now)
    assert not drift_of(campaign).gone


# The check ---------------------------------------------------------------------------------------


def test_a_check_without_fault_is_settled_and_leads_to_the_next(
    city: City, team: Team, now: datetime
) -> None:
    opened(city, team, now)
    first, second = worklist_of(team.lead)[:2]
    assert next_after(team.lead, first) == second
    last = list(worklist_of(team.lead))[-1]
    assert next_after(team.lead, last) == first  # and round again
    assert hand_in(first, entries(), now=now) is State.SETTLED
    assert first not in worklist_of(team.lead)
    check = first.checks.get(indicator="update.stale")
    assert check.machine  # what the machine said stands beside it, and decided nothing
    assert (check.mark, check.checked_by, check.is_draft) == ("passes", team.lead, False)


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        (checking.Entry(None), "mark-update.stale"),
        (checking.Entry(Mark.FAILS, "", PROOF), "note-update.stale"),
        (checking.Entry(Mark.FAILS, "没有更新内容"), "link-update.stale"),
        (checking.Entry(Mark.FAILS, "没有更新内容", "weibo.example"), "link-update.stale"),
        (checking.Entry(Mark.FAILS, "没有更新内容", file=("a.png", b"no")), "link-update.stale"),
        (checking.Entry(Mark.UNCLEAR), "note-update.stale"),
    ],
)
def test_what_is_missing_is_said_at_its_line_and_nothing_is_written(
    city: City, team: Team, now: datetime, entry: checking.Entry, field: str
) -> None:
    opened(city, team, now)
    row = worklist_of(team.lead)[0]
    with pytest.raises(Refused) as refusal:
        hand_in(row, {**entries(), "update.stale": entry}, now=now)
    assert refusal.value.field == field
    row.refresh_from_db()
    assert row.state == State.WAITING.value
    assert not Check.objects.exists()
    assert not Evidence.objects.exists()


def test_the_database_itself_keeps_a_failure_from_being_nameless(
    city: City, team: Team, now: datetime
) -> None:
    opened(city, team, now)
    row = worklist_of(team.lead)[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        Check.objects.create(
            inspection=row, indicator="update.stale", severity="veto", mark="fails",
            is_draft=False, checked_by=team.lead, checked_at=now,
        )  # fmt: skip


def test_nobody_checks_what_is_another_s_or_her_own_unit_s(
    city: City, team: Team, now: datetime
) -> None:
    campaign = opened(city, team, now)
    row = worklist_of(team.lead)[0]
    with pytest.raises(Refused):
        hand_in(row, entries(), now=now, by=team.second)
    for person in (team.clerk, city.outsider, city.auditor):
        with pytest.raises(NotFound):
            hand_in(row, entries(), now=now, by=person)
    police = campaign.inspections.filter(agency=city.police, inspector=team.lead).first()
    assert police is not None
    agencies.grant_role(team.lead, city.police, Role.AGENT, actor=SETUP, now=now)
    with pytest.raises(Refused, match="所在单位"):
        hand_in(police, entries(), now=now)
    assert not Check.objects.filter(is_draft=False).exists()


def test_a_draft_is_kept_and_two_windows_do_not_overwrite_each_other(
    city: City, team: Team, now: datetime
) -> None:
    opened(city, team, now)
    row = worklist_of(team.lead)[0]
    typed = {"update.stale": checking.Entry(Mark.FAILS, "写到一半", PROOF)}
    revision = checking.save_draft(row, typed, revision=0, actor=team.lead, now=now)
    kept = row.checks.get()
    assert (kept.mark, kept.note, kept.link, kept.is_draft) == ("fails", "写到一半", PROOF, True)
    # The same once more, because its answer was lost: nothing is lost and nothing is refused.
    again = checking.save_draft(row, typed, revision=0, actor=team.lead, now=now)
    assert again == revision
    other = {"update.stale": checking.Entry(Mark.PASSES)}
    with pytest.raises(Refused, match="另一个窗口"):
        checking.save_draft(row, other, revision=0, actor=team.lead, now=now)
    with pytest.raises(Refused, match="另一个窗口"):
        checking.hand_in(row, entries(), revision=0, library=library(), actor=team.lead, now=now)
    assert row.checks.get() == kept
    with pytest.raises(Refused, match="现在由黄薇检查"):
        checking.save_draft(row, typed, revision=revision, actor=team.second, now=now)
    with pytest.raises(NotFound):
        checking.save_draft(
            row, {"made.up": checking.Entry()}, revision=revision, actor=team.lead, now=now
        )


def test_evidence_of_another_account_proves_nothing(city: City, team: Team, now: datetime) -> None:
    opened(city, team, now)
    first, second = worklist_of(team.lead)[:2]
    png = b"\x89PNG\r\n\x1a\n" + bytes(64)
    kept = checking.keep_picture(first, ("页面.png", png), actor=team.lead, now=now)
    with pytest.raises(NotFound):
        checking.keep_picture(first, ("页面.png", png), actor=team.second, now=now)
    wrong = replace(entries(update_stale=Mark.FAILS)["update.stale"], link="", evidence=kept)
    with pytest.raises(Refused, match="另一个账号"):
        hand_in(second, {**entries(), "update.stale": wrong}, now=now)
    assert hand_in(first, {**entries(), "update.stale": wrong}, now=now) is State.SECOND
    assert first.checks.get(indicator="update.stale").evidence == kept


# The second look, the defence, the decision -------------------------------------------------------


def test_what_fails_is_looked_at_by_another_person(city: City, team: Team, now: datetime) -> None:
    opened(city, team, now)
    row = worklist_of(team.lead)[0]
    assert hand_in(row, entries(update_stale=Mark.FAILS), now=now) is State.SECOND
    assert row not in second_looks_for(team.lead)
    assert row in second_looks_for(team.second)
    with pytest.raises(Refused, match="不同的人"):
        hearing.uphold(row, actor=team.lead, now=now)
    with pytest.raises(Refused, match="理由"):
        hearing.send_back(row, reason="", actor=team.second, now=now)
    hearing.send_back(row, reason="截图里有昨天的更新", actor=team.second, now=now)
    row.refresh_from_db()
    assert row.state == State.WAITING.value
    assert row in worklist_of(team.lead)
    assert hand_in(row, entries(), now=now) is State.SETTLED


def test_what_is_unclear_is_never_upheld(city: City, team: Team, now: datetime) -> None:
    opened(city, team, now)
    row = worklist_of(team.lead)[0]
    assert hand_in(row, entries(content_serious=Mark.UNCLEAR), now=now) is State.SECOND
    with pytest.raises(Refused, match="看不清"):
        hearing.uphold(row, actor=team.second, now=now)


def test_a_share_of_what_passes_is_looked_at_too(city: City, team: Team, now: datetime) -> None:
    campaign = opened(city, team, now, second_percent=40)
    assert campaign.inspections.filter(is_for_second=True).count() == 3  # of seven
    row = campaign.inspections.filter(is_for_second=True).first()
    assert row is not None
    assert hand_in(row, entries(), now=now) is State.SECOND
    assert hearing.uphold(row, actor=other_than(row, team), now=now) is State.SETTLED


def test_a_unit_defends_itself_in_time_and_another_decides(
    city: City, team: Team, now: datetime
) -> None:
    campaign = opened(city, team, now)
    row = released(campaign, team, now=now)
    assert row.defence_due_at is not None
    for person in (team.lead, city.outsider, team.of_water):
        with pytest.raises(NotFound):
            hearing.defend(row, {"update.stale": "当天有更新"}, actor=person, now=now)
    with pytest.raises(NotFound):
        hearing.defend(row, {"content.ad": "没有这一项"}, actor=team.clerk, now=now)
    with pytest.raises(Refused):
        hearing.defend(row, {"update.stale": " "}, actor=team.clerk, now=now)
    late = row.defence_due_at + timedelta(minutes=1)
    with pytest.raises(Refused, match="期限已过"):
        hearing.defend(row, {"update.stale": "当天有更新"}, actor=team.clerk, now=late)
    hearing.defend(row, {"update.stale": "11月20日发过一条"}, actor=team.clerk, now=now)
    assert row.inspector is not None
    decided = {"update.stale": (True, "核对属实，予以采纳")}
    with pytest.raises(Refused, match="不同的人"):
        hearing.decide(row, decided, actor=row.inspector, now=now)
    judge = other_than(row, team)
    with pytest.raises(Refused, match="裁定"):
        hearing.decide(row, {}, actor=judge, now=now)
    with pytest.raises(NotFound):
        hearing.decide(row, decided, actor=team.clerk, now=now)
    hearing.decide(row, decided, actor=judge, now=now)
    row.refresh_from_db()
    assert row.state == State.SETTLED.value
    assert [each.indicator for each in row.checks.all() if each.is_failing] == ["account.unfiled"]


def test_a_unit_that_says_nothing_waits_for_the_day(city: City, team: Team, now: datetime) -> None:
    campaign = opened(city, team, now)
    row = released(campaign, team, now=now)
    with pytest.raises(Refused, match="还没有到"):
        hearing.waive(row, actor=team.lead, now=now)
    assert row.defence_due_at is not None
    hearing.waive(row, actor=team.lead, now=row.defence_due_at + timedelta(minutes=1))
    row.refresh_from_db()
    assert row.state == State.SETTLED.value


def test_a_unit_without_objection_says_so(city: City, team: Team, now: datetime) -> None:
    row = released(opened(city, team, now), team, now=now)
    with pytest.raises(NotFound):
        hearing.waive(row, actor=city.outsider, now=now)
    hearing.waive(row, actor=team.clerk, now=now)
    row.refresh_from_db()
    assert row.state == State.SETTLED.value


# The signing ---------------------------------------------------------------------------------------


def test_signed_results_open_findings_and_never_change(
    city: City, team: Team, now: datetime
) -> None:
    campaign = opened(city, team, now)
    row = released(campaign, team, now=now)
    with pytest.raises(Refused, match="没有定下来"):
        campaigns.sign_campaign(campaign, actor=team.lead, now=now)
    hearing.waive(row, actor=team.clerk, now=now)
    for each in campaign.inspections.filter(state=State.WAITING.value):
        hand_in(each, entries(), now=now)
    for person in (team.clerk, team.of_water):
        with pytest.raises(NotFound):
            campaigns.sign_campaign(campaign, actor=person, now=now)
    assert not Finding.objects.exists()
    assert campaigns.sign_campaign(campaign, actor=team.lead, now=now) == 2
    signing.work(campaign.pk, clock=lambda: now)

    findings = Finding.objects.order_by("origin_key")
    assert [each.origin_key for each in findings] == [
        f"{campaign.pk}:{row.pk}:account.unfiled", f"{campaign.pk}:{row.pk}:update.stale",
    ]  # fmt: skip
    assert {each.evidence_id for each in findings} == set(
        row.checks.filter(mark="fails").values_list("evidence_id", flat=True)
    )
    campaign.refresh_from_db()
    signed = results(campaign)
    assert (signed.total.accounts, signed.total.checked) == (7, 7)
    assert (signed.total.passed, signed.total.failed) == (6, 1)
    assert str(signed.total.rate) == "85.71"
    assert [each.fails_account for each in signed.failing] == [True, False]
    assert {each.finding_id for each in signed.failing} == {each.pk for each in findings}
    assert sum(each.checked for each in signed.by_platform) == 7
    assert [(each.key, each.checked) for each in signed.by_division] == [
        ("990100", 6),
        ("990102", 1),
    ]

    for attempt in (
        lambda: hearing.recheck(row, reason="再看一次吧", actor=team.lead, now=now),
        lambda: hearing.withdraw_inspection(row, reason="不查了不查了", actor=team.lead, now=now),
        lambda: campaigns.sign_campaign(campaign, actor=team.lead, now=now),
        lambda: campaigns.cancel_campaign(
            campaign, reason="取消这次检查", actor=team.lead, now=now
        ),
        lambda: campaigns.share_out(campaign, actor=team.lead, now=now),
        lambda: hand_in(row, entries(), now=now),
    ):
        with pytest.raises(Refused, match="已经结束"):
            attempt()
    assert results(campaign) == signed
    assert Finding.objects.count() == 2


def test_a_correction_stands_beside_what_was_signed(city: City, team: Team, now: datetime) -> None:
    campaign = opened(city, team, now)
    row = released(campaign, team, now=now)
    with pytest.raises(Refused, match="还没有签发"):
        campaigns.correct_result(
            row, "update.stale", Mark.PASSES, reason="看错了账号", actor=team.lead, now=now
        )
    hearing.waive(row, actor=team.clerk, now=now)
    for each in campaign.inspections.filter(state=State.WAITING.value):
        hand_in(each, entries(), now=now)
    campaigns.sign_campaign(campaign, actor=team.lead, now=now)
    signing.work(campaign.pk, clock=lambda: now)
    campaign.refresh_from_db()
    before = results(campaign)

    def correct(mark: Mark, reason: str = "看错了账号") -> None:
        campaigns.correct_result(row, "update.stale", mark, reason=reason, actor=team.lead, now=now)

    for mark, reason in ((Mark.FAILS, "看错了账号"), (Mark.PASSES, " ")):
        with pytest.raises(Refused):
            correct(mark, reason)
    correct(Mark.PASSES)
    with pytest.raises(Refused, match="证据"):
        correct(Mark.FAILS)
    after = results(campaign)
    assert after.total == before.total
    assert after.failing == before.failing
    assert [(each.before, each.after, each.by) for each in after.corrections] == [
        ("fails", "passes", "黄薇")
    ]


def test_every_step_leaves_its_entry(city: City, team: Team, now: datetime) -> None:
    campaign = opened(city, team, now)
    row = released(campaign, team, now=now)
    hearing.defend(row, {"update.stale": "11月20日发过一条"}, actor=team.clerk, now=now)
    hearing.decide(
        row, {"update.stale": (False, "发的是评论，不是更新")}, actor=other_than(row, team), now=now
    )
    hearing.recheck(row, reason="换人再看一次", actor=team.lead, now=now)
    row.refresh_from_db()
    assert (row.state, row.released_at, row.reviewer) == (State.WAITING.value, None, None)
    verbs = AuditEntry.objects.order_by("id").values_list("verb", flat=True)
    assert [verb for verb in verbs if verb.startswith(("campaign.", "inspection."))] == [
        "campaign.opened", "inspection.checked", "inspection.upheld", "inspection.released",
        "inspection.defended", "inspection.decided", "inspection.reopened",
    ]  # fmt: skip


def test_a_cancelled_campaign_has_no_results(city: City, team: Team, now: datetime) -> None:
    campaign = opened(city, team, now)
    with pytest.raises(Refused):
        campaigns.cancel_campaign(campaign, reason="", actor=team.lead, now=now)
    campaigns.cancel_campaign(campaign, reason="与省里的检查合并", actor=team.lead, now=now)
    assert not worklist_of(team.lead).exists()
    assert not Finding.objects.exists()


def test_running_results_count_only_what_is_settled(city: City, team: Team, now: datetime) -> None:
    campaign = opened(city, team, now)
    released(campaign, team, now=now)
    found = results(campaign)
    assert (found.total.checked, found.open, found.failing) == (0, 7, ())
    assert found.total.rate is None


def test_an_account_of_another_kind_is_not_failed_by_the_machine(
    city: City, team: Team, now: datetime
) -> None:
    """A new inspector's account without any look: the clock does not know, and the line stays open."""
    opened(city, team, now)
    row = worklist_of(team.lead)[0]
    given = entries()
    del given["update.stale"]
    with pytest.raises(Refused, match="没有结论"):
        hand_in(row, given, now=now)


def test_a_district_supervisor_checks_her_own_tree(city: City, team: Team, now: datetime) -> None:
    helper = add("baiyu", "白羽", Role.SUPERVISOR, city.police, now)
    campaign = campaigns.open_campaign(
        replace(plan(now), name="公安自查"), city.police, [helper, team.lead],
        library=library(), actor=helper, now=now,
    )  # fmt: skip
    assert set(campaign.inspections.values_list("agency__code", flat=True)) == {"police"}
    assert set(campaign.inspections.values_list("inspector__username", flat=True)) == {"huangwei"}
