"""The life of an account as it is filed: 开设, 变更, 关停, 注销; by whom, in which order, until when."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction

from minxin.accounts import actions
from minxin.accounts.actions import FilingDraft, FilingTold, StepTaken
from minxin.accounts.filing_presets import presets
from minxin.accounts.models import Account, Filing, FilingStep, LifecycleFiling
from minxin.accounts.queries import lifecycle as queries
from minxin.accounts.rules.lifecycle import Kind, Step, why_not_begin
from minxin.agencies import actions as agencies
from minxin.agencies.models import AuditEntry, Staff, StaffNotice
from minxin.agencies.queries import notices_of
from minxin.agencies.rules import Role
from minxin.core.errors import NotFound, Refused
from tests.support.city import PASSWORD, SETUP, City

WHY = FilingTold(reason="机构职责调整")
LOCAL = """
id = "yunxi"
title = "云溪：关停后5个工作日内报告"
certainty = "local"
regions = ["9901"]
[source]
document = "云溪市政务新媒体管理办法"
article = "第九条"
[[deadlines]]
kinds = ["close", "cancel"]
days = 5
counted = "working"
to = "市府办"
[[deadlines]]
kinds = ["change"]
days = 30
counted = "natural"
to = "市府办"
"""


@dataclass(frozen=True, slots=True)
class Office:
    """何涛 keeps the police's accounts; 黄薇 and 吴磊 are at the root; 孙兰 supervises the water bureau."""

    clerk: Staff
    supervisor: Staff
    operator: Staff
    elsewhere: Staff


@pytest.fixture
def office(city: City, now: datetime) -> Office:
    def add(username: str, name: str, role: Role, where: object) -> Staff:
        return agencies.add_staff(
            username=username, name=name, agency=where, role=role, password=PASSWORD,  # type: ignore[arg-type]
            must_change_password=False, actor=SETUP, now=now,
        )  # fmt: skip

    return Office(
        city.operator,
        add("huangwei", "黄薇", Role.SUPERVISOR, city.root),
        add("wulei", "吴磊", Role.OPERATOR, city.root),
        add("sunlan", "孙兰", Role.SUPERVISOR, city.water),
    )


@pytest.fixture
def filed(city: City, now: datetime) -> Account:
    """The police's account, its opening filed."""
    actions.keep_filing(city.account, FilingDraft(number="云备2025-1"), actor=SETUP, now=now)
    return city.account


@pytest.fixture
def local(settings: LazySettings, tmp_path: Path) -> None:
    settings.MINXIN_HOME = tmp_path
    (tmp_path / "filings").mkdir()
    (tmp_path / "filings" / "yunxi.toml").write_text(LOCAL, encoding="utf-8")


def on(now: datetime, **given: str) -> StepTaken:
    return StepTaken(on=queries.today_of(now), **given)


def sign(filing: LifecycleFiling, office: Office, now: datetime) -> None:
    actions.take_step(filing, Step.SIGN, on(now, person="丁一鸣"), actor=office.clerk, now=now)


def approve(filing: LifecycleFiling, office: Office, now: datetime) -> None:
    actions.take_step(filing, Step.APPROVE, on(now), actor=office.supervisor, now=now)


def fresh(filing: LifecycleFiling) -> LifecycleFiling:
    return LifecycleFiling.objects.select_related("account__agency__parent").get(pk=filing.pk)


def only(account: Account, kind: Kind) -> LifecycleFiling:
    return LifecycleFiling.objects.get(account=account, kind=kind.value)


def closed_by_the_book(account: Account, office: Office, now: datetime) -> LifecycleFiling:
    """The closing, finished."""
    filing = actions.begin_filing(account, Kind.CLOSE, WHY, actor=office.clerk, now=now)
    sign(filing, office, now)
    approve(filing, office, now)
    notice = on(now, url="https://yunxi.example/notice")
    actions.take_step(filing, Step.ANNOUNCE, notice, actor=office.clerk, now=now)
    actions.take_step(filing, Step.REPORT, on(now), actor=office.clerk, now=now)
    return fresh(filing)


# What happens in the register has to be filed -----------------------------------------------------


