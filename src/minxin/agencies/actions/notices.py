"""Writes of notices to staff. They are not audited: the row is its own record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from minxin.agencies.models import Staff, StaffNotice
from minxin.core.table_rows import add_rows


def notify_staff(
    people: Iterable[Staff], text: str, *, kind: str, link: str = "", now: datetime
) -> int:
    """Tell people something in the console; returns how many were told.

    Who has an unread notice of the same kind and link already is not told again, so a clock that
    strikes twice tells once.
    """
    active = {person.pk for person in people if person.is_active}
    known = StaffNotice.objects.filter(staff__in=active, kind=kind, link=link, read_at=None)
    fresh = active - set(known.values_list("staff_id", flat=True))
    StaffNotice.objects.bulk_create(
        StaffNotice(staff_id=pk, kind=kind, text=text[:300], link=link, created_at=now)
        for pk in sorted(fresh)
    )
    return len(fresh)


@dataclass(frozen=True, slots=True)
class Told:
    """What one person is told."""

    staff_id: int
    kind: str
    text: str
    link: str


def notify_many(told: Sequence[Told], *, now: datetime) -> int:
    """Tell many things at once, in one statement. The caller knows that each is new, so nothing is looked
    for first, and that the people are in post."""
    add_rows(
        StaffNotice,
        [
            {
                "staff_id": each.staff_id, "kind": each.kind, "text": each.text[:300],
                "link": each.link, "created_at": now,
            }
            for each in told
        ],
    )  # fmt: skip
    return len(told)


def read_notices(staff: Staff, notices: Iterable[int] | None = None, *, now: datetime) -> int:
    """Mark a person's own notices as read: those named by id, or all. Returns how many."""
    mine = staff.notices.filter(read_at=None)
    if notices is not None:
        mine = mine.filter(pk__in=list(notices))
    return mine.update(read_at=now)
