"""Figures of tickets: one definition each, counted in one statement, every number with its rows."""

from minxin.tickets.queries.figures.counting import (
    DIMENSIONS,
    PART,
    WHOLE,
    Narrowing,
    count,
    count_beside,
    count_whole,
    day_counts,
    facts_under,
    facts_visible_to,
    in_group,
    most_common,
    narrowed_by,
    rows_behind,
    tickets_behind,
    whole_agencies,
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
<<<<<<< HEAD
from minxin.tickets.queries.figures.months import Kept, kept_of
=======
from minxin.tickets.queries.figures.marks import (
    MARK_BY_KEY,
    MARKS,
    MarkFigure,
    count_marks,
    marks_behind,
)
>>>>>>> main
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
    "MARKS",
    "MARK_BY_KEY",
    "ON_TOP",
    "PART",
    "WHOLE",
    "Definition",
    "Group",
<<<<<<< HEAD
    "Kept",
=======
    "MarkFigure",
>>>>>>> main
    "Narrowing",
    "Terms",
    "ages",
    "banded",
    "count",
    "count_beside",
    "count_marks",
    "count_whole",
    "day_counts",
    "facts_of",
    "facts_under",
    "facts_visible_to",
    "in_band",
    "in_group",
<<<<<<< HEAD
    "kept_of",
=======
    "marks_behind",
>>>>>>> main
    "most_common",
    "narrowed_by",
    "overdue_rows",
    "rows_behind",
    "terms",
    "tickets_behind",
    "whole_agencies",
]
