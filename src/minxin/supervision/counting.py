"""What a worker does each night: the daily figures of all accounts, from the traces, into `figures.store`.

A night reads the traces that were kept since the last one, whatever day they are about: article totals come
a day late and are corrected, a night may have been missed. Each account and day they touch is counted anew
from all its traces, so that a second time changes nothing. The first time, or when the database is another
one, everything is counted, in parts that wait on disk: what was read is not read again after a stop, and the
months stay as they were until all of them are there.
"""

from __future__ import annotations

import csv
import logging
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from django.db.models import QuerySet

from minxin.accounts.models import Account
from minxin.core.breath import breathe
from minxin.core.folders import alone
from minxin.supervision.figures.engine import Engine, engine
from minxin.supervision.figures.journal import Building, Journal, Mark, read, write
from minxin.supervision.figures.store import KEPT, Store
from minxin.supervision.models import Trace
from minxin.supervision.queries.figures import folder
from minxin.supervision.rules.clock import day_of, midnight
from minxin.supervision.rules.daily import MONTHS, Figure, Told, figures_of, first_of

log = logging.getLogger("minxin.figures")
PARTS = ".parts"
ACCOUNTS_A_READ = 200  # in one query, so that no query holds many rows
ACCOUNTS_A_PART = 2_000
MOST_NEW = 2_000_000  # traces; with more news than this, counting everything is cheaper
SLICE = 20.0  # seconds of building in one go: the worker has other tasks
# A trace whose number is lower may be committed later than its neighbour; after this long it is there.
SETTLED = timedelta(hours=1)
Row = tuple[int, Figure]


def is_due() -> bool:
    """Whether the figures were never complete, or are being made anew, and nobody is at it."""
    where = folder()
    journal = read(where)
    if journal.mark is not None and journal.building is None:
        return False
    with alone(where, "counting") as is_mine:
        return is_mine


def count(*, now: datetime, most: float = SLICE) -> bool:
    """Bring the figures up to what is known now; False when there is more to do, at the next call.

    Nothing, and True, while somebody else is at it. What fails raises and leaves everything as it was.
    """
    store = Store(folder())
    with alone(store.folder, "counting") as is_mine:
        if not is_mine:
            return True
        journal = read(store.folder)
        mark = journal.building.mark if journal.building else journal.mark
        if mark is None or not _is_there(mark):
            journal = _begin(store, journal, now)
        if journal.building is None and journal.mark is not None:
            news = Trace.objects.filter(pk__gt=journal.mark.number)
            if news.count() <= MOST_NEW:
                _add(store, journal.mark, now)
                return True
            journal = _begin(store, journal, now)
        return _build(store, journal, now, most)


def _settled(now: datetime) -> Mark:
    """Up to which trace nothing can come in between any more."""
    found = (
        Trace.objects.filter(recorded_at__lte=now - SETTLED)
        .order_by("-pk")
        .values_list("pk", "recorded_at")
        .first()
    )
    return Mark(found[0], _stamp(found[1])) if found else Mark(0, "")


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _is_there(mark: Mark) -> bool:
    """Whether the marked trace is the one of this database."""
    if not mark.number:
        return True
    rows = Trace.objects.filter(pk=mark.number).values_list("recorded_at", flat=True)
    return any(_stamp(each) == mark.recorded_at for each in rows)


# A night ---------------------------------------------------------------------------------------------


def _add(store: Store, mark: Mark, now: datetime) -> None:
    settled = _settled(now)
    touched: dict[int, set[date]] = {}
    news = Trace.objects.filter(pk__gt=mark.number).values_list("account_id", "published_at")
    for number, at in news.order_by("pk").iterator():
        touched.setdefault(number, set()).add(day_of(at))
    parts = _fresh_parts(store)
    pairs = _write(parts / "news.csv", _of_days(touched))
    if pairs:
        with engine(spill=parts) as found:
            for month in _load(found, [parts / "news.csv"]):
                store.put(found, month, _of_month(month))
    _sum_up(store, parts, now)
    write(store.folder, Journal(settled, now))
    shutil.rmtree(parts)
    log.info("daily figures: %s days of %s accounts counted", pairs, len(touched))


def _of_days(touched: dict[int, set[date]]) -> Iterator[Row]:
    """The figures of accounts on these days."""
    numbers = sorted(touched)
    for first in range(0, len(numbers), ACCOUNTS_A_READ):
        some = numbers[first : first + ACCOUNTS_A_READ]
        days = set().union(*(touched[number] for number in some))
        rows = Trace.objects.filter(
            account__in=some, published_at__gte=midnight(min(days)),
            published_at__lt=midnight(max(days) + timedelta(days=1)),
        )  # fmt: skip
        told = _by_account(rows, some)
        for number in some:
            for figure in figures_of(told[number], touched[number]):
                yield number, figure
        breathe()


