"""The queues of the inbox, and how many conversations stand in each."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Max, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from minxin.agencies.models import Agency, Staff
from minxin.agencies.rules import Permission
from minxin.conversations.models import Dialogue, Message
from minxin.conversations.rules import IDLE, STILL_WAITED_FOR, Queue

# Whose conversation it is: the agency that goes on with it, else the account's own.
OWNER = Coalesce("handled_by", "account__agency")
URGENT_FIRST = F("urgent_at").asc(nulls_last=True)


@dataclass(frozen=True, slots=True)
class Branch:
    """An agency whose conversations a person may read, and how many of them are open."""

    agency_id: int
    name: str
    open: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How many conversations wait in a queue; of lists that only grow there is no number."""

    waiting: int
    mine: int
    agency: int
    citizen: int
    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """One conversation as the list shows it. `rank`: 0 waits for a person, 1 is attended, 2 neither."""

    key: str
    account: str
    attended_by: str
    handled_by: str
    rank: int
    is_closed: bool
    unread: int
    last_text: str
    last_message_at: datetime
    urgent_for: str = ""


def standing(found: QuerySet[Any], most: int) -> list[Standing]:
    """The first of these dialogues of `inbox`, one query, without making objects of all they touch."""
    rows = found.values_list(
        "citizen_id", "account__name", "attended_by__name", "handled_by__name", "rank", "closed_at",
        "unread", "last_text", "last_message_at", "urgent_for",
    )  # fmt: skip
    return [
        Standing(key, account, by or "", on or "", rank, closed is not None, unread, text, at, why)
        for key, account, by, on, rank, closed, unread, text, at, why in rows[:most]
    ]


def latest_words() -> tuple[int, datetime | None]:
    """The number of the last message and when the last line of the list changed: a look at the ends of two
    indexes, cheap enough for four times a second."""
    said = Message.objects.order_by("-id").values_list("id", flat=True).first()
    listed = Dialogue.objects.aggregate(last=Max("last_message_at"))["last"]
    return said or 0, listed


def inbox(staff: Staff, *, now: datetime) -> QuerySet[Dialogue]:
    """The dialogues of the branches this person may read: who may need help at once first, then who waits for
    a person, then who is attended, then the others, the newest first. Annotated with `rank` (0 waits, 1
    attended)."""
    rank = Case(
        When(wants_person_at__isnull=False, attended_by=None, then=Value(0)),
        When(attended_at__gt=now - IDLE, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return (
        _readable(staff)
        .filter(last_message_at__isnull=False)
        .select_related("citizen", "account__agency", "attended_by", "handled_by")
        .annotate(rank=rank)
        .order_by(URGENT_FIRST, "rank", "-last_message_at")
    )


def in_queue(
    found: QuerySet[Dialogue],
    queue: Queue,
    *,
    staff: Staff,
    agencies: Collection[int],
    now: datetime,
) -> QuerySet[Dialogue]:
    """What of these dialogues stands in a queue of a person who works in `agencies`."""
    if queue is Queue.CLOSED:
        return found.filter(closed_at__isnull=False).order_by("-closed_at")
    found = found.filter(closed_at=None)
    match queue:
        case Queue.WAITING:
            return found.filter(_waits()).order_by(URGENT_FIRST, "wants_person_at")
        case Queue.MINE:
            return found.filter(attended_by=staff)
        case Queue.AGENCY:
            return of_agencies(found.filter(_is_open(now)), agencies)
        case Queue.CITIZEN:
            return found.filter(_is_answered(now))
        case Queue.UNREAD:
            return found.filter(unread__gt=0)
    return found


def of_agencies(found: QuerySet[Dialogue], agencies: Collection[int]) -> QuerySet[Dialogue]:
    """Those that are these agencies' now."""
    wanted = list(agencies)
    own = Q(handled_by=None, account__agency__in=wanted)
    return found.filter(own | Q(handled_by__in=wanted))


def queue_counts(staff: Staff, *, agencies: Collection[int], now: datetime) -> Counts:
    """How many stand in each queue, and the open ones by agency; reads open dialogues only."""
    rows = (
        _readable(staff)
        .filter(_is_open(now), closed_at=None)
        .order_by()
        .annotate(of_agency=OWNER)
        .values_list("of_agency")
        .annotate(
            open=Count("pk"),
            waiting=Count("pk", filter=_waits()),
            mine=Count("pk", filter=Q(attended_by=staff)),
            citizen=Count("pk", filter=_is_answered(now)),
        )
    )
    found = list(rows)
    owners = {row.pk: row for row in Agency.objects.filter(pk__in=[row[0] for row in found])}
    found.sort(key=lambda row: owners[row[0]].path)
    mine = set(agencies)
    return Counts(
        waiting=sum(row[2] for row in found),
        mine=sum(row[3] for row in found),
        agency=sum(row[1] for row in found if row[0] in mine),
        citizen=sum(row[4] for row in found),
        branches=tuple(Branch(row[0], owners[row[0]].name, row[1]) for row in found),
    )


def waiting(staff: Staff) -> int:
    """How many citizens wait for a person."""
    return _readable(staff).filter(_waits()).count()


def unattended(accounts: Sequence[int]) -> list[tuple[int, datetime]]:
    """(account, since when) of every citizen of these accounts who asked for a person and has none; who
    she is is not told."""
    rows = Dialogue.objects.filter(_waits(), account__in=accounts)
    return [
        (account, asked_at)
        for account, asked_at in rows.order_by("wants_person_at").values_list(
            "account_id", "wants_person_at"
        )
        if asked_at is not None
    ]


def _readable(staff: Staff) -> QuerySet[Dialogue]:
    found: QuerySet[Dialogue] = Dialogue.objects.visible_to(staff, Permission.READ_CONVERSATIONS)
    return found


def _waits() -> Q:
    return Q(wants_person_at__isnull=False, attended_by=None)


def _is_answered(now: datetime) -> Q:
    heard_nothing = Q(last_citizen_message_at=None) | Q(
        last_citizen_message_at__lte=F("answered_at")
    )
    return Q(answered_at__gt=now - STILL_WAITED_FOR) & heard_nothing


def _is_open(now: datetime) -> Q:
    """A person has to do with it; what the machine answers by itself is not open."""
    return (
        Q(wants_person_at__isnull=False)
        | Q(attended_at__isnull=False)
        | Q(answered_at__gt=now - STILL_WAITED_FOR)
    )
