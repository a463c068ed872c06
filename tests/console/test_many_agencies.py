"""刘伟 enters the units of a sheet at once; the sheet then finds its hosts."""

from datetime import datetime

import pytest
from django.urls import reverse

from minxin.agencies.models import Agency, Membership, Staff
from tests.accounts.sheets import TITLES, compared
from tests.console.conftest import SignIn
from tests.support.city import City


def test_a_list_of_names_becomes_agencies(at_desk: SignIn, city: City) -> None:
    desk = at_desk(city.administrator)
    page = desk.get(reverse("console:agencies")).content.decode()
    address = reverse("console:agency_several")
    assert address in page
    said = {
        "parent": city.root.pk,
        "lines": "云溪市民政局\n\n云溪市公安局\n青禾区人民政府\t990100\n云溪港，990100\n",
    }
    page = desk.post(address, said, follow=True).content.decode()
    assert "已新增 3 个机构，1 个原来就有。" in page
    found = Agency.objects.filter(code__startswith="yunxi-").values_list("name", "region_code")
    assert list(found) == [
        ("云溪市民政局", "990100"), ("青禾区人民政府", "990100"), ("云溪港", "990100")
    ]  # fmt: skip


def test_an_error_names_the_line_and_keeps_the_list(at_desk: SignIn, city: City) -> None:
    desk, address = at_desk(city.administrator), reverse("console:agency_several")
    before = Agency.objects.count()
    lines = f"云溪市民政局\n{'长' * 121}"
    answer = desk.post(address, {"parent": city.root.pk, "lines": lines})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "第 2 个" in page
    assert "云溪市民政局\n" in page
    assert Agency.objects.count() == before
    assert "请至少写一个单位名称" in desk.post(address, {"parent": city.root.pk}).content.decode()


def test_who_keeps_no_agencies_finds_no_page(at_desk: SignIn, city: City) -> None:
    address = reverse("console:agency_several")
    assert at_desk(city.operator).get(address).status_code in {403, 404}
    assert address not in at_desk(city.operator).get(reverse("console:agencies")).content.decode()


@pytest.mark.parametrize("is_there", [False, True])
def test_the_import_names_the_hosts_that_are_missing(
    at_desk: SignIn, city: City, now: datetime, is_there: bool
) -> None:
    if is_there:  # but not below the police, where 何涛 keeps the register: not missing
        Agency.objects.filter(pk=city.water.pk).update(name="云溪市档案局")
    rows = [TITLES, ["云溪档案", "微博", "", "云溪市档案局", "", "", ""]]
    job = compared(rows, agency=city.police, actor=city.operator, now=now)
    page = at_desk(city.operator).get(reverse("console:register_import", args=[job.pk]))
    said = "表中有 1 个主办单位还不在“机构”里：云溪市档案局" in page.content.decode()
    assert said is not is_there


def test_who_is_alone_is_led_to_units_and_people(at_desk: SignIn, city: City) -> None:
    invited = "现在只有您一个人可以登录"
    assert invited not in at_desk(city.administrator).get("/console/").content.decode()
    Membership.objects.exclude(staff=city.administrator).delete()
    page = at_desk(city.administrator).get("/console/").content.decode()
    assert invited in page
    assert reverse("console:agency_several") in page


def test_before_a_password_of_ones_own_nothing_else_is_offered(at_desk: SignIn, city: City) -> None:
    desk = at_desk(city.administrator)
    assert reverse("console:agencies") in desk.get("/console/").content.decode()
    Staff.objects.filter(pk=city.administrator.pk).update(must_change_password=True)
    page = desk.get("/console/", follow=True).content.decode()
    assert "这是别人为您设置的密码" in page
    assert reverse("console:agencies") not in page
    assert "data-counts" not in page
    assert "忘记密码请联系本单位管理员" in page
    assert "<a" not in page.split("当前密码")[1].split("新密码")[0]  # there is no reset by mail
