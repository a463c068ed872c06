"""The SQL over all accounts says what the clock and the indicators say of one, for items known by day."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from minxin.supervision.figures import QUERIES, TWINNED, in_dialect
from minxin.supervision.figures.engine import FIGURES, Engine, engine
from minxin.supervision.indicators import INDICATORS, Subject
from minxin.supervision.indicators.name_mismatch import is_other
from minxin.supervision.packs import SHIPPED, load
from minxin.supervision.rules.clock import Looked, Seen, Verdict, judge, midnight
from minxin.supervision.rules.packs import Bound, Pack, applicable
from minxin.supervision.rules.rulings import rule_of
from minxin.supervision.rules.sources import Kind, Source

PACKS = tuple(load(path) for path in sorted(SHIPPED.glob("*.toml")))
AT = date(2026, 11, 24)
MANY = 4000
SEED = 20261124
HOST = "云溪市教育局"
ACCOUNTS = (
    "account_id INTEGER, agency_id INTEGER, platform VARCHAR, affiliation VARCHAR, status VARCHAR,"
    " region_code VARCHAR, is_verified BOOLEAN, filing_number VARCHAR,"
    " is_named_otherwise BOOLEAN, was_closed BOOLEAN"
)
LOOKS = "account_id INTEGER, looked_from DATE, looked_until DATE"


@dataclass(frozen=True, slots=True)
class Planted:
    """One account, the days on which it published, and the days that were looked at."""

    number: int
    agency: int
    bound: Bound
    is_verified: bool
    filing_number: str | None
    days: tuple[date, ...]
    looked: tuple[date, date] | None
    holder: str = ""
    was_closed: bool = False


def plant(lot: random.Random, number: int) -> Planted:
    """Anything that may be, the edges of the limits more often than not."""
    silent = lot.choice(
        [
            0,
            1,
            2,
            3,
            4,
            5,
            6,
            7,
            8,
            9,
            10,
            11,
            13,
            14,
            15,
            16,
            40,
            89,
            90,
            91,
            200,
            363,
            364,
            365,
            400,
        ]
    )
    last = AT - timedelta(days=silent + lot.choice([-1, 0, 0, 1]))
    count = lot.choice([0, 1, 1, 4, 30])
    days = tuple(
        sorted({last - timedelta(days=lot.randrange(120)) for _ in range(count - 1)} | {last})
    )
    until = AT - timedelta(days=lot.choice([-2, 0, 0, 0, 1, 2, 3, 4, 5, 12]))
    looked = (until - timedelta(days=lot.choice([1, 6, 7, 10, 14, 15, 90, 100, 300])), until)
    return Planted(
        number,
        lot.randrange(MANY // 3),
        Bound(
            lot.choice(["government"] * 6 + ["party", "institution"]),
            lot.choice(["active"] * 6 + ["closing", "suspended", "closed", "planned"]),
            lot.choice(["wechat", "weibo", "douyin", "app"]),
            lot.choice(["990101", "620702", "350100", "360734", "520100", "110000", ""]),
        ),
        lot.random() < 0.8,
        lot.choice([None, "", "备字1号"]),
        days if count else (),
        looked if lot.random() < 0.9 else None,
        lot.choice(["", HOST, HOST, "别的公司"]),
        lot.random() < 0.1,
    )


@pytest.fixture(scope="module")
def planted() -> list[Planted]:
    lot = random.Random(SEED)
    return [plant(lot, number) for number in range(1, MANY + 1)]


@pytest.fixture(scope="module")
def evaluated(planted: list[Planted]) -> Iterator[Engine]:
    with engine() as found:
        found.set_packs(PACKS, at=AT)
        found.set_rows("accounts", ACCOUNTS, [
            (each.number, each.agency, each.bound.platform, each.bound.affiliation,
             each.bound.status, each.bound.region_code, each.is_verified, each.filing_number,
             is_other(each.holder, HOST), each.was_closed)
            for each in planted
        ])  # fmt: skip
        found.set_rows("looks", LOOKS, [
            (each.number, *each.looked) for each in planted if each.looked is not None
        ])  # fmt: skip
        rows = [(each.number, day, 1, 0) for each in planted for day in each.days] + [
            (each.number, AT - timedelta(days=500), 0, 0) for each in planted
        ]
        found.set_rows("figures", FIGURES, rows)
        found.evaluate()
        yield found


def told(each: Planted) -> Verdict:
    """What the clock says; day items count as the last moment of their day."""
    second = timedelta(seconds=1)
    seen = [
        Seen(
            midnight(day + timedelta(days=1)) - second,
            Source.ARTICLE_FIGURES,
            Kind.PUSHED,
            str(day),
        )
        for day in each.days
        if day < AT
    ]
    looked = []
    if each.looked is not None:
        since, until = each.looked
        looked = [Looked(Source.ARTICLE_FIGURES, midnight(since), midnight(until), midnight(AT))]
    stale = applicable(_of("update.stale"), each.bound, on=AT)
    zombie = applicable(_of("account.zombie"), each.bound, on=AT)
    return judge(seen, looked, rule_of(stale, zombie), at=midnight(AT))


def _of(indicator: str) -> tuple[Pack, ...]:
    return tuple(pack for pack in PACKS if pack.indicator == indicator)


def test_every_level_is_the_clock_s(planted: list[Planted], evaluated: Engine) -> None:
    levels = dict(evaluated.rows("SELECT account_id, level FROM standing"))
    assert len(levels) == MANY
    wrong = [
        (each, levels[each.number], told(each).level.value)
        for each in planted
        if levels[each.number] != told(each).level.value
    ]
    assert not wrong, f"{len(wrong)}: {wrong[:3]}"
    assert len(set(levels.values())) == 9  # all but the contradiction, which needs two sources


def test_every_hit_is_the_indicator_s(planted: list[Planted], evaluated: Engine) -> None:
    hits = set(evaluated.rows("SELECT account_id, indicator, pack FROM hits"))
    living: dict[tuple[int, str], int] = {}
    for each in planted:
        if each.bound.status != "closed":
            key = (each.agency, each.bound.platform)
            living[key] = living.get(key, 0) + 1
    expected = set()
    for each in planted:
        others = living.get((each.agency, each.bound.platform), 1) - 1
        subject = Subject(
            each.bound, each.is_verified, others, each.filing_number, each.holder, HOST,
            each.was_closed, told(each),
        )  # fmt: skip
        for indicator in INDICATORS:
            held = applicable(_of(indicator.name), each.bound, on=AT)
            for pack in indicator.weighed(held):
                if indicator.judge(subject, pack) is not None:
                    expected.add((each.number, indicator.name, pack.id))
    assert hits == expected
    assert {name for _number, name, _pack in hits} == TWINNED


def test_the_activity_of_a_year(planted: list[Planted], evaluated: Engine) -> None:
    found = {row[0]: row[1:] for row in evaluated.rows("SELECT * FROM activity")}
    for each in planted:
        past = [day for day in each.days if day < AT]
        if not past:
            assert each.number not in found
            continue
        ago = [(AT - day).days - 1 for day in past]
        year = [days for days in ago if days < 364]
        weeks, recent = len({days // 7 for days in year}), sum(days < 91 for days in ago)
        assert found[each.number] == (past[-1], len(year), weeks, len(year), 0, recent)


@pytest.mark.parametrize("name", QUERIES)
def test_the_way_out_is_open(name: str) -> None:
    for dialect in ("spark", "clickhouse"):
        assert in_dialect(name, dialect).lstrip().upper().startswith(("/*", "WITH"))
