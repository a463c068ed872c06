"""Recording what citizens say: one transaction for all that waits, on SQLite and PostgreSQL alike."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import OperationalError, connection, transaction

from minxin.citizens.meeting import Meeting, meet_many
from minxin.conversations.models import Dialogue, Message
from minxin.conversations.rules import is_attended

_MESSAGES = Message._meta.db_table
_DIALOGUES = Dialogue._meta.db_table


@dataclass(frozen=True, slots=True)
class Delivery:
    """One push to be recorded. `delivery` is `wechat.delivery_key`; see `delivery_name`."""

    account_id: int
    citizen_key: str
    openid: str
    delivery: str
    kind: str
    text: str
    data: str | None
    said_at: datetime
    received_at: datetime
    meeting: str = "said"  # said, followed, unfollowed
    is_words: bool = True


@dataclass(frozen=True, slots=True)
class ReplyRecord:
    """What was answered to a message, recorded with the next batch.

    `reply` is JSON. `form` is what the dialogue remembers from now on (JSON, or "null" for
    nothing); None leaves it as it is.
    """

    message_id: int
    citizen_key: str
    reply: str
    form: str | None = None


@dataclass(frozen=True, slots=True)
class DialogueState:
    """What is remembered of a citizen when she speaks."""

    form: dict[str, Any] | None = None
    attended_at: datetime | None = None
    is_attended: bool = False


@dataclass(frozen=True, slots=True)
class Recorded:
    """A push on disk. `reply` is what was answered before, when this is a repeat."""

    message_id: int
    is_new: bool
    reply: str | None
    has_followed_before: bool
    dialogue: DialogueState


class KnownKeys:
    """Citizens this process has met: a row of theirs exists, nothing needs to be asked."""

    def __init__(self, limit: int = 100_000) -> None:
        self._keys: dict[str, None] = {}
        self._limit = limit

    def __contains__(self, key: str) -> bool:
        return key in self._keys

    def add(self, key: str) -> None:
        if len(self._keys) >= self._limit:
            self._keys.clear()
        self._keys[key] = None

    def discard(self, key: str) -> None:
        self._keys.pop(key, None)


def delivery_name(delivery: str) -> str:
    """A delivery key as it is kept: a MsgId as it is, for it grows with time and its index then too
    grows at its end; an event's key, in which the openid stands, as a hash."""
    if delivery.startswith("m:"):
        return delivery
    return hashlib.blake2b(delivery.encode(), digest_size=16).hexdigest()


def record_batch(
    deliveries: Sequence[Delivery],
    replies: Sequence[ReplyRecord] = (),
    *,
    known: KnownKeys | None = None,
    now: datetime,
) -> list[Recorded]:
    """Record replies and pushes in one transaction; one result per delivery, in order.

    A push that is there already, or twice in the batch, is recorded once. When this returns, all
    of it is on disk; when it raises, none of it is. Exempt from the audit: a message row is its
    own record.
    """
    for attempt in range(TRIES):
        try:
            return _record(deliveries, replies, known, now)
        except OperationalError as error:
            if attempt + 1 == TRIES or not _may_pass(error):
                raise
    raise AssertionError("unreachable")


# Two gateways that record the same repeats take their rows in one order; where PostgreSQL still
# sees a deadlock it ends one of the two, which then simply begins again.
TRIES = 3
_PASSING = frozenset({"40P01", "40001"})  # deadlock_detected, serialization_failure


def _may_pass(error: OperationalError) -> bool:
    return getattr(error.__cause__, "sqlstate", "") in _PASSING


