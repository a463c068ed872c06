"""The SQL of the hot path, the same on SQLite and PostgreSQL but for marks, casts and locks.

Rows of one statement are written together, for a statement costs more than a row. SQLite takes our
question marks as they stand: Django's own translation of a thousand marks costs more than the rows.
"""

import functools
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections

from minxin.conversations.models import Dialogue, Message

_MESSAGES = Message._meta.db_table
_DIALOGUES = Dialogue._meta.db_table


def execute(sql: str, values: Sequence[Any]) -> Any:
    """The cursor after one statement; `sql` carries the marks of the database in use."""
    database = connections[DEFAULT_DB_ALIAS]
    if database.vendor == "sqlite":
        if not database.queries_logged and database.connection is not None:
            with database.wrap_database_errors:
                return database.connection.execute(sql, values)
        sql = sql.replace("%", "%%").replace("?", "%s")
    cursor = database.cursor()
    cursor.execute(sql, values)
    return cursor


def is_postgres() -> bool:
    """Whether rows are locked one by one and casts must be written."""
    return bool(connection.vendor == "postgresql")


def moments() -> Callable[[datetime], Any]:
    """Makes of a moment what a query takes."""
    return _itself if is_postgres() else _as_text


def _itself(value: datetime) -> datetime:
    return value


