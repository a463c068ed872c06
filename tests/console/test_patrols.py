"""黄薇 takes the template, brings back what the patrol filled in, sees what it says, writes it, undoes it."""

import io
from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from minxin.accounts import actions as accounts
from minxin.accounts.models import ColumnMemory
from minxin.agencies.models import Staff
from minxin.agencies.rules import Role
from minxin.core.cells import read_books
from minxin.supervision.models import PatrolImport, Trace
from tests.accounts.sheets import as_csv
from tests.console.conftest import SignIn
from tests.supervision.conftest import add, looked, posted
from tests.supervision.patrol_sheet import TITLES
from tests.support.city import SETUP, City


@pytest.fixture
def supervisor(city: City, now: datetime) -> Staff:
    return add("huangwei", "黄薇", Role.SUPERVISOR, city.root, now)


def upload(desk: Client, city: City, content: bytes, name: str = "巡查.csv") -> PatrolImport:
    answer = desk.post(
        reverse("console:patrol_import_new"),
        {"file": SimpleUploadedFile(name, content), "agency": city.root.pk},
    )
    job = PatrolImport.objects.latest("id")
    assert answer["Location"] == reverse("console:patrol_import_columns", args=[job.pk])
    return job


def compared(desk: Client, job: PatrolImport, **said: str) -> str:
    """Sent as the page of the columns offers it."""
    address = reverse("console:patrol_import_columns", args=[job.pk])
    answer = desk.get(address)
    form, where = answer.context["form"], answer.context["where"]
    offered = {name: form[name].value() or "" for name in form.fields}
    page = desk.post(address, {**where, **offered, **said}, follow=True)
    return page.content.decode()


def change(desk: Client, job: PatrolImport, what: str) -> str:
    address = reverse("console:patrol_import_change", args=[job.pk])
    return desk.post(address, {"act": what}, follow=True).content.decode()


def test_from_the_sheet_to_the_list_and_back(
    at_desk: SignIn, supervisor: Staff, city: City, now: datetime
) -> None:
    accounts.register(agency=city.water, name="云溪水务", platform="weibo", actor=SETUP, now=now)
    posted(city.account, 30, now=now)
    looked(city.account, 40, now=now)
    desk = at_desk(supervisor)
    day = (now - timedelta(days=5)).date()
    rows = [
        ["云溪水务", "微博", day, "停水通知", "https://weibo.example/1", now.date(), "林青"],
        ["云溪公安", "微信", day, "夜巡", "", now.date(), "林青"],
        ["没有的号", "微博", "上周", "", "", now.date(), "林青"],
    ]
    page = compared(desk, upload(desk, city, as_csv([TITLES, *rows])))
    job = PatrolImport.objects.get()
    for words in (
        "2 行可以写入",
        "台账里没有这个账号",
        "日期看不懂",
        "没有看到这条更新",
        "停水通知",
    ):
        assert words in page, words
    assert not Trace.objects.filter(source="patrol").exists()
    page = change(desk, job, "confirm")
    assert "导入完成" in page
    weibo = Trace.objects.get(url="https://weibo.example/1").account
    page = desk.get(reverse("console:supervised_account", args=[weibo.pk])).content.decode()
    assert "林青查看" in page
    assert "D 巡查" in page
    rows_page = desk.get(reverse("console:patrol_import_rows", args=[job.pk])).content.decode()
    assert "已写入" in rows_page
    page = change(desk, job, "undo")
    assert "已撤销这次导入" in page
    assert not Trace.objects.filter(source="patrol").exists()


def test_the_template_comes_back_filled_in(
    at_desk: SignIn, supervisor: Staff, city: City, now: datetime
) -> None:
    desk = at_desk(supervisor)
    answer = desk.get(reverse("console:patrol_template"))
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    (sheet,) = read_books(content, most_rows=9)
    assert sheet.rows[0] == ["账号", "平台", "主办单位", "备案号", *TITLES[2:]]
    assert sheet.rows[1] == ["云溪公安", "微信公众平台", "云溪市公安局"]
    filled = [*sheet.rows[1], "", (now - timedelta(days=1)).date(), "夜巡", "", now.date(), "林青"]
    page = compared(desk, upload(desk, city, as_csv([sheet.rows[0], filled])))
    assert "1 行可以写入" in page
    page = compared(desk, upload(desk, city, content, "a.xlsx"))
    assert "没有填写" in page


def test_columns_are_remembered_apart_from_those_of_the_register(
    at_desk: SignIn, supervisor: Staff, city: City, now: datetime
) -> None:
    desk = at_desk(supervisor)
    content = as_csv([("甲", "乙", "丙"), ("云溪公安", "微信", now.date())])
    chosen = {"column_0": "name", "column_1": "platform", "column_2": "newest_on",
              "default_seen_on": str(now.date()), "default_seen_by": "林青"}  # fmt: skip
    page = compared(desk, upload(desk, city, content), **chosen)
    assert "1 行可以写入" in page
    again = upload(desk, city, content)
    page = desk.get(reverse("console:patrol_import_columns", args=[again.pk])).content.decode()
    assert "已按上次的选择对应好" in page
    assert ColumnMemory.objects.get().agency == city.root


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"column_2": ""}, "请指出哪一列是最近更新日期"),
        ({"column_0": ""}, "请指出哪一列是账号"),
        ({"default_seen_on": "2199-01-01"}, "查看日期不能晚于今天"),
    ],
)
def test_what_is_chosen_wrongly_is_said(
    at_desk: SignIn, supervisor: Staff, city: City, said: dict[str, str], words: str
) -> None:
    desk = at_desk(supervisor)
    content = as_csv([("账号", "平台", "最近更新日期"), ("云溪公安", "微信", "2026-01-01")])
    page = compared(desk, upload(desk, city, content), **said)
    assert words in page
    assert PatrolImport.objects.get().status == "mapping"


def test_a_sheet_that_is_none(at_desk: SignIn, supervisor: Staff, city: City) -> None:
    desk = at_desk(supervisor)
    broken = SimpleUploadedFile("a.xlsx", io.BytesIO(b"no book").getvalue())
    answer = desk.post(
        reverse("console:patrol_import_new"), {"file": broken, "agency": city.root.pk}
    )
    assert answer.status_code == 422
    assert "打不开" in answer.content.decode()
    assert not PatrolImport.objects.exists()
