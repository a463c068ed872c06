"""Tickets about the same matter, and who follows them.

Candidates come from an index of the tickets' texts (`text.near_duplicates`) that a worker keeps in
`MINXIN_HOME/neighbours` (`tickets.indexing`); it is derived data, read here and never written.
"""

import threading
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from minxin.accounts.models import Account
from minxin.agencies.models import Staff
from minxin.citizens.models import Citizen
from minxin.core.errors import NotFound
from minxin.core.ids import normal_ticket_number
from minxin.text import NearDuplicates, find_private
from minxin.text.near_duplicates import changed_at
from minxin.tickets.models import Follower, Ticket, TicketEvent, TicketFacts
from minxin.tickets.queries.reading import tickets_visible_to
from minxin.tickets.rules import OPEN, Verb
from minxin.tickets.rules.neighbours import (
    HOT,
    HOT_WITHIN,
    POSSIBLE_WITHIN,
    SHARED_NATURES,
    WITHIN,
    Nearness,
    nearness,
    possibly,
    road_of,
    said_by_both,
)

FOLDER = "neighbours"
SHOWN = 5
MOST_HOT = 500
MOST_HERE = 200  # tickets of one road that are looked through for possible neighbours
# An event may be committed a little after one with a higher number: it is read once it has settled.
SETTLED = timedelta(seconds=5)
# What of a lead ticket is told to those who wait with it.
TOLD = (
    Verb.ACCEPT.value,
    Verb.ASSIGN.value,
    Verb.ANSWER.value,
    Verb.REOPEN.value,
    Verb.REDO.value,
    Verb.WITHDRAW.value,
    Verb.END.value,
    Verb.RESTORE.value,
)

