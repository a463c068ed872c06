"""All reads of the room."""

from minxin.reports.queries.documents import (
    counted_rows,
    document_for,
    documents_for,
    figure_of,
    file_for,
    latest_rendering,
    linkable,
    may_see_rows,
    paper_of,
    pieces_of,
    rendering_for,
    sheets_of,
    texts_of,
    version_for,
    versions_of,
    weekly_orders,
)
from minxin.reports.queries.facts import area_of, notice_facts, period_said
from minxin.reports.queries.periods import (
    quarter_before,
    quarter_facts,
    quarters_until,
    year_facts,
)
from minxin.reports.queries.weeks import monday_of, week_facts

__all__ = [
    "area_of",
    "counted_rows",
    "document_for",
    "documents_for",
    "figure_of",
    "file_for",
    "latest_rendering",
    "linkable",
    "may_see_rows",
    "monday_of",
    "notice_facts",
    "paper_of",
    "period_said",
    "pieces_of",
    "quarter_before",
    "quarter_facts",
    "quarters_until",
    "rendering_for",
    "sheets_of",
    "texts_of",
    "version_for",
    "versions_of",
    "week_facts",
    "weekly_orders",
    "year_facts",
]
