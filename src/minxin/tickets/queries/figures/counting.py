"""Counting: one statement for all figures that share a day, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Count, F, FloatField, Q, QuerySet, Sum, Value, When

from minxin.agencies.models import Agency, Staff
from minxin.agencies.rules import Permission, roles_with
from minxin.agencies.scope import paths_of
from minxin.tickets.models import Ticket, TicketFacts
from minxin.tickets.queries.figures.definitions import BY_KEY, FIGURES, Definition, Terms
from minxin.tickets.queries.figures.months import (
    Kept,
    counted_in_months,
    figures_by_day,
    month_after,
)
from minxin.tickets.queries.reading import tickets_visible_to
from minxin.tickets.rules.figures import LEVELS, Period, Tally

# How figures are set beside each other, and the column it is.
DIMENSIONS = {
    "agency": "agency_id",
    "category": "category_id",
    "nature": "nature",
    "source": "source",
    "place": "place",
}
PART, WHOLE = "part", "whole"


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What is looked at: empty fields narrow nothing. `agency_path` takes all below it; a category of 0
    is none."""

    agency_path: str = ""
    nature: str = ""
    category: int | None = None
    source: str = ""
    place: str = ""

    def rows(self) -> Q:
        found = Q()
        if self.nature:
            found &= Q(nature=self.nature)
        if self.category is not None:
            found &= Q(category=self.category or None)
        if self.source:
            found &= Q(source=self.source)
        if self.place:
            found &= Q(place=self.place)
        return found


def facts_visible_to(staff: Staff, narrowing: Narrowing | None = None) -> QuerySet[TicketFacts]:
    """What figures count of the tickets a person may read, narrowed: as `Ticket.objects.visible_to`, a
    confidential one by the people of its agency and those named for it alone.

    The branches are worked out first: a hundred thousand rows are compared with a few numbers of agencies,
    not joined.
    """
    narrowed = narrowing or Narrowing()
    branch = Q()
    for path in paths_of(staff, Permission.READ_TICKETS):
        branch |= Q(path__startswith=path)
    if not branch:
        return TicketFacts.objects.none()
    if narrowed.agency_path:
        branch &= Q(path__startswith=narrowed.agency_path)
    numbers = list(Agency.objects.filter(branch).values_list("pk", flat=True))
    roles = roles_with(Permission.READ_TICKETS)
    own = staff.memberships.filter(agency__is_active=True, role__in=roles)
    may_read = (
        Q(is_confidential=False)
        | Q(agency__in=list(own.values_list("agency", flat=True)))
        | Q(pk__in=list(staff.confidential_readings.values_list("ticket", flat=True)))
    )
    rows: QuerySet[TicketFacts] = TicketFacts.objects.filter(agency__in=numbers, is_moved=False)
    return rows.filter(may_read).filter(narrowed.rows())


def whole_agencies(staff: Staff, narrowing: Narrowing) -> list[int] | None:
    """The agencies whose rows a person counts whole, but for confidential ones; None where she looks at less."""
    if narrowing.rows():
        return None
    branch = Q()
    for path in paths_of(staff, Permission.READ_TICKETS):
        branch |= Q(path__startswith=path)
    if not branch:
        return []
    inside = Agency.objects.filter(branch, path__startswith=narrowing.agency_path)
    return list(inside.values_list("pk", flat=True))


def facts_under(agency: Agency) -> QuerySet[TicketFacts]:
    """The same of an agency and all below it, for what is made in its name and read by others: without
    confidential ones."""
    numbers = list(Agency.objects.filter(path__startswith=agency.path).values_list("pk", flat=True))
    rows: QuerySet[TicketFacts] = TicketFacts.objects.filter(
        agency__in=numbers, is_moved=False, is_confidential=False
    )
    return rows


