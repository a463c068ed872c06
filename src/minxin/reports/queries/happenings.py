"""Inspections, problems, tickets, messages and published items of a time, as rows that documents count."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db.models import Count, Q

from minxin.accounts.models import Account
from minxin.agencies.queries import working_calendar
from minxin.conversations.models import Message, Sender
from minxin.conversations.rules import WORDS
from minxin.core.working_time import WorkingCalendar, working_days_between
from minxin.reports.queries.gathering import Area, Span
from minxin.reports.rules.figures import Over
from minxin.reports.rules.history import covers
from minxin.reports.rules.rows import Row
from minxin.supervision.models import (
    STATES,
    Campaign,
    Coverage,
    Feedback,
    Finding,
    Inspection,
    LedgerStep,
    Trace,
)
from minxin.supervision.queries import detail_of
from minxin.supervision.queries.campaigns import results
from minxin.supervision.rules.clock import day_of, midnight
from minxin.supervision.rules.inspection import Standing
from minxin.supervision.rules.inspection import State as Checked
from minxin.supervision.rules.rectification import Act, State, is_overdue
from minxin.supervision.rules.sources import Source
from minxin.tickets.models import Rating, Ticket

SATISFIED = ("very_satisfied", "satisfied", "fairly_satisfied")


# Inspections ------------------------------------------------------------------------------------


def campaigns(area: Area, span: Span) -> list[Row]:
    """The inspections whose results were signed in a time, one row each, with what they counted."""
    signed = Campaign.objects.under((area.agency.path,)).filter(
        standing=Standing.SIGNED.value, ended_at__gte=span.begins_at, ended_at__lt=span.ends_at
    )
    rows = []
    for each in signed.select_related("agency", "ended_by").order_by("ended_at", "id"):
        total = results(each).total
        rows.append(
            Row(
                over=Over.CAMPAIGNS, number=each.pk, name=each.name, unit=each.agency.name,
                seen=str(day_of(each.ended_at)) if each.ended_at else "",
                result="—" if total.rate is None else f"{total.rate}%",
                values={"checked": total.checked, "passed": total.passed, "failed": total.failed},
            )
        )  # fmt: skip
    return rows


def inspections(area: Area, span: Span) -> list[Row]:
    """The accounts that were checked, with what the signed results say of them; one row each time."""
    rows = Inspection.objects.filter(
        account__in=[each.pk for each in area.accounts], state=Checked.SETTLED.value,
        campaign__standing=Standing.SIGNED.value, campaign__ended_at__gte=span.begins_at,
        campaign__ended_at__lt=span.ends_at,
    ).select_related("campaign", "account__agency")  # fmt: skip
    failed: dict[int, set[int]] = {}
    made = []
    for each in rows.order_by("id"):
        if each.campaign_id not in failed:
            lines = results(each.campaign).failing
            failed[each.campaign_id] = {one.account_id for one in lines if one.fails_account}
        is_failed = each.account_id in failed[each.campaign_id]
        made.append(
            area.row(
                each.account, Over.CAMPAIGNS, number=each.pk, problem=each.campaign.name,
                result="不合格" if is_failed else "合格",
                tags=frozenset({"failed"} if is_failed else {"passed"}),
            )
        )  # fmt: skip
    return made


# Problems ---------------------------------------------------------------------------------------


def problems(area: Area, span: Span) -> list[Row]:
    """The problems that were confirmed, closed or open in a time, as they stood at its end."""
    concerned = (
        Q(opened_at__gte=span.begins_at) | Q(ended_at=None) | Q(ended_at__gte=span.begins_at)
    )
    found = list(
        Finding.objects.filter(
            concerned, account__in=[each.pk for each in area.accounts], opened_at__lt=span.ends_at
        )
        .select_related("account__agency")
        .order_by("id")
    )
    numbers = [each.pk for each in found]
    late = set(
        Feedback.objects.filter(
            finding__in=numbers, is_late=True, given_at__lt=span.ends_at
        ).values_list("finding", flat=True)
    )
    steps = LedgerStep.objects.filter(finding__in=numbers, at__lt=span.ends_at)
    last = {each.finding_id: each for each in steps.order_by("finding", "position")}
    states = dict(STATES)
    rows = []
    for each in found:
        step = last.get(each.pk)
        state = State(step.after) if step else State.OPEN
        since = step.at if step else each.opened_at
        tags = _tags_of(each, state, since, span, is_late=each.pk in late)
        if step is not None and step.act == Act.SETTLE:
            tags -= {"rectified", "ontime", "late"}  # it went with its account
        if tags:
            rows.append(
                area.row(
                    each.account, Over.PROBLEMS, number=each.pk, problem=each.title.replace("：不合格", "不合格"),
                    seen=detail_of(each)[:500], result=str(states[state.value]),
                    tags=frozenset(tags),
                )
            )  # fmt: skip
    return rows


def _tags_of(
    each: Finding, state: State, since: datetime, span: Span, *, is_late: bool
) -> set[str]:
    tags: set[str] = set()
    if each.opened_at >= span.begins_at:
        tags |= {"opened"} | ({"veto"} if each.severity == "veto" else set())
        tags |= {"opened_closed"} if state is State.CLOSED else set()
    if state is State.CLOSED and since >= span.begins_at:
        tags |= {"closed", "rectified", "late" if is_late else "ontime"}
    elif state is State.WITHDRAWN and since >= span.begins_at:
        tags |= {"withdrawn"}
    elif state not in {State.CLOSED, State.WITHDRAWN}:
        tags |= {"open"}
        tags |= {"overdue"} if is_overdue(state, each.due_at, at=span.ends_at) else set()
    return tags


# What citizens said -----------------------------------------------------------------------------


def tickets(area: Area, span: Span) -> list[Row]:
    """The tickets that came through the accounts or were answered in a time; no word of what they say."""
    inside = Q(filed_at__gte=span.begins_at) | Q(answered_at__gte=span.begins_at)
    found = Ticket.objects.filter(
        inside, account__in=[each.pk for each in area.accounts], filed_at__lt=span.ends_at
    ).select_related("account__agency", "agency")
    rated = dict(
        Rating.objects.filter(
            ticket__account__in=[each.pk for each in area.accounts],
            rated_at__gte=span.begins_at, rated_at__lt=span.ends_at,
        )
        .order_by("ticket", "round")
        .values_list("ticket", "level")
    )  # fmt: skip
    calendars: dict[int, WorkingCalendar] = {}
    rows = []
    for each in found.order_by("id"):
        tags: set[str] = set()
        values: dict[str, int] = {}
        answered = each.answered_at
        if answered is not None and answered >= span.ends_at:
            answered = None
        if each.filed_at >= span.begins_at:
            tags |= {"filed"} | ({"replied"} if answered else set())
        if answered is not None and answered >= span.begins_at:
            if each.agency_id not in calendars:
                calendars[each.agency_id] = working_calendar(each.agency)
            calendar = calendars[each.agency_id]
            values["days"] = working_days_between(each.filed_at, answered, calendar)
            tags |= {"answered"} | ({"intime"} if answered <= each.due_at else set())
        if each.pk in rated:
            tags |= {"rated"} | ({"satisfied"} if rated[each.pk] in SATISFIED else set())
        if not tags:
            continue
        said = f"{day_of(each.filed_at)}提交" + (f"，{day_of(answered)}答复" if answered else "")
        rows.append(
            area.row(
                each.account, Over.TICKETS, number=each.pk, name=each.number,
                unit=each.agency.name, problem=each.get_nature_display(), seen=said,
                result=each.get_status_display(), tags=frozenset(tags), values=values,
            )
        )  # fmt: skip
    return rows


def connected(area: Area) -> frozenset[int]:
    """The accounts whose messages come to this platform."""
    return frozenset(each.pk for each in area.accounts if each.app_id)


def messages(area: Area, span: Span) -> list[Row]:
    """How many messages each connected account received and answered in a time. Words of citizens, not
    events; of the machine's answers those given at once that knew one."""
    numbers = connected(area)
    said = Message.objects.filter(
        account__in=numbers, said_at__gte=span.begins_at, said_at__lt=span.ends_at
    )
    heard = Q(sender=Sender.CITIZEN, kind__in=WORDS)
    has_words = Q(reply__contains='"text"') | Q(reply__contains='"articles"')
    answered = heard & has_words & ~Q(reply__contains='"unknown"')
    counts = {
        number: (received, automatic, staff)
        for number, received, automatic, staff in said.order_by()
        .values_list("account")
        .annotate(
            received=Count("pk", filter=heard),
            automatic=Count("pk", filter=answered),
            staff=Count("pk", filter=Q(sender=Sender.STAFF)),
        )
    }
    rows = []
    for account in area.accounts:
        if account.pk in numbers:
            received, automatic, staff = counts.get(account.pk, (0, 0, 0))
            rows.append(
                area.row(
                    account, Over.MESSAGES, result=f"收到{received}条",
                    seen=f"收到{received}条，自动答复{automatic}条，人工答复{staff}条",
                    values={"received": received, "automatic": automatic, "staff": staff},
                )
            )  # fmt: skip
    return rows


