"""What a weekly report counts, and the facts it is drafted from.

The figures are those of the tickets' dashboard, counted once when the report is drafted; their definitions
are frozen with it, so that a report of last year says how it was counted then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from minxin.reports.rules.figures import Figure, Over
from minxin.reports.rules.rows import (
    BEFORE,
    Count,
    Period,
    Ratio,
    Row,
    counted,
    names_of,
    period_from_json,
    period_to_json,
)

DAYS = ("began_on", "until_on", "before_from", "before_until")
# The keys of `tickets.queries.figures.FIGURES`, of which the phrases of a preset speak; a test compares.
COUNTS = ("received", "valid")
RATES = (
    "response", "answer", "closing", "on_time", "solved", "satisfied", "returned", "redone",
    "repeated", "reminded",
)  # fmt: skip
# What stands at the moment of drafting.
STANDING = {"open": "在办诉求", "overdue": "超期未答复诉求"}
# What each unit's line says.
OF_UNIT = ("valid", "response", "on_time", "solved", "satisfied", "redone")
WORTH = 10_000  # a weighted part is kept in ten-thousandths


@dataclass(frozen=True, slots=True)
class Meaning:
    """A figure as it was defined when the report was drafted."""

    key: str
    name: str
    formula: str
    whole: str
    part: str
    is_weighted: bool
    is_by_unit: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekFacts:
    """All that a weekly report says. `least`: below so many a rate is marked as one of few."""

    agency: str
    area: str
    year: int
    week: int
    began_on: date
    until_on: date
    before_from: date
    before_until: date
    drafted_at: str
    is_ended: bool
    least: int
    meanings: tuple[Meaning, ...]
    units: tuple[str, ...]
    this: Period
    before: Period


def to_json(facts: WeekFacts) -> dict[str, Any]:
    """Plain values, days as ISO."""
    plain = ("agency", "area", "year", "week", "drafted_at", "is_ended", "least")
    return {
        **{name: getattr(facts, name) for name in plain},
        **{name: getattr(facts, name).isoformat() for name in DAYS},
        "meanings": [asdict(each) for each in facts.meanings],
        "units": list(facts.units),
        "this": period_to_json(facts.this),
        "before": period_to_json(facts.before),
    }


def read(kept: Mapping[str, Any]) -> WeekFacts:
    """The facts again."""
    return WeekFacts(
        **{
            **kept,
            **{name: date.fromisoformat(kept[name]) for name in DAYS},
            "meanings": tuple(Meaning(**each) for each in kept["meanings"]),
            "units": tuple(kept["units"]),
            "this": period_from_json(kept["this"]),
            "before": period_from_json(kept["before"]),
        }
    )


# What is counted ------------------------------------------------------------------------------


def specs_of(meaning: Meaning, prefix: str = "") -> tuple[Count | Ratio, ...]:
    """The counts of a figure and its rate."""
    key, said = prefix + meaning.key, meaning.name
    whole = Count(
        f"{key}.whole", Over.TICKETS, f"{said}：{meaning.whole}" if meaning.part else said,
        f"{meaning.key}.whole", grade="A",
    )  # fmt: skip
    if not meaning.part:
        return (whole,)
    part = Count(
        f"{key}.part", Over.TICKETS, f"{said}：{meaning.part}", f"{meaning.key}.part", grade="A"
    )
    if not meaning.is_weighted:
        return (whole, part, Ratio(f"{key}.rate", f"{said}（{meaning.formula}）", part, whole))
    worth = Count(f"{key}.worth", Over.TICKETS, said, total=f"{meaning.key}.worth", grade="A")
    base = Count(f"{key}.base", Over.TICKETS, said, total=f"{meaning.key}.base", grade="A")
    rate = Ratio(f"{key}.rate", f"{said}（{meaning.formula}）", worth, base)
    return (whole, part, rate)


def figures(facts: WeekFacts) -> dict[str, Figure]:
    """All figures by key; those of the week before begin with `before.`, those of a unit with `unit.N.`."""
    specs = tuple(spec for meaning in facts.meanings for spec in specs_of(meaning))
    standing = tuple(
        Count(f"{key}.whole", Over.TICKETS, said, key, grade="A") for key, said in STANDING.items()
    )
    found = counted((*specs, *standing), facts.this)
    found |= counted(specs, facts.before, BEFORE, is_before=True)
    for at, unit in enumerate(facts.units):
        mine = Period(tuple(each for each in facts.this.rows if each.unit == unit))
        own = tuple(
            spec
            for meaning in facts.meanings
            if meaning.key in OF_UNIT
            for spec in specs_of(meaning, f"unit.{at}.")
        )
        late = Count(f"unit.{at}.overdue", Over.TICKETS, STANDING["overdue"], "overdue", grade="A")
        found |= {
            key: Figure(
                key, each.said, f"{unit}：{each.meaning}", each.over, each.rows, False, each.grade
            )
            for key, each in counted((*own, late), mine).items()
        }
    for name in ("nature", "topic", "place"):
        for at, one in enumerate(groups(facts, name)):
            rows = tuple(each.number for each in valid_rows(facts) if of(name)(each) == one)
            key = f"{name}.{at}"
            found[key] = Figure(key, str(len(rows)), f"{one}：有效诉求", Over.TICKETS, rows)
    return found


def valid_rows(facts: WeekFacts) -> list[Row]:
    """The valid tickets of the week."""
    return [each for each in facts.this.of(Over.TICKETS) if "valid.whole" in each.tags]


def of(name: str) -> Any:
    """How a row is grouped."""
    if name == "place":
        return lambda row: row.place
    at = 0 if name == "nature" else 1
    return lambda row: [*row.problem.split("·", 1), ""][at]


MOST_NAMED = 5


def groups(facts: WeekFacts, name: str) -> tuple[str, ...]:
    """Natures, or the categories and places that most tickets have, at most five; those without are
    left out."""
    rows = [each for each in valid_rows(facts) if of(name)(each)]
    return names_of(of(name), rows)[:MOST_NAMED]
