"""What follows from messages, in the worker: read with a cursor, in batches, never a task per message.

Each consequence has a cursor of its own and may run twice without harm.
"""

import itertools
import json
import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, close_old_connections, transaction
from django.utils import timezone

from minxin.accounts.queries import callback_accounts
from minxin.citizens.actions import unfollow
from minxin.conversations import actions, archive, queries
from minxin.conversations.rules import ACTS
from minxin.core.actors import System
from minxin.knowledge.actions import Asking, forget_asker, record_askings
from minxin.supervision.actions import note_events
from minxin.tickets.actions import unlink_citizen

log = logging.getLogger("minxin.consequences")
SYSTEM = System("consequences")
BATCH = 200
PAUSE = 0.5
# What was said stands in the inbox within a second: its lines wait less than the rest.
INBOX_PAUSE = 0.1
# A reply is recorded with the batch after its message: a row is looked at once it has one, or late.
SETTLED = timedelta(seconds=8)

Rows = Sequence[dict[str, Any]]
Consequence = Callable[[Rows, datetime], None]


def keep_inbox(rows: Rows, now: datetime) -> None:
    """Brings the conversations of the inbox up to date; its own cursor moves with them."""
    actions.keep_inbox(rows, follower="keep_inbox")


def erase_on_unfollow(rows: Rows, now: datetime) -> None:
    """WeChat asks that a person's data be deleted when she unfollows: profile, words, links."""
    for row in rows:
        if row["kind"] != "Unfollowed":
            continue
        key = row["citizen_id"]
        with transaction.atomic():
            if unfollow(key, at=row["said_at"], actor=SYSTEM, now=now):
                actions.erase_text(key)
                unlink_citizen(key, now=now)
                forget_asker(key)


def release_held_messages(rows: Rows, now: datetime) -> None:
    """Whoever spoke can be written to again. What she said before WeChat refused does not count,
    however late it is read here."""
    spoke = {row["citizen_id"]: row["recorded_at"] for row in rows if row["kind"] in ACTS}
    if spoke:
        actions.release_held(spoke, now=now)


def count_unanswered(rows: Rows, now: datetime) -> None:
    """What was asked and not known is counted for the editors, private data masked."""
    asked = [
        row
        for row in rows
        if row["reply"] and row["text"] and json.loads(row["reply"]).get("unknown")
    ]
    if not asked:
        return
    owners = {each.id: each.agency_id for each in callback_accounts().values()}
    askings = [
        Asking(owners[row["account_id"]], row["text"], row["citizen_id"], row["recorded_at"])
        for row in asked
        if row["account_id"] in owners
    ]
    with transaction.atomic():
        record_askings(askings, now=now)


def note_outcomes(rows: Rows, now: datetime) -> None:
    """What WeChat reports of sent messages: arrived, refused, counted; and that what was published is out,
    so that its comments are asked for."""
    actions.note_outcomes(rows, now=now)
    actions.note_published(rows, now=now)


def note_updates(rows: Rows, now: datetime) -> None:
    """What WeChat reports as sent or published is a trace of the account's updates."""
    note_events(rows, now=now)


CONSEQUENCES: tuple[Consequence, ...] = (
    keep_inbox,
    erase_on_unfollow,
    release_held_messages,
    count_unanswered,
    note_outcomes,
    note_updates,
)
# These look at what was said, not at what was answered.
WITHOUT_REPLY = frozenset({"keep_inbox", "note_updates"})
# A report may be here before the courier has noted what it sent.
NOTED = timedelta(seconds=2)


# The index of what was said is saved as a whole: not with every message.
BETWEEN_SAVINGS = 3.0


def keep_archive_now_and_then(last: float) -> float:
    """Bring the index of what was said up to date, at most every few seconds; when that was last begun. Its
    fault stops nothing else."""
    begun = time.monotonic()
    if begun - last < BETWEEN_SAVINGS:
        return last
    try:
        is_whole = archive.keep_archive(now=timezone.now())
    except (OSError, ValueError) as error:
        log.warning("what was said is not in the index: %s", error)
        return begun + BETWEEN_SAVINGS
    return begun if is_whole else 0.0


def run_consequences(stop: threading.Event) -> None:
    """Follow the message table until `stop` is set; a database that is away is asked again."""
    saved = 0.0
    while not stop.is_set():
        worked = 0
        try:
            close_old_connections()
            for consequence in CONSEQUENCES:
                worked += follow_up(consequence, now=timezone.now())
            saved = keep_archive_now_and_then(saved)
        except DatabaseError as error:
            log.warning("the messages cannot be read: %s", type(error).__name__)
        if not worked:
            _rest(stop)


def _rest(stop: threading.Event) -> None:
    """Nothing is to be done but the lines of the inbox, until something is."""
    until = time.monotonic() + PAUSE
    while not stop.wait(INBOX_PAUSE) and time.monotonic() < until:
        try:
            if follow_up(keep_inbox, now=timezone.now()):
                return
        except DatabaseError:
            return  # told by the next round


def follow_up(consequence: Consequence, *, now: datetime) -> int:
    """One batch of one consequence; how many messages it read.

    The cursor moves after the work: when the process dies between the two, the batch is done again.
    """
    name = consequence.__name__
    rows = queries.messages_after(queries.position_of(name), BATCH, queries.newest_message())
    if name not in WITHOUT_REPLY:
        rows = settled(rows, now)
    if consequence is note_outcomes:
        rows = list(itertools.takewhile(lambda row: now - row["recorded_at"] >= NOTED, rows))
    if rows:
        consequence(rows, now)
        actions.move_cursor(name, rows[-1]["id"])
    return len(rows)


def settled(rows: Rows, now: datetime) -> Rows:
    """The rows before the first one that is still being answered."""
    for place, row in enumerate(rows):
        if row["reply"] is None and now - row["recorded_at"] < SETTLED:
            return rows[:place]
    return rows
