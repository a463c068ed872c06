"""From the rows of a time to the facts of a quarterly report and of a yearly table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db.models import Count, Max
from django.utils import translation
from django.utils.translation import gettext as _

from minxin.accounts.models import Account, Filing, Status
from minxin.agencies.models import Agency
from minxin.core.errors import Refused
from minxin.reports.layout.blocks import said_on
from minxin.reports.queries import gathering, happenings
from minxin.reports.queries.gathering import Area, Span, area_under
from minxin.reports.rules.figures import Over
from minxin.reports.rules.kinds.year import YearAccount, YearFacts
from minxin.reports.rules.quarters import QuarterFacts
from minxin.reports.rules.rows import Period, Row
from minxin.supervision.models import Trace
from minxin.supervision.rules.clock import day_of
from minxin.supervision.rules.sources import SOURCES, Source

MOST_ACCOUNTS = 20  # tables that one person can still go through in one document
# What came and went, of which a time before the register knows nothing.
FLOWS = frozenset(Over) - {Over.ACCOUNTS}


def quarter_of(day: date) -> tuple[int, int]:
    """The year and the number of the quarter of a day."""
    return day.year, (day.month - 1) // 3 + 1


def days_of(year: int, quarter: int) -> tuple[date, date]:
    """The first and the last day of a quarter."""
    first = date(year, quarter * 3 - 2, 1)
    following = date(year + 1, 1, 1) if quarter == 4 else date(year, quarter * 3 + 1, 1)
    return first, following - timedelta(days=1)


def quarter_before(year: int, quarter: int) -> tuple[int, int]:
    """The quarter before one."""
    return (year - 1, 4) if quarter == 1 else (year, quarter - 1)


def quarters_until(day: date, *, many: int = 8) -> list[tuple[int, int]]:
    """The quarter of a day and those before it, the newest first."""
    found = [quarter_of(day)]
    while len(found) < many:
        found.append(quarter_before(*found[-1]))
    return found


def quarter_facts(
    agency: Agency, year: int, quarter: int, *, agency_said: str, area_said: str, now: datetime
) -> QuarterFacts:
    """What is known of the accounts below an agency in a quarter, and in the one before.

    Raises `Refused` for a quarter that has not begun or ended before the register knew an account, or
    for an agency without accounts.
    """
    since, until = days_of(year, quarter)
    if since > day_of(now):
        raise Refused(_("这个季度还没有开始。"), field="quarter")
    before_from, before_until = days_of(*quarter_before(year, quarter))
    area = area_under(agency)
    if not area.accounts:
        raise Refused(_("这个单位和下级单位的台账里还没有账号。"), field="unit")
    known_since = area.known_since
    if known_since is None or known_since > until:
        words = _("本平台自%(day)s起才有台账记录，这个季度没有数据。")
        raise Refused(words % {"day": known_since}, field="quarter")
    with translation.override("zh-hans"):  # what goes on paper is Chinese, whoever asked
        this = _period(area, Span(since, until, now))
        before = _period(area, Span(before_from, before_until, now), is_compared=True)
    return QuarterFacts(
        agency=agency_said, area=area_said, year=year, quarter=quarter, began_on=since,
        until_on=min(until, day_of(now)), before_from=before_from, before_until=before_until,
        known_since=known_since, is_ended=until < day_of(now), this=this, before=before,
    )  # fmt: skip


def _period(area: Area, span: Span, *, is_compared: bool = False) -> Period:
    """The rows of a time. What came and went in a time that the register knows only in part is told of
    with that reservation; it is no measure for another time, so that compared it counts as unknown."""
    known_since = area.known_since
    if known_since is None or known_since > span.until:
        return Period((), frozenset(Over))
    unknown: frozenset[Over] = frozenset()
    if not happenings.connected(area):
        unknown |= {Over.TICKETS, Over.MESSAGES}
    if is_compared and known_since > span.since:
        unknown |= FLOWS
    readers: dict[Over, Callable[[], list[Row]]] = {
        Over.ACCOUNTS: lambda: gathering.standing(area, span.ends_at),
        Over.CHANGES: lambda: gathering.changed(area, span),
        Over.UPDATES: lambda: gathering.watched(area, span),
        Over.REMINDERS: lambda: gathering.reminded(area, span),
        Over.CAMPAIGNS: lambda: happenings.campaigns(area, span),
        Over.PROBLEMS: lambda: happenings.problems(area, span),
        Over.TICKETS: lambda: happenings.tickets(area, span),
        Over.MESSAGES: lambda: happenings.messages(area, span),
    }
    rows = [row for over, read in readers.items() if over not in unknown for row in read()]
    return Period(tuple(rows), unknown)


def year_facts(
    agency: Agency, year: int, *, agency_said: str, with_below: bool, now: datetime
) -> YearFacts:
    """What is known of the accounts of a unit (`with_below`: and of all below it) in a year.

    Raises `Refused` for a year that has not begun, a unit without accounts, or one with more than a person
    goes through in one document.
    """
    since, until = date(year, 1, 1), date(year, 12, 31)
    if since > day_of(now):
        raise Refused(_("这一年还没有开始。"), field="year")
    area, span = area_under(agency, is_alone=not with_below), Span(since, until, now)
    living = [each for each in area.accounts if _lived_in(each, since, span.ends_at)]
    if not living:
        raise Refused(_("这个单位在这一年没有账号。"), field="unit")
    if len(living) > MOST_ACCOUNTS:
        words = _("有 %(count)s 个账号，一份报表最多 %(most)s 个，请按单位分别起草。")
        raise Refused(words % {"count": len(living), "most": MOST_ACCOUNTS}, field="unit")
    area = Area(area.agency, living, area.entries, area.imported, area.places)
    with translation.override("zh-hans"):
        whole = happenings.wholly_seen(area, span)
        rows = [
            *happenings.posts(area, span, whole),
            *happenings.messages(area, span),
            *happenings.tickets(area, span),
            *happenings.inspections(area, span),
            *happenings.problems(area, span),
        ]
        accounts = _year_accounts(area, span, whole)
    return YearFacts(
        agency=agency_said, year=year, began_on=since, until_on=min(until, day_of(now)),
        is_ended=until < day_of(now), accounts=accounts, period=Period(tuple(rows)),
    )  # fmt: skip


def _lived_in(account: Account, since: date, until: datetime) -> bool:
    filing = getattr(account, "filing", None)
    closed = filing.closed_on if filing else None
    if account.status == Status.CLOSED and closed is None:
        closed = day_of(account.updated_at)
    return account.created_at < until and (closed is None or closed >= since)


def _year_accounts(area: Area, span: Span, whole: frozenset[int]) -> tuple[YearAccount, ...]:
    numbers = [each.pk for each in area.accounts]
    inside = Trace.objects.filter(
        account__in=numbers, published_at__gte=span.begins_at, published_at__lt=span.ends_at
    )
    kept = dict(inside.order_by().values_list("account").annotate(n=Count("pk")))
    newest: dict[int, Trace] = {}
    last = inside.order_by().values("account").annotate(at=Max("published_at"))
    for row in last:
        found = inside.filter(account=row["account"], published_at=row["at"])
        newest[row["account"]] = min(found, key=lambda each: SOURCES[Source(each.source)].grade)
    joined = happenings.connected(area)
    made = []
    for each in area.accounts:
        filing, trace = getattr(each, "filing", None), newest.get(each.pk)
        unknown = set() if each.pk in whole else {Over.POSTS}
        unknown |= set() if each.pk in joined else {Over.MESSAGES, Over.TICKETS}
        made.append(
            YearAccount(
                id=each.pk, name=each.name, platform=each.get_platform_display(),
                unit=each.agency.name, status=each.get_status_display(),
                filing_number=filing.number if filing else "",
                opened_on=said_on(filing.opened_on) if filing and filing.opened_on else "",
                positioning=each.positioning, interaction=filing.interaction if filing else "",
                last_on=said_on(day_of(trace.published_at)) if trace else "",
                last_grade=SOURCES[Source(trace.source)].grade.value if trace else "",
                kept=kept.get(each.pk, 0), known_since=_since(span, filing, each.created_at),
                heard_since=_since(span, filing, each.verified_callback_at or each.created_at),
                unknown=frozenset(unknown),
            )
        )  # fmt: skip
    return tuple(made)


def _since(span: Span, filing: Filing | None, at: datetime) -> str:
    """From which day something is known, in words; empty where it is from the first of the year, or from
    the opening of the account."""
    day = day_of(at)
    opened = filing.opened_on if filing else None
    if day <= span.since or (opened is not None and opened >= day):
        return ""
    return said_on(day)
