"""Recording what citizens say: one transaction for all that waits, on SQLite and PostgreSQL alike."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec
from django.db import OperationalError, transaction

from minxin.citizens.meeting import Meeting, meet_many
from minxin.conversations import statements
from minxin.conversations.models import Message
from minxin.conversations.rules import is_attended


class Delivery(msgspec.Struct, frozen=True):
    """One push to be recorded. `delivery` is `wechat.delivery_key`; see `delivery_name`."""

    account_id: int
    citizen_key: str
    openid: str
    delivery: str
    kind: str
    text: str
    data: str | None
    said_at: datetime
    meeting: str = "said"  # said, followed, unfollowed


class Answered(msgspec.Struct, frozen=True):
    """What is said to a message at once, recorded with the message itself.

    `words` go to the citizen, none for silence; `reply` is the JSON that is kept; `form` is what the
    dialogue remembers from now on (JSON, or "null" for nothing), None leaves it as it is.
    """

    words: str
    reply: str
    form: str | None = None


class ReplyRecord(msgspec.Struct, frozen=True):
    """What was answered to a message later, recorded with the next batch.

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
    wants_person_at: datetime | None = None


# What is remembered of nearly everybody: nothing.
BLANK = DialogueState()


class Recorded(msgspec.Struct, frozen=True):
    """A push on disk.

    `answered` is what was said at once; `reply` what was answered before, when this is a repeat.
    `dialogue` is what was remembered before this message.
    """

    message_id: int
    is_new: bool
    reply: str | None
    has_followed_before: bool
    dialogue: DialogueState
    answered: Answered | None = None


# What to say at once to the push at a place in the batch, of whom this is remembered, who has followed
# before; None when that needs more than memory. Pure: it may be asked twice.
Answer = Callable[[int, DialogueState, bool], Answered | None]


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
    answer: Answer | None = None,
    known: KnownKeys | None = None,
    now: datetime,
) -> list[Recorded]:
    """Record replies and pushes in one transaction; one result per delivery, in order.

    A push that is there already, or twice in the batch, is recorded once. What `answer` says to a new
    one is recorded with it. When this returns, all of it is on disk; when it raises, none of it is.
    Exempt from the audit: a message row is its own record.
    """
    for attempt in range(TRIES):
        try:
            try:
                return _record(_Batch(deliveries, answer, known, now), replies, _all_new)
            except _SomeRepeated:
                return _record(_Batch(deliveries, answer, known, now), replies, _some_repeated)
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


class _SomeRepeated(Exception):
    """The batch is not all new; it rolls back and is recorded the long way."""


class _Batch:
    """The pushes of one transaction, and what is found out about them."""

    def __init__(
        self,
        deliveries: Sequence[Delivery],
        answer: Answer | None,
        known: KnownKeys | None,
        now: datetime,
    ) -> None:
        self.deliveries = deliveries
        self.names = [(each.account_id, delivery_name(each.delivery)) for each in deliveries]
        self.known = known
        self.now = now
        self.met: dict[str, bool] = {}
        self.strangers: list[Meeting] = []
        self.states: dict[str, DialogueState] = {}
        self.forms: dict[str, str] = {}
        self._answer = answer

    def state(self, key: str) -> DialogueState:
        """What is remembered of a citizen by now: she may speak twice in one batch."""
        state = self.states.get(key, BLANK)
        if key in self.forms:
            state = self.states[key] = replace(state, form=json.loads(self.forms[key]))
        return state

    def answered(self, place: int, state: DialogueState) -> Answered | None:
        """What is said at once to a new push; what it changes is remembered for the next one."""
        if self._answer is None:
            return None
        key = self.deliveries[place].citizen_key
        answered = self._answer(place, state, self.met.get(key, False))
        if answered is not None and answered.form is not None:
            self.forms[key] = answered.form
        return answered


def _record(
    batch: _Batch,
    replies: Sequence[ReplyRecord],
    insert: Callable[[_Batch], list[Recorded]],
) -> list[Recorded]:
    with transaction.atomic(durable=False):
        _record_replies(replies)
        if not batch.deliveries:
            return []
        statements.begin_recording()
        _meet(batch)
        _remember(batch)
        results = insert(batch)
        statements.update_forms(batch.forms)
    if batch.known is not None:
        for each in batch.strangers:
            if each.kind == "unfollowed":
                batch.known.discard(each.key)
            else:
                batch.known.add(each.key)
    return results


