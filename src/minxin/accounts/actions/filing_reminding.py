"""Telling whose turn it is that a filing's deadline is near: on the working day before, and on the day.

No more than that: what is overdue stands in the lists and on the start page, nobody is told of it daily.
"""

from datetime import date, datetime, timedelta

from django.utils.translation import gettext_noop

from minxin.accounts.actions.filing_parts import keepers_of, notify_of, reviewers_of
from minxin.accounts.models import LifecycleFiling
from minxin.accounts.queries.lifecycle import today_of, under_way
from minxin.accounts.rules.lifecycle import Step
from minxin.agencies.queries import working_calendar
from minxin.core.working_time import WorkingCalendar

DUE = gettext_noop("“%(account)s”的%(kind)s应于%(day)s前办结")
LONGEST_HOLIDAY = 20  # days


def remind_of_filings(*, now: datetime) -> int:
    """How many people were told; nobody on days off. Striking twice tells once, while it is unread."""
    calendar, today = working_calendar(), today_of(now)
    if not calendar.is_working(today):
        return 0
    told = 0
    due = under_way(LifecycleFiling.objects.select_related("account__agency__parent"))
    for row in due.filter(due_on__range=(today, _next_working(today, calendar))):
        waits = row.step == Step.APPROVE
        people = reviewers_of(row) if waits else keepers_of(row.account.agency)
        assert row.due_on is not None  # noqa: S101  (filtered)
        told += notify_of(row, DUE, people, now, day=f"{row.due_on.month}月{row.due_on.day}日")
    return told


def _next_working(today: date, calendar: WorkingCalendar) -> date:
    days = (today + timedelta(days=each) for each in range(1, LONGEST_HOLIDAY))
    return next((day for day in days if calendar.is_working(day)), today + timedelta(days=1))
