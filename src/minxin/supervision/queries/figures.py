"""What pages read from the daily figures: one account's year. A page never computes over all accounts."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from minxin.accounts.models import Account
from minxin.agencies.models import Staff
from minxin.agencies.queries import agencies_for
from minxin.agencies.rules import Permission
from minxin.supervision.figures.engine import engine
from minxin.supervision.figures.journal import read
from minxin.supervision.figures.store import Store, of_account
from minxin.supervision.models import Coverage
from minxin.supervision.queries.updates import looked_of
from minxin.supervision.rules.clock import day_of
from minxin.supervision.rules.daily import MONTHS, AreaMonth, Figure, Month, first_of, months_of

log = logging.getLogger("minxin.figures")


@dataclass(frozen=True, slots=True)
class Year:
    """An account's last twelve months. `counted_at`: what was known until then is in them; None: they were
    never counted yet. `done` of `of` accounts are read where all is being counted from the beginning.
    `is_broken`: a file cannot be read."""

    months: tuple[Month, ...]
    counted_at: datetime | None
    done: int = 0
    of: int = 0
    is_broken: bool = False

    @property
    def items(self) -> int:
        return sum(each.items for each in self.months)


@dataclass(frozen=True, slots=True)
class AreaYear:
    """The same of all accounts that a person sees, month by month; no months: never counted, or broken."""

    months: tuple[AreaMonth, ...]
    counted_at: datetime | None
    is_broken: bool = False

    @property
    def items(self) -> int:
        return sum(each.items for each in self.months)


def folder() -> Path:
    """Where this installation keeps its figures."""
    return Path(settings.MINXIN_HOME) / "figures"


def year_of(account: Account, looks: Iterable[Coverage], *, now: datetime) -> Year:
    """What the files say of one account. Whether this person may see it is the caller's to know."""
    import duckdb  # with the first page that needs it, not with every process

    store = Store(folder())
    journal = read(store.folder)
    building = journal.building
    done, of = (building.done, building.of) if building else (0, 0)
    if journal.counted_at is None:
        return Year((), None, done, of)
    try:
        with engine(threads=1) as found:
            store.open_in(found, since=first_of(day_of(now), 1 - MONTHS))
            rows = of_account(found, account.pk)
    except duckdb.Error:
        log.exception("the daily figures of account %s", account.pk)
        return Year((), journal.counted_at, done, of, is_broken=True)
    figures = [Figure(*row) for row in rows]
    looked = [looked_of(each) for each in looks if each.since < each.until]
    return Year(months_of(figures, looked, now=now), journal.counted_at, done, of)


def area_year_of(staff: Staff, *, now: datetime) -> AreaYear:
    """What the nights summed up for the units that a person sees."""
    import duckdb

    store = Store(folder())
    counted_at = read(store.folder).counted_at
    if counted_at is None or not store.units.exists():
        return AreaYear((), None)
    units = agencies_for(staff, Permission.READ_SUPERVISION).order_by()
    numbers = list(units.values_list("pk", flat=True))
    try:
        with engine(threads=1) as found:
            found.set_file("units", store.units)
            rows = found.rows(
                "SELECT month, sum(pushed)::BIGINT, sum(published)::BIGINT, sum(accounts)::BIGINT FROM units"
                " WHERE agency_id IN (SELECT unnest(CAST(? AS INTEGER[]))) GROUP BY month",
                [numbers],
            )
    except duckdb.Error:
        log.exception("the figures of units")
        return AreaYear((), counted_at, is_broken=True)
    known = {row[0]: AreaMonth(*row) for row in rows}
    firsts = (first_of(day_of(now), back) for back in range(1 - MONTHS, 1))
    return AreaYear(tuple(known.get(first, AreaMonth(first)) for first in firsts), counted_at)
