"""Writes of the working calendar. Promises already given are never computed again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from minxin.agencies import audit, queries
from minxin.agencies.actions.checking import validate
from minxin.agencies.models import Agency, CalendarDay
from minxin.agencies.rules import Permission
from minxin.core.actors import Actor
from minxin.core.errors import Refused
from minxin.core.working_time import years_announced_by


@transaction.atomic
def set_calendar_day(
    on: date,
    *,
    is_working: bool,
    note: str = "",
    agency: Agency | None = None,
    actor: Actor,
    now: datetime,
) -> CalendarDay:
    """Decide a day otherwise than the statutory calendar, for a branch or for everybody."""
    _ensure_may_set(actor, agency)
    day = CalendarDay.objects.filter(agency=agency, on=on).first()
    before = _described(day) if day else None
    day = day or CalendarDay(agency=agency, on=on)
    day.is_working, day.note = is_working, note.strip()
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


def _described(day: CalendarDay) -> dict[str, object]:
    return {"on": day.on.isoformat(), "is_working": day.is_working, "note": day.note}


def _ensure_may_set(actor: Actor, agency: Agency | None) -> None:
    if agency is None:
        queries.ensure_may_everywhere(actor, Permission.EDIT_SETTINGS)
    else:
        queries.ensure_may(actor, Permission.EDIT_SETTINGS, agency)