def count(
    rows: QuerySet[TicketFacts],
    period: Period,
    terms: Terms,
    *,
    by: str = "",
    figures: Iterable[Definition] = FIGURES,
    known: Kept | None = None,
) -> dict[Any, dict[str, Tally]]:
    """The figures of a period, by group (`DIMENSIONS`; without one the single group None), by key. A group
    in which nothing was counted is not there; a figure that is not told by this grouping neither.

    `known`: months of the period that were counted before, of these very rows; of use together and by
    agency."""
    found: dict[Any, dict[str, Tally]] = {}
    if by not in {"", "agency"}:
        known = None
    for day, mine in _by_day(figures):
        parts = [rows.filter(_within(day, period))] if known is None else known.beyond(rows, day)
        columns = [
            column for each in mine if by not in each.not_by for column in _columns(each, terms)
        ]
        names = [name for name, _column in columns]
        read: dict[Any, dict[str, Any]] = {} if by else {None: dict.fromkeys(names, 0)}
        for inside in parts:
            _add(read, names, _read(inside, DIMENSIONS[by] if by else "", dict(columns)))
        if known is not None:
            _add(read, names, known.values(by))
        for group, values in read.items():
            kept = found.setdefault(group, {})
            for each in mine:
                if by not in each.not_by:
                    kept[each.key] = _tally(each, values)
    told = [each.key for each in figures if by not in each.not_by]
    return {
        group: {key: kept.get(key, Tally()) for key in told}
        for group, kept in found.items()
        if not by or any(each.whole for each in kept.values())
    }  # fmt: skip


def count_whole(
    rows: QuerySet[TicketFacts],
    period: Period,
    terms: Terms,
    groups: Mapping[Any, Mapping[str, Tally]],
    *,
    by: str,
    known: Kept | None = None,
) -> dict[str, Tally]:
    """All figures of the rows together, when all their `groups` were counted `by` something: their sums,
    and counted anew only what is not told by this grouping."""
    untold = [each for each in FIGURES if by in each.not_by]
    found = count(rows, period, terms, figures=untold, known=known).get(None, {}) if untold else {}
    for each in FIGURES:
        if by not in each.not_by:
            found[each.key] = sum((kept[each.key] for kept in groups.values()), Tally())
    return found


def count_beside(
    rows: QuerySet[TicketFacts],
    period: Period,
    terms: Terms,
    *,
    known: Kept | None = None,
    known_before: Kept | None = None,
) -> tuple[dict[str, Tally], dict[str, Tally]]:
    """All figures of a period and of the one before."""
    none = {each.key: Tally() for each in FIGURES}
    this = count(rows, period, terms, known=known).get(None, none)
    return this, count(rows, period.before, terms, known=known_before).get(None, none)


def _add(
    read: dict[Any, dict[str, Any]],
    names: Sequence[str],
    more: Iterable[tuple[Any, Mapping[str, Any]]],
) -> None:
    """The values of groups that share no row, added up; no value is nought."""
    for group, values in more:
        kept = read.setdefault(group, dict.fromkeys(names, 0))
        for name in names:
            kept[name] += values[name] or 0


def month_values(agencies: Sequence[int], first: date, terms: Terms) -> dict[int, dict[str, Any]]:
    """What a month gives to each of these agencies: the values of all figures, as `count` reads them."""
    rows = counted_in_months().filter(agency__in=agencies)
    period = Period(first, month_after(first) - timedelta(days=1))
    found: dict[int, dict[str, Any]] = {each: {} for each in agencies}
    for day, mine in figures_by_day():
        columns = dict(column for each in mine for column in _columns(each, terms))
        read: dict[Any, dict[str, Any]] = {each: dict.fromkeys(columns, 0) for each in agencies}
        _add(read, list(columns), _read(rows.filter(_within(day, period)), "agency_id", columns))
        for agency, values in read.items():
            found[agency] |= values
    return found


def _by_day(figures: Iterable[Definition]) -> list[tuple[str, list[Definition]]]:
    days: dict[str, list[Definition]] = {}
    for each in figures:
        days.setdefault(each.on, []).append(each)
    return list(days.items())


def _within(day: str, period: Period) -> Q:
    return Q(**{f"{day}__range": (period.since, period.until)})


def _columns(figure: Definition, terms: Terms) -> list[tuple[str, Any]]:
    whole = figure.whole(terms)
    columns: list[tuple[str, Any]] = [
        (f"{figure.key}_whole", Count("pk", filter=whole) if whole else Count("pk"))
    ]
    if figure.part is not None:
        columns.append((f"{figure.key}_part", Count("pk", filter=whole & figure.part(terms))))
    if figure.is_weighted:
        worth = Case(
            *(When(level=level, then=Value(float(worth))) for level, worth in zip(LEVELS, terms.weights, strict=True)),
            default=Value(0.0), output_field=FloatField(),
        )  # fmt: skip
        columns.append((f"{figure.key}_worth", Sum(worth, filter=whole)))
    return columns


