"""The simulator's state: one SQLite file, small writes, one process."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import msgspec

from minxin.simulator.schema import ADDED, SCHEMA

Row = sqlite3.Row
KEPT_EXCHANGES = 2000


class Database:
    """A thin face over one connection. Every statement commits by itself and takes microseconds.

    `synchronous=OFF`: a killed process loses nothing, a lost power supply may; this is a simulator.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=OFF")
        self._connection.execute("PRAGMA busy_timeout=5000")
        self._connection.execute("PRAGMA cache_size=-98304")  # 96 MB: a million chats
        self._connection.executescript(SCHEMA)
        for table, column, definition in ADDED:
            self._add_column(table, column, definition)

    def all(self, statement: str, *values: Any) -> list[Row]:
        return self._connection.execute(statement, values).fetchall()

    def one(self, statement: str, *values: Any) -> Row | None:
        found: Row | None = self._connection.execute(statement, values).fetchone()
        return found

    def run(self, statement: str, *values: Any) -> int:
        """Execute; the number of rows that changed."""
        return self._connection.execute(statement, values).rowcount

    def insert(self, table: str, **values: Any) -> int:
        """Insert one row; its row number. `table` and the names come from our code only."""
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608
        number = self._connection.execute(statement, tuple(values.values())).lastrowid
        return number or 0

    def value(self, name: str, default: str = "") -> str:
        found = self.one("SELECT value FROM settings WHERE name = ?", name)
        return default if found is None else str(found["value"])

    def keep(self, name: str, value: str) -> None:
        self.run("INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)", name, value)

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing, and one commit for many rows."""
        return self._transaction()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def many(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        """Execute once per row."""
        self._connection.executemany(statement, rows)

    def close(self) -> None:
        self._connection.close()

    def _add_column(self, table: str, column: str, definition: str) -> None:
        """A column that a file made by an earlier version does not have yet."""
        present = self._connection.execute(f"PRAGMA table_info({table})").fetchall()
        if column not in {row["name"] for row in present}:
            self._connection.execute(f"ALTER TABLE {table} ADD COLUMN {column} {definition}")


def to_json(value: Any) -> str:
    """JSON for a column."""
    return msgspec.json.encode(value).decode()


def from_json(text: str) -> Any:
    return msgspec.json.decode(text)
