"""Daily figures on disk: one Parquet file a month, replaced as a whole or not at all.

A month is at most 31 rows an account, so writing it anew for one more day costs little (`minxin bench
supervision` measures the last night of a month), and a year stays a dozen files for whoever reads it.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from minxin.supervision.figures.engine import FIGURES, Engine

_COLUMNS = "account_id, day, pushed, published"


class Store:
    """The months below a folder. Rows are those of `FIGURES`: one an account and day."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep_day(self, engine: Engine, day: date, relation: str) -> None:
        """Let a relation of the engine be all that is known of a day; asked twice, it is kept once.

        On disk when this returns. Killed in the middle, the month is as it was. Raises `ValueError`, with
        nothing changed, if a row is of another day or an account has two.
        """
        rows, accounts, foreign = engine.rows(
            f"SELECT count(*), count(DISTINCT account_id), count(*) FILTER (day IS DISTINCT FROM ?) FROM {relation}",  # noqa: S608
            [day],
        )[0]
        if foreign or accounts != rows:
            raise ValueError(f"not one row an account of {day}")
        month = self.folder / f"{day:%Y-%m}.parquet"
        part = self.folder / f".{day:%Y-%m}.part"
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._alone():
            words = f"SELECT {_COLUMNS} FROM {relation}"  # noqa: S608
            if month.exists():
                words += (
                    f" UNION ALL SELECT {_COLUMNS} FROM read_parquet('{_quoted(month)}')"  # noqa: S608
                    f" WHERE day <> DATE '{day}'"
                )
            engine.connection.execute(
                f"COPY ({words} ORDER BY account_id, day) TO '{_quoted(part)}' (FORMAT parquet)"
            )
            _on_disk(part)
            part.replace(month)
            _on_disk(self.folder)

    def open_in(self, engine: Engine, name: str = "figures") -> None:
        """Give all months to an engine that does not have them yet, under the name the queries use."""
        if any(self.folder.glob("*.parquet")):
            engine.set_file(name, self.folder)
        else:
            engine.set_rows(name, FIGURES, [])

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One writer at a time, over processes; a killed one leaves no lock behind."""
        with (self.folder / ".lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def of_account(engine: Engine, account_id: int) -> list[tuple[Any, ...]]:
    """Day, pushed and published of one account, in the order of days: what its page shows."""
    return engine.rows(
        "SELECT day, pushed, published FROM figures WHERE account_id = ? ORDER BY day", [account_id]
    )


def _on_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