def _all_new(batch: _Batch) -> list[Recorded]:
    """As nearly always: nothing is a repeat. Raises `_SomeRepeated` when something is."""
    before: list[DialogueState] = []
    answers: list[Answered | None] = []
    for place, each in enumerate(batch.deliveries):
        state = batch.state(each.citizen_key)
        before.append(state)
        answers.append(batch.answered(place, state))
    numbers = _insert(batch, answers)
    if numbers is None:
        raise _SomeRepeated
    return [
        Recorded(number, True, None, batch.met.get(each.citizen_key, False), state, answered)
        for each, number, state, answered in zip(
            batch.deliveries, numbers, before, answers, strict=True
        )
    ]


def _some_repeated(batch: _Batch) -> list[Recorded]:
    """What is new is found out first, then answered."""
    nothing: list[Answered | None] = [None] * len(batch.deliveries)
    values, names = _rows(batch, nothing)
    inserted = statements.insert_new_messages(values, len(names))
    earlier = _repeats([name for name in batch.names if name not in inserted])
    untold = set(inserted)  # a push that stands twice in the batch counts once
    replies: dict[int, str] = {}
    results: list[Recorded] = []
    for place, (each, name) in enumerate(zip(batch.deliveries, batch.names, strict=True)):
        state, answered = batch.state(each.citizen_key), None
        has_followed = batch.met.get(each.citizen_key, False)
        number, reply = (inserted[name], None) if name in inserted else earlier[name]
        is_new = name in untold
        if is_new:
            untold.remove(name)
            answered = batch.answered(place, state)
            if answered is not None:
                replies[number] = answered.reply
        elif name in inserted:
            reply = replies.get(number)
        results.append(Recorded(number, is_new, reply, has_followed, state, answered))
    statements.update_replies(replies)
    return results


def _meet(batch: _Batch) -> None:
    known = batch.known
    strangers = batch.strangers = [
        Meeting(each.citizen_key, each.account_id, each.openid, each.said_at, each.meeting)  # type: ignore[arg-type]
        for each in batch.deliveries
        if known is None or each.meeting != "said" or each.citizen_key not in known
    ]
    if strangers:
        found = meet_many(strangers, now=batch.now)
        batch.met = {key: met.had_followed for key, met in found.items()}
        statements.begin_dialogues({each.key: each.account_id for each in strangers})


def _remember(batch: _Batch) -> None:
    keys = sorted({each.citizen_key for each in batch.deliveries})
    for key, form, attended_at, wanted_at in statements.read_dialogues(keys):
        if form is not None or attended_at is not None or wanted_at is not None:
            is_now = is_attended(attended_at, batch.now)
            batch.states[key] = DialogueState(form, attended_at, is_now, wanted_at)


def _rows(
    batch: _Batch, answers: Sequence[Answered | None]
) -> tuple[list[Any], list[statements.Name]]:
    moment = statements.moments()
    now = moment(batch.now)
    rows = list(zip(batch.deliveries, batch.names, answers, strict=True))
    if statements.is_postgres():
        rows.sort(key=lambda row: row[1])
    values: list[Any] = []
    for each, name, answered in rows:
        values += (
            each.account_id,
            each.citizen_key,
            each.kind,
            each.text,
            each.data,
            name[1],
            None if answered is None else answered.reply,
            moment(each.said_at),
            now,
        )
    return values, [name for _, name, _ in rows]


def _insert(batch: _Batch, answers: Sequence[Answered | None]) -> Sequence[int] | None:
    values, names = _rows(batch, answers)
    numbers = statements.insert_messages(values, names)
    if numbers is None or names == batch.names:
        return numbers
    number_of = dict(zip(names, numbers, strict=True))
    return [number_of[name] for name in batch.names]


def _repeats(missing: Sequence[statements.Name]) -> dict[statements.Name, tuple[int, str | None]]:
    if not missing:
        return {}
    # By account too: the unique index begins with it.
    rows = Message.objects.filter(
        account__in={account for account, _ in missing},
        delivery__in={delivery for _, delivery in missing},
    ).values_list("account_id", "delivery", "id", "reply")
    return {(account, str(name)): (number, reply) for account, name, number, reply in rows}


def _record_replies(replies: Sequence[ReplyRecord]) -> None:
    if replies:
        statements.update_replies({each.message_id: each.reply for each in replies})
        statements.update_forms(
            {each.citizen_key: each.form for each in replies if each.form is not None}
        )
