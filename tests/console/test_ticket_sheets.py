"""王芳 brings tickets of another system in by a sheet, and takes tickets out as one; who may not, does not."""

import csv
import io
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from minxin.agencies.actions import add_staff
from minxin.agencies.models import AuditEntry
from minxin.agencies.rules import Role
from minxin.citizens.models import OutsideContact
from minxin.console.tickets import sheets_out
from minxin.core.cells import read_books
from minxin.tickets import actions, ticket_importing
from minxin.tickets.actions.ledger import enter
from minxin.tickets.models import ExchangeRecord, ImportedTicket, Rating, Ticket, TicketImport
from minxin.tickets.rules import ledger
from tests.accounts.sheets import as_csv
from tests.console.conftest import SignIn
from tests.support.city import PASSWORD, SETUP, City

TITLES = ("外部编号", "诉求性质", "标题", "内容", "地点", "投诉人", "联系电话", "时间", "反馈信息",
          "反馈时间", "评价等级")  # fmt: skip
NAME, PHONE = "李雷雷", "13912345678"
LIVE = ("W-1", "投诉", "路灯", "东桥路口的路灯坏了三天，晚上很黑。", "东桥路口", NAME, PHONE,
        "2026-01-05 09:30", "", "", "")  # fmt: skip
HISTORY = ("W-2", "求助", "井盖", "西街口的井盖松动，走路有响声。", "西街口", NAME, PHONE,
           "2026-01-05 09:30", "井盖已于当日更换，请放心通行。", "2026-01-06 10:00", "2")  # fmt: skip
WRONG = ("W-3", "表扬", "好", "民警很热心，感谢。", "", NAME, PHONE, "", "", "", "")
OFFICIAL = (
    "W-4",
    "举报",
    "反映",
    "我要举报某局局长收受贿赂、违纪违法。",
    "",
    NAME,
    "",
    "",
    "",
    "",
    "",
)


@pytest.fixture
def desk(city: City, at_desk: SignIn) -> Client:
    return at_desk(city.wang)


def brought(
    desk: Client,
    city: City,
    *rows: tuple[str, ...],
    coding: str = "gbt39046",
    titles: tuple[str, ...] = TITLES,
) -> str:
    """Uploaded, its columns as they are offered; the page of the comparison."""
    desk.post(
        reverse("console:ticket_import_new"),
        {"file": SimpleUploadedFile("转来.csv", as_csv([titles, *rows])), "agency": city.police.pk},
    )
    job = TicketImport.objects.latest("id")
    address = reverse("console:ticket_import_columns", args=[job.pk])
    answer = desk.get(address)
    form = answer.context["form"]
    offered = {name: form[name].value() or "" for name in form.fields}
    page = desk.post(
        address, {**answer.context["where"], **offered, "level_coding": coding}, follow=True
    )
    return page.content.decode()


def change(desk: Client, what: str) -> str:
    job = TicketImport.objects.latest("id")
    address = reverse("console:ticket_import_change", args=[job.pk])
    return desk.post(address, {"act": what}, follow=True).content.decode()


def found() -> dict[str, str]:
    job = TicketImport.objects.latest("id")
    return dict(ImportedTicket.objects.filter(job=job).values_list("name", "outcome"))


def test_each_row_says_what_it_would_do_and_nothing_is_written(desk: Client, city: City) -> None:
    page = brought(desk, city, LIVE, HISTORY, WRONG, OFFICIAL, LIVE)
    assert found() == {"W-1": "wrong", "W-2": "history", "W-3": "wrong", "W-4": "wrong"}
    assert "与第 2 行的外部编号相同" in page
    assert "诉求性质只能是咨询、求助、投诉、举报、建议" in page
    assert "12388" in page
    assert "收受贿赂" not in page
    assert not Ticket.objects.exists()


def test_who_is_named_stands_in_citizens_alone(desk: Client, city: City) -> None:
    page = brought(desk, city, LIVE, HISTORY)
    job = TicketImport.objects.get()
    where = job.file.path
    kept = Path(where).read_bytes()
    shown = desk.get(reverse("console:ticket_import_columns", args=[job.pk])).content.decode()
    rows = desk.get(reverse("console:ticket_import_rows", args=[job.pk])).content.decode()
    audited = " ".join(str(each.after) for each in AuditEntry.objects.all())
    for text in (page, shown, rows, str(job.sheets), audited):
        assert NAME not in text
        assert PHONE not in text
    assert NAME.encode() not in kept
    assert b"W-1" not in kept
    change(desk, "confirm")
    job.refresh_from_db()
    assert not job.file
    assert not Path(where).exists()
    assert {each.real_name for each in OutsideContact.objects.all()} == {NAME}
    assert NAME not in str([each.fields for each in ExchangeRecord.objects.all()])


