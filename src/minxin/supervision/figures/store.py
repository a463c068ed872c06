"""Daily figures on disk: one Parquet file a month, replaced as a whole or not at all.

A month is at most 31 rows an account, so writing it anew for one more day costs little (`minxin bench
supervision` measures the last night of a month), and a year stays a dozen files for whoever reads it.
"""

import fcntl
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from minxin.supervision.figures.engine import Engine

# What a month holds: the figures, and how far they are believed (`rules.sources.Grade`; empty for zeros).
KEPT = "account_id INTEGER, day DATE, pushed SMALLINT, published SMALLINT, grade VARCHAR"
_COLUMNS = "account_id, day, pushed, published, grade"


class Store:
    """The months below a folder. Rows are those of `KEPT`: one an account and day, zeros allowed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def months(self) -> list[date]:
        """The first days of the months that are there, in order."""
        names = sorted(path.stem for path in self.folder.glob("????-??.parquet"))
        return [date.fromisoformat(f"{name}-01") for name in names]

    def put(self, engine: Engine, month: date, relation: str, *, is_all: bool = False) -> None:
        """Let the rows of a relation take the place of what was known of their accounts and days; with
        `is_all` they are all there is of the month. Put twice, they are kept once.

        On disk when this returns. Killed in the middle, the month is as it was. Raises `ValueError`, with
        nothing changed, if a row is of another month or an account has two of a day.
        """
        rows, pairs, foreign = engine.rows(
            "SELECT count(*), count(DISTINCT (account_id, day)),"  # noqa: S608
            f" count(*) FILTER (date_trunc('month', day) IS DISTINCT FROM ?::DATE) FROM {relation}",
            [month.replace(day=1)],
        )[0]
        if foreign or pairs != rows:
            raise ValueError(f"not one row an account and day of {month:%Y-%m}")
        target = self._file(month)
        part = self.folder / f".{month:%Y-%m}.part"
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._alone():
            words = f"SELECT {_COLUMNS} FROM {relation}"  # noqa: S608
            if target.exists() and not is_all:
                words += (
                    f" UNION ALL SELECT {_COLUMNS} FROM read_parquet('{_quoted(target)}') AS o"  # noqa: S608
                    f" ANTI JOIN {relation} AS n ON n.account_id = o.account_id AND n.day = o.day"
                )
            engine.connection.execute(
                f"COPY ({words} ORDER BY account_id, day) TO '{_quoted(part)}' (FORMAT parquet)"
            )
            _on_disk(part)
            part.replace(target)
            _on_disk(self.folder)

    @property
    def units(self) -> Path:
        """One row a unit and month with items: agency_id, month, pushed, published, accounts (with items)."""
        return self.folder / "units.parquet"

    def put_units(self, engine: Engine) -> None:
        """Sum up the relation `figures` for the hosts in `owners(account_id, agency_id)`, in place of what
        was summed up before."""
        part = self.folder / ".units.part"
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._alone():
            engine.connection.execute(
                "COPY (SELECT o.agency_id, date_trunc('month', f.day)::DATE AS month,"  # noqa: S608
                " sum(f.pushed)::BIGINT AS pushed, sum(f.published)::BIGINT AS published,"
                " count(DISTINCT f.account_id) AS accounts"
                " FROM figures AS f JOIN owners AS o ON o.account_id = f.account_id"
                " WHERE f.pushed + f.published > 0 GROUP BY ALL ORDER BY ALL)"
                f" TO '{_quoted(part)}' (FORMAT parquet)"
            )
            _on_disk(part)
            part.replace(self.units)
            _on_disk(self.folder)

    def drop_all_but(self, months: Collection[date]) -> None:
        """Remove the months that are none of these."""
        for month in self.months():
            if month not in months:
                self._file(month).unlink(missing_ok=True)

    def open_in(self, engine: Engine, name: str = "figures", *, since: date | None = None) -> None:
        """Give the months, from that of `since` on, to an engine that does not have them yet, under the
        name the queries use."""
        wanted = [m for m in self.months() if since is None or m >= since.replace(day=1)]
        if wanted:
            engine.set_files(name, [self._file(month) for month in wanted])
        else:
            engine.set_rows(name, KEPT, [])

    def _file(self, month: date) -> Path:
        return self.folder / f"{month:%Y-%m}.parquet"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One writer at a time, over processes; a killed one leaves no lock behind."""
        with (self.folder / ".lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def of_account(engine: Engine, account_id: int) -> list[tuple[Any, ...]]:
    """Day, pushed, published and grade of one account, in the order of days: what its page shows."""
    return engine.rows(
        "SELECT day, pushed, published, grade FROM figures WHERE account_id = ? ORDER BY day",
        [account_id],
    )


def _on_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