def _read(
    rows: QuerySet[TicketFacts], column: str, columns: Mapping[str, Any]
) -> Iterable[tuple[Any, dict[str, Any]]]:
    if not column:
        yield None, rows.aggregate(**columns)
        return
    # Under a name of its own: a column may be called like a figure.
    grouped = rows.order_by().values(group=F(column)).annotate(**columns)
    for row in grouped:
        values: dict[str, Any] = dict(row)
        yield values.pop("group"), values


def _tally(figure: Definition, values: Mapping[str, Any]) -> Tally:
    whole = values[f"{figure.key}_whole"]
    if figure.part is None:
        return Tally(whole, whole, float(whole))
    rows = values[f"{figure.key}_part"]
    worth = values[f"{figure.key}_worth"] if figure.is_weighted else rows
    return Tally(rows, whole, float(worth or 0))


# What is behind a number ------------------------------------------------------------------------


def rows_behind(
    rows: QuerySet[TicketFacts], key: str, side: str, period: Period, terms: Terms
) -> QuerySet[TicketFacts]:
    """The rows a number counts: the `part` or the `whole` of a figure. Raises KeyError for no figure."""
    figure = BY_KEY[key]
    found = rows.filter(_within(figure.on, period)).filter(figure.whole(terms))
    return found.filter(figure.part(terms)) if side == PART and figure.part else found


def tickets_behind(staff: Staff, rows: QuerySet[TicketFacts]) -> QuerySet[Ticket]:
    """The same as tickets, of those a person may read."""
    return tickets_visible_to(staff).filter(pk__in=rows.values("ticket"))


def in_group(rows: QuerySet[TicketFacts], by: str, group: Any) -> QuerySet[TicketFacts]:
    """The rows of one group of `count`."""
    return rows.filter(**{DIMENSIONS[by]: group})


def narrowed_by(narrowing: Narrowing, **changes: Any) -> Narrowing:
    """The same with some fields set."""
    return replace(narrowing, **changes)


# Day by day -------------------------------------------------------------------------------------


def day_counts(
    rows: QuerySet[TicketFacts], period: Period, day: str, *, known: Kept | None = None
) -> dict[date, int]:
    """How many valid tickets each day has (`filed_on`: received, merged ones too; `answered_on`: answered).
    Days without any are left out."""
    parts = [rows.filter(_within(day, period))] if known is None else known.beyond(rows, day)
    found: Counter[date] = Counter()
    if known is not None:
        for said, many in known.counts(day).items():
            found[date.fromisoformat(said)] += many
    for inside in parts:
        counted = inside.filter(is_valid=True).order_by().values_list(day)
        found.update(dict(counted.annotate(n=Count("pk"))))
    return dict(found)


def most_common(
    rows: QuerySet[TicketFacts], period: Period, by: str, most: int, *, known: Kept | None = None
) -> list[tuple[Any, int]]:
    """The groups with the most valid tickets filed in a period, merged ones too; nameless ones left out. Of
    use with `known`: places and categories."""
    column = DIMENSIONS[by]
    if known is None:
        inside = rows.filter(_within("filed_on", period))
        counted = _named(inside, by).annotate(n=Count("pk"))
        return list(counted.order_by("-n", column)[:most])
    found: Counter[Any] = Counter()
    for said, many in known.counts(by).items():
        found[int(said) if by == "category" else said] += many
    for inside in known.beyond(rows, "filed_on"):
        found.update(dict(_named(inside, by).annotate(n=Count("pk"))))
    return sorted(found.items(), key=lambda each: (-each[1], each[0]))[:most]


def _named(inside: QuerySet[TicketFacts], by: str) -> Any:
    column = DIMENSIONS[by]
    nameless = {column: ""} if by == "place" else {column: None}
    valid = inside.filter(is_valid=True).exclude(**nameless)
    return valid.order_by().values_list(column)
