"""Facts planted from counts alone, so that a published number can be built anew."""

from collections.abc import Iterable
from datetime import date
from itertools import count

from minxin.reports.rules.facts import (
    AccountFact,
    EarlierFact,
    NoticeFacts,
    ProblemFact,
    Result,
)

STALE, SILENT, LINK = "内容不更新", "互动回应差", "链接错误"
AGENCY = "浔武市人民政府办公室"


def group(
    numbers: Iterable[int], *, accounts: int, checked: int, failed: int, platform: str = "微信公众平台",
    place: str = "甲区", unit: str = "甲局",
) -> list[AccountFact]:  # fmt: skip
    """So many accounts of one platform, place and unit; the first failed, the last not looked at."""
    results = (
        [Result.FAILED] * failed
        + [Result.PASSED] * (checked - failed)
        + [Result.UNCHECKED] * (accounts - checked)
    )
    return [
        AccountFact(number, f"账号{number}", platform, unit, place, result)
        for number, result in zip(numbers, results, strict=False)
    ]


def facts_of(
    accounts: list[AccountFact], *, kinds: tuple[str, ...] = (STALE,), more: Iterable[ProblemFact] = (),
    earlier: tuple[EarlierFact, ...] | None = None,
) -> NoticeFacts:  # fmt: skip
    """A notice in which every failed account has a veto, of the kinds in turn."""
    failed = [each for each in accounts if each.result is Result.FAILED]
    numbers = count(1)
    problems = [
        ProblemFact(
            next(numbers), each.id, kinds[at % len(kinds)], True, "最近更新：2026年10月28日"
        )
        for at, each in enumerate(failed)
    ]
    return NoticeFacts(
        agency=AGENCY, area="全市", year=2026, period="第四季度",
        began_on=date(2026, 10, 1), until_on=date(2026, 11, 20), accounts=tuple(accounts),
        problems=(*problems, *more), earlier=earlier, report_by=date(2026, 12, 4),
    )  # fmt: skip


def city(size: int = 300) -> NoticeFacts:
    """A city of so many accounts on five platforms, in eight places and thirty units."""
    platforms = ("微信公众平台", "微博", "抖音", "微信视频号", "今日头条")
    accounts = [
        AccountFact(
            n, f"浔武账号{n}", platforms[n * n % 5], f"第{n % 30 + 1}局", f"第{n % 30 % 8 + 1}区",
            Result.FAILED if n % 19 == 0 else Result.UNCHECKED if n % 5 == 4 else Result.PASSED,
        )
        for n in range(1, size + 1)
    ]  # fmt: skip
    passed = [each for each in accounts if each.result is Result.PASSED]
    more = [
        ProblemFact(10_000 + at, each.id, LINK, False, "菜单“办事指南”打不开")
        for at, each in enumerate(passed[::23])
    ]
    earlier = tuple(
        EarlierFact(n, f"浔武账号{n}", f"第{n % 30 + 1}局", STALE, n % 4 != 0) for n in range(1, 13)
    )
    return facts_of(accounts, kinds=(STALE, SILENT), more=more, earlier=earlier)
