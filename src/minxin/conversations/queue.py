"""The outgoing queue in the database: what is due, who has it in hand, how it ended.

Rows of one account, channel and priority form a lane. Lanes are found by stepping through one index,
whatever number of rows they hold, so that a million rows hide neither an urgent one nor another account.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Case, Count, F, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import In
from django.utils.translation import gettext as _

from minxin.citizens.models import Citizen
from minxin.conversations import statements
from minxin.conversations.channels import WAYS
from minxin.conversations.contents import Channel
from minxin.conversations.models import Dialogue, Outgoing
from minxin.conversations.queries import latest_act
from minxin.conversations.rules import ACT_WINDOW, LEASE, WINDOW, WINDOW_MESSAGES, Priority
from minxin.core.crypto import CannotUnseal

Status = Outgoing.Status
_TABLE = Outgoing._meta.db_table
UNDER_WAY = (Status.WAITING, Status.SENDING)
_DUE = (
    f"SELECT o.id FROM {_TABLE} o WHERE o.status = %s AND o.account_id = %s AND o.channel = %s"  # noqa: S608
    " AND o.priority = %s AND o.due_at <= %s AND NOT EXISTS (SELECT 1 FROM"
    f" {_TABLE} e WHERE e.citizen_id = o.citizen_id AND e.id < o.id AND e.status IN (%s, %s)"
    " AND e.channel = o.channel AND e.priority <= o.priority"
    " AND (e.due_at <= %s OR e.attempts > 0))"
    " ORDER BY o.due_at, o.id LIMIT %s"
)
_FIRST = f"(SELECT MIN(due_at) FROM {_TABLE} WHERE status = '{Status.WAITING}'"  # noqa: S608
_WAYS = ",".join(f"('{channel}',{priority})" for channel in Channel for priority in Priority)
# From account to account, and in each a look at every possible lane: each step finds one end of the
# index, so that a million rows cost what one does.
_LANES = (
    f"WITH RECURSIVE a(id) AS (SELECT MIN(account_id) FROM {_TABLE}"  # noqa: S608
    f" WHERE status = '{Status.WAITING}' UNION ALL SELECT (SELECT MIN(account_id) FROM {_TABLE}"
    f" WHERE status = '{Status.WAITING}' AND account_id > a.id) FROM a WHERE a.id IS NOT NULL),"
    f" ways(channel, priority) AS (VALUES {_WAYS}), lanes AS ("
    " SELECT a.id AS account_id, ways.channel AS channel, ways.priority AS priority,"
    f" {_FIRST} AND account_id = a.id AND channel = ways.channel AND priority = ways.priority)"
    " AS due_at FROM a CROSS JOIN ways WHERE a.id IS NOT NULL)"
    " SELECT account_id, channel, priority, due_at FROM lanes WHERE due_at IS NOT NULL"
    " ORDER BY account_id, channel, priority"
)


def _is(*states: str) -> In:
    """Rows of these states, said so that no index is looked up for it.

    Of rows that are known by their numbers SQLite, which does not know how the table is filled, would
    else rather read all of that status.
    """
    return In(Coalesce(F("status"), Value("")), states)


@dataclass(frozen=True, slots=True)
class Lane:
    """The waiting rows of one account, channel and priority; `due_at` of the first."""

    account_id: int
    channel: Channel
    priority: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one attempt ended. `fields` are columns beside the status."""

    number: int
    status: str
    fields: Mapping[str, Any]


# Lanes ---------------------------------------------------------------------------------------


def lanes() -> list[Lane]:
    """All lanes in which a row waits, due or not, by account, channel and priority."""
    with connection.cursor() as cursor:
        cursor.execute(_LANES)
        return [
            Lane(account_id, Channel(channel), priority, statements.aware(due_at))
            for account_id, channel, priority, due_at in cursor.fetchall()
        ]