def test_an_account_that_is_entered_has_to_be_filed_a_planned_one_not_yet(
    city: City, now: datetime
) -> None:
    given = {"agency": city.police, "kind": "service", "actor": city.operator, "now": now}
    runs = actions.register(name="云溪交警", **given)  # type: ignore[arg-type]
    planned = actions.register(name="云溪户政", status="planned", **given)  # type: ignore[arg-type]
    known = actions.register(name="云溪刑侦", opens_filing=False, **given)  # type: ignore[arg-type]
    arisen = only(runs, Kind.OPEN)
    assert (arisen.step, arisen.is_event, arisen.happened_on) == (
        "sign",
        True,
        queries.today_of(now),
    )
    assert arisen.due_on is None  # no rule of this region, and the nation names no days
    assert not LifecycleFiling.objects.filter(account__in=[planned, known]).exists()
    assert AuditEntry.objects.filter(verb="lifecycle.arisen").count() == 2  # with the city's own
    actions.change_status(planned, "active", reason="开通", actor=city.operator, now=now)
    assert only(planned, Kind.OPEN).reason == "开通"


def test_only_the_governments_accounts_are_bound_others_are_filed_by_hand(
    city: City, office: Office, now: datetime
) -> None:
    mass = actions.register(
        agency=city.police,
        name="云溪残联",
        kind="service",
        affiliation="mass",
        actor=SETUP,
        now=now,
    )
    actions.update(
        mass, name="云溪助残", kind="service", is_verified=False, principal="government",
        affiliation="mass", actor=SETUP, now=now,
    )  # fmt: skip
    actions.change_status(mass, "closing", reason="合并", actor=SETUP, now=now)
    assert not LifecycleFiling.objects.filter(account=mass).exists()
    filing = actions.begin_filing(mass, Kind.CLOSE, WHY, actor=office.clerk, now=now)
    told = {each.preset.certainty.value for each in queries.rules_for(mass, Kind.CLOSE, {})}
    assert (filing.step, "national" in told) == ("sign", False)


def test_a_number_in_the_register_ends_an_opening_that_nobody_worked_on(
    city: City, office: Office, now: datetime
) -> None:
    arisen = only(city.account, Kind.OPEN)
    actions.keep_filing(city.account, FilingDraft(number="云备2025-1"), actor=SETUP, now=now)
    assert (fresh(arisen).step, fresh(arisen).number) == ("done", "云备2025-1")
    other = actions.register(
        agency=city.police, name="云溪交警", kind="service", actor=SETUP, now=now
    )
    worked_on = only(other, Kind.OPEN)
    actions.take_step(
        worked_on, Step.SIGN, on(now, person="丁一鸣", words="新设"), actor=office.clerk, now=now
    )
    actions.keep_filing(other, FilingDraft(number="云备2025-2"), actor=SETUP, now=now)
    assert fresh(worked_on).step == "approve"  # the office sees it through


def rename(account: Account, name: str, now: datetime) -> None:
    actions.update(
        account, name=name, kind=account.kind, is_verified=account.is_verified,
        principal=account.principal, region_code=account.region_code, actor=SETUP, now=now,
    )  # fmt: skip


def test_renaming_twice_is_one_change_and_renaming_back_is_none(
    filed: Account, office: Office, now: datetime
) -> None:
    rename(filed, "云溪警方", now)
    rename(filed, "云溪平安", now)
    change = only(filed, Kind.CHANGE)
    assert change.changes == {"name": {"before": "云溪公安", "after": "云溪平安"}}
    assert change.steps == ["sign", "approve", "platform", "report"]  # no host changed
    rename(filed, "云溪公安", now)
    assert fresh(change).step == "withdrawn"
    acts = FilingStep.objects.filter(filing=change).values_list("act", flat=True)
    assert list(acts) == ["arise", "happen", "withdraw"]


def test_a_change_that_comes_after_the_approval_is_signed_and_approved_anew(
    filed: Account, city: City, office: Office, now: datetime
) -> None:
    rename(filed, "云溪警方", now)
    change = only(filed, Kind.CHANGE)
    actions.amend_filing(change, WHY, actor=office.clerk, now=now)
    sign(change, office, now)
    approve(change, office, now)
    actions.transfer(filed, city.station, reason="划转", actor=SETUP, now=now)
    change = fresh(change)
    assert change.step == "sign"
    assert set(change.changes) == {"name", "agency"}
    assert "announce" in change.steps  # a new host is announced; a new name is not
    assert queries.filings_of(filed)[0].pk == change.pk  # one filing, not two


def test_a_planned_and_a_cancelled_account_file_no_change(city: City, now: datetime) -> None:
    planned = actions.register(
        agency=city.police, name="云溪户政", kind="service", status="planned", actor=SETUP, now=now
    )
    rename(planned, "云溪户政服务", now)
    actions.transfer(planned, city.water, reason="划转", actor=SETUP, now=now)
    actions.close(planned, reason="不再开设", actor=SETUP, now=now)
    assert not LifecycleFiling.objects.filter(account=planned).exists()


