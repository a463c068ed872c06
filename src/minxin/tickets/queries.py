"""All reads of tickets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from minxin.accounts.models import Account
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import working_calendar
from minxin.agencies.rules import Permission
from minxin.citizens.models import Citizen
from minxin.core.errors import NotFound
from minxin.core.ids import normal_ticket_number
from minxin.core.working_time import Due, add_working_days, working_days_between
from minxin.text import mask
from minxin.tickets.models import Category, DeadlinePreset, Nature, Rating, Ticket, TicketEvent
from minxin.tickets.rules import (
    CLOSES_AFTER,
    FALLBACK_DAYS,
    MOST_REOPENINGS,
    OPEN,
    REOPEN_WITHIN,
    Bar,
    Verb,
    bar_to_reopening,
    deadline_words,
    guess_nature,
    matching,
)


def tickets_visible_to(
    staff: Staff, permission: Permission = Permission.READ_TICKETS
) -> QuerySet[Ticket]:
    """The tickets of the branches over which a person has a permission."""
    found: QuerySet[Ticket] = Ticket.objects.visible_to(staff, permission)
    return found.select_related("agency", "category", "account")


def ticket_for(
    staff: Staff, number: str, permission: Permission = Permission.READ_TICKETS
) -> Ticket:
    """One of them; `NotFound` otherwise."""
    found = tickets_visible_to(staff, permission).filter(number=number).first()
    if found is None:
        raise NotFound
    return found


def of_citizen(citizen: Citizen) -> QuerySet[Ticket]:
    """A citizen's own tickets, the newest first."""
    return Ticket.objects.filter(citizen=citizen).select_related("agency", "category")


# How a citizen narrows her list: what waits for an answer, what has one, what is over.
STATES: dict[str, tuple[str, ...]] = {
    "open": tuple(sorted(OPEN)),
    "answered": ("answered",),
    "closed": ("closed",),
}


def found_for_citizen(citizen: Citizen, *, words: str = "", state: str = "") -> QuerySet[Ticket]:
    """Her own tickets in which some words stand (or that have this number), in one of `STATES`."""
    found = of_citizen(citizen)
    if state in STATES:
        found = found.filter(status__in=STATES[state])
    words = words.strip()[:100]
    if words:
        anywhere = Q(text__icontains=words) | Q(place__icontains=words) | Q(answer__icontains=words)
        found = found.filter(
            anywhere | Q(number__icontains=words) | Q(agency__name__icontains=words)
        )
    return found


def open_count_of(citizen: Citizen) -> int:
    """How many of her tickets wait for an answer."""
    return Ticket.objects.filter(citizen=citizen, status__in=OPEN).count()


def by_number_for_citizen(number: str, citizen: Citizen) -> Ticket:
    """Her own ticket of this number, however she writes it; `NotFound` for anybody else's."""
    normal = normal_ticket_number(number)
    found = of_citizen(citizen).filter(number=normal).first() if normal else None
    if found is None:
        raise NotFound
    return found


def overdue(tickets: QuerySet[Ticket], now: datetime) -> QuerySet[Ticket]:
    """Those whose promise has passed without an answer."""
    return tickets.filter(status__in=OPEN, due_at__lt=now)


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question without an answer. `since`: when it was asked, or asked again."""

    account_id: int
    number: str
    since: datetime


def unanswered_questions(accounts: Sequence[int]) -> list[Unanswered]:
    """The tickets of the nature 咨询 that wait for an answer, of these accounts, the oldest first; for
    who supervises the units, whoever may read the words themselves."""
    again = Max("events__at", filter=Q(events__verb=Verb.REOPEN.value))
    rows = (
        Ticket.objects.filter(account__in=accounts, nature=Nature.CONSULT, status__in=OPEN)
        .annotate(again=again)
        .order_by("filed_at", "pk")
        .values_list("account_id", "number", "filed_at", "again")
    )
    return [Unanswered(account, number, again or at) for account, number, at, again in rows]


def due_soon(tickets: QuerySet[Ticket], now: datetime) -> QuerySet[Ticket]:
    """Those that are due today or tomorrow."""
    return tickets.filter(status__in=OPEN, due_at__range=(now, _end_of_tomorrow(now)))


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
        soon=Count("id", filter=Q(due_at__range=(now, end))),
        overdue=Count("id", filter=Q(due_at__lt=now)),
        today=Count("id", filter=Q(status__in=["submitted", "reopened"]) | Q(due_at__lte=end)),
    )
    return counts


def latest_change() -> int:
    """A number that grows whenever something happens to a ticket."""
    return int(TicketEvent.objects.aggregate(last=Max("id"))["last"] or 0)


@dataclass(frozen=True, slots=True)
class Deadline:
    """How a ticket's promise stands: `words` for people, `level` late, soon, fine or done."""

    words: str
    level: str


def deadline_of(ticket: Ticket, *, now: datetime) -> Deadline:
    """The deadline in words, counted on the calendar of the handling agency."""
    if ticket.status not in OPEN:
        kept = ticket.answered_at is not None and ticket.answered_at <= ticket.due_at
        return Deadline("按时答复" if kept else "超期答复", "done")
    calendar = working_calendar(ticket.agency)
    left = working_days_between(now, ticket.due_at, calendar)
    is_past = ticket.due_at < now
    level = "late" if is_past else "soon" if left <= 1 else "fine"
    return Deadline(deadline_words(left, is_past), level)


def due_for(nature: str, account: Account, agency: Agency, *, now: datetime) -> Due:
    """The promise for a new ticket: the region's active preset on the agency's calendar.

    Without a preset for this nature it is `FALLBACK_DAYS` working days.
    """
    presets = DeadlinePreset.objects.filter(nature=nature, is_active=True)
    region = account.region_code or agency.region_code
    preset = presets.filter(region_code=region).first() or presets.filter(region_code="").first()
    days = preset.working_days if preset else FALLBACK_DAYS
    return add_working_days(timezone.localtime(now), days, working_calendar(agency))