def test_confirmed_it_is_filed_and_the_same_sheet_files_nothing_twice(
    desk: Client, city: City
) -> None:
    brought(desk, city, LIVE, HISTORY)
    page = change(desk, "confirm")
    assert "导入完成" in page
    live, history = (Ticket.objects.get(exchange__their_number=number) for number in ("W-1", "W-2"))
    assert (live.status, live.agency) == ("submitted", city.police)
    assert (history.status, history.answer) == ("closed", HISTORY[8])
    assert Rating.objects.get().level == "satisfied"
    page = brought(desk, city, LIVE, HISTORY)
    assert found() == {"W-1": "same", "W-2": "same"}
    assert "表格里的工单都已登记过" in page
    assert "没有需要写入的行" in change(desk, "confirm")
    assert Ticket.objects.count() == 2


def test_levels_are_read_in_the_direction_that_was_chosen(desk: Client, city: City) -> None:
    page = brought(desk, city, HISTORY, coding="")
    assert "请选择等级编码的方向" in page
    brought(desk, city, HISTORY, coding="national")
    change(desk, "confirm")
    assert Rating.objects.get().level == "dissatisfied"  # 2 of 5, where 5 is the best


def test_a_corrected_sheet_puts_history_right_and_leaves_live_ones(
    desk: Client, city: City
) -> None:
    brought(desk, city, LIVE, HISTORY)
    change(desk, "confirm")
    better = (*HISTORY[:8], "井盖已更换为防盗井盖。", HISTORY[9], "1")
    answered = (*LIVE[:8], "已修好。", "2026-01-07 10:00", "")
    page = brought(desk, city, answered, better)
    assert found() == {"W-1": "wrong", "W-2": "changed"}
    assert "更新：反馈信息、评价等级" in page
    assert "在本系统办理" in page
    change(desk, "confirm")
    ticket = Ticket.objects.get(exchange__their_number="W-2")
    assert ticket.answer == "井盖已更换为防盗井盖。"
    assert Rating.objects.get().level == "very_satisfied"
    assert AuditEntry.objects.filter(verb="ticket.told_anew").count() == 1
    moved = (*HISTORY[:9], "2026-01-08 10:00", "2")
    brought(desk, city, moved)
    assert found() == {"W-2": "wrong"}


def test_a_corrected_sheet_of_some_columns_leaves_the_others(desk: Client, city: City) -> None:
    brought(desk, city, HISTORY)
    change(desk, "confirm")
    some = ("外部编号", "诉求性质", "内容", "标题")
    page = brought(desk, city, (*HISTORY[:2], HISTORY[3], "井盖松动"), titles=some)
    assert "更新：标题" in page
    assert "更新：标题、" not in page
    change(desk, "confirm")
    ticket = Ticket.objects.get()
    fields = ticket.exchange.fields
    assert (ticket.place, ticket.answer) == (HISTORY[4], HISTORY[8])
    assert (fields["标题"], fields["地点"], fields["反馈时间"]) == (
        "井盖松动",
        "西街口",
        HISTORY[9],
    )
    assert Rating.objects.get().level == "satisfied"
    brought(desk, city, (*HISTORY[:2], HISTORY[3], "井盖松动"), titles=some)
    assert found() == {"W-2": "same"}


def test_a_corrected_number_is_taken_over_and_a_masked_one_is_not(desk: Client, city: City) -> None:
    brought(desk, city, LIVE, HISTORY)
    change(desk, "confirm")
    for row in (LIVE, HISTORY):
        brought(desk, city, (*row[:5], "李*雷", "139****5678", *row[7:]))
        assert found() == {row[0]: "same"}
        page = brought(desk, city, (*row[:6], "13700001111", *row[7:]))
        assert "更新：联系电话" in page
        assert "13700001111" not in page
        change(desk, "confirm")
        contact = Ticket.objects.get(exchange__their_number=row[0]).exchange.contact
        assert (contact.real_name, contact.phone) == (NAME, "13700001111")
    assert OutsideContact.objects.count() == 2
    assert "13700001111" not in str([each.fields for each in ExchangeRecord.objects.all()])
    OutsideContact.objects.update(real_name=None, phone=None)  # their time is over
    brought(desk, city, LIVE, HISTORY)
    assert found() == {"W-1": "same", "W-2": "same"}


def test_names_of_the_accused_do_not_lie_in_the_sample(desk: Client, city: City) -> None:
    titles = (*TITLES, "被投诉单位/人")
    brought(desk, city, (*LIVE, "韩梅梅"), titles=titles)
    assert "韩梅梅" not in str(TicketImport.objects.get().sheets)


