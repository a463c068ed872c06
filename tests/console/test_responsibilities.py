"""刘伟 brings in the responsibility list, reads what changes, adopts it; who may not, does not."""

from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from minxin.tickets.actions.matters import load_taxonomy
from minxin.tickets.models import (
    Category,
    Matter,
    Responsibility,
    ResponsibilityImport,
    ResponsibilityList,
)
from tests.accounts.sheets import as_csv
from tests.console.conftest import SignIn
from tests.support.city import SETUP, City
from tests.tickets.conftest import MATTERS
from tests.tickets.test_responsibilities import decided

TITLES = ("事项", "地点", "主办单位", "协办单位", "依据")


@pytest.fixture
def desk(city: City, at_desk: SignIn, now: datetime) -> Client:
    load_taxonomy(MATTERS, actor=SETUP, now=now)
    return at_desk(city.administrator)


def brought(desk: Client, city: City, *rows: tuple[str, ...], **said: str) -> str:
    """Uploaded, its columns as they are offered; the page of the comparison."""
    desk.post(
        reverse("console:responsibility_import_new"),
        {"file": SimpleUploadedFile("清单.csv", as_csv([TITLES, *rows])), "agency": city.root.pk},
    )
    job = ResponsibilityImport.objects.latest("id")
    address = reverse("console:responsibility_import_columns", args=[job.pk])
    answer = desk.get(address)
    form = answer.context["form"]
    offered = {name: form[name].value() or "" for name in form.fields}
    page = desk.post(address, {**answer.context["where"], **offered, **said}, follow=True)
    return page.content.decode()


def change(desk: Client, what: str) -> str:
    job = ResponsibilityImport.objects.latest("id")
    address = reverse("console:responsibility_import_change", args=[job.pk])
    return desk.post(address, {"act": what}, follow=True).content.decode()


def press(desk: Client, page: str, **form: object) -> str:
    return desk.post(reverse(f"console:{page}"), form, follow=True).content.decode()


def test_from_a_sheet_to_the_list_in_force(desk: Client, city: City, now: datetime) -> None:
    page = brought(
        desk, city,
        ("路灯照明", "", "云溪市水务局", "云溪市公安局", "三定规定第五条"),
        ("公安/交通管理/信号灯", "东桥", "police", "", ""),
    )  # fmt: skip
    assert "2 行可以写入" in page
    assert not Responsibility.objects.exists()
    assert "导入完成" in change(desk, "confirm")
    page = desk.get(reverse("console:responsibility_draft")).content.decode()
    for words in ("云溪市水务局（协办：云溪市公安局）", "三定规定第五条", "东桥", "采用这一版"):
        assert words in page, words
    draft = ResponsibilityList.objects.get()
    form = {"act": "adopt", "adopt-effective_on": timezone.localdate(now), "adopt-reason": "市政府办公会议",
            "adopt-revision": draft.revision}  # fmt: skip
    page = press(desk, "responsibility_draft", **form)
    assert "已采用" in page
    assert "刘伟采用" in page
    for query, shown in (({"q": "路灯"}, 1), ({"agency": city.police.pk}, 2), ({"q": "没有"}, 0)):
        answer = desk.get(reverse("console:responsibilities"), query)
        assert answer.context["table"].paginator.count == shown, query
    sheet = desk.get(reverse("console:responsibilities"), {"export": "csv"}).getvalue().decode()
    assert "城乡建设/城市管理/路灯照明,全域,云溪市水务局,云溪市公安局,三定规定第五条" in sheet


def test_one_wrong_line_and_nothing_is_imported(desk: Client, city: City) -> None:
    page = brought(desk, city, ("路灯照明", "", "云溪市水务局"), ("信号灯", "", "没有的局"))
    assert "整份表格都不导入" in page
    assert "没有这个单位" in page
    assert "没有需要写入的行" in change(desk, "confirm")
    assert not Responsibility.objects.exists()
    rows = desk.get(
        reverse("console:responsibility_import_rows", args=[ResponsibilityImport.objects.get().pk])
    )
    assert "没有的局" in rows.content.decode()


