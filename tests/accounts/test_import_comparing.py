"""何涛 brings his sheet: what it says is read as people write it, and set beside the register."""

from datetime import datetime

import pytest

from minxin.accounts import actions
from minxin.accounts.actions import FilingDraft
from minxin.accounts.importing.titles import find_titles, guess, titles_of
from minxin.accounts.importing.values import Unclear, cleaned, is_blank, read_value
from minxin.accounts.models import Account, ImportedRow, RegisterImport, RowFault
from minxin.agencies import actions as agencies
from tests.accounts.sheets import TITLES, compared, counts
from tests.support.city import SETUP, City

pytestmark = pytest.mark.django_db


# Cells -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2027-03-01", "2027-03-01"),
        ("2027/3/1", "2027-03-01"),
        ("2027.3.1", "2027-03-01"),
        ("2027年3月1日", "2027-03-01"),
        ("２０２７年３月１日", "2027-03-01"),
        ("20270301", "2027-03-01"),
        ("46447", "2027-03-01"),
        ("46447.5", "2027-03-01"),
        ("2027-03-01 00:00:00", "2027-03-01"),
    ],
)
def test_a_day_is_read_however_it_is_written(text: str, day: str) -> None:
    assert read_value("certified_until", text) == day


@pytest.mark.parametrize("text", ["明年", "2027-02-30", "2027年3月", "12", "460000", "2027-13-01"])
def test_what_is_no_day_is_not_guessed(text: str) -> None:
    with pytest.raises(Unclear):
        read_value("certified_until", text)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("is_verified", "是", True),
        ("is_verified", "√", True),
        ("is_verified", "未认证", False),
        ("is_verified", "无", False),
        ("platform", "新浪微博", "weibo"),
        ("platform", "ＡＰＰ", "app"),
        ("platform", "微信服务号", "wechat·service"),
        ("platform", "微信公众平台 · 服务号", "wechat·service"),
        ("platform", "WeChat platform", None),
        ("kind", "订阅号", "subscription"),
        ("status", "正常运行", "active"),
        ("level", "县（市、区）", "county"),
        ("affiliation", "法检", "judiciary"),
        ("principal", "Government", "government"),
        ("number", "云备２０２６－１", "云备2026-1"),
    ],
)
def test_words_are_taken_as_people_use_them(name: str, text: str, value: object) -> None:
    if value is None:
        with pytest.raises(Unclear):
            read_value(name, text)
    else:
        assert read_value(name, text) == value


def test_cells_that_say_nothing_and_exported_quotes() -> None:
    assert is_blank("url", "——")
    assert is_blank("leader", "无")
    assert not is_blank("is_verified", "无")
    assert cleaned("'=1+1") == "=1+1"
    assert cleaned("'quoted") == "'quoted"


# Titles ----------------------------------------------------------------------------------------


def test_titles_are_found_below_a_title_line_and_over_two_rows() -> None:
    rows = [
        ["云溪市政务新媒体台账"] * 6,
        ["填报单位：云溪市公安局"],
        ["序号", "名称", "平台", "人员", "人员", "认证到期（年/月/日）"],
        ["序号", "名称", "平台", "责任人", "管理员", "认证到期（年/月/日）"],
        ["1", "云溪公安", "微信"],
    ]
    row, height = find_titles(rows)
    assert (row, height) == (4, 2) or (row, height) == (4, 1)
    titles = titles_of(rows, row, height)
    found = guess(titles, [[]] * len(titles), remembered={})
    assert found == ["", "name", "platform", "responsible", "keeper", "certified_until"]


def test_a_guess_looks_at_what_stands_under_a_title() -> None:
    assert guess(["认证主体"], [["云溪市公安局"]], remembered={}) == ["holder"]
    assert guess(["认证主体"], [["政府", "企业"]], remembered={}) == ["principal"]
    assert guess(["账号类型"], [["服务号", "订阅号"]], remembered={}) == ["kind"]
    assert guess(["账号类型"], [["微博", "抖音"]], remembered={}) == ["platform"]


def test_what_was_chosen_before_comes_first_and_no_field_twice() -> None:
    titles = ["名称", "昵称", "甲"]
    assert guess(titles, [[]] * 3, remembered={"甲": "keeper"}) == ["name", "", "keeper"]
    assert guess(titles, [[]] * 3, remembered={"名称": ""}) == ["", "name", ""]


# Beside the register -----------------------------------------------------------------------------


