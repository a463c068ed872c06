"""黄薇 brings what the patrol wrote down: read as people write it, set beside what is known, written with
grade D, never a reason to call an account stale; and taken back whole."""

import io
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import xlsxwriter

from minxin.accounts import actions as accounts
from minxin.accounts.actions import FilingDraft
from minxin.accounts.models import Account
from minxin.agencies.models import Agency, AuditEntry, Staff
from minxin.core.errors import NotFound, Refused
from minxin.core.jobs import ClaimLost
from minxin.supervision import patrolling
from minxin.supervision.actions import patrols as actions
from minxin.supervision.models import Candidate, Evaluation, PatrolImport, PatrolRow, Trace
from minxin.supervision.rules.clock import midnight
from tests.accounts.sheets import as_csv
from tests.supervision.conftest import Office, looked, posted
from tests.supervision.patrol_sheet import TITLES, brought, written
from tests.support.city import SETUP, City

pytestmark = pytest.mark.django_db


def table(
    office: Office,
    *rows: Sequence[object],
    now: datetime,
    agency: Agency | None = None,
    actor: Staff | None = None,
    **kwargs: Any,
) -> PatrolImport:
    return brought(
        as_csv([TITLES, *rows]), agency=agency or root_of(office), actor=actor or office.supervisor,
        now=now, **kwargs,
    )  # fmt: skip


def root_of(office: Office) -> Agency:
    root = office.account.agency.parent
    assert root is not None
    return root


def outcomes(job: PatrolImport) -> dict[int, str]:
    return {row.row: row.outcome for row in job.all_rows().order_by("row")}


def said(job: PatrolImport, row: int) -> str:
    found = job.all_rows().get(row=row)
    return " ".join([found.note, *(words for _column, _text, words in found.faults)])


def day(now: datetime, ago: int) -> date:
    return (now - timedelta(days=ago)).date()


def level(account: Account) -> str:
    return Evaluation.objects.get(account=account, is_latest=True).level


def test_what_the_patrol_saw_makes_an_account_fresh_with_grade_d(
    office: Office, now: datetime
) -> None:
    seen = day(now, 1)
    job = table(
        office,
        ["云溪水务", "新浪微博", day(now, 3), "停水通知", "https://weibo.example/1", seen, "林青"],
        now=now,
    )
    assert outcomes(job) == {2: "new"}
    assert not Trace.objects.exists()
    written(job, now=now)
    assert (job.status, bool(job.file)) == ("done", False)
    trace = Trace.objects.get()
    assert (trace.source, trace.title, trace.is_day_only) == ("patrol", "停水通知", True)
    assert trace.published_at == midnight(day(now, 2)) - timedelta(seconds=1)
    latest = Evaluation.objects.get(account=office.weibo, is_latest=True)
    assert (latest.level, latest.grade) == ("fresh", "D")
    verbs = list(
        AuditEntry.objects.filter(verb__startswith="import").values_list("verb", flat=True)
    )
    assert verbs.count("import.ended") == 1


@pytest.mark.parametrize("ago", [15, 40, 120])
def test_a_patrol_alone_never_calls_an_account_stale(
    office: Office, now: datetime, ago: int
) -> None:
    written(
        table(
            office, ["云溪水务", "微博", day(now, ago), "旧闻", "", day(now, 0), "林青"], now=now
        ),
        now=now,
    )
    assert level(office.weibo) == "unknown"
    assert not Candidate.objects.filter(indicator="update.stale").exists()


def test_what_an_interface_did_not_see_goes_to_a_person(office: Office, now: datetime) -> None:
    posted(office.account, 30, now=now)
    looked(office.account, 40, now=now)
    job = table(office, ["云溪公安", "微信", day(now, 5), "夜巡", "", day(now, 1), "林青"], now=now)
    assert outcomes(job) == {2: "contradicts"}
    assert "没有看到这条更新" in said(job, 2)
    written(job, now=now)
    assert level(office.account) == "contradictory"
    assert not Candidate.objects.filter(indicator="update.stale", status="open").exists()


def test_what_an_interface_saw_later_is_told_and_counts(office: Office, now: datetime) -> None:
    posted(office.account, 4, now=now)
    job = table(office, ["云溪公安", "微信", day(now, 20), "旧", "", day(now, 0), "林青"], now=now)
    assert outcomes(job) == {2: "contradicts"}
    assert day(now, 4).isoformat() in said(job, 2)
    written(job, now=now)
    assert level(office.account) == "fresh"


