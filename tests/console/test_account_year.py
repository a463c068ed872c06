"""Pages show the last twelve months from the daily figures, and say when they cannot."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from minxin.accounts.models import Account
from minxin.agencies import actions as agencies
from minxin.agencies.models import Staff
from minxin.agencies.rules import Role
from minxin.supervision import actions, counting
from minxin.supervision.rules.sources import Kind, Source
from tests.console.conftest import SignIn
from tests.support.city import PASSWORD, SETUP, City

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def home(settings: LazySettings, tmp_path: Path) -> Path:
    settings.MINXIN_HOME = tmp_path
    return tmp_path / "figures"


@pytest.fixture
def supervisor(city: City, now: datetime) -> Staff:
    return agencies.add_staff(
        username="huangwei", name="黄薇", agency=city.root, role=Role.SUPERVISOR, password=PASSWORD,
        must_change_password=False, actor=SETUP, now=now,
    )  # fmt: skip


@pytest.fixture
def desk(supervisor: Staff, at_desk: SignIn) -> Client:
    return at_desk(supervisor)


def told(account: Account, source: Source, kind: Kind, days_ago: float, many: int = 1) -> None:
    at = timezone.now() - days_ago * DAY
    items = [
        actions.Item(account.pk, source, kind, at, f"{source}{days_ago}-{each}", f"停水通知{each}")
        for each in range(many)
    ]
    actions.keep_traces(items, now=timezone.now() - DAY / 2)


def counted() -> None:
    while not counting.count(now=timezone.now()):
        pass


def page(desk: Client, account: Account) -> str:
    answer = desk.get(reverse("console:supervised_account", args=[account.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def lines(text: str) -> list[list[str]]:
    """The cells of the table, month by month."""
    table = text.split('class="table year-table"')[1].split("<tbody>")[1].split("</tbody>")[0]
    found = []
    for row in table.split("<tr>")[1:]:
        cells = row.replace("<th", "<td").replace("</th>", "</td>").split("<td")[1:]
        found.append([cell.split(">", 1)[1].split("</td>")[0].strip() for cell in cells])
    return found


def test_before_the_first_night_the_page_says_so(desk: Client, city: City) -> None:
    text = page(desk, city.account)
    assert "还没有统计过" in text
    assert "year-table" not in text


def test_months_are_those_of_the_figures(desk: Client, city: City) -> None:
    account, now = city.account, timezone.localtime()
    told(account, Source.ARTICLE_FIGURES, Kind.PUSHED, 0.01, many=3)
    told(account, Source.MASS_EVENT, Kind.PUSHED, 0.01)
    told(account, Source.SELF_REPORT, Kind.PUBLISHED, 0.01, many=2)
    actions.keep_look(
        account, Source.ARTICLE_FIGURES, since=now - 800 * DAY, until=now, now=now
    )  # fmt: skip
    counted()
    found = lines(page(desk, account))
    assert len(found) == 12
    at = timezone.localtime(timezone.now() - 0.01 * DAY)
    this = next(row for row in found if row[0] == f"{at:%Y-%m}")
    assert this[1:4] == ["3", "2", "1"]
    assert this[5] == "C 单位自报"
    ended, following = found[2], found[1]
    assert ended[1:4] == ["0", "0", "0"]
    assert ended[4] in {f"{n} / {n}" for n in (28, 29, 30, 31)}
    assert ended[5] == "—"
    assert ended[0] < following[0]
    text = page(desk, account)
    assert 'data-year="year-data"' in text
    drawn = json.loads(
        text.split('<script id="year-data" type="application/json">')[1].split("<")[0]
    )
    assert [sum(each["values"]) for each in drawn["series"]] == [3, 2]
    assert "推送 3 条，发布（未推送） 2 条，有更新 1 天" in drawn["words"]


def test_an_account_without_items_has_a_table_and_nothing_to_draw(desk: Client, city: City) -> None:
    counted()
    text = page(desk, city.account)
    assert "不能说明没有更新" in text
    assert "data-year" not in text
    assert {tuple(row[1:4]) for row in lines(text)} == {("—", "—", "—")}


def test_while_the_past_is_counted_the_page_says_how_far(
    desk: Client, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "ACCOUNTS_A_PART", 1)
    told(city.account, Source.MASS_EVENT, Kind.PUSHED, 3)
    assert not counting.count(now=timezone.now(), most=0)
    assert f"已读 1 / {Account.objects.count()} 个账号" in page(desk, city.account)
    counted()
    assert "个账号，全部读完后" not in page(desk, city.account)


def test_a_file_nobody_can_read_leaves_the_rest_of_the_page(
    desk: Client, city: City, home: Path
) -> None:
    told(city.account, Source.MASS_EVENT, Kind.PUSHED, 3)
    counted()
    for each in home.glob("*.parquet"):
        each.write_bytes(b"nothing")
    text = page(desk, city.account)
    assert "统计文件读不出来" in text
    assert "停水通知" in text


def overview(desk: Client) -> str:
    answer = desk.get(reverse("console:overview"))
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_overview_adds_up_what_a_person_sees(
    desk: Client, city: City, at_desk: SignIn, home: Path
) -> None:
    actions.evaluate([city.account], now=timezone.now())
    assert "还没有统计过" in overview(desk)
    told(city.account, Source.ARTICLE_FIGURES, Kind.PUSHED, 0.01, many=3)
    told(city.account, Source.PUBLISHED_LIST, Kind.PUBLISHED, 0.01)
    counted()
    text = overview(desk)
    drawn = json.loads(
        text.split('<script id="year-data" type="application/json">')[1].split("<")[0]
    )
    assert [sum(each["values"]) for each in drawn["series"]] == [3, 1]
    assert "推送 3 条，发布（未推送） 1 条，有更新的账号 1 个" in drawn["words"]
    assert len(lines(text)) == 12
    assert ["3", "1", "1"] in [row[1:] for row in lines(text)]
    (home / "units.parquet").write_bytes(b"nothing")
    assert "统计文件读不出来" in overview(desk)
