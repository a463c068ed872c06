"""Reads of the learning loop: what many ask, who owes an answer, what became of it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import may
from minxin.agencies.rules import Permission
from minxin.agencies.scope import paths_of
from minxin.core.errors import NotFound, Refused
from minxin.knowledge.models import Entry, Intent, IntentQuestion, UnansweredQuestion, WeekAsked
from minxin.knowledge.rules.intents import (
    REMIND_AHEAD,
    TREND_WEEKS,
    Drop,
    drop_of,
    week_of,
    weeks_until,
)

Status = Intent.Status


def intents_visible_to(
    staff: Staff, permission: Permission = Permission.READ_KNOWLEDGE
) -> QuerySet[Intent]:
    """The intents asked of the accounts of a person's branches, and those their agencies owe an answer to.
    What was merged away is left out."""
    mine = Q(pk__in=())
    for path in paths_of(staff, permission):
        mine |= Q(agency__path__startswith=path) | Q(owner__path__startswith=path)
    rows = Intent.objects.filter(mine).exclude(status=Status.MERGED)
    return rows.select_related("agency", "owner", "entry", "closed_by")


def intent_for(
    staff: Staff, number: int, permission: Permission = Permission.READ_KNOWLEDGE
) -> Intent:
    """One of them; `NotFound` otherwise."""
    found = intents_visible_to(staff, permission).filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def due_soon(rows: QuerySet[Intent], on: date) -> QuerySet[Intent]:
    """Of these, the open ones due within three days or overdue."""
    return rows.filter(status=Status.OPEN, due_on__lte=on + REMIND_AHEAD)


def due_now(staff: Staff, on: date) -> int:
    """How many of the intents a person edits are due within three days or overdue."""
    return due_soon(intents_visible_to(staff, Permission.EDIT_KNOWLEDGE), on).count()


def may_edit_intent(staff: Staff, intent: Intent) -> bool:
    """Whether a person edits the knowledge of who was asked or of who owes the answer."""
    return may(staff, Permission.EDIT_KNOWLEDGE, intent.agency) or (
        intent.owner is not None and may(staff, Permission.EDIT_KNOWLEDGE, intent.owner)
    )


def places_of(intent: Intent) -> QuerySet[IntentQuestion]:
    """Its questions, the most asked first."""
    return intent.places.select_related("question").order_by("-question__times", "question_id")


def near_entries(intent: Intent) -> list[Entry]:
    """The published entries nearest to it, the nearest first, as a worker last found them."""
    rows = Entry.objects.filter(status=Entry.Status.PUBLISHED).select_related("agency")
    known = rows.in_bulk(intent.near)
    return [known[number] for number in intent.near if number in known]


def closing_entry(staff: Staff, code: str) -> Entry | None:
    """The published entry with this code that a person may read."""
    rows = Entry.objects.visible_to(staff, Permission.READ_KNOWLEDGE)
    found: Entry | None = rows.filter(code=code.strip(), status=Entry.Status.PUBLISHED).first()
    return found


def mergeable(staff: Staff, intent: Intent, number: int) -> Intent:
    """The other of its accounts' intents with this number; refused in words where there is none."""
    rows = intents_visible_to(staff, Permission.EDIT_KNOWLEDGE)
    found = rows.filter(pk=number, agency=intent.agency).first()
    if found is None:
        raise Refused(_("没有这个编号，或者它不是同一单位账号的问题。"), field="into")
    return found


def weekly(intent: Intent, weeks: Sequence[date]) -> list[int]:
    """How often its questions were asked and not answered in these weeks."""
    rows = WeekAsked.objects.filter(question__place__intent=intent, week__in=weeks)
    counts = dict(rows.order_by().values_list("week").annotate(Sum("times")))
    return [counts.get(week, 0) for week in weeks]


@dataclass(frozen=True, slots=True)
class Week:
    """One week of an intent's curve: its Monday, the count, and where it lies beside the closing."""

    monday: date
    times: int
    phase: str


def curve(intent: Intent, today: date) -> tuple[list[Week], Drop | None]:
    """The weeks to show, and what closing changed; None while it is open.

    Before: the eight whole weeks before the week of closing, or as many since the first question. After: the
    whole weeks since; this week is shown and not counted.
    """
    if intent.closed_at is None or intent.status != Status.CLOSED:
        weeks = weeks_until(today)
        return [Week(*each, "") for each in zip(weeks, weekly(intent, weeks), strict=True)], None
    closing, now = week_of(timezone.localdate(intent.closed_at)), week_of(today)
    first = WeekAsked.objects.filter(question__place__intent=intent).order_by("week").first()
    before = [
        week
        for week in weeks_until(closing - timedelta(weeks=1))
        if first is not None and week >= first.week
    ]
    after = weeks_until(now - timedelta(weeks=1), max(0, (now - closing).days // 7 - 1))
    after = after[:TREND_WEEKS]
    had, has = weekly(intent, before), weekly(intent, after)
    shown = [Week(*each, "before") for each in zip(before, had, strict=True)]
    shown.append(Week(closing, weekly(intent, [closing])[0], "closing"))
    shown += [Week(*each, "after") for each in zip(after, has, strict=True)]
    return shown, drop_of(had, has)


def waiting_for_an_owner(limit: int, *, after: int = 0) -> list[Intent]:
    """Open intents whose owner was not looked up yet, the oldest first; those after a number."""
    rows = Intent.objects.filter(status=Status.OPEN, owner=None, pk__gt=after)
    rows = rows.select_related("agency")
    return list(rows.order_by("id")[:limit])


def due_intents(on: date) -> list[tuple[Agency, int]]:
    """Each owner with how many of its open intents are due within three days or overdue."""
    rows = due_soon(Intent.objects.all(), on)
    counts: Counter[int] = Counter()
    for owner in rows.values_list("owner_id", flat=True):
        if owner is not None:
            counts[owner] += 1
    owners = Agency.objects.in_bulk(list(counts))
    return [(owners[number], count) for number, count in sorted(counts.items())]


def agencies_with_new_questions() -> list[int]:
    """The agencies asked something that belongs to no intent yet."""
    rows = UnansweredQuestion.objects.filter(place=None, status=UnansweredQuestion.Status.OPEN)
    return sorted(set(rows.order_by().values_list("agency_id", flat=True)))


def placed_of(agency_id: int) -> list[tuple[int, int, str, str]]:
    """(question, intent, text, topic) of all an agency's placed questions, in the order they came."""
    rows = IntentQuestion.objects.filter(question__agency_id=agency_id).order_by("id")
    return list(rows.values_list("question_id", "intent_id", "question__text", "topic"))
