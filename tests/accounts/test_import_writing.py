"""A compared sheet is written in short steps, can be stopped and gone on with, and taken back whole."""

from datetime import datetime, timedelta

import pytest

from minxin.accounts import actions
from minxin.accounts.actions import FilingDraft
from minxin.accounts.models import Account, Filing, ImportedRow, RegisterImport
from minxin.accounts.tasks.importing import wake_stalled, work
from minxin.agencies.models import AuditEntry
from minxin.core.errors import NotFound, Refused
from minxin.core.jobs import ClaimLost
from minxin.supervision.actions import keep_evidence
from tests.accounts.sheets import TITLES, as_csv, compared, counts, matched, uploaded, written
from tests.support.city import SETUP, City

pytestmark = pytest.mark.django_db
SHEET = [
    TITLES,
    ["云溪公安", "微信", "服务号", "", "云备-1", "2027-03-01", "林青"],
    ["云溪警方", "微博", "", "", "云备-2", "", "周航"],
    ["东桥派出所", "视频号", "", "东桥派出所", "", "", ""],
]


def _values() -> list[tuple[object, ...]]:
    accounts = Account.objects.order_by("pk").values_list(
        "agency__name", "name", "platform", "kind", "region_code", "status"
    )
    filings = Filing.objects.order_by("pk").values_list("number", "certified_until", "responsible")
    return [*accounts, *filings]


def _states(job: RegisterImport) -> dict[int, str]:
    return dict(ImportedRow.objects.filter(job=job).values_list("row", "state"))


@pytest.fixture
def job(city: City, now: datetime) -> RegisterImport:
    return compared(SHEET, agency=city.police, actor=city.operator, now=now)


def test_it_is_written_once_with_one_entry_for_the_whole(
    city: City, job: RegisterImport, now: datetime
) -> None:
    revision = city.account.revision
    before = AuditEntry.objects.count()
    written(job, now=now)
    assert job.status == "done"
    assert not job.file
    work(job.pk, clock=lambda: now)
    new = Account.objects.get(platform="weibo")
    assert (new.name, new.agency, new.region_code) == ("云溪警方", city.police, "990100")
    assert (new.filing.number, new.filing.responsible) == ("云备-2", "周航")
    changed = Account.objects.get(pk=city.account.pk)
    assert changed.filing.certified_until is not None
    assert changed.filing.certified_until.isoformat() == "2027-03-01"
    assert changed.revision == revision + 1  # every gateway reads it again
    verbs = [each.verb for each in AuditEntry.objects.order_by("id")][before:]
    assert verbs == ["import.confirmed", "import.ended"]
    # The same sheet again says nothing new.
    again = compared(SHEET, agency=city.police, actor=city.operator, now=now)
    assert counts(again) == {"same": 3}
    with pytest.raises(Refused, match="没有需要写入"):
        actions.confirm_sheet(again, actor=city.operator, now=now)


def test_what_was_changed_meanwhile_is_not_overwritten(
    city: City, job: RegisterImport, now: datetime
) -> None:
    actions.keep_filing(city.account, FilingDraft(responsible="王芳"), actor=SETUP, now=now)
    actions.register(agency=city.police, name="云溪警方", platform="weibo", actor=SETUP, now=now)
    written(job, now=now)
    assert _states(job) == {2: "kept", 3: "kept", 4: "written"}
    assert Filing.objects.get(pk=city.account.pk).responsible == "王芳"
    notes = ImportedRow.objects.filter(job=job, state="kept").values_list("note", flat=True)
    assert all("请重新导入" in note for note in notes)


def test_it_is_taken_back_as_it_was(city: City, job: RegisterImport, now: datetime) -> None:
    actions.keep_filing(
        city.account, FilingDraft(number="云备-1", responsible="周航"), actor=SETUP, now=now
    )
    job = compared(SHEET, agency=city.police, actor=city.operator, now=now)
    before = _values()
    written(job, now=now)
    assert _values() != before
    actions.undo_sheet(job, actor=city.operator, now=now)
    work(job.pk, clock=lambda: now)
    job.refresh_from_db()
    assert job.status == "undone"
    assert _values() == before
    assert set(_states(job).values()) == {"undone"}
    with pytest.raises(Refused, match="不能撤销"):
        actions.undo_sheet(job, actor=city.operator, now=now)


