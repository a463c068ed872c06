"""From the figures of tickets to the facts of a weekly report."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from minxin.agencies.models import Agency
from minxin.core.errors import Refused
from minxin.reports.layout.blocks import said_on
from minxin.reports.rules.figures import Over
from minxin.reports.rules.rows import Period, Row
from minxin.reports.rules.weeks import WORTH, Meaning, WeekFacts
from minxin.tickets.models import Ticket
from minxin.tickets.queries import figures
from minxin.tickets.queries.figures.standing import STANDING
from minxin.tickets.rules.figures import Period as Days
from minxin.tickets.rules.figures import worth_of


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def week_facts(
    agency: Agency, monday: date, *, agency_said: str, area_said: str, now: datetime
) -> WeekFacts:
    """What is known of the requests below an agency in the week that begins with a Monday, and in the one
    before. Raises `Refused` for a week that has not begun, or a day that is no Monday."""
    today = timezone.localtime(now).date()
    if monday.weekday():
        raise Refused(_("请选择一周。"), field="week")
    if monday > today:
        raise Refused(_("这一周还没有开始。"), field="week")
    days = Days(monday, monday + timedelta(days=6))
    year, week, _weekday = monday.isocalendar()
    terms, rows = figures.terms(now), figures.facts_under(agency)
    tags: dict[int, set[str]] = defaultdict(set)
    for name, found in (
        ("open", rows.filter(STANDING)),
        ("overdue", figures.overdue_rows(rows, now=now)),
    ):
        for number in found.values_list("pk", flat=True):
            tags[number].add(name)
    with translation.override("zh-hans"):  # what goes on paper is Chinese, whoever asked
        this = _period(agency, days, terms, tags)
        before = _period(agency, days.before, terms, defaultdict(set))
    units = Agency.objects.filter(path__startswith=agency.path).order_by("path")
    there = {each.unit for each in this.rows}
    local = timezone.localtime(now)
    return WeekFacts(
        agency=agency_said, area=area_said, year=year, week=week, began_on=days.since,
        until_on=days.until, before_from=days.before.since, before_until=days.before.until,
        drafted_at=f"{said_on(local.date())}{local.hour}时{local.minute:02}分",
        is_ended=days.until < today, least=terms.least,
        meanings=tuple(
            Meaning(
                each.key, each.name, each.formula, each.whole_said, each.part_said,
                each.is_weighted, "agency" not in each.not_by,
            )
            for each in figures.FIGURES
        ),
        units=tuple(dict.fromkeys(each.name for each in units if each.name in there)),
        this=this, before=before,
    )  # fmt: skip


def _period(agency: Agency, days: Days, terms: figures.Terms, tags: dict[int, set[str]]) -> Period:
    """One row a ticket that any figure counts; no word of what it says."""
    rows = figures.facts_under(agency)
    for each in figures.FIGURES:
        for side in (figures.PART, figures.WHOLE) if each.part else (figures.WHOLE,):
            found = figures.rows_behind(rows, each.key, side, days, terms)
            for number in found.values_list("pk", flat=True):
                tags[number].add(f"{each.key}.{side}")
    made = []
    numbers = sorted(tags)
    places = dict(rows.filter(pk__in=numbers).values_list("pk", "place"))
    levels = dict(rows.filter(pk__in=numbers).values_list("pk", "level"))
    tickets = Ticket.objects.filter(pk__in=numbers).select_related("agency", "category")
    for one in tickets.defer("text", "answer").order_by("pk"):
        values = {}
        if "satisfied.whole" in tags[one.pk]:
            worth = worth_of(levels[one.pk], terms.weights)
            values = {"satisfied.worth": round(worth * WORTH), "satisfied.base": WORTH}
        said = f"{_day(one.filed_at)}提交，应于{_day(one.due_at)}前答复"
        if one.answered_at:
            said += f"，{_day(one.answered_at)}答复"
        category = f"·{one.category.name}" if one.category else ""
        made.append(
            Row(
                over=Over.TICKETS, number=one.pk, name=one.number, account_id=one.account_id,
                unit=one.agency.name, place=places.get(one.pk, ""),
                problem=f"{one.get_nature_display()}{category}", seen=said,
                result=str(one.get_status_display()), tags=frozenset(tags[one.pk]), values=values,
            )
        )  # fmt: skip
    return Period(tuple(made))


def _day(at: datetime) -> date:
    return timezone.localtime(at).date()
