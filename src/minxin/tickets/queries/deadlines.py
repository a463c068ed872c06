"""How promises stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from minxin.agencies.models import Staff
from minxin.agencies.queries import Calendars, working_calendar
from minxin.agencies.rules import Permission
from minxin.core.working_time import working_days_between
from minxin.tickets.models import Nature, Ticket
from minxin.tickets.rules import (
    OPEN,
    Verb,
    deadline_words,
    light_of,
)


def overdue(tickets: QuerySet[Ticket], now: datetime) -> QuerySet[Ticket]:
    """Those whose due time has passed without an answer, the clock running."""
    return tickets.filter(status__in=OPEN, due_at__lt=now, stopped_at=None)


def lit(tickets: QuerySet[Ticket], light: str, now: datetime) -> QuerySet[Ticket]:
    """Those that show a light now."""
    running = tickets.filter(status__in=OPEN, stopped_at=None, yellow_at__isnull=False)
    match light:
        case "red":
            return running.filter(red_at__lte=now)
        case "yellow":
            return running.filter(yellow_at__lte=now, red_at__gt=now)
    return running.filter(yellow_at__gt=now, red_at__gt=now)


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question without an answer. `since`: when it was asked, or asked again."""

    account_id: int
    number: str
    since: datetime


def unanswered_questions(accounts: Sequence[int]) -> list[Unanswered]:
    """The tickets of the nature 咨询 that wait for an answer, of these accounts, the oldest first; for
    who supervises the units, whoever may read the words themselves."""
    again = Max("events__at", filter=Q(events__verb__in=[Verb.REOPEN.value, Verb.REDO.value]))
    rows = (
        Ticket.objects.filter(account__in=accounts, nature=Nature.CONSULT, status__in=OPEN)
        .annotate(again=again)
        .order_by("filed_at", "pk")
        .values_list("account_id", "number", "filed_at", "again")
    )
    return [Unanswered(account, number, again or at) for account, number, at, again in rows]


def due_soon(tickets: QuerySet[Ticket], now: datetime) -> QuerySet[Ticket]:
    """Those that are due today or tomorrow."""
    end = _end_of_tomorrow(now)
    return tickets.filter(status__in=OPEN, due_at__range=(now, end), stopped_at=None)


def _end_of_tomorrow(now: datetime) -> datetime:
    """Tomorrow's last second where the offices are: doors read the clock in UTC."""
    local = timezone.localtime(now)
    return local.replace(hour=23, minute=59, second=59, microsecond=0) + timedelta(days=1)


def waiting_counts(staff: Staff, *, now: datetime) -> dict[str, int]:
    """What waits in the branches a person may answer for: new, open, soon, overdue; and `today`, what
    is to be done now: new, or due by the end of tomorrow, each once."""
    found = Ticket.objects.visible_to(staff, Permission.ANSWER_TICKETS).filter(status__in=OPEN)
    end = _end_of_tomorrow(now)
    counts: dict[str, int] = found.aggregate(
        new=Count("id", filter=Q(status__in=["submitted", "reopened"])),
        open=Count("id"),
        soon=Count("id", filter=Q(due_at__range=(now, end), stopped_at=None)),
        overdue=Count("id", filter=Q(due_at__lt=now, stopped_at=None)),
        today=Count(
            "id",
            filter=Q(status__in=["submitted", "reopened"]) | Q(due_at__lte=end, stopped_at=None),
        ),
    )
    return counts


@dataclass(frozen=True, slots=True)
class Deadline:
    """How a ticket's promise stands: `words` for people, `level` late, soon, fine or done; `light` where its
    region has lights and its clock runs."""

    words: str
    level: str
    light: str = ""


def deadline_of(ticket: Ticket, *, now: datetime, calendars: Calendars | None = None) -> Deadline:
    """The deadline in words, counted on the calendar of the handling agency; a list gives the `calendars`
    it has read."""
    if ticket.status == Ticket.Status.WITHDRAWN:
        return Deadline("已撤回", "done")
    if ticket.handed_over_at is not None and ticket.status not in OPEN:
        return Deadline("承接平台已答复", "done")
    if ticket.status == Ticket.Status.DECLINED:
        return Deadline("不予受理", "done")
    if ticket.status == Ticket.Status.ENDED:
        return Deadline("已终止", "done")
    if ticket.status not in OPEN:
        kept = ticket.answered_at is not None and ticket.answered_at <= ticket.due_at
        return Deadline("按时答复" if kept else "超期答复", "done")
    if ticket.handed_over_at is not None:
        return Deadline("由承接平台办理", "fine")
    if ticket.stopped_at is not None:
        return Deadline("暂停计时", "fine")
    calendar = calendars.of(ticket.agency) if calendars else working_calendar(ticket.agency)
    left = working_days_between(now, ticket.due_at, calendar)
    is_past = ticket.due_at < now
    level = "late" if is_past else "soon" if left <= 1 else "fine"
    light = light_of(now, ticket.yellow_at, ticket.red_at)
    return Deadline(deadline_words(left, is_past), level, light.value if light else "")


def answer_times(account_id: int, *, since: datetime) -> list[float]:
    """From filing to the answer, in seconds, of an account's tickets that were answered since a moment
    and not asked again."""
    rows = Ticket.objects.filter(
        account_id=account_id, answered_at__gte=since, reopened_times=0
    ).values_list("filed_at", "answered_at")
    return [(answered - filed).total_seconds() for filed, answered in rows if answered]
