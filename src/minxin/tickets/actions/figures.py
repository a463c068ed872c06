"""Keeping what figures count: derived rows, made anew for whatever something was done to."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from minxin.conversations.actions import move_cursor
from minxin.conversations.queries import position_of
from minxin.core.breath import breathe
from minxin.core.folders import alone
from minxin.tickets.models import TicketFacts
from minxin.tickets.queries.figures.gathering import (
    FIELDS,
    changed_tickets,
    facts_of,
    is_as_kept,
    reminded_tickets,
    tickets_after,
)
from minxin.tickets.queries.neighbours import index_folder

AUDITED, REMINDED = "ticket_facts", "ticket_facts_reminded"
AT_ONCE = 500


def keep_facts(*, now: datetime) -> bool:
    """Bring the rows up to date for some of what happened since; whether there is nothing more (or
    somebody else is at it).

    Rows first, then the bookmark: killed in between, the same rows are made again.
    """
    with alone(index_folder(), "facts") as is_alone:
        return _kept(now) if is_alone else True


def _kept(now: datetime) -> bool:
    changed, upto = changed_tickets(position_of(AUDITED), AT_ONCE)
    reminded, told = reminded_tickets(position_of(REMINDED), AT_ONCE, now=now)
    write_facts(sorted({*changed, *reminded}))
    is_done = True
    for name, position in ((AUDITED, upto), (REMINDED, told)):
        if position > position_of(name):
            move_cursor(name, position)
            is_done = False
    return is_done


def facts_are_behind(*, now: datetime) -> bool:
    """Whether something was done that the rows do not show yet. What concerns no ticket is stepped over."""
    changed, upto = changed_tickets(position_of(AUDITED), AT_ONCE)
    if upto > position_of(AUDITED) and not changed:
        move_cursor(AUDITED, upto)
    return bool(changed or reminded_tickets(position_of(REMINDED), 1, now=now)[0])


def write_facts(numbers: Sequence[int]) -> None:
    """Make the rows of these tickets as they should be."""
    for begin in range(0, len(numbers), AT_ONCE):
        rows = facts_of(numbers[begin : begin + AT_ONCE])  # outside the lock of the write
        with transaction.atomic():
            TicketFacts.objects.bulk_create(
                rows, update_conflicts=True, unique_fields=["ticket"], update_fields=FIELDS
            )
        breathe()


def check_facts() -> int:
    """Make sure of every row, whoever forgot to audit what; how many were not as they should be."""
    wrong, at = 0, 0
    while numbers := tickets_after(at, AT_ONCE):
        kept = TicketFacts.objects.in_bulk(numbers)
        bad = [
            each.pk
            for each in facts_of(numbers)
            if each.pk not in kept or not is_as_kept(each, kept[each.pk])
        ]
        write_facts(bad)
        wrong, at = wrong + len(bad), numbers[-1]
        breathe()
    return wrong