def test_an_import_is_taken_back_whole(desk: Client, city: City) -> None:
    brought(
        desk,
        city,
        ("路灯照明", "", "云溪市水务局"),
        ("不熟的事", "", "云溪市公安局"),
        adds_matters="on",
    )
    change(desk, "confirm")
    assert Matter.objects.get(path="不熟的事").origin == "own"
    brought(
        desk, city, ("路灯照明", "", "云溪市公安局", "", "改派"), ("信号灯", "", "云溪市公安局")
    )
    change(desk, "confirm")
    assert Responsibility.objects.count() == 3
    row = Responsibility.objects.get(matter__name="信号灯")
    form = {"matter": row.matter.path, "agency": city.water.pk}
    desk.post(reverse("console:responsibility", args=[row.pk]), form)
    page = change(desk, "undo")
    assert "1 行在导入之后被人改过" in page
    assert Responsibility.objects.get(matter__name="路灯照明").agency == city.water
    assert Responsibility.objects.get(matter__name="信号灯").agency == city.water


def test_a_line_is_typed_and_refused_in_words(desk: Client, city: City) -> None:
    press(desk, "responsibility_draft", act="empty")
    address = reverse("console:responsibility_new")
    answer = desk.post(address, {"matter": "没有的", "agency": city.water.pk, "basis": "某条"})
    assert answer.status_code == 422
    assert "没有这个事项" in answer.content.decode()
    assert "某条" in answer.content.decode()
    form = {"matter": "信号灯", "agency": city.water.pk, "co_agencies": [city.water.pk]}
    assert "不能同时是协办单位" in desk.post(address, form).content.decode()
    del form["co_agencies"]
    assert desk.post(address, form).status_code == 302
    assert "已有这个事项和地点" in desk.post(address, form).content.decode()
    row = Responsibility.objects.get()
    rows = reverse("console:responsibility_draft_rows")
    desk.post(rows, {"act": "remove", "picked": row.pk, "confirmed": "1"})
    assert not Responsibility.objects.exists()
    assert "草稿已放弃" in press(
        desk, "responsibility_draft", act="discard", **{"discard-reason": "重新来过"}
    )


def test_an_arbitration_is_written_into_the_draft_or_not(
    desk: Client, city: City, now: datetime
) -> None:
    found = decided(city, now)
    assert "裁定建议" in desk.get(reverse("console:responsibilities")).content.decode()
    assert "云溪市水务局" in desk.get(reverse("console:responsibility_decisions")).content.decode()
    address = reverse("console:responsibility_decision", args=[found.pk])
    page = desk.get(address).content.decode()
    assert "路灯由水务局代管" in page
    assert found.ticket.text not in page
    answer = desk.post(address, {"act": "take", "take-matter": "", "take-place": "东桥"})
    assert answer.status_code == 422
    answer = desk.post(address, {"act": "take", "take-matter": "路灯照明", "take-place": "东桥"})
    assert answer["Location"] == reverse("console:responsibility_draft")
    assert Responsibility.objects.get().decision == found


def test_matters_have_words_and_categories(desk: Client, city: City, now: datetime) -> None:
    category = Category.objects.create(code="lamps", name="路灯")
    matter = Matter.objects.get(name="路灯照明")
    form = {"keywords": "路灯不亮，黑灯", "categories": [category.pk], "is_active": "on"}
    desk.post(reverse("console:matter", args=[matter.pk]), form)
    category.refresh_from_db()
    assert category.matter == matter
    sheet = "一级分类,二级分类,三级分类\n纪检监察,,\n".encode()
    page = press(desk, "matters_load", file=SimpleUploadedFile("分类.csv", sheet))
    assert "分类已载入" in page
    page = press(desk, "matter_new", name="举报", parent="纪检监察", is_active="on")
    assert "纪检监察/举报" in page
    assert desk.get(reverse("console:matters"), {"q": "黑灯"}).context["table"].paginator.count == 1
    template = desk.get(reverse("console:responsibility_template"))
    assert template.status_code == 200


def test_who_keeps_no_settings_reads_the_list_and_changes_nothing(
    city: City, at_desk: SignIn
) -> None:
    desk = at_desk(city.wang)
    assert desk.get(reverse("console:responsibilities")).status_code == 200
    for name in ("responsibility_draft", "responsibility_new", "matters_load", "matters"):
        assert desk.get(reverse(f"console:{name}")).status_code == 404, name
    assert desk.post(reverse("console:responsibility_draft"), {"act": "empty"}).status_code == 404
    assert not ResponsibilityList.objects.exists()