def test_dates_as_people_write_them(office: Office, now: datetime) -> None:
    seen = day(now, 1)
    newest = day(now, 9)
    serial = (newest - date(1899, 12, 30)).days
    ways = [
        f"{newest.month}月{newest.day}日", f"{newest.year}.{newest.month}.{newest.day}", str(serial),
        f"{newest.year}年{newest.month}月{newest.day}日 9:30", newest.strftime("%Y%m%d"),
        f"{newest.month}/{newest.day}",
    ]  # fmt: skip
    for at, way in enumerate(ways):
        job = table(office, ["云溪水务", "微博", way, f"第{at}条", "", seen, "林青"], now=now)
        assert outcomes(job) == {2: "new"}, (way, said(job, 2))
        assert job.all_rows().get().newest_on == newest, way


def test_a_day_without_its_year_is_of_the_year_before_the_look(
    office: Office, now: datetime
) -> None:
    job = table(
        office, ["云溪水务", "微博", "12月28日", "", "", "2026-01-05", "林青"], now=now
    )  # fmt: skip
    assert job.all_rows().get().newest_on == date(2025, 12, 28)


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (["不存在的号", "微博", "{3}", "", "", "{1}", "林青"], "台账里没有这个账号"),
        (["云溪水务", "火星台", "{3}", "", "", "{1}", "林青"], "看不懂，可以写"),
        (["云溪水务", "微博", "上周三", "", "", "{1}", "林青"], "日期看不懂"),
        (["云溪水务", "微博", "7.1", "", "", "{1}", "林青"], "日期看不懂"),
        (["云溪水务", "微博", "2026-02-30", "", "", "{1}", "林青"], "没有这一天"),
        (["云溪水务", "微博", "2199-01-01", "", "", "{1}", "林青"], "在将来"),
        (["云溪水务", "微博", "{1}", "", "", "{3}", "林青"], "不能晚于查看时间"),
        (["云溪水务", "微博", "{3}", "", "", "2199-01-01", "林青"], "查看时间不能晚于现在"),
        (["云溪水务", "微博", "{3}", "", "", "", "林青"], "没有写查看时间"),
        (["云溪水务", "微博", "{3}", "", "", "{1}", ""], "没有写查看人"),
        (["云溪水务", "微博", "", "看到了", "", "{1}", "林青"], "没有写最近更新日期"),
        (["云溪水务", "微博", "{3}", "", "javascript:alert(1)", "{1}", "林青"], "链接要以"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_said_and_not_written(
    office: Office, now: datetime, cells: list[str], words: str
) -> None:
    filled = [
        cell.replace("{1}", str(day(now, 1))).replace("{3}", str(day(now, 3))) for cell in cells
    ]
    job = table(office, filled, now=now)
    assert outcomes(job) == {2: "wrong"}
    assert words in said(job, 2)
    with pytest.raises(Refused):
        accounts.confirm_sheet(job, actor=office.supervisor, now=now)
    assert not Trace.objects.exists()


def test_two_lines_for_one_account(office: Office, now: datetime) -> None:
    one, two = day(now, 1), day(now, 8)
    job = table(
        office,
        ["云溪水务", "微博", day(now, 3), "", "", one, "林青"],
        ["云溪水务", "微博", day(now, 3), "", "", one, "周航"],
        ["云溪公安", "微信", day(now, 4), "", "", one, "林青"],
        ["云溪公安", "微信", day(now, 5), "", "", one, "周航"],
        ["云溪水务", "微博", day(now, 9), "", "", two, "林青"],
        now=now,
    )
    assert outcomes(job) == {2: "new", 3: "wrong", 4: "wrong", 5: "wrong", 6: "new"}
    assert "与第 2 行重复" in said(job, 3)
    assert "最近更新日期却不同" in said(job, 4)
    assert "最近更新日期却不同" in said(job, 5)


def test_an_account_is_known_by_its_numbers(city: City, office: Office, now: datetime) -> None:
    filed = FilingDraft(number="云备-7", platform_number="yunxiwater")
    accounts.keep_filing(office.weibo, filed, actor=SETUP, now=now)
    titles = ("备案号", "账号名称", "最近更新", "查看时间", "查看人")
    rows = [
        ["云备-7", "", day(now, 3), day(now, 1), "林青"],
        ["云备-7", "云溪警方", day(now, 3), day(now, 2), "林青"],
        ["云备-8", "", day(now, 3), day(now, 1), "林青"],
    ]
    job = brought(as_csv([titles, *rows]), agency=root_of(office), actor=office.supervisor, now=now)
    assert outcomes(job) == {2: "new", 3: "wrong", 4: "wrong"}
    assert "最接近的是“云溪水务”" in said(job, 3)
    assert "台账里没有这个账号" in said(job, 4)
    assert job.all_rows().get(row=2).account == office.weibo


def test_nobody_records_outside_her_branch(city: City, office: Office, now: datetime) -> None:
    rows = ["云溪公安", "微信", day(now, 3), "", "", day(now, 1), "林青"]
    with pytest.raises(NotFound):
        table(office, rows, now=now, agency=city.root, actor=office.of_water)
    job = table(office, rows, now=now, agency=city.water, actor=office.of_water)
    assert outcomes(job) == {2: "wrong"}
    with pytest.raises(NotFound):  # an account's own clerk is no patrol
        table(office, rows, now=now, agency=city.police, actor=city.operator)


def test_a_closed_account_and_one_that_left_meanwhile(
    city: City, office: Office, now: datetime
) -> None:
    rows = (
        ["云溪水务", "微博", day(now, 3), "", "", day(now, 1), "林青"],
        ["云溪公安", "微信", day(now, 3), "", "", day(now, 1), "林青"],
    )
    job = table(office, *rows, now=now)
    accounts.close(office.weibo, reason="并入", actor=SETUP, now=now)
    written(job, now=now)
    states = dict(job.all_rows().values_list("row", "state"))
    assert states == {2: "kept", 3: "written"}
    assert not Trace.objects.filter(account=office.weibo).exists()
    again = table(office, rows[0], now=now)
    assert "已经注销" in said(again, 2)


def test_the_same_sheet_twice_writes_once(office: Office, now: datetime) -> None:
    row = ["云溪水务", "微博", day(now, 3), "停水", "https://weibo.example/1", day(now, 1), "林青"]
    one, two = table(office, row, now=now), table(office, row, now=now)
    written(one, now=now)
    written(two, now=now)
    assert Trace.objects.count() == 1
    assert two.all_rows().get().state == "kept"
    third = table(office, row, now=now)
    assert outcomes(third) == {2: "same"}
    accounts.undo_sheet(one, actor=office.supervisor, now=now)
    patrolling.work(one.pk, clock=lambda: now)
    assert not Trace.objects.exists()


def test_it_is_taken_back_whole_and_nothing_else_is(office: Office, now: datetime) -> None:
    posted(office.account, 2, now=now)
    job = table(
        office,
        ["云溪水务", "微博", day(now, 3), "", "", day(now, 1), "林青"],
        ["云溪公安", "微信", day(now, 3), "", "", day(now, 1), "林青"],
        now=now,
    )
    written(job, now=now)
    assert level(office.weibo) == "fresh"
    accounts.undo_sheet(job, actor=office.supervisor, now=now)
    patrolling.work(job.pk, clock=lambda: now)
    job.refresh_from_db()
    assert job.status == "undone"
    assert [each.source for each in Trace.objects.all()] == ["mass_event"]
    assert level(office.weibo) == "unknown"


def test_a_line_may_be_left_out(office: Office, city: City, now: datetime) -> None:
    job = table(
        office,
        ["云溪水务", "微博", day(now, 3), "", "", day(now, 1), "林青"],
        ["云溪公安", "微信", day(now, 3), "", "", day(now, 1), "林青"],
        now=now,
    )
    row = job.all_rows().get(row=2)
    with pytest.raises(NotFound):
        actions.leave_out(row, actor=office.of_water, now=now)
    actions.leave_out(row, actor=office.supervisor, now=now)
    with pytest.raises(Refused):
        actions.leave_out(row, actor=office.supervisor, now=now)
    written(job, now=now)
    assert [each.account for each in Trace.objects.all()] == [office.account]


def test_a_template_half_filled_and_defaults(office: Office, now: datetime) -> None:
    job = table(
        office,
        ["云溪水务", "微博", day(now, 3), "", "", "", ""],
        ["云溪公安", "微信", "", "", "", "", ""],
        now=now,
        seen_on=day(now, 1),
        seen_by="云溪巡查服务公司",
    )
    assert (outcomes(job), job.found_blank) == ({2: "new"}, 1)
    row = PatrolRow.objects.get()
    assert (row.seen_by, row.is_seen_day_only) == ("云溪巡查服务公司", True)


def test_merged_titles_a_second_sheet_and_days_as_numbers(office: Office, now: datetime) -> None:
    content, seen, newest = io.BytesIO(), day(now, 1), day(now, 9)
    with xlsxwriter.Workbook(content) as made:
        made.add_worksheet("填表说明").write(0, 0, "请如实填写")
        sheet = made.add_worksheet("第三季度")
        form = made.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.merge_range(0, 0, 0, 6, "云溪市政务新媒体巡查表")
        for at, title in enumerate(("序号", "账号", "平台")):
            sheet.merge_range(1, at, 2, at, title)
        sheet.merge_range(1, 3, 1, 4, "最近更新")
        sheet.write_row(2, 3, ["日期", "标题"])
        sheet.merge_range(1, 5, 2, 5, "查看时间")
        sheet.merge_range(1, 6, 2, 6, "查看人")
        sheet.write_row(3, 0, [1, "云溪水务", "微博"])
        sheet.write_number(3, 3, (newest - date(1899, 12, 30)).days)
        sheet.write(3, 4, "停水通知")
        sheet.write_datetime(3, 5, datetime.fromisoformat(f"{seen} 15:20"), form)
        sheet.write_row(
            4,
            0,
            [2, "云溪公安", "微信", f"{newest.month}月{newest.day}日", "夜巡", seen.isoformat()],
        )
        sheet.merge_range(3, 6, 4, 6, "林青")
    job = brought(
        content.getvalue(), agency=root_of(office), actor=office.supervisor, now=now, name="a.xlsx",
        sheet=1,
    )  # fmt: skip
    assert outcomes(job) == {4: "new", 5: "new"}, [said(job, 4), said(job, 5)]
    one, two = job.all_rows().order_by("row")
    assert (one.newest_on, two.newest_on) == (newest, newest)
    assert (one.seen_by, two.seen_by, one.title) == ("林青", "林青", "停水通知")
    assert (one.is_seen_day_only, two.is_seen_day_only) == (False, True)


def test_a_worker_that_dies_loses_nothing(office: Office, now: datetime) -> None:
    rows = [
        ["云溪水务", "微博", day(now, 3 + ago), f"第{ago}条", "", day(now, ago), "林青"]
        for ago in range(30)
    ]
    job = table(office, *rows, now=now)
    accounts.confirm_sheet(job, actor=office.supervisor, now=now)
    held = accounts.claim_sheet(PatrolImport, job.pk, token="a", now=now)
    assert held is not None
    first = list(held.writable().order_by("id")[: actions.CHUNK])
    actions.advance_patrol(held, first, token="a", now=now)  # and is killed here
    patrolling.work(job.pk, clock=lambda: now)
    assert Trace.objects.count() == actions.CHUNK  # somebody is thought to be at it
    later = now + timedelta(minutes=2)
    assert patrolling.wake_stalled(now=later) == 1
    patrolling.work(job.pk, clock=lambda: later)
    job.refresh_from_db()
    assert (job.status, job.interruptions) == ("done", 1)
    assert Trace.objects.count() == len(rows)
    with pytest.raises(ClaimLost):
        actions.advance_patrol(held, first, token="a", now=later)


def test_old_sheets_go_and_what_was_written_stays(office: Office, now: datetime) -> None:
    job = table(
        office,
        ["云溪水务", "微博", day(now, 3), "", "", day(now, 1), "林青"],
        ["没有的号", "微博", day(now, 3), "", "", day(now, 1), "林青"],
        now=now,
    )
    written(job, now=now)
    actions.forget_patrols(now=now + timedelta(days=89))
    assert job.all_rows().count() == 2
    actions.forget_patrols(now=now + timedelta(days=91))
    assert [row.state for row in job.all_rows()] == ["written"]