def test_what_somebody_changed_or_used_since_stays_and_is_told(
    city: City, job: RegisterImport, now: datetime
) -> None:
    written(job, now=now)
    actions.keep_filing(city.account, FilingDraft(responsible="王芳"), actor=SETUP, now=now)
    weibo = Account.objects.get(platform="weibo")
    picture = ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(9))
    keep_evidence(weibo, file=picture, seen_at=now, actor=city.operator, now=now)
    actions.undo_sheet(job, actor=city.operator, now=now)
    work(job.pk, clock=lambda: now)
    assert _states(job) == {2: "left", 3: "left", 4: "undone"}
    notes = dict(ImportedRow.objects.filter(job=job).values_list("row", "note"))
    assert "责任人" in notes[2]
    assert "有人改过" in notes[2]
    assert "没有删除" in notes[3]
    assert Filing.objects.get(pk=city.account.pk).responsible == "王芳"
    assert Account.objects.filter(pk=weibo.pk).exists()
    assert not Account.objects.filter(name="东桥派出所").exists()


def test_a_new_account_that_was_described_since_stays(
    city: City, job: RegisterImport, now: datetime
) -> None:
    written(job, now=now)
    station = Account.objects.get(name="东桥派出所")
    actions.keep_filing(station, FilingDraft(leader="赵明"), actor=SETUP, now=now)
    actions.undo_sheet(job, actor=city.operator, now=now)
    work(job.pk, clock=lambda: now)
    assert _states(job) == {2: "undone", 3: "undone", 4: "left"}
    assert Filing.objects.get(pk=station.pk).leader == "赵明"


def test_a_renamed_account_needs_a_person(city: City, now: datetime) -> None:
    actions.keep_filing(city.account, FilingDraft(number="云备-1"), actor=SETUP, now=now)
    sheet = [TITLES, ["云溪警务", "微信", "", "", "云备-1"], ["新号", "微博"]]
    job = compared(sheet, agency=city.police, actor=city.operator, now=now)
    written(job, now=now)
    assert Account.objects.get(pk=city.account.pk).name == "云溪公安"
    job = compared(sheet, agency=city.police, actor=city.operator, now=now)
    (row,) = ImportedRow.objects.filter(job=job, outcome="conflict")
    actions.accept_row(row, actor=city.operator, now=now)
    with pytest.raises(Refused):
        actions.accept_row(row, actor=city.operator, now=now)
    written(job, now=now)
    assert Account.objects.get(pk=city.account.pk).name == "云溪警务"


def _long(city: City, now: datetime) -> RegisterImport:
    rows = [["名称", "平台"], *([f"分局{number}号", "微博"] for number in range(60))]
    return compared(rows, agency=city.police, actor=city.operator, now=now)


def _stopped(city: City, now: datetime) -> RegisterImport:
    """Written as far as two steps, then stopped."""
    job = _long(city, now)
    actions.confirm_sheet(job, actor=city.operator, now=now)
    hold = actions.claim_sheet(RegisterImport, job.pk, token="a", now=now)
    assert hold is not None
    for step in (0, 1):
        rows = list(job.writable().filter(state="pending").order_by("id")[:25])
        if step:
            actions.stop_sheet(job, actor=city.operator, now=now)
        goes_on = actions.advance_register_import(hold, rows, token="a", now=now)
        assert goes_on is not bool(step)
    actions.end_sheet(hold, "stopped", token="a", now=now)
    job.refresh_from_db()
    return job