_lock = threading.Lock()
_opened: tuple[Path, int, NearDuplicates] | None = None


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another ticket and how near it is; `followers` as `joined_count` counts them."""

    ticket: Ticket
    near: Nearness
    followers: int


@dataclass(frozen=True, slots=True)
class Shared:
    """An open ticket as a stranger may see it: her own words that it has too, the road, the day."""

    number: str
    said: tuple[str, ...]
    road: str
    filed_at: datetime
    agency: str
    followers: int
    is_followed: bool


def index_folder() -> Path:
    """Where the index lies."""
    return Path(settings.MINXIN_HOME) / FOLDER


def index() -> NearDuplicates:
    """The index as it was last saved, opened once per process and generation."""
    global _opened
    folder = index_folder()
    at = changed_at(folder)
    with _lock:
        if _opened is None or _opened[:2] != (folder, at):
            _opened = (folder, at, NearDuplicates.load(folder))
        return _opened[2]


def near(
    text: str, place: str, at: datetime, tickets: QuerySet[Ticket], *, besides: Iterable[int] = ()
) -> list[Neighbour]:
    """Those of `tickets` that are neighbours of these words, the nearest first, at most `SHOWN`."""
    left_out = set(besides)
    numbers = [each for each in index().candidates(text) if each not in left_out]
    if not numbers:
        return []
    rows = tickets.filter(pk__in=numbers, filed_at__range=(at - WITHIN, at + WITHIN))
    found = [
        (how, row)
        for row in rows
        if (how := nearness((text, place, at), (row.text, row.place, row.filed_at)))
    ]
    found.sort(key=lambda pair: (-pair[0].score, -pair[1].pk))
    return [Neighbour(row, how, joined_count(row)) for how, row in found[:SHOWN]]


def possible(
    text: str, place: str, at: datetime, tickets: QuerySet[Ticket], *, besides: Iterable[int] = ()
) -> list[Neighbour]:
    """Those of `tickets` at the very same road, days apart, that share too few words to be neighbours and
    may be about one matter all the same (`rules.neighbours.possibly`); at most `SHOWN`.

    Found by place (`TicketFacts`), not by the index of words: short paraphrases share too few of them.
    """
    road = road_of(place)[:60]
    if not road:
        return []
    day = timezone.localtime(at).date()
    here = TicketFacts.objects.filter(
        place=road, filed_on__range=(day - POSSIBLE_WITHIN, day + POSSIBLE_WITHIN)
    ).order_by("-filed_on", "-pk")
    numbers = set(here.values_list("pk", flat=True)[:MOST_HERE]) - set(besides)
    found = [
        (how, row)
        for row in tickets.filter(pk__in=numbers)
        if (how := possibly((text, place, at), (row.text, row.place, row.filed_at)))
    ]
    found.sort(key=lambda pair: (-pair[0].score, -pair[1].pk))
    return [Neighbour(row, how, joined_count(row)) for how, row in found[:SHOWN]]


def neighbours_of(ticket: Ticket, staff: Staff) -> list[Neighbour]:
    """What a person may see of the tickets near this one, those merged with it and those withdrawn left
    out; the possible ones after the near ones, where there is room."""
    rows = tickets_visible_to(staff).filter(merged_into=None)
    rows = rows.exclude(status=Ticket.Status.WITHDRAWN)  # its citizen wants nothing more
    asked = (ticket.text, ticket.place, ticket.filed_at)
    own = {ticket.pk, ticket.merged_into_id or ticket.pk}
    found = near(*asked, rows, besides=own)
    own |= {each.ticket.pk for each in found}
    return [*found, *possible(*asked, rows, besides=own)][:SHOWN]


def shared_neighbours(
    text: str, place: str, account: Account, citizen: Citizen, *, now: datetime
) -> list[Shared]:
    """Open tickets of others that a citizen about to file may follow instead (`may_be_shared`)."""
    rows = _shared(account).exclude(citizen=citizen)
    followed = set(Follower.objects.filter(citizen=citizen).values_list("ticket", flat=True))
    return [
        Shared(
            number=each.ticket.number,
            said=tuple(said_by_both(text, each.ticket.text)),
            road=road_of(each.ticket.place),
            filed_at=each.ticket.filed_at,
            agency=each.ticket.agency.name,
            followers=each.followers,
            is_followed=each.ticket.pk in followed,
        )
        for each in near(text, place, now, rows)
        if may_be_shared(each.ticket)
    ]


def _shared(account: Account) -> QuerySet[Ticket]:
    return Ticket.objects.filter(
        account=account,
        status__in=OPEN,
        merged_into=None,
        nature__in=SHARED_NATURES,
        is_confidential=False,
    ).exclude(place="").select_related("agency", "category", "account")  # fmt: skip


def may_be_shared(ticket: Ticket) -> bool:
    """Whether other citizens may be told that a ticket exists: no 举报, a place named that is more than a
    house number, nobody's number in its words (ADR 19)."""
    return (
        is_shared(ticket)
        and bool(road_of(ticket.place))
        and not find_private(f"{ticket.text} {ticket.place}")
    )


def is_shared(ticket: Ticket) -> bool:
    """Whether it may still be told to others: staff may have found that it is 举报, or confidential."""
    return ticket.nature in SHARED_NATURES and not ticket.is_confidential


def to_follow(number: str, account: Account) -> Ticket:
    """An open ticket that may be followed, by its number; `NotFound` for any other."""
    normal = normal_ticket_number(number)
    found = _shared(account).filter(number=normal).first() if normal else None
    if found is None or not may_be_shared(found):
        raise NotFound
    return found


def followed_by(citizen: Citizen) -> QuerySet[Follower]:
    """What a citizen follows, the newest first."""
    return (
        Follower.objects.filter(citizen=citizen)
        .select_related("ticket__agency", "ticket__account", "ticket__category", "ticket__merged_into__agency")
        .order_by("-followed_at", "-pk")
    )  # fmt: skip


def followed(number: str, citizen: Citizen) -> Follower:
    """One of them; `NotFound` for what she does not follow."""
    normal = normal_ticket_number(number)
    found = followed_by(citizen).filter(ticket__number=normal).first() if normal else None
    if found is None:
        raise NotFound
    return found


def lead_of(ticket: Ticket) -> Ticket:
    """The ticket whose progress counts: the lead, or itself."""
    return ticket.merged_into or ticket


