"""Counting: one statement for all figures that share a day, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Case, Count, F, FloatField, Q, QuerySet, Sum, Value, When

from minxin.agencies.models import Agency, Staff
from minxin.agencies.rules import Permission, roles_with
from minxin.agencies.scope import paths_of
from minxin.tickets.models import Ticket, TicketFacts
from minxin.tickets.queries.figures.definitions import BY_KEY, FIGURES, Definition, Terms
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
) -> dict[Any, dict[str, Tally]]:
    """The figures of a period, by group (`DIMENSIONS`; without one the single group None), by key. A group
    in which nothing was counted is not there; a figure that is not told by this grouping neither."""
    found: dict[Any, dict[str, Tally]] = {}
    for day, mine in _by_day(figures):
        inside = rows.filter(_within(day, period))
        columns = [
            column for each in mine if by not in each.not_by for column in _columns(each, terms)
        ]
        for group, values in _read(inside, DIMENSIONS[by] if by else "", dict(columns)):
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
) -> dict[str, Tally]:
    """All figures of the rows together, when all their `groups` were counted `by` something: their sums,
    and counted anew only what is not told by this grouping."""
    untold = [each for each in FIGURES if by in each.not_by]
    found = count(rows, period, terms, figures=untold).get(None, {}) if untold else {}
    for each in FIGURES:
        if by not in each.not_by:
            found[each.key] = sum((kept[each.key] for kept in groups.values()), Tally())
    return found


def count_beside(
    rows: QuerySet[TicketFacts], period: Period, terms: Terms
) -> tuple[dict[str, Tally], dict[str, Tally]]:
    """All figures of a period and of the one before."""
    none = {each.key: Tally() for each in FIGURES}
    this, before = (count(rows, each, terms).get(None, none) for each in (period, period.before))
    return this, before


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


def day_counts(rows: QuerySet[TicketFacts], period: Period, day: str) -> dict[date, int]:
    """How many valid tickets each day has (`filed_on`: received, merged ones too; `answered_on`: answered).
    Days without any are left out."""
    found = rows.filter(_within(day, period), is_valid=True).order_by().values_list(day)
    return dict(found.annotate(n=Count("pk")))


def most_common(
    rows: QuerySet[TicketFacts], period: Period, by: str, most: int
) -> list[tuple[Any, int]]:
    """The groups with the most valid tickets filed in a period, merged ones too; nameless ones left out."""
    column = DIMENSIONS[by]
    inside = rows.filter(_within("filed_on", period), is_valid=True)
    named = inside.exclude(**{column: ""}) if by == "place" else inside.exclude(**{column: None})
    counted = named.order_by().values_list(column).annotate(n=Count("pk"))
    return list(counted.order_by("-n", column)[:most])