def test_a_stopped_one_goes_on_without_repeating(city: City, now: datetime) -> None:
    job = _stopped(city, now)
    assert Account.objects.filter(platform="weibo").count() == 50
    actions.resume_sheet(job, actor=city.operator, now=now)
    work(job.pk, clock=lambda: now)
    job.refresh_from_db()
    assert (job.status, Account.objects.filter(platform="weibo").count()) == ("done", 60)


def test_a_stopped_one_can_be_taken_back(city: City, now: datetime) -> None:
    job = _stopped(city, now)
    actions.undo_sheet(job, actor=city.operator, now=now)
    work(job.pk, clock=lambda: now)
    assert not Account.objects.filter(platform="weibo").exists()


def test_whose_worker_died_is_taken_over_and_the_dead_one_writes_nothing(
    city: City, now: datetime
) -> None:
    job = _long(city, now)
    actions.confirm_sheet(job, actor=city.operator, now=now)
    dead = actions.claim_sheet(RegisterImport, job.pk, token="dead", now=now)
    assert dead is not None
    rows = list(job.writable().order_by("id")[:25])
    actions.advance_register_import(dead, rows, token="dead", now=now)
    assert actions.claim_sheet(RegisterImport, job.pk, token="b", now=now) is None
    later = now + timedelta(minutes=2)
    assert wake_stalled(now=later) == 1
    work(job.pk, clock=lambda: later)
    assert Account.objects.filter(platform="weibo").count() == 60
    with pytest.raises(ClaimLost):
        actions.advance_register_import(dead, rows, token="dead", now=later)


def test_who_lost_the_right_writes_nothing(city: City, job: RegisterImport, now: datetime) -> None:
    actions.confirm_sheet(job, actor=city.operator, now=now)
    city.operator.memberships.all().delete()
    work(job.pk, clock=lambda: now)
    job.refresh_from_db()
    assert job.status == "failed"
    assert "权限" in job.note
    assert Account.objects.count() == 1


def test_only_who_uploaded_it_with_a_right_there(
    city: City, job: RegisterImport, now: datetime
) -> None:
    with pytest.raises(NotFound):
        actions.confirm_sheet(job, actor=city.outsider, now=now)
    with pytest.raises(NotFound):
        uploaded(as_csv(SHEET), agency=city.water, actor=city.operator, now=now)
    assert Account.objects.count() == 1


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        (["platform", "", ""], "哪一列是账号名称"),
        (["name", "keeper", "keeper"], "“管理员”对应了两列"),
        (["name", "secret", ""], "没有“secret”"),
    ],
)
def test_a_bad_match_is_refused(city: City, now: datetime, columns: list[str], says: str) -> None:
    job = uploaded(as_csv([["甲", "乙", "丙"]]), agency=city.police, actor=city.operator, now=now)
    with pytest.raises(Refused, match=says):
        actions.match_columns(
            job, sheet=0, header_row=1, header_rows=1, titles=["甲", "乙", "丙"], columns=columns,
            key="k", actor=city.operator, now=now,
        )  # fmt: skip
    job.refresh_from_db()
    assert job.status == "mapping"


def test_too_many_rows_and_an_empty_sheet_say_so(city: City, now: datetime) -> None:
    with pytest.raises(Refused, match="空的"):
        uploaded(b"", agency=city.police, actor=city.operator, now=now)
    job = uploaded(
        as_csv([["名称"], *([str(number)] for number in range(20_001))]),
        agency=city.police, actor=city.operator, now=now,
    )  # fmt: skip
    matched(job, now=now)
    assert job.status == "failed"
    assert "2 万行" in job.note


def test_old_sheets_and_what_an_undo_needs_are_forgotten(
    city: City, job: RegisterImport, now: datetime
) -> None:
    assert actions.forget_register_imports(now=now + timedelta(days=6)) == 0
    assert actions.forget_register_imports(now=now + timedelta(days=8)) == 1
    assert ImportedRow.objects.filter(job=job).exists()
    actions.forget_register_imports(now=now + timedelta(days=91))
    assert not ImportedRow.objects.filter(job=job).exists()
