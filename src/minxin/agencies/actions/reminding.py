"""Making reminders: pending notices become one message a person, when she may be reached and her week
has room. The rows are their own record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import translation

from minxin.agencies import audit
from minxin.agencies.models import (
    Agency,
    Membership,
    Pace,
    Reminder,
    ReminderChannel,
    StaffNotice,
    StaffReach,
)
from minxin.agencies.queries import home_of, working_calendar
from minxin.agencies.reminder_queries import pace, pending_of, quiet_of, spent_by
from minxin.agencies.reminder_rules import (
    STAYS,
    WAITS,
    Said,
    Words,
    compose,
    compose_for_group,
    is_quiet,
    kind_of,
    local,
    week_of,
)
from minxin.core.actors import System
from minxin.core.breath import breathe
from minxin.core.working_time import WorkingCalendar

FORGOTTEN_AT_ONCE = 500
Calendars = dict[int, WorkingCalendar]


def plan_reminders(*, now: datetime) -> int:
    """Make the reminders that are due now; how many. Twice makes them once."""
    office, calendars = pace(), Calendars()
    made = 0
    waiting = StaffNotice.objects.filter(
        read_at=None, reminder=None, created_at__gte=now - WAITS
    ).exclude(kind__in=STAYS)
    reached = StaffReach.objects.filter(
        channel__is_active=True, channel__trouble="", trouble="", staff__is_active=True,
        staff__in=waiting.order_by().values("staff"),
    )  # fmt: skip
    for reach in reached.select_related("channel", "staff").order_by("pk"):
        made += _plan(reach, office, calendars, now)
    groups = ReminderChannel.objects.filter(
        kind=ReminderChannel.Kind.WECOM_ROBOT, is_active=True, trouble=""
    )
    for channel in groups.select_related("agency"):
        made += _plan_group(channel, office, calendars, now)
    return made


def _calendar(agency: Agency, known: Calendars) -> WorkingCalendar:
    found = known.get(agency.pk)
    if found is None:
        found = known[agency.pk] = working_calendar(agency)
    return found


def _plan(reach: StaffReach, office: Pace, calendars: Calendars, now: datetime) -> int:
    """One person: what is urgent at once, else her digest of the day."""
    person = reach.staff
    pending = list(pending_of(person, now=now).exclude(kind__in=STAYS).order_by("created_at", "id"))
    home = home_of(person) if pending else None
    if home is None or reach.channel is None:
        return 0
    quiet = quiet_of(reach, office)
    calendar = _calendar(home, calendars)
    is_night = is_quiet(now, quiet, calendar)
    urgent = [each for each in pending if kind_of(each.kind).is_urgent and each.held_at is None]
    if is_night and not (urgent and reach.urgent_any_time):
        return 0
    week, here = week_of(now), local(now)
    has_room = spent_by(person, week) < office.reminders_a_week
    if urgent and not has_room:
        _hold(urgent, now)
        urgent = []
    if urgent:
        key = f"now:{person.pk}:{max(each.pk for each in urgent)}"
        words = _words(urgent, is_urgent=True, office=office)
        if _make(reach.channel, home, reach, key, words, urgent, now):
            return 1  # else it was sent in vain before: the digest takes it along
    if is_night or not has_room or here.time() < office.digest_at:
        return 0
    key = f"digest:{person.pk}:{here.date()}"
    if Reminder.objects.filter(key=key).exists():
        return 0
    words = _words(pending, is_urgent=False, office=office)
    return _make(reach.channel, home, reach, key, words, pending, now)


def _plan_group(channel: ReminderChannel, office: Pace, calendars: Calendars, now: datetime) -> int:
    """A unit's group: once a working day, how many of what waits in the unit."""
    calendar = _calendar(channel.agency, calendars)
    here = local(now)
    key = f"group:{channel.pk}:{here.date()}"
    if (
        is_quiet(now, quiet_of(None, office), calendar)
        or here.time() < office.digest_at
        or Reminder.objects.filter(key=key).exists()
    ):
        return 0
    people = Membership.objects.filter(agency=channel.agency).values("staff")
    notices = StaffNotice.objects.filter(
        staff__in=people, staff__is_active=True, read_at=None, created_at__gte=now - WAITS
    ).exclude(kind__in=STAYS)
    items = [Said(each.kind, each.text) for each in notices.order_by("created_at", "id")]
    if not items:
        return 0
    with translation.override("zh-hans"):
        words = compose_for_group(items, str(channel.agency))
    return _make(channel, channel.agency, None, key, words, [], now, items=len(items))


def _hold(notices: Sequence[StaffNotice], now: datetime) -> None:
    """Her week is full: these wait for the next digest, which says so."""
    numbers = [each.pk for each in notices]
    StaffNotice.objects.filter(pk__in=numbers, held_at=None).update(held_at=now)


def _words(notices: Sequence[StaffNotice], *, is_urgent: bool, office: Pace) -> Words:
    items = [Said(each.kind, each.text, each.held_at is not None) for each in notices]
    return compose(items, is_urgent=is_urgent, budget=office.reminders_a_week)


def _make(
    channel: ReminderChannel, agency: Agency, reach: StaffReach | None, key: str, words: Words,
    notices: Sequence[StaffNotice], now: datetime, *, items: int | None = None,
) -> int:  # fmt: skip
    """One row with all its notices, or, when somebody was faster, nothing."""
    try:
        with transaction.atomic():
            row = Reminder.objects.create(
                key=key,
                channel=channel,
                agency=agency,
                staff=reach.staff if reach else None,
                is_urgent=key.startswith("now:"),
                items=len(notices) if items is None else items,
                title=words.title,
                text=words.text,
                week=week_of(now),
                due_at=now,
                created_at=now,
            )
            numbers = [each.pk for each in notices]
            free = StaffNotice.objects.filter(pk__in=numbers, reminder=None, read_at=None)
            if free.update(reminder=row) != len(numbers):
                raise _Overtaken
    except (IntegrityError, _Overtaken):
        return 0
    return 1


def forget_reminders(*, keep_days: int, now: datetime) -> int:
    """Delete the reminders that ended and were made more than so many days ago (0: none); how many.

    What they told of stays with its notices; the numbers of those weeks are gone from 减负. In chunks, each
    a transaction of its own with its number in the audit: stopped in between, the next night goes on.
    """
    if keep_days <= 0:
        return 0
    # A notice may still wait for a way out so long as its reminder could be given back to it.
    before = now - max(timedelta(days=keep_days), WAITS)
    old = Reminder.objects.filter(created_at__lt=before).exclude(status__in=_MOVING).order_by("pk")
    forgotten = 0
    while numbers := list(old.values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE]):
        with transaction.atomic():
            Reminder.objects.filter(pk__in=numbers).delete()
            after = {"count": len(numbers), "before": before.date()}
            audit.record(
                System("clock"), "reminder.forgotten", "已发出的提醒", after=after, now=now
            )
        forgotten += len(numbers)
        breathe()
    return forgotten


_MOVING = (Reminder.Status.WAITING, Reminder.Status.SENDING)


class _Overtaken(Exception):
    """Somebody read or took a notice meanwhile: the next look makes it anew."""