def test_a_cancelling_without_a_filing_is_filed_after(
    filed: Account, office: Office, local: None, now: datetime
) -> None:
    actions.close(filed, reason="平台收回", actor=SETUP, now=now)
    late = only(filed, Kind.CANCEL)
    assert (late.happened_on, late.is_event) == (queries.today_of(now), True)
    assert late.due_on is not None
    sign(late, office, now)
    approve(late, office, now)
    actions.take_step(late, Step.PLATFORM, on(now), actor=office.clerk, now=now)
    actions.take_step(late, Step.REPORT, on(now), actor=office.clerk, now=now)
    assert fresh(late).step == "done"


def test_calling_off_a_closing_withdraws_it_and_after_its_end_it_is_a_change(
    filed: Account, office: Office, now: datetime
) -> None:
    actions.change_status(filed, "closing", reason="合并", actor=SETUP, now=now)
    first = only(filed, Kind.CLOSE)
    assert (first.step, first.happened_on) == ("sign", None)  # until it is announced
    actions.change_status(filed, "active", reason="不合并了", actor=SETUP, now=now)
    assert fresh(first).step == "withdrawn"
    assert not LifecycleFiling.objects.filter(account=filed, kind="change").exists()
    closed_by_the_book(filed, office, now)
    filed.refresh_from_db()
    actions.change_status(filed, "active", reason="继续运行", actor=SETUP, now=now)
    change = only(filed, Kind.CHANGE)
    assert change.changes == {"status": {"before": "closing", "after": "active"}}


# From the draft to the end ------------------------------------------------------------------------


def test_a_planned_account_goes_into_use_and_gets_its_number(
    city: City, office: Office, now: datetime
) -> None:
    planned = actions.register(
        agency=city.police, name="云溪户政", kind="service", status="planned",
        actor=city.operator, now=now,
    )  # fmt: skip
    filing = actions.begin_filing(planned, Kind.OPEN, WHY, actor=office.clerk, now=now)
    sign(filing, office, now)
    told = notices_of(office.supervisor).get()
    assert "云溪户政（微信公众平台）”的开设备案已签字" in told.text
    approve(filing, office, now)
    assert "已审核同意" in notices_of(office.clerk).get().text
    planned.refresh_from_db()
    assert planned.status == "planned"
    actions.take_step(filing, Step.PLATFORM, on(now), actor=office.clerk, now=now)
    planned.refresh_from_db()
    assert planned.status == "active"
    with pytest.raises(Refused) as refusal:
        actions.take_step(filing, Step.REPORT, on(now), actor=office.clerk, now=now)
    assert refusal.value.field == "number"
    actions.take_step(
        filing, Step.REPORT, on(now, number="云备2026-7"), actor=office.clerk, now=now
    )
    assert (fresh(filing).step, fresh(filing).ended_at) == ("done", now)
    kept = Filing.objects.get(pk=planned.pk)
    assert (kept.number, kept.opened_on) == ("云备2026-7", queries.today_of(now))
    assert LifecycleFiling.objects.filter(account=planned).count() == 1  # no second one arose


def test_a_planned_change_is_made_on_the_platform_step(
    filed: Account, city: City, office: Office, now: datetime
) -> None:
    told = FilingTold(reason="三定方案", name="云溪警方", agency=city.water, other="责任人调整")
    filing = actions.begin_filing(filed, Kind.CHANGE, told, actor=office.operator, now=now)
    actions.take_step(filing, Step.SIGN, on(now, person="丁一鸣"), actor=office.operator, now=now)
    approve(filing, office, now)
    filed.refresh_from_db()
    assert filed.name == "云溪公安"
    actions.take_step(filing, Step.PLATFORM, on(now), actor=office.clerk, now=now)
    filed.refresh_from_db()
    assert (filed.name, filed.agency) == ("云溪警方", city.water)
    filing = fresh(filing)
    assert (filing.step, filing.happened_on) == ("announce", queries.today_of(now))
    assert LifecycleFiling.objects.filter(account=filed, kind="change").count() == 1
    with pytest.raises(NotFound):  # it is the water bureau's now
        actions.take_step(filing, Step.ANNOUNCE, on(now), actor=office.clerk, now=now)