def test_what_nobody_touched_is_taken_back_and_may_come_again(
    desk: Client, city: City, now: datetime
) -> None:
    second = ("W-9", *LIVE[1:3], "南门的路灯也坏了，请尽快修理。", *LIVE[4:])
    brought(desk, city, LIVE, second, HISTORY)
    change(desk, "confirm")
    touched = Ticket.objects.get(exchange__their_number="W-9")
    actions.accept(touched, actor=city.wang, now=timezone.now())
    page = change(desk, "undo")
    assert "已撤销这次导入" in page
    assert Ticket.objects.get(text=LIVE[3]).status == "withdrawn"
    touched.refresh_from_db()
    assert touched.status == "accepted"
    assert "已有人办理" in page
    states = dict(ImportedTicket.objects.values_list("name", "state"))
    assert states == {"W-1": "undone", "W-9": "left", "W-2": "left"}
    brought(desk, city, LIVE, second, HISTORY)
    assert found() == {"W-1": "new", "W-9": "same", "W-2": "same"}
    change(desk, "confirm")
    assert Ticket.objects.filter(text=LIVE[3], status="submitted").count() == 1


def test_a_worker_that_died_files_the_rest_and_nothing_twice(
    desk: Client, city: City, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [(f"W-{n}", *LIVE[1:3], f"第{n}号路灯坏了，晚上看不见路。", *LIVE[4:]) for n in range(8)]
    brought(desk, city, *rows)
    job = TicketImport.objects.get()
    real, calls = ticket_importing.actions.file_rows, []

    def dies(*args: object, **kwargs: object) -> bool:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return bool(real(*args, **kwargs))  # type: ignore[arg-type]

    change(desk, "confirm")  # eight are more than are done at once: a worker's
    job.refresh_from_db()
    assert job.status == "waiting"
    monkeypatch.setattr(ticket_importing.actions, "file_rows", dies)
    with pytest.raises(KeyboardInterrupt):
        ticket_importing.work(job.pk)
    assert Ticket.objects.count() == 3
    monkeypatch.undo()
    later = timezone.now() + timedelta(minutes=2)
    assert ticket_importing.wake_stalled(now=later) == 1
    ticket_importing.work(job.pk, clock=lambda: later)
    job.refresh_from_db()
    assert (job.status, Ticket.objects.count()) == ("done", 8)


def test_what_is_wrong_can_be_taken_away_as_a_sheet(desk: Client, city: City) -> None:
    brought(desk, city, WRONG)
    job = TicketImport.objects.get()
    address = reverse("console:ticket_import_rows", args=[job.pk])
    sheet = desk.get(address, {"outcome": "wrong", "export": "csv"}).getvalue().decode()
    assert "W-3" in sheet
    assert "诉求性质只能是" in sheet
    assert NAME not in sheet


def test_only_who_files_tickets_brings_them_in(city: City, at_desk: SignIn, desk: Client) -> None:
    brought(desk, city, LIVE)
    job = TicketImport.objects.get()
    for who in (city.zhao, city.administrator, city.operator, city.outsider):
        client = at_desk(who)
        assert client.get(reverse("console:ticket_import", args=[job.pk])).status_code == 404
        answer = client.post(
            reverse("console:ticket_import_change", args=[job.pk]), {"act": "confirm"}
        )
        assert answer.status_code == 404
    assert not Ticket.objects.exists()


# Out ------------------------------------------------------------------------------------------


def out(client: Client, **more: object) -> dict[str, list[list[str]]]:
    given = {"table": "complaint", "since": "2026-01-01", "until": str(timezone.localdate()),
             "coding": "gbt39046", "shape": "csv", **more}  # fmt: skip
    answer = client.post(reverse("console:ticket_exchange"), given)
    assert answer.status_code == 200, answer.content.decode()
    content = answer.getvalue()
    if given["shape"] == "xlsx":
        return {"rows": [list(map(str, row)) for row in read_books(content, most_rows=99)[0].rows]}
    return {"rows": list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))}


def test_out_comes_what_went_in_masked(desk: Client, city: City) -> None:
    brought(desk, city, LIVE, HISTORY)
    change(desk, "confirm")
    for shape in ("csv", "xlsx"):
        titles, *rows = out(desk, shape=shape)["rows"]
        assert titles[:4] == ["标题", "投诉人", "被投诉单位/人", "内容"]
        (history,) = [dict(zip(titles, row, strict=False)) for row in rows if "W-2" in row]
        assert (history["评价等级"], history["反馈信息"]) == ("2", HISTORY[8])
        assert history["投诉人"] != NAME
        assert PHONE not in str(rows)
    titles, *rows = out(desk, coding="national")["rows"]
    assert [row[titles.index("评价等级")] for row in rows if "W-2" in row] == ["4"]
    assert not AuditEntry.objects.filter(verb="citizen.revealed").exists()
    assert AuditEntry.objects.filter(verb="ticket.sheet_taken_out").count() == 3


