"""One answer to many: who it can go to, what each of them reads, how far it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from minxin.agencies.models import Staff
from minxin.agencies.rules import Permission
from minxin.core.errors import NotFound
from minxin.text.replies import Reading
from minxin.tickets.models import BatchAnswer, BatchItem, Ticket
from minxin.tickets.queries.reading import tickets_visible_to
from minxin.tickets.queries.replies import read_answer
from minxin.tickets.rules import TRANSITIONS, Verb

MOST_IN_BATCH = 5_000


def answerable(staff: Staff, tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Those of some tickets that this person may answer as they stand: in hand, not merged into another."""
    mine = tickets_visible_to(staff, Permission.ANSWER_TICKETS)
    states = TRANSITIONS[Verb.ANSWER][0]
    return mine.filter(
        pk__in=tickets.order_by().values("pk"), status__in=states, merged_into=None
    ).order_by("pk")


@dataclass(frozen=True, slots=True)
class Preview:
    """What one recipient would read. `is_told`: she has not left, so a message goes out; `reading`: what
    the machine remarks."""

    ticket: Ticket
    is_told: bool
    reading: Reading


def previews(tickets: Iterable[Ticket], text: str, *, now: datetime) -> list[Preview]:
    """Of these tickets."""
    return [
        Preview(each, each.citizen_id is not None, read_answer(each, text, now=now))
        for each in tickets
    ]


def batches_of(staff: Staff) -> QuerySet[BatchAnswer]:
    """The batches of a person's agencies, the newest first."""
    rows: QuerySet[BatchAnswer] = BatchAnswer.objects.visible_to(staff, Permission.ANSWER_TICKETS)
    return rows.select_related("agency", "started_by")


def batch_for(staff: Staff, number: int) -> BatchAnswer:
    """One of them; `NotFound` otherwise."""
    found = batches_of(staff).filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def batch_items(staff: Staff, batch: BatchAnswer) -> QuerySet[BatchItem]:
    """Its tickets, of those this person may read."""
    rows = BatchItem.objects.filter(batch=batch, ticket__in=tickets_visible_to(staff).order_by())
    return rows.select_related("ticket__agency", "ticket__category")


def next_items(batch: BatchAnswer, most: int) -> list[BatchItem]:
    """What is still to be gone through, in order."""
    rows = batch.items.filter(status=BatchItem.Status.WAITING).order_by("pk")
    return list(rows.select_related("ticket__agency", "ticket__account")[:most])