def test_closing_comes_before_cancelling_and_the_notice_before_both(
    filed: Account, office: Office, now: datetime
) -> None:
    with pytest.raises(Refused, match="先办理关停备案"):
        actions.begin_filing(filed, Kind.CANCEL, WHY, actor=office.clerk, now=now)
    closing = actions.begin_filing(filed, Kind.CLOSE, WHY, actor=office.clerk, now=now)
    sign(closing, office, now)
    approve(closing, office, now)
    filed.refresh_from_db()
    assert filed.status == "closing"
    cancelling = actions.begin_filing(filed, Kind.CANCEL, WHY, actor=office.clerk, now=now)
    sign(cancelling, office, now)
    approve(cancelling, office, now)

    def cancel() -> None:
        actions.take_step(fresh(cancelling), Step.PLATFORM, on(now), actor=office.clerk, now=now)

    with pytest.raises(Refused, match="还没有登记停更公告"):
        cancel()
    notice = on(now, url="https://yunxi.example/notice")
    actions.take_step(closing, Step.ANNOUNCE, notice, actor=office.clerk, now=now)
    with pytest.raises(Refused, match="还没有办结"):
        cancel()
    filed.refresh_from_db()
    assert filed.status == "closing"
    actions.take_step(closing, Step.REPORT, on(now), actor=office.clerk, now=now)
    cancel()
    filed.refresh_from_db()
    assert (filed.status, filed.secret) == ("closed", None)
    actions.take_step(
        cancelling, Step.REPORT, on(now, number="云销2026-1"), actor=office.clerk, now=now
    )
    kept = Filing.objects.get(pk=filed.pk)
    assert (kept.closed_on, kept.number) == (queries.today_of(now), "云备2025-1")
    assert fresh(cancelling).number == "云销2026-1"  # its own; the account's stays the opening's


def test_withdrawing_a_closing_puts_the_account_into_use_again(
    filed: Account, office: Office, now: datetime
) -> None:
    closing = actions.begin_filing(filed, Kind.CLOSE, WHY, actor=office.clerk, now=now)
    sign(closing, office, now)
    approve(closing, office, now)
    actions.withdraw_filing(closing, reason="不合并了", actor=office.clerk, now=now)
    filed.refresh_from_db()
    assert (filed.status, fresh(closing).step) == ("active", "withdrawn")
    with pytest.raises(Refused, match="已经结束"):
        actions.withdraw_filing(closing, reason="再撤", actor=office.clerk, now=now)


def test_what_has_happened_only_the_office_calls_not_to_be_filed(
    filed: Account, office: Office, now: datetime
) -> None:
    rename(filed, "云溪警方", now)
    change = only(filed, Kind.CHANGE)
    with pytest.raises(Refused, match="事情已经发生"):
        actions.withdraw_filing(change, reason="不想备案", actor=office.clerk, now=now)
    with pytest.raises(NotFound):
        actions.withdraw_filing(change, reason="与我无关", actor=office.elsewhere, now=now)
    actions.withdraw_filing(change, reason="更正笔误", actor=office.supervisor, now=now)
    assert fresh(change).step == "withdrawn"


# Who may ------------------------------------------------------------------------------------------


def test_the_unit_signs_the_office_above_approves_and_nobody_both(
    filed: Account, city: City, office: Office, now: datetime
) -> None:
    filing = actions.begin_filing(filed, Kind.CLOSE, WHY, actor=office.operator, now=now)
    for stranger in (city.wang, office.elsewhere, office.supervisor, city.auditor):
        with pytest.raises(NotFound):
            actions.take_step(filing, Step.SIGN, on(now, person="甲"), actor=stranger, now=now)
    signed = on(now, person="丁一鸣")
    actions.take_step(filing, Step.SIGN, signed, actor=office.operator, now=now)
    with pytest.raises(NotFound):  # of the very unit, not above it
        approve_as(filing, office.clerk, now)
    with pytest.raises(Refused, match="由另一个人办理"):
        approve_as(filing, office.operator, now)
    assert list(queries.to_review_for(office.supervisor)) == [filing]
    assert list(queries.to_review_for(office.operator)) == []
    assert list(queries.to_review_for(office.clerk)) == []
    approve_as(filing, office.supervisor, now)
    assert fresh(filing).approver_unit == "云溪市人民政府"


def approve_as(filing: LifecycleFiling, staff: Staff, now: datetime) -> None:
    actions.take_step(filing, Step.APPROVE, on(now), actor=staff, now=now)


