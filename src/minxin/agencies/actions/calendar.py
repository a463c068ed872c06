"""Writes of the working calendar. Promises already given are never computed again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from minxin.agencies import audit, queries
from minxin.agencies.actions.checking import validate
from minxin.agencies.calendars import day_hours
from minxin.agencies.models import Agency, CalendarDay, Staff, WorkingHours
from minxin.agencies.rules import Permission
from minxin.core.actors import Actor
from minxin.core.errors import Refused
from minxin.core.working_time import OFFICE_ZONE, years_announced_by

WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


@transaction.atomic
def set_calendar_day(
    on: date,
    *,
    is_working: bool,
    is_half: bool = False,
    note: str = "",
    agency: Agency | None = None,
    actor: Actor,
    now: datetime,
) -> CalendarDay:
    """Decide a day otherwise than the statutory calendar, for a branch or for everybody. `is_half`: only
    its morning is worked; the law counts it as a whole working day."""
    _ensure_may_set(actor, agency)
    if is_half and not is_working:
        raise Refused(_("放假的一天不能再设为半天班。"), field="is_working")
    day = CalendarDay.objects.filter(agency=agency, on=on).first()
    before = _described(day) if day else None
    day = day or CalendarDay(agency=agency, on=on)
    day.is_working, day.is_half, day.note = is_working, is_half, note.strip()
    validate(day)
    day.save()
    audit.record(
        actor,
        "calendar_day.set",
        day,
        agency=agency,
        before=before,
        after=_described(day),
        now=now,
    )
    return day


@transaction.atomic
def clear_calendar_day(day: CalendarDay, *, actor: Actor, now: datetime) -> None:
    """Let the statutory calendar decide again."""
    _ensure_may_set(actor, day.agency)
    audit.record(
        actor, "calendar_day.cleared", day, agency=day.agency, before=_described(day), now=now
    )
    day.delete()


@transaction.atomic
def enter_holiday_notice(
    year: int,
    *,
    holidays: Iterable[date],
    make_up_days: Iterable[date],
    source: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Enter the State Council's notice for a year that the installed calendar does not know yet.

    `source` is its document number (国办发明电〔…〕…号). Days entered for that year for everybody
    are replaced. From then on dates of the year are no longer provisional.
    """
    queries.ensure_may_everywhere(actor, Permission.EDIT_SETTINGS)
    days = dict.fromkeys(holidays, False) | dict.fromkeys(make_up_days, True)
    if any(day.year != year for day in days):
        raise Refused(_("通知中有不属于该年的日期。"))
    if year not in years_announced_by(days):
        raise Refused(_("通知应至少写明元旦、劳动节和国庆节放假。"))
    replaced, _by_table = CalendarDay.objects.filter(agency=None, on__year=year).delete()
    CalendarDay.objects.bulk_create(
        CalendarDay(on=on, is_working=is_working, note=source[:120])
        for on, is_working in sorted(days.items())
    )
    audit.record(
        actor,
        "holiday_notice.entered",
        source,
        before={"days_replaced": replaced},
        after={day.isoformat(): is_working for day, is_working in sorted(days.items())},
        now=now,
    )


@transaction.atomic
def keep_hours(
    since: date,
    week: Sequence[Sequence[Sequence[str]]],
    *,
    note: str = "",
    agency: Agency | None = None,
    actor: Actor,
    now: datetime,
) -> WorkingHours:
    """Set the working hours of an agency, or of everybody, from a day on; `week` as in `WorkingHours`,
    empty: those of the agency above again. Hours of earlier days stay as they were, and no due time that
    was given moves.

    Raises `Refused` for hours that are none, naming the day of the week.
    """
    _ensure_may_set(actor, agency)
    if week and len(week) != len(WEEKDAYS):
        raise Refused(_("一周应写明七天的办公时间。"), field="week")
    if not week and agency is None:
        raise Refused(_("全市的办公时间没有上级可以沿用。"), field="week")
    for name, shifts in zip(WEEKDAYS, week, strict=False):
        try:
            day_hours(shifts)
        except (ValueError, IndexError, TypeError) as error:
            words = _("%(day)s的办公时间不对：下班要晚于上班，下午不能早于上午下班。")
            raise Refused(words % {"day": name}, field="week") from error
    row = WorkingHours.objects.filter(agency=agency, since=since).first()
    before = _described_hours(row) if row else None
    row = row or WorkingHours(agency=agency, since=since)
    row.week = [[list(shift) for shift in shifts] for shifts in week]
    row.note, row.kept_at = note.strip()[:120], now
    row.kept_by = actor if isinstance(actor, Staff) else None
    row.save()
    audit.record(
        actor, "working_hours.kept", row, agency=agency, before=before,
        after=_described_hours(row), now=now,
    )  # fmt: skip
    return row


@transaction.atomic
def remove_hours(row: WorkingHours, *, actor: Actor, now: datetime) -> None:
    """Take back hours that are not in force yet. Those that were in force stay: they tell how old limits
    were counted."""
    _ensure_may_set(actor, row.agency)
    if row.since <= now.astimezone(OFFICE_ZONE).date():
        raise Refused(_("已经开始执行的办公时间不能删除，请另设新的起始日期。"))
    audit.record(
        actor, "working_hours.removed", row, agency=row.agency, before=_described_hours(row), now=now
    )  # fmt: skip
    row.delete()


def _described(day: CalendarDay) -> dict[str, object]:
    half = {"is_half": True} if day.is_half else {}
    return {"on": day.on.isoformat(), "is_working": day.is_working, **half, "note": day.note}


def _described_hours(row: WorkingHours) -> dict[str, object]:
    return {"since": row.since.isoformat(), "week": row.week, "note": row.note}


def _ensure_may_set(actor: Actor, agency: Agency | None) -> None:
    if agency is None:
        queries.ensure_may_everywhere(actor, Permission.EDIT_SETTINGS)
    else:
        queries.ensure_may(actor, Permission.EDIT_SETTINGS, agency)
