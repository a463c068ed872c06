"""Figures as they are read: in words, beside the period before, each with the address of its rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from minxin.agencies.models import Agency
from minxin.console.tickets.figures.asked import BY, Asked
from minxin.tickets.models import Category, Nature, Ticket
from minxin.tickets.queries import figures
from minxin.tickets.queries.figures import PART, WHOLE, Definition, Terms
from minxin.tickets.rules.figures import AGE_BANDS, Tally, in_order, weeks_of

DASH = "—"
MOST_GROUPS = 200
# What stands in the table by group: seven columns with the name.
COLUMNS = ("valid", "response", "on_time", "solved", "satisfied", "redone")
DAYS_DRAWN = 62  # beyond, the trend is drawn by weeks


def share_said(share: float | None) -> str:
    """`96.7%`; a dash of nothing. Rounding never makes a whole, or nothing, of what is not."""
    if share is None:
        return DASH
    said = round(share * 100, 1)
    if said == 100 and share < 1:
        said = 99.9
    if said == 0 and share > 0:
        said = 0.1
    return f"{said:.1f}%"


def worth_said(worth: float) -> str:
    """A weighted count: whole where it is."""
    return f"{worth:g}" if worth == int(worth) else f"{worth:.2f}"


@dataclass(frozen=True, slots=True)
class Shown:
    """One figure. `said` is its value; `part_url`, `whole_url` open its rows; `change` is beside the period
    before, `is_worse` None where that says nothing."""

    definition: Definition
    tally: Tally
    said: str
    part: str
    part_url: str
    whole_url: str
    between: str
    is_small: bool
    before: str = ""
    change: str = ""
    is_worse: bool | None = None


def shown(
    definition: Definition, tally: Tally, asked: Asked, terms: Terms, *,
    before: Tally | None = None, group: str | None = None,
) -> Shown:  # fmt: skip
    """A figure of everything, or of one group."""
    more = {} if group is None else {"group": group}
    urls = {
        side: f"{reverse('console:figure_rows', args=[definition.key, side])}?{asked.address(**more)}"
        for side in (PART, WHOLE)
    }
    if definition.part is None:
        said, between, is_small = str(tally.whole), "", False
    else:
        said, is_small = share_said(tally.share), tally.is_small(terms.least)
        ends = tally.between
        between = f"{share_said(ends[0])}–{share_said(ends[1])}" if ends else ""
    told = shown_change(definition, tally, before, terms) if before is not None else ("", "", None)
    return Shown(
        definition, tally, said,
        worth_said(tally.worth) if definition.part else str(tally.whole),
        urls[PART] if definition.part else urls[WHOLE], urls[WHOLE], between, is_small, *told,
    )  # fmt: skip


def shown_change(
    definition: Definition, tally: Tally, before: Tally, terms: Terms
) -> tuple[str, str, bool | None]:
    """The value before, the step, and whether it is worse; between few rows nothing is called worse."""
    if definition.part is None:
        step = tally.whole - before.whole
        return str(before.whole), f"{step:+d}" if step else _("持平"), None
    if tally.share is None or before.share is None:
        return share_said(before.share), "", None
    points = round((tally.share - before.share) * 100, 1)
    if not points:
        return share_said(before.share), _("持平"), None
    is_sure = not (tally.is_small(terms.least) or before.is_small(terms.least))
    words = _("%(step)s 个百分点") % {"step": f"{points:+.1f}"}
    return (
        share_said(before.share),
        words,
        (points > 0) == definition.is_burden if is_sure else None,
    )


# Groups -----------------------------------------------------------------------------------------


def names_of(by: str, groups: Iterable[Any]) -> dict[Any, str]:
    """What the groups of a way of grouping are called, in the order in which they stand."""
    found = list(groups)
    match by:
        case "agency":
            rows = Agency.objects.filter(pk__in=found).order_by("path")
            return {each.pk: each.short_name or each.name for each in rows}
        case "category":
            known = {each.pk: each.name for each in Category.objects.filter(pk__in=found)}
            return {**known, **({None: _("未分类")} if None in found else {})}
        case "nature":
            labels: Mapping[str, Any] = dict(Nature.choices)
        case "source":
            labels = dict(Ticket.Source.choices)
        case _:
            labels = {each: each or _("没有写明地点") for each in sorted(found)}
    return {each: str(labels.get(each, each)) for each in labels if each in found}


def group_said(by: str, group: Any) -> str:
    """A group as it stands in an address."""
    return "" if group is None else str(group)


def group_read(by: str, said: str) -> Any:
    """The group again; None also for what is no group."""
    if by in {"agency", "category"}:
        return int(said) if said.isdecimal() and len(said) < 19 else None
    return said[:60]


@dataclass(frozen=True, slots=True)
class Line:
    """One group with its figures."""

    name: str
    cells: tuple[Shown, ...]


def lines(
    counted: Mapping[Any, Mapping[str, Tally]], asked: Asked, terms: Terms, *, sort: str = ""
) -> list[Line]:
    """The groups: by what they received, or by a rate (`sort`), few rows unranked at the end."""
    names = names_of(asked.by, counted)
    told = [key for key in COLUMNS if asked.by not in figures.BY_KEY[key].not_by]
    order = list(names)
    if sort in told and figures.BY_KEY[sort].part is not None:
        by_text = {str(each): each for each in order}
        ranked = in_order([(str(each), counted[each][sort]) for each in order], terms.least)
        order = [by_text[name] for name, _tally in ranked]
    elif sort == "valid" or asked.by != "agency":
        order.sort(key=lambda each: -counted[each]["valid"].whole)
    return [
        Line(
            names[each],
            tuple(
                shown(
                    figures.BY_KEY[key], counted[each][key], asked, terms,
                    group=group_said(asked.by, each),
                )
                for key in told
            ),
        )
        for each in order[:MOST_GROUPS]
    ]  # fmt: skip


# Charts -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Point:
    """A day or a week of the trend."""

    name: str
    received: int
    answered: int
    url: str


def trend(asked: Asked, known: figures.Kept | None = None) -> list[Point]:
    """Received and answered day by day, or week by week of a long period."""
    received = figures.day_counts(asked.rows, asked.period, "filed_on", known=known)
    answered = figures.day_counts(asked.rows, asked.period, "answered_on", known=known)
    period = asked.period
    if period.days <= DAYS_DRAWN:
        starts, step = [period.since + timedelta(days=at) for at in range(period.days)], 1
    else:
        starts, step = weeks_of(period), 7
    points = []
    for first in starts:
        inside = [first + timedelta(days=at) for at in range(step)]
        begin, end = max(first, period.since), min(inside[-1], period.until)
        url = reverse("console:figure_rows", args=["valid", WHOLE])
        query = asked.address(period="own", since=begin, until=end)
        points.append(
            Point(
                _day_said(first, period.since.year), sum(received.get(each, 0) for each in inside),
                sum(answered.get(each, 0) for each in inside), f"{url}?{query}",
            )
        )  # fmt: skip
    return points


def _day_said(day: date, year: int) -> str:
    return f"{day:%m-%d}" if day.year == year else f"{day:%Y-%m-%d}"


def trend_chart(points: list[Point]) -> dict[str, Any] | None:
    """For the drawing; None where nothing happened."""
    if not any(each.received or each.answered for each in points):
        return None
    words = _("收到 %(received)s 件，答复 %(answered)s 件")
    return {
        "names": [each.name for each in points],
        "series": [
            {"name": _("收到"), "values": [each.received for each in points]},
            {"name": _("答复"), "values": [each.answered for each in points]},
        ],
        "words": [
            words % {"received": each.received, "answered": each.answered} for each in points
        ],
        "urls": [each.url for each in points],
    }


@dataclass(frozen=True, slots=True)
class Bar:
    """A name with a count and its rows."""

    name: str
    count: int
    url: str


def age_bars(bands: list[int], asked: Asked) -> list[Bar]:
    """Open tickets by age."""
    bars = []
    for at, many in enumerate(bands):
        low = AGE_BANDS[at - 1] + 1 if at else 0
        if at == len(AGE_BANDS):
            name = _("%(low)s 个工作日以上") % {"low": low}
        else:
            name = _("%(low)s–%(high)s 个工作日") % {"low": low, "high": AGE_BANDS[at]}
        bars.append(Bar(name, many, standing_url(f"band-{at}", asked)))
    return bars


def standing_url(what: str, asked: Asked) -> str:
    """Where the rows of a standing figure are."""
    address = reverse("console:figure_rows", args=["standing", what])
    return f"{address}?{asked.address()}"


def bars_chart(bars: list[Bar], label: str) -> dict[str, Any] | None:
    """For the drawing; None where all are nought."""
    if not any(each.count for each in bars):
        return None
    return {
        "label": label,
        "names": [each.name for each in bars],
        "values": [each.count for each in bars],
        "urls": [each.url for each in bars],
    }


def common_bars(asked: Asked, by: str, most: int, known: figures.Kept | None = None) -> list[Bar]:
    """The groups with the most tickets."""
    found = figures.most_common(asked.rows, asked.period, by, most, known=known)
    names = names_of(by, [group for group, _many in found])
    url = reverse("console:figure_rows", args=["valid", WHOLE])
    return [
        Bar(
            names.get(group, str(group)), many,
            f"{url}?{asked.address(by=by, group=group_said(by, group))}",
        )
        for group, many in found
    ]  # fmt: skip


def by_said(by: str) -> str:
    """How a way of grouping is called."""
    return str(dict(BY)[by])
