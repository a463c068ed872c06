"""All reads of reminders: channels, a person's settings, the week's figures, what may be escalated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q, QuerySet, Sum

from minxin.agencies.models import (
    Agency,
    Escalation,
    FieldsAsked,
    Membership,
    Pace,
    Reminder,
    ReminderChannel,
    Staff,
    StaffNotice,
    StaffReach,
)
from minxin.agencies.queries import agencies_for, paths_of, working_calendar
from minxin.agencies.reminder_rules import ESCALATES, WAITS, Quiet, week_of
from minxin.agencies.rules import Permission, ancestor_paths
from minxin.core.errors import NotFound
from minxin.core.working_time import working_days_between


def pace() -> Pace:
    """How often; the proposal where nobody has said anything yet."""
    return Pace.objects.order_by("pk").first() or Pace()


def channels_for(staff: Staff) -> QuerySet[ReminderChannel]:
    """The channels a person keeps."""
    found: QuerySet[ReminderChannel] = ReminderChannel.objects.visible_to(
        staff, Permission.EDIT_ACCOUNTS
    )
    return found.select_related("agency")


def channel_for(staff: Staff, number: int) -> ReminderChannel:
    """One of them; raises `NotFound`."""
    found = channels_for(staff).filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def open_to(staff: Staff) -> QuerySet[ReminderChannel]:
    """The channels by which a person may be reached: of her agencies and those above, not of groups."""
    homes = Membership.objects.filter(staff=staff, agency__is_active=True)
    paths = {
        above for path in homes.values_list("agency__path", flat=True)
        for above in ancestor_paths(path)
    }  # fmt: skip
    rows = ReminderChannel.objects.filter(agency__path__in=paths, is_active=True)
    return rows.exclude(kind=ReminderChannel.Kind.WECOM_ROBOT)


def reach_of(staff: Staff) -> StaffReach:
    """Her settings; unsaved ones that reach her nowhere where she has said nothing."""
    found = StaffReach.objects.select_related("channel").filter(staff=staff).first()
    return found or StaffReach(staff=staff)


def quiet_of(reach: StaffReach | None, office: Pace) -> Quiet:
    """Her quiet hours, or the office's."""
    if reach is None:
        return Quiet(office.quiet_from, office.quiet_until)
    return Quiet(
        reach.quiet_from or office.quiet_from,
        reach.quiet_until or office.quiet_until,
        reach.works_days_off,
    )


def spent_by(staff: Staff, week: date) -> int:
    """How many reminders of a week a person got or is about to get."""
    return Reminder.objects.filter(staff=staff, week=week, status__in=Reminder.COUNTED).count()


def reminders_of(staff: Staff) -> QuerySet[Reminder]:
    """What was sent to a person, the newest first."""
    return Reminder.objects.filter(staff=staff).select_related("channel").order_by("-id")


def pending_of(staff: Staff, *, now: datetime) -> QuerySet[StaffNotice]:
    """Her unread notices that nothing outside the console has told her of yet."""
    return staff.notices.filter(read_at=None, reminder=None, created_at__gte=now - WAITS)


# The supervisor's page -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class UnitWeek:
    """One unit in one week: messages to its people and its group, the most one person got, fields
    asked. Nothing in it tells what anybody did with them."""

    agency: Agency
    reminders: int
    most: int
    fields: int


def weeks_of(staff: Staff, week: date) -> list[UnitWeek]:
    """What the units of a person's area were asked for in a week; those with nothing are left out."""
    units = agencies_for(staff, Permission.READ_SUPERVISION)
    sent = Reminder.objects.filter(week=week, status__in=Reminder.COUNTED, agency__in=units)
    counts = dict(sent.order_by().values_list("agency").annotate(n=Count("pk")))
    most: dict[int, int] = {}
    each = sent.exclude(staff=None).order_by().values_list("agency", "staff")
    for agency, _person, count in each.annotate(n=Count("pk")):
        most[agency] = max(most.get(agency, 0), count)
    asked = FieldsAsked.objects.filter(week=week, agency__in=units).order_by()
    fields = dict(asked.values_list("agency").annotate(n=Sum("fields")))
    found = [
        UnitWeek(unit, counts.get(unit.pk, 0), most.get(unit.pk, 0), fields.get(unit.pk, 0))
        for unit in units.filter(pk__in={*counts, *fields})
    ]
    return sorted(found, key=lambda row: row.agency.path)


