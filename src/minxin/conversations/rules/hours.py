"""When somebody is there again: the next working time by a calendar. Pure."""

from datetime import date, datetime, timedelta

from minxin.core.working_time import OFFICE_ZONE, DayHours, WorkingCalendar

LOOKED_AHEAD = 40  # days; the longest holidays are far shorter


def opens_again(now: datetime, calendar: WorkingCalendar) -> datetime | None:
    """The next time offices open, in their zone; None while they are open, and where the calendar has no
    working day within `LOOKED_AHEAD` days. The lunch break is closed, too."""
    local = now.astimezone(OFFICE_ZONE)
    for ahead in range(LOOKED_AHEAD):
        day = local.date() + timedelta(days=ahead)
        hours = calendar.hours_on(day)
        for shift in hours.shifts if hours else ():
            opens = datetime.combine(day, shift.opens, OFFICE_ZONE)
            closes = datetime.combine(day, shift.closes, OFFICE_ZONE)
            if local < opens:
                return opens
            if local < closes:
                return None
    return None


def hours_said(hours: DayHours) -> str:
    """The hours of a day in words: 9:00—12:00、14:00—18:00."""
    return "、".join(
        f"{shift.opens.hour}:{shift.opens:%M}—{shift.closes.hour}:{shift.closes:%M}"
        for shift in hours.shifts
    )


_WEEKDAYS = "一二三四五六日"


def opening_said(opens: datetime, today: date) -> str:
    """A time to come as people say it: 今天14:00, 明天9:00, 11月30日（周一）9:00."""
    day = opens.date()
    clock = f"{opens.hour}:{opens:%M}"
    if day == today:
        return f"今天{clock}"
    if day == today + timedelta(days=1):
        return f"明天{clock}"
    return f"{day.month}月{day.day}日（周{_WEEKDAYS[day.weekday()]}）{clock}"
