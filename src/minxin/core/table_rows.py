"""Adding many rows of one table at once.

`bulk_create` makes an object of each row and asks every field about every value several times: a quarter of a
millisecond a row, most of what a hundred thousand steps of the ladder cost. Here a value that comes again
(a time, an agency, a word) is prepared once, and the database gets the values as they are.
"""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from django.db import connections, models, router


def add_rows(model: type[models.Model], rows: Sequence[Mapping[str, Any]]) -> None:
    """Add rows in their order, inside the transaction of the caller. Each names the same columns of `model`
    (`agency_id`, not `agency`); what none of them names gets its default.

    Raises KeyError for a column the first row does not have, IntegrityError as the database does. No signal
    is sent, and nothing is told of the numbers the rows got.
    """
    if not rows:
        return
    connection = connections[router.db_for_write(model)]
    fields = [each for each in model._meta.concrete_fields if not each.primary_key]
    unknown = set(rows[0]) - {each.attname for each in fields}
    if unknown:
        raise KeyError(*unknown)
    columns = [_Column(each, connection) for each in fields]
    for column in columns:
        column.look(rows)
    quoted = connection.ops.quote_name
    names = ", ".join(quoted(str(each.column)) for each in fields)
    marks = ", ".join(["%s"] * len(fields))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {quoted(model._meta.db_table)} ({names}) VALUES ({marks})",  # noqa: S608
            list(zip(*(each.values for each in columns), strict=True)),
        )


class _Column:
    """The values of one column, as the database takes them."""

    def __init__(self, field: Any, connection: Any) -> None:
        self._field, self._connection = field, connection
        self.values: list[Any] = []

    def look(self, rows: Sequence[Mapping[str, Any]]) -> None:
        name = self._field.attname
        if name not in rows[0]:
            default = self._prepared(self._field.get_default())
            self.values = [default] * len(rows)
            return
        known: dict[Hashable, Any] = {}
        for row in rows:
            value = row[name]
            # True and 1 are equal, and neither may stand for the other.
            key = (type(value), value)
            if key not in known:
                known[key] = self._prepared(value)
            self.values.append(known[key])

    def _prepared(self, value: Any) -> Any:
        return self._field.get_db_prep_save(value, connection=self._connection)
