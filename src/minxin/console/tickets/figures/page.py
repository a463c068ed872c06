"""诉求概况: what came in, how it was handled, what is overdue now; every number opens its rows."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minxin.agencies import audit
from minxin.agencies.rules import Permission
from minxin.console import sheets
from minxin.console.base import allowed, sight, staff_of
from minxin.console.lists import listed
from minxin.console.tickets.figures.asked import BY, GROUPS, Asked, asked_of
from minxin.console.tickets.figures.rows import FigureRowsPage, MarkRowsPage
from minxin.console.tickets.figures.shown import (
    COLUMNS,
    MOST_GROUPS,
    age_bars,
    bars_chart,
    by_said,
    common_bars,
    lines,
    names_of,
    share_said,
    shown,
    standing_url,
    trend,
    trend_chart,
    worth_said,
)
from minxin.core.sheets import defused
from minxin.reports.layout import Sheet, as_xlsx
from minxin.reports.layout.xlsx import Value
from minxin.tickets import queries
from minxin.tickets.models import Ticket
from minxin.tickets.queries import figures
from minxin.tickets.queries.figures import FIGURES, Terms
from minxin.tickets.rules.figures import Tally

LATE_SHOWN, COMMON_SHOWN = 8, 8
_SOME = frozenset({"place"})  # of these only the commonest groups are counted


@require_safe
@allowed(Permission.READ_TICKETS)
def overview(request: HttpRequest) -> HttpResponse:
    """The figures of what this person may see, or a sheet of them."""
    asked, terms = asked_of(request), figures.terms(timezone.now())
    if request.GET.get("export") in {"csv", "xlsx"}:
        return _export(request, asked, terms, request.GET["export"])
    known = figures.kept_of(asked.rows, asked.agencies, asked.period, terms, with_shapes=True)
    grouped = _grouped(asked, terms, known)
    this, before = _whole(asked, terms, grouped, known)
    every = [shown(each, this[each.key], asked, terms, before=before[each.key]) for each in FIGURES]
    by_key = {each.definition.key: each for each in every}
    points = trend(asked, known)
    bands = figures.banded(figures.ages(asked.rows, now=terms.now))
    ages = age_bars(bands, asked)
    late = figures.overdue_rows(asked.rows, now=terms.now)
    marks = _marks(request, asked)
    sort = request.GET.get("sort", "")
    context = {
        "title": _("诉求概况"),
        "form": asked.form,
        "asked": asked,
        "before": asked.period.before,
        "terms": terms,
        "hours": int(terms.response.total_seconds()) // 3600,
        "weights": "、".join(f"{each:g}" for each in terms.weights),
        "on_top": [by_key[key] for key in figures.ON_TOP],
        "every": every,
        "is_empty": not (this["received"].whole or before["received"].whole or any(bands) or marks),
        "points": points,
        "trend": trend_chart(points),
        "ages": ages,
        "age_chart": bars_chart(ages, _("在办时长")),
        "open": sum(bands),
        "open_url": standing_url("open", asked),
        "late": _tickets_of(late[:LATE_SHOWN]),
        "late_count": late.count(),
        "late_url": standing_url("overdue", asked),
        "declined": queries.declined_counts(
            since=starts_of(asked.period.since),
            until=starts_of(asked.period.until + timedelta(days=1)),
            agency_path=asked.agency.path if asked.agency else "",
            staff=staff_of(request),
        ),
        "marks": marks,
        "places": common_bars(asked, "place", COMMON_SHOWN, known),
        "topics": common_bars(asked, "category", COMMON_SHOWN, known),
        "bys": [(name, label, asked.address(by=name)) for name, label in BY],
        "by_said": by_said(asked.by),
        "group_said": GROUPS[asked.by],
        "columns": [figures.BY_KEY[key] for key in COLUMNS],
        "lines": lines(grouped, asked, terms, sort=sort),
        "sort": sort,
        "most": MOST_GROUPS,
        "definitions": FIGURES,
        "mark_definitions": figures.MARKS,
        "query": asked.address(),
        "back": reverse("console:tickets"),
    }
    return render(request, "console/ticket_figures.html", context)


@dataclass(frozen=True, slots=True)
class _MarksShown:
    """A count of marks, now and in the period before, with its rows."""

    definition: figures.MarkFigure
    count: int
    before: int
    url: str


def _marks(request: HttpRequest, asked: Asked) -> list[_MarksShown]:
    """What was called malicious, for who may decide over it; nothing where nothing was."""
    staff = sight(request)
    this, before = (
        figures.count_marks(staff, each, asked.narrowing)
        for each in (asked.period, asked.period.before)
    )
    if not any(this.values()) and not any(before.values()):
        return []
    return [
        _MarksShown(
            each, this[each.key], before[each.key],
            f"{reverse('console:mark_rows', args=[each.key])}?{asked.address()}",
        )
        for each in figures.MARKS
    ]  # fmt: skip


def starts_of(day: date) -> datetime:
    """When a local day begins."""
    return timezone.make_aware(datetime.combine(day, time()))


def _tickets_of(rows: Any) -> list[Ticket]:
    """Tickets in the order of their rows."""
    numbers = [each.pk for each in rows]
    found = Ticket.objects.select_related("agency").in_bulk(numbers)
    return [found[each] for each in numbers if each in found]


def _whole(
    asked: Asked, terms: Terms, grouped: dict[Any, dict[str, Tally]], known: figures.Kept | None
) -> tuple[dict[str, Tally], dict[str, Tally]]:
    """All figures of the period and of the one before. Groups that leave no row out are summed, not
    counted twice."""
    rows, period = asked.rows, asked.period
    earlier = figures.kept_of(rows, asked.agencies, period.before, terms)
    if asked.by in _SOME:
        return figures.count_beside(rows, period, terms, known=known, known_before=earlier)
    none = {each.key: Tally() for each in FIGURES}
    before = figures.count(rows, period.before, terms, known=earlier).get(None, none)
    return figures.count_whole(rows, period, terms, grouped, by=asked.by, known=known), before


def _grouped(asked: Asked, terms: Terms, known: figures.Kept | None) -> dict[Any, dict[str, Tally]]:
    rows = asked.rows
    if asked.by in _SOME:  # as many roads as a city has: those with the most tickets
        common = figures.most_common(rows, asked.period, asked.by, MOST_GROUPS, known=known)
        rows = rows.filter(place__in=[group for group, _many in common])
    return figures.count(rows, asked.period, terms, by=asked.by, known=known)


# As a sheet -------------------------------------------------------------------------------------


def _export(request: HttpRequest, asked: Asked, terms: Terms, shape: str) -> HttpResponse:
    """All figures of all groups, with counts, rates and intervals; audited."""
    counted: dict[Any, dict[str, Tally]] = figures.count(
        asked.rows, asked.period, terms, by=asked.by
    )
    names = names_of(asked.by, counted)
    told = [each for each in FIGURES if asked.by not in each.not_by]
    whole = figures.count(asked.rows, asked.period, terms)[None]
    columns = [str(GROUPS[asked.by])]
    for each in told:
        columns += [each.name] if each.part is None else [
            each.name, _("%(name)s：分子") % {"name": each.name},
            _("%(name)s：分母") % {"name": each.name}, _("%(name)s：区间") % {"name": each.name},
        ]  # fmt: skip
    rows = [_line(_("合计"), whole, told)]
    rows += [_line(name, counted[group], told) for group, name in names.items()]
    title = f"{_('诉求概况')} {asked.period.since}–{asked.period.until}"
    staff, now = staff_of(request), terms.now
    with transaction.atomic():
        audit.record(
            staff, "list.exported", str(_("诉求概况")), now=now,
            after={"shape": shape, "rows": len(rows)}, reason=request.GET.urlencode()[:300],
        )  # fmt: skip
    name = f"{_('诉求概况')}-{timezone.localtime(now):%Y%m%d-%H%M}.{shape}"
    if shape == "xlsx":
        widths = (24.0, *(12.0 for _each in columns[1:]))
        sheet = Sheet(str(_("诉求概况")), title, tuple(columns), tuple(rows), widths)
        content: bytes = as_xlsx(
            [sheet, _meanings()], title=title, author="", made_on=timezone.localdate(now)
        )
        kind = sheets.XLSX
    else:
        lines_of = io.StringIO()
        writer = csv.writer(lines_of)
        writer.writerow(columns)
        for row in rows:
            writer.writerow([defused(str(cell)) for cell in row])
        content, kind = b"\xef\xbb\xbf" + lines_of.getvalue().encode(), sheets.CSV
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = content_disposition_header(True, name)
    return answer


def _line(name: str, tallies: dict[str, Tally], told: list[Any]) -> tuple[Value, ...]:
    cells: list[Value] = [name]
    for each in told:
        tally = tallies[each.key]
        if each.part is None:
            cells.append(tally.whole)
            continue
        ends = tally.between
        cells += [
            share_said(tally.share), float(worth_said(tally.worth)) if tally.whole else 0,
            tally.whole, f"{share_said(ends[0])}–{share_said(ends[1])}" if ends else "",
        ]  # fmt: skip
    return tuple(cells)


def _meanings() -> Sheet:
    rows = tuple((each.name, each.formula, each.note) for each in FIGURES)
    rows += tuple((each.name, each.said, "") for each in figures.MARKS)
    return Sheet(
        str(_("统计口径")), str(_("统计口径")), (str(_("指标")), str(_("怎样算")), str(_("说明"))), rows,
        (14, 70, 70),
    )  # fmt: skip


urlpatterns = [
    path("tickets/figures/", overview, name="ticket_figures"),
    listed("tickets/figures/malicious/<str:key>/", MarkRowsPage, "mark_rows"),
    listed("tickets/figures/<str:key>/<str:side>/", FigureRowsPage, "figure_rows"),
]