def _faults(job: RegisterImport) -> list[tuple[int, str, str]]:
    return [(each.row, each.column, each.message) for each in RowFault.objects.filter(job=job)]


def test_new_changed_same_missing(city: City, now: datetime) -> None:
    actions.keep_filing(
        city.account, FilingDraft(number="云备-1", responsible="周航"), actor=SETUP, now=now
    )
    other = actions.register(
        agency=city.police, name="云溪警方", platform="weibo", actor=SETUP, now=now
    )
    same = actions.register(
        agency=city.police, name="平安云溪", platform="douyin", actor=SETUP, now=now
    )
    job = compared(
        [
            TITLES,
            ["云溪公安", "微信", "服务号", "云溪市公安局", "云备-1", "2027-03-01", "林青"],
            ["平安 云溪", "抖音", "", "", "", "", ""],
            [],
            ["东桥派出所", "视频号", "", "东桥派出所", "", "", ""],
        ],
        agency=city.police, actor=city.operator, now=now,
    )  # fmt: skip
    assert counts(job) == {"new": 1, "changed": 2, "missing": 1}
    changed, spelled, new, missing = ImportedRow.objects.filter(job=job)
    assert (changed.row, changed.account) == (2, city.account)
    assert changed.before == {"certified_until": "", "responsible": "周航"}
    assert changed.after == {"certified_until": "2027-03-01", "responsible": "林青"}
    assert (spelled.account, spelled.after) == (same, {"name": "平安 云溪"})
    assert (new.row, new.host, new.after["region_code"]) == (5, city.station, "990100")
    assert (missing.row, missing.account) == (0, other)
    assert Account.objects.count() == 3  # nothing is written by comparing


def test_each_contradiction_is_told(city: City, now: datetime) -> None:
    actions.keep_filing(city.account, FilingDraft(number="云备-1"), actor=SETUP, now=now)
    gone = agencies.add_agency(
        code="old", name="云溪市公安交警队", parent=city.police, region_code="990100", actor=SETUP, now=now
    )  # fmt: skip
    agencies.retire_agency(gone, reason="机构改革", actor=SETUP, now=now)
    job = compared(
        [
            (*TITLES, "区划"),
            ["云溪警务", "微信", "服务号", "", "云备-1"],
            ["交警在线", "微博", "", "云溪市公安交警队"],
            ["云溪水务", "微博", "", "云溪市水务局"],
            ["夜巡", "快手", "", "", "", "", "", "000000"],
            ["甲", "微博", "", "", "云备-7"],
            ["乙", "微博", "", "", "云备-7"],
            ["丙", "抖音"],
            ["丙", "抖音号"],
        ],
        agency=city.police, actor=city.operator, now=now,
    )  # fmt: skip
    found = _faults(job)
    assert [(row, column) for row, column, _message in found] == [
        (2, "名称"), (3, "主办单位"), (4, "主办单位"), (5, "区划代码"), (6, "名称"), (7, "名称"), (9, "名称"),
    ]  # fmt: skip
    said = {row: message for row, _column, message in found}
    assert "更名" in said[2]
    assert "撤销" in said[3]
    assert "没有这个主办单位" in said[4]
    assert "没有这个区划" in said[5]
    assert "第 7 行“乙”是同一个账号（备案号相同）" in said[6]
    assert "第 6 行" in said[7]
    assert "与第 8 行重复" in said[9]
    assert counts(job) == {"conflict": 7, "new": 1}
    acceptable = ImportedRow.objects.filter(job=job, is_acceptable=True)
    assert [(row.row, row.after) for row in acceptable] == [(2, {"name": "云溪警务"})]


def test_the_last_update_comes_with_the_register(city: City, now: datetime) -> None:
    titles = ("名称", "平台", "最近更新时间")
    rows = [
        ["甲", "微博", "2026年11月20日"],
        ["乙", "微博", now.date()],
        ["丙", "微博", "2126.1.1"],
    ]
    job = compared([titles, *rows], agency=city.police, actor=city.operator, now=now)
    assert [each.after.get("updated_on") for each in ImportedRow.objects.filter(job=job)[:2]] == [
        "2026-11-20", now.date().isoformat(),
    ]  # fmt: skip
    ((row, column, message),) = _faults(job)
    assert (row, column) == (4, "台账所报最近更新")
    assert "不能晚于今天" in message


