"""The index of all that was said, brought up to date by a worker a few at a time; see `text.archive`.

Who unfollows is taken out of it with the next pass; until then, and always, what is shown is read from
the rows, in which erased words are gone.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from minxin.conversations.models import Message, Sender
from minxin.conversations.queries import newest_message, reply_text
from minxin.conversations.queries.search import archive, archive_folder
from minxin.conversations.rules.cards import Voice, card_of
from minxin.core.folders import alone
from minxin.text import Said

AT_ONCE = 2_000
# A reply is recorded with the batch after its message: what is younger may still be answered.
SETTLED = timedelta(seconds=8)
_FIELDS = (
    "id", "account_id", "citizen_id", "sender", "kind", "text", "data", "reply", "said_at", "recorded_at",
)  # fmt: skip


def keep_archive(*, now: datetime) -> bool:
    """Put the next messages in; whether all are in (or somebody else is at it)."""
    with alone(archive_folder(), "keeping") as is_alone:
        if not is_alone:
            return True
        kept = archive()
        newest = newest_message()
        rows = list(
            Message.objects.filter(id__gt=kept.mark, id__lte=newest)
            .order_by("id")
            .values(*_FIELDS)[:AT_ONCE]
        )
        settled = _settled(rows, now)
        if settled:
            gone = {row["citizen_id"] for row in settled if row["kind"] == "Unfollowed"}
            kept.keep(_said(settled), forget=gone, mark=settled[-1]["id"])
        return len(settled) < AT_ONCE


def _settled(rows: Sequence[Mapping[str, Any]], now: datetime) -> list[Mapping[str, Any]]:
    """The rows before the first one that may still be answered."""
    found: list[Mapping[str, Any]] = []
    for row in rows:
        is_open = row["sender"] == Sender.CITIZEN and row["reply"] is None
        if is_open and now - row["recorded_at"] < SETTLED:
            break
        found.append(row)
    return found


def _said(rows: Sequence[Mapping[str, Any]]) -> list[Said]:
    """What stands in rows in words: the message and what was answered at once."""
    found: list[Said] = []
    for row in rows:
        card = card_of(row["kind"], row["data"])
        spoken = card.words if isinstance(card, Voice) else ""
        parts = (row["text"], spoken, reply_text(row["reply"]))
        words = "\n".join(part for part in parts if part)
        if words:
            at = int(row["said_at"].timestamp())
            found.append(Said(row["id"], row["citizen_id"], row["account_id"], at, words))
    return found
