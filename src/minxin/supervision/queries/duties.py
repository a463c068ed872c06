"""Relay tasks and duty events: rows for people, and their clocks by the rules that hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BooleanField, Count, ExpressionWrapper, F, Q, QuerySet

from minxin.agencies.models import Staff
from minxin.agencies.queries import working_calendar
from minxin.agencies.rules import Permission
from minxin.core.errors import NotFound
from minxin.core.working_time import WorkingCalendar
from minxin.supervision.models import DutyEvent, PublishedItem, RelayAssignment, RelayTask
from minxin.supervision.packs import Library
from minxin.supervision.queries.owed import opinion_of, request_of
from minxin.supervision.queries.updates import bound_of
from minxin.supervision.rules.clock import day_of
from minxin.supervision.rules.duties import Clock, Matter, start_of
from minxin.supervision.rules.packs import Pack, applicable
from minxin.supervision.rules.relaying import AFTER, BEFORE, Published, alike, bare_link

READ = Permission.READ_SUPERVISION


# Relay tasks -----------------------------------------------------------------------------------


def relay_tasks_for(staff: Staff) -> QuerySet[RelayTask]:
    """The tasks that concern an account this person sees, or that her area gave out, each with its own
    counts of the accounts she sees: `assigned`, `on_time`, `late`, `missing`."""
    mine = RelayAssignment.objects.visible_to(staff, READ)
    given = RelayTask.objects.visible_to(staff, READ)
    seen = Q(assignments__in=mine)
    found = RelayTask.objects.filter(Q(pk__in=given) | Q(pk__in=mine.values("task")))
    return found.select_related("agency", "created_by").annotate(
        assigned=Count("assignments", filter=seen),
        on_time=Count("assignments", filter=seen & Q(assignments__done_at__lte=F("due_at"))),
        late=Count("assignments", filter=seen & Q(assignments__done_at__gt=F("due_at"))),
        missing=Count("assignments", filter=seen & Q(assignments__done_at=None)),
    )


def relay_task_for(staff: Staff, number: int) -> RelayTask:
    """One of them; raises `NotFound`."""
    found = relay_tasks_for(staff).filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def assignments_for(staff: Staff, task: RelayTask) -> QuerySet[RelayAssignment]:
    """The parts of a task whose accounts this person sees."""
    rows: QuerySet[RelayAssignment] = RelayAssignment.objects.visible_to(staff, READ)
    return (
        rows.filter(task=task)
        .select_related("task", "account__agency", "item", "marked_by")
        .order_by("account__agency__path", "account__name", "pk")
    )


def assignment_for(
    staff: Staff, number: int, permission: Permission = Permission.RECORD_UPDATES
) -> RelayAssignment:
    """One that this person may do something about; raises `NotFound`."""
    rows = RelayAssignment.objects.visible_to(staff, permission)
    found: RelayAssignment | None = (
        rows.filter(pk=number).select_related("task", "account__agency").first()
    )
    if found is None:
        raise NotFound
    return found


def published_near(task: RelayTask, accounts: Iterable[int]) -> Mapping[int, tuple[Published, ...]]:
    """What these accounts published from a little before a task was given out until long after its term,
    by their numbers."""
    link = bare_link(task.source_url)
    named = Q(text__contains=link) if "/" in link else Q(pk=None)
    rows = (
        PublishedItem.objects.filter(
            account__in=list(accounts),
            published_at__range=(task.created_at - BEFORE, task.due_at + AFTER),
        )
        .annotate(named=ExpressionWrapper(named, output_field=BooleanField()))
        .values_list("account_id", "pk", "title", "url", "published_at", "named")
    )
    found: dict[int, list[Published]] = {}
    for account, number, title, url, at, is_named in rows:
        found.setdefault(account, []).append(Published(number, title, url, at, bool(is_named)))
    return {account: tuple(items) for account, items in found.items()}


def suggestions_of(
    task: RelayTask, rows: Iterable[RelayAssignment]
) -> Mapping[int, list[tuple[Published, int]]]:
    """Items that are only alike, with their likeness in per cent, by the numbers of open assignments."""
    open_rows = [each for each in rows if each.done_at is None]
    if task.cancelled_at is not None or not open_rows:
        return {}
    items = published_near(task, (each.account_id for each in open_rows))
    return {each.pk: alike(task.title, items.get(each.account_id, ())) for each in open_rows}


def item_of(assignment: RelayAssignment, number: int) -> PublishedItem:
    """An item of the assignment's own account; raises `NotFound`."""
    found = PublishedItem.objects.filter(account=assignment.account_id, pk=number).first()
    if found is None:
        raise NotFound
    return found


# Duty events -----------------------------------------------------------------------------------


def duty_events_for(staff: Staff, permission: Permission = READ) -> QuerySet[DutyEvent]:
    """The events of the accounts over which this person has a permission."""
    rows: QuerySet[DutyEvent] = DutyEvent.objects.visible_to(staff, permission)
    return rows.select_related("account__agency", "agency", "created_by", "ended_by")


def duty_event_for(staff: Staff, number: int, permission: Permission = READ) -> DutyEvent:
    """One of them; raises `NotFound`."""
    found = duty_events_for(staff, permission).filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class Running:
    """One clock of an event, by the rule that sets it."""

    pack: Pack
    matter: Matter
    clock: Clock


def calendar_of(event: DutyEvent) -> WorkingCalendar:
    """The working days that its clocks count: those of the account's host."""
    return working_calendar(event.account.agency)


def clocks_of(
    event: DutyEvent, library: Library, *, now: datetime, calendar: WorkingCalendar | None = None
) -> list[Running]:
    """The clocks that run for an event, the first due first; none where no rule binds its account.

    Who shows many gives the `calendar_of` each host, which is asked for once.
    """
    is_opinion = event.kind == DutyEvent.Kind.OPINION
    begun = event.known_at if is_opinion else start_of_request(event)
    packs = applicable(
        library.of("opinion.first" if is_opinion else "disclosure.due"),
        bound_of(event.account), on=day_of(begun or event.created_at),
    )  # fmt: skip
    if not is_opinion and calendar is None:
        calendar = calendar_of(event)
    found = []
    for pack in packs:
        if pack.limit is None:
            continue
        if is_opinion or calendar is None:
            clock = opinion_of(event).clock(pack.limit)
        else:
            clock = request_of(event).clock(pack.limit, calendar, now)
        if clock is not None:
            found.append(Running(pack, Matter(pack.limit.matter), clock))
    return sorted(found, key=lambda each: (each.clock.due_at, each.pack.id))


def start_of_request(event: DutyEvent) -> datetime | None:
    """The first moment of the day on which a request was received."""
    return start_of(event.received_on) if event.received_on else None