def test_a_returned_filing_says_why_and_is_signed_anew(
    filed: Account, office: Office, now: datetime
) -> None:
    filing = actions.begin_filing(filed, Kind.CLOSE, WHY, actor=office.clerk, now=now)
    with pytest.raises(Refused, match="只有待审核"):
        actions.return_filing(filing, reason="缺去向", actor=office.supervisor, now=now)
    sign(filing, office, now)
    with pytest.raises(Refused, match="不能再修改"):
        actions.amend_filing(filing, WHY, actor=office.clerk, now=now)
    with pytest.raises(NotFound):
        actions.return_filing(filing, reason="缺去向", actor=office.elsewhere, now=now)
    actions.return_filing(filing, reason="缺后续去向", actor=office.supervisor, now=now)
    back = fresh(filing)
    assert (back.step, back.signer, back.signed_on) == ("sign", None, None)
    assert "被退回" in notices_of(office.clerk).get().text
    told = FilingTold(reason="机构合并", successor="并入“云溪发布”")
    actions.amend_filing(filing, told, actor=office.clerk, now=now)
    assert fresh(filing).successor == "并入“云溪发布”"


def test_who_sees_which(filed: Account, city: City, office: Office, now: datetime) -> None:
    actions.register(agency=city.water, name="云溪水务", kind="service", actor=SETUP, now=now)

    def seen(staff: Staff) -> set[str]:
        return {filing.account.name for filing in queries.filings_for(staff)}

    assert seen(office.supervisor) == {"云溪公安", "云溪水务"}
    assert seen(office.clerk) == {"云溪公安"}
    assert seen(office.elsewhere) == {"云溪水务"}
    assert seen(city.wang) == set()


def test_a_step_out_of_its_turn_or_in_the_future_is_refused_and_nothing_is_written(
    filed: Account, office: Office, now: datetime
) -> None:
    filing = actions.begin_filing(filed, Kind.CLOSE, WHY, actor=office.clerk, now=now)
    with pytest.raises(Refused, match="已经办过"):
        approve(filing, office, now)
    tomorrow = StepTaken(on=queries.today_of(now) + timedelta(days=1), person="丁一鸣")
    with pytest.raises(Refused, match="晚于今天"):
        actions.take_step(filing, Step.SIGN, tomorrow, actor=office.clerk, now=now)
    with pytest.raises(Refused) as refusal:
        actions.take_step(filing, Step.SIGN, on(now, person=" "), actor=office.clerk, now=now)
    assert refusal.value.field == "person"
    sign(filing, office, now)
    approve(filing, office, now)
    with pytest.raises(Refused) as refusal:
        actions.take_step(filing, Step.ANNOUNCE, on(now, url="公告"), actor=office.clerk, now=now)
    assert refusal.value.field == "url"
    assert (fresh(filing).step, fresh(filing).announced_on) == ("announce", None)
    assert FilingStep.objects.filter(filing=filing).count() == 3


def test_one_of_a_kind_is_under_way(filed: Account, office: Office, now: datetime) -> None:
    actions.begin_filing(filed, Kind.CLOSE, WHY, actor=office.clerk, now=now)
    with pytest.raises(Refused, match="正在办理"):
        actions.begin_filing(filed, Kind.CLOSE, WHY, actor=office.clerk, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        LifecycleFiling.objects.create(account=filed, kind="close", begun_at=now)


# By when ------------------------------------------------------------------------------------------


def test_the_regions_deadline_runs_from_the_day_it_happened(
    filed: Account, office: Office, local: None, now: datetime
) -> None:
    closing = closed_by_the_book(filed, office, now)
    # Tuesday 2026-11-24: five working days end on the next Tuesday.
    assert queries.today_of(now) == date(2026, 11, 24)
    assert (closing.happened_on, closing.due_on) == (date(2026, 11, 24), date(2026, 12, 1))
    assert closing.due_rule["certainty"] == "local"
    assert closing.due_rule["document"] == "云溪市政务新媒体管理办法"
    rename(filed, "云溪警方", now)
    assert only(filed, Kind.CHANGE).due_on == date(2026, 12, 24)  # 30 days of the calendar


def test_a_deadline_given_is_kept_when_the_preset_goes(
    filed: Account, office: Office, local: None, settings: LazySettings, now: datetime
) -> None:
    closing = closed_by_the_book(filed, office, now)
    (Path(settings.MINXIN_HOME) / "filings" / "yunxi.toml").unlink()
    later = now + timedelta(days=3)
    filed.refresh_from_db()
    actions.change_status(filed, "active", reason="继续", actor=SETUP, now=later)
    assert fresh(closing).due_on == date(2026, 12, 1)
    assert only(filed, Kind.CHANGE).due_on is None


def test_every_shipped_preset_holds_and_none_but_one_is_national(
    settings: LazySettings, tmp_path: Path
) -> None:
    settings.MINXIN_HOME = tmp_path
    found, faults = presets()
    assert faults == ()
    national = [each for each in found if each.certainty == "national"]
    assert [each.id for each in national] == ["national"]
    assert not national[0].deadlines  # the nation names no number of days
    assert all(each.regions for each in found if each.deadlines)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('certainty = "local"', 'certainty = "national"'), "不写区划"),
        (("days = 5", 'days = "五"'), "整数天数"),
        (('counted = "working"', 'counted = "week"'), "工作日"),
        (('kinds = ["change"]', 'kinds = ["rename"]'), "没有“rename”这种备案"),
        (('article = "第九条"', ""), "article"),
        (("[source]", '[steps]\nclose = ["sign", "approve"]\n[source]'), "announce"),
        (("[source]", '[steps]\nopen = ["platform", "sign"]\n[source]'), "从 sign 开始"),
        (("[source]", "[source"), "读不出来"),
    ],
)
def test_a_preset_that_cannot_be_used_is_told_and_the_rest_hold(
    settings: LazySettings, tmp_path: Path, change: tuple[str, str], words: str
) -> None:
    settings.MINXIN_HOME = tmp_path
    (tmp_path / "filings").mkdir()
    text = LOCAL.replace(*change)
    assert text != LOCAL
    (tmp_path / "filings" / "bad.toml").write_text(text, encoding="utf-8")
    found, faults = presets()
    assert [(name, words in why) for name, why in faults] == [("bad.toml", True)], faults
    assert {each.id for each in found} >= {"national", "common"}


