"""Days kept in Parquet: whole or not at all, once however often they are told, killed or not."""

import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import pytest

from minxin.supervision.figures.engine import Engine, engine
from minxin.supervision.figures.store import KEPT, Store, of_account

DAY = date(2026, 10, 30)
LATER = DAY + timedelta(days=1)
NEXT_MONTH = DAY + timedelta(days=2)
ROWS = 20_000


def keep(store: Store, day: date, pushed: dict[int, int], *, is_all: bool = False) -> None:
    with engine() as found:
        found.set_rows("fresh", KEPT, [(each, day, many, 0, "A") for each, many in pushed.items()])
        store.put(found, day, "fresh", is_all=is_all)


def all_of(store: Store, *, since: date | None = None) -> list[tuple[object, ...]]:
    with engine() as found:
        store.open_in(found, since=since)
        return found.rows("SELECT day, account_id, pushed, published FROM figures ORDER BY ALL")


def test_a_day_told_twice_is_kept_once_and_the_last_word_counts(tmp_path: Path) -> None:
    store = Store(tmp_path / "it's here")
    assert all_of(store) == []
    keep(store, DAY, {1: 1, 2: 5})
    keep(store, LATER, {1: 2})
    keep(store, NEXT_MONTH, {1: 3})
    keep(store, DAY, {1: 4})
    assert all_of(store) == [(DAY, 1, 4, 0), (DAY, 2, 5, 0), (LATER, 1, 2, 0), (NEXT_MONTH, 1, 3, 0)]  # fmt: skip
    assert store.months() == [DAY.replace(day=1), NEXT_MONTH.replace(day=1)]
    assert all_of(store, since=NEXT_MONTH) == [(NEXT_MONTH, 1, 3, 0)]
    assert all_of(store, since=NEXT_MONTH + timedelta(days=40)) == []
    with engine() as found:
        store.open_in(found)
        assert of_account(found, 1) == [(DAY, 4, 0, "A"), (LATER, 2, 0, "A"), (NEXT_MONTH, 3, 0, "A")]  # fmt: skip
        assert of_account(found, 3) == []


def test_a_month_told_whole_is_nothing_but_that(tmp_path: Path) -> None:
    store = Store(tmp_path)
    keep(store, DAY, {1: 1, 2: 5})
    keep(store, NEXT_MONTH, {1: 3})
    keep(store, LATER, {2: 2}, is_all=True)
    assert all_of(store) == [(LATER, 2, 2, 0), (NEXT_MONTH, 1, 3, 0)]
    store.drop_all_but([DAY.replace(day=1)])
    assert all_of(store) == [(LATER, 2, 2, 0)]


@pytest.mark.parametrize("rows", [
    [(1, NEXT_MONTH, 1, 0, "A")], [(1, DAY, 1, 0, "A"), (1, DAY, 2, 0, "A")], [(1, None, 1, 0, "A")],
])  # fmt: skip
def test_what_is_not_one_row_an_account_and_day_of_the_month_changes_nothing(
    tmp_path: Path, rows: list[tuple[object, ...]]
) -> None:
    store = Store(tmp_path)
    keep(store, DAY, {1: 7})
    with engine() as found:
        found.set_rows("fresh", KEPT, rows)
        with pytest.raises(ValueError, match="not one row"):
            store.put(found, DAY, "fresh")
    assert all_of(store) == [(DAY, 1, 7, 0)]


WRITER = """
import sys
from datetime import date
from pathlib import Path
from minxin.supervision.figures.engine import engine
from minxin.supervision.figures.store import Store
store, rows, number = Store(Path(sys.argv[1])), int(sys.argv[2]), 0
with engine() as found:
    while True:
        number += 1
        found.connection.execute(
            "CREATE OR REPLACE TABLE fresh AS SELECT CAST(n AS INTEGER) AS account_id, DATE '2026-10-30' AS day,"
            f" CAST({number} AS SMALLINT) AS pushed, CAST(0 AS SMALLINT) AS published, 'A' AS grade"
            " FROM range({rows}) AS r(n)".replace("{rows}", str(rows))
        )
        store.put(found, date(2026, 10, 30), "fresh")
        print(number, flush=True)
"""


def whole(found: Engine) -> tuple[object, ...]:
    return found.rows(
        "SELECT count(*), count(DISTINCT account_id), min(pushed), max(pushed) FROM figures WHERE day = ?",
        [DAY],
    )[0]


@pytest.mark.slow
def test_killed_in_the_middle_a_day_is_whole_and_what_was_told_is_kept(tmp_path: Path) -> None:
    store = Store(tmp_path)
    keep(store, LATER, {1: 9})
    for pause in (0.0, 0.013, 0.031, 0.052, 0.077):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), str(ROWS)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert writer.stdout is not None
        told = int(writer.stdout.readline())
        time.sleep(pause)
        writer.kill()
        told = max([told, *map(int, writer.stdout.read().split())])
        writer.wait()
        with engine() as found:
            store.open_in(found)
            rows, accounts, least, most = whole(found)
        assert (rows, accounts) == (ROWS, ROWS)
        assert least == most
        assert most in (told, told + 1)  # the next may have been kept before it could say so
    keep(store, DAY, dict.fromkeys(range(ROWS), 1))  # no lock was left behind
    assert len(all_of(store)) == ROWS + 1