@functools.lru_cache(maxsize=1024)  # WeChat tells whole seconds: many messages share one
def _as_text(value: datetime) -> str:
    """As `adapt_datetimefield_value` does for SQLite."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ")


Name = tuple[int, str]  # account and delivery


@functools.cache
def _insert_messages(vendor: str, count: int, *, is_returning: bool) -> str:
    row = "(?,?,'citizen',?,?,?,?,?,?,?)"
    if vendor == "postgresql":
        row = "(%s,%s,'citizen',%s,%s,%s::jsonb,%s,%s,%s,%s)"
    ending = " RETURNING account_id, delivery, id" if is_returning else ""
    return (
        f"INSERT INTO {_MESSAGES} (account_id, citizen_id, sender, kind, text, data, delivery, reply,"  # noqa: S608
        f" said_at, recorded_at) VALUES {','.join([row] * count)} ON CONFLICT DO NOTHING{ending}"
    )


def insert_messages(values: Sequence[Any], names: Sequence[Name]) -> Sequence[int] | None:
    """Insert rows of (account, citizen, kind, text, data, delivery, reply, said, recorded); their
    numbers in order, or None when one was there already (others then are inserted: roll back).

    SQLite has one writer and numbers one statement's rows one after the other: the last number tells
    them all, while asking for each would hand the interpreter over for each.
    """
    count = len(names)
    if is_postgres():
        found = insert_new_messages(values, count)
        return [found[name] for name in names] if len(found) == count else None
    sql = _insert_messages(connection.vendor, count, is_returning=False)
    cursor = execute(sql, values)
    if cursor.rowcount != count:
        return None
    last = cursor.lastrowid
    return range(last - count + 1, last + 1)


def insert_new_messages(values: Sequence[Any], count: int) -> dict[Name, int]:
    """As `insert_messages`, where some may be there already: the numbers of those that were not."""
    sql = _insert_messages(connection.vendor, count, is_returning=True)
    found = execute(sql, values).fetchall()
    return {(account, str(delivery)): number for account, delivery, number in found}


_RECORDING = 0x6D696E78  # the advisory lock of all who record


def begin_recording() -> None:
    """Tell those who follow the messages that numbers are about to be given (PostgreSQL)."""
    if is_postgres():
        execute("SELECT pg_advisory_xact_lock_shared(%s)", [_RECORDING])


def wait_for_recordings() -> None:
    """Wait until every number given so far is committed or gone (PostgreSQL)."""
    execute("SELECT pg_advisory_xact_lock(%s)", [_RECORDING])


@functools.cache
def _read_dialogues(vendor: str, count: int) -> str:
    columns = "citizen_id, form, attended_at, wants_person_at"
    if vendor == "postgresql":
        # Locked in one order: the upsert that follows takes them in any case.
        return (
            f"SELECT {columns} FROM {_DIALOGUES} WHERE citizen_id = ANY(%s)"  # noqa: S608
            " ORDER BY citizen_id FOR UPDATE"
        )
    return (
        f"SELECT {columns} FROM {_DIALOGUES} WHERE citizen_id IN ({','.join('?' * count)})"  # noqa: S608
        " AND (form IS NOT NULL OR attended_at IS NOT NULL OR wants_person_at IS NOT NULL)"
    )


def read_dialogues(
    keys: Sequence[str],
) -> list[tuple[str, Any, datetime | None, datetime | None]]:
    """(citizen, form, attended, a person wanted) of the dialogues in which something is remembered."""
    values: Sequence[Any] = [list(keys)] if is_postgres() else keys
    found = execute(_read_dialogues(connection.vendor, len(keys)), values).fetchall()
    return [
        (key, _decoded(form), aware(attended), aware(wanted))
        for key, form, attended, wanted in found
    ]


def begin_dialogues(accounts: Mapping[str, int]) -> None:
    """A row for each of these citizens, by the account she wrote to; who has one keeps it."""
    pair = "(%s,%s,'',0)" if is_postgres() else "(?,?,'',0)"
    execute(
        f"INSERT INTO {_DIALOGUES} (citizen_id, account_id, last_text, unread)"  # noqa: S608
        f" VALUES {','.join([pair] * len(accounts))} ON CONFLICT DO NOTHING",
        [value for item in sorted(accounts.items()) for value in item],
    )


def upsert_lines(values: Sequence[Any], count: int) -> None:
    """Bring dialogues up to date in the inbox, by rows of (citizen, account, last message, last words
    at, last words, unread)."""
    row = "(?,?,?,?,?,?)"
    if is_postgres():
        row = "(%s,%s,%s::timestamptz,%s::timestamptz,%s,%s)"
    execute(
        f"INSERT INTO {_DIALOGUES} AS d (citizen_id, account_id, last_message_at,"  # noqa: S608
        f" last_citizen_message_at, last_text, unread) VALUES {','.join([row] * count)}"
        " ON CONFLICT (citizen_id) DO UPDATE SET last_message_at = excluded.last_message_at,"
        " last_citizen_message_at ="
        " COALESCE(excluded.last_citizen_message_at, d.last_citizen_message_at),"
        " last_text = CASE WHEN excluded.unread > 0 THEN excluded.last_text ELSE d.last_text END,"
        " unread = d.unread + excluded.unread,"
        " closed_at = CASE WHEN excluded.unread > 0 THEN NULL ELSE d.closed_at END",
        values,
    )


def update_forms(forms: Mapping[str, str]) -> None:
    """Set what dialogues remember, by citizen: JSON, "null" for nothing."""
    if not forms:
        return
    keys = sorted(forms)
    if is_postgres():
        execute(
            f"SELECT citizen_id FROM {_DIALOGUES} WHERE citizen_id = ANY(%s)"  # noqa: S608
            " ORDER BY citizen_id FOR UPDATE",
            [keys],
        )
    pair = "(%s,%s::jsonb)" if is_postgres() else "(?,?)"
    values = [
        value for key in keys for value in (key, None if forms[key] == "null" else forms[key])
    ]
    execute(
        f"UPDATE {_DIALOGUES} SET form = v.column2 FROM (VALUES {','.join([pair] * len(keys))}) AS v"  # noqa: S608
        f" WHERE {_DIALOGUES}.citizen_id = v.column1",
        values,
    )


def update_replies(replies: Mapping[int, str]) -> None:
    """Set what was answered, by message."""
    if not replies:
        return
    numbers = sorted(replies)
    if is_postgres():
        execute(
            f"SELECT id FROM {_MESSAGES} WHERE id = ANY(%s) ORDER BY id FOR UPDATE",  # noqa: S608
            [numbers],
        )
    pair = "(%s::bigint,%s)" if is_postgres() else "(?,?)"
    execute(
        f"UPDATE {_MESSAGES} SET reply = v.column2 FROM (VALUES {','.join([pair] * len(numbers))}) AS v"  # noqa: S608
        f" WHERE {_MESSAGES}.id = v.column1",
        [value for number in numbers for value in (number, replies[number])],
    )


def _decoded(form: Any) -> Any:
    return json.loads(form) if isinstance(form, str) else form


def aware(value: Any) -> Any:
    """A moment as Django gives it, of what raw SQL gave."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if value is None or value.tzinfo is not None:
        return value
    return value.replace(tzinfo=UTC)
