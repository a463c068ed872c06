"""何涛 keeps the register of his accounts: a form, the account's page, a filter, the whole sheet."""

import csv
import io
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone

from minxin.accounts import actions
from minxin.accounts.actions import FilingDraft
from minxin.accounts.models import Filing
from minxin.agencies import actions as agencies
from tests.console.conftest import SignIn
from tests.support.city import SETUP, City


def test_what_is_said_stands_on_the_accounts_page(at_desk: SignIn, city: City) -> None:
    desk, number = at_desk(city.operator), city.account.pk
    page = desk.get(reverse("console:account", args=[number])).content.decode()
    assert "还没有填写主管单位" in page
    said = {
        "number": "云备2026-1",
        "certified_until": "2027-03-01",
        "supervising_unit": "云溪市府办",
    }
    address = reverse("console:account_filing", args=[number])
    page = desk.post(address, said, follow=True).content.decode()
    assert "台账已保存" in page
    for words in ("云备2026-1", "云溪市府办", "2027"):
        assert words in page, words
    assert 'value="2027-03-01"' in desk.get(address).content.decode()


def test_an_error_keeps_what_was_typed(at_desk: SignIn, city: City) -> None:
    desk = at_desk(city.operator)
    said = {"number": "云备2026-1", "url": "weixin", "certified_until": "明年"}
    answer = desk.post(reverse("console:account_filing", args=[city.account.pk]), said)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "云备2026-1" in page
    assert "明年" in page
    assert not Filing.objects.exists()


def test_accounts_of_an_abolished_host_can_be_found(
    at_desk: SignIn, city: City, now: datetime
) -> None:
    weibo = actions.register(
        agency=city.station, name="东桥派出所", platform="weibo", actor=SETUP, now=now
    )
    agencies.retire_agency(city.station, reason="并入市局", actor=SETUP, now=now)
    desk, accounts = at_desk(city.operator), reverse("console:accounts")
    found = desk.get(accounts, {"host": "0"}).context["table"].data.data
    assert list(found) == [weibo]
    assert weibo not in list(desk.get(accounts, {"host": "1"}).context["table"].data.data)
    page = desk.get(reverse("console:account", args=[weibo.pk])).content.decode()
    assert "主办单位已经撤销（停用）" in page


def test_what_runs_out_can_be_found_and_the_sheet_has_every_column(
    at_desk: SignIn, city: City, now: datetime
) -> None:
    soon = timezone.localdate() + timedelta(days=10)
    draft = FilingDraft(number="云备2026-1", certified_until=soon, keeper="周航")
    actions.keep_filing(city.account, draft, actor=SETUP, now=now)
    desk, accounts = at_desk(city.operator), reverse("console:accounts")
    assert city.account.name in desk.get(accounts, {"ending": "certification"}).content.decode()
    other = desk.get(accounts, {"ending": "contract"}).content.decode()
    assert reverse("console:account", args=[city.account.pk]) not in other
    answer = desk.get(accounts, {"export": "csv"})
    sheet = b"".join(answer.streaming_content) if answer.streaming else answer.content
    rows = list(csv.reader(io.StringIO(sheet.decode("utf-8-sig"))))
    for name in (
        "系统归属",
        "层级",
        "备案号",
        "认证到期",
        "主管单位",
        "分管领导",
        "责任人",
        "管理员",
    ):
        assert name in rows[0], rows[0]
    row = dict(zip(rows[0], next(row for row in rows[1:] if city.account.name in row), strict=True))
    assert (row["备案号"], row["管理员"]) == ("云备2026-1", "周航")
    assert row["认证到期"].startswith(f"{soon:%Y}")