def categories() -> QuerySet[Category]:
    """What a ticket may be about."""
    return Category.objects.filter(is_active=True).select_related("agency")


def guess(text: str) -> tuple[Category | None, str]:
    """The category whose keywords fit best, and the nature; staff can change both."""
    scored = [(matching(text, each.keywords), each) for each in categories()]
    score, best = max(scored, key=lambda pair: pair[0], default=(0, None))
    return (best if score else None), guess_nature(text)


@dataclass(frozen=True, slots=True)
class Step:
    """One dated step of a ticket, as a citizen or staff may read it."""

    at: datetime
    verb: str
    title: str
    who: str
    text: str
    is_public: bool


TITLES = {
    "filed": "已提交",
    "accepted": "已受理",
    "assigned": "已交办",
    "answered": "已答复",
    "closed": "已办结",
    "reopened": "重新办理",
    "rated": "已评价",
    "noted": "内部记录",
}


def steps(ticket: Ticket, *, is_public_only: bool) -> list[Step]:
    """What happened to a ticket, the newest first."""
    rows = ticket.events.select_related("agency", "staff").order_by("-id")
    if is_public_only:
        rows = rows.filter(is_public=True)
    found = []
    for row in rows:
        who = row.agency.name if row.agency else ""
        if not is_public_only and row.staff:
            who = f"{who} {row.staff.name}".strip()
        title = TITLES.get(row.verb, row.verb)
        found.append(Step(row.at, row.verb, title, who, row.text, row.is_public))
    return found


def rating_of(ticket: Ticket) -> Rating | None:
    """The rating of the latest answer."""
    return ticket.ratings.filter(round=ticket.reopened_times + 1).first()


def can_be_rated(ticket: Ticket) -> bool:
    """Whether the latest answer waits for a rating."""
    return ticket.status in {"answered", "closed"} and rating_of(ticket) is None


def can_be_reopened(ticket: Ticket, *, now: datetime) -> bool:
    """Whether the citizen may ask again."""
    return _bar(ticket, now) is None


def why_not_reopened(ticket: Ticket, *, now: datetime) -> str:
    """Why the citizen may not ask again, said to her; "" when she may."""
    match _bar(ticket, now):
        case None:
            return ""
        case Bar.IN_HAND:
            return _("这件诉求正在办理，答复之后才可以要求重新办理。")
        case Bar.CONTENT:
            return _("您对这次答复评价为满意，不再重新办理。有新的情况，请提交一件新的诉求。")
        case Bar.TOO_OFTEN:
            return _(
                "这件诉求已经重新办理过 %(times)s 次。您可以提交一件新的诉求，或回复“人工”。"
            ) % {"times": MOST_REOPENINGS}
        case Bar.TOO_LATE:
            return _("答复已超过 %(days)s 天，不能重新办理。您可以提交一件新的诉求。") % {
                "days": REOPEN_WITHIN.days
            }


def reopening_ends(ticket: Ticket) -> datetime | None:
    """Until when the citizen may ask again; None while there is no answer."""
    return ticket.answered_at and ticket.answered_at + REOPEN_WITHIN


def _bar(ticket: Ticket, now: datetime) -> Bar | None:
    rating = rating_of(ticket)
    level = rating.level if rating else None
    return bar_to_reopening(ticket.status, ticket.answered_at, ticket.reopened_times, level, now)


def in_brief(ticket: Ticket, length: int = 40) -> str:
    """The ticket's text for lists: private data masked, cut."""
    text = mask(" ".join(ticket.text.split()))
    return text if len(text) <= length else text[: length - 1] + "…"


def latest_answered(citizen: Citizen, *, now: datetime) -> Ticket | None:
    """The ticket whose answer she may be rating when she just says 满意; one rated a moment ago, by
    a repeat of the same message, counts too."""
    rows = of_citizen(citizen).filter(status__in=["answered", "closed"]).order_by("-answered_at")
    for row in rows[:5]:
        rating = rating_of(row)
        if rating is None or now - rating.rated_at < REPEATS_WITHIN:
            return row
    return None


REPEATS_WITHIN = timedelta(seconds=20)


def was_just_rated(ticket: Ticket, level: str, *, now: datetime) -> bool:
    """Whether this rating is there already, given moments ago: WeChat repeated the message."""
    rating = rating_of(ticket)
    return rating is not None and rating.level == level and now - rating.rated_at < REPEATS_WITHIN


def was_just_noted(ticket: Ticket, text: str, *, by: Staff, now: datetime) -> bool:
    """Whether a person left these very words moments ago: a button was pressed twice."""
    return ticket.events.filter(
        verb="noted", staff=by, text=text, at__gt=now - REPEATS_WITHIN
    ).exists()


def silently_accepted(now: datetime) -> QuerySet[Ticket]:
    """Answered tickets about which the citizen said nothing for a week."""
    return Ticket.objects.filter(status="answered", answered_at__lt=now - CLOSES_AFTER)


def presets() -> QuerySet[DeadlinePreset]:
    """All deadline presets."""
    return DeadlinePreset.objects.all()


def answer_times(account_id: int, *, since: datetime) -> list[float]:
    """From filing to the answer, in seconds, of an account's tickets that were answered since a moment
    and not asked again."""
    rows = Ticket.objects.filter(
        account_id=account_id, answered_at__gte=since, reopened_times=0
    ).values_list("filed_at", "answered_at")
    return [(answered - filed).total_seconds() for filed, answered in rows if answered]
