"""The indexes of near-duplicate tickets and of the words in tickets, brought up to date by a worker a few at
a time.

Derived data: who removes the folder has it made anew. Only a worker writes, one at a time; it reads tickets
and writes files, no row, so nobody waits for it.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from minxin.core.folders import alone
from minxin.text import NearDuplicates, Said
from minxin.tickets.models import Ticket
from minxin.tickets.queries.neighbours import SETTLED, index, index_folder
from minxin.tickets.queries.words import SOURCE, words_folder, words_index

AT_ONCE = 5_000


def is_behind(*, now: datetime) -> bool:
    """Whether there are tickets that are not in the indexes yet."""
    return _newer(min(index().mark, words_index().mark), now).exists()


def keep_index(*, now: datetime) -> bool:
    """Put the next tickets in; whether all are in (or somebody else is at it).

    The mark is kept with the parts: killed in between, the same tickets are put in again.
    """
    folder = index_folder()
    with alone(folder, "keeping") as is_alone:
        if not is_alone:
            return True
        kept = NearDuplicates.load(folder)
        rows = list(_newer(kept.mark, now).values_list("pk", "text")[:AT_ONCE])
        if rows:
            kept.add(rows)
            kept.mark = rows[-1][0]
            kept.save(folder)
        return len(rows) < AT_ONCE


def keep_words(*, now: datetime) -> bool:
    """As `keep_index`: put the words of the next tickets in."""
    with alone(words_folder(), "keeping") as is_alone:
        if not is_alone:
            return True
        kept = words_index()
        rows = list(
            _newer(kept.mark, now).values_list("pk", "number", "text", "place", "filed_at")[
                :AT_ONCE
            ]
        )
        if rows:
            said = (
                Said(pk, str(pk), SOURCE, int(at.timestamp()), f"{number}\n{text}\n{place}")
                for pk, number, text, place, at in rows
            )
            kept.keep(said, mark=rows[-1][0])
        return len(rows) < AT_ONCE


def _newer(mark: int, now: datetime) -> QuerySet[Ticket]:
    """Tickets after a number; one that may be committed after a later one is waited for."""
    rows = Ticket.objects.filter(pk__gt=mark, filed_at__lte=now - SETTLED)
    return rows.exclude(status=Ticket.Status.MOVED).order_by("pk")


def forget(numbers: Sequence[int]) -> bool:
    """Take tickets out of both indexes; False when somebody else is at one of them."""
    folder = index_folder()
    with alone(folder, "keeping") as is_alone, alone(words_folder(), "keeping") as is_alone_there:
        if not (is_alone and is_alone_there):
            return False
        kept = NearDuplicates.load(folder)
        kept.remove(numbers)
        kept.save(folder)
        words = words_index()
        words.keep((), forget=[str(number) for number in numbers], mark=words.mark)
        return True