def test_with_names_only_for_a_reason_and_each_is_audited(desk: Client, city: City) -> None:
    brought(desk, city, LIVE, HISTORY)
    change(desk, "confirm")
    address = reverse("console:ticket_exchange")
    given = {"table": "complaint", "since": "2026-01-01", "until": str(timezone.localdate()),
             "coding": "gbt39046", "shape": "csv", "contact": "on"}  # fmt: skip
    refused = desk.post(address, given)
    assert refused.status_code == 422
    assert "请填写带个人信息的理由" in refused.content.decode()
    titles, *rows = out(desk, contact="on", reason="报12345中心，云信办函5号")["rows"]
    assert {row[titles.index("投诉人")] for row in rows} == {NAME}
    told = AuditEntry.objects.filter(verb="citizen.revealed")
    assert told.count() == 2
    assert all("云信办函5号" in each.reason for each in told)


def test_words_without_a_name_are_audited_too(desk: Client, city: City) -> None:
    said = f"请打{PHONE}找我，路灯坏了。"
    brought(desk, city, (*LIVE[:3], said, LIVE[4], "", "", *LIVE[7:]), HISTORY)
    change(desk, "confirm")
    Ticket.objects.filter(exchange__their_number="W-2").update(is_anonymous=True)
    titles, *rows = out(desk, contact="on", reason="报12345中心")["rows"]
    assert said in {row[titles.index("内容")] for row in rows}
    told = AuditEntry.objects.filter(verb="ticket.read_in_full")
    assert {each.subject_id for each in told} == {str(each.pk) for each in Ticket.objects.all()}
    assert not AuditEntry.objects.filter(verb="citizen.revealed").exists()
    enter(
        Ticket.objects.first(), ledger.Kind.REMINDER, actor=SETUP, now=timezone.now(), reason=said
    )
    assert PHONE not in str(out(desk, table="supervision"))
    assert told.all().count() == 2
    assert said in str(out(desk, table="supervision", contact="on", reason="报12345中心"))
    assert told.all().count() == 3


def test_no_read_is_open_while_the_audit_is_written(
    desk: Client, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought(desk, city, *[(f"W-{n}", *HISTORY[1:]) for n in range(5)])
    change(desk, "confirm")
    ticket_importing.work(TicketImport.objects.get().pk)
    monkeypatch.setattr(sheets_out, "FETCHED", 2)

    def never(self: object, chunk_size: int | None = None) -> None:
        raise AssertionError

    monkeypatch.setattr("django.db.models.query.QuerySet.iterator", never)
    titles, *rows = out(desk, contact="on", reason="报12345中心")["rows"]
    assert [row[titles.index("外部编号")] for row in rows] == [f"W-{n}" for n in range(5)]


def test_who_may_not_reveal_gets_no_names_whatever_she_sends(
    desk: Client, city: City, at_desk: SignIn
) -> None:
    brought(desk, city, LIVE)
    change(desk, "confirm")
    assert NAME not in str(out(at_desk(city.zhao), contact="on", reason="想看看"))
    nothing = at_desk(city.outsider).post(
        reverse("console:ticket_exchange"),
        {"table": "complaint", "since": "2026-01-01", "until": str(timezone.localdate()),
         "coding": "gbt39046", "shape": "csv"},
    )  # fmt: skip
    assert nothing.status_code == 422
    assert "没有符合条件的内容" in nothing.content.decode()
    assert at_desk(city.administrator).get(reverse("console:ticket_exchange")).status_code == 404


def test_what_was_urged_goes_out_as_table_11(
    desk: Client, city: City, at_desk: SignIn, now: datetime
) -> None:
    brought(desk, city, LIVE)
    change(desk, "confirm")
    watcher = add_staff(
        username="huangwei", name="黄伟", agency=city.root, role=Role.SUPERVISOR, password=PASSWORD,
        must_change_password=False, actor=SETUP, now=now,
    )  # fmt: skip
    ticket = Ticket.objects.get()
    enter(ticket, ledger.Kind.REMINDER, actor=SETUP, now=timezone.now(), reason="请尽快办理")
    titles, row = out(at_desk(watcher), table="supervision")["rows"]
    told = dict(zip(titles, row, strict=True))
    assert (told["办件编号"], told["督办内容"]) == (ticket.number, "请尽快办理")