def fields_by_kind(staff: Staff, week: date) -> list[tuple[str, int]]:
    """What the fields of that week were asked for, in the order of `FieldsAsked.Kind`; kinds without any
    are left out."""
    units = agencies_for(staff, Permission.READ_SUPERVISION)
    rows = FieldsAsked.objects.filter(week=week, agency__in=units).order_by()
    many = dict(rows.values_list("kind").annotate(n=Sum("fields")))
    return [(kind.value, many[kind.value]) for kind in FieldsAsked.Kind if kind.value in many]


def sent_for(staff: Staff) -> QuerySet[Reminder]:
    """The messages to the units of a person's area that count in a budget."""
    rows: QuerySet[Reminder] = Reminder.objects.visible_to(staff, Permission.READ_SUPERVISION)
    return rows.filter(status__in=Reminder.COUNTED).select_related("agency")


def asked_for(staff: Staff) -> QuerySet[FieldsAsked]:
    """What units are or will be asked for: those a person supervises, else her own."""
    rows: QuerySet[FieldsAsked] = FieldsAsked.objects.visible_to(staff, sees_asked(staff))
    return rows.select_related("agency", "asked_by")


def sees_asked(staff: Staff) -> Permission:
    """Under which permission a person sees what units are asked for."""
    if paths_of(staff, Permission.READ_SUPERVISION):
        return Permission.READ_SUPERVISION
    return Permission.READ_AGENCIES


def fields_spent(agency: Agency, since: date) -> dict[date, int]:
    """Fields asked of one unit, by week."""
    rows = FieldsAsked.objects.filter(agency=agency, week__gte=since).order_by()
    return dict(rows.values_list("week").annotate(n=Sum("fields")))


# Escalation: only proposed ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Proposal:
    """Things a unit was told of and nobody there has looked at for some working days."""

    agency: Agency
    kind: str
    count: int
    since: datetime


def _at(agency_ids: Mapping[int, Agency], now: datetime) -> QuerySet[Any, Any]:
    homes = Membership.objects.filter(agency__in=list(agency_ids)).order_by()
    return (
        StaffNotice.objects.filter(
            staff__in=homes.values("staff"), kind__in=ESCALATES, created_at__gte=now - 2 * WAITS
        )
        .order_by()
        .values_list("staff__memberships__agency", "kind", "link")
        .annotate(first=Min("created_at"), seen=Count("pk", filter=Q(read_at__isnull=False)))
    )


def proposals_for(staff: Staff, *, now: datetime) -> list[Proposal]:
    """What a person may be asked to tell the units above, the oldest first.

    A thing counts when nobody of the unit has looked at it, and once however many were told. Nothing
    happens by itself, and no name of a person is in it.
    """
    units = {
        unit.pk: unit
        for unit in agencies_for(staff, Permission.CONFIRM_CANDIDATES).exclude(parent=None)
    }
    office, calendar = pace(), working_calendar()
    found: dict[tuple[int, str], list[datetime]] = {}
    for agency_id, kind, _link, first, seen in _at(units, now):
        if agency_id not in units or seen:
            continue
        if working_days_between(first, now, calendar) >= office.escalate_after:
            found.setdefault((agency_id, kind), []).append(first)
    decided = set(Escalation.objects.filter(week=week_of(now)).values_list("agency_id", "kind"))
    proposals = [
        Proposal(units[agency_id], kind, len(firsts), min(firsts))
        for (agency_id, kind), firsts in found.items()
        if (agency_id, kind) not in decided
    ]
    return sorted(proposals, key=lambda each: (each.since, each.agency.path, each.kind))


def proposal_for(staff: Staff, agency_id: int, kind: str, *, now: datetime) -> Proposal:
    """One that stands now; raises `NotFound`."""
    for each in proposals_for(staff, now=now):
        if each.agency.pk == agency_id and each.kind == kind:
            return each
    raise NotFound


def escalations_for(staff: Staff, *, since: datetime) -> QuerySet[Escalation]:
    """What was decided lately."""
    rows: QuerySet[Escalation] = Escalation.objects.visible_to(staff, Permission.READ_SUPERVISION)
    return rows.filter(decided_at__gte=since).select_related("agency", "decided_by")


MONTH = timedelta(days=30)