@pytest.mark.parametrize(
    ("status", "is_filed", "done", "may"),
    [
        ("planned", False, set(), {"open"}),
        ("active", False, set(), {"open", "change", "close"}),
        ("active", True, set(), {"change", "close"}),
        ("suspended", True, {"open"}, {"change", "close"}),
        ("closing", True, set(), {"change", "close", "cancel"}),
        ("closing", True, {"close"}, {"change", "cancel"}),
        ("closed", True, {"open", "close", "cancel"}, set()),
    ],
)
def test_what_an_account_may_begin_follows_from_where_it_stands(
    status: str, is_filed: bool, done: set[str], may: set[str]
) -> None:
    def barred(kind: Kind, under_way: set[str]) -> bool:
        why = why_not_begin(kind, status=status, under_way=under_way, done=done, is_filed=is_filed)
        return why is not None

    assert {kind.value for kind in Kind if not barred(kind, set())} == may
    assert all(barred(kind, {kind.value}) for kind in Kind)  # never two of a kind


def test_whose_turn_it_is_is_told_before_the_deadline_and_not_daily_after(
    filed: Account, office: Office, local: None, now: datetime
) -> None:
    closing = actions.begin_filing(filed, Kind.CLOSE, WHY, actor=office.clerk, now=now)
    sign(closing, office, now)
    approve(closing, office, now)
    actions.take_step(
        closing, Step.ANNOUNCE, on(now, url="https://yunxi.example/n"), actor=office.clerk, now=now
    )
    StaffNotice.objects.all().delete()

    def told(days: int) -> int:
        return actions.remind_of_filings(now=now + timedelta(days=days))

    assert fresh(closing).due_on == date(2026, 12, 1)  # a Tuesday
    assert [told(days) for days in (0, 3, 4, 5)] == [0, 0, 0, 0]  # Tuesday, Friday, the weekend
    assert told(6) == 1  # Monday
    assert "12月1日前办结" in notices_of(office.clerk).get().text
    assert told(6) == 0  # a clock that strikes twice tells once
    StaffNotice.objects.all().delete()
    assert [told(days) for days in (7, 8, 9)] == [1, 0, 0]
    assert not notices_of(office.supervisor).exists()


def test_a_unit_without_people_of_its_own_is_told_through_those_above(
    city: City, office: Office, now: datetime
) -> None:
    far = actions.register(agency=city.water, name="云溪水务", kind="service", actor=SETUP, now=now)
    filing = only(far, Kind.OPEN)
    signed = on(now, person="丁一鸣", words="新设")
    actions.take_step(filing, Step.SIGN, signed, actor=office.operator, now=now)
    actions.return_filing(filing, reason="缺定位", actor=office.supervisor, now=now)
    assert "被退回" in notices_of(office.operator).get().text