# What was published -----------------------------------------------------------------------------

DAY = timedelta(days=1)
ENOUGH = Source.ARTICLE_FIGURES  # the one source that tells of everything, pushed or only published


def wholly_seen(area: Area, span: Span) -> frozenset[int]:
    """The accounts of which that source was asked about every day of a time, from the opening of the
    account on where it was opened in the course of it. It tells a day late: of a time that runs, until the
    beginning of yesterday is enough."""
    looks: dict[int, list[tuple[datetime, datetime]]] = {}
    rows = Coverage.objects.filter(
        account__in=[each.pk for each in area.accounts], source=ENOUGH.value
    )
    for number, since, until in rows.values_list("account", "since", "until"):
        looks.setdefault(number, []).append((since, until))
    until = min(midnight(span.until + DAY), midnight(day_of(span.now)) - DAY)
    return frozenset(
        each.pk
        for each in area.accounts
        if covers(looks.get(each.pk, ()), max(span.begins_at, opened_at(each)), until)
    )


def opened_at(account: Account) -> datetime:
    """Where the day begins on which the register says an account was opened; long ago where it does not."""
    filing = getattr(account, "filing", None)
    opened = filing.opened_on if filing else None
    return midnight(opened or date.min.replace(year=1900))


def posts(area: Area, span: Span, of: Iterable[int]) -> list[Row]:
    """What these accounts published in a time, as that source lists it."""
    by_number = {each.pk: each for each in area.accounts}
    found = Trace.objects.filter(
        account__in=list(of), source=ENOUGH.value, published_at__gte=span.begins_at,
        published_at__lt=span.ends_at,
    )  # fmt: skip
    return [
        area.row(
            by_number[each.account_id], Over.POSTS, number=each.pk,
            problem=(each.title or "（没有标题）")[:200], seen=each.url[:500],
            result=str(day_of(each.published_at)),
        )
        for each in found.order_by("published_at", "id")
    ]  # fmt: skip
