"""Figures of tickets: one definition each, counted in one statement, every number with its rows."""

from minxin.tickets.queries.figures.counting import (
    DIMENSIONS,
    PART,
    WHOLE,
    Narrowing,
    count,
    count_beside,
    day_counts,
    facts_under,
    facts_visible_to,
    in_group,
    most_common,
    narrowed_by,
    rows_behind,
    tickets_behind,
)
from minxin.tickets.queries.figures.definitions import (
    BY_KEY,
    FIGURES,
    ON_TOP,
    Definition,
    Terms,
    terms,
)
from minxin.tickets.queries.figures.gathering import facts_of
from minxin.tickets.queries.figures.standing import (
    Group,
    ages,
    banded,
    in_band,
    overdue_rows,
)

__all__ = [
    "BY_KEY",
    "DIMENSIONS",
    "FIGURES",
    "ON_TOP",
    "PART",
    "WHOLE",
    "Definition",
    "Group",
    "Narrowing",
    "Terms",
    "ages",
    "banded",
    "count",
    "count_beside",
    "day_counts",
    "facts_of",
    "facts_under",
    "facts_visible_to",
    "in_band",
    "in_group",
    "most_common",
    "narrowed_by",
    "overdue_rows",
    "rows_behind",
    "terms",
    "tickets_behind",
]
