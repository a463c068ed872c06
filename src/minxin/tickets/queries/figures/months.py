"""Whole months that are over, counted before: what a year reads instead of each of its rows.

A `FactsMonth` is what counting the rows of one agency and one month gives, by the same statements, when nothing
of it hangs on the hour any more: every limit of the month has passed. It is written by a worker, goes with the
first change of any of its rows, and is never used for figures that are defined or weighed in another way
(`mark_of`). Confidential rows stand in no month: who may read them has them counted one by one.
"""

from __future__ import annotations

import functools
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from minxin.tickets.models import FactsMonth, TicketFacts
from minxin.tickets.queries.figures.definitions import FIGURES, Definition, Terms
from minxin.tickets.rules.figures import Period

# The days by which rows belong to a month; the last only for the trend.
DAYS = (*dict.fromkeys(each.on for each in FIGURES), "answered_on")
# More confidential rows than this are counted with all the others.
MOST_APART = 200
Values = dict[str, Any]


def month_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def month_after(first: date) -> date:
    """The first day of the next month."""
    return (first + timedelta(days=31)).replace(day=1)


def is_settled(first: date, terms: Terms) -> bool:
    """Whether no figure of a month hangs on the hour any more: its last limit for a first word has passed."""
    over = timezone.make_aware(datetime.combine(month_after(first), time()))
    return over + terms.response <= terms.now


def mark_of(terms: Terms) -> str:
    """By what the figures are counted: another definition, limit or weight has another mark."""
    return _mark(terms.response, tuple(terms.weights))


@functools.lru_cache(maxsize=16)
def _mark(response: timedelta, weights: tuple[float, ...]) -> str:
    fixed = Terms(datetime(2000, 1, 1, tzinfo=UTC), response, weights, 0)
    words = [
        (each.key, each.on, repr(each.whole(fixed)), repr(each.part(fixed)) if each.part else "",
         each.is_weighted)
        for each in FIGURES
    ]  # fmt: skip
    return sha256(repr((words, response, weights)).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Kept:
    """The months of a period that need not be counted. `left`: its other days. `apart`: rows in those months
    that stand in none of them, for who may read confidential ones."""

    left: tuple[date, ...]
    first: date
    last: date
    sums: tuple[tuple[int, Values], ...]
    shapes: tuple[Mapping[str, Mapping[str, int]], ...]
    apart: tuple[int, ...]

    def beyond(self, rows: QuerySet[TicketFacts], day: str) -> list[QuerySet[TicketFacts]]:
        """The rows that are still to be counted, each in one of these."""
        found = [rows.filter(**{f"{day}__in": self.left})] if self.left else []
        if self.apart:
            inside = {f"{day}__range": (self.first, self.last), "pk__in": self.apart}
            # A month between two others may be missing: its days are among those left.
            found.append(rows.filter(**inside).exclude(**{f"{day}__in": self.left}))
        return found

    def values(self, by: str) -> Iterable[tuple[Any, Values]]:
        """What the months give, by agency or together."""
        return ((agency if by else None, values) for agency, values in self.sums)

    def counts(self, name: str) -> Counter[str]:
        """How many valid tickets each day, place or category of the months has."""
        found: Counter[str] = Counter()
        for each in self.shapes:
            found.update(each[name])
        return found


def kept_of(
    rows: QuerySet[TicketFacts],
    agencies: Sequence[int] | None,
    period: Period,
    terms: Terms,
    *,
    with_shapes: bool = False,
) -> Kept | None:
    """The months of a period that are kept whole for all these agencies; None where there are none, or
    where `agencies` is None: rows narrowed by more than agencies are counted one by one.

    `with_shapes` reads days, places and categories too.
    """
    whole = _whole_months(period, terms) if agencies else []
    if not agencies or not whole:
        return None
    columns = ["agency_id", "month", "sums", *(["shape"] if with_shapes else [])]
    found: dict[date, list[tuple[Any, ...]]] = {}
    asked = FactsMonth.objects.filter(agency__in=agencies, month__in=whole, mark=mark_of(terms))
    for each in asked.values_list(*columns):
        found.setdefault(each[1], []).append(each)
    months = [each for each in whole if len(found.get(each, ())) == len(agencies)]
    if not months:
        return None
    first, last = months[0], month_after(months[-1]) - timedelta(days=1)
    secret = rows.filter(_in_any(first, last), is_confidential=True)
    apart = list(secret.values_list("pk", flat=True)[: MOST_APART + 1])
    if len(apart) > MOST_APART:
        return None
    taken, days = set(months), [period.since + timedelta(days=at) for at in range(period.days)]
    lines = [line for month in months for line in found[month]]
    return Kept(
        left=tuple(day for day in days if month_of(day) not in taken),
        first=first,
        last=last,
        sums=tuple((line[0], json.loads(line[2])) for line in lines),
        shapes=tuple(json.loads(line[3]) for line in lines) if with_shapes else (),
        apart=tuple(apart),
    )


def _whole_months(period: Period, terms: Terms) -> list[date]:
    """The settled months that lie inside a period, side by side from the first."""
    month = period.since if period.since.day == 1 else month_after(month_of(period.since))
    found = []
    while month_after(month) <= period.until + timedelta(days=1) and is_settled(month, terms):
        found.append(month)
        month = month_after(month)
    return found


def _in_any(first: date, last: date) -> Q:
    wanted = Q()
    for day in DAYS:
        wanted |= Q(**{f"{day}__range": (first, last)})
    return wanted


# Making them ------------------------------------------------------------------------------------


def counted_in_months() -> QuerySet[TicketFacts]:
    """The rows that stand in months."""
    found: QuerySet[TicketFacts] = TicketFacts.objects.filter(is_confidential=False, is_moved=False)
    return found


def shapes_of(agencies: Sequence[int], first: date) -> dict[int, dict[str, dict[str, int]]]:
    """Days, places and categories of a month with how many valid tickets each has, by agency."""
    span = (first, month_after(first) - timedelta(days=1))
    found: dict[int, dict[str, dict[str, int]]] = {
        each: {"filed_on": {}, "answered_on": {}, "place": {}, "category": {}} for each in agencies
    }
    valid = counted_in_months().filter(agency__in=agencies, is_valid=True).order_by()
    filed = valid.filter(filed_on__range=span)
    for name, rows, column in (
        ("filed_on", filed, "filed_on"),
        ("answered_on", valid.filter(answered_on__range=span), "answered_on"),
        ("place", filed.exclude(place=""), "place"),
        ("category", filed.exclude(category=None), "category_id"),
    ):
        for agency, key, many in rows.values_list("agency", column).annotate(n=Count("pk")):
            found[agency][name][str(key)] = many
    return found


def touched_months(numbers: Sequence[int]) -> dict[date, set[int]]:
    """The months in which rows of these tickets stand, with their agencies."""
    rows = TicketFacts.objects.filter(pk__in=numbers).values_list("agency", *DAYS)
    found: dict[date, set[int]] = {}
    for agency, *days in rows:
        for day in days:
            if day is not None:
                found.setdefault(month_of(day), set()).add(agency)
    return found


def figures_by_day() -> list[tuple[str, list[Definition]]]:
    """All figures, by the day that counts for them."""
    days: dict[str, list[Definition]] = {}
    for each in FIGURES:
        days.setdefault(each.on, []).append(each)
    return list(days.items())
