"""The queries, run by DuckDB in this process. Those over all accounts never in the web process: they would
starve the gateway. One account's rows may be read there, with one thread."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from minxin.supervision.figures import (
    CALENDAR,
    COLUMNS,
    QUERIES,
    calendar_rows,
    pack_rows,
    sql,
)
from minxin.supervision.rules.packs import Pack

if TYPE_CHECKING:
    import duckdb

MEMORY = "2GB"
_TOGETHER = 5_000  # rows of one statement
FIGURES = "account_id INTEGER, day DATE, pushed SMALLINT, published SMALLINT"


class Engine:
    """A DuckDB of its own, in memory, over the relations that the queries name."""

    def __init__(self, connection: "duckdb.DuckDBPyConnection") -> None:
        self.connection = connection

    def set_packs(self, packs: Iterable[Pack], *, at: date) -> None:
        """The rules in force on the day `at`, and that day itself."""
        for name, rows in pack_rows(packs, on=at).items():
            self.set_rows(name, COLUMNS[name], rows)
        for name, rows in calendar_rows(at).items():
            self.set_rows(name, CALENDAR[name], rows)

    def set_rows(self, name: str, columns: str, rows: list[tuple[Any, ...]]) -> None:
        """A small relation."""
        self.connection.execute(f"CREATE OR REPLACE TABLE {name} ({columns})")
        marks = ", ".join(f"unnest(CAST(? AS {each.split()[1]}[]))" for each in columns.split(", "))
        for first in range(0, len(rows), _TOGETHER):
            some = rows[first : first + _TOGETHER]
            values = [list(column) for column in zip(*some, strict=True)]
            self.connection.execute(f"INSERT INTO {name} SELECT {marks}", values)

    def set_file(self, name: str, path: Path) -> None:
        """A relation that is a Parquet file, or all Parquet files below a folder."""
        self.set_files(name, [path / "**" / "*.parquet" if path.is_dir() else path])

    def set_files(self, name: str, paths: Iterable[Path]) -> None:
        """A relation that is several Parquet files."""
        files = ", ".join(f"'{_quoted(str(path))}'" for path in paths)
        self.connection.execute(
            f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM read_parquet([{files}])"  # noqa: S608
        )

    def set_sheets(self, name: str, columns: str, paths: Iterable[Path]) -> None:
        """A relation that is several CSV files without a head; an empty text is one."""
        files = ", ".join(f"'{_quoted(str(path))}'" for path in paths)
        types = ", ".join("'{}': '{}'".format(*each.split()) for each in columns.split(", "))
        self.connection.execute(
            f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM read_csv([{files}], columns = {{{types}}},"  # noqa: S608
            " header = false, auto_detect = false, nullstr = 'NULL')"
        )

    def evaluate(self) -> None:
        """Compute every query into a table of its name, in their order: a later one reads the earlier."""
        for name in QUERIES:
            self.connection.execute(f"CREATE OR REPLACE TABLE {name} AS {sql(name)}")

    def rows(self, words: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
        """The rows of one query."""
        return list(self.connection.execute(words, values or []).fetchall())


def _quoted(text: str) -> str:
    return text.replace("'", "''")


@contextmanager
def engine(*, threads: int = 2, spill: Path | None = None) -> Iterator[Engine]:
    """An engine for a while. `spill`: a folder for what does not fit into `MEMORY`. It neither
    downloads extensions nor reaches the network."""
    import duckdb

    settings: dict[str, str | bool | int | float | list[str]] = {
        "threads": threads,
        "memory_limit": MEMORY,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    if spill is not None:
        settings["temp_directory"] = str(spill)
    connection = duckdb.connect(":memory:", config=settings)
    try:
        yield Engine(connection)
    finally:
        connection.close()
