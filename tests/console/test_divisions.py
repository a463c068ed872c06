"""何涛 chooses a division by its name; 刘伟 adds those that the standard does not have."""

from datetime import datetime

from django.urls import reverse

from minxin.accounts import actions as accounts
from minxin.accounts.models import Account, RowFault
from minxin.agencies import actions
from minxin.agencies.models import LocalDivision
from tests.accounts.sheets import compared
from tests.console.conftest import SignIn
from tests.support.city import SETUP, City

FORM = {"name": "云溪公安", "kind": "service", "is_verified": "on", "principal": "government",
        "affiliation": "government"}  # fmt: skip


def test_a_division_is_named_and_kept_as_its_code(
    at_desk: SignIn, city: City, now: datetime
) -> None:
    actions.keep_division(None, code="990100", name="云溪市", actor=SETUP, now=now)
    actions.keep_division(None, code="990121", name="松岭县", actor=SETUP, now=now)
    desk, address = at_desk(city.operator), reverse("console:account_edit", args=[city.account.pk])
    offered = desk.get(
        reverse("console:division_choices"), {"region_code": "松岭"}
    ).content.decode()
    assert 'value="云溪市松岭县（990121）"' in offered
    desk.post(address, {**FORM, "region_code": "松岭县"})
    city.account.refresh_from_db()
    assert city.account.region_code == "990121"
    page = desk.get(reverse("console:account", args=[city.account.pk])).content.decode()
    assert "云溪市松岭县（990121）" in page
    page = desk.get(address).content.decode()
    assert 'value="云溪市松岭县（990121）"' in page
    # Saved as it stands, nothing changes.
    revision = city.account.revision
    desk.post(address, {**FORM, "region_code": "云溪市松岭县（990121）"})
    city.account.refresh_from_db()
    assert city.account.revision == revision


def test_what_is_unknown_or_not_clear_is_refused_in_words(at_desk: SignIn, city: City) -> None:
    desk, address = at_desk(city.operator), reverse("console:account_edit", args=[city.account.pk])
    answer = desk.post(address, {**FORM, "region_code": "蓬莱仙境"})
    assert answer.status_code == 422
    assert "没有这个区划" in answer.content.decode()
    assert "蓬莱仙境" in answer.content.decode()
    answer = desk.post(address, {**FORM, "region_code": "鼓楼区"})
    assert "有 4 个区划叫这个名字" in answer.content.decode()
    assert "江苏省南京市鼓楼区（320106）" in answer.content.decode()
    city.account.refresh_from_db()
    assert city.account.region_code == "990100"


def test_a_filter_takes_all_that_lies_below(at_desk: SignIn, city: City, now: datetime) -> None:
    actions.keep_division(None, code="990100", name="云溪市", actor=SETUP, now=now)
    accounts.register(
        agency=city.station, name="平安松岭", platform="weibo", region_code="江苏省南京市鼓楼区",
        actor=SETUP, now=now,
    )  # fmt: skip
    accounts.register(agency=city.water, name="别处的", platform="weibo", region_code="110101",
                      actor=SETUP, now=now)  # fmt: skip
    desk, page = at_desk(city.operator), reverse("console:accounts")

    def names(region: str) -> set[str]:
        return {row.name for row in desk.get(page, {"region": region}).context["table"].data}

    assert names("320000") == {"平安松岭"}
    assert names("320106") == {"平安松岭"}
    assert names("990100") == {"云溪公安"}
    offered = desk.get(page).content.decode()
    assert "江苏省南京市（320100）" in offered
    assert "东城区" not in offered  # of an agency she does not see


def test_a_sheet_may_name_a_division_in_words(at_desk: SignIn, city: City, now: datetime) -> None:
    job = compared(
        [("名称", "平台", "区划"), ["甲", "微博", "江苏省南京市鼓楼区"], ["乙", "微博", "鼓楼区"],
         ["丙", "微博", "3201"]],
        agency=city.police, actor=city.operator, now=now,
    )  # fmt: skip
    codes = [row.after["region_code"] for row in job.rows.filter(outcome="new")]
    assert codes == ["320106", "320100"]
    assert [(each.row, each.column) for each in RowFault.objects.filter(job=job)] == [
        (3, "区划代码")
    ]


def test_local_divisions_are_kept_by_who_keeps_the_root(at_desk: SignIn, city: City) -> None:
    desk, new = at_desk(city.administrator), reverse("console:division_new")
    page = desk.post(new, {"code": "990122001", "name": "石门镇"}, follow=True).content.decode()
    assert "区划已新增" in page
    assert "石门镇" in page
    for code, says in (("110101", "国家标准中已有这个代码：东城区"), ("99", "6 位数字"),
                       ("990122001", "已经登记"), ("990122000", "6 位数字")):  # fmt: skip
        answer = desk.post(new, {"code": code, "name": "重"})
        assert answer.status_code == 422
        assert says in answer.content.decode()
    made = LocalDivision.objects.get()
    one = reverse("console:division", args=[made.pk])
    desk.post(one, {"code": "990122001", "name": "石门街道"})
    made.refresh_from_db()
    assert made.name == "石门街道"
    assert at_desk(city.operator).get(one).status_code == 404
    assert "区划已删除" in desk.post(one, {"act": "remove"}, follow=True).content.decode()
    assert not LocalDivision.objects.exists()
    assert Account.objects.count() == 1


def test_one_that_an_agency_has_stays(at_desk: SignIn, city: City, now: datetime) -> None:
    made = actions.keep_division(None, code="990100", name="云溪市", actor=SETUP, now=now)
    desk = at_desk(city.administrator)
    page = desk.post(
        reverse("console:division", args=[made.pk]), {"act": "remove"}, follow=True
    ).content.decode()
    assert "还有机构使用这个区划" in page
    assert LocalDivision.objects.exists()