def _by_account(rows: QuerySet[Trace], numbers: Iterable[int]) -> dict[int, list[Told]]:
    told: dict[int, list[Told]] = {number: [] for number in numbers}
    found = rows.values_list("account_id", "published_at", "source", "kind", "title", "external_id")
    for number, at, source, kind, title, name in found.iterator():
        told[number].append((at, source, kind, title, name))
    return told


# From the beginning ----------------------------------------------------------------------------------


def _begin(store: Store, journal: Journal, now: datetime) -> Journal:
    """Note that everything is to be counted; the figures so far stay until it is."""
    _fresh_parts(store)
    building = Building(_settled(now), now.isoformat(), 0, 0, Account.objects.count(), 0)
    found = Journal(journal.mark, journal.counted_at, building)
    write(store.folder, found)
    return found


def _build(store: Store, journal: Journal, now: datetime, most: float) -> bool:
    """Go on with it for about `most` seconds; whether all is counted."""
    building, parts = journal.building, store.folder / PARTS
    assert building is not None  # noqa: S101
    if any(not _part(parts, each).exists() for each in range(building.parts)):
        journal = _begin(store, journal, now)  # somebody removed parts
        building = journal.building
        assert building is not None  # noqa: S101
    ends = time.monotonic() + most
    while numbers := _next_accounts(building.account):
        _write(_part(parts, building.parts), _of_accounts(numbers))
        building = Building(
            building.mark, building.begun_at, numbers[-1],
            min(building.done + len(numbers), building.of), building.of, building.parts + 1,
        )  # fmt: skip
        write(store.folder, Journal(journal.mark, journal.counted_at, building))
        log.info("daily figures: %s of %s accounts read", building.done, building.of)
        if time.monotonic() > ends:
            return False
    months = []
    if building.parts:
        with engine(spill=parts) as found:
            months = _load(found, [_part(parts, each) for each in range(building.parts)])
            for month in months:
                store.put(found, month, _of_month(month), is_all=True)
    store.drop_all_but(months)
    _sum_up(store, parts, now)
    # What came while it was built is news, and so is everything since the mark.
    write(store.folder, Journal(building.mark, datetime.fromisoformat(building.begun_at)))
    shutil.rmtree(parts)
    log.info("daily figures: all of %s accounts counted", building.of)
    return False


def _next_accounts(after: int) -> list[int]:
    rows = Account.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)
    return list(rows[:ACCOUNTS_A_PART])


def _of_accounts(numbers: Sequence[int]) -> Iterator[Row]:
    for first in range(0, len(numbers), ACCOUNTS_A_READ):
        some = numbers[first : first + ACCOUNTS_A_READ]
        told = _by_account(Trace.objects.filter(account__in=some), some)
        for number in some:
            for figure in figures_of(told[number]):
                yield number, figure
        breathe()


def _sum_up(store: Store, parts: Path, now: datetime) -> None:
    """The last year by unit and month, with the hosts as they are now: what an area's overview shows."""
    owners = list(Account.objects.order_by("pk").values_list("pk", "agency_id"))
    with engine(spill=parts) as found:
        found.set_rows("owners", "account_id INTEGER, agency_id INTEGER", owners)
        store.open_in(found, since=first_of(day_of(now), 1 - MONTHS))
        store.put_units(found)


# Files -----------------------------------------------------------------------------------------------


def _fresh_parts(store: Store) -> Path:
    parts = store.folder / PARTS
    shutil.rmtree(parts, ignore_errors=True)
    parts.mkdir(parents=True)
    return parts


def _part(parts: Path, number: int) -> Path:
    return parts / f"{number:06}.csv"


def _write(path: Path, rows: Iterable[Row]) -> int:
    """One line a row, whole or not at all; how many."""
    written = 0
    part = path.with_suffix(".part")
    with part.open("w", encoding="ascii", newline="") as file:
        lines = csv.writer(file)
        for number, each in rows:
            lines.writerow((number, each.day, each.pushed, each.published, each.grade))
            written += 1
    part.replace(path)
    return written


def _load(found: Engine, paths: Sequence[Path]) -> list[date]:
    """Read parts as the relation `news`; its months, in order."""
    found.set_sheets("news", KEPT, paths)
    rows = found.rows("SELECT DISTINCT date_trunc('month', day)::DATE AS m FROM news ORDER BY m")
    return [month for (month,) in rows]


def _of_month(month: date) -> str:
    return f"(SELECT * FROM news WHERE date_trunc('month', day) = DATE '{month}')"  # noqa: S608
