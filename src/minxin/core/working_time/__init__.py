"""Working days, working hours and what is due when: pure, never raises for want of a notice."""

from minxin.core.working_time.days import (
    OFFICE_CLOSES,
    OFFICE_ZONE,
    Due,
    WorkingCalendar,
    add_working_days,
    statutory_calendar,
    working_days_between,
    working_days_since,
    years_announced_by,
)
from minxin.core.working_time.hours import OFFICE_HOURS, DayHours, HoursSince, Shift
from minxin.core.working_time.spans import (
    Span,
    Unit,
    before,
    due,
    opening_after,
    working_minutes_between,
)

__all__ = [
    "OFFICE_CLOSES",
    "OFFICE_HOURS",
    "OFFICE_ZONE",
    "DayHours",
    "Due",
    "HoursSince",
    "Shift",
    "Span",
    "Unit",
    "WorkingCalendar",
    "add_working_days",
    "before",
    "due",
    "opening_after",
    "statutory_calendar",
    "working_days_between",
    "working_days_since",
    "working_minutes_between",
    "years_announced_by",
]
