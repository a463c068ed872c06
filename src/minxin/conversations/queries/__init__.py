"""All reads of conversations."""

import json
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Max, Min, Q, QuerySet
from django.db.models.functions import TruncDate
from django.db.models.lookups import Exact

from minxin.agencies.models import Staff
from minxin.agencies.queries import may, staff_who_may
from minxin.agencies.rules import Permission
from minxin.conversations import statements
from minxin.conversations.contents import content_as_text, content_from_json
from minxin.conversations.models import Beginning, Cursor, Dialogue, Message, Outgoing, Sender
from minxin.conversations.queries.desk import latest_desk_change as latest_desk_change
from minxin.conversations.queries.desk import tag_for as tag_for
from minxin.conversations.queries.desk import tag_names as tag_names
from minxin.conversations.queries.desk import tag_words_of_many as tag_words_of_many
from minxin.conversations.queries.desk import tags_for as tags_for
from minxin.conversations.queries.desk import tags_of as tags_of
from minxin.conversations.queries.desk import tags_visible_to as tags_visible_to
from minxin.conversations.queries.desk import thread_state as thread_state
from minxin.conversations.queries.desk import with_tag as with_tag
from minxin.conversations.queries.desk import writers as writers
from minxin.conversations.queries.handovers import handover_counts as handover_counts
from minxin.conversations.queries.handovers import handovers_visible_to as handovers_visible_to
from minxin.conversations.queries.handovers import running_handover as running_handover
from minxin.conversations.queries.handovers import takers as takers
from minxin.conversations.queries.hours import Office as Office
from minxin.conversations.queries.hours import office_of as office_of
from minxin.conversations.queries.inbox import Branch as Branch
from minxin.conversations.queries.inbox import Counts as Counts
from minxin.conversations.queries.inbox import Standing as Standing
from minxin.conversations.queries.inbox import in_queue as in_queue
from minxin.conversations.queries.inbox import inbox as inbox
from minxin.conversations.queries.inbox import latest_words as latest_words
from minxin.conversations.queries.inbox import of_agencies as of_agencies
from minxin.conversations.queries.inbox import queue_counts as queue_counts
from minxin.conversations.queries.inbox import standing as standing
from minxin.conversations.queries.inbox import unattended as unattended
from minxin.conversations.queries.inbox import waiting as waiting
from minxin.conversations.queries.replies import replies_for as replies_for
from minxin.conversations.queries.replies import replies_visible_to as replies_visible_to
from minxin.conversations.queries.replies import reply_for as reply_for
from minxin.conversations.queries.safety import safety_rows as safety_rows
from minxin.conversations.queries.safety import safety_version as safety_version
from minxin.conversations.queries.search import Found as Found
from minxin.conversations.queries.search import Wanted as Wanted
from minxin.conversations.queries.search import search as search
from minxin.conversations.rules import ACT_WINDOW, ACTS, WINDOW, WINDOW_MESSAGES, WORDS
from minxin.conversations.rules.cards import Card, Voice, card_of
from minxin.core.errors import NotFound

WATCHED_OUTGOING = 100
NOTE = "note"  # the sender of a line that no citizen sees
# What stands in a thread as hers; everything else is something that happened.
SAID = WORDS | {"Unknown", "LocationPicked"}
AFTER = 20  # messages shown after one that was looked for
LONGEST_EXCHANGE = timedelta(days=1)
_LINK = re.compile(r"<a [^>]*>([^<]*)</a>")


@dataclass(frozen=True, slots=True)
class Line:
    """One bubble of a thread."""

    message_id: int
    sender: str
    kind: str
    text: str | None
    at: datetime
    staff_name: str = ""
    status: str = ""
    error: str = ""
    card: Card | None = None
    is_event: bool = False

    @property
    def card_kind(self) -> str:
        """Which part of the page shows the card; empty for none."""
        return type(self.card).__name__ if self.card else ""


