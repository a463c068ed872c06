"""The hours of a working day: a morning, mostly a lunch break, mostly an afternoon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

_DAYS_OF_A_WEEK = 7


@dataclass(frozen=True, slots=True)
class Shift:
    """Worked without a break from `opens` to `closes`, of one day, in the office's zone.

    Raises ValueError when it ends before it began or when a time is no whole minute.
    """

    opens: time
    closes: time

    def __post_init__(self) -> None:
        if any(at.second or at.microsecond or at.tzinfo for at in (self.opens, self.closes)):
            raise ValueError("times must be whole minutes, without a zone")
        if self.closes <= self.opens:
            raise ValueError("a shift must end after it began")


@dataclass(frozen=True, slots=True)
class DayHours:
    """When a day is worked; without `afternoon` the day ends with its morning.

    Raises ValueError when the afternoon begins before the morning has ended.
    """

    morning: Shift
    afternoon: Shift | None = None

    def __post_init__(self) -> None:
        if self.afternoon is not None and self.afternoon.opens < self.morning.closes:
            raise ValueError("the afternoon must not begin before the morning has ended")

    @property
    def shifts(self) -> tuple[Shift, ...]:
        """What is worked, in order."""
        return (self.morning,) if self.afternoon is None else (self.morning, self.afternoon)

    @property
    def closes(self) -> time:
        """When the day's work ends."""
        return self.shifts[-1].closes

    def only_morning(self) -> DayHours:
        """The same day as a half day."""
        return DayHours(self.morning)


# Where nobody has set hours. No national rule: they only agree with OFFICE_CLOSES.
OFFICE_HOURS = DayHours(Shift(time(9), time(12)), Shift(time(14), time(18)))


@dataclass(frozen=True, slots=True)
class HoursSince:
    """The hours in force from a day on, one for each day of the week, Monday first.

    Those of Saturday and Sunday count on make-up days only: hours never make a day a worked one.
    Raises ValueError for a week that has not seven days.
    """

    since: date
    week: tuple[DayHours, ...]

    def __post_init__(self) -> None:
        if len(self.week) != _DAYS_OF_A_WEEK:
            raise ValueError("a week has seven days")