def due(lane: Lane, count: int, now: datetime) -> list[int]:
    """Numbers of at most `count` rows of a lane that are due, the oldest first.

    Of one citizen's only the first that is still on its way: she reads them in the order in which they
    were written, but for what is more urgent, and for what was put off before it was ever tried.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _DUE,
            [
                Status.WAITING, lane.account_id, lane.channel, lane.priority,
                statements.moments()(now), *UNDER_WAY, statements.moments()(now), count,
            ],
        )  # fmt: skip
        return [number for (number,) in cursor.fetchall()]


def claim(numbers: Collection[int], by: str, now: datetime) -> list[Outgoing]:
    """Mark rows as being sent by `by`; those that nobody was faster with, in order, with the citizen.

    Committed before anything is sent, by the caller. A citizen whose data cannot be read
    comes with the openid `UNREADABLE`.
    """
    taken = Outgoing.objects.filter(_is(Status.WAITING), pk__in=numbers)
    if not taken.update(
        status=Status.SENDING, claimed_at=now, claim=by, attempts=F("attempts") + 1
    ):
        return []
    mine = Outgoing.objects.filter(_is(Status.SENDING), pk__in=numbers, claim=by)
    mine = mine.order_by("due_at", "id")
    known = mine.select_related("citizen").only(*_SENT_COLUMNS, *_CITIZEN_COLUMNS)
    try:
        return list(known)
    except CannotUnseal:  # one damaged citizen must not hold up the others
        rows = list(mine)
        for row in rows:
            if row.citizen_id is not None:
                row.citizen = _readable(row.citizen_id)
        return rows


# What an attempt needs of a row and of the citizen.
_SENT_COLUMNS = (
    "key", "channel", "priority", "content", "otherwise", "attempts", "resends", "due_at",
    "window_ends_at", "claimed_at", "uncertain_at", "account_id",
)  # fmt: skip
_CITIZEN_COLUMNS = ("citizen__openid", "citizen__phone", "citizen__texts_agreed_at")


def _readable(key: str) -> Citizen:
    """The citizen; where what she left cannot be unsealed, one of whom nothing but the key is known."""
    try:
        return Citizen.objects.get(pk=key)
    except CannotUnseal:
        return Citizen(key=key, openid=UNREADABLE)


UNREADABLE = "?"  # no openid of WeChat's


# Windows -------------------------------------------------------------------------------------


def beyond_window(rows: Iterable[Outgoing], now: datetime) -> dict[int, datetime]:
    """Of customer-service messages those that WeChat would refuse: number -> until which of her acts we
    looked. Where we know too little, WeChat decides.

    Source: WeChat, 发送客服消息 (48 hours and five messages after what she said; a minute after an act).
    """
    by_citizen: dict[str, list[Outgoing]] = {}
    for row in rows:
        if row.channel == Channel.CUSTOM and row.citizen_id:
            by_citizen.setdefault(row.citizen_id, []).append(row)
    if not by_citizen:
        return {}
    lines = Dialogue.objects.filter(pk__in=by_citizen)
    spoke = {
        key: last
        for key, last in lines.values_list("citizen_id", "last_citizen_message_at")
        if last is not None
    }
    used = _used(spoke)
    found: dict[int, datetime] = {}
    for key, theirs in by_citizen.items():
        last = spoke.get(key)
        if last is None:
            continue
        left = WINDOW_MESSAGES - used.get(key, 0) if now - last < WINDOW else 0
        refused = theirs[left:] if left > 0 else theirs
        if not refused:
            continue
        act = latest_act(key)
        if act is None or now - act < ACT_WINDOW:
            continue
        found |= {row.pk: act for row in refused}
    return found


def _used(spoke: Mapping[str, datetime]) -> dict[str, int]:
    """How many customer-service messages each got since she spoke."""
    if not spoke:
        return {}
    since = Dialogue.objects.filter(pk=OuterRef("citizen")).values("last_citizen_message_at")
    sent = Outgoing.objects.filter(
        Q(status=Status.SENT, sent_at__gte=since[:1])
        | Q(status=Status.UNSURE, due_at__gte=since[:1]),
        citizen__in=spoke,
        channel=Channel.CUSTOM,
    )
    return dict(sent.values_list("citizen").annotate(Count("id")))


# Outcomes ------------------------------------------------------------------------------------


def keep(outcomes: Sequence[Outcome], by: str) -> None:
    """Note how attempts of `by` ended; in the caller's transaction.

    Only what is still ours: meanwhile she may have unfollowed, and her row been erased. What somebody
    took for abandoned while the database was away is corrected: we know how it ended.
    """
    alike: dict[tuple[Any, ...], list[Outcome]] = {}
    for one in outcomes:
        shared = {key: value for key, value in one.fields.items() if key not in _OF_EACH}
        name = (one.status, *sorted((key, repr(value)) for key, value in shared.items()))
        alike.setdefault(name, []).append(one)
    for ones in alike.values():
        fields: dict[str, Any] = {"status": ones[-1].status, **ones[-1].fields}
        numbered = [
            When(pk=one.number, then=Value(one.fields["wechat_id"]))
            for one in ones
            if one.fields.get("wechat_id")
        ]
        if numbered:
            fields["wechat_id"] = Case(*numbered, default=F("wechat_id"))
        Outgoing.objects.filter(
            _is(Status.SENDING, Status.UNSURE),
            pk__in=[one.number for one in ones],
            claim=by,
        ).update(**fields)


# Those that were sent in one turn share the moment, and have each its number of WeChat's: one statement
# for all of them.
_OF_EACH = frozenset({"sent_at", "wechat_id"})


def settle_abandoned(*, now: datetime) -> int:
    """Rows claimed by a worker that died. What the other side knows by its key goes again; of the rest
    nobody knows whether it was sent: a person decides. How many."""
    old = Outgoing.objects.filter(status=Status.SENDING, claimed_at__lt=now - LEASE)
    count = 0
    for channel, way in WAYS.items():
        if not way.repeatable:
            continue
        count += old.filter(channel=channel, claimed_at__gt=now - way.repeatable).update(
            status=Status.WAITING,
            uncertain_at=Coalesce("uncertain_at", "claimed_at"),
            claimed_at=None,
            due_at=now,
        )
    return count + old.update(
        status=Status.UNSURE,
        claimed_at=None,
        error=_("发送时程序中断，不能确定市民是否收到。"),
    )