def test_another_host_or_two_names_for_one_account(city: City, now: datetime) -> None:
    actions.keep_filing(city.account, FilingDraft(number="云备-1"), actor=SETUP, now=now)
    titles = ("名称", "平台", "类型", "主办单位", "备案号", "认证")
    job = compared(
        [titles, ["云溪公安", "微信", "服务号", "东桥派出所"]],
        agency=city.police, actor=city.operator, now=now,
    )  # fmt: skip
    (moved,) = ImportedRow.objects.filter(job=job, outcome="conflict")
    assert moved.is_acceptable
    assert moved.after == {"agency": city.station.pk}
    # By its filing number it is known anyway: then another host is a change like any other.
    job = compared(
        [titles, ["云溪公安", "微信", "服务号", "东桥派出所", "云备-1"]],
        agency=city.police, actor=city.operator, now=now,
    )  # fmt: skip
    assert counts(job) == {"changed": 1}
    job = compared(
        [titles, ["云溪公安", "微信", "服务号"], ["云溪警务", "微信", "服务号", "", "云备-1"]],
        agency=city.police, actor=city.operator, now=now,
    )  # fmt: skip
    assert counts(job) == {"conflict": 2}
    assert not ImportedRow.objects.filter(job=job, is_acceptable=True).exists()


def test_what_is_wrong_is_told_by_row_and_column_and_all_at_once(city: City, now: datetime) -> None:
    job = compared(
        [
            (*TITLES, "链接", "是否认证", "认证主体类型"),
            ["", "微博", "", "", "", "明年", "", "weibo.example"],
            ["甲", "火星台", "", "", "", ""],
            ["乙", "微信", "", "", "", ""],
            ["丙", "服务号", "", "", "", "", "", "", "是", "个人"],
            ["长" * 81, "微博"],
        ],
        agency=city.police, actor=city.operator, now=now,
    )  # fmt: skip
    assert counts(job)["wrong"] == 5
    told = [(row, column) for row, column, _message in _faults(job)]
    assert told == [
        (2, "认证到期"), (2, "链接"), (2, "名称"),
        (3, "平台"),
        (4, "类型"),
        (5, "认证主体类型"),
        (6, "名称"),
    ]  # fmt: skip


def test_defaults_hold_where_the_sheet_says_nothing(city: City, now: datetime) -> None:
    job = compared(
        [("名称", "责任人"), ["云溪社区警务", "周航"]], agency=city.police, actor=city.operator, now=now,
        default_platform="wechat", default_kind="subscription",
    )  # fmt: skip
    (row,) = ImportedRow.objects.filter(job=job, outcome="new")
    assert (row.after["platform"], row.after["kind"]) == ("wechat", "subscription")


def test_closing_is_not_imported_and_a_closed_account_does_not_come_back(
    city: City, now: datetime
) -> None:
    closed = actions.register(
        agency=city.police, name="旧号", platform="weibo", actor=SETUP, now=now
    )
    actions.close(closed, reason="并入", actor=SETUP, now=now)
    job = compared(
        [("名称", "平台", "状态"), ["旧号", "微博", "运行"], ["云溪公安", "微信", "已注销"]],
        agency=city.police, actor=city.operator, now=now,
    )  # fmt: skip
    said = [message for _row, _column, message in _faults(job)]
    assert "重新开设须另行备案" in said[0]
    assert "在账号页办理" in said[1]
    job = compared(
        [("名称", "平台", "状态"), ["旧号", "微博", "已注销"]],
        agency=city.police, actor=city.operator, now=now,
    )  # fmt: skip
    assert counts(job) == {"same": 1, "missing": 1}


def test_accounts_of_others_stay_unseen(city: City, now: datetime) -> None:
    actions.register(agency=city.water, name="云溪水务", platform="weibo", actor=SETUP, now=now)
    theirs = actions.register(
        agency=city.water, name="水务服务", kind="service", actor=SETUP, now=now
    )
    Account.objects.filter(pk=theirs.pk).update(app_id="wx00000000000000aa")
    job = compared(
        [
            ("名称", "平台", "AppID"),
            ["云溪水务", "微博", ""],
            ["水务服务", "服务号", "wx00000000000000aa"],
        ],
        agency=city.police, actor=city.operator, now=now,
    )  # fmt: skip
    assert counts(job) == {"new": 1, "conflict": 1, "missing": 1}
    assert [message for _r, _c, message in _faults(job)] == ["这个AppID已登记在另一个账号名下。"]