def joined_count(ticket: Ticket) -> int:
    """How many wait with a ticket besides the citizen who filed it: the tickets merged into it, and the
    followers of all of them."""
    follows = Follower.objects.filter(Q(ticket=ticket) | Q(ticket__merged_into=ticket))
    return follows.count() + ticket.merged.count()


def joined_counts(numbers: Collection[int]) -> dict[int, int]:
    """As `joined_count`, of many tickets at once by their primary keys; those with nobody are left out."""
    found: Counter[int] = Counter()
    lead = Coalesce("ticket__merged_into", "ticket")
    follows = Follower.objects.filter(
        Q(ticket__in=numbers) | Q(ticket__merged_into__in=numbers)
    ).order_by()
    found.update(dict(follows.values_list(lead).annotate(n=Count("pk"))))
    merged = Ticket.objects.filter(merged_into__in=numbers).order_by()
    found.update(dict(merged.values_list("merged_into").annotate(n=Count("pk"))))
    return dict(found)


def hot(tickets: QuerySet[Ticket], *, now: datetime) -> QuerySet[Ticket]:
    """Open ones that `HOT` or more citizens joined within `HOT_WITHIN`, by following it or with a ticket of
    their own."""
    since = now - HOT_WITHIN
    lead = Coalesce("ticket__merged_into", "ticket")
    follows = Follower.objects.filter(followed_at__gte=since).order_by().values(lead=lead)
    merged = Ticket.objects.filter(filed_at__gte=since, merged_into__isnull=False).order_by()
    joined: Counter[int] = Counter()
    for rows in (
        follows.annotate(n=Count("pk")),
        merged.values(lead=F("merged_into")).annotate(n=Count("pk")),
    ):
        joined.update({row["lead"]: row["n"] for row in rows})
    numbers = [number for number, count in joined.most_common(MOST_HOT) if count >= HOT]
    return tickets.filter(status__in=OPEN, pk__in=numbers)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A citizen who is told what happens to a lead ticket; `own` is her ticket that was merged into it."""

    citizen: Citizen
    own: Ticket | None


def waiting_with(lead: Ticket) -> list[Waiting]:
    """Everybody who waits with a lead ticket, each once, without the one who filed it: whose tickets
    were merged into it, and who follows it or one of these."""
    found: dict[str, Waiting] = {}
    merged = lead.merged.exclude(status=Ticket.Status.WITHDRAWN)
    for own in merged.select_related("citizen", "agency", "account").order_by("pk"):
        if own.citizen is not None:
            found.setdefault(own.citizen.pk, Waiting(own.citizen, own))
    follows = Follower.objects.filter(Q(ticket=lead) | Q(ticket__merged_into=lead))
    if not is_shared(lead):
        follows = follows.none()
    for each in follows.select_related("citizen").order_by("pk"):
        found.setdefault(each.citizen.pk, Waiting(each.citizen, None))
    found.pop(lead.citizen_id or "", None)
    return list(found.values())


def untold_events(after: int, *, now: datetime, most: int) -> tuple[list[TicketEvent], int]:
    """Events after a number that concern others than who filed the ticket, in order; and up to which
    number that is all there is."""
    settled = TicketEvent.objects.filter(pk__gt=after, at__lte=now - SETTLED)
    newest = settled.order_by("-pk").values_list("pk", flat=True).first()
    if newest is None:
        return [], after
    concerns = Q(verb__in=[*TOLD, Verb.CLOSE.value]) & (
        Exists(Follower.objects.filter(ticket=OuterRef("ticket")))
        | Exists(Ticket.objects.filter(merged_into=OuterRef("ticket")))
    )
    alone_again = Q(verb=Verb.REOPEN.value, ticket__merged_into__isnull=False)
    rows = (
        settled.filter(pk__lte=newest)
        .filter(concerns | alone_again)
        .select_related("ticket__agency", "ticket__account", "ticket__citizen", "agency")
        .order_by("pk")[:most]
    )
    found = list(rows)
    return found, found[-1].pk if len(found) == most else newest
