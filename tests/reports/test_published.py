"""Published pass rates built anew from planted counts, to the printed decimals.

The counts and rates are those of published notices that add up by themselves (facts/rules.md 11.3, marked
there); which office published them is left out: the case is a letter.
"""

from dataclasses import dataclass
from itertools import count

import pytest

from minxin.reports.presets import common
from minxin.reports.rules.figures import figures, rate
from minxin.reports.rules.notices import annexes, notice
from tests.reports.planted import facts_of, group


@dataclass(frozen=True)
class Case:
    """A published count: on the register, sampled, failed; the rate as printed."""

    id: str
    accounts: int
    checked: int
    failed: int
    printed: str


CASES = [
    Case("a: one platform of a province, 53 sampled, 16 fail", 53, 53, 16, "69.81%"),
    Case("b: a province, 591 of 4935 sampled, 25 fail", 4935, 591, 25, "95.77%"),
    Case("c: a city, 120 sampled, 116 pass", 120, 120, 4, "96.67%"),
    Case("d: a city, 314 accounts, 55 fail", 314, 314, 55, "82.48%"),
    Case("e: a city, 550 accounts of 14 units, all pass", 550, 550, 0, "100.00%"),
    Case("f: a county, 30 accounts on 6 platforms, all pass", 30, 30, 0, "100.00%"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_printed_rate_comes_out_of_the_counts(case: Case) -> None:
    facts = facts_of(
        group(count(1), accounts=case.accounts, checked=case.checked, failed=case.failed)
    )
    found = figures(facts)
    assert found["rate"].said == case.printed
    assert found["checked"].said == str(case.checked)
    assert found["failed"].said == str(case.failed)
    text = "".join(piece.text for piece in notice(facts, common()))
    said = f"合格{case.checked - case.failed}个，不合格{case.failed}个，合格率{case.printed}"
    assert said in text


def test_a_sample_says_its_share() -> None:
    """Case b printed 12 % of 4935: with two decimals it is 11.98 %."""
    facts = facts_of(group(count(1), accounts=4935, checked=591, failed=25))
    assert "抽查账号591个，占账号总数的11.98%" in "".join(
        each.text for each in notice(facts, common())
    )


PLATFORMS = {
    "a province's quarter, 4891": {"微信公众平台": 3076, "微博": 647, "视频": 525, "移动客户端": 43, "其他": 600},
    "a city's quarter, 308": {"微信公众平台": 205, "微博": 16, "今日头条": 31, "其他": 56},
    "a district's quarter, 30": {"微信公众平台": 22, "微博": 1, "今日头条": 2, "抖音": 3, "快手": 1, "小红书": 1},
}  # fmt: skip


@pytest.mark.parametrize("name", PLATFORMS)
def test_platforms_are_listed_with_their_published_counts_and_add_up(name: str) -> None:
    numbers, accounts = count(1), []
    for platform, many in PLATFORMS[name].items():
        accounts += group(numbers, accounts=many, checked=many, failed=0, platform=platform)
    facts = facts_of(accounts)
    text = "".join(each.text for each in notice(facts, common()))
    total = sum(PLATFORMS[name].values())
    assert name.endswith(str(total))
    listed = "、".join(f"{platform}{many}个" for platform, many in PLATFORMS[name].items())
    assert f"政务新媒体账号共{total}个，其中{listed}。" in text


def test_annex_1_prints_two_decimals_and_both_counts() -> None:
    numbers = count(1)
    accounts = group(numbers, accounts=60, checked=53, failed=16, place="甲区", unit="甲局")
    accounts += group(numbers, accounts=67, checked=67, failed=0, place="乙区", unit="乙局")
    table = annexes(facts_of(accounts), common())[0].blocks[0]  # type: ignore[union-attr]
    assert table.rows == (  # type: ignore[union-attr]
        ("1", "甲区", "60", "53", "37", "16", "69.81%"),
        ("2", "乙区", "67", "67", "67", "0", "100.00%"),
        ("", "合计", "127", "120", "104", "16", "86.67%"),
    )


@pytest.mark.parametrize(
    ("checked", "failed", "said"),
    [
        (0, 0, "—"),
        (30_000, 1, "99.99%"),
        (30_000, 29_999, "0.01%"),
        (3, 1, "66.67%"),
        (800, 799, "0.13%"),  # 0.125, half up
        (1, 1, "0.00%"),
    ],
)
def test_rounding_never_makes_a_whole_of_what_is_none(checked: int, failed: int, said: str) -> None:
    assert rate(checked, failed) == said


def test_more_failed_than_checked_is_no_count() -> None:
    with pytest.raises(ValueError, match="more failed"):
        rate(3, 4)