def dialogue_for(staff: Staff, permission: Permission, citizen_key: str) -> Dialogue:
    """One dialogue this person has a permission over; `NotFound` otherwise."""
    found: Dialogue | None = (
        Dialogue.objects.visible_to(staff, permission)
        .select_related("citizen", "account__agency", "attended_by", "handled_by")
        .filter(pk=citizen_key)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def messages_of(citizen_key: str) -> QuerySet[Message]:
    """All messages from and to a citizen."""
    # With `citizen=key` SQLite works the beginning out beforehand, and then finds no index for it.
    found: QuerySet[Message] = Message.objects.filter(
        Exact(Beginning("citizen"), citizen_key[:8]),
        citizen__gte=citizen_key,
        citizen__lte=citizen_key,
    )
    return found


def latest_act(citizen_key: str) -> datetime | None:
    """When we heard last of something after which WeChat lets us write to her; None when never."""
    acts = messages_of(citizen_key).filter(sender=Sender.CITIZEN, kind__in=ACTS)
    return acts.order_by("-id").values_list("recorded_at", flat=True).first()


def thread(dialogue: Dialogue, *, limit: int = 200, around: int | None = None) -> list[Line]:
    """The last messages with what was answered and what colleagues noted, oldest first; with `around`, those
    up to a little after the message of that number."""
    said = messages_of(dialogue.citizen_id)
    if around is not None:
        after = said.filter(id__gt=around).order_by("id").values_list("id", flat=True)[:AFTER]
        said = said.filter(id__lte=max(after, default=around))
    rows = list(said.select_related("staff").prefetch_related("outgoing").order_by("-id")[:limit])
    lines: list[Line] = []
    for row in reversed(rows):
        sent = row.outgoing.first() if row.sender != Sender.CITIZEN else None
        lines.append(
            Line(
                row.pk,
                row.sender,
                row.kind,
                row.text,
                row.said_at,
                row.staff.name if row.staff else "",
                sent.status if sent else "",
                sent.error if sent else "",
                card_of(row.kind, row.data),
                row.sender == Sender.CITIZEN and row.kind not in SAID,
            )
        )
        words = reply_text(row.reply)
        if words:
            lines.append(Line(row.pk, Sender.MACHINE, "text", words, row.recorded_at))
    is_past = around is not None
    return _with_notes(dialogue, lines, is_whole=len(rows) < limit, is_past=is_past)


def _with_notes(
    dialogue: Dialogue, lines: list[Line], *, is_whole: bool, is_past: bool
) -> list[Line]:
    """What colleagues told each other stands between the words, where it was said."""
    notes = dialogue.notes.select_related("staff").order_by("id")
    if is_past and lines:
        notes = notes.filter(at__lte=lines[-1].at)
    if not is_whole:
        notes = notes.filter(at__gte=lines[0].at)
    told = [Line(0, NOTE, "note", each.text, each.at, each.staff.name) for each in notes]
    if not told:
        return lines
    # Said in the same second, a note stands after the words; the words keep their order.
    merged: list[Line] = []
    for line in lines:
        while told and told[0].at < line.at:
            merged.append(told.pop(0))
        merged.append(line)
    return merged + told


def reply_text(reply: str | None) -> str:
    """What a recorded reply said in words, links without their addresses; empty for silence."""
    if not reply:
        return ""
    found = json.loads(reply)
    if "articles" in found:
        return "\n".join(f"[图文] {one['title']}" for one in found["articles"])
    return _LINK.sub(r"\1", str(found.get("text", "")))


def words_of(message: Message) -> str:
    """What stands in a message in words, with what was answered at once; erased words are gone."""
    card = card_of(message.kind, message.data)
    spoken = card.words if isinstance(card, Voice) else ""
    parts = (message.text, spoken, reply_text(message.reply))
    return "\n".join(part for part in parts if part)


def window_left(dialogue: Dialogue, *, now: datetime) -> tuple[datetime | None, int]:
    """Until when WeChat lets us write to this citizen, and how many messages are left."""
    last = dialogue.last_citizen_message_at
    if last is None or now - last >= WINDOW:
        return None, 0
    status = Outgoing.Status
    used = Outgoing.objects.filter(
        Q(status=status.SENT, sent_at__gte=last)
        | Q(status=status.UNSURE, due_at__gte=last)
        | Q(status__in=[status.WAITING, status.SENDING]),
        citizen=dialogue.citizen_id,
        channel=Outgoing.Channel.CUSTOM,
    ).count()
    return last + WINDOW, max(WINDOW_MESSAGES - used, 0)


def is_window_closed(dialogue: Dialogue, *, now: datetime) -> bool:
    """Whether WeChat would refuse what is written to this citizen now; no where we know too little, and
    within a minute of an act of hers. Source: as of `queue.beyond_window`."""
    if dialogue.last_citizen_message_at is None or window_left(dialogue, now=now)[1]:
        return False
    act = latest_act(dialogue.citizen_id)
    return act is None or now - act >= ACT_WINDOW


def newest_line(dialogue: Dialogue) -> int:
    """The number of the last message of a thread, as whoever answers gives it back; 0 for none."""
    return messages_of(dialogue.citizen_id).aggregate(last=Max("id"))["last"] or 0


def answered_since(dialogue: Dialogue, number: int, *, besides: Staff) -> Message | None:
    """The last answer that another member of staff gave after a message."""
    said = messages_of(dialogue.citizen_id).filter(id__gt=number, sender=Sender.STAFF)
    return said.exclude(staff=besides).select_related("staff").order_by("-id").first()


def last_words(dialogue: Dialogue, *, most: int = 3) -> list[str]:
    """What the citizen asked since staff last spoke, the newest first; erased words are left out."""
    rows = messages_of(dialogue.citizen_id).exclude(sender=Sender.MACHINE).order_by("-id")
    found: list[str] = []
    for sender, kind, text, data in rows.values_list("sender", "kind", "text", "data")[: 4 * most]:
        if sender == Sender.STAFF or len(found) == most:
            break
        card = card_of(kind, data)
        words = card.words if isinstance(card, Voice) else text
        if kind in {"Text", "Voice"} and words:
            found.append(words)
    return found


def message_for(staff: Staff, number: int) -> Message:
    """One message of the conversations this person may read; `NotFound` otherwise."""
    found = Message.objects.select_related("account").filter(pk=number).first()
    if found is not None:
        dialogue_for(staff, Permission.READ_CONVERSATIONS, found.citizen_id)
    if found is None:
        raise NotFound
    return found


def earlier_days(dialogue: Dialogue, *, today: date, most: int = 5) -> list[tuple[date, int, int]]:
    """(day, how many messages, the number of the first) of the latest days before today on which she said
    something, the newest first."""
    said = messages_of(dialogue.citizen_id).filter(sender=Sender.CITIZEN, kind__in=WORDS)
    days = (
        said.annotate(day=TruncDate("said_at")).filter(day__lt=today).values("day").order_by("-day")
    )
    rows = days.annotate(count=Count("pk"), first=Min("pk"))
    return [(row["day"], row["count"], row["first"]) for row in rows[:most]]


def said_since(dialogue: Dialogue, number: int) -> bool:
    """Whether the citizen said something after a message."""
    said = messages_of(dialogue.citizen_id).filter(id__gt=number, sender=Sender.CITIZEN)
    return said.filter(kind__in=WORDS).exists()


def may_answer(staff: Staff, dialogue: Dialogue) -> bool:
    """Whether this person answers for the account's agency, or for that which goes on with it."""
    agencies = {agency.pk: agency for agency in (dialogue.account.agency, dialogue.owner)}
    return any(may(staff, Permission.ANSWER_CONVERSATIONS, each) for each in agencies.values())


def colleagues(dialogue: Dialogue, *, besides: Staff) -> list[Staff]:
    """Who else may answer a conversation, by name."""
    able = staff_who_may(Permission.ANSWER_CONVERSATIONS, dialogue.owner)
    return list(able.exclude(pk=besides.pk).order_by("name", "pk"))


def outgoing(staff: Staff) -> QuerySet[Outgoing]:
    """The outgoing messages of the branches this person may read."""
    found: QuerySet[Outgoing] = Outgoing.objects.visible_to(staff, Permission.READ_OUTGOING)
    return found.select_related("account", "citizen")


def outgoing_for(staff: Staff, permission: Permission, number: int) -> Outgoing:
    """One outgoing message this person has a permission over; `NotFound` otherwise."""
    found: Outgoing | None = (
        Outgoing.objects.visible_to(staff, permission).filter(pk=number).first()
    )
    if found is None:
        raise NotFound
    return found


def undelivered(staff: Staff) -> int:
    """How many outgoing messages need a person's eye."""
    return (
        outgoing(staff).filter(status__in=[Outgoing.Status.FAILED, Outgoing.Status.UNSURE]).count()
    )


def latest_outgoing_change() -> int:
    """A number that changes whenever one of the latest outgoing messages changed its state."""
    sent = Outgoing.objects.order_by("-id").values_list("id", "status")[:WATCHED_OUTGOING]
    return zlib.crc32(repr(list(sent)).encode())


def latest_change() -> int:
    """A number that changes whenever the list has something new, a dialogue was taken, asked for, handed
    back or closed, or one of the latest outgoing messages changed its state. Reads indexes only."""
    listed = Dialogue.objects.aggregate(last=Max("last_message_at"))["last"]
    ended = Dialogue.objects.filter(closed_at__isnull=False).aggregate(last=Max("closed_at"))
    sent = Outgoing.objects.order_by("-id").values_list("id", "status")[:WATCHED_OUTGOING]
    taken = Dialogue.objects.filter(attended_at__isnull=False)
    wanted = Dialogue.objects.filter(wants_person_at__isnull=False)
    state = (
        str(listed),
        str(ended["last"]),
        list(sent),
        list(taken.order_by("attended_at").values_list("citizen_id", "attended_by_id")),
        list(wanted.order_by("wants_person_at").values_list("citizen_id", flat=True)),
    )
    return zlib.crc32(repr(state).encode())


# What follows from messages ---------------------------------------------------------------------


def position_of(name: str) -> int:
    """How far a follower of the message table has read."""
    row = Cursor.objects.filter(name=name).first()
    return row.position if row else 0


def messages_after(number: int, limit: int, newest: int | None = None) -> Sequence[dict[str, Any]]:
    """The citizens' messages after a number (up to `newest`), oldest first, as plain rows."""
    fields = (
        "id", "account_id", "citizen_id", "kind", "text", "data", "reply", "said_at", "recorded_at",
    )  # fmt: skip
    rows = Message.objects.filter(id__gt=number, sender=Sender.CITIZEN).order_by("id")
    if newest is not None:
        rows = rows.filter(id__lte=newest)
    return list(rows.values(*fields)[:limit])


@transaction.atomic
def newest_message() -> int:
    """The number up to which every message is there to be read; 0 when none is.

    On PostgreSQL a lower number may be committed after a higher one: what is being recorded is waited
    for. On SQLite nobody writes beside another.
    """
    if connection.vendor == "postgresql":
        statements.wait_for_recordings()
    return Message.objects.aggregate(last=Max("id"))["last"] or 0


def content_words(row: Outgoing) -> str:
    """What an outgoing message says, as staff read it."""
    return content_as_text(content_from_json(row.content))


# How long people wait --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Waits:
    """How citizens of an account waited for staff: `seconds`, one number for each of the latest
    exchanges, and since when the longest one is waiting now; None when nobody is."""

    seconds: tuple[float, ...]
    oldest_wish: datetime | None


def waits_of(account_id: int, *, since: datetime, without: str, most: int = 200) -> Waits:
    """Measured from rows that are there anyway, of the newest `most` conversations since a moment.

    An exchange begins with the first thing she said after staff last spoke, a day before the answer at
    the most, and ends with the first message of staff. What staff sent under a key that begins with
    `without` is no answer in a conversation: it is told elsewhere.
    """
    mine = Dialogue.objects.filter(account_id=account_id)
    recent = mine.filter(last_message_at__gte=since).order_by("-last_message_at")
    found: list[float] = []
    for key in recent.values_list("citizen_id", flat=True)[:most]:
        spoken = messages_of(key).filter(said_at__gte=since - LONGEST_EXCHANGE)
        told = spoken.exclude(outgoing__key__startswith=without).order_by("said_at", "id")
        asked: list[datetime] = []
        for sender, kind, at in told.values_list("sender", "kind", "said_at"):
            if sender == Sender.CITIZEN and kind in WORDS | {"MenuClicked"}:
                asked.append(at)
            elif sender == Sender.STAFF:
                first = next((each for each in asked if at - each <= LONGEST_EXCHANGE), None)
                if first is not None and at >= since:
                    found.append((at - first).total_seconds())
                asked = []
    waiting = mine.filter(wants_person_at__isnull=False, attended_by=None)
    oldest = waiting.order_by("wants_person_at").values_list("wants_person_at", flat=True).first()
    return Waits(tuple(found), oldest)
