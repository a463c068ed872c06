"""A quarter and a year planted from counts, so that what is printed can be counted here another way."""

from datetime import date

from minxin.reports.rules.figures import Over
from minxin.reports.rules.kinds.year import YearAccount, YearFacts
from minxin.reports.rules.quarters import QuarterFacts
from minxin.reports.rules.rows import Period, Row

AGENCY = "浔武市人民政府办公室"
PLATFORMS = ("微信公众平台", "微博", "抖音", "微信视频号", "今日头条")
KINDS = ("内容不更新", "没有有效的互动入口", "菜单链接打不开")


def account_rows(size: int) -> list[Row]:
    return [
        Row(
            over=Over.ACCOUNTS, number=n, account_id=n, name=f"浔武账号{n}", platform=PLATFORMS[n * n % 5],
            unit=f"第{n % 30 + 1}局", place=f"第{n % 8 + 1}区", problem="市级" if n % 3 else "县级",
            result="停更" if n % 17 == 0 else "运行",
        )
        for n in range(1, size + 1)
    ]  # fmt: skip


def problem_rows(size: int) -> list[Row]:
    rows = []
    for n in range(1, size + 1):
        tags = {"opened"} | ({"veto"} if n % 3 == 0 else set())
        if n % 4 == 0:
            tags |= {"open"} | ({"overdue"} if n % 8 == 0 else set())
        else:
            tags |= {"closed", "rectified", "opened_closed", "late" if n % 5 == 0 else "ontime"}
        rows.append(
            Row(
                over=Over.PROBLEMS, number=n, account_id=n, name=f"浔武账号{n}", platform="微博",
                unit=f"第{n % 30 + 1}局", place="第1区", problem=KINDS[n % 3], seen="最近更新：10月28日",
                result="整改中" if "open" in tags else "已销号", tags=frozenset(tags),
            )
        )  # fmt: skip
    return rows


def quarter_period(size: int) -> Period:
    """So many accounts, a tenth of them changed, a twentieth with a problem."""
    rows = account_rows(size)
    rows += [
        Row(over=Over.CHANGES, number=n, account_id=n, name=f"浔武账号{n}", tags=frozenset(tags))
        for n, tags in ((1, {"registered", "opened"}), (2, {"registered"}), (3, {"changed"}))
    ]
    rows += [
        Row(
            over=Over.UPDATES, number=n, account_id=n, name=f"浔武账号{n}",
            tags=frozenset({"watched", f"grade:{'AB'[n % 2]}"} | ({"warned"} if n % 6 == 0 else set())),
        )
        for n in range(1, size + 1)
    ]  # fmt: skip
    rows.append(
        Row(
            over=Over.CAMPAIGNS, number=1, name="第四季度检查", unit=AGENCY, seen="2026-11-20",
            result="96.67%", values={"checked": 120, "passed": 116, "failed": 4},
        )
    )  # fmt: skip
    rows += problem_rows(size // 20)
    rows += [
        Row(
            over=Over.TICKETS, number=n, account_id=1, name=f"YX{n:06}", unit="第1局",
            tags=frozenset({"filed", "replied", "answered", "rated"} | ({"intime", "satisfied"} if n % 4 else set())),
            values={"days": n % 5},
        )
        for n in range(1, 21)
    ]  # fmt: skip
    rows.append(
        Row(
            over=Over.MESSAGES, number=1, account_id=1, name="浔武账号1",
            values={"received": 1234, "automatic": 900, "staff": 80},
        )
    )  # fmt: skip
    return Period(tuple(rows))


def quarter(size: int = 300, before: Period | None = None) -> QuarterFacts:
    """The fourth quarter of a city; of the one before nothing is known unless it is given."""
    return QuarterFacts(
        agency=AGENCY, area="全市", year=2026, quarter=4, began_on=date(2026, 10, 1),
        until_on=date(2026, 12, 31), before_from=date(2026, 7, 1), before_until=date(2026, 9, 30),
        known_since=date(2026, 1, 5), is_ended=True, this=quarter_period(size),
        before=Period((), frozenset(Over)) if before is None else before,
    )  # fmt: skip


def year_account(number: int, **changes: object) -> YearAccount:
    said = {
        "id": number, "name": f"浔武账号{number}", "platform": "微博", "unit": "第1局", "status": "运行",
        "unknown": frozenset({Over.POSTS, Over.MESSAGES, Over.TICKETS}), **changes,
    }  # fmt: skip
    return YearAccount(**said)  # type: ignore[arg-type]


def year(*accounts: YearAccount, rows: tuple[Row, ...] = ()) -> YearFacts:
    return YearFacts(
        agency="浔武市第1局", year=2026, began_on=date(2026, 1, 1), until_on=date(2026, 12, 31),
        is_ended=True, accounts=accounts or (year_account(1),), period=Period(rows),
    )  # fmt: skip
