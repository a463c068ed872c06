"""Days kept in Parquet: whole or not at all, once however often they are told, killed or not."""

import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import pytest

from minxin.supervision.figures.engine import FIGURES, Engine, engine
from minxin.supervision.figures.store import Store, of_account

DAY = date(2026, 10, 30)
LATER = DAY + timedelta(days=1)
NEXT_MONTH = DAY + timedelta(days=2)
ROWS = 20_000


def keep(store: Store, day: date, pushed: dict[int, int]) -> None:
    with engine() as found:
        found.set_rows("fresh", FIGURES, [(each, day, many, 0) for each, many in pushed.items()])
        store.keep_day(found, day, "fresh")


def all_of(store: Store) -> list[tuple[object, ...]]:
    with engine() as found:
        store.open_in(found)
        return found.rows("SELECT day, account_id, pushed, published FROM figures ORDER BY ALL")


def test_a_day_told_twice_is_kept_once_and_the_last_word_counts(tmp_path: Path) -> None:
    store = Store(tmp_path / "it's here")
    assert all_of(store) == []
    keep(store, DAY, {1: 1, 2: 5})
    keep(store, LATER, {1: 2})
    keep(store, NEXT_MONTH, {1: 3})
    keep(store, DAY, {1: 4})
    assert all_of(store) == [(DAY, 1, 4, 0), (LATER, 1, 2, 0), (NEXT_MONTH, 1, 3, 0)]
    assert sorted(each.name for each in store.folder.glob("*.parquet")) == [
        "2026-10.parquet", "2026-11.parquet",
    ]  # fmt: skip
    with engine() as found:
        store.open_in(found)
        assert of_account(found, 1) == [(DAY, 4, 0), (LATER, 2, 0), (NEXT_MONTH, 3, 0)]
        assert of_account(found, 2) == []


@pytest.mark.parametrize("rows", [[(1, LATER, 1, 0)], [(1, DAY, 1, 0), (1, DAY, 2, 0)], [(1, None, 1, 0)]])  # fmt: skip
def test_what_is_not_one_row_an_account_of_the_day_changes_nothing(
    tmp_path: Path, rows: list[tuple[object, ...]]
) -> None:
    store = Store(tmp_path)
    keep(store, DAY, {1: 7})
    with engine() as found:
        found.set_rows("fresh", FIGURES, rows)
        with pytest.raises(ValueError, match="not one row"):
            store.keep_day(found, DAY, "fresh")
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
            f" CAST({number} AS SMALLINT) AS pushed, CAST(0 AS SMALLINT) AS published FROM range({rows}) AS r(n)"
        )
        store.keep_day(found, date(2026, 10, 30), "fresh")
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
    keep(store, DAY, {1: 1})  # no lock was left behind
    assert all_of(store) == [(DAY, 1, 1, 0), (LATER, 1, 9, 0)]