def _record(
    deliveries: Sequence[Delivery],
    replies: Sequence[ReplyRecord],
    known: KnownKeys | None,
    now: datetime,
) -> list[Recorded]:
    with transaction.atomic(durable=False):
        _record_replies(replies)
        if not deliveries:
            return []
        met = _meet(deliveries, known, now)
        hashes = [delivery_name(each.delivery) for each in deliveries]
        inserted = _insert(deliveries, hashes)
        earlier = _repeats(deliveries, hashes, inserted)
        states = _dialogues(deliveries, hashes, inserted, now)
    if known is not None:
        for each in deliveries:
            if each.meeting == "unfollowed":
                known.discard(each.citizen_key)
            else:
                known.add(each.citizen_key)
    found: list[Recorded] = []
    told: set[tuple[int, str]] = set()
    for each, digest in zip(deliveries, hashes, strict=True):
        name = (each.account_id, digest)
        is_new = name in inserted and name not in told
        told.add(name)
        number, reply = (inserted[name], None) if name in inserted else earlier[name]
        found.append(
            Recorded(
                number,
                is_new,
                reply,
                met.get(each.citizen_key, False),
                states.get(each.citizen_key) or DialogueState(),
            )
        )
    return found


def _meet(
    deliveries: Sequence[Delivery], known: KnownKeys | None, now: datetime
) -> dict[str, bool]:
    strangers = [
        Meeting(each.citizen_key, each.account_id, each.openid, each.said_at, each.meeting)  # type: ignore[arg-type]
        for each in deliveries
        if known is None or each.meeting != "said" or each.citizen_key not in known
    ]
    if not strangers:
        return {}
    return {key: met.had_followed for key, met in meet_many(strangers, now=now).items()}


def _insert(deliveries: Sequence[Delivery], hashes: Sequence[str]) -> dict[tuple[int, str], int]:
    moment = _moment_writer()
    values: list[Any] = []
    rows = list(zip(deliveries, hashes, strict=True))
    if connection.vendor == "postgresql":
        rows.sort(key=lambda pair: pair[1])
    for each, digest in rows:
        values += (
            each.account_id,
            each.citizen_key,
            each.kind,
            each.text,
            each.data,
            digest,
            moment(each.said_at),
            moment(each.received_at),
        )
    # fmt: off
    row = "(%s,%s,'citizen',%s,%s,%s,%s,%s,%s)"
    if connection.vendor == "postgresql":
        row = "(%s,%s,'citizen',%s,%s,%s::jsonb,%s,%s,%s)"
    # fmt: on
    sql = (
        f"INSERT INTO {_MESSAGES} (account_id, citizen_id, sender, kind, text, data, delivery,"  # noqa: S608
        f" said_at, recorded_at) VALUES {','.join([row] * len(deliveries))}"
        " ON CONFLICT DO NOTHING RETURNING account_id, delivery, id"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return {(account, digest): number for account, digest, number in cursor.fetchall()}


def _repeats(
    deliveries: Sequence[Delivery],
    hashes: Sequence[str],
    inserted: dict[tuple[int, str], int],
) -> dict[tuple[int, str], tuple[int, str | None]]:
    missing = [
        (each.account_id, digest)
        for each, digest in zip(deliveries, hashes, strict=True)
        if (each.account_id, digest) not in inserted
    ]
    if not missing:
        return {}
    # By account too: the unique index begins with it.
    rows = Message.objects.filter(
        account__in={account for account, _ in missing},
        delivery__in={digest for _, digest in missing},
    )
    return {
        (account, str(digest)): (number, reply)
        for account, digest, number, reply in rows.values_list(
            "account_id", "delivery", "id", "reply"
        )
    }


def _dialogues(
    deliveries: Sequence[Delivery],
    hashes: Sequence[str],
    inserted: dict[tuple[int, str], int],
    now: datetime,
) -> dict[str, DialogueState]:
    """Note in each dialogue what is new, and read what it remembers."""
    fresh: dict[str, list[Delivery]] = {}
    untold = set(inserted)  # a push that stands twice in the batch counts once
    for each, digest in zip(deliveries, hashes, strict=True):
        if (each.account_id, digest) in untold:
            untold.remove((each.account_id, digest))
            fresh.setdefault(each.citizen_key, []).append(each)
    states: dict[str, DialogueState] = {}
    columns = "citizen_id, form, attended_at"
    if fresh:
        moment = _moment_writer()
        values: list[Any] = []
        for key in sorted(fresh):
            last = fresh[key][-1]
            words = [each for each in fresh[key] if each.is_words]
            values += (
                key,
                last.account_id,
                moment(last.said_at),
                moment(words[-1].said_at) if words else None,
                words[-1].text[:200] if words else "",
                len(words),
            )
        sql = (
            f"INSERT INTO {_DIALOGUES} AS d (citizen_id, account_id, last_message_at,"  # noqa: S608
            " last_citizen_message_at, last_text, unread)"
            f" VALUES {','.join(['(%s,%s,%s,%s,%s,%s)'] * len(fresh))}"
            " ON CONFLICT (citizen_id) DO UPDATE SET last_message_at = excluded.last_message_at,"
            " last_citizen_message_at ="
            " COALESCE(excluded.last_citizen_message_at, d.last_citizen_message_at),"
            " last_text = CASE WHEN excluded.unread > 0 THEN excluded.last_text ELSE d.last_text END,"
            " unread = d.unread + excluded.unread, closed_at = NULL"
            f" RETURNING {columns}"
        )
        if connection.vendor == "postgresql":
            sql = sql.replace(
                "(%s,%s,%s,%s,%s,%s)", "(%s,%s,%s::timestamptz,%s::timestamptz,%s,%s)"
            ).replace("RETURNING citizen_id, form", "RETURNING d.citizen_id, d.form")
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            states = {row[0]: _state(row, now) for row in cursor.fetchall()}
    others = sorted({each.citizen_key for each in deliveries} - states.keys())
    if others:
        marks = ",".join(["%s"] * len(others))
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {columns} FROM {_DIALOGUES} WHERE citizen_id IN ({marks})",  # noqa: S608
                others,
            )
            states |= {row[0]: _state(row, now) for row in cursor.fetchall()}
    return states


