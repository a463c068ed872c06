"""何涛 brings the sheet he has: merged titles, two sheets, days as numbers; sees what it would change,
writes it, takes it back; and what the console exported comes in without a difference."""

import io
from datetime import date, datetime

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from minxin.accounts import actions
from minxin.accounts.actions import FilingDraft
from minxin.accounts.models import Account, ImportedRow, RegisterImport
from minxin.accounts.tasks.importing import work
from minxin.agencies import actions as agencies
from minxin.agencies.models import Agency, AuditEntry
from minxin.agencies.rules import Role
from minxin.core.uploads import read_upload
from minxin.supervision.tasks import evaluate_new
from tests.console.conftest import SignIn
from tests.supervision.conftest import add
from tests.support.city import SETUP, City


def office_book() -> bytes:
    """What an office keeps: a page of instructions, a line across, titles over two rows, merged hosts."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as made:
        made.add_worksheet("填表说明").write(0, 0, "请如实填写")
        sheet = made.add_worksheet("台账")
        sheet.merge_range(0, 0, 0, 6, "政务新媒体账号台账")
        for at, title in enumerate(("序号", "账号名称", "平台类型", "主办单位", "是否认证")):
            sheet.merge_range(1, at, 2, at, title)
        sheet.merge_range(1, 5, 1, 6, "人员")
        sheet.write_row(2, 5, ["责任人", "管理员"])
        sheet.write(1, 7, "认证到期")
        sheet.write(2, 7, "认证到期")
        sheet.write_row(3, 0, [1, "云溪公安", "服务号", "", "√", "林青", "周航"])
        sheet.write_row(4, 0, [2, "云溪警方", "新浪微博", "", "否", "", "", "２０２７年３月１日"])
        sheet.merge_range(3, 3, 4, 3, "云溪市公安局")
        sheet.write(3, 7, 46447)
        sheet.write_row(5, 0, [3, "夜巡", "火星台", "云溪市水务局", "也许"])
    return content.getvalue()


def upload(
    desk: Client,
    city: City,
    content: bytes,
    name: str = "台账.xlsx",
    agency: Agency | None = None,
) -> RegisterImport:
    answer = desk.post(
        reverse("console:register_import_new"),
        {"file": SimpleUploadedFile(name, content), "agency": (agency or city.police).pk},
    )
    job = RegisterImport.objects.latest("id")
    assert answer["Location"] == reverse("console:register_import_columns", args=[job.pk])
    return job


def chosen(desk: Client, job: RegisterImport, **query: object) -> dict[str, object]:
    """What the page of the columns offers, as its form would send it."""
    answer = desk.get(reverse("console:register_import_columns", args=[job.pk]), query)
    form, where = answer.context["form"], answer.context["where"]
    return {**where, **{name: form[name].value() for name in form.fields}}


def compare(desk: Client, job: RegisterImport, **query: object) -> str:
    address = reverse("console:register_import_columns", args=[job.pk])
    answer = desk.post(address, chosen(desk, job, **query), follow=True)
    job.refresh_from_db()
    return answer.content.decode()


def change(desk: Client, job: RegisterImport, what: str) -> str:
    address = reverse("console:register_import_change", args=[job.pk])
    answer = desk.post(address, {"act": what}, follow=True)
    job.refresh_from_db()
    return answer.content.decode()


def test_from_the_office_sheet_to_the_register_and_back(at_desk: SignIn, city: City) -> None:
    desk = at_desk(city.operator)
    job = upload(desk, city, office_book())
    offered = chosen(desk, job)
    assert (offered["sheet"], offered["header_row"], offered["header_rows"]) == (1, 3, 1)
    fields = [offered[f"column_{at}"] for at in range(8)]
    assert fields == ["", "name", "platform", "agency", "is_verified", "responsible", "keeper",
                      "certified_until"]  # fmt: skip
    page = compare(desk, job)
    assert job.status == "checked"
    for words in ("2 行可以写入", "林青", "2027-03-01", "看不懂，可以写", "只能写“是”或“否”"):
        assert words in page, words
    assert Account.objects.count() == 1
    page = change(desk, job, "confirm")
    assert "导入完成" in page
    assert Account.objects.get(platform="weibo").filing.certified_until == date(2027, 3, 1)
    assert city.account.filing.responsible == "林青"
    page = change(desk, job, "undo")
    assert "已撤销这次导入" in page
    assert Account.objects.count() == 1
    assert AuditEntry.objects.filter(verb="account.registered").count() == 1  # the city's own


def test_the_same_titles_are_remembered_for_the_agency(at_desk: SignIn, city: City) -> None:
    desk = at_desk(city.operator)
    content = "甲,乙,丙\n云溪警方,微博,周航\n".encode()
    job = upload(desk, city, content, "a.csv")
    answers = {"sheet": 0, "header_row": 1, "header_rows": 1, "column_0": "name", "column_1": "platform",
               "column_2": "keeper"}  # fmt: skip
    desk.post(reverse("console:register_import_columns", args=[job.pk]), answers)
    again = upload(desk, city, "丙,甲,乙\n林青,云溪警方,微博\n".encode(), "b.csv")
    page = desk.get(reverse("console:register_import_columns", args=[again.pk])).content.decode()
    assert "已按上次的选择对应好" in page
    offered = chosen(desk, again)
    assert [offered[f"column_{at}"] for at in range(3)] == ["keeper", "name", "platform"]


def test_what_was_exported_comes_in_without_a_difference(
    at_desk: SignIn, city: City, now: datetime
) -> None:
    actions.keep_filing(
        city.account,
        FilingDraft(
            number="=1+1", platform_number="-yunxi", url="https://a.example/?a=1", holder="+云溪",
            certified_until=date(2027, 3, 1), leader="@赵明", opened_on=date(2020, 5, 4),
        ),
        actor=SETUP, now=now,
    )  # fmt: skip
    for at, platform in enumerate(("weibo", "mini_program", "xiaohongshu", "app", "other")):
        actions.register(
            agency=city.station if at % 2 else city.police, name=f"云溪 {at}", platform=platform,
            is_verified=bool(at % 2), principal="other", positioning="信息公开、政策解读", level="county",
            affiliation="institution", status="suspended", actor=SETUP, now=now,
        )  # fmt: skip
    closed = actions.register(agency=city.police, name="旧号", platform="qie", actor=SETUP, now=now)
    actions.close(closed, reason="并入", actor=SETUP, now=now)
    desk = at_desk(city.operator)
    for shape in ("xlsx", "csv"):
        answer = desk.get(reverse("console:accounts"), {"export": shape})
        content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
        job = upload(desk, city, content, f"a.{shape}")
        page = compare(desk, job)
        assert "表格与台账一致" in page
        assert (job.found_same, job.found_new, job.found_changed) == (7, 0, 0)
        assert (job.found_conflicts, job.found_wrong, job.found_missing) == (0, 0, 0)


def test_an_export_in_english_comes_in_too(at_desk: SignIn, city: City, now: datetime) -> None:
    desk = at_desk(city.operator)
    answer = desk.get(
        reverse("console:accounts"), {"export": "csv"}, headers={"Accept-Language": "en"}
    )
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert "Host" in content.decode()
    job = upload(desk, city, content, "a.csv")
    compare(desk, job)
    assert not job.faults.exists(), list(job.faults.values_list("column", "value", "message"))
    assert job.found_same == 1


def test_problems_can_be_taken_away_as_a_sheet(at_desk: SignIn, city: City) -> None:
    desk = at_desk(city.operator)
    content = '名称,平台,链接\n=HYPERLINK("x"),微博,weibo.example\n'.encode()
    job = upload(desk, city, content, "a.csv")
    compare(desk, job)
    answer = desk.get(reverse("console:register_import_errors", args=[job.pk]), {"export": "xlsx"})
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    (sheet,) = read_upload("a.xlsx", content, most_rows=9)
    assert sheet.rows[1][:3] == ["2", "链接", "weibo.example"]
    answer = desk.get(reverse("console:register_import_rows", args=[job.pk]), {"export": "csv"})
    rows = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert "'=HYPERLINK" in rows


def test_a_formula_stays_a_text_on_its_way_in_and_out(at_desk: SignIn, city: City) -> None:
    desk = at_desk(city.operator)
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["名称", "平台", "责任人"])
        sheet.write_formula(1, 0, '="云溪"&"警方"', value="云溪警方")
        sheet.write_row(1, 1, ["微博"])
        sheet.write_string(1, 2, '=cmd|" /C calc"!A0')
    job = upload(desk, city, content.getvalue())
    compare(desk, job)
    change(desk, job, "confirm")
    account = Account.objects.get(platform="weibo")
    assert (account.name, account.filing.responsible) == ("云溪警方", '=cmd|" /C calc"!A0')
    answer = desk.get(reverse("console:accounts"), {"export": "csv"})
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert "'=cmd" in text


def test_a_renamed_account_is_accepted_in_the_list(
    at_desk: SignIn, city: City, now: datetime
) -> None:
    actions.keep_filing(city.account, FilingDraft(number="云备-1"), actor=SETUP, now=now)
    desk = at_desk(city.operator)
    job = upload(desk, city, "名称,平台,备案号\n云溪警务,服务号,云备-1\n".encode(), "a.csv")
    page = compare(desk, job)
    assert "可能是更名或移交" in page
    row = ImportedRow.objects.get(job=job)
    rows = reverse("console:register_import_rows", args=[job.pk])
    page = desk.post(rows, {"act": "accept", "picked": row.pk}).content.decode()
    assert "1 个账号按表格更名或移交" in page
    desk.post(rows, {"act": "accept", "picked": row.pk, "confirmed": "1"})
    change(desk, job, "confirm")
    city.account.refresh_from_db()
    assert city.account.name == "云溪警务"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.xlsx", b"no book", "打不开"),
        ("a.csv", b"", "空的"),
        ("a.csv", b"\n\n", "空的"),
        ("a.csv", b"\xff\xfe\x00\xd8", "编码"),
    ],
)
def test_what_is_no_register_is_refused_in_words(
    at_desk: SignIn, city: City, name: str, content: bytes, says: str
) -> None:
    desk = at_desk(city.operator)
    answer = desk.post(
        reverse("console:register_import_new"),
        {"file": SimpleUploadedFile(name, content), "agency": city.police.pk},
    )
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not RegisterImport.objects.exists()


def test_a_wrong_place_for_the_titles_is_told_and_nothing_chosen_is_lost(
    at_desk: SignIn, city: City
) -> None:
    desk = at_desk(city.operator)
    job = upload(desk, city, office_book())
    address = reverse("console:register_import_columns", args=[job.pk])
    page = desk.get(address, {"sheet": 1, "header_row": 1, "header_rows": 3}).content.decode()
    assert "不能比所在的行还多" in page
    page = desk.get(address, {"sheet": 0, "header_row": 30, "header_rows": 1}).content.decode()
    assert "这里没有内容" in page
    sent = {"sheet": 1, "header_row": 3, "header_rows": 2, "column_1": "keeper",
            "column_2": "keeper", "default_platform": "weibo"}  # fmt: skip
    answer = desk.post(address, sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "“管理员”对应了两列" in page
    assert '<option value="weibo" selected' in page


def test_others_do_not_see_it_and_a_reader_does_not_import(
    at_desk: SignIn, city: City, now: datetime
) -> None:
    job = upload(at_desk(city.operator), city, "名称\n甲\n".encode(), "a.csv")
    reader = at_desk(city.administrator)  # reads accounts, keeps none
    assert reader.get(reverse("console:register_import_new")).status_code == 404
    assert reader.get(reverse("console:register_import", args=[job.pk])).status_code == 404
    assert "导入台账" not in reader.get(reverse("console:accounts")).content.decode()


def test_a_long_sheet_waits_for_the_worker_and_can_be_stopped(at_desk: SignIn, city: City) -> None:
    desk = at_desk(city.operator)
    lines = "".join(f"云溪第{at}号,微博,{'长' * 100}\n" for at in range(300))
    job = upload(desk, city, f"名称,平台,功能定位\n{lines}".encode(), "a.csv")
    page = compare(desk, job)
    assert job.status == "checking"
    assert "正在与台账比对" in page
    assert "hx-get" in page
    change(desk, job, "stop")
    assert job.status == "mapping"
    compare(desk, job)
    work(job.pk)
    page = change(desk, job, "confirm")
    assert job.status == "waiting"
    change(desk, job, "stop")
    assert job.status == "stopped"
    change(desk, job, "resume")
    work(job.pk)
    job.refresh_from_db()
    assert job.status == "done"
    assert Account.objects.filter(platform="weibo").count() == 300


def test_a_file_that_is_gone_is_told(at_desk: SignIn, city: City) -> None:
    desk = at_desk(city.operator)
    job = upload(desk, city, "名称,平台\n甲,微博\n".encode(), "a.csv")
    job.file.storage.delete(job.file.name)
    page = compare(desk, job)
    assert "上传的文件已不在" in page
    assert job.status == "failed"


def test_a_supervisor_brings_in_the_register_of_her_own_tree(
    at_desk: SignIn, city: City, now: datetime
) -> None:
    lead = add("huangwei", "黄薇", Role.SUPERVISOR, city.root, now)
    desk = at_desk(lead)
    rows = "名称,平台,主办单位\n云溪警方,微博,云溪市公安局\n云溪水务,微博,云溪市水务局\n"
    job = upload(desk, city, rows.encode(), "a.csv", agency=city.root)
    compare(desk, job)
    assert (job.found_new, job.found_wrong, job.found_conflicts) == (2, 0, 0)
    change(desk, job, "confirm")
    assert set(Account.objects.filter(platform="weibo").values_list("agency", flat=True)) == {
        city.police.pk, city.water.pk,
    }  # fmt: skip
    page = desk.get(reverse("console:accounts")).content.decode()
    assert reverse("console:register_import_new") in page
    assert reverse("console:account_new") not in page  # one by one the operators keep them
    assert desk.get(reverse("console:account_new")).status_code == 404
    assert evaluate_new(now=now) == 3
    shown = desk.get(reverse("console:supervision")).content.decode()
    assert "云溪警方" in shown
    assert evaluate_new(now=now) == 0
    change(desk, job, "undo")
    assert not Account.objects.filter(platform="weibo").exists()


def test_a_countys_supervisor_touches_nothing_of_another(
    at_desk: SignIn, city: City, now: datetime
) -> None:
    theirs = actions.register(
        agency=city.police, name="云溪警方", platform="weibo", original_id="gh_0123456789ab",
        actor=SETUP, now=now,
    )  # fmt: skip
    actions.keep_filing(theirs, FilingDraft(number="云备-9"), actor=SETUP, now=now)
    before = Account.objects.order_by("pk").values_list()
    kept = list(before)
    desk = at_desk(add("sunlan", "孙兰", Role.SUPERVISOR, city.water, now))
    offered = desk.get(reverse("console:register_import_new")).context["form"].fields["agency"]
    assert list(offered.queryset) == [city.water]
    answer = desk.post(
        reverse("console:register_import_new"),
        {"file": SimpleUploadedFile("a.csv", b"a"), "agency": city.police.pk},
    )
    assert answer.status_code == 422
    rows = [
        "名称,平台,类型,主办单位,AppID,备案号",
        "别的警方,微博,,云溪市公安局,,",
        "云溪公安,微信,服务号,云溪市水务局,wx0123456789abcdef,",
        "云溪警方,微博,,云溪市公安局,,云备-9",
        "云溪水务,微博,,云溪市水务局,,",
    ]
    job = upload(desk, city, "\n".join(rows).encode(), "a.csv", agency=city.water)
    page = compare(desk, job)
    assert "没有这个主办单位，或者您不能为它登记账号" in page
    assert "这个AppID已登记在另一个账号名下" in page
    outcomes = dict(job.rows.values_list("row", "outcome"))
    assert outcomes == {2: "conflict", 3: "conflict", 4: "conflict", 5: "new"}
    assert not job.rows.filter(is_acceptable=True).exists()
    change(desk, job, "confirm")
    assert Account.objects.get(name="云溪水务").agency == city.water
    assert list(Account.objects.exclude(name="云溪水务").order_by("pk").values_list()) == kept


def test_who_supervises_no_more_has_nothing_written(
    at_desk: SignIn, city: City, now: datetime
) -> None:
    lead = add("huangwei", "黄薇", Role.SUPERVISOR, city.root, now)
    desk = at_desk(lead)
    job = upload(desk, city, "名称,平台\n云溪警方,微博\n".encode(), "a.csv", agency=city.root)
    compare(desk, job)
    actions.confirm_sheet(job, actor=lead, now=now)
    for membership in lead.memberships.all():
        agencies.withdraw_role(membership, actor=SETUP, now=now)
    work(job.pk)
    job.refresh_from_db()
    assert job.status == "failed"
    assert "没有导入的权限" in job.note
    assert not Account.objects.filter(platform="weibo").exists()
