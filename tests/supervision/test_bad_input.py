"""What goes wrong in the field, for what no other file tests: a host that was abolished, a second sheet.

Where the others are: merged titles, two sheets and days as text in `console/test_register_import.py` and
`test_patrols.py`; one account under two names in `accounts/test_import_comparing.py`; a place without a
rule of its own and an inspector who leaves in `test_campaigns.py`; a clock set back in
`test_clock_set_back.py` and `test_update_clock.py`.
"""

import io
from datetime import datetime

import pytest
import xlsxwriter

from minxin.accounts import actions as accounts
from minxin.accounts.models import Account, ImportedRow, RowFault
from minxin.accounts.queries import concerns_of
from minxin.agencies import actions as agencies
from minxin.core.errors import Refused
from minxin.supervision.importing import read_articles, read_terms
from minxin.supervision.models import Evaluation
from minxin.supervision.tasks import evaluate_all
from tests.accounts.sheets import compared, counts
from tests.supervision.conftest import Office, looked, posted
from tests.support.city import SETUP, City

pytestmark = pytest.mark.django_db


def test_an_account_whose_host_was_abolished_still_has_to_update(
    city: City, office: Office, now: datetime
) -> None:
    posted(office.weibo, 20, now=now)
    looked(office.weibo, 30, now=now)
    assert not any("撤销" in words for words in concerns_of(office.weibo, today=now.date()))
    agencies.retire_agency(city.water, reason="机构改革并入", actor=SETUP, now=now)
    weibo = Account.objects.get(pk=office.weibo.pk)
    assert any(
        "主办单位已经撤销（停用）" in words for words in concerns_of(weibo, today=now.date())
    )
    evaluate_all(now=now)
    assert Evaluation.objects.get(account=weibo, is_latest=True).level == "overdue"
    accounts.transfer(weibo, city.police, reason="职能划转", actor=SETUP, now=now)
    weibo.refresh_from_db()
    assert not any("撤销" in words for words in concerns_of(weibo, today=now.date()))


def test_a_sheet_that_names_an_abolished_host_is_told_so_and_changes_nothing(
    city: City, now: datetime
) -> None:
    agencies.retire_agency(city.station, reason="并入市局", actor=SETUP, now=now)
    job = compared(
        [("名称", "平台", "主办单位"), ("东桥派出所", "微博", "东桥派出所")],
        agency=city.police, actor=city.operator, now=now,
    )  # fmt: skip
    assert counts(job)["conflict"] == 1
    assert "已经撤销" in RowFault.objects.get(job=job).message
    assert not ImportedRow.objects.get(job=job, row=2).is_acceptable


def book(*sheets: list[list[str]]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as made:
        for rows in sheets:
            sheet = made.add_worksheet()
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
    return content.getvalue()


def test_the_sheet_with_the_titles_is_read_wherever_it_stands(
    office: Office, now: datetime
) -> None:
    told = [["填表说明"], ["请如实填写"]]
    content = book(told, [["机构更名对照表"], ["旧称", "新称"], ["市规划局", "市自然资源和规划局"]])
    (term,) = read_terms("a.xlsx", content)
    assert (term.wrong, term.suggestion) == ("市规划局", "市自然资源和规划局")
    days = ["2026年7月16日 9:30", "2026.7.16", "46219"]
    rows = [[f"第{at}篇", "正文", day] for at, day in enumerate(days)]
    content = book(told, [["标题", "正文", "发布日期"], *rows])
    found = read_articles("a.xlsx", content, office.account, now=now)
    assert [f"{each.published_at:%m-%d %H:%M}" for each in found] == [
        "07-16 09:30", "07-16 00:00", "07-16 00:00",
    ]  # fmt: skip
    with pytest.raises(Refused, match="没有找到列名"):
        read_terms("a.xlsx", book(told, told))
