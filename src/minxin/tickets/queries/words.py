"""Looking for tickets by the words in them."""

import functools
from pathlib import Path

from django.conf import settings
from django.db.models import Q, QuerySet

from minxin.text import Archive, too_short
from minxin.tickets.models import Ticket

FOLDER = "ticket-words"
# Of words that stand in more tickets than this, the newest so many are found.
MOST_FOUND = 2_000
SOURCE = 0


def words_folder() -> Path:
    """Where the index lies (`tickets.indexing` keeps it)."""
    return Path(settings.MINXIN_HOME) / FOLDER


def words_index() -> Archive:
    """The index, opened once per process and folder; it sees what others saved."""
    return _opened(words_folder())


@functools.lru_cache(maxsize=4)
def _opened(folder: Path) -> Archive:
    return Archive(folder)


def with_words(tickets: QuerySet[Ticket], words: str) -> QuerySet[Ticket]:
    """Those of the tickets in which every word stands, in their text, place or number.

    The index finds them, however many tickets there are; what is not in it yet is read. Words too short
    for it (one character) are looked for by reading all.
    """
    words = words.strip()[:100]
    if not words:
        return tickets
    if too_short(words):
        return tickets.filter(_read(words))
    kept = words_index()
    mark = kept.mark
    found: list[int] = []
    if mark:
        _, found = kept.search(words, sources=[SOURCE], limit=MOST_FOUND)
    # Each its own short statement: joined by OR, the database would read every visible ticket for them.
    newer = Ticket.objects.filter(_read(words), pk__gt=mark).order_by("-pk")
    found = [*newer.values_list("pk", flat=True)[:MOST_FOUND], *found][:MOST_FOUND]
    if words.isascii():
        begun = words.upper()
        numbered = Ticket.objects.filter(number__gte=begun, number__lt=begun + "\uffff")
        found += numbered.order_by("number").values_list("pk", flat=True)[:MOST_FOUND]
    return tickets.filter(pk__in=found)


def _read(words: str) -> Q:
    """Every word stands somewhere, found by reading."""
    wanted = Q()
    for word in words.split()[:6]:
        wanted &= Q(text__icontains=word) | Q(place__icontains=word) | Q(number__icontains=word)
    return wanted