def _moment_writer() -> Callable[[datetime], Any]:
    """Makes of a moment what a query takes, as `adapt_datetimefield_value` does, in a fifth of its
    time."""
    if connection.vendor == "postgresql":
        return lambda value: value
    return lambda value: value.astimezone(UTC).replace(tzinfo=None).isoformat(" ")


def _state(row: tuple[Any, ...], now: datetime) -> DialogueState:
    _, form, attended_at = row
    if isinstance(form, str):
        form = json.loads(form)
    if isinstance(attended_at, str):
        attended_at = datetime.fromisoformat(attended_at)
    if attended_at is not None and attended_at.tzinfo is None:
        attended_at = attended_at.replace(tzinfo=UTC)
    return DialogueState(form, attended_at, is_attended(attended_at, now))


def _record_replies(replies: Sequence[ReplyRecord]) -> None:
    if not replies:
        return
    rows: list[Any] = []
    forms: dict[str, str] = {}
    last = {each.message_id: each for each in replies}
    for number in sorted(last):
        rows += (number, last[number].reply)
    for each in replies:
        if each.form is not None:
            forms[each.citizen_key] = each.form
    is_postgres = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        if is_postgres:
            cursor.execute(
                f"SELECT id FROM {_MESSAGES} WHERE id = ANY(%s) ORDER BY id FOR UPDATE",  # noqa: S608
                [sorted(last)],
            )
        pair = "(%s::bigint,%s)" if is_postgres else "(%s,%s)"
        cursor.execute(
            f"UPDATE {_MESSAGES} SET reply = v.column2 FROM"  # noqa: S608
            f" (VALUES {','.join([pair] * (len(rows) // 2))}) AS v"
            f" WHERE {_MESSAGES}.id = v.column1",
            rows,
        )
        if forms and is_postgres:
            cursor.execute(
                f"SELECT citizen_id FROM {_DIALOGUES} WHERE citizen_id = ANY(%s)"  # noqa: S608
                " ORDER BY citizen_id FOR UPDATE",
                [sorted(forms)],
            )
        if forms:
            pair = "(%s,%s::jsonb)" if is_postgres else "(%s,%s)"
            cursor.execute(
                f"UPDATE {_DIALOGUES} SET form = v.column2 FROM"  # noqa: S608
                f" (VALUES {','.join([pair] * len(forms))}) AS v"
                f" WHERE {_DIALOGUES}.citizen_id = v.column1",
                [value for pair_ in sorted(forms.items()) for value in pair_],
            )
