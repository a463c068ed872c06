"""When somebody answers for an account."""

from dataclasses import dataclass
from datetime import datetime

from minxin.accounts.models import Account
from minxin.agencies.calendars import working_calendar
from minxin.conversations.models import OutOfHours
from minxin.conversations.rules.hours import opens_again
from minxin.core.working_time import OFFICE_ZONE, DayHours


@dataclass(frozen=True, slots=True)
class Office:
    """The office of an account at a moment. `opens_at` is None while it is open; `is_provisional`: a notice
    still to come may change that day; `is_told`: whether the account tells citizens; `today`: today's hours,
    None on a free day."""

    opens_at: datetime | None
    is_provisional: bool
    is_told: bool
    today: DayHours | None


def office_of(account: Account, *, now: datetime) -> Office:
    """By the calendar of its agency."""
    calendar = working_calendar(account.agency)
    opens_at = opens_again(now, calendar)
    row = OutOfHours.objects.filter(pk=account.pk).first()
    return Office(
        opens_at,
        opens_at is not None and calendar.is_provisional(opens_at.date()),
        row is None or row.is_told,
        calendar.hours_on(now.astimezone(OFFICE_ZONE).date()),
    )
