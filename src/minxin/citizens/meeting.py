"""Meeting citizens in bulk, on the gateway's hot path: raw SQL, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from django.db import connections, router

from minxin.citizens.models import Citizen
from minxin.core import crypto


@dataclass(frozen=True, slots=True)
class Meeting:
    """One push from one person: `key` is `identity.key_of(app_id, openid)`, `at` its CreateTime."""

    key: str
    account_id: int
    openid: str
    at: datetime
    kind: Literal["said", "followed", "unfollowed"] = "said"


@dataclass(frozen=True, slots=True)
class Met:
    """What was known of a person before the meetings.

    `is_new`: no row had her key. `had_followed`: she followed at some time before the follow event
    told of, as the row of her key alone shows; the same event told twice gives the same answer.
    """

    key: str
    is_new: bool
    had_followed: bool


@dataclass(slots=True)
class _Known:
    has_openid: bool
    followed_at: datetime | None
    unfollowed_at: datetime | None


def meet_many(meetings: Sequence[Meeting], *, now: datetime) -> dict[str, Met]:
    """See to it that everybody of a batch has a row; key -> what was known before.

    Works inside the caller's transaction and commits nothing. Rows are inserted in the order of
    their keys, so that two gateways never wait for each other. Who was erased and speaks or
    follows again gets her openid back, unless the push is older than the unfollowing: a late
    repeat of an old message brings nothing back. An unfollow event stores no openid. Exempt from
    the audit, as `record_batch` is: the message row is its record.
    """
    by_key: dict[str, list[Meeting]] = {}
    for meeting in meetings:
        by_key.setdefault(meeting.key, []).append(meeting)
    known = _known(by_key)
    missing = sorted(by_key.keys() - known.keys())
    inserted = _insert([(key, by_key[key]) for key in missing], now)
    if len(inserted) < len(missing):  # another gateway was faster
        known |= _known(key for key in missing if key not in inserted)
    met: dict[str, Met] = {}
    for key in sorted(by_key):
        row = known.get(key)
        met[key] = Met(key, row is None, _had_followed(row, by_key[key]))
        if row is not None:
            _follow_up(key, row, by_key[key])
    return met


def _had_followed(row: _Known | None, meetings: Sequence[Meeting]) -> bool:
    if row is None:
        return False
    if row.unfollowed_at is not None:
        return True
    followed = [meeting.at for meeting in meetings if meeting.kind == "followed"]
    return row.followed_at is not None and (not followed or row.followed_at < min(followed))


def _known(keys: Iterable[str]) -> dict[str, _Known]:
    wanted = sorted(keys)
    if not wanted:
        return {}
    marks = ",".join(["%s"] * len(wanted))
    sql = (
        'SELECT "key", openid IS NOT NULL, followed_at, unfollowed_at'  # noqa: S608  (marks only)
        f' FROM {Citizen._meta.db_table} WHERE "key" IN ({marks})'
    )
    with _connection().cursor() as cursor:
        cursor.execute(sql, wanted)
        return {
            key: _Known(bool(has_openid), _moment(followed_at), _moment(unfollowed_at))
            for key, has_openid, followed_at, unfollowed_at in cursor.fetchall()
        }


_COLUMNS = (
    '"key"',
    "account_id",
    "openid",
    "region_code",
    "consent_version",
    "has_large_text",
    "first_seen_at",
    "followed_at",
    "unfollowed_at",
    "erased_at",
)


def _insert(people: Sequence[tuple[str, Sequence[Meeting]]], now: datetime) -> set[str]:
    """Insert who is missing; returns the keys that this call inserted."""
    if not people:
        return set()
    connection = _connection()
    adapt = connection.ops.adapt_datetimefield_value
    values: list[Any] = []
    for key, meetings in people:
        last = max(meetings, key=lambda meeting: meeting.at)
        has_left = last.kind == "unfollowed"
        followed = [meeting.at for meeting in meetings if meeting.kind == "followed"]
        values += [
            key,
            last.account_id,
            None if has_left else crypto.seal(last.openid),
            "",
            "",
            False,
            adapt(now),
            adapt(max(followed)) if followed and not has_left else None,
            adapt(last.at) if has_left else None,
            adapt(now) if has_left else None,
        ]
    row = "(" + ",".join(["%s"] * len(_COLUMNS)) + ")"
    sql = (
        f"INSERT INTO {Citizen._meta.db_table} ({','.join(_COLUMNS)})"  # noqa: S608  (our names)
        f" VALUES {','.join([row] * len(people))}"
        ' ON CONFLICT DO NOTHING RETURNING "key"'
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return {key for (key,) in cursor.fetchall()}


def _follow_up(key: str, row: _Known, meetings: Sequence[Meeting]) -> None:
    """Write what the meetings change of a row that was there; mostly nothing."""
    changes: dict[str, Any] = {}
    after = [
        meeting
        for meeting in meetings
        if meeting.kind != "unfollowed"
        and (row.unfollowed_at is None or meeting.at > row.unfollowed_at)
    ]
    if after and not row.has_openid:
        changes |= {"openid": after[-1].openid, "erased_at": None}
    followed = [meeting.at for meeting in after if meeting.kind == "followed"]
    if followed and (row.followed_at is None or max(followed) > row.followed_at):
        changes["followed_at"] = max(followed)
    left = [meeting.at for meeting in meetings if meeting.kind == "unfollowed"]
    if left and (row.unfollowed_at is None or max(left) > row.unfollowed_at):
        changes["unfollowed_at"] = max(left)
    if changes:
        Citizen.objects.filter(pk=key).update(**changes)


def _connection() -> Any:
    return connections[router.db_for_write(Citizen)]


def _moment(value: datetime | None) -> datetime | None:
    """SQLite gives a moment back in UTC without saying so, PostgreSQL says it."""
    return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value
