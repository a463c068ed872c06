"""MARKS: what was called malicious, counted once. Figures of marks, not of tickets: a ticket may have several.

For who may decide over such marks alone: what was proposed and refused is told to nobody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from minxin.agencies.models import Staff
from minxin.tickets.models import MaliciousMark
from minxin.tickets.queries.figures.counting import Narrowing
from minxin.tickets.queries.malicious import malicious_marks
from minxin.tickets.rules.figures import Period

Status, Outcome = MaliciousMark.Status, MaliciousMark.Outcome
_CONFIRMED = Q(status__in=[Status.HOLDS, Status.LIFTED, Status.EXPIRED])


@dataclass(frozen=True, slots=True)
class MarkFigure:
    """One count: of the `rows` those whose moment `on` lies in a period; `on_said` names it."""

    key: str
    name: str
    on: str
    on_said: str
    rows: Q
    said: str


MARKS: tuple[MarkFigure, ...] = (
    MarkFigure("proposed", "提出恶意认定", "proposed_at", "提出", Q(), "期内提出的，不论后来怎样"),
    MarkFigure(
        "confirmed", "认定为恶意", "decided_at", "决定", _CONFIRMED,
        "期内由第二人确认的，包括后来撤销和到期的",
    ),
    MarkFigure(
        "refused", "不予认定", "decided_at", "决定", Q(status=Status.REFUSED), "期内由第二人决定不是恶意的",
    ),
    MarkFigure("appealed", "市民申诉", "appealed_at", "申诉", Q(), "期内市民提出申诉的"),
    MarkFigure(
        "lifted", "申诉成立撤销", "appeal_decided_at", "申诉决定", Q(outcome=Outcome.UPHELD),
        "期内由第三人决定申诉成立、撤销认定的",
    ),
)  # fmt: skip
MARK_BY_KEY = {each.key: each for each in MARKS}


def count_marks(staff: Staff, period: Period, narrowing: Narrowing) -> dict[str, int]:
    """How many of each, by key, over which a person may decide."""
    rows = _narrowed(staff, narrowing).order_by()
    columns = {each.key: Count("pk", filter=_within(each, period)) for each in MARKS}
    found: dict[str, int] = rows.aggregate(**columns)
    return found


def marks_behind(
    staff: Staff, key: str, period: Period, narrowing: Narrowing
) -> QuerySet[MaliciousMark]:
    """The rows that one of them counts. Raises KeyError for no figure."""
    return _narrowed(staff, narrowing).filter(_within(MARK_BY_KEY[key], period))


def _within(figure: MarkFigure, period: Period) -> Q:
    ends = _midnight(period.since), _midnight(period.until + timedelta(days=1))
    return figure.rows & Q(**{f"{figure.on}__gte": ends[0], f"{figure.on}__lt": ends[1]})


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _narrowed(staff: Staff, narrowing: Narrowing) -> QuerySet[MaliciousMark]:
    found = malicious_marks(staff)
    if narrowing.agency_path:
        found = found.filter(ticket__agency__path__startswith=narrowing.agency_path)
    if narrowing.nature:
        found = found.filter(ticket__nature=narrowing.nature)
    if narrowing.category is not None:
        found = found.filter(ticket__category=narrowing.category or None)
    if narrowing.source:
        found = found.filter(ticket__source=narrowing.source)
    if narrowing.place:
        found = found.filter(ticket__facts__place=narrowing.place)
    return found
