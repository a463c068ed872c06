"""The indicators of `TWINNED` over all accounts at once, by days: SQL in DuckDB's dialect over Parquet.

The clock (`rules.clock`) decides about one account at a time, by the moment. What is computed here is for
what a page or a night needs of a hundred thousand: the same answers for items known by day, held against
the clock by a test. The SQL stands in files of its own; `in_dialect` gives it to another engine.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from minxin.supervision.rules.packs import Pack, Step

HERE = Path(__file__).parent
QUERIES = ("bound", "activity", "standing", "hits")  # a later one reads the earlier
# What is computed here as well: the update clock and the register, for which a day's rows of all accounts
# are enough. Content, relays, opinion events, requests and questions stand on rows of their own, a few of
# an account, that no night exports; they are weighed one account at a time (`actions.standing`), and a twin
# of them would only be a second place to err in.
TWINNED = frozenset(
    {
        "update.stale", "account.zombie", "account.uncertified", "account.name_mismatch",
        "account.duplicate_platform", "account.unfiled", "account.reopened",
    }
)  # fmt: skip
COLUMNS: Mapping[str, str] = {
    "packs": "pack VARCHAR, indicator VARCHAR, severity VARCHAR, days INTEGER, notice INTEGER,"
    " reminder INTEGER, alarm INTEGER, red INTEGER, binds_suspended BOOLEAN",
    "pack_affiliations": "pack VARCHAR, affiliation VARCHAR",
    "pack_platforms": "pack VARCHAR, platform VARCHAR",
    "pack_regions": "pack VARCHAR, prefix VARCHAR",
}
CALENDAR: Mapping[str, str] = {
    "moment": "today DATE, year_from DATE",
    "days": "day DATE, week BIGINT, is_recent BOOLEAN",
}
# Whole weeks, so that a count of weeks has no half one at its end.
YEAR, QUARTER = 364, 91


def sql(name: str) -> str:
    """One of `QUERIES`, in DuckDB's dialect."""
    if name not in QUERIES:
        raise ValueError(name)
    return (HERE / f"{name}.sql").read_text(encoding="utf-8")


def in_dialect(name: str, dialect: str) -> str:
    """The same for another engine, such as `spark` or `clickhouse`."""
    import sqlglot

    return str(sqlglot.transpile(sql(name), read="duckdb", write=dialect)[0])


def calendar_rows(today: date) -> dict[str, list[tuple[Any, ...]]]:
    """The relations of `CALENDAR`. Days as rows are cheaper than sums of dates in every row of figures."""
    days = [
        (today - timedelta(days=ago + 1), 1 << ago // 7, ago < QUARTER)
        for ago in reversed(range(YEAR))
    ]
    return {"moment": [(today, today - timedelta(days=YEAR))], "days": days}


def pack_rows(packs: Iterable[Pack], *, on: date) -> dict[str, list[tuple[Any, ...]]]:
    """The relations of `COLUMNS` for the twinned packs in force on a day. An empty platform or prefix: all."""
    found: dict[str, list[tuple[Any, ...]]] = {name: [] for name in COLUMNS}
    for pack in packs:
        if pack.indicator not in TWINNED or not pack.holds_on(on):
            continue
        steps = dict(pack.ladder)
        found["packs"].append(
            (
                pack.id, pack.indicator, pack.severity.value, pack.days,
                *(steps.get(each) for each in (Step.NOTICE, Step.REMINDER, Step.ALARM, Step.RED)),
                pack.binds_suspended,
            )
        )  # fmt: skip
        found["pack_affiliations"] += [(pack.id, each) for each in sorted(pack.binds)]
        found["pack_platforms"] += [(pack.id, each) for each in sorted(pack.platforms) or [""]]
        found["pack_regions"] += [(pack.id, each) for each in sorted(pack.regions) or [""]]
    return found
